"""Parse story records (Markdown files with YAML) to Story objects, and write the same bytes back.

`emit_story` and `parse_story` work through the tables of fields (`SECTIONS`): a new field is one
line there and one in `news.Story`.
"""

from typing import TYPE_CHECKING

from copydesk.kit import faces

if TYPE_CHECKING:
    from copydesk.archive.record._fields import SECTIONS as SECTIONS
    from copydesk.archive.record._fields import STORY as STORY
    from copydesk.archive.record._fields import TABLES as TABLES
    from copydesk.archive.record._fields import Table as Table
    from copydesk.archive.record._fields import read_summary as read_summary
    from copydesk.archive.record._fields import read_verdict as read_verdict
    from copydesk.archive.record._fields import record_page as record_page
    from copydesk.archive.record._fields import write_summary as write_summary
    from copydesk.archive.record._story import emit_story as emit_story
    from copydesk.archive.record._story import form_of as form_of
    from copydesk.archive.record._story import parse_story as parse_story
    from copydesk.archive.record._story import parse_yaml as parse_yaml
    from copydesk.archive.record._story import read_quickly as read_quickly
else:
    __getattr__ = faces.import_on_demand(__name__, __file__)
