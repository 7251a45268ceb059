"""Records case by case: each file under cases/archive says, by itself and its folder, what is due.

same          comes back byte for byte; an unknown key `expect` names what must be read
differs       is read, but does not come back the same
refused       its last line names the error
collections   a small site, every file of which comes back byte for byte
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from copydesk.archive import check
from copydesk.archive.document import parse_record
from copydesk.archive.record import emit_story, parse_story
from copydesk.errors import RecordError

CASES = Path(__file__).parents[1] / "cases" / "archive"
PATH = "_news/2025-03-04-crane.md"


def cases(folder: str) -> list[Path]:
    """Return the files of one kind of case."""
    found = sorted((CASES / folder).glob("*.md"))
    assert found
    return found


@pytest.mark.parametrize("case", cases("same"), ids=lambda case: case.stem)
def test_a_record_comes_back_byte_for_byte(case: Path) -> None:
    data = case.read_bytes()

    assert data == emit_story(parse_story(PATH, data))


@pytest.mark.parametrize("case", cases("same"), ids=lambda case: case.stem)
def test_a_record_says_the_same_however_it_is_spelled(case: Path) -> None:
    data = case.read_bytes()
    story = parse_story(PATH, data)
    expected = parse_record(PATH, data).fields.get("expect", {})
    assert isinstance(expected, dict)

    said = {
        "title": story.title,
        "quality": story.quality,
        "published": story.published,
        "topics": len(story.topics),
    }
    assert expected == {key: said[key] for key in expected}


@pytest.mark.parametrize("case", cases("differs"), ids=lambda case: case.stem)
def test_an_odd_file_is_read_but_differs(case: Path) -> None:
    data = case.read_bytes()

    story = parse_story(PATH, data)

    assert (story.title, story.quality) == ("Harbour crane learns to count its own containers", 72)
    assert data != emit_story(story)


@pytest.mark.parametrize("case", cases("differs"), ids=lambda case: case.stem)
def test_an_odd_file_written_anew_says_the_same(case: Path) -> None:
    story = parse_story(PATH, case.read_bytes())
    again = parse_story(PATH, emit_story(story))

    assert (again.title, again.quality, again.provider) == (
        story.title,
        story.quality,
        story.provider,
    )


@pytest.mark.parametrize("case", cases("refused"), ids=lambda case: case.stem)
def test_a_broken_record_is_refused_with_its_place_and_a_hint(case: Path) -> None:
    data = case.read_bytes()
    found = re.findall(rb"<!-- error: (.*) -->", data)

    with pytest.raises(RecordError) as caught:
        parse_story(PATH, data)

    assert caught.value.what.startswith(found[-1].decode())
    assert caught.value.subject == PATH
    assert caught.value.hint


def test_every_file_of_a_site_comes_back_byte_for_byte() -> None:
    report = check(CASES / "collections")

    assert report.is_clean, report
    assert {
        "_communities": 1,
        "_learning": 2,
        "_newsletters": 1,
        "_people": 1,
        "_projects": 1,
        "_samples": 1,
        "_sponsorships": 1,
    } == report.collections
    assert (8, 8) == (report.records, report.identical)
    assert (3, 3) == (report.data.files, report.data.identical)


def test_records_of_a_site_come_back_with_a_mark_and_with_crlf(tmp_path: Path) -> None:
    for file in sorted((CASES / "collections").glob("_[a-z]*/**/*.*")):
        if file.is_file() and "_data" not in file.parts:
            place = tmp_path / file.relative_to(CASES / "collections")
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(b"\xef\xbb\xbf" + file.read_bytes().replace(b"\n", b"\r\n"))

    report = check(tmp_path)

    assert report.is_clean, report
    assert (8, 8) == (report.records, report.identical)


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"---\ntitle: \xff\n---\n\n", "the file is not UTF-8 at byte 11"),
        (
            b"---\ntitle: x\n---\n" + b"x" * (16 * 1024 * 1024),
            "the file has more than 16,777,216 bytes",
        ),
        (
            b"---\ntitle: x\n#" + b"x" * 256 * 1024 + b"\n---\n",
            "the front matter has more than 262,144",
        ),
        (b"", "the file has no front matter"),
        (b"\0\0\0\0", "the file has no front matter"),
    ],
    ids=["not UTF-8", "huge", "huge front matter", "empty", "zeros"],
)
def test_bytes_that_are_no_record_are_refused(data: bytes, what: str) -> None:
    with pytest.raises(RecordError, match=what):
        parse_story(PATH, data)
