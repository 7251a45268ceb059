"""Settings that an editor changes: one commit each, comments and order kept, and taken back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import msgspec
import pytest

from copydesk import archive
from copydesk.editing.source_edits import (
    SourceEdit,
    edit_source,
    end_source,
    file_sources,
    rehearse_import,
)
from copydesk.errors import FeedError, RecordError, UsageError
from copydesk.memory import Tally
from copydesk.news import Source
from copydesk.newsroom import Newsroom, open_newsroom
from copydesk.newsroom.settings import digest_beat_file, list_settings_commits, undo_settings
from copydesk.rounds.sources import read_source_board
from copydesk.rounds.sources.states import source_states
from copydesk.watch.schedule import state
from world.newsroom import NOW, newsroom, run_git

GULL, HERON = "https://gull.example/feed.xml", "https://heron.example/feed.xml"
OPML = b"""<opml version="2.0"><body><outline text="Coast">
<outline type="rss" text="Tern" xmlUrl="https://tern.example/feed.xml"/>
<outline type="rss" text="Tern again" xmlUrl="https://tern.example/feed.xml#x"/>
</outline><outline text="Gardens"><outline type="rss" text="The Gull" xmlUrl="%s"/></outline>
</body></opml>""" % GULL.encode()


@contextmanager
def opened(root: Path) -> Iterator[Newsroom]:
    with open_newsroom(root, NOW, {}) as newsroom_:
        yield newsroom_


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return newsroom(tmp_path / "beat", more="# what the gate lets through\n[scoring]\n")


def seen(root: Path) -> str:
    return archive.digest_of(root, "beat.toml")


def edit(root: Path, **fields: object) -> str:
    wanted = SourceEdit(name="The Gull", **fields)  # type: ignore[arg-type]
    with opened(root) as desk:
        return edit_source(desk, GULL, wanted, "Anna", seen(root)).commit or ""


def test_a_source_is_changed_where_it_stands_and_taken_back_to_the_byte(root: Path) -> None:
    before = (root / "beat.toml").read_text()

    commit = edit(root, trust="hold", every_minutes=15, exclude=("lotto", "sport"))

    own, more = 'name = "The Gull"\n', 'trust = "hold"\nevery_minutes = 15\n'
    words = 'exclude = ["lotto", "sport"]\n'
    assert before.replace(own, own + more + words) == (root / "beat.toml").read_text()
    message = run_git(root, "show", "-s", "--format=%B", commit)
    assert message.startswith(
        "sources: The Gull\n\nhttps://gull.example/feed.xml\n* trust = hold\n"
    )
    assert message.rstrip().endswith("by Anna")
    with opened(root) as desk:
        undo_settings(desk, commit, "Anna")
    assert before == (root / "beat.toml").read_text()
    with opened(root) as desk:
        own_commits = list_settings_commits(desk, "Anna", NOW - timedelta(days=1))
        assert list_settings_commits(desk, "Ann", NOW - timedelta(days=1)) == []
    assert [commit_.is_undone for commit_ in own_commits] == [False, True]


def test_a_dead_address_is_changed_and_the_source_is_due_in_its_rhythm(root: Path) -> None:
    before, to = (root / "beat.toml").read_text(), "https://gull.example/news.xml"
    known = state.SourceState(last_ok_at=NOW, interval=600, rest_until=NOW + timedelta(hours=1))
    dead = replace(
        known,
        etag="x",
        parts={"https://gull.example/1.xml": ("x", "")},
        moved_to=HERON,
        failures=9,
        ended=True,
        next_at=NOW + timedelta(days=1),
    )
    with opened(root) as desk:
        desk.memory.keep_source(GULL, msgspec.json.encode(dead))

    commit = edit(root, url=f" {to} ", trust="hold")

    assert before.replace(GULL, to) == (root / "beat.toml").read_text().replace(
        '\ntrust = "hold"', ""
    )
    assert f"* url = {to}" in run_git(root, "show", "-s", "--format=%B", commit)
    with opened(root) as desk:
        states = source_states(desk.root, desk.beat, desk.memory)
        undo_settings(desk, commit, "Anna")
    assert known == states[to]
    assert before == (root / "beat.toml").read_text()
    with opened(root) as desk:  # as it was
        assert source_states(desk.root, desk.beat, desk.memory)[GULL].failures == 9


def test_a_source_ends_and_is_taken_back(root: Path) -> None:
    before, read = (root / "beat.toml").read_text(), seen(root)

    with opened(root) as desk:
        commit = end_source(desk, GULL, "Anna", read).commit or ""

    block = f'[[source]]\nurl = "{GULL}"\nname = "The Gull"\n\n'
    assert before.replace(block, "") == (root / "beat.toml").read_text()
    assert f"- {GULL}" in run_git(root, "show", "-s", "--format=%B", commit)
    with opened(root) as desk:
        with pytest.raises(UsageError, match="does not have this source"):
            end_source(desk, GULL, "Anna", seen(root))
        with pytest.raises(UsageError, match="changed the file in the meantime"):
            end_source(desk, HERON, "Anna", read)
        undo_settings(desk, commit, "Anna")
    assert before == (root / "beat.toml").read_text()


def test_an_edit_over_somebody_elses_is_refused(root: Path) -> None:
    before = seen(root)
    edit(root, trust="publish")

    with opened(root) as desk, pytest.raises(UsageError, match="changed the file in the meantime"):
        edit_source(desk, HERON, SourceEdit(name="Heron", trust="hold"), "Ben", before)
    assert "hold" not in (root / "beat.toml").read_text()


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({}, "nothing would change"),
        ({"every_minutes": 5_000}, "every_minutes"),
        ({"trust": "always"}, "trust"),
        ({"topics": ("Nowhere",)}, "topic"),
        ({"url": "javascript:x"}, "invalid web address"),
        ({"url": HERON + "#top"}, "source exists already"),
        ({"url": GULL}, "nothing would change"),
    ],
)
def test_what_beat_toml_refuses_is_not_written(
    root: Path, fields: dict[str, object], why: str
) -> None:
    before = (root / "beat.toml").read_bytes()

    with pytest.raises(UsageError, match=why):
        edit(root, **fields)
    assert before == (root / "beat.toml").read_bytes()


def test_a_file_under_edit_gets_its_own_lines_and_stays_uncommitted(root: Path) -> None:
    head = run_git(root, "rev-parse", "HEAD")
    before = (root / "beat.toml").read_text() + "# somebody is writing here\n"
    (root / "beat.toml").write_text(before)
    (root / "beat.toml").chmod(0o640)

    with opened(root) as desk:
        edited = edit_source(desk, GULL, SourceEdit(name="The Gull", trust="hold"), "Anna")
        added = file_sources(desk, [Source(url="https://tern.example/")], "Anna")
    with opened(root) as desk:
        ended = end_source(desk, HERON, "Anna")

    for report in (edited, added, ended):
        assert (report.commit, report.changed) == (None, ("beat.toml",))
        assert report.notes == (
            "beat.toml has uncommitted edits: the change is written, but not committed",
        )
    assert head == run_git(root, "rev-parse", "HEAD")
    heron = f'[[source]]\nurl = "{HERON}"\nname = "Heron Daily"\n'
    held = before.replace('"The Gull"\n', '"The Gull"\ntrust = "hold"\n').replace(heron, "")
    tern = '\n[[source]]\nurl = "https://tern.example/"\n'
    assert held + tern == (root / "beat.toml").read_text()
    assert 0o640 == (root / "beat.toml").stat().st_mode & 0o777


def test_staged_edits_count_as_uncommitted(root: Path) -> None:
    (root / "beat.toml").write_text((root / "beat.toml").read_text() + "# staged\n")
    run_git(root, "add", "beat.toml")

    with opened(root) as desk:
        report = end_source(desk, HERON, "Anna")

    assert report.commit is None
    assert "+# staged" in run_git(root, "diff", "--cached")
    assert HERON not in (root / "beat.toml").read_text()


def test_the_target_of_a_link_is_written_and_nothing_committed(root: Path, tmp_path: Path) -> None:
    elsewhere = (root / "beat.toml").rename(tmp_path / "elsewhere.toml")
    elsewhere.chmod(0o640)
    (root / "beat.toml").symlink_to(elsewhere)
    run_git(root, "commit", "-qam", "a link")

    with opened(root) as desk:
        report = edit_source(desk, GULL, SourceEdit(trust="hold"), "Anna", digest_beat_file(desk))

    assert (report.commit, "link to another file" in report.notes[0]) == (None, True)
    assert (root / "beat.toml").is_symlink()
    assert 'trust = "hold"' in elsewhere.read_text()
    assert 0o640 == elsewhere.stat().st_mode & 0o777


def test_the_plan_of_a_run_has_no_more_sources_of_a_host_than_the_run(root: Path) -> None:
    with (root / "beat.toml").open("a") as file:
        file.write("[fetch]\ndelay_seconds = 400\n")
        file.write('[[source]]\nurl = "https://gull.example/sport.xml"\n')

    with opened(root) as desk:
        board = read_source_board(desk)

    plans = {row.source.url: row.plan for row in board.rows}
    assert ("now", "crowded") == (plans[GULL], plans["https://gull.example/sport.xml"])
    assert ({"now", "crowded"}, len(plans) - 1) == ({*plans.values()}, board.at_most)


def test_a_source_is_added_to_a_file_that_is_too_big_for_other_edits(root: Path) -> None:
    (root / "beat.toml").write_text((root / "beat.toml").read_text() + "#" * 2_000_000 + "\n")
    run_git(root, "commit", "-qam", "big")

    with opened(root) as desk:
        assert read_source_board(desk).seen == digest_beat_file(desk)
        added = file_sources(desk, [Source(url="https://tern.example/")], "Anna")
    with opened(root) as desk, pytest.raises(UsageError, match="too big"):
        end_source(desk, HERON, "Anna")
    assert added.commit


def test_a_read_only_file_is_left_alone(root: Path) -> None:
    before = (root / "beat.toml").read_bytes()
    (root / "beat.toml").chmod(0o444)

    with opened(root) as desk, pytest.raises(RecordError, match="read-only"):
        end_source(desk, HERON, "Anna")
    assert before == (root / "beat.toml").read_bytes()


def test_a_commit_keeps_who_may_read_the_file(root: Path) -> None:
    (root / "beat.toml").chmod(0o600)
    edit(root, trust="hold")
    assert 0o600 == (root / "beat.toml").stat().st_mode & 0o777


def test_only_the_last_word_on_a_file_is_taken_back_and_only_one_of_settings(root: Path) -> None:
    first = edit(root, trust="hold")
    edit(root, trust="publish")

    with opened(root) as desk:
        with pytest.raises(UsageError, match="has changed in the meantime"):
            undo_settings(desk, first, "Anna")
        with pytest.raises(UsageError, match="did not change settings"):
            undo_settings(desk, run_git(root, "rev-list", "--max-parents=0", "HEAD").strip(), "A")
        with pytest.raises(UsageError, match="no such commit in this branch"):
            undo_settings(desk, "HEAD", "Anna")


def test_an_import_says_what_each_row_becomes_and_then_adds_the_new(root: Path) -> None:
    with opened(root) as desk:
        rows = rehearse_import(desk, OPML)
        assert [(row.becomes, row.source.topics, row.strange) for row in rows] == [
            ("new", ("Coast",), ()),
            ("known", (), ("Gardens",)),
        ]
        before = (root / "beat.toml").read_text()
        file_sources(desk, [row.source for row in rows if row.becomes == "new"], "Anna")
        with pytest.raises(UsageError, match="already"):
            file_sources(desk, [Source(url=GULL)], "Anna")
        with pytest.raises(FeedError):
            rehearse_import(desk, b"<opml>")
    after = (root / "beat.toml").read_text()
    assert after.startswith(before)
    assert 'url = "https://tern.example/feed.xml"' in after.removeprefix(before)
    assert 'topics = ["Coast"]' in after.removeprefix(before)
    assert "+ https://tern.example/feed.xml" in run_git(root, "log", "-1", "--format=%B")


def test_sources_that_only_bring_drops_stand_before_the_well(root: Path) -> None:
    only_drops: Tally = {("asked", ""): 4, ("lead", ""): 12, ("dropped", "off-beat"): 12}
    with opened(root) as desk:
        with desk.memory.together():
            desk.memory.counts.add(NOW.date(), HERON, only_drops)
            desk.memory.counts.add(NOW.date(), GULL, {("filed", ""): 3, ("dropped", "old"): 9})
            desk.memory.counts.add(date(2026, 1, 1), GULL, {("filed", ""): 99})
        board = read_source_board(desk)

    assert [row.source.url for row in board.rows] == [HERON, GULL]
    idle, well = board.rows
    assert (idle.is_idle, idle.loss_share, idle.days[-1].leads) == (True, 1.0, 12)
    assert (well.is_idle, well.loss_share, len(well.days)) == (False, 0.75, 30)
