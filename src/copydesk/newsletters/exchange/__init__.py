"""Import and export lists of newsletter subscribers, with the proofs of their consent."""

from __future__ import annotations

from copydesk.newsletters.exchange._import import ImportedRow as ImportedRow
from copydesk.newsletters.exchange._import import ImportKind as ImportKind
from copydesk.newsletters.exchange._import import ImportOptions as ImportOptions
from copydesk.newsletters.exchange._import import ImportReport as ImportReport
from copydesk.newsletters.exchange._import import import_readers as import_readers
from copydesk.newsletters.exchange._import import rehearse_reader_import as rehearse_reader_import
from copydesk.newsletters.exchange._table import ExportFormat as ExportFormat
from copydesk.newsletters.exchange._table import export_readers as export_readers
