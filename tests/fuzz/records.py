"""Records: a story or a RecordError; written and read again, it is the same story.

An edited headline changes the headline alone, and keeps unknown lines.
"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from copydesk.archive import document
from copydesk.archive.record import emit_story, parse_story, parse_yaml, read_quickly
from copydesk.errors import RecordError
from copydesk.news import Story
from fuzz import mutation

_PATH = "_news/2025-03-04-x.md"
_TITLE = "A title: nobody's"
_CASES = Path(__file__).parents[1] / "cases" / "archive"
SEEDS = [case.read_bytes() for case in sorted(_CASES.glob("*/*.md"))] + [
    case.read_bytes() for case in sorted(_CASES.glob("collections/*/*.md"))
]
mutate = mutation.structured(
    re.compile(rb"\n *(?:- )?|[\w.]+:|[^\s:]+|\s|:"),
    (
        *(
            b"\n",
            b"\n  ",
            b"\n- ",
            b"\n    - ",
            b"---\n",
            b"...\n",
            b"? ",
            b": ",
            b" #c",
            b"|\n  a\n",
        ),
        *(
            b">-\n  b\n",
            b"{a: 1}",
            b"[1, 2]",
            b"&a",
            b"*a",
            b"!!str",
            b"'",
            b'"',
            b'"\\ud800"',
            b'"\\x85"',
        ),
        *(
            b"null",
            b"~",
            b"yes",
            b"0o7",
            b"1:30",
            b"2024-01-01",
            b"\ntitle: b",
            b"\nquality: 1",
            b"<<:",
        ),
        *(
            b"\nunknown: 1",
            b"\nrelated:\n- title: a",
            b"\nimages:\n- url: b",
            b"\nsecured: x",
            b"%YAML 1.2\n",
        ),
        *(
            b"\nsummary:\n  by: a",
            b"\ntranslation: 1",
            b"\nprovider:\n  name: a",
            b"\nverdict:\n  by: a",
        ),
    ),
)


def check(data: bytes) -> None:
    """Read a record, write it, edit it."""
    try:
        document.parse_record("_people/x.md", data)
    except RecordError as error:
        _check_error(error)
    try:
        story = parse_story(_PATH, data)
    except RecordError as error:
        _check_error(error)
        return
    halves = document.split_front_matter(_PATH, data)
    quick = read_quickly(_PATH, halves)
    if quick is not None:
        assert parse_yaml(_PATH, data, halves) == quick, "two parsers, two stories"
        assert emit_story(story) == data, "our own spelling is not written back"
    try:
        written = emit_story(story)
    except RecordError:
        return
    if written != data:  # such a record is read, and never written
        return
    _check_edit(story, written)


def _check_error(error: RecordError) -> None:
    assert error.subject


def _bare(story: Story) -> Story:
    return replace(story, extra=())


def _check_edit(story: Story, written: bytes) -> None:
    edited = emit_story(replace(story, title=_TITLE))
    assert _bare(parse_story(_PATH, edited)) == replace(_bare(story), title=_TITLE), "edit"
    unknown = [
        line for extra in story.extra if extra.after == "title" for line in extra.text.split("\n")
    ]
    lines = edited.decode("utf-8", "surrogatepass").splitlines()
    assert all(line in lines for line in unknown if line.strip() and line.isprintable()), (
        "lost lines"
    )
    assert emit_story(parse_story(_PATH, written)) == written, "not stable"
