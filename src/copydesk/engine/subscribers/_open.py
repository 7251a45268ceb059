"""Open what is kept of readers for a block."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from copydesk.engine.newsroom import Newsroom
from copydesk.mail_store import MailStore, open_mail


@contextlib.contextmanager
def open_readers(newsroom: Newsroom) -> Iterator[MailStore]:
    """Open what is kept of a newsroom's readers for the block, made new where nothing is.

    Raises MailStoreError. Used by one thread at a time.
    """
    with contextlib.closing(open_mail(newsroom.private)) as store:
        yield store
