"""Rows of the ledger's tables, read as its nouns."""

from __future__ import annotations

from datetime import UTC, datetime

from copydesk.mail_store._deliveries import (
    DeliveryEntry,
    DeliveryState,
    Intent,
    Sending,
    SendingRemark,
    SendingState,
)
from copydesk.news import Delivery


def read_sending(
    row: tuple[int, str, str, SendingState, Delivery, str, str, SendingRemark, str, str],
) -> Sending:
    """Read a sending out of its columns."""
    number, issue, letter, state, via, made, by, remark, again_by, again_at = row
    return Sending(
        number=number,
        issue=issue,
        letter=letter,
        state=state,
        via=via,
        made=datetime.fromisoformat(made),
        by=by,
        remark=remark,
        again_by=again_by,
        again_at=datetime.fromisoformat(again_at) if again_at else None,
    )


def read_intent(row: tuple[int, str, str, str, int]) -> Intent:
    """Read an intent out of its columns."""
    subscriber, address, domain, language, attempts = row
    return Intent(
        subscriber=subscriber,
        address=address,
        domain=domain,
        language=language,
        attempts=attempts,
    )


def read_entry(row: tuple[str, int, str, int, int, int, int, str]) -> DeliveryEntry:
    """Read a line of the ledger out of its columns."""
    issue, subscriber, address, state, at, attempts, code, words = row
    return DeliveryEntry(
        issue=issue,
        subscriber=subscriber,
        address=address,
        state=DeliveryState(state),
        at=None if state == DeliveryState.QUEUED else datetime.fromtimestamp(at, UTC),
        attempts=attempts,
        code=code,
        words=words,
    )
