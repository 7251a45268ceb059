"""What came back, as the owner of a newsroom reads it."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from datetime import datetime

from copydesk.engine.newsroom import Newsroom
from copydesk.engine.returns._take_in import NOT_OURS
from copydesk.mail_store import ReturnEntry, has_mail, open_mail
from copydesk.post.returns import ReturnKind


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnRow:
    """What came back of one letter; `address` is "" where its reader was erased.

    One that `is_proved` by no return path changed nothing. One from a former address of its reader
    says nothing of `address`, which is their present one.
    """

    at: datetime
    issue: str
    address: str
    kind: ReturnKind
    status: str
    words: str
    is_proved: bool
    is_from_former_address: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnList:
    """What came back, the newest first, and how many messages were about no letter of ours."""

    returns: tuple[ReturnRow, ...]
    not_ours: int


def list_returns(newsroom: Newsroom, most: int = 100) -> ReturnList:
    """List what came back; raises MailStoreError."""
    if not has_mail(newsroom.private):
        return ReturnList(returns=(), not_ours=0)
    with closing(open_mail(newsroom.private)) as store:
        rows = tuple(map(_row, store.returns.list_newest(most)))
        return ReturnList(returns=rows, not_ours=int(store.facts.get(NOT_OURS) or 0))


def _row(entry: ReturnEntry) -> ReturnRow:
    return ReturnRow(
        at=entry.at,
        issue=entry.issue,
        address=entry.address,
        kind=entry.kind,
        status=entry.status,
        words=entry.words,
        is_proved=entry.is_proved,
        is_from_former_address=entry.is_from_former_address,
    )
