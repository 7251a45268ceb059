"""The form of a news record: takes its bytes, gives a Story, and gives the same bytes back.

    bytes | _quick, else YAML and the table | Story | the table | bytes

Each field stands once, in a table of `_fields`; how a value is written and read is its notation.
"""

from __future__ import annotations

from copydesk.archive.record._fields import SECTIONS, TABLES
from copydesk.archive.record._quick import read_quickly
from copydesk.archive.record._reference import record_page
from copydesk.archive.record._story import (
    emit_story,
    form_of,
    parse_story,
    parse_yaml,
    read_verdict,
)
from copydesk.archive.record._table import Table

__all__ = [
    "SECTIONS",
    "TABLES",
    "Table",
    "emit_story",
    "form_of",
    "parse_story",
    "parse_yaml",
    "read_quickly",
    "read_verdict",
    "record_page",
]
