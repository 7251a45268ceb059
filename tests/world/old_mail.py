"""A readers' file as the first version wrote it: two readers, and an issue that both got."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

SENT = datetime(2026, 11, 27, 8, tzinfo=UTC)
OLD_READERS = ("ann@inbox.example", "ben@inbox.example")
# of the letter to the first one: the word in its return path and in its Message-ID as well
SHARED_TOKEN = "aaaqaaaaaeaaaaabv57gvsdnedsgi775"
LEAVE_TOKEN = "AQEAAQAAAAFrCTiABWRhaWx5x0Zzlv26rHZBmUQPjGzeUQ"
_DUMP = Path(__file__).with_name("mail_version_1.sql")


def put_first_version(private: Path) -> None:
    """Put the file below a newsroom's private folder."""
    private.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(private / "mail.sqlite", isolation_level=None)) as file:
        file.executescript(_DUMP.read_text(encoding="utf-8"))
        file.execute("PRAGMA user_version = 1")
