"""The form of a news record: takes its bytes, gives a Story, and gives the same bytes back.

    bytes | _quick, else YAML and the table | Story | the table | bytes

Each field stands once, in a table of `_fields`; how a value is written and read is its notation.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from copydesk.kit import faces

if TYPE_CHECKING:
    from copydesk.archive.record._fields import SECTIONS as SECTIONS
    from copydesk.archive.record._fields import STORY as STORY
    from copydesk.archive.record._fields import TABLES as TABLES
    from copydesk.archive.record._fields import read_verdict as read_verdict
    from copydesk.archive.record._quick import read_quickly as read_quickly
    from copydesk.archive.record._reference import record_page as record_page
    from copydesk.archive.record._story import emit_story as emit_story
    from copydesk.archive.record._story import form_of as form_of
    from copydesk.archive.record._story import parse_story as parse_story
    from copydesk.archive.record._story import parse_yaml as parse_yaml
    from copydesk.archive.record._table import Table as Table
else:
    __getattr__ = faces.import_on_demand(__name__, __file__)
