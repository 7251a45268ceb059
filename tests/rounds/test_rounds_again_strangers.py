"""Who has a say in what becomes of a filed story: its publisher, and nobody who led there."""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from world.later import (
    GONE,
    SEALS_PAGE,
    SEALS_RECORD,
    TITLE,
    WALL_PAGE,
    WALL_RECORD,
    at,
    head,
    message,
    run,
    story,
    web_with,
)
from world.newsroom import (
    SEALS,
    WALL,
    Answer,
    feed,
    newsroom,
    page,
    record_web,
    run_git,
    small_web,
)

pytestmark = pytest.mark.slow


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return newsroom(tmp_path / "beat")


SHARED = "https://gull.example/go/1"
VICTIM = "https://victim.example/wall"


@pytest.mark.parametrize(
    "later",
    [
        GONE,
        Answer(status="301 Moved", headers=(("Location", "https://victim.example/scandal"),)),
        Answer(status="301 Moved", headers=(("Location", "https://victim.example/seawall"),)),
    ],
    ids=["gone", "another article", "moved"],
)
def test_who_sent_us_to_a_story_has_no_say_in_what_becomes_of_it(
    root: Path, tmp_path: Path, later: Answer
) -> None:
    there = Answer(status="302 Found", headers=(("Location", VICTIM),))
    web = victims_web(tmp_path, {SHARED: [there, at(1, later)]})
    run(root, web)
    commit = head(root)
    assert story(root).web_url == VICTIM
    assert [run(root, web, hours).looked_again for hours in (2, 27, 75)] == [2, 2, 2]
    assert head(root) == commit


def victims_web(tmp_path: Path, later: Mapping[str, Sequence[Answer]]) -> Path:
    """Record a web in which The Gull lists a story that stands at another publisher's."""
    listed = feed((TITLE, SHARED, "Thu, 19 Nov 2026 10:00:00 GMT"))
    answers: dict[str, Sequence[Answer]] = {url: [one] for url, one in small_web().items()}
    answers["https://gull.example/feed.xml"] = [listed]
    answers[VICTIM] = [page(TITLE, WALL)]
    answers["https://victim.example/seawall"] = [page(TITLE, WALL)]
    answers["https://victim.example/scandal"] = [page("Sea wall: editor resigns", SEALS)]
    return record_web(tmp_path / "web.warc.gz", {**answers, **later})


def test_a_page_that_another_site_led_to_is_marked_as_gone_by_its_own(
    root: Path, tmp_path: Path
) -> None:
    there = Answer(status="302 Found", headers=(("Location", VICTIM),))
    web = victims_web(tmp_path, {SHARED: [there], VICTIM: [page(TITLE, WALL), at(5, GONE)]})
    run(root, web)
    for hours in (2, 6, 31):
        run(root, web, hours)
    assert story(root).access == "gone"


def test_without_the_reading_a_hacked_page_is_told_by_the_records_own_words(
    root: Path, tmp_path: Path
) -> None:
    spam, seals = page("Best casino bonuses to win big", SPAM), page(SEALS_NOW, SEALS)
    web = web_with(tmp_path, {WALL_PAGE: [at(1, spam)], SEALS_PAGE: [at(1, seals)]})
    run(root, web)
    shutil.rmtree(root / ".copydesk" / "articles")
    assert run(root, web, 2).updated == (SEALS_RECORD,)
    assert story(root, SEALS_RECORD).title == SEALS_NOW


SEALS_NOW = "Grey seals are back on the northern coast"
SPAM = (
    "The best casino bonus codes of this year wait for every player who signs up today.\n"
    "Our experts tested two hundred slot machines and poker rooms so that you can win big."
)


def test_what_a_stranger_writes_turns_no_line_of_the_message(root: Path, tmp_path: Path) -> None:
    title = "Sea wall to rise by\u202e three\x9b2J metres"
    web = web_with(tmp_path, {WALL_PAGE: [at(1, page(title, WALL))]})
    run(root, web)
    record = (root / WALL_RECORD).read_text("utf-8")
    edited = record.replace(f'title: "{TITLE}"', 'title: "Two\\u202emore"')
    assert edited != record
    (root / WALL_RECORD).write_text(edited, "utf-8")
    run_git(root, "commit", "-qam", "by hand")
    run(root, web, 2)
    told = [*message(root), *story(root).history]
    assert not re.search("[\u202e\x9b]", "".join(told))
