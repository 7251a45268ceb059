"""Read the mailbox that bounces are sent to, by IMAP (RFC 9051) over TLS.

A message is marked as seen once it was handled, and never deleted. If the process is killed in
between, the message is handled twice, which the caller must allow for.
"""

from __future__ import annotations

import imaplib
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, NoReturn

from copydesk.errors import MailError
from copydesk.news.options import BounceOptions
from copydesk.newsletters.bounces._reading import MOST_BYTES

_SILENCE_SECONDS = 30.0
_GLANCE_SECONDS = 0.25  # within which a connection is cut once `is_over`
_LOOK_SECONDS = 300.0  # for reading the mailbox: a server may send one byte each half minute
_MOST_MESSAGES = 500  # handled at one time; the others wait for the next time
_SPARE_BYTES = 1_024  # around a message, and for a server that counts in another way
# What imaplib raises: its own errors, those of sockets and TLS (OSError), and those of its parser
# for malformed answers.
_FAULTS = (imaplib.IMAP4.error, OSError, ValueError, LookupError, AttributeError, TypeError)


@dataclass(frozen=True, slots=True, kw_only=True)
class MailboxLook:
    """The result of reading the bounce mailbox: the number of messages handled, and whether more
    wait.
    """

    taken: int
    is_more: bool


class _Guard:
    """Cuts an IMAP connection after a number of seconds, or once `is_over` returns true."""

    def __init__(self, look_seconds: float, is_over: Callable[[], bool]) -> None:
        self._ends = time.monotonic() + look_seconds
        self._is_over = is_over
        self._is_done = threading.Event()

    def watch(self, sock: socket.socket) -> None:
        """Start a thread that shuts the socket down when time is over."""
        threading.Thread(target=self._watch, args=(sock,), daemon=True).start()

    def release(self) -> None:
        """End the thread without cutting the connection."""
        self._is_done.set()

    def _watch(self, sock: socket.socket) -> None:
        while not self._is_over() and (left := self._ends - time.monotonic()) > 0:
            if self._is_done.wait(min(left, _GLANCE_SECONDS)):
                return
        with suppress(*_FAULTS):  # below TLS: closing would wait for the reading thread
            socket.socket.shutdown(sock, socket.SHUT_RDWR)


class _Connection(imaplib.IMAP4_SSL):
    """An IMAP connection under a `_Guard`. It refuses answers larger than a message may be."""

    def __init__(self, options: BounceOptions, silence_seconds: float, guard: _Guard) -> None:
        self._guard = guard
        super().__init__(
            *(options.imap_host, options.imap_port),
            ssl_context=ssl.create_default_context(),
            timeout=silence_seconds,
        )

    def open(self, host: str = "", port: int | None = None, timeout: float | None = None) -> None:
        super().open(host, port, timeout)
        self._guard.watch(self.sock)  # before the server has sent anything

    def read(self, size: int) -> bytes:
        if size > MOST_BYTES + _SPARE_BYTES:
            raise self.abort("the IMAP server sent more than requested")
        return super().read(size)


def read_mailbox(
    options: BounceOptions,
    take_in: Callable[[bytes], object],
    *,
    silence_seconds: float = _SILENCE_SECONDS,
    look_seconds: float = _LOOK_SECONDS,
    is_over: Callable[[], bool] = lambda: False,
) -> MailboxLook:
    """Pass up to 500 unseen messages of the bounce mailbox to `take_in`, and mark them as seen.

    Blocks. `take_in` is called in this thread; if it raises, reading ends and that message stays
    unseen. Once `is_over` (set by another thread) the connection is cut within half a second, or
    within `silence_seconds` while it is being opened. Raises MailError if the mailbox cannot be
    reached, trusted or read, and where reading was cut off.
    """
    with _open_box(options, silence_seconds, _Guard(look_seconds, is_over)) as connection:
        numbers = _list_new(connection, options)
        for number in numbers[:_MOST_MESSAGES]:
            with _faults(options):
                message = _fetch(connection, number)
            take_in(message)
            with _faults(options):
                _ask(connection, "STORE", number, "+FLAGS.SILENT", r"(\Seen)")
        return MailboxLook(
            taken=len(numbers[:_MOST_MESSAGES]), is_more=len(numbers) > _MOST_MESSAGES
        )


@contextmanager
def _open_box(
    options: BounceOptions, silence_seconds: float, guard: _Guard
) -> Iterator[_Connection]:
    try:
        with _faults(options):
            connection = _Connection(options, silence_seconds, guard)
        try:
            _sign_in(connection, options)
            yield connection
        finally:
            with suppress(*_FAULTS):
                connection.logout()
            with suppress(*_FAULTS):
                connection.shutdown()
    finally:
        guard.release()


def _sign_in(connection: _Connection, options: BounceOptions) -> None:
    """Sign in to the IMAP server and open the folder. No error shows the password."""
    try:
        connection.login(options.imap_user, options.password)
    except UnicodeError:
        raise _refusal(options, "the IMAP password has characters that are not ASCII") from None
    except imaplib.IMAP4.abort:
        raise _refusal(
            options, "the IMAP server of the bounce mailbox closed the connection"
        ) from None
    except imaplib.IMAP4.error:
        raise _refusal(
            options,
            "the IMAP server of the bounce mailbox refused the user name and password",
            "check mail.bounces.imap_user in beat.toml and COPYDESK_IMAP_PASSWORD",
        ) from None
    except _FAULTS:
        raise _refusal(
            options, "the IMAP server of the bounce mailbox closed the connection"
        ) from None
    with _faults(options):
        folder = options.imap_folder.replace("\\", "\\\\").replace('"', '\\"')
        kind, _ = connection.select(f'"{folder}"')
    if kind != "OK":
        what = "the bounce mailbox has no such folder"
        raise MailError(
            what, subject=options.imap_folder, hint="set mail.bounces.imap_folder in beat.toml"
        )


def _list_new(connection: _Connection, options: BounceOptions) -> list[str]:
    with _faults(options):
        found = _ask(connection, "SEARCH", "UNSEEN")
        words = b" ".join(part for part in found if isinstance(part, bytes)).split()
        return [str(int(word)) for word in words]


def _fetch(connection: _Connection, number: str) -> bytes:
    """Return the beginning of the message with an IMAP number, b"" if the message is gone."""
    found = _ask(connection, "FETCH", number, f"(BODY.PEEK[]<0.{MOST_BYTES}>)")
    for part in found:
        if isinstance(part, tuple) and b"BODY[]" in part[0].upper():
            return bytes(part[1])
    return b""


def _ask(connection: _Connection, *words: str) -> list[Any]:
    kind, found = connection.uid(*words)
    if kind != "OK":
        raise connection.error(f"the IMAP server refused the command {words[0]}")
    return found


@contextmanager
def _faults(options: BounceOptions) -> Iterator[None]:
    """Turn the errors of imaplib and the network into MailError."""
    try:
        yield
    except ssl.SSLCertVerificationError as error:
        _raise(
            options,
            f"the IMAP server of the bounce mailbox has an invalid certificate ({error.reason})",
            error,
        )
    except TimeoutError as error:
        _raise(options, "the IMAP server of the bounce mailbox did not answer in time", error)
    except _FAULTS as error:
        _raise(options, "could not read the bounce mailbox", error)


def _raise(options: BounceOptions, what: str, error: Exception) -> NoReturn:
    raise _refusal(options, what) from error


def _refusal(options: BounceOptions, what: str, hint: str = "") -> MailError:
    host = f"{options.imap_host}:{options.imap_port}"
    return MailError(what, subject=host, hint=hint or "check [mail.bounces] in beat.toml")
