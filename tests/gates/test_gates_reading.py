"""Floors: what the reader reached on pages that nobody wrote for it. Raised, never lowered.

Each set is read once. The figures are those of `copydesk eval extract` and `eval dates`.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from copydesk.measure import page_layouts, page_texts
from copydesk.measure.labelled import PageReading, read_set
from copydesk.measure.page_dates import count_days
from copydesk.measure.page_texts import text_likeness
from world.shared import SHARED, needs_shared

DATA = SHARED / "data"
AEB = DATA / "pages" / "aeb.zip"
READABILITY = DATA / "pages" / "readability.zip"
DATED = DATA / "pages" / "htmldate_150.zip"
RECORDED = DATA / "web" / "newswire.warc.gz"
GOLD = DATA / "web" / "newswire_gold.jsonl"
TEXTS = DATA / "story" / "giveme5w1h_dev.jsonl"
DIGESTS = {
    AEB: "850035f890955a87a2dfef3d31849fd6e91a5571d113a7f713bc327f18206ae7",
    READABILITY: "9a242188c877ee121a553e4e140ee82690b51287e8b116a357fe2ba97fb461c7",
    DATED: "c3cbbb2b3abceb1645116f01d2d03ec8d7151e3006b838aca4433d5170f46c12",
    RECORDED: "03bd7811257137a4420a7005e2672c1f700d93724a6a3d63b4b94ce77c134239",
    GOLD: "7d8ecfee82ff82f6a89c703427288ed44560d562b2e11cf90e0694233d627a98",
    TEXTS: "8554c79486db15c964dc6c4c7c6cda1506f28b22442bf9357f26c2889805b5c9",
}
NOW = datetime(2026, 1, 1, tzinfo=UTC)
AT = datetime(2018, 2, 7, 6, tzinfo=UTC)  # after the last page of the recorded web

pytestmark = [needs_shared, pytest.mark.slow]


class _Silence:
    def stage(self, name: str, total: int | None = None) -> None:
        """Print nothing."""

    def step(self, count: int = 1) -> None:
        """Print nothing."""


def read(*paths: Path) -> list[PageReading]:
    """Read the one set of these files, where they are what the floor was measured on."""
    for path in paths:
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        assert digest == DIGESTS[path], f"other data: {path.name}"
    (found,) = page_layouts.read_sets(paths, NOW, AT)
    return read_set(found, _Silence())


@pytest.fixture(scope="module")
def benchmark() -> list[PageReading]:
    return read(AEB)


@pytest.fixture(scope="module")
def expected() -> list[PageReading]:
    return read(READABILITY)


@pytest.fixture(scope="module")
def dated() -> list[PageReading]:
    return read(DATED)


@pytest.fixture(scope="module")
def newswire() -> list[PageReading]:
    return read(RECORDED, GOLD, TEXTS)


def f1(readings: list[PageReading]) -> float:
    scores = page_texts.mean_scores(
        reading for reading in map(text_likeness, readings) if reading is not None
    )
    assert scores.f1 is not None
    return scores.f1


def same(readings: list[PageReading], field: str, name: str) -> list[bool]:
    """Decide for each page whether a field of its article is what its truth says under a name."""
    pairs = [
        (getattr(reading.case.truth, name), getattr(reading.article, field, ""))
        for reading in readings
    ]
    return [true == ours for true, ours in pairs if true is not None]


def authors(readings: list[PageReading]) -> list[bool]:
    """Decide for each page that names its authors whether ours are the same people."""
    return [
        page_texts.compare_names(
            reading.case.truth.authors, reading.article.authors if reading.article else ()
        ).is_exact
        for reading in readings
        if reading.case.truth.authors is not None and reading.case.truth.in_page
    ]


def test_the_texts_of_the_benchmark_are_found(benchmark: list[PageReading]) -> None:
    assert len(benchmark) == 62
    assert f1(benchmark) >= 0.991  # .9915; the room is for the libraries' noise


def test_expected_texts_are_found(expected: list[PageReading]) -> None:
    assert len(expected) == 29
    assert f1(expected) >= 0.964  # .9646


def test_expected_titles_and_people_are_found(expected: list[PageReading]) -> None:
    assert (len(titles := same(expected, "title", "title")), sum(titles)) >= (29, 24)
    assert (len(people := authors(expected)), sum(people)) >= (16, 11)


def test_days_are_found_where_no_feed_tells_them(dated: list[PageReading]) -> None:
    days = count_days(dated)

    assert days.pages == 168
    assert days.exact >= 158


def test_every_page_of_the_recorded_web_is_an_article(newswire: list[PageReading]) -> None:
    assert len(newswire) == 170
    assert [] == [one.lost for one in newswire if one.lost]


def test_the_texts_of_the_recorded_web_are_found(newswire: list[PageReading]) -> None:
    assert f1(newswire) >= 0.987  # .9872


@pytest.mark.parametrize(
    ("field", "name", "cases", "floor"),
    [
        ("title", "title", 170, 169),
        ("web_url", "address", 170, 170),
        ("amp_web_url", "amp", 170, 170),
        # twenty labels are none: the page itself, or a publisher's card
        ("image", "image", 150, 150),
    ],
)
def test_the_recorded_web_says_what_it_is(
    newswire: list[PageReading], field: str, name: str, cases: int, floor: int
) -> None:
    found = same(newswire, field, name)

    assert len(found) == cases
    assert sum(found) >= floor


def test_the_people_of_the_recorded_web_are_found(newswire: list[PageReading]) -> None:
    people = authors(newswire)

    assert len(people) == 54
    assert sum(people) >= 53


def test_the_days_of_the_recorded_web_are_found(newswire: list[PageReading]) -> None:
    # without any feed: the misses are pages whose address holds the day of another time zone
    days = count_days(newswire)

    assert days.pages == 170
    assert days.exact >= 168


def test_no_charset_of_the_recorded_web_is_broken(newswire: list[PageReading]) -> None:
    broken = re.compile("\ufffd|â€|Ã©|锟|&#")

    assert [] == [one.case.name for one in newswire if broken.search("".join(said(one)))]


def said(page: PageReading) -> Iterator[str]:
    if page.article:
        yield from (page.article.title, page.article.excerpt, page.article.text)
