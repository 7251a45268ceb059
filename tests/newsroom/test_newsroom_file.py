"""Filing: one record that cannot be written costs only itself."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from copydesk.archive import change
from copydesk.news import Story
from copydesk.newsroom import open_newsroom
from copydesk.newsroom.filing import FilingOrder, filing_result, prepare_records
from world.newsroom import NOW, newsroom, run_git

GOOD = Story(path="_news/2026-11-20-good.md", title="Good", published_at=NOW)
BAD = replace(GOOD, path="_news/2026-11-20-bad.md", title="half a character \ud800")


def test_a_story_that_no_record_can_hold_stops_no_other(tmp_path: Path) -> None:
    root = newsroom(tmp_path / "beat")
    order = FilingOrder(before={}, message="news: 2 new", branch="main")
    lock = change.WriteLock(root)
    with open_newsroom(root, NOW, {}) as opened, lock.hold():
        prepared = prepare_records(opened, [BAD, GOOD], order)
        filed = filing_result(prepared, prepared.change.begin(lock).finish())
    assert filed.written == (GOOD.path,)
    assert [failure.url for failure in filed.failed] != []
    assert filed.commit is not None
    assert run_git(root, "show", "--name-only", "--format=", "HEAD").split() == [GOOD.path]
