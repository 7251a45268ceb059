"""Kept stories: a build finds those of the last builds again, as their records would give them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copydesk.catalogue.page_index import KeptStories, PageIndex
from copydesk.news import Story, Verdict
from copydesk.publish import PublishOptions, publish, survey
from world import editions
from world.manifests import MemoryManifest

_ZONES = st.sampled_from([UTC, timezone(timedelta(hours=-3, minutes=-30)), None])
_WHEN = st.datetimes(timezones=_ZONES).map(lambda at: at.replace(fold=0))
_STORIES = st.builds(
    Story,
    path=st.text(min_size=1),
    title=st.text(),
    published_at=st.none() | _WHEN,
    updated_at=st.none() | _WHEN,
    quality=st.none() | st.integers(),
    topics=st.lists(st.text()).map(tuple),
    note=st.text(),
    body=st.text(),
    machine=st.lists(st.tuples(st.text(), st.text())).map(tuple),
    verdict=st.none() | st.builds(Verdict, at=_WHEN),
)


class Records:
    """Stories as a build reads them from records; says which it read."""

    def __init__(self, *stories: Story) -> None:
        self.stories = {story.path: story for story in stories}
        self.read_paths: list[str] = []

    def stamps(self) -> dict[str, str]:
        return {path: str(hash(story)) for path, story in self.stories.items()}

    def read(self, path: str) -> Story | None:
        self.read_paths.append(path)
        return self.stories.get(path)


class Newsroom:
    """A site that is built again and again."""

    def __init__(self, folder: Path, records: Records) -> None:
        self.records = records
        self.folder = folder
        self.manifest = MemoryManifest()

    def build(self) -> set[str]:
        """Build what has changed, as a process of its own; return the paths of records read."""
        self.records.read_paths.clear()
        index = PageIndex(self.folder / "pages.sqlite", "a site")
        seen = survey(self.records, editions.beat(), index)
        edition = replace(editions.edition([]), stories=seen)
        publish(edition, self.folder / "site", self.manifest, PublishOptions())
        index.close()
        return set(self.records.read_paths)

    def kept(self) -> set[str]:
        """Return the paths of the stories that are kept."""
        index = PageIndex(self.folder / "pages.sqlite", "a site")
        rows = index.tables.run("SELECT path FROM paper_kept")
        index.close()
        return {path for (path,) in rows}


@pytest.fixture
def newsroom(tmp_path: Path) -> Newsroom:
    stories = (editions.story(f"2026-11-0{number}-story") for number in range(1, 8))
    return Newsroom(tmp_path, Records(*stories))


@pytest.fixture(scope="module")
def index() -> Iterator[PageIndex]:
    index = PageIndex()
    survey([], editions.beat(), index)
    yield index
    index.close()


def test_a_build_reads_what_has_changed_and_finds_the_rest(newsroom: Newsroom) -> None:
    every = newsroom.build()
    newsroom.build()
    changed = replace(newsroom.records.stories[min(every)], title="Another headline")
    newsroom.records.stories[changed.path] = changed

    read = newsroom.build()

    assert len(every) == 7
    assert read == {changed.path}
    assert newsroom.build() == set()
    page = (newsroom.folder / "site/index.html").read_text("utf-8")
    assert "Another headline" in page


def test_nothing_is_kept_of_a_story_that_is_gone(newsroom: Newsroom) -> None:
    first, second, *_ = sorted(newsroom.build())
    newsroom.build()
    assert first in newsroom.kept()
    del newsroom.records.stories[first]
    unpublished = replace(newsroom.records.stories[second], published=False)
    newsroom.records.stories[second] = unpublished

    newsroom.build()

    assert not {first, second} & newsroom.kept()


def test_nor_where_all_is_made_anew_in_the_same_build(newsroom: Newsroom) -> None:
    first, *_ = sorted(newsroom.build())
    newsroom.build()
    del newsroom.records.stories[first]

    (newsroom.folder / "site/index.html").unlink()  # it is no longer trusted
    newsroom.build()

    assert first not in newsroom.kept()


def test_a_long_story_is_not_kept(index: PageIndex) -> None:
    story = replace(editions.story("2026-11-04-story"), body="long " * 20_000)
    kept = KeptStories(index)

    kept.keep([("stamp", story)])

    assert kept.find(story.path, "stamp") is None


def test_the_thousand_that_were_read_last_are_kept(index: PageIndex) -> None:
    kept = KeptStories(index)
    names = [f"2026-11-01-story-{number}" for number in range(1_002)]

    kept.keep(("stamp", editions.story(name)) for name in names[:900])
    kept.keep(("stamp", editions.story(name)) for name in names[900:])

    paths = [editions.story(name).path for name in names]
    assert [kept.find(path, "stamp") is None for path in paths].count(True) == 2
    assert kept.find(paths[1], "stamp") is None
    assert kept.find(paths[2], "another stamp") is None
    assert kept.find(paths[2], "stamp") == editions.story(names[2])


@given(story=_STORIES)
def test_a_kept_story_is_what_it_was(index: PageIndex, story: Story) -> None:
    kept = KeptStories(index)

    kept.keep([(repr(story), story)])

    found = kept.find(story.path, repr(story))
    assert repr(found) == repr(story)


def test_what_nobody_kept_is_read_again(index: PageIndex) -> None:
    story = editions.story("2026-11-02-story")
    kept = KeptStories(index)
    kept.keep([("stamp", story)])

    for data in (b"", b"\xff", b"{", b"[]", b'{"path": 7}'):
        index.tables.run("UPDATE paper_kept SET story = ?", data)
        assert kept.find(story.path, "stamp") is None


def test_a_story_with_text_that_has_no_bytes_is_not_kept(index: PageIndex) -> None:
    story = editions.story("2026-11-03-story", title="\ud83d")
    kept = KeptStories(index)

    kept.keep([("stamp", story)])

    assert kept.find(story.path, "stamp") is None


def test_a_story_that_would_not_come_back_the_same_is_not_kept(index: PageIndex) -> None:
    story = editions.story("2026-11-01-story", published_at=datetime(2026, 11, 1, tzinfo=UTC))
    odd = replace(story, published_at=datetime(2026, 11, 1, 2, fold=1, tzinfo=UTC))
    kept = KeptStories(index)

    kept.keep([("stamp", story), ("other", replace(odd, path="_news/odd.md"))])

    assert kept.find(story.path, "stamp") == story
    assert kept.find("_news/odd.md", "other") is None
