"""Open sockets, accept connections, and run the server until it stops.

Until the head of its first request is complete, a connection is only a socket and some bytes, so
that a flood of slow clients costs little; then it gets a protocol and a transport.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import logging
import re
import resource
import socket
import struct
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from email.utils import formatdate
from typing import Literal

from starlette.types import ASGIApp
from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from copydesk.errors import UsageError
from copydesk.serve._clients import ConnectionLimits, Connections

_RESERVED = 128  # descriptors for files, databases, hubs, rounds and closing connections
_AT_MOST = 10_000  # connections; one process cannot serve more
_SHUTDOWN_SECONDS = 3.0


def raise_descriptor_limit() -> int:
    """Raise the process's limit of file descriptors as far as allowed, and return the limit."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    allowed, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return _AT_MOST + _RESERVED if allowed == resource.RLIM_INFINITY else allowed


def limit_connections(descriptors: int) -> ConnectionLimits:
    """Return the connection limits for a process with this number of file descriptors."""
    in_all = min(max(descriptors - _RESERVED, descriptors // 2), _AT_MOST)
    return ConnectionLimits(in_all=in_all, an_address=max(in_all // 4, 1))


@contextlib.asynccontextmanager
async def listening(
    address: Address, app: ASGIApp, connections: Connections | None = None
) -> AsyncIterator[int]:
    """Serve an app during the `with` block, and yield the port; UsageError if the port is taken."""
    sockets = open_sockets(address)
    if connections is None:
        connections = Connections(limit_connections(raise_descriptor_limit()))
    server = _Server(app, sockets, connections)
    try:
        yield sockets[0].getsockname()[1]
    finally:
        await server.stop()


class _Server:
    """The running HTTP server, which passes connections with a complete request head to the app."""

    def __init__(
        self, app: ASGIApp, sockets: Sequence[socket.socket], connections: Connections
    ) -> None:
        self._connections = connections
        self._state = ServerState()
        self._config = _configure(app)
        self._letting_in: set[asyncio.Task[None]] = set()
        self._tell_date()
        self._entrance = Entrance(sockets, connections, self._let_in)
        self._entrance.open()
        self._looking = asyncio.create_task(self._look())

    async def stop(self) -> None:
        """Accept no more connections, and wait a few seconds until running requests are
        answered.
        """
        self._entrance.close()
        self._looking.cancel()
        for connection in self._connections:
            if isinstance(connection, Newcomer):
                connection.end()
        for protocol in [*self._state.connections]:
            protocol.shutdown()
        if self._state.tasks:
            await asyncio.wait(self._state.tasks, timeout=_SHUTDOWN_SECONDS)
        tasks = [*self._state.tasks, *self._letting_in]
        for task in tasks:
            task.cancel()
        for connection in self._connections:
            connection.end()
        await asyncio.gather(*tasks, self._looking, return_exceptions=True)

    def _let_in(self, newcomer: Newcomer) -> None:
        protocol = HttpConnection(
            self._config, self._state, self._connections, newcomer.held_for, newcomer.head
        )
        self._connections.take_over(newcomer, protocol)
        task = asyncio.create_task(self._connect(newcomer.line, protocol))
        self._letting_in.add(task)
        task.add_done_callback(self._letting_in.discard)

    async def _connect(self, line: socket.socket, protocol: HttpConnection) -> None:
        try:
            await asyncio.get_running_loop().connect_accepted_socket(lambda: protocol, line)
        except OSError:  # the client has just left
            line.close()
            self._connections.leave(protocol)

    async def _look(self) -> None:
        while True:
            await asyncio.sleep(self._connections.limits.look_seconds)
            self._tell_date()
            self._connections.end_overdue(asyncio.get_running_loop().time())

    def _tell_date(self) -> None:
        self._state.default_headers = [(b"date", formatdate(usegmt=True).encode())]


def _configure(app: ASGIApp) -> Config:
    """Return uvicorn's configuration: no logs, no trusted proxy headers, no Server header."""
    config = Config(
        app,
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        ws="none",
        lifespan="off",
        interface="asgi3",
        timeout_keep_alive=86_400,  # our own deadlines apply
    )
    config.load()
    logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL + 1)  # invalid requests
    return config


_BACKLOG = 65_535  # the system lowers it to its own limit (net.core.somaxconn)
# errors to ignore if a name has other addresses, such as localhost's ::1 without IPv6
_NOT_HERE = frozenset({errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT})


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """The host and port on which to listen; port 0 means any free port."""

    host: str = "127.0.0.1"
    port: int = 8000


def open_sockets(address: Address) -> list[socket.socket]:
    """Open a listening socket for each IP address of a host; raises UsageError.

    With port 0 all of them listen at the port that the first one got.
    """
    opened: list[socket.socket] = []
    missing: list[OSError] = []
    try:
        for family, place in _places(address):
            port = opened[0].getsockname()[1] if opened and not address.port else address.port
            try:
                opened.append(_open_socket(family, (place[0], port, *place[2:])))
            except OSError as error:
                if error.errno not in _NOT_HERE:
                    raise
                missing.append(error)
        if not opened:
            raise missing[0]
    except (OSError, UnicodeError) as error:
        for listener in opened:
            listener.close()
        what, option = _explain_refusal(error)
        raise UsageError(
            f"cannot listen ({what})",
            subject=f"{address.host}:{address.port}",
            hint=f"choose another {option.lstrip('-')} with {option}",
        ) from error
    return opened


Place = tuple[str, int] | tuple[str, int, int, int]


def _places(address: Address) -> dict[tuple[socket.AddressFamily, Place], None]:
    """Return the IP addresses of a host without duplicates, in the system's order."""
    found = socket.getaddrinfo(
        address.host or None, address.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )
    return {(family, place): None for family, _, _, _, place in found}  # type: ignore[misc] # (bytes, …) belongs to other families


def _open_socket(family: socket.AddressFamily, place: tuple[object, ...]) -> socket.socket:
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        listener.bind(place)
        listener.listen(_BACKLOG)
        listener.setblocking(False)
    except BaseException:
        listener.close()
        raise
    return listener


def _explain_refusal(error: OSError | UnicodeError) -> tuple[str, str]:
    """Return why the system does not let us listen on an address, and which option changes it."""
    if isinstance(error, socket.gaierror | UnicodeError):
        return "the host name is unknown", "--host"
    if error.errno == errno.EADDRINUSE:
        return "another program uses the port", "--port"
    if error.errno == errno.EACCES:
        return "only root may use the port", "--port"
    return "this machine does not have the address", "--host"


_AT_ONCE = 100  # connections to accept before other events are handled
_PAUSE_SECONDS = 0.1  # after running out of descriptors
_END_OF_HEAD = b"\r\n\r\n"
_NO_FAREWELL = struct.pack("ii", 1, 0)  # SO_LINGER: closing frees the socket at once


class Newcomer:
    """A new connection whose first request head is incomplete; `head` is what has arrived of it."""

    def __init__(self, line: socket.socket, client: str, entrance: Entrance) -> None:
        self.line = line
        self.held_for = client
        self.deadline: float | None = None
        self.head = b""
        self.is_watched = False
        self._entrance = entrance

    def end(self) -> None:
        """Close the new connection at once, and remove it from the open ones."""
        self._entrance.turn_out(self)


class Entrance:
    """Accepts connections; calls `let_in` with each once its request head is complete or invalid.

    Such a connection is no longer read here, and still counts until another object takes it over.
    """

    def __init__(
        self,
        listeners: Sequence[socket.socket],
        connections: Connections,
        let_in: Callable[[Newcomer], None],
    ) -> None:
        self._listeners = listeners
        self._connections = connections
        self._let_in = let_in
        self._loop = asyncio.get_running_loop()

    def open(self) -> None:
        """Start accepting connections on the listening sockets."""
        for listener in self._listeners:
            self._loop.add_reader(listener, self._accept, listener)

    def close(self) -> None:
        """Stop accepting connections, and close the listening sockets."""
        for listener in self._listeners:
            self._loop.remove_reader(listener)
            listener.close()

    def turn_out(self, newcomer: Newcomer) -> None:
        """Close a connection with an incomplete request head, and remove it from the open ones."""
        self._unwatch(newcomer)
        _hang_up(newcomer.line)
        self._connections.leave(newcomer)

    def _accept(self, listener: socket.socket) -> None:
        for _ in range(_AT_ONCE):
            try:
                line, peer = listener.accept()
            except (BlockingIOError, InterruptedError, ConnectionAbortedError):
                return
            except OSError:  # out of file descriptors
                self._rest(listener)
                return
            line.setblocking(False)
            newcomer = Newcomer(line, self._connections.name_client(peer[0]), self)
            newcomer.deadline = self._loop.time() + self._connections.limits.head_seconds
            if self._connections.admit(newcomer):
                self._read(newcomer)
            else:
                _hang_up(line)

    def _rest(self, listener: socket.socket) -> None:
        """Close a waiting connection to free a file descriptor, and accept again a little later."""
        self._connections.make_room()
        self._loop.remove_reader(listener)
        self._loop.call_later(_PAUSE_SECONDS, self._resume, listener)

    def _resume(self, listener: socket.socket) -> None:
        if listener.fileno() >= 0:  # it was not closed meanwhile
            self._loop.add_reader(listener, self._accept, listener)

    def _read(self, newcomer: Newcomer) -> None:
        """Read the bytes of a connection; then pass it on, close it, or wait for more."""
        limit, known = self._connections.limits.head_bytes, len(newcomer.head)
        try:
            piece = newcomer.line.recv(limit + 1 - known)
        except (BlockingIOError, InterruptedError):
            self._watch(newcomer)
            return
        except OSError:
            piece = b""
        if not piece:
            self.turn_out(newcomer)
            return
        newcomer.head += piece
        is_whole = newcomer.head.find(_END_OF_HEAD, max(known - 3, 0)) >= 0
        if is_whole or len(newcomer.head) > limit or not newcomer.head[:1].isupper():
            self._unwatch(newcomer)
            self._let_in(newcomer)
        else:
            self._watch(newcomer)

    def _watch(self, newcomer: Newcomer) -> None:
        if not newcomer.is_watched:
            self._loop.add_reader(newcomer.line, self._read, newcomer)
            newcomer.is_watched = True

    def _unwatch(self, newcomer: Newcomer) -> None:
        if newcomer.is_watched:
            self._loop.remove_reader(newcomer.line)
            newcomer.is_watched = False


def _hang_up(line: socket.socket) -> None:
    with contextlib.suppress(OSError):
        line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_FAREWELL)
    line.close()


# uvicorn's HTTP/1.1 protocol with limits on the size and the time of requests and answers.
#
# uvicorn limits neither the size of a request head nor its time, and waits for ever for a client to
# read an answer. After each event this protocol updates what the connection waits for; the
# deadlines are checked once a second (`Connections.end_overdue`).

WaitsFor = Literal["app", "head", "body", "write", "rest"]

_HOST = re.compile(
    rb"(?:\[[0-9A-Fa-f:.]+\]|(?:[A-Za-z0-9._~!$&'()*+,;=-]|%[0-9A-Fa-f]{2})+)(?::[0-9]*)?"
)
_REFUSAL = (
    b"HTTP/1.1 %s\r\ncontent-type: text/plain; charset=utf-8\r\ncontent-length: %d\r\n"
    b"connection: close\r\n\r\n%s"
)


class _UnfitRequestError(Exception):
    """Raised to stop the HTTP parser when a request exceeds a limit."""


class HttpConnection(HttpToolsProtocol):
    """An accepted HTTP/1.1 connection; `received` holds the bytes that were read from it before."""

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
        self._fault = b"invalid HTTP request\n"

    def end(self) -> None:
        """Close the new connection at once, and remove it from the open ones."""
        self._held.leave(self)
        if self.transport is not None:
            self.transport.abort()

    # ---- events of the transport ----

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Parse the bytes that were received before this object took over the connection."""
        super().connection_made(transport)
        received, self._received = self._received, b""
        self.data_received(received)

    def connection_lost(self, exc: Exception | None) -> None:
        """Remove the closed connection from the open ones."""
        super().connection_lost(exc)
        self._held.leave(self)

    def data_received(self, data: bytes) -> None:
        """Parse received bytes within the limits; ignore them after a refused request."""
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
        """Stop sending the response until the client has read more of it."""
        super().pause_writing()
        self._is_taken_slowly = True
        self._settle()

    def resume_writing(self) -> None:
        """Continue sending the response, since the client reads again."""
        super().resume_writing()
        self._is_taken_slowly = False
        self._settle()

    # ---- events of the parser ----

    def on_message_begin(self) -> None:
        """Start a new request on the connection."""
        super().on_message_begin()
        self._head_bytes = 0
        self._is_in_head = self._has_begun_head = True

    def on_url(self, url: bytes) -> None:
        """Add a part of the request's URL, as the parser delivers it."""
        self._count(len(url))
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        """Add a header of the request, or a trailer after its body."""
        self._count(len(name) + len(value))
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """Pass the request to the app, after earlier requests of the same connection."""
        if not self._names_one_host():
            self._fault = b"expected exactly one valid Host header\n"
            raise _UnfitRequestError
        if len(self.pipeline) >= self._limits.pipelined:
            raise _UnfitRequestError
        super().on_headers_complete()
        if self.parser.should_upgrade():
            self.cycle.keep_alive = False  # the next bytes may be of another protocol
        self._is_in_head, self._is_in_body = False, True

    def on_message_complete(self) -> None:
        """Mark the request as completely received."""
        super().on_message_complete()
        self._is_in_body = False

    def _names_one_host(self) -> bool:
        """Return whether a request has exactly one Host header if it needs one (RFC 9112, 3.2)."""
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
        """Start the connection's next request, or wait for it."""
        super().on_response_complete()
        self._settle()

    def send_400_response(self, msg: str) -> None:
        """Refuse an invalid request, after the responses to earlier ones."""
        if self._is_working and self._is_in_head:
            self.cycle.keep_alive = False
            self.flow.pause_reading()
        elif self._is_too_large:
            self._refuse(b"431 Request Header Fields Too Large", b"request header too large\n")
        else:
            self._refuse(b"400 Bad Request", self._fault)

    def _refuse(self, status: bytes, words: bytes) -> None:
        """Send an error response; the client closes first, so that it can read the response."""
        self._is_refused = True
        self.transport.write(_REFUSAL % (status, len(words), words))
        self.transport.write_eof()

    # ---- waiting ----

    @property
    def _is_working(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    def _settle(self) -> None:
        """Update what the connection waits for, and its deadline if that changed."""
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
