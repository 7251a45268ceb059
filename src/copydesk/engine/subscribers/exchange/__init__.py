"""Import and export lists of readers, with the proofs of their consent."""

from __future__ import annotations

from copydesk.engine.subscribers.exchange._import import ImportedRow as ImportedRow
from copydesk.engine.subscribers.exchange._import import ImportKind as ImportKind
from copydesk.engine.subscribers.exchange._import import ImportOptions as ImportOptions
from copydesk.engine.subscribers.exchange._import import ImportReport as ImportReport
from copydesk.engine.subscribers.exchange._import import import_readers as import_readers
from copydesk.engine.subscribers.exchange._import import (
    rehearse_reader_import as rehearse_reader_import,
)
from copydesk.engine.subscribers.exchange._table import ExportFormat as ExportFormat
from copydesk.engine.subscribers.exchange._table import export_readers as export_readers
