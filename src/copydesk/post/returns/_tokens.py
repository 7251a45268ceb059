"""Tokens: the words in addresses and links by which a letter is known again."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from email.message import Message

from copydesk.post.returns._bounded import list_parts, read_headers

_MOST = 20  # of one message: it came back by one of them
_RETURN = re.compile(r"[+]([a-z2-7]{16,80})(?:@|=40|%40|=(?=[a-z0-9.-]+@))", re.IGNORECASE)
_MESSAGE_ID = re.compile(r"(?<![a-z0-9])([a-z2-7]{32})(?![a-z0-9])", re.IGNORECASE)
_LEAVE = re.compile(r"/mail/leave/([\w-]{20,1000})")

_SENT_TO = ("Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "To")
_REPORTED = ("Original-Recipient", "Original-Mail-From", "Original-Envelope-Id")
_ENCLOSED = ("Return-Path", "X-Return-Path", "Errors-To", "Sender")


def find_return_tokens(message: Message) -> tuple[str, ...]:
    """Find the tokens of return paths in a message, the place it was sent to first.

    Servers write addresses in capitals or small letters as they like (RFC 5321, section 2.4), so
    tokens come in small ones.
    """
    return _first_ones(token.lower() for token in _walk_tokens(message))


def find_leave_tokens(message: Message) -> tuple[str, ...]:
    """Find the tokens of links to leave by in the headers of letters that a message encloses."""
    return _first_ones(
        token
        for part in list_parts(message)[1:]
        for value in read_headers(part, "List-Unsubscribe")
        for token in _LEAVE.findall("".join(value.split()))
    )


def _walk_tokens(message: Message) -> Iterator[str]:
    yield from _in_headers(message, _SENT_TO)
    parts = list_parts(message)[1:]
    for part in parts:
        yield from _in_headers(part, _REPORTED)
    for part in parts:
        yield from _in_headers(part, _ENCLOSED)
        for value in read_headers(part, "Message-ID"):
            yield from _MESSAGE_ID.findall(value)


def _in_headers(part: Message, names: Iterable[str]) -> Iterator[str]:
    for name in names:
        for value in read_headers(part, name):
            yield from _RETURN.findall(value)


def _first_ones(tokens: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(tokens))[:_MOST]
