"""The store: one file, and each thing in it by its name."""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import timedelta
from pathlib import Path

from copydesk.kit.kept import AttemptLimits
from copydesk.mail_store._database import MailDatabase
from copydesk.mail_store._facts import Facts
from copydesk.mail_store._ledger import Ledger
from copydesk.mail_store._letter_renames import LetterRenames
from copydesk.mail_store._links import Links
from copydesk.mail_store._network_forms import NetworkForms
from copydesk.mail_store._outbox import Outbox
from copydesk.mail_store._returns import Returns
from copydesk.mail_store._subscribers import Subscribers
from copydesk.mail_store._subscriptions import Consents, Subscriptions
from copydesk.mail_store._suppressions import Suppressions
from copydesk.mail_store._view_counts import ViewCounts

_NAME = "mail.sqlite"
ATTEMPTS_WINDOW = timedelta(days=1)  # within which mails to one address and links are counted


class MailStore:
    """What is kept of readers and of letters to them, each kind of it by its name.

    Methods of its parts raise MailStoreError where the file fails. Used by any thread, one at a
    time; a process that was forked opens its own.
    """

    def __init__(self, file: Path) -> None:
        self._database = MailDatabase(file)
        self.facts = Facts(self._database)
        self.subscribers = Subscribers(self._database, self.facts)
        self.subscriptions = Subscriptions(self._database)
        self.consents = Consents(self._database)
        self.suppressions = Suppressions(self._database, self.subscribers)
        self.renames = LetterRenames(self._database, self.facts)
        self.links = Links(self._database)
        self.limits = AttemptLimits(self._database, ATTEMPTS_WINDOW)
        self.network_forms = NetworkForms(self._database)
        self.outbox = Outbox(self._database)
        self.ledger = Ledger(self._database, self.facts)
        self.returns = Returns(self._database)
        self.views = ViewCounts(self._database)

    def at_once(self) -> AbstractContextManager[None]:
        """Make all changes of the block at once or, after an error, none."""
        return self._database.at_once()

    def be_patient(self, seconds: float) -> None:
        """Wait so long while others write, from now on, before a method raises."""
        self._database.be_patient(seconds)

    def scrub(self, words: str = "") -> bool:
        """Leave no byte of deleted words in the file, or of anything deleted; False where hindered.

        Never called within a block of changes.
        """
        return self._database.scrub(words)

    def close(self) -> None:
        """Let go of the file."""
        self._database.close()


def has_mail(private: Path) -> bool:
    """Decide whether anything is kept of readers below a newsroom's private folder."""
    return (private / _NAME).exists()


def open_mail(private: Path) -> MailStore:
    """Open what is kept of readers below a newsroom's private folder, made new where is none.

    Raises MailStoreError for a file that is locked, damaged, of a newer version or out of reach.
    """
    return MailStore(private / _NAME)
