"""Data: everything that is kept of one person, gathered from every table that names them."""

from __future__ import annotations

from copydesk.engine.subscribers._answers import (
    KeptConsent,
    KeptDelivery,
    KeptReturn,
    KeptSubscription,
    ReaderData,
)
from copydesk.engine.subscribers._offer import CONSENT_WORDS
from copydesk.engine.subscribers._proof import read_version
from copydesk.mail_store import Consent, DeliveryEntry, MailStore, Subscriber


def gather_data(store: MailStore, subscriber: Subscriber) -> ReaderData:
    """Return everything that is kept of somebody; raises MailStoreError."""
    suppression = store.suppressions.find(subscriber.address)
    number = subscriber.id
    return ReaderData(
        address=subscriber.address,
        state=subscriber.state,
        language=subscriber.language,
        made=subscriber.made,
        paused_until=subscriber.paused_until,
        new_address=store.subscribers.find_proposed_address(number),
        subscriptions=tuple(
            KeptSubscription(letter=kept.letter, topics=kept.topics, since=kept.since)
            for kept in store.subscriptions.of(number)
        ),
        consents=tuple(_tell_consent(store, consent) for consent in store.consents.of(number)),
        deliveries=tuple(map(_tell_delivery, store.ledger.of(number))),
        returns=tuple(
            KeptReturn(
                issue=entry.issue,
                kind=entry.kind,
                at=entry.at,
                status=entry.status,
                words=entry.words,
                is_proved=entry.is_proved,
                is_from_former_address=entry.is_from_former_address,
            )
            for entry in store.returns.of(number)
        ),
        address_changes=store.subscribers.list_address_changes(number),
        waiting_mails=store.outbox.list_kinds(number),
        suppressed=suppression.reason if suppression else "",
        suppressed_since=suppression.since if suppression else None,
        suppression_detail=suppression.detail if suppression else "",
    )


def _tell_delivery(entry: DeliveryEntry) -> KeptDelivery:
    return KeptDelivery(
        issue=entry.issue,
        state=entry.state.name.lower().replace("_", "-"),
        at=entry.at,
        attempts=entry.attempts,
        code=entry.code,
        words=entry.words,
    )


def _tell_consent(store: MailStore, consent: Consent) -> KeptConsent:
    version = read_version(consent.proof)
    return KeptConsent(
        letter=consent.letter,
        at=consent.at,
        how=consent.how,
        proof=consent.proof,
        words=store.facts.get(CONSENT_WORDS + version) if version else "",
    )
