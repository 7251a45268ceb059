"""The index: what it answers, how it is asked, and what becomes of its file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from copydesk.catalogue.page_entries import StoryEntry
from copydesk.catalogue.page_index import Listing, PageIndex
from copydesk.errors import PublishError
from copydesk.news import Story
from copydesk.publish import survey
from world import editions

NAMES = tuple(f"2026-11-{number:02}-story" for number in range(1, 8))


def stories(*names: str, **fields: Any) -> list[Story]:
    """Return stories of these names, the last one the newest."""
    return [
        editions.story(name, published_at=editions.AT + timedelta(hours=number), **fields)
        for number, name in enumerate(names)
    ]


def taken(found: list[Story], known: PageIndex) -> PageIndex:
    """Take stories in as a build does."""
    survey(found, editions.beat(), known)
    known.note({"world": "as it was"})
    known.commit()
    return known


@pytest.fixture
def known(tmp_path: Path) -> Iterator[PageIndex]:
    """Yield a index in a file, of seven stories."""
    index = PageIndex(tmp_path / "pages.sqlite", "a site")
    yield taken(stories(*NAMES), index)
    index.close()


def names(listing: Listing[StoryEntry]) -> list[str]:
    return [entry.name for entry in listing]


def test_a_listing_is_a_sequence_the_newest_first(known: PageIndex) -> None:
    listing = known.stories()

    assert names(listing) == [*reversed(NAMES)]
    assert names(listing[1:3]) == [NAMES[5], NAMES[4]]
    assert names(listing[:-5][1:]) == [NAMES[5]]
    assert (listing[-1].name, len(listing[5:99])) == (NAMES[0], 2)
    with pytest.raises(IndexError):
        listing[7]


def test_what_is_not_committed_is_forgotten(tmp_path: Path, known: PageIndex) -> None:
    survey(stories(*NAMES[:3]), editions.beat(), known)
    assert known.count() == 3
    known.close()

    again = PageIndex(tmp_path / "pages.sqlite", "a site")
    survey(stories(*NAMES), editions.beat(), again)

    assert again.count() == 7


def test_two_sites_in_one_file_know_nothing_of_each_other(tmp_path: Path, known: PageIndex) -> None:
    other = taken(stories(*NAMES[:2]), PageIndex(tmp_path / "pages.sqlite", "another"))

    assert (known.count(), other.count()) == (7, 2)
    assert names(other.stories()) == [NAMES[1], NAMES[0]]


def test_what_other_code_has_noted_is_not_believed(known: PageIndex) -> None:
    known.tables.run("UPDATE paper_sites SET made_by = 'other code'")

    seen = survey(stories(*NAMES), editions.beat(), known)

    assert (seen.notes, seen.pairs, known.count()) == ({}, {}, 7)


@pytest.mark.parametrize("data", [b"", b"no database at all" * 400])
def test_a_damaged_file_is_made_anew(tmp_path: Path, known: PageIndex, data: bytes) -> None:
    known.close()
    (tmp_path / "pages.sqlite").write_bytes(data)

    again = taken(stories(*NAMES), PageIndex(tmp_path / "pages.sqlite", "a site"))

    assert again.count() == 7


def test_only_what_differs_is_told(known: PageIndex) -> None:
    changed = stories(*NAMES)
    changed[2] = editions.story(NAMES[2], published_at=changed[2].published_at, title="Other words")

    seen = survey([*changed[1:], *stories("2026-11-24-late")], editions.beat(), known)

    told = {path: (was is not None, now is not None) for path, (was, now) in seen.pairs.items()}
    assert told == {
        f"_news/{NAMES[0]}.md": (True, False),
        f"_news/{NAMES[2]}.md": (True, True),
        "_news/2026-11-24-late.md": (False, True),
    }


def test_no_question_goes_through_all_stories(known: PageIndex) -> None:
    asked: list[str] = []
    run = known.tables.run

    def noted(statement: str, *values: object) -> list[tuple[Any, ...]]:
        asked.append(statement)
        return run(statement, *values)

    known.tables.run = noted  # type: ignore[method-assign]
    entry = known.stories()[0]
    for kind, heading in (("day", entry.day), ("source", entry.domain), ("topic", "robots")):
        list(known.listing(kind, heading, 1))
    list(known.oldest_first("month", entry.month, 1))
    list(known.pages_under("month", entry.month, 1))
    (list(known.paths("day", entry.day, 1)), list(known.story_paths()))
    known.count_under("day", entry.day)
    known.only_here()
    (known.at(entry.path), known.by_name(entry.name), known.members("g"), known.copies(entry.name))
    (
        known.addresses_to_hide({"a"}),
        known.credits({"a"}),
        known.needing({"a"}),
        known.names_of({"g"}),
    )
    (
        known.former_leaders(),
        known.former_leaders({"g"}),
        known.removals(),
        list(known.showing("i")),
        known.nameless(),
    )
    (known.newer(entry, "all", ""), known.newer(entry, "month", entry.month))
    plans = {
        statement: [step[3] for step in run(f"EXPLAIN QUERY PLAN {statement}", *values)]
        for statement in asked
        for values in [(None,) * statement.count("?")]
    }

    narrow = re.compile(r"\(site=\? AND |paper_(stories|hosted|led|removed|copies) \(site=\?\)")
    for statement, steps in plans.items():
        headings = set(re.findall(r"(\w+) (?:=|IN) [?(]", statement)) - {"site"}
        used = set(re.findall(r"(\w+)=\?", steps[0]))
        assert all(map(narrow.search, steps[:1])), (statement, steps)
        assert headings & used or not headings, (statement, steps)


def test_a_page_that_is_damaged_fails_one_build_and_the_next_makes_all_anew(
    tmp_path: Path, known: PageIndex
) -> None:
    known.close()
    file = tmp_path / "pages.sqlite"
    data = file.read_bytes()
    file.write_bytes(data[:8192] + b"\xff" * (len(data) - 8192))

    broken = PageIndex(file, "a site")
    with pytest.raises(PublishError, match="could not be read or written"):
        taken(stories(*NAMES), broken)
    broken.close()

    assert taken(stories(*NAMES), PageIndex(file, "a site")).count() == 7


def test_numbers_that_no_json_holds_are_brought_within_it(known: PageIndex) -> None:
    huge = editions.story("2026-11-24-huge", heat=-(10**40), trust=10**30)

    taken([huge], known)

    entry = known.stories()[0]
    assert (entry.heat, entry.trust) == (-(2**53), 2**53)
