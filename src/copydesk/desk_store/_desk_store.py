"""The store: one file, and each thing in it by its name."""

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

WINDOW = timedelta(minutes=15)  # within which attempts to sign in are counted
DEVICE_WINDOW = timedelta(hours=1)  # the same of a browser in which somebody signed in before
_NAME = "desk.sqlite"
_AUDIT_KEPT = timedelta(days=365)
_ACTIONS_KEPT = timedelta(days=90)  # as long as one can be undone by its id


class DeskStore:
    """What the desk keeps, each kind of it by its name.

    Methods of its parts raise DeskStoreError where the file fails. Used by any thread, one at a
    time; a process that was forked opens its own.
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
        """Make all changes of the block at once or, after an error, none."""
        return self._database.at_once()

    def forget_old(self, now: datetime) -> None:
        """Forget what is over: sessions, tokens, proposals, actions that git has, old audit.

        Actions and proposals stay for ninety days, so long as one can be undone.
        """
        with self._database.at_once():
            self.sessions.forget(now)
            self.tokens.forget(now)
            self.audit.forget(now - _AUDIT_KEPT)
            self.actions.forget(now - _ACTIONS_KEPT)
            self.proposals.forget(now - _ACTIONS_KEPT)

    def close(self) -> None:
        """Let go of the file."""
        self._database.close()


def has_desk(private: Path) -> bool:
    """Decide whether the desk keeps anything below a newsroom's private folder."""
    return (private / _NAME).exists()


def open_desk(private: Path) -> DeskStore:
    """Open what the desk keeps below a newsroom's private folder, made new where there is none.

    Raises DeskStoreError for a file that is locked, damaged, of a newer version or out of reach.
    """
    return DeskStore(private / _NAME)
