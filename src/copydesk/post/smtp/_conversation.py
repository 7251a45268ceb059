"""A conversation with a server: a command is written, and the one answer to it is read.

aiosmtplib opens a line; then this takes the transport over. aiosmtplib's own protocol throws away
what comes unasked, keeps a second answer for the next command, and writes a letter and its end at
once, so that nobody can tell whether the end got out.
"""

from __future__ import annotations

import asyncio
import re
import ssl
from collections.abc import Awaitable
from datetime import UTC, datetime
from typing import TypeVar

from copydesk.post.smtp._answer import Reply

_MOST_BYTES = 32_768  # of one answer; RFC 5321 has 512 a line
_LINE = re.compile(rb"(\d{3})(?:([ -])([^\n]*))?\r?\n")
_END = b".\r\n"
# More patience for the answer to a letter's end, after which a server looks through the letter: ten
# minutes of RFC 5321, section 4.5.3.2.6, at the default of one. Who gives up early makes letters
# uncertain that were taken.
_TIMES_LONGER = 10
_T = TypeVar("_T")


class LineLostError(Exception):
    """Report a line on which nothing can be said any more; `reply` is what was said last, unasked.

    It stays in this folder.
    """

    def __init__(self, what: str, reply: Reply | None = None) -> None:
        super().__init__(what)
        self.what = what
        self.reply = reply


class Conversation(asyncio.Protocol):
    """One command at a time; the second answer to a command ends the conversation."""

    def __init__(self, transport: asyncio.Transport, timeout_seconds: float) -> None:
        self._transport = transport
        self._timeout_seconds = timeout_seconds
        self._heard = bytearray()
        self._lost = ""
        self._is_waiting_to_write = False
        self._waiter: asyncio.Future[None] | None = None
        # paused until the kernel has all; with 0, asyncio's TLS would pause for ever
        transport.set_write_buffer_limits(high=1, low=0)
        transport.set_protocol(self)

    @property
    def is_open(self) -> bool:
        """Decide whether a command could be written."""
        return not (self._lost or self._heard or self._transport.is_closing())

    @property
    def certificate_end(self) -> datetime | None:
        """Return when the server's certificate ends, None on a line that is not encrypted."""
        tls = self._transport.get_extra_info("ssl_object")
        ends = (tls.getpeercert() or {}).get("notAfter") if tls is not None else None
        return datetime.fromtimestamp(ssl.cert_time_to_seconds(ends), UTC) if ends else None

    async def ask(self, command: bytes) -> Reply:
        """Write a command, with its CRLF, and return the answer; raise LineLostError for none."""
        self._check_silence()
        self._transport.write(command)
        return await self._listen()

    async def write_body(self, message: bytes) -> None:
        """Write a message up to its end; return when the kernel has it and the line still stands.

        Then nothing but `ask_end` can have the server take the letter.
        """
        self._check_silence()
        self._transport.write(_stuff(message))
        # a line that the server closed meanwhile is found to be so
        await asyncio.sleep(0)
        if self._is_waiting_to_write:
            await self._within_time(self._flush(), "the server takes no more of a letter")
        self._check_silence()

    async def ask_end(self) -> Reply:
        """Write the end of a message and return the answer to it.

        A second answer in the same breath is believed to be of the same opinion, or a goodbye; if
        it is not, nobody knows which of them was meant.
        """
        self._transport.write(_END)
        reply = await self._listen(_TIMES_LONGER)
        while self._heard:
            other = self._take_reply()
            if other is None or (other.code // 100 != reply.code // 100 and other.code != 421):
                raise LineLostError("the server gave two answers")
            self._lost = "the server gave two answers"
        return reply

    def end(self, why: str) -> None:
        """Close the line at once."""
        self._lost = self._lost or why
        self._transport.abort()

    def _check_silence(self) -> None:
        if self._heard:
            reply = self._take_reply()
            raise LineLostError("the server spoke unasked", reply)
        if self._lost or self._transport.is_closing():
            raise LineLostError(self._lost or "the line is closed")

    async def _listen(self, times_longer: int = 1) -> Reply:
        what = "the server gave no answer in time"
        return await self._within_time(self._hear_reply(), what, times_longer)

    async def _hear_reply(self) -> Reply:
        while True:
            if self._heard and (reply := self._take_reply()) is not None:
                return reply
            if self._lost:
                raise LineLostError(self._lost)
            await self._wait()

    async def _flush(self) -> None:
        while self._is_waiting_to_write and not self._lost:
            await self._wait()

    async def _wait(self) -> None:
        self._waiter = asyncio.get_running_loop().create_future()
        await self._waiter

    async def _within_time(self, wanted: Awaitable[_T], what: str, times_longer: int = 1) -> _T:
        """Wait for something whole: who dribbles has no more time than who is silent."""
        try:
            async with asyncio.timeout(self._timeout_seconds * times_longer):
                return await wanted
        except TimeoutError:
            self.end(what)
            raise LineLostError(what) from None

    def _take_reply(self) -> Reply | None:
        """Take the first whole answer out of what was heard, None while its end is missing.

        Raises LineLostError for what is no answer.
        """
        position, words = 0, list[bytes]()
        while line := _LINE.match(self._heard, position):
            position = line.end()
            words.append(line[3] or b"")
            if line[2] != b"-":
                said = b" ".join(words).decode("utf-8", "replace")
                reply = Reply(code=int(line[1]), words=said)
                del line  # it holds the buffer
                del self._heard[:position]
                return reply
        if self._heard.find(b"\n", position) >= 0 or len(self._heard) > _MOST_BYTES:
            self._heard.clear()
            raise LineLostError("the server's answer is none of SMTP's")
        return None

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    # ---- what a transport calls ----

    def data_received(self, data: bytes) -> None:
        self._heard += data
        if len(self._heard) > _MOST_BYTES:
            self._transport.pause_reading()  # enough: `_take_reply` makes nothing of it
        if b"\n" in data or len(self._heard) > _MOST_BYTES:
            self._wake()

    def eof_received(self) -> None:
        self._lost = self._lost or "the server closed the line"
        self._wake()

    def connection_lost(self, exc: Exception | None) -> None:
        self._lost = self._lost or "the line broke"
        self._is_waiting_to_write = False
        self._wake()

    def pause_writing(self) -> None:
        self._is_waiting_to_write = True

    def resume_writing(self) -> None:
        self._is_waiting_to_write = False
        self._wake()


def _stuff(message: bytes) -> bytes:
    """Return a message as DATA has it: CRLF alone ends lines, a dot before a dot (RFC 5321, 4.5.2).

    A bare CR or LF is made whole: some servers take it for an end, and what follows for a letter.
    """
    ends = message.count(b"\r\n")
    if message.count(b"\n") != ends or message.count(b"\r") != ends:
        message = re.sub(rb"\r\n|\r|\n", b"\r\n", message)
    if not message.endswith(b"\r\n"):
        message += b"\r\n"
    if message.startswith(b"."):
        message = b"." + message
    return message.replace(b"\r\n.", b"\r\n..")
