"""Filing: stories go in; one change of files, under the write lock, comes out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from copydesk.kit import faces

if TYPE_CHECKING:
    from copydesk.engine.filing._archiving import archive_old_records as archive_old_records
    from copydesk.engine.filing._articles import find_article as find_article
    from copydesk.engine.filing._articles import read_sealed_source as read_sealed_source
    from copydesk.engine.filing._notes import notes_on as notes_on
    from copydesk.engine.filing._prepare_records import Filed as Filed
    from copydesk.engine.filing._prepare_records import FilingOrder as FilingOrder
    from copydesk.engine.filing._prepare_records import PreparedRecords as PreparedRecords
    from copydesk.engine.filing._prepare_records import as_record as as_record
    from copydesk.engine.filing._prepare_records import filing_result as filing_result
    from copydesk.engine.filing._prepare_records import finish_story as finish_story
    from copydesk.engine.filing._prepare_records import keep_digests as keep_digests
    from copydesk.engine.filing._prepare_records import prepare_records as prepare_records
    from copydesk.engine.filing._prepare_records import read_digests as read_digests
    from copydesk.engine.filing._prepare_records import reseal_correction as reseal_correction
    from copydesk.engine.filing._prepare_records import stories_to_write as stories_to_write
    from copydesk.engine.filing._removals import read_removals as read_removals
    from copydesk.engine.filing._writing import PATIENCE_SECONDS as PATIENCE_SECONDS
    from copydesk.engine.filing._writing import RULINGS_PATH as RULINGS_PATH
    from copydesk.engine.filing._writing import WORD_SECONDS as WORD_SECONDS
    from copydesk.engine.filing._writing import begin_change as begin_change
    from copydesk.engine.filing._writing import hold_write_lock as hold_write_lock
    from copydesk.engine.filing._writing import take_over_unknown as take_over_unknown
    from copydesk.engine.filing._writing import write_lock as write_lock
else:
    __getattr__ = faces.import_on_demand(__name__, __file__)
