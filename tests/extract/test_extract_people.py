"""Authors: people are found in bylines, newsrooms and times are not."""

from __future__ import annotations

import pytest

from copydesk.extract.people import is_person, organizations, people
from copydesk.extract.terms import find_agency


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
        ("By\nAda Holm\nMarch 9, 2026\nSaltholm Harbour", ("Ada Holm",)),
        ("By\nAda Holm\nHarbour Correspondent\nand\nPer Lund", ("Ada Holm", "Per Lund")),
        ("By ADA HOLM March 9, 2026 3:46 PM", ("Ada Holm",)),
        ("ADA O'NEILL-HOLM", ("Ada O'Neill-Holm",)),
        ("J. R. DE LA CRUZ", ("J. R. de la Cruz",)),
        ("AL LUND, ED HOLM", ("Al Lund", "Ed Holm")),
        ("AJ Holm", ("AJ Holm",)),
        ("JFK Holm", ("JFK Holm",)),
        ("di Sami al-Holm", ("Sami al-Holm",)),
        ('Ada "The Quay" Holm', ("Ada Holm",)),
        ("Ada_Holm", ("Ada Holm",)),
        ("Story by Ada Holm, photos by Per Lund", ("Ada Holm",)),
        ("José Ortega y Gasset", ("José Ortega y Gasset",)),
        ("José Ortega y Ada Holm", ("José Ortega", "Ada Holm")),
        ("Maria de los Angeles Garcia Lopez", ("Maria de los Angeles Garcia Lopez",)),
        ("Prof. Dr. Ada Holm, PhD", ("Ada Holm",)),
        ("Ada Holm MD", ("Ada Holm",)),
        ("Per Lund, Jr.", ("Per Lund Jr.",)),
        ("Ada Holm, Associated Press", ("Ada Holm",)),
        ("Ada Holm Associated Press", ("Ada Holm",)),
        ("Ada Holm Staff Writer", ("Ada Holm",)),
        ("Ada Holm, North Post News, New York", ("Ada Holm",)),
        ("Ada Holm for the North Post", ("Ada Holm",)),
        ("Ada Holm @adaholm ada@north.example", ("Ada Holm",)),
        ("José Díaz, Jose Diaz, José M. Díaz", ("José Díaz",)),
        ("Text: Ada Holm", ("Ada Holm",)),
        ("Автор: Владимир Петров", ("Владимир Петров",)),
        ("Ein Gastbeitrag von Ada Holm", ("Ada Holm",)),
        ("An essay by Ada Holm and Per Lund", ("Ada Holm", "Per Lund")),
        ("Une chronique de Ada Holm", ("Ada Holm",)),
        ("Una columna de Ada Holm", ("Ada Holm",)),
        ("文/王小明、李华", ("王小明", "李华")),
        ("记者 王小明", ("王小明",)),
        ("홍길동 기자", ("홍길동",)),
        ("山田 太郎", ("山田 太郎",)),
        ("海港新闻网", ()),
        ("ada holm", ()),
        ("Be civil. Abusive remarks go", ()),
        ("By clicking, you agree to the Privacy Policy", ()),
    ],
)
def test_a_byline_becomes_people(byline: str, names: tuple[str, ...]) -> None:
    assert names == people([byline])


@pytest.mark.parametrize(
    "name",
    [
        *("April Lund", "王小明", "Ada O'Neill-Holm", "Ødegård Åse", "Doris Day", "Emily Post"),
        *("Al Lund", "Wm. Holm", "Sami al-Lund", "S. A. Holm", "Ana Sa", "Ada Olimited"),
    ],
)
def test_a_person(name: str) -> None:
    assert is_person(name)


@pytest.mark.parametrize(
    "name",
    [
        *("Ada", "Read More", "North Post News", "Ada Holm 3", "x" * 80, "Wait there. Ada Holm"),
        *("University of Saltholm", "Keine Kommentare", "Privacy Policy", "Guest Post", "A. B."),
        *("Die Tagespresse", f"Ada {'x' * 60}"),
        *("Holm Kaje d.o.o", "Ada Holm e.V.", "Lund Kai S.A.", "Quay Holm AG", "Holm Lund s.r.o"),
    ],
)
def test_no_person(name: str) -> None:
    assert not is_person(name)


def test_the_site_is_not_its_own_author() -> None:
    assert ("Ada Holm",) == people(["Harbour Times", "Ada Holm"], frozenset({"harbourtimes"}))


def test_the_site_is_cut_off_its_authors_name() -> None:
    assert ("Ada Holm",) == people(["Ada Holm Harbour Times"], frozenset({"harbourtimes"}))


def test_a_declared_author_may_be_written_in_small_letters() -> None:
    assert ("ada holm",) == people(["ada holm"], is_declared=True)


def test_a_crowd_is_cut_off() -> None:
    names = [f"Ada Holm{'abcdefghijklmnopqrstuvwxyz'[n]}" for n in range(20)]

    assert 12 == len(people(names))


GULL = frozenset({"gulltimes", "gulltimesexample", ""})


@pytest.mark.parametrize(
    ("byline", "agencies", "newsrooms"),
    [
        ("By AP", ["AP"], []),
        ("The Associated Press", ["Associated Press"], []),
        ("By Reuters Staff", ["Reuters"], []),
        ("dpa/AFP", ["dpa", "AFP"], []),
        ("共同通信", ["共同通信"], []),
        ("Ada Holm, Reuters", ["Reuters"], []),
        ("By ADA HOLM, AP Business Writer", ["AP"], []),
        ("Agencies", ["Agencies"], []),
        ("Gull staff and agencies", ["agencies"], ["Gull staff"]),
        ("Gull Times", [], ["Gull Times"]),
        ("The Gull Times", [], ["The Gull Times"]),
        ("Gull Times Sport", [], ["Gull Times Sport"]),
        ("By Gull Times staff reporters", [], ["Gull Times staff reporters"]),
        ("Editorial Board", [], ["Editorial Board"]),
        ("Redaktion", [], ["Redaktion"]),
        ("Online-Redaktion", [], ["Online-Redaktion"]),
        ("La rédaction", [], ["La rédaction"]),
        ("Web Desk", [], ["Web Desk"]),
        ("Ada Holm, Gull Times", [], []),
        ("Ada Holm, PA", [], []),  # of Pennsylvania
        ("ap", [], []),
        ("Harbour Commission staff", [], []),
        ("Other Times", [], []),
        ("admin", [], []),
        ("February", [], []),
        ("»", [], []),
        ("", [], []),
    ],
)
def test_a_byline_names_agencies_and_the_newsroom(
    byline: str, agencies: list[str], newsrooms: list[str]
) -> None:
    found = organizations([byline], GULL, find_agency)

    assert agencies == [author.name for author in found if author.kind == "agency"]
    assert newsrooms == [author.name for author in found if author.kind == "newsroom"]


def test_a_site_with_a_persons_name_is_no_newsroom_unless_it_says_so() -> None:
    assert () == organizations(["Ada Holm"], frozenset({"adaholm"}), find_agency)


@pytest.mark.parametrize("name", ["PR Newswire", "Business Wire"])
def test_a_press_service_is_no_person(name: str) -> None:
    assert () == people([name], is_declared=True)
