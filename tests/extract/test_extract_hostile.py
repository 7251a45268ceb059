"""Hostile pages, each read in its own process: an article or a clear no, in time and memory."""

from __future__ import annotations

import functools
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from copydesk import extract
from copydesk.errors import PageError
from copydesk.kit import text
from copydesk.news import Article
from extract import checked, crowds, hostile
from extract.given import BEAT, BODY, article, document, lead, page

TESTS = Path(__file__).parents[1]
# A reader that hangs or grows without end is what fails here; what is merely slow is measured by
# ./run.sh fuzz and benchmarks/reading. So there is room for a machine that does more than this.
SECONDS = 3 * checked.SECONDS
MEGABYTES = 800

slow = pytest.mark.slow


LOT = 16  # pages for one process to read: few enough to be done in time on a busy machine

# Pages whose names have one of these words take half a second and more: ./run.sh test-long reads
# them, but for some of each kind.
LARGE = (" MB", "100k", "200 ", "90k", "a third of")
LARGE_AND_READ = {
    "5 MB of <",
    "3 MB of Chinese",
    "byline of 1 MB",
    "200 bylines in one another",
    "JSON-LD of 100k nodes",
    "a third of 90k br",
    "a third of 45k links in a list",
    "a third of 90k pictures in one block",
}


def is_long(name: str) -> bool:
    """Decide whether a page is left to ./run.sh test-long."""
    return name not in LARGE_AND_READ and any(word in name for word in LARGE)


def parameters(pages: dict[str, hostile.Hostile], seconds: float) -> Iterator[Any]:
    """Yield each page with the seconds that it may take."""
    for name in pages:
        is_left = pages is crowds.WHOLE or is_long(name)
        marks = [pytest.mark.long] if is_left else []
        yield pytest.param(pages, seconds, name, id=name, marks=marks)


def read_one(pages: dict[str, hostile.Hostile], name: str) -> dict[str, Any]:
    """Read a page, together with some that are read anyway."""
    names = [other for other in pages if is_long(other) == is_long(name)]
    start = names.index(name) // LOT * LOT
    return read(*names[start : start + LOT])[name]


@functools.cache
def read(*names: str) -> dict[str, dict[str, Any]]:
    """Read these pages, each in a process of its own."""
    done = subprocess.run(
        [sys.executable, "tests/extract/checked.py", *names],
        cwd=TESTS.parent,
        env={"PYTHONPATH": str(TESTS), "PATH": ""},
        capture_output=True,
        text=True,
        check=True,
    )
    return {told["name"]: told for told in map(json.loads, done.stdout.splitlines())}


@slow
@pytest.mark.parametrize(
    ("pages", "seconds", "name"),
    [
        *parameters(hostile.PAGES, SECONDS),
        *parameters(crowds.PARTS, SECONDS / crowds.SHARE),
        *parameters(crowds.WHOLE, SECONDS),
    ],
)
def test_a_hostile_page_gives_an_article_or_a_clear_no(
    pages: dict[str, hostile.Hostile], seconds: float, name: str
) -> None:
    told = read_one(pages, name)

    expected = {"Article"} if pages[name].survives else {"Article", "Dropped", "PageError"}
    assert told["outcome"].split(" ", 1)[0] in expected, told
    assert told["seconds"] <= seconds
    assert told["megabytes"] <= MEGABYTES


@pytest.mark.parametrize("day", ["0000-00-00", "9999-99-99", "2026-02-30", "00/00/0000", "-1"])
def test_a_day_that_is_none_is_not_believed(day: str) -> None:
    head = "".join(
        f'<meta property="{name}" content="{day}">'
        for name in ("article:published_time", "article:modified_time", "date", "DC.date")
    )

    found = article(
        head + f'<script type="application/ld+json">{{"datePublished":"{day}"}}</script>'
    )

    assert found.published_at == lead().found
    assert found.updated_at is None


@pytest.mark.parametrize(
    "passage",
    [
        "渡船清晨四点在沙洲搁浅,港口办公室说。九十名乘客全部获救,没有人受伤。",
        "フェリーは午前四時に砂州に乗り上げたと港湾事務所が発表した。",
        "ארבעה סירות הצילו את כל הנוסעים לפני הצהריים, אמר משרד הנמל.",
        "جنحت العبارة على حاجز رملي في الرابعة صباحا، قال مكتب الميناء.",
        "เรือข้ามฟากเกยตื้นบนสันทรายเมื่อเวลาตีสี่ สำนักงานท่าเรือกล่าว",
    ],
    ids=["Chinese", "Japanese", "Hebrew", "Arabic", "Thai"],
)
def test_every_script_is_read_whole(passage: str) -> None:
    title = passage[:20]
    html = document("", f"<p>{passage}</p>" * 5, title=title).replace("lang='en'", "dir=rtl")

    found = extract.read(page(html), lead(), BEAT)

    assert isinstance(found, Article), found
    assert found.title == title.strip()
    assert passage.replace(",", "") in found.text.replace(",", "")


def test_what_turns_the_direction_never_reaches_a_field() -> None:
    turned = "Ferry \u202egnorw\u202c runs \u2066aground\u2069 off Saltholm"
    body = BODY.replace("ferry", "\u202bferry\u202c")
    html = document("<meta name=author content='Ada \u202eHolm'>", body, title=turned)

    found = extract.read(page(html), lead(), BEAT)

    assert isinstance(found, Article), found
    assert found.title == "Ferry gnorw runs aground off Saltholm"
    said = found.title + found.excerpt + "".join(found.authors) + found.text
    assert not set(said) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


@pytest.mark.parametrize(
    "passage",
    [
        "# This is no headline of the article but a line that begins with a sign.",
        "- This is no list, it only begins with a dash as some dialogue does.",
        "> This is no quote, it only begins with an angle, as an old mail does.",
        "1. This is no numbered list, it is the first of January of the year.",
        "| This is | no table | but a line with upright strokes in it.",
        "``` This is no code, only a line that begins with three backticks.",
        "This is *not* set in _italics_ nor **bold** and links to [no](https://a.example).",
        r"A path such as C:\new\table keeps its strokes \| to the other side.",
    ],
)
def test_text_that_looks_like_markdown_keeps_its_letters(passage: str) -> None:
    escaped = passage.replace(">", "&gt;")

    found = article("", f"{BODY}<p>{escaped}</p>{BODY.replace('ferry', 'barge')}")

    assert passage in text.prose(found.text)


def test_the_checker_sees_what_is_unsound() -> None:
    sound = article()
    checked.must_be_sound(sound)

    for unsound in (
        replace(sound, title="Two\nlines"),
        replace(sound, title=""),
        replace(sound, text="steered \u202e by a page"),
        replace(sound, web_url="javascript:alert(1)"),
        replace(sound, excerpt="x" * 301),
        replace(sound, seconds=-1),
    ):
        with pytest.raises(AssertionError):
            checked.must_be_sound(unsound)


def test_the_limit_of_bytes_is_before_any_reading() -> None:
    outcome = checked.read(hostile.PAGES["20 MB of attributes"].made(), {})

    assert isinstance(outcome, PageError)
    assert outcome.what == "the page is too large"
