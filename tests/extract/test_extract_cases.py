"""Pages case by case: each file under cases/extract carries what must be read out of it.

A case is TOML, a line `----`, and the page. `[page]` may name url, final_url, content_type and
`encoding` (in which the page is sent); `[lead]` any field of a Lead. `[expect]` names fields of
the Article and their values, `[from]` their origins, `[has]` and `[lacks]` passages in a field,
and `dropped` and `detail` what a page that is no article comes to.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from copydesk import extract
from copydesk.news import Article, Dropped, Lead, Page
from copydesk.news.article import Author, Media
from extract.given import BEAT, URL, lead, page

CASES = sorted((Path(__file__).parents[1] / "cases" / "extract").glob("*.case"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One case: what is given and what must come of it."""

    page: Page
    lead: Lead
    expected: dict[str, Any]


def load(path: Path) -> Case:
    head, _, html = path.read_text("utf-8").partition("\n----\n")
    told: dict[str, Any] = tomllib.loads(head)
    given = {"url": URL, "encoding": "utf-8"} | told.get("page", {})
    body = html.encode(given.pop("encoding"))
    return Case(
        page=page(body, **given),
        lead=replace(lead(given["url"]), **_tuples(told.get("lead", {}))),
        expected=told,
    )


def _tuples(values: dict[str, Any]) -> dict[str, Any]:
    media = tuple(Media(**one) for one in values.pop("media", ()))
    found = {name: tuple(one) if isinstance(one, list) else one for name, one in values.items()}
    return found | ({"media": media} if media else {})


def shown(value: object) -> object:
    """Give a field's value as TOML can hold it."""
    if isinstance(value, tuple):
        return [[one.name, one.kind] if isinstance(one, Author) else one for one in value]
    if isinstance(value, datetime):
        return value.astimezone(UTC)
    return value


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_a_page_is_read_as_its_case_says(path: Path) -> None:
    case = load(path)

    found = extract.read(case.page, case.lead, BEAT)

    if isinstance(found, Dropped):
        assert case.expected.get("dropped") == found.reason, found
        assert case.expected.get("detail", found.detail) == found.detail
        return
    assert_holds(case.expected, found)


def assert_holds(expected: dict[str, Any], found: Article) -> None:
    told = expected.get("expect", {})
    assert told == {name: shown(getattr(found, name)) for name in told}
    origins = expected.get("from", {})
    assert origins == {name: found.origins.get(name, "") for name in origins}
    for name, passages in expected.get("has", {}).items():
        assert [] == [one for one in passages if one not in getattr(found, name)]
    for name, passages in expected.get("lacks", {}).items():
        assert [] == [one for one in passages if one in getattr(found, name)]
    assert "dropped" not in expected, found


def test_there_are_cases() -> None:
    assert len(CASES) > 30
