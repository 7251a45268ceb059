"""The truth: takes stories, keeps them as Markdown records in git, gives back the same stories."""

from __future__ import annotations

from copydesk.archive._articles import ArticleStore
from copydesk.archive._check import CheckReport, DataReport, check
from copydesk.archive._document import parse_record
from copydesk.archive._folder import Archive, Signature
from copydesk.archive._ledger import Ended, Kept, Ledger, Moved, read_ledger, write_ledger
from copydesk.archive._paths import slug, story_path
from copydesk.archive._push import Pushed
from copydesk.archive._repository import Repository
from copydesk.archive._rulings import Rulings, read_rulings, rulings_bytes, write_rulings
from copydesk.archive._seal import seal, seal_reference_form, unseal, write_key
from copydesk.archive._start import start_repository
from copydesk.archive._story import emit_story, parse_story

__all__ = [
    "Archive",
    "ArticleStore",
    "CheckReport",
    "DataReport",
    "Ended",
    "Kept",
    "Ledger",
    "Moved",
    "Pushed",
    "Repository",
    "Rulings",
    "Signature",
    "check",
    "emit_story",
    "parse_record",
    "parse_story",
    "read_ledger",
    "read_rulings",
    "rulings_bytes",
    "seal",
    "seal_reference_form",
    "slug",
    "start_repository",
    "story_path",
    "unseal",
    "write_key",
    "write_ledger",
    "write_rulings",
]
