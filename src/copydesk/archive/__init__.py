"""The truth: takes stories, keeps them as Markdown records in git, gives back the same stories."""

from __future__ import annotations

from typing import TYPE_CHECKING

from copydesk.kit import doors

if TYPE_CHECKING:
    from copydesk.archive._articles import ArticleStore, address_mark
    from copydesk.archive._check import CheckReport, DataReport, check
    from copydesk.archive._folder import Archive, Signature
    from copydesk.archive._ledger import Ended, Kept, Ledger, Moved, ledger_change, read_ledger
    from copydesk.archive._paths import slug, story_path
    from copydesk.archive._rulings import (
        Rulings,
        edit_rulings,
        parse_rulings,
        read_rulings,
        rulings_change,
    )
    from copydesk.archive._seal import seal, seal_reference_form, unseal, write_key
    from copydesk.archive.change import (
        Begun,
        Change,
        Committed,
        FileChange,
        Recovered,
        WriteLock,
        digest_of,
        is_cut_short,
    )
    from copydesk.archive.document import parse_record
    from copydesk.archive.git import (
        LoggedCommit,
        Pushed,
        Repository,
        read_commit,
        start_repository,
    )
    from copydesk.archive.record import emit_story, parse_story

__all__ = [
    "Archive",
    "ArticleStore",
    "Begun",
    "Change",
    "CheckReport",
    "Committed",
    "DataReport",
    "Ended",
    "FileChange",
    "Kept",
    "Ledger",
    "LoggedCommit",
    "Moved",
    "Pushed",
    "Recovered",
    "Repository",
    "Rulings",
    "Signature",
    "WriteLock",
    "address_mark",
    "check",
    "digest_of",
    "edit_rulings",
    "emit_story",
    "is_cut_short",
    "ledger_change",
    "parse_record",
    "parse_rulings",
    "parse_story",
    "read_commit",
    "read_ledger",
    "read_rulings",
    "rulings_change",
    "seal",
    "seal_reference_form",
    "slug",
    "start_repository",
    "story_path",
    "unseal",
    "write_key",
]

_MADE_IN = {
    "copydesk.archive._articles": "ArticleStore address_mark",
    "copydesk.archive._check": "CheckReport DataReport check",
    "copydesk.archive._folder": "Archive Signature",
    "copydesk.archive._ledger": "Ended Kept Ledger Moved ledger_change read_ledger",
    "copydesk.archive._paths": "slug story_path",
    "copydesk.archive._rulings": "Rulings edit_rulings parse_rulings read_rulings rulings_change",
    "copydesk.archive._seal": "seal seal_reference_form unseal write_key",
    "copydesk.archive.change": (
        "Begun Change Committed FileChange Recovered WriteLock digest_of is_cut_short"
    ),
    "copydesk.archive.document": "parse_record",
    "copydesk.archive.git": "LoggedCommit Pushed Repository read_commit start_repository",
    "copydesk.archive.record": "emit_story parse_story",
}
if not TYPE_CHECKING:  # to mypy the names are those imported above, and no others
    __getattr__ = doors.lazy(__name__, _MADE_IN)
