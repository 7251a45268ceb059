"""Open the desk's store: one file, with a part for each kind of data."""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from pathlib import Path

from copydesk.desk_store._action_queue import ActionQueue, Proposals
from copydesk.desk_store._audit_log import AuditLog
from copydesk.desk_store._database import DeskDatabase
from copydesk.desk_store._drafts import Drafts, SavedViews, Stashes
from copydesk.desk_store._sessions import ApiTokens, OneUseLinks, Sessions
from copydesk.desk_store.accounts import Accounts
from copydesk.desk_store.letter_edits import LetterEdits
from copydesk.kit.kept import AttemptLimits

WINDOW = timedelta(minutes=15)  # in which attempts to sign in are counted
DEVICE_WINDOW = timedelta(hours=1)  # the same for a browser that was signed in before
_NAME = "desk.sqlite"
_AUDIT_KEPT = timedelta(days=365)
_ACTIONS_KEPT = timedelta(days=90)  # an action can be undone for so long


class DeskStore:
    """The desk's own data, by kind.

    Methods of its parts raise DeskStoreError where the file fails. Any thread may use it, one at a
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

    def at_once(self) -> AbstractContextManager[None]:
        """Make all changes of the block in one transaction, or none after an error."""
        return self._database.at_once()

    def forget_old(self, now: datetime) -> None:
        """Delete what is over: sessions, tokens, proposals, filed actions, old audit entries.

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
    """Decide whether a newsroom's private folder has a desk's file."""
    return (private / _NAME).exists()


def open_desk(private: Path) -> DeskStore:
    """Open the desk's file in a newsroom's private folder; create it where there is none.

    Raises DeskStoreError for a file that is locked, damaged, of a newer version or unreadable.
    """
    return DeskStore(private / _NAME)
