"""Every case of tests/cases/watch: a JSON head with what is expected, a line ====, the document."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import pytest

from copydesk import watch
from copydesk.errors import FeedError
from copydesk.kit import dates
from copydesk.news import Lead, Page, Source
from copydesk.news.article import Media
from copydesk.watch import entry

NOW = datetime(2030, 1, 2, 12, tzinfo=UTC)
CASES = sorted((Path(__file__).parents[1] / "cases/watch").glob("*.case"))


def opened(path: Path) -> tuple[Mapping[str, object], bytes]:
    head, _, body = path.read_bytes().partition(b"\n====\n")
    expected: Mapping[str, object] = json.loads(head)
    return expected, body


def read(expected: Mapping[str, object], body: bytes) -> entry.SourceReading:
    url = str(expected.get("url", "https://news.example/"))
    headers = {"content-type": str(expected.get("content_type", ""))}
    page = Page(url=url, final_url=url, status=200, headers=headers, body=body, fetched_at=NOW)
    wanted = expected.get("source", {})
    assert isinstance(wanted, dict)
    source = Source(url=url, **wanted)
    return watch.read(page, source, NOW, known=str(expected.get("known", "")))


def shown(lead: Lead, keys: Mapping[str, object]) -> dict[str, object]:
    """Give the fields of a lead that a case names, as JSON has them."""
    values = {key: getattr(lead, key) for key in keys}
    return {key: _plain(value) for key, value in values.items()}


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return dates.rfc3339(value)
    if isinstance(value, Media):
        return {key: told for key, told in asdict(value).items() if told}
    return [_plain(one) for one in value] if isinstance(value, tuple) else value


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_a_case_reads_as_it_says(path: Path) -> None:
    expected, body = opened(path)
    if "error" in expected:
        with pytest.raises(FeedError) as caught:
            read(expected, body)
        assert caught.value.what == expected["error"]
        assert caught.value.hint == expected.get("hint", caught.value.hint)
        return

    reading = read(expected, body)

    assert reading.kind == expected["kind"]
    _assert_leads(reading, expected)
    assert list(reading.more) == expected.get("more", [])
    assert reading.title == expected.get("title", reading.title)
    assert reading.listed == expected.get("listed", reading.listed)


def _assert_leads(reading: entry.SourceReading, expected: Mapping[str, object]) -> None:
    addresses = [lead.url for lead in reading.leads]
    if "leads" in expected:
        leads = expected["leads"]
        assert isinstance(leads, list)
        assert addresses == [lead["url"] for lead in leads]
        for lead, fields in zip(reading.leads, leads, strict=True):
            assert shown(lead, fields) == fields
    at_least = expected.get("at_least", [])
    assert isinstance(at_least, list)
    assert set(at_least) <= set(addresses)
    if "lacks" in expected:
        assert str(expected["lacks"]) not in repr(reading)


def test_there_are_cases() -> None:
    assert len(CASES) > 40
