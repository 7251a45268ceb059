"""Returned mail: bounces, complaints and unsubscriptions. Only a valid signature stops letters.

The first byte chooses what the message quotes: a stranger's token, that of the first reader's
Message-ID, which proves nothing, or that of the first reader's return path. Of an issue that both
readers got, the first may lose their letters by the return path alone, the second never.
"""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime
from pathlib import Path

from copydesk.mail_store import open_mail
from copydesk.mail_store.deliveries import DeliveryOutcome, DeliveryState, NewSending
from copydesk.mail_store.links import ReturnPath
from copydesk.mail_store.subscriptions import Subscription
from copydesk.news.options import BounceOptions
from copydesk.newsletters import bounces
from fuzz import mutation
from world.returned import (
    TOKEN,
    make_complaint,
    make_mail,
    make_qmail_bounce,
    make_recipient,
    make_report,
)

_NOW = datetime(2026, 11, 28, 8, tzinfo=UTC)
_OPTIONS = BounceOptions(soft_limit=1, secret="a word between us")
_FOLDER = tempfile.TemporaryDirectory(prefix="fuzz-mail-")
_STORE = open_mail(Path(_FOLDER.name))
_READERS = [_STORE.subscribers.add(f"{name}@inbox.example", _NOW).id for name in ("ann", "ben")]
_FIRST = [Subscription(subscriber=_reader, letter="daily", since=_NOW) for _reader in _READERS]
for _one in _FIRST:
    _STORE.subscribers.set_state(_one.subscriber, "active")
    _STORE.subscriptions.put(_one)
_SENDING = _STORE.ledger.begin(
    NewSending(issue="daily-2026-11-27", letter="daily", via="smtp"), _NOW
).number
_SENT = [
    DeliveryOutcome(subscriber=one.subscriber, state=DeliveryState.ACCEPTED, at=_NOW, code=250)
    for one in _STORE.ledger.claim(_SENDING, 0, 10, _NOW)
]
_STORE.ledger.note(_SENDING, _SENT)
_PATH = ReturnPath(sending=_SENDING, subscriber=_READERS[0])
_TOKENS = (
    TOKEN,
    _STORE.links.sign_message_id(_PATH),
    _STORE.links.sign_return(_PATH),
)
_LEAVE = "List-Unsubscribe: <https://x.example/mail/leave/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA>\n"
SEEDS = [
    kind + message
    for kind in (b"\0", b"\1", b"\2")
    for message in (
        make_report(),
        make_report(make_recipient("4.2.2", "delayed"), make_recipient("5.2.2")),
        make_complaint(),
        make_complaint(headers=_LEAVE),
        make_qmail_bounce(),
        make_mail("Auto-Submitted: auto-replied\n"),
    )
]
mutate = mutation.structured(
    mutation.WORDS,
    (
        *(b"\n--B/1\n", b"\n--C\n", b"Content-Type: message/rfc822\n\n", b"=?utf-8?b?/w==?="),
        *(b"Content-Type: text/plain; charset=utf-7\n", b"Content-Transfer-Encoding: base64\n"),
        *(b"Status: 5.1.1\n", b"Action: failed\n", b"Feedback-Type: abuse\n", b"boundary*0=a"),
        *(f"bounces+{TOKEN}@letters.example".encode(), b"Final-Recipient: rfc822; <@>\n"),
    ),
)


def check(data: bytes) -> None:
    """Take one message in."""
    quoted = data[0] % 3 if data else 0
    message = data[1:].replace(TOKEN.encode(), _TOKENS[quoted].encode())
    assert bounces.take_in_webhook(_STORE, _OPTIONS, message, "sha256=00", _NOW) is None
    taken = bounces.take_in_return(_STORE, _OPTIONS, message, _NOW)
    gone = {address for _, address in _STORE.suppressions.walk()}
    assert _STORE.subscriptions.of(_READERS[1]), "the second reader unsubscribed"
    if quoted != 2:
        assert taken.effect in {"nothing", "not-ours", "unproved", "known"}, taken
        assert not gone, "suppressed without a return path"
        assert _STORE.subscriptions.of(_READERS[0]), "unsubscribed without a return path"
        return
    assert gone <= {"ann@inbox.example"}
    _STORE.suppressions.lift("ann@inbox.example")
    _STORE.subscriptions.put(_FIRST[0])
