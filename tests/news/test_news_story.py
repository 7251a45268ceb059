"""Reasons are read back as they were written."""

from __future__ import annotations

import pytest

from copydesk.errors import CopydeskError, RecordError, SealError
from copydesk.news import Beat, Reason, Source, Story


@pytest.mark.parametrize(
    ("reason", "text"),
    [
        (
            Reason(about="quality", points=15, why='keyword "generative ai" in title'),
            'quality +15: keyword "generative ai" in title',
        ),
        (Reason(about="quality", points=-9, why="a long title"), "quality -9: a long title"),
        (
            Reason(about="topic AI Policy", why='"ai rules: a primer" in title'),
            'topic AI Policy: "ai rules: a primer" in title',
        ),
    ],
)
def test_a_reason_has_a_text_that_is_read_back(reason: Reason, text: str) -> None:
    assert text == str(reason)
    assert reason == Reason.parse(text)


def test_a_text_in_no_known_form_is_kept_whole() -> None:
    assert Reason(about="", why="just so") == Reason.parse("just so")


def test_an_error_says_what_about_what_and_how_to_mend_it() -> None:
    error = RecordError("no title", subject="_news/x.md", hint="write one")
    assert str(error) == "no title: _news/x.md"
    assert error.hint == "write one"
    assert isinstance(SealError("no key"), CopydeskError)


def test_an_error_survives_the_trip_between_processes() -> None:
    import pickle

    error = pickle.loads(pickle.dumps(SealError("no key", subject="x", hint="y")))
    assert type(error) is SealError
    assert (error.what, error.subject, error.hint) == ("no key", "x", "y")


def test_a_story_has_every_address_that_its_page_had() -> None:
    story = Story(
        path="_news/x.md",
        title="X",
        published_at=None,
        web_url="https://a.example/3",
        original_url="https://a.example/feed-link",
        history=(
            "2026-11-24T13:10:00Z moved to https://a.example/2 from https://a.example/1",
            '2026-11-24T13:10:00Z title was " moved to nowhere"',
            "2026-11-25T13:10:00Z moved to https://a.example/3 from https://a.example/2",
        ),
    )
    names = ("3", "feed-link", "1", "2")
    assert story.addresses == tuple(f"https://a.example/{name}" for name in names)


def test_a_beat_finds_a_source_by_its_address_the_first_where_two_have_it() -> None:
    first, second = Source(url="https://a.example/", name="A"), Source(url="https://a.example/")
    beat = Beat(title="T", sources=(first, second))
    assert beat.source("https://a.example/") is first
    assert beat.source("https://b.example/") is None
