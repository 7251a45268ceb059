"""The short way to a story: the same as YAML's, or none."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest

from copydesk.archive.document import split_front_matter
from copydesk.archive.record import emit_story, parse_yaml, read_quickly
from copydesk.errors import RecordError
from copydesk.news import Story

CASES = Path(__file__).parents[1] / "cases" / "archive"
SAME = sorted((CASES / "same").glob("*.md"))
PATH = "_news/2025-03-04-crane.md"
WHOLE = (CASES / "same" / "whole.md").read_bytes()
# What an editor, a merge or a stranger may leave in a line.
ODD = (
    *("", " ", "\n", "\n\n", "\t", "#", " # note", "'", '"', '""', "\\", "\\n", "\\u0041", "\\x41"),
    *("~", "null", "yes", "-", "- ", "  - ", ":", ": ", "? ", "&a ", "*a", "!!str ", "|", ">-"),
    *("{a: b}", "[a]", "@", "`", "%", "---", "...", "\r", "\x85", "\xa0", "\u2028", "\ufeff"),
    *("0", "007", "-0", "1e3", "0x1", "+5", "24:00:00", "2024-02-30", "title: x", "topics:"),
)


def short(data: bytes) -> Story | None:
    """Return the story by the short way, None where it is declined."""
    return read_quickly(PATH, split_front_matter(PATH, data))


def long(data: bytes) -> Story:
    """Return the story as YAML has it."""
    return parse_yaml(PATH, data, split_front_matter(PATH, data))


def assert_same_or_none(data: bytes) -> bool:
    """Compare the short way with the long one; return True where it read the record."""
    try:
        story = short(data)
    except RecordError:
        return False
    if story is None:
        return False
    assert story == long(data), data
    assert emit_story(story) == data
    return True


def test_a_record_with_every_block_is_read_without_yaml() -> None:
    assert long(WHOLE) == short(WHOLE)


@pytest.mark.parametrize(
    "case", sorted(CASES.glob("[drs]*/*.md")), ids=lambda case: f"{case.parent.name}/{case.stem}"
)
def test_a_case_is_read_as_yaml_reads_it_or_declined(case: Path) -> None:
    is_read = assert_same_or_none(case.read_bytes())

    assert is_read <= (case.parent.name == "same")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"category: ", b"category:  "),
        (b"\nquality: ", b"\nquality: 0"),
        (b"\nquality: ", b"\nquality: +"),
        (b"\npublished: false", b"\npublished: no"),
        (b"\ntype: video", b'\ntype: "video"'),
        (b"\ntype: video", b"\ntype: null"),
        (b"\nsecured: ", b"\n\nsecured: "),
        (b"\ntopics:\n", b"\ntopics: # ours\n"),
        (b"\n---\n\n", b"\n---\n"),
        (b"\n---\n\n", b"\n---"),
        (b"---\n", b"\xef\xbb\xbf---\n"),
        (b"---\n", b"---\r\n"),
    ],
)
def test_a_record_in_another_spelling_is_declined(old: bytes, new: bytes) -> None:
    assert old in WHOLE

    assert short(WHOLE.replace(old, new, 1)) is None


@pytest.mark.parametrize("key", ["language", "access", "credit", "length", "refuses", "group"])
def test_an_empty_value_that_we_leave_out_is_declined(key: str) -> None:
    data = f'---\ncategory: news\ntitle: "x"\nexcerpt: ""\ntype: article\n\n{key}: a\n\n---\n\n'
    if key == "refuses":
        data = data.replace(": a\n", ": ai-train, snippet\n")

    assert short(data.encode()) is not None
    assert short(re.sub(rf"{key}: .*", f'{key}: ""', data).encode()) is None


def mutated(data: bytes, chance: random.Random) -> bytes:
    """Return a record with one to three of its lines moved, doubled, gone or hurt."""
    lines = data.decode().split("\n")
    for _ in range(chance.randint(1, 3)):
        at, to = chance.randrange(len(lines)), chance.randrange(len(lines))
        line = lines[at]
        cut = chance.randint(0, len(line))
        match chance.randrange(6):
            case 0:
                lines.insert(to, lines.pop(at))
            case 1:
                lines.insert(to, line)
            case 2:
                lines[at : at + 1] = []
            case 3:
                lines[at] = line[:cut] + chance.choice(ODD) + line[cut:]
            case 4:
                lines[at] = line[:cut] + line[cut + chance.randint(1, 3) :]
            case _:
                lines[at] = line.partition(":")[0] + ": " + chance.choice(ODD)
        lines = lines or [""]
    return "\n".join(lines).encode()


@pytest.mark.parametrize("case", SAME, ids=lambda case: case.stem)
def test_a_hurt_record_is_read_as_yaml_reads_it_or_declined(case: Path) -> None:
    chance = random.Random(case.stem)
    data = case.read_bytes()

    read = [assert_same_or_none(mutated(data, chance)) for _ in range(400)]

    assert len(read) == 400
