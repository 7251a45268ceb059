"""A source's include and exclude words."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from copydesk.news import Lead, Source
from copydesk.watch import is_wanted

LEAD = Lead(
    url="https://ferry.example/1",
    source="https://ferry.example/feed.xml",
    found=datetime(2030, 1, 2, tzinfo=UTC),
    title="Ferry to Ærø uses A.I. and C++",
    excerpt="The night  ferry\nplans itself; nobody is aboard.",
)
HAS = ["ferry", "FERRY", "night ferry", "ærø", "A.I.", "c++", "aboard", " ferry ", "itself"]
LACKS = ["fer", "erry", "ai", "night plans", "C", "board", "", " ", "[a-z]+", "."]


def source(include: tuple[str, ...] = (), exclude: tuple[str, ...] = ()) -> Source:
    return Source(url=LEAD.source, include=include, exclude=exclude)


def test_everything_is_wanted_where_nothing_is_asked() -> None:
    assert is_wanted(LEAD, source())


@pytest.mark.parametrize("word", HAS)
def test_a_lead_with_an_include_word_is_wanted(word: str) -> None:
    assert is_wanted(LEAD, source(include=("else", word)))


@pytest.mark.parametrize("word", HAS)
def test_a_lead_with_an_exclude_word_is_not_wanted(word: str) -> None:
    assert not is_wanted(LEAD, source(include=("ferry",), exclude=(word,)))


@pytest.mark.parametrize("word", [word for word in LACKS if word != "C"])
def test_a_lead_without_an_include_word_is_not_wanted(word: str) -> None:
    assert not is_wanted(LEAD, source(include=(word,)))


@pytest.mark.parametrize("word", [word for word in LACKS if word != "C"])
def test_a_lead_without_an_exclude_word_is_wanted(word: str) -> None:
    assert is_wanted(LEAD, source(exclude=(word,)))
