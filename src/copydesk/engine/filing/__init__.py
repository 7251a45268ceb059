"""Filing: stories go in; one change of files, under the write lock, comes out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from copydesk.kit import doors

if TYPE_CHECKING:
    from copydesk.engine.filing._archiving import archive_old_records
    from copydesk.engine.filing._articles import kept_article
    from copydesk.engine.filing._records import (
        Filed,
        FilingOrder,
        PreparedRecords,
        as_record,
        filing_result,
        finish_story,
        keep_digests,
        prepare_records,
        reseal_corrected,
        written_stories,
    )
    from copydesk.engine.filing._removals import removed_addresses
    from copydesk.engine.filing._writing import (
        PATIENCE_SECONDS,
        RULINGS_PATH,
        begin_change,
        hold_write_lock,
        notes_on,
        take_over_unknown,
        write_lock,
    )

__all__ = [
    "PATIENCE_SECONDS",
    "RULINGS_PATH",
    "Filed",
    "FilingOrder",
    "PreparedRecords",
    "archive_old_records",
    "as_record",
    "begin_change",
    "filing_result",
    "finish_story",
    "hold_write_lock",
    "keep_digests",
    "kept_article",
    "notes_on",
    "prepare_records",
    "removed_addresses",
    "reseal_corrected",
    "take_over_unknown",
    "write_lock",
    "written_stories",
]

_MADE_IN = {
    "copydesk.engine.filing._archiving": "archive_old_records",
    "copydesk.engine.filing._articles": "kept_article",
    "copydesk.engine.filing._records": (
        "Filed FilingOrder PreparedRecords as_record filing_result finish_story keep_digests "
        "prepare_records reseal_corrected written_stories"
    ),
    "copydesk.engine.filing._removals": "removed_addresses",
    "copydesk.engine.filing._writing": (
        "PATIENCE_SECONDS RULINGS_PATH begin_change hold_write_lock notes_on "
        "take_over_unknown write_lock"
    ),
}
if not TYPE_CHECKING:  # to mypy the names are those imported above, and no others
    __getattr__ = doors.lazy(__name__, _MADE_IN)
