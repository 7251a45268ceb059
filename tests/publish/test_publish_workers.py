"""A whole site made by several workers: the same bytes, the same errors, nobody left behind."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pytest

from copydesk.catalogue.page_index import PageIndex
from copydesk.errors import PublishError
from copydesk.news import Story
from copydesk.news.beat import OutputOptions
from copydesk.news.edition import PictureFile, Poster
from copydesk.publish import Look, Published, PublishOptions, Sizes, publish, survey
from world import editions
from world.machine import PATIENCE_SECONDS
from world.manifests import MemoryManifest

IN_PAIRS = Sizes(archive=2, api=2, search=2, leg=4)  # a leg is two pages of the archive
BOTH = OutputOptions(api_v1=True, api_v2=True)
COUNT = 21


@dataclass
class Shelf:
    """Stories as `news.FiledStories`; those that are `lost` cannot be read a second time."""

    stories: dict[str, Story]
    lost: frozenset[str] = frozenset()
    unreadable: frozenset[str] = frozenset()
    troubles: list[str] = field(default_factory=list)
    reads: set[str] = field(default_factory=set)

    def stamps(self) -> Mapping[str, str]:
        return dict.fromkeys(self.stories, "as filed")

    def read(self, path: str) -> Story | None:
        if path in self.unreadable or (path in self.lost and path in self.reads):
            self.troubles.append(path)
            return None
        self.reads.add(path)
        return self.stories[path]


def shelf(**changed: Story) -> Shelf:
    """Return a story for each half day, some without a time, some of one group."""
    found = {}
    for number in range(COUNT):
        name = f"2026-11-{24 - number // 2:02}-{number:02}"
        at = None if number % 7 == 3 else editions.AT - timedelta(hours=12 * number)
        topics = (("Robots",), ("Law", "Robots"), ())[number % 3]
        story = editions.story(
            name, published_at=at, topics=topics, group=f"g{number // 5}", title=f"Story {number}"
        )
        found[story.path] = story
    found.update({story.path: story for story in changed.values()})
    return Shelf(found)


OPTIONS = PublishOptions(look=Look(sizes=IN_PAIRS, outputs=BOTH))


def built(folder: Path, filed: Shelf, workers: int, options: PublishOptions = OPTIONS) -> Published:
    """Make a whole site with so many workers, the page index in a file."""
    options = replace(options, workers=workers)
    with closing(PageIndex(folder / "pages.sqlite", "site")) as known:
        seen = survey(filed, editions.beat(), known, in_hand=4, workers=workers)
        edition = replace(editions.edition([]), stories=seen)
        return publish(edition, folder / "site", MemoryManifest(), options)


def tree(folder: Path) -> dict[str, bytes]:
    root = folder / "site"
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in root.rglob("*")
        if path.is_file()
    }


def will_end(thread: threading.Thread) -> bool:
    return thread is not threading.main_thread() and not thread.daemon


@pytest.fixture(autouse=True)
def no_other_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fork in spite of a thread that an earlier test of this process left behind.

    One that ends is waited for: what it holds at that moment no worker could ever take. Those that
    libraries keep asleep for ever end with the process.
    """
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until and any(map(will_end, threading.enumerate())):
        time.sleep(0.05)
    monkeypatch.setattr(threading, "active_count", lambda: 1)


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """What one worker makes."""
    folder = tmp_path_factory.mktemp("alone")
    built(folder, shelf(), workers=1)
    return tree(folder)


@pytest.mark.sample("3")
@pytest.mark.parametrize("workers", [2, 3, 40])
def test_a_site_is_the_same_whoever_makes_its_pages(
    tmp_path: Path, alone: dict[str, bytes], workers: int
) -> None:
    done = built(tmp_path, shelf(), workers)

    assert alone == tree(tmp_path)
    assert (COUNT, len(alone) - 1) == (done.stories, done.written)  # a mark says whose folder it is


def test_what_workers_made_a_build_of_changes_goes_on_from(
    tmp_path: Path, alone: dict[str, bytes]
) -> None:
    late = editions.story("2026-11-24-late", title="Late", topics=("Law",))
    manifest = MemoryManifest()
    for filed in (shelf(), shelf(late=late)):
        with closing(PageIndex(tmp_path / "pages.sqlite", "site")) as known:
            seen = survey(filed, editions.beat(), known)
            edition = replace(editions.edition([]), stories=seen)
            options = replace(OPTIONS, workers=2)
            done = publish(edition, tmp_path / "site", manifest, options)

    assert done.unchanged > 0
    built(tmp_path / "anew", shelf(late=late), workers=1)
    assert tree(tmp_path / "anew") == tree(tmp_path)
    assert alone != tree(tmp_path)


def test_it_is_really_made_by_others(tmp_path: Path) -> None:
    makers = tmp_path / "makers"
    makers.mkdir()

    def draw(poster: Poster, *, anew: bool) -> PictureFile | None:
        (makers / str(os.getpid())).touch()
        return None

    built(tmp_path, shelf(), 2, replace(OPTIONS, draw=draw))

    assert len({int(file.name) for file in makers.iterdir()} - {os.getpid()}) in {1, 2}


@pytest.mark.sample("2")
@pytest.mark.parametrize("workers", [1, 2, 3])
def test_an_error_in_one_page_is_told_and_leaves_the_site(tmp_path: Path, workers: int) -> None:
    built(tmp_path, shelf(), workers)
    before = tree(tmp_path)
    templates = tmp_path / "templates"
    templates.mkdir()
    (templates / "story.html").write_text("{% if story.title == 'Story 9' %}{{ 1 / 0 }}{% endif %}")

    with pytest.raises(PublishError) as caught:
        built(tmp_path, shelf(), workers, replace(OPTIONS, templates=templates))

    assert "story.html" in f"{caught.value.what} {caught.value.subject}"
    assert before == tree(tmp_path)
    built(tmp_path, shelf(), workers)
    assert before == tree(tmp_path)


def test_a_worker_that_is_killed_is_told_and_leaves_the_site(tmp_path: Path) -> None:
    built(tmp_path, shelf(), workers=2)
    before = tree(tmp_path)
    here = os.getpid()

    def draw(poster: Poster, *, anew: bool) -> PictureFile | None:
        if os.getpid() != here and "Story 9" in poster.headline:
            os.kill(os.getpid(), signal.SIGKILL)
        return None

    with pytest.raises(PublishError, match="was killed") as caught:
        built(tmp_path, shelf(), 2, replace(OPTIONS, draw=draw))

    assert caught.value.hint
    assert before == tree(tmp_path)


@pytest.mark.parametrize("workers", [1, 3])
def test_a_record_that_cannot_be_read_any_more_is_told_to_who_filed_it(
    tmp_path: Path, workers: int
) -> None:
    filed = shelf()
    gone = sorted(filed.stories)[3]

    built(tmp_path, replace(filed, lost=frozenset({gone})), workers)
    filed = replace(filed, lost=frozenset({gone}), troubles=[])
    built(tmp_path / "again", filed, workers)

    assert {gone} == set(filed.troubles)


@pytest.mark.parametrize("workers", [1, 3])
def test_a_record_that_no_worker_could_read_is_told_once(tmp_path: Path, workers: int) -> None:
    unreadable = sorted(shelf().stories)[3]
    filed = replace(shelf(), unreadable=frozenset({unreadable}))

    done = built(tmp_path, filed, workers)

    assert filed.troubles == [unreadable]
    assert done.stories == COUNT - 1


def test_share_pictures_that_workers_name_are_brought_along(tmp_path: Path) -> None:
    cards = tmp_path / "cards"
    cards.mkdir()

    def draw(poster: Poster, *, anew: bool) -> PictureFile:
        name = f"{abs(hash(poster.headline)):x}.png"
        (cards / name).write_bytes(b"a card")
        return PictureFile(name=name, width=1200, height=630, type="image/png")

    built(tmp_path, shelf(), 3, replace(OPTIONS, draw=draw, cards_folder=cards))

    named = {file.name for file in cards.iterdir()}
    assert named == {file.name for file in (tmp_path / "site" / "cards").iterdir()}
    assert len(named) > COUNT
