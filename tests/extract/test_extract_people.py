"""Authors: people are found in bylines, newsrooms and times are not."""

from __future__ import annotations

import pytest

from copydesk.extract._authors import is_person, people


@pytest.mark.parametrize(
    ("byline", "names"),
    [
        ("By ADA HOLM and Per Lund", ("Ada Holm", "Per Lund")),
        ("Recueilli par Ada HOLM", ("Ada Holm",)),
        ("Redaktion Hafenblatt", ()),
        ("Ada Holm, Harbour Correspondent", ("Ada Holm",)),
        ("Ada Holm in Saltholm", ("Ada Holm",)),
        ("Ada Holm (Saltholm)", ("Ada Holm",)),
        ("Written by: Ada Holm | March 9, 2026", ("Ada Holm",)),
        ("von Ada Holm und Per Lund", ("Ada Holm", "Per Lund")),
        ("Ada Holm; Per Lund & Ada Holm", ("Ada Holm", "Per Lund")),
        ("Ada Holm, Updated 10:45 am", ("Ada Holm",)),
        ("J. R. de la Cruz", ("J. R. de la Cruz",)),
        ("Reuters", ()),
        ("Associated Press", ()),
        ("Staff Writer", ()),
        ("admin", ()),
        ("https://www.facebook.com/ada.holm", ()),
        ("ada@harbour.example", ()),
        ("2 hours ago", ()),
        ("", ()),
    ],
)
def test_a_byline_becomes_people(byline: str, names: tuple[str, ...]) -> None:
    assert names == people([byline])


@pytest.mark.parametrize("name", ["April Lund", "王小明", "Ada O'Neill-Holm", "Ødegård Åse"])
def test_a_person(name: str) -> None:
    assert is_person(name)


@pytest.mark.parametrize("name", ["Ada", "Read More", "North Post News", "Ada Holm 3", "x" * 80])
def test_no_person(name: str) -> None:
    assert not is_person(name)


def test_the_site_is_not_its_own_author() -> None:
    assert ("Ada Holm",) == people(["Harbour Times", "Ada Holm"], frozenset({"harbourtimes"}))


def test_a_crowd_is_cut_off() -> None:
    names = [f"Ada Holm{'abcdefghijklmnopqrstuvwxyz'[n]}" for n in range(20)]

    assert 12 == len(people(names))
