"""A mailbox on loopback that speaks enough IMAP (RFC 9051) over TLS, and misbehaves when told to.

with imap_server(tls, box) as port:
    ... read_mailbox(options of "localhost" and port, take_in) ...

The certificate is one for `localhost`; whoever asks for 127.0.0.1 gets one for another name.
"""

from __future__ import annotations

import contextlib
import re
import socket
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from world.machine import PATIENCE_SECONDS
from world.tls import Authority

USER, PASSWORD = "desk", 'a "secret\\ word'
ImapFault = Literal[
    "",
    "bad-literal",
    "huge-literal",
    "closes",
    "silent",
    "garbage",
    "refuses-fetch",
    "gone",
    "refuses-store",
    "numbers-are-words",
    "two-answers",
]
_FETCH = re.compile(rb"UID FETCH (\d+) \(BODY\.PEEK\[\]<0\.(\d+)>\)")
_STORE = re.compile(rb"UID STORE (\d+) \+FLAGS\.SILENT \(\\Seen\)")


@dataclass
class ImapBox:
    """What lies in the box by its numbers, what was seen, what was asked, and how it shall fail."""

    messages: dict[int, bytes] = field(default_factory=dict)
    seen: set[int] = field(default_factory=set)
    asked: list[str] = field(default_factory=list)
    folder: str = "INBOX"
    fault: ImapFault = ""


@contextlib.contextmanager
def imap_server(tls: Authority, box: ImapBox) -> Iterator[int]:
    """Serve a box for the block and give its port."""
    context = tls.context()
    listener = socket.create_server(("127.0.0.1", 0))
    served: list[threading.Thread] = []

    def listen() -> None:
        while True:
            try:
                plain, _ = listener.accept()
            except OSError:
                return
            thread = threading.Thread(target=_serve, args=(plain, context, box))
            served.append(thread)
            thread.start()

    listening = threading.Thread(target=listen)
    listening.start()
    try:
        yield listener.getsockname()[1]
    finally:
        with contextlib.suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        for thread in (listening, *served):
            thread.join(PATIENCE_SECONDS)


def _serve(plain: socket.socket, context: ssl.SSLContext, box: ImapBox) -> None:
    plain.settimeout(PATIENCE_SECONDS)
    with contextlib.suppress(OSError), plain, context.wrap_socket(plain, server_side=True) as line:
        stream = line.makefile("rwb")
        stream.write(b"* OK ready\r\n")
        stream.flush()
        for request in stream:
            tag, _, words = request.strip().partition(b" ")
            box.asked.append(words.decode("latin-1"))
            answer = _answer(box, words)
            if answer is None:
                return
            stream.write(b"".join(answer).replace(b"TAG", tag))
            stream.flush()
            if words == b"LOGOUT":
                return


def _answer(box: ImapBox, words: bytes) -> list[bytes] | None:
    """Answer a command in lines; None closes the connection."""
    command = words.partition(b" ")[0].upper()
    if command == b"CAPABILITY":
        return [b"* CAPABILITY IMAP4rev1\r\n", b"TAG OK done\r\n"]
    if command == b"LOGIN":
        quoted = PASSWORD.replace("\\", "\\\\").replace('"', '\\"')
        is_right = words.endswith(f'{USER} "{quoted}"'.encode())
        return [b"TAG OK done\r\n" if is_right else b"TAG NO you are not " + words[6:] + b"\r\n"]
    if command == b"SELECT":
        is_there = words == f'SELECT "{box.folder}"'.encode()
        return [b"* 1 EXISTS\r\n", b"TAG OK done\r\n"] if is_there else [b"TAG NO no such\r\n"]
    if command == b"LOGOUT":
        return [b"* BYE\r\n", b"TAG OK done\r\n"]
    if words == b"UID SEARCH UNSEEN":
        return _search(box)
    if found := _FETCH.fullmatch(words):
        return _fetch(box, int(found[1]), int(found[2]))
    if found := _STORE.fullmatch(words):
        if box.fault == "refuses-store":
            return [b"TAG NO read-only\r\n"]
        box.seen.add(int(found[1]))
        return [b"TAG OK done\r\n"]
    return [b"TAG BAD what?\r\n"]


def _search(box: ImapBox) -> list[bytes]:
    if box.fault == "numbers-are-words":
        return [b"* SEARCH one two\r\n", b"TAG OK done\r\n"]
    if box.fault == "garbage":
        return [b"\x00\xff not imap at all\r\n" * 3]
    unseen = sorted(set(box.messages) - box.seen)
    return [
        b"* SEARCH " + b" ".join(b"%d" % number for number in unseen) + b"\r\n",
        b"TAG OK done\r\n",
    ]


def _fetch(box: ImapBox, number: int, most: int) -> list[bytes] | None:
    message = box.messages[number][:most]
    literal = b"* 1 FETCH (UID %d BODY[]<0> {%d}\r\n" % (number, len(message))
    good = [literal, message, b")\r\n", b"TAG OK done\r\n"]
    answers: dict[str, list[bytes] | None] = {
        "bad-literal": [b"* 1 FETCH (BODY[]<0> {-7}\r\n)\r\n", b"TAG OK done\r\n"],
        "huge-literal": [b"* 1 FETCH (BODY[]<0> {9000000000}\r\nx"],
        "closes": None,
        "silent": [],
        "refuses-fetch": [b"TAG NO not now\r\n"],
        "gone": [b"TAG OK done\r\n"],
        "two-answers": [b"* 1 FETCH (FLAGS (\\Recent))\r\n", *good],
    }
    return answers.get(box.fault, good)
