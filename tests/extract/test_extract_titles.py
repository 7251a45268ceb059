"""Titles: the headline is found among what templates put around it."""

from __future__ import annotations

import pytest

from copydesk.extract.words import clean_title, is_title, strip_site
from extract.given import article

NAMES = frozenset({"harbourtimes", "harbour"})


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("Ferry runs aground Ferry runs aground", "Ferry runs aground"),
        ("Ferry runs aground | Ferry runs aground", "Ferry runs aground"),
        ("Tick tock Tick tock", "Tick tock Tick tock"),
        ("Tom &amp;amp; Ada&#8217;s <i>ferry</i>", "Tom & Ada’s ferry"),
        ("Subscribe to read: Ferry runs aground", "Ferry runs aground"),
        ("Ferry runs\n aground", "Ferry runs aground"),
    ],
)
def test_a_headline_is_plain_and_once(raw: str, expected: str) -> None:
    assert expected == clean_title(raw)


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Ferry aground | Ports | Harbour Times", "Ferry aground | Ports"),
        ("Ferry aground - Harbour Times - News", "Ferry aground"),
        ("Harbour Times: ferry aground", "Harbour Times: ferry aground"),
        ("Harbour Times | Ferry aground", "Ferry aground"),
        ("Ferry aground | Ports [Harbour Times]", "Ferry aground"),
        ("Ferry aground – a report", "Ferry aground – a report"),
        ("Harbour Times", "Harbour Times"),
    ],
)
def test_the_sites_name_goes_from_either_end(title: str, expected: str) -> None:
    assert expected == strip_site(title, NAMES)


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Ferry aground | Ports | All Else", "Ferry aground"),
        ("Opinion | Ferry aground", "Ferry aground"),
        ("Ferry aground - and what now", "Ferry aground - and what now"),
        ("The long story of it | Ferry aground", "The long story of it | Ferry aground"),
    ],
)
def test_what_the_page_shows_as_its_headline_is_it(title: str, expected: str) -> None:
    assert expected == strip_site(title, NAMES, frozenset({"ferryaground"}))


@pytest.mark.parametrize("said", ["", "...", "Subscribe to read", "Untitled", "Harbour Times"])
def test_what_is_no_headline(said: str) -> None:
    assert not is_title(said, NAMES)


def test_a_headline_of_one_long_word_and_a_bar_costs_no_time() -> None:
    head = f"<meta property='og:title' content='x'><title>Ferry aground | {'a' * 900}|</title>"

    assert "Ferry runs aground off Saltholm" == article(head).title


def test_a_short_headline_is_not_taken_for_one_that_was_cut() -> None:
    head = "<meta property='og:title' content='Ferry runs aground off Saltholm in a storm'>"

    assert "Ferry runs aground off Saltholm in a storm" == article(head).title
    assert "Ferry runs aground off Salt" == article(head.replace("holm in a storm", "")).title
