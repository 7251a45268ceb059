"""Open the database of the editors' web interface (the desk), and keep its audit log."""

from __future__ import annotations

import contextlib
import sqlite3
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Literal

from copydesk.desk_store._database import DeskDatabase
from copydesk.desk_store.accounts import Accounts
from copydesk.desk_store.action_queue import ActionQueue, Proposals
from copydesk.desk_store.drafts import Drafts, SavedViews, Stashes
from copydesk.desk_store.letter_edits import LetterEdits
from copydesk.desk_store.model_calls import ModelCallLog
from copydesk.desk_store.posts import PostLog
from copydesk.desk_store.sessions import ApiTokens, OneUseLinks, Sessions
from copydesk.kit import dates
from copydesk.kit.kept import AttemptLimits, KeptTables

AuditKind = Literal[
    "sign-in", "sign-in-refused", "sign-out", "session-ended", "sessions-ended", "account-added",
    "account-removed", "account-reset", "role-changed", "link-made", "link-used",
    "password-changed", "passkey-added", "provider-bound", "passkey-removed", "token-made",
    "token-ended", "reader-looked-at", "reader-added", "reader-removed", "reader-erased",
    "address-suppressed", "suppression-lifted", "suppressions-looked-at", "readers-imported",
    "readers-exported", "test-letter", "sent-again",
]  # fmt: skip
OTHER_NETWORKS = "*"
"""The address of the entry that counts the refusals of networks which have no entry of their own"""

_CHARACTERS = 200
_SAME_ENTRY = timedelta(days=1)  # a later refusal starts a new entry
_MOST_NETWORKS = 1_000  # with an entry of their own in that time
_BETWEEN = "; "
_COLUMNS = "at, who, what, about, address, count, last"
_RECENT_REFUSALS = "FROM audit WHERE what = 'sign-in-refused' AND last > ? AND last <= ?"


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """An audit log entry: who did what to whom, when, and from which IP address ("" if unknown).

    Refusals of one network are one entry: `count` is their number, `last` the time of the last one,
    None if there was only one.
    """

    at: datetime
    who: str
    what: AuditKind
    about: str = ""
    address: str = ""
    count: int = 1
    last: datetime | None = None


class AuditLog(KeptTables):
    """The audit log of the editors' web interface. Methods raise DeskStoreError if the
    file fails.
    """

    def add(self, entry: AuditEntry) -> None:
        """Add an audit log entry. Refused sign-ins of one network are counted in a single entry."""
        if entry.what == "sign-in-refused":
            self._count_refusal(entry)
        else:
            self._insert(entry, entry.address)

    def latest(self, limit: int) -> tuple[AuditEntry, ...]:
        """Return up to `limit` audit log entries, the latest first."""
        return self._list("ORDER BY number DESC", limit)

    def latest_but_refusals(self, limit: int) -> tuple[AuditEntry, ...]:
        """Return up to `limit` audit log entries without refused sign-ins, the latest first."""
        return self._list("WHERE what <> 'sign-in-refused' ORDER BY number DESC", limit)

    def latest_refusals(self, limit: int) -> tuple[AuditEntry, ...]:
        """Return the entries of refused sign-ins, one for each of up to `limit` networks, latest
        first.
        """
        return self._list("WHERE what = 'sign-in-refused' ORDER BY last DESC, number DESC", limit)

    def has_actor(self, name: str) -> bool:
        """Return whether an entry says that somebody of this name did something."""
        query = "SELECT 1 FROM audit WHERE who = ? COLLATE NOCASE LIMIT 1"
        return bool(self._database.run(query, name))

    def count_refusals(self) -> int:
        """Return the total number of refused sign-ins in the audit log."""
        query = "SELECT COALESCE(SUM(count), 0) FROM audit WHERE what = 'sign-in-refused'"
        ((count,),) = self._database.run(query)
        return int(count)

    def forget(self, before: datetime) -> None:
        """Delete the audit log entries that are older than a time."""
        self._database.run("DELETE FROM audit WHERE last < ?", dates.rfc3339(before))

    def _count_refusal(self, entry: AuditEntry) -> None:
        with self._database.at_once():
            if self._add_to_entry(entry, entry.address):
                return
            ((networks,),) = self._database.run(
                f"SELECT COUNT(*) {_RECENT_REFUSALS}", *_day_around(entry.at)
            )
            if networks < _MOST_NETWORKS:
                self._insert(entry, entry.address)
            elif not self._add_to_entry(entry, OTHER_NETWORKS):
                self._insert(entry, OTHER_NETWORKS)

    def _add_to_entry(self, entry: AuditEntry, address: str) -> bool:
        """Count a refused sign-in in its network's entry. Return whether there is one."""
        query = f"SELECT number, about {_RECENT_REFUSALS} AND address = ? ORDER BY number DESC"
        rows = self._database.run(f"{query} LIMIT 1", *_day_around(entry.at), address)
        if not rows:
            return False
        number, about = rows[0]
        parts = dict.fromkeys([*about.split(_BETWEEN), entry.about[:_CHARACTERS]])
        joined = _BETWEEN.join(part for part in parts if part)
        self._database.run(
            "UPDATE audit SET count = count + 1, last = MAX(last, ?), about = ? WHERE number = ?",
            *(dates.rfc3339(entry.at), joined if len(joined) <= _CHARACTERS else about, number),
        )
        return True

    def _insert(self, entry: AuditEntry, address: str) -> None:
        words = (word[:_CHARACTERS] for word in (entry.who, entry.what, entry.about, address))
        at = dates.rfc3339(entry.at)
        self._database.run(
            f"INSERT INTO audit ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)", at, *words, 1, at
        )

    def _list(self, which: str, limit: int) -> tuple[AuditEntry, ...]:
        rows = self._database.run(f"SELECT {_COLUMNS} FROM audit {which} LIMIT ?", limit)
        return tuple(map(_entry, rows))


def _entry(row: tuple[Any, ...]) -> AuditEntry:
    at, who, what, about, address, count, last = row
    return AuditEntry(
        at=datetime.fromisoformat(at),
        who=who,
        what=what,
        about=about,
        address=address,
        count=count,
        last=datetime.fromisoformat(last) if count > 1 else None,
    )


def _day_around(at: datetime) -> tuple[str, str]:
    """Return the range of times in which an earlier refusal counts as the same audit log entry.

    One from the future counts no more: the clock was set back.
    """
    return dates.rfc3339(at - _SAME_ENTRY), dates.rfc3339(at + _SAME_ENTRY)


# Open the desk's store: one file, with a part for each kind of data.

WINDOW = timedelta(minutes=15)  # in which attempts to sign in are counted
DEVICE_WINDOW = timedelta(hours=1)  # the same for a browser that was signed in before
_NAME = "desk.sqlite"
_AUDIT_KEPT = timedelta(days=365)
_ACTIONS_KEPT = timedelta(days=90)  # an action can be undone for so long


class DeskStore:
    """The database of the editors' web interface (the desk), with an attribute for each kind of
    data.

    Methods of its parts raise DeskStoreError if the file fails. Any thread may use it, one at a
    time; a forked process opens its own.
    """

    def __init__(self, file: Path) -> None:
        self._database = DeskDatabase(file)
        self.actions = ActionQueue(self._database)
        self.accounts = Accounts(self._database)
        self.sessions = Sessions(self._database)
        self.links = OneUseLinks(self._database)
        self.tokens = ApiTokens(self._database)
        self.attempts = AttemptLimits(self._database, WINDOW)
        self.device_attempts = AttemptLimits(self._database, DEVICE_WINDOW, "device_attempts")
        self.audit = AuditLog(self._database)
        self.drafts = Drafts(self._database)
        self.stashes = Stashes(self._database)
        self.saved_views = SavedViews(self._database)
        self.proposals = Proposals(self._database)
        self.letters = LetterEdits(self._database)
        self.posts = PostLog(self._database)
        self.model_calls = ModelCallLog(self._database)

    def at_once(self) -> AbstractContextManager[None]:
        """Make all changes of a `with` block in one transaction. An error undoes them."""
        return self._database.at_once()

    def forget_old(self, now: datetime) -> None:
        """Delete expired sessions and tokens, and old proposals, actions and audit log entries.

        Actions and proposals stay for ninety days, as long as they can be undone.
        """
        with self._database.at_once():
            self.sessions.forget(now)
            self.tokens.forget(now)
            self.audit.forget(now - _AUDIT_KEPT)
            self.actions.forget(now - _ACTIONS_KEPT)
            self.proposals.forget(now - _ACTIONS_KEPT)

    def close(self) -> None:
        """Close the database."""
        self._database.close()


def has_desk(private: Path) -> bool:
    """Return whether a site's private folder has a database of the editors' web interface."""
    return (private / _NAME).exists()


def has_posts(private: Path) -> bool:
    """Return whether the database of a private folder has a log of posts; older ones have none."""
    if not has_desk(private):
        return False
    place = f"{(private / _NAME).absolute().as_uri()}?immutable=1"  # leaves no file beside it
    with contextlib.closing(sqlite3.connect(place, uri=True)) as connection:
        query = "SELECT 1 FROM sqlite_master WHERE name = 'post_channels'"
        return connection.execute(query).fetchone() is not None


def open_desk(private: Path) -> DeskStore:
    """Open the database of the editors' web interface in a private folder. Create it if missing.

    Raises DeskStoreError for a file that is locked, damaged, of a newer version or unreadable.
    """
    return DeskStore(private / _NAME)
