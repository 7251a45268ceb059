"""uvicorn's HTTP/1.1 protocol with limits on the size and the time of requests and answers.

uvicorn limits neither the size of a request head nor its time, and waits for ever for a client to
read an answer. After each event this protocol updates what the connection waits for; the deadlines
are checked once a second (`Connections.end_overdue`).
"""

from __future__ import annotations

import asyncio
import re
from typing import Literal

from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from copydesk.serve._connections import Connections

WaitsFor = Literal["app", "head", "body", "write", "rest"]

_HOST = re.compile(
    rb"(?:\[[0-9A-Fa-f:.]+\]|(?:[A-Za-z0-9._~!$&'()*+,;=-]|%[0-9A-Fa-f]{2})+)(?::[0-9]*)?"
)
_REFUSAL = (
    b"HTTP/1.1 %s\r\ncontent-type: text/plain; charset=utf-8\r\ncontent-length: %d\r\n"
    b"connection: close\r\n\r\n%s"
)


class _UnfitRequestError(Exception):
    """Raised to stop the parser when a request exceeds a limit."""


class HttpConnection(HttpToolsProtocol):
    """An accepted HTTP/1.1 connection; `received` are the bytes that were read before."""

    def __init__(
        self,
        config: Config,
        state: ServerState,
        connections: Connections,
        client: str,
        received: bytes,
    ) -> None:
        super().__init__(config, state, {})
        self.deadline: float | None = None
        self.held_for = client
        self._held = connections
        self._limits = connections.limits
        self._received = received
        self._waits_for: WaitsFor = "app"
        self._head_bytes = 0  # size of the header names and values so far
        self._unread_bytes = 0  # bytes received since the chunk in which the head began
        self._is_in_head = self._has_begun_head = self._is_in_body = False
        self._is_taken_slowly = self._is_too_large = self._is_refused = False
        self._fault = b"no request of HTTP\n"

    def end(self) -> None:
        """Close the connection at once, and remove it from the open ones."""
        self._held.leave(self)
        if self.transport is not None:
            self.transport.abort()

    # ---- events of the transport ----

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Parse the bytes that were received before the connection came to this object."""
        super().connection_made(transport)
        received, self._received = self._received, b""
        self.data_received(received)

    def connection_lost(self, exc: Exception | None) -> None:
        """Remove the closed connection from the open ones."""
        super().connection_lost(exc)
        self._held.leave(self)

    def data_received(self, data: bytes) -> None:
        """Parse the data within the limits; after a refusal the data is ignored."""
        if self._is_refused:
            return
        self._has_begun_head = False
        super().data_received(data)
        is_one_head = self._is_in_head and not self._has_begun_head
        self._unread_bytes = self._unread_bytes + len(data) if is_one_head else 0
        if self._unread_bytes > self._limits.head_bytes and not self._is_refused:
            self._is_too_large = True
            self.send_400_response("")
        self._settle()

    def pause_writing(self) -> None:
        """Wait for the client to read the answer."""
        super().pause_writing()
        self._is_taken_slowly = True
        self._settle()

    def resume_writing(self) -> None:
        """Go on sending the answer, since the client reads again."""
        super().resume_writing()
        self._is_taken_slowly = False
        self._settle()

    # ---- events of the parser ----

    def on_message_begin(self) -> None:
        """Begin a new request on the connection."""
        super().on_message_begin()
        self._head_bytes = 0
        self._is_in_head = self._has_begun_head = True

    def on_url(self, url: bytes) -> None:
        """Add a part of the request's URL."""
        self._count(len(url))
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        """Add a request header, or a trailer after the body."""
        self._count(len(name) + len(value))
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """Pass the request to the app, after earlier requests of the connection."""
        if not self._names_one_host():
            self._fault = b"a request needs one valid Host\n"
            raise _UnfitRequestError
        if len(self.pipeline) >= self._limits.pipelined:
            raise _UnfitRequestError
        super().on_headers_complete()
        if self.parser.should_upgrade():
            self.cycle.keep_alive = False  # the next bytes may be of another protocol
        self._is_in_head, self._is_in_body = False, True

    def on_message_complete(self) -> None:
        """Note that the request is complete."""
        super().on_message_complete()
        self._is_in_body = False

    def _names_one_host(self) -> bool:
        """Return whether the request has exactly one `Host` where required (RFC 9112, 3.2)."""
        hosts = [value for name, value in self.headers if name == b"host"]
        if not hosts:
            return self.parser.get_http_version() != "1.1"
        return len(hosts) == 1 and _HOST.fullmatch(hosts[0].strip(b" \t")) is not None

    def _count(self, length: int) -> None:
        self._head_bytes += length
        if self._head_bytes > self._limits.head_bytes:
            self._is_too_large = True
            raise _UnfitRequestError

    # ---- answers ----

    def on_response_complete(self) -> None:
        """Begin the connection's next request, or wait for one."""
        super().on_response_complete()
        self._settle()

    def send_400_response(self, msg: str) -> None:
        """Refuse the request, after the answers to earlier ones."""
        if self._is_working and self._is_in_head:
            self.cycle.keep_alive = False
            self.flow.pause_reading()
        elif self._is_too_large:
            self._refuse(b"431 Request Header Fields Too Large", b"too large\n")
        else:
            self._refuse(b"400 Bad Request", self._fault)

    def _refuse(self, status: bytes, words: bytes) -> None:
        """Send an error, and let the client close first so that it can read the error."""
        self._is_refused = True
        self.transport.write(_REFUSAL % (status, len(words), words))
        self.transport.write_eof()

    # ---- waiting ----

    @property
    def _is_working(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    def _settle(self) -> None:
        """Update what the connection waits for; an unchanged wait keeps its deadline."""
        waits_for = self._find_wait()
        if waits_for == self._waits_for:
            return
        self._waits_for = waits_for
        if waits_for == "app":
            self.deadline = None
            self._held.let_work(self)
            return
        self.deadline = self.loop.time() + getattr(self._limits, f"{waits_for}_seconds")
        if waits_for in {"head", "rest"}:
            self._held.wait_for_head(self)
        else:
            self._held.wait_for_client(self)

    def _find_wait(self) -> WaitsFor:
        if self._is_taken_slowly or self._is_refused or self.transport.is_closing():
            return "write"
        if self._is_in_body:
            return "body"
        if self._is_working:
            return "app"
        return "head" if self._is_in_head else "rest"
