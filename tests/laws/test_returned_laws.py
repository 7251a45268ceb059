"""Laws of what comes back: whatever a stranger sends becomes a value, and names nobody."""

from __future__ import annotations

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from copydesk.newsletters.bounce_mails import read_returned_mail
from world.returned import (
    READER,
    make_complaint,
    make_mail,
    make_qmail_bounce,
    make_recipient,
    make_report,
)

KINDS = {"hard", "soft", "policy", "complaint", "reply", "other"}
TOKEN = re.compile(r"[a-z2-7]{16,80}")
SEEDS = [
    make_report(),
    make_report(make_recipient("4.2.2", "delayed"), make_recipient("5.2.2")),
    make_complaint(),
    make_qmail_bounce(),
    make_mail("Auto-Submitted: auto-replied\n"),
]


@st.composite
def mangled(draw: st.DrawFn) -> bytes:
    """Draw a message in which some pieces were cut out, doubled or written over."""
    message = bytearray(draw(st.sampled_from(SEEDS)))
    for _ in range(draw(st.integers(1, 8))):
        start = draw(st.integers(0, len(message)))
        end = start + draw(st.integers(0, 80))
        piece = draw(st.one_of(st.binary(max_size=40), st.just(bytes(message[start:end]) * 2)))
        message[start:end] = piece
    return bytes(message)


@given(st.one_of(st.binary(max_size=2_000), mangled()))
@settings(max_examples=400)
def test_whatever_comes_back_becomes_a_value(message: bytes) -> None:
    returned = read_returned_mail(message)

    assert returned.kind in KINDS
    assert all(TOKEN.fullmatch(token) for token in returned.tokens)
    assert len(returned.words) <= 200
    assert returned.words.isprintable()


@given(st.text(max_size=200), st.text(max_size=200))
@settings(max_examples=200)
def test_a_servers_words_never_name_the_reader(before: str, behind: str) -> None:
    said = f"{before} {READER} {behind}".replace("\n", " ").replace("\r", " ")

    returned = read_returned_mail(make_report(make_recipient(diagnostic=said)))

    assert READER not in returned.words
