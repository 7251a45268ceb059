"""The demo's world in other weeks: the same but for its dates, and these agree."""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest
from warcio.archiveiterator import ArchiveIterator

from world.machine import PATIENCE_SECONDS

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "ai"
FIRST_WEEK = "2026-11-20T08:00:00Z"
LEAP_WEEK = "2028-03-03T12:00:00Z"  # its Tuesday is 29 February
MONTH = (
    "January|February|March|April|May|June|July|August|September|October|November|December"
    "|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept|Sep|Oct|Nov|Dec"
)
SEASON = "spring|summer|autumn|winter"
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
# what happened long ago, or each year
HISTORY = {"4 March 1890", "6 January 1839", "each October", "megawatt-hour in February"}


def build(out: Path, now: str) -> Path:
    command = [sys.executable, "-B", str(EXAMPLE / "build_world.py"), "--out", str(out)]
    subprocess.run([*command, "--now", now], check=True, timeout=PATIENCE_SECONDS)
    return out


def answers(web: Path) -> Iterator[tuple[str, str, str, str, str]]:
    """Yield time, address, status, Last-Modified and text of what is recorded."""
    with web.open("rb") as file:
        for record in ArchiveIterator(file):
            headers = record.http_headers
            body = record.content_stream().read()
            is_picture = (headers.get_header("Content-Type") or "").startswith("image/")
            yield (
                record.rec_headers["WARC-Date"],
                record.rec_headers["WARC-Target-URI"],
                headers.get_statuscode(),
                headers.get_header("Last-Modified") or "",
                hashlib.sha256(body).hexdigest() if is_picture else body.decode("latin-1"),
            )


def mask_dates(text: str) -> str:
    """Put one mark for each month, season and number."""
    months = rf"(?<![A-Za-z])(?:{MONTH})(?![A-Za-z])\.?"
    return re.sub(r"\d+", "0", re.sub(rf"{months}|\b(?:{SEASON})\b", "M", text, flags=re.I))


@pytest.fixture(scope="module")
def worldbuild() -> Iterator[ModuleType]:
    """Give the package that builds the world, with its modules calendar and sources."""
    before = sys.dont_write_bytecode
    sys.dont_write_bytecode = True
    sys.path.insert(0, str(EXAMPLE))
    try:
        import_module("worldbuild.calendar")
        import_module("worldbuild.sources")
        yield import_module("worldbuild")
    finally:
        sys.path.remove(str(EXAMPLE))
        sys.dont_write_bytecode = before


@pytest.fixture(scope="module")
def leap(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("leap"), LEAP_WEEK)


def moments() -> list[datetime]:
    """Give a moment of each week over more than two years, at different hours and weekdays."""
    first = datetime(2026, 11, 1, 5, 30, tzinfo=UTC)
    return [first + timedelta(days=7 * week + week % 7, hours=week % 24) for week in range(120)]


def test_the_world_is_at_most_six_days_old_and_keeps_its_weekdays(worldbuild: ModuleType) -> None:
    for moment in moments():
        calendar = worldbuild.calendar.young(moment)

        assert 0 <= (moment - calendar.clock).days <= 6
        assert calendar.shift % timedelta(weeks=1) == timedelta()


def test_a_clock_of_the_very_minute_is_not_older(worldbuild: ModuleType) -> None:
    first = datetime.fromisoformat(FIRST_WEEK)
    assert worldbuild.calendar.young(first).clock == first
    assert worldbuild.calendar.young(first - timedelta(seconds=1)).clock == first - timedelta(
        weeks=1
    )


@pytest.mark.parametrize(
    ("written", "weeks", "shown"),
    [
        ("{Nov 16}", 0, "Nov 16"),
        ("{Nov 16}", 6, "Dec 28"),
        ("{Nov 16}", 7, "Jan 4"),
        ("{Nov. 17, 2026}", 7, "Jan. 5, 2027"),
        ("{Nov. 17, 2026}", 24, "May 4, 2027"),
        ("{18 November}", 67, "1 March"),  # 29 February 2028 is the day before
        ("{17 November}", 67, "29 February"),
        ("{January 4, 2027}", 52, "January 3, 2028"),
        ("{2026/11/19}", 6, "2026/12/31"),
        ("{January 15: January}", 3, "February"),
        ("{October}", 1, "October"),
        ("{September} and {October}", 20, "February and March"),
        ("{May 2025}", 9, "July 2025"),
        ("{December}", 3, "January"),
        ("{2025}", 6, "2025"),
        ("{2025}", 7, "2026"),
        ("the {spring} of {2028}", 13, "the summer of 2029"),
        ("the {winter}", 30, "the summer"),
        ("in 1871", 30, "in 1871"),
    ],
)
def test_a_date_in_braces_moves(
    worldbuild: ModuleType, written: str, weeks: int, shown: str
) -> None:
    calendar = worldbuild.calendar.Calendar(shift=timedelta(weeks=weeks))
    assert shown == calendar.write(written)


def test_what_is_no_date_is_an_error(worldbuild: ModuleType) -> None:
    with pytest.raises(ValueError, match="no date: Novembre 3"):
        worldbuild.calendar.Calendar().write("on {Novembre 3}")


def test_every_date_of_the_story_is_in_braces() -> None:
    dates = rf"\b(?:{MONTH})\b|\b20(?:2[4-9]|3\d)\b"
    for file in sorted((EXAMPLE / "world" / "events").glob("*.md")):
        for line in file.read_text("utf-8").splitlines():
            if re.match(r"\s*(- )?at: |trouble: ", line):
                continue
            text = re.sub(r"\{[^{}]+\}", "", line)
            for known in HISTORY:
                text = text.replace(known, "")
            assert re.findall(dates, text) == [], f"{file.name}: {line}"


@pytest.mark.parametrize(
    "now",
    [
        FIRST_WEEK,
        "2026-12-31T23:00:00Z",
        "2027-01-02T08:00:00Z",
        "2027-03-29T08:00:00Z",
        "2027-07-01T08:00:00Z",
        LEAP_WEEK,
        "2028-12-31T08:00:00Z",
    ],
)
def test_prose_has_the_date_and_the_weekdays_of_its_page(worldbuild: ModuleType, now: str) -> None:
    """A dateline is the page's date; "on Monday" is as many days before it as it always was."""
    told = read_prose(worldbuild, now)

    assert {one: days for one, (_, days) in told.items()} == {
        one: days for one, (_, days) in read_prose(worldbuild, FIRST_WEEK).items()
    }
    lines = [line for line, _ in told.values() if line]
    assert len(lines) > 20
    assert all(written == {published} for written, published in lines)


def read_prose(
    worldbuild: ModuleType, now: str
) -> dict[str, tuple[tuple[set[str], str] | None, list[int]]]:
    """Give of each article its dateline beside its day, and how many days ago its weekdays are."""
    calendar = worldbuild.calendar.young(datetime.fromisoformat(now))
    told = {}
    for article in worldbuild.sources.load(EXAMPLE / "world", calendar).articles:
        local, body = article.at.astimezone(article.publisher.zone_info), article.versions[0].body
        lines = {
            f"{month[:3]} {day}"
            for month, day in re.findall(rf", ({MONTH})\.? (\d+)(?:, \d{{4}})? [/(][MR]", body)
        }
        days = [
            (local.weekday() - WEEKDAYS.index(day)) % 7
            for day in re.findall(rf"\b({'|'.join(WEEKDAYS)})\b", body)
        ]
        told[article.id] = ((lines, f"{local:%b %-d}") if lines else None, days)
    return told


def test_the_same_time_gives_the_same_bytes(leap: Path, tmp_path: Path) -> None:
    again = build(tmp_path, LEAP_WEEK)
    assert (leap / "web.warc.gz").read_bytes() == (again / "web.warc.gz").read_bytes()
    assert (leap / "demo.json").read_bytes() == (again / "demo.json").read_bytes()


def test_the_first_week_is_the_committed_web(tmp_path: Path) -> None:
    built = build(tmp_path, FIRST_WEEK)
    assert (built / "demo.json").read_bytes() == (EXAMPLE / "demo.json").read_bytes()
    assert list(answers(built / "web.warc.gz")) == list(answers(EXAMPLE / "web.warc.gz"))


def test_another_week_is_the_same_but_for_dates(leap: Path) -> None:
    def mask(web: Path) -> list[tuple[str, ...]]:
        return sorted(tuple(map(mask_dates, answer)) for answer in answers(web))

    assert mask(EXAMPLE / "web.warc.gz") == mask(leap / "web.warc.gz")


def test_addresses_markup_and_headers_have_one_date(leap: Path) -> None:
    pages = [answer for answer in answers(leap / "web.warc.gz") if "datePublished" in answer[4]]
    dated = 0
    for at, url, _, _, text in pages:
        published = re.findall(r'"datePublished"(?:: | datetime=)"([^"]+)"', text)[0]
        assert published <= at
        if day := re.search(r"/(20\d\d)/(\d\d)/(\d\d)/", url):
            assert "-".join(day.groups()) == published[:10]
            dated += 1
    assert dated > 20
    assert {at[:7] for at, *_ in answers(leap / "web.warc.gz")} == {"2028-02", "2028-03"}
    assert any("/2028/02/29/" in url for _, url, *_ in pages)
    assert not re.search(r"2026-\d|/2026/|November \d+, 2026", "".join(page[4] for page in pages))
