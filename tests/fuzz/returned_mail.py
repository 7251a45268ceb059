"""Returned mail: bounces, complaints and unsubscriptions. Only a valid signature stops letters.

The first byte chooses what the message quotes: an even one a stranger's token, an odd one the token
of the first reader's Message-ID, which proves nothing. The second reader keeps all letters.
"""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime
from pathlib import Path

from copydesk.mail_store import open_mail
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
for _reader in _READERS:
    _STORE.subscribers.set_state(_reader, "active")
    _STORE.subscriptions.put(Subscription(subscriber=_reader, letter="daily", since=_NOW))
_PUBLIC_TOKEN = _STORE.links.sign_message_id(ReturnPath(sending=1, subscriber=_READERS[0]))
_LEAVE = "List-Unsubscribe: <https://x.example/mail/leave/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA>\n"
SEEDS = [
    kind + message
    for kind in (b"\0", b"\1")
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
    is_quoting, message = bool(data and data[0] % 2), data[1:]
    if is_quoting:
        message = message.replace(TOKEN.encode(), _PUBLIC_TOKEN.encode())
    assert bounces.take_in_webhook(_STORE, _OPTIONS, message, "sha256=00", _NOW) is None
    taken = bounces.take_in_return(_STORE, _OPTIONS, message, _NOW)
    assert taken.effect in {"nothing", "not-ours", "unproved", "known"}, taken
    assert not list(_STORE.suppressions.walk()), "suppressed without a signature"
    assert all(_STORE.subscriptions.of(reader) for reader in _READERS), "unsubscribed"
