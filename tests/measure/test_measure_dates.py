"""Dates: a day is exact, another or none, and what only the clock says is none."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from copydesk.errors import DataError
from copydesk.measure import page_dates
from extract.given import URL
from measure.labelled import DAY, LABEL, PAGE, days, html, lines, recording, texts
from measure.test_measure_extract import Watched

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)


def report(*paths: Path, replayed_at: datetime | None = None) -> page_dates.DatesReport:
    return page_dates.dates(paths, NOW, replayed_at, Watched())


@pytest.mark.parametrize(
    ("day", "page", "counts"),
    [
        ("2026-03-09", PAGE, (1, 0, 0)),
        ("2026-03-08", PAGE, (0, 0, 1)),
        # the round's clock would be right by chance
        ("2026-03-10", html(), (0, 1, 0)),
        ("2026-03-09", "<p>Log in", (0, 1, 0)),
    ],
    ids=["exact", "wrong", "none", "dropped"],
)
def test_a_day_is_exact_none_or_wrong(
    tmp_path: Path, day: str, page: str, counts: tuple[int, ...]
) -> None:
    found = report(days(tmp_path, day, page=page))

    assert found.pages == 1
    assert (found.exact, found.none, found.wrong) == counts
    assert len(found.misses) == 1 - found.exact


def test_a_miss_says_both_days_and_where_ours_came_from(tmp_path: Path) -> None:
    (miss,) = report(days(tmp_path / "set", "2026-03-08")).misses

    assert (miss.set, miss.page, miss.ours, miss.expected) == (
        *("set", URL),
        *("2026-03-09", "2026-03-08"),
    )
    assert miss.origin


NIGHT = DAY.replace("10:00:00Z", "22:00:00-05:00")  # the tenth in UTC


@pytest.mark.parametrize(
    ("label", "exact"),
    [
        ("2026-03-09", 1),
        ("2026-03-10", 0),
        ("2026-03-10T03:00:00Z", 1),
        ("2026-03-09T22:00:00-05:00", 1),
        ("2026-03-09T03:00:00Z", 0),
    ],
)
def test_a_day_is_the_publishers_and_a_moment_is_in_utc(
    tmp_path: Path, label: str, exact: int
) -> None:
    found = report(days(tmp_path, label, page=html(NIGHT)))

    assert (found.exact, found.wrong) == (exact, 1 - exact)
    assert found.utc + found.local == 1


def test_sets_are_summed_up(tmp_path: Path) -> None:
    days(tmp_path / "a", "2026-03-09")
    days(tmp_path / "b", "2026-03-08")

    found = report(tmp_path)

    assert (found.pages, found.exact, found.wrong) == (2, 1, 1)
    assert [(part.name, part.exact) for part in found.sets] == [("a", 1), ("b", 0)]


def test_a_recording_is_asked_as_of_the_clock(tmp_path: Path) -> None:
    recorded = recording(tmp_path / "web.warc.gz", {URL: PAGE}, {})  # on the 9th at noon
    gold = lines(tmp_path / "gold.jsonl", LABEL)

    assert report(recorded, gold).exact == 1
    with pytest.raises(DataError):
        report(recorded, gold, replayed_at=datetime(2026, 3, 1, tzinfo=UTC))


def test_an_index_gives_days_of_its_own(tmp_path: Path) -> None:
    recorded = recording(tmp_path / "web.warc.gz", {URL: PAGE}, {})
    rows = ({"set": "d", "key": key, "date": "2026-03-09"} for key in ("a", "b", "c"))
    with_urls = [{**row, "url": url} for row, url in zip(rows, (URL, f"{URL}/2", ""), strict=True)]
    index = lines(tmp_path / "index.jsonl", *with_urls)

    found = report(recorded, index)

    assert (found.pages, found.exact, found.absent) == (1, 1, ("b",))


def test_an_index_counts_no_page_twice(tmp_path: Path) -> None:
    recorded = recording(tmp_path / "web.warc.gz", {URL: PAGE}, {})
    row = {"set": "d", "key": URL, "date": "2026-03-09", "url": URL}

    found = report(
        recorded, lines(tmp_path / "index.jsonl", row), days(tmp_path / "a", "2026-03-09")
    )

    assert (found.pages, found.exact) == (1, 1)


@pytest.mark.parametrize("day", ["0000-00-00", "soon", 20260309])
def test_a_label_that_is_no_date_is_named(tmp_path: Path, day: object) -> None:
    with pytest.raises(DataError, match="invalid date of date") as caught:
        report(days(tmp_path, day))

    assert caught.value.subject == str(tmp_path / "dates.json")
    assert caught.value.hint


def test_texts_alone_give_no_days(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="has a date"):
        report(texts(tmp_path))
