"""Open sockets, accept connections, and run the server from the first connection to the last.

Until the head of its first request is complete, a connection is a socket and some bytes, so that a
flood of slow clients costs little; only then are a protocol and a transport made for it.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import logging
import resource
import socket
import struct
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from email.utils import formatdate

from starlette.types import ASGIApp
from uvicorn.config import Config
from uvicorn.server import ServerState

from copydesk.errors import UsageError
from copydesk.serve._connections import ConnectionLimits, Connections
from copydesk.serve._protocol import HttpConnection

_RESERVED = 128  # descriptors for files, stores, hubs, rounds, and those that are closing
_AT_MOST = 10_000  # connections; more are beyond one process
_SHUTDOWN_SECONDS = 3.0


def raise_descriptor_limit() -> int:
    """Let this process have as many descriptors as the system allows it, and return that number."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    allowed, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return _AT_MOST + _RESERVED if allowed == resource.RLIM_INFINITY else allowed


def limit_connections(descriptors: int) -> ConnectionLimits:
    """Return how many connections a process with so many descriptors should hold."""
    in_all = min(max(descriptors - _RESERVED, descriptors // 2), _AT_MOST)
    return ConnectionLimits(in_all=in_all, an_address=max(in_all // 4, 1))


@contextlib.asynccontextmanager
async def listening(
    address: Address,
    app: ASGIApp,
    connections: Connections | None = None,
) -> AsyncIterator[int]:
    """Answer strangers for the block, and give the port; raises UsageError where it is taken."""
    sockets = open_sockets(address)
    if connections is None:
        connections = Connections(limit_connections(raise_descriptor_limit()))
    server = _Server(app, sockets, connections)
    try:
        yield sockets[0].getsockname()[1]
    finally:
        await server.stop()


class _Server:
    """Connections on their way from the entrance to the app; it works from the start."""

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
        """Let nobody in any more, and answer for a few seconds what was asked before."""
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
        except OSError:  # the client left this moment
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
    """Set uvicorn up: it logs nothing, trusts nobody's word on who asks, and names itself not."""
    config = Config(
        app,
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        ws="none",
        lifespan="off",
        interface="asgi3",
        timeout_keep_alive=86_400,  # the deadline of a rest is ours
    )
    config.load()
    logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL + 1)  # strangers' nonsense
    return config


_BACKLOG = 65_535  # the system cuts it to what it allows (net.core.somaxconn)
# of an address that a name has besides others, such as localhost's of IPv6 where there is none
_NOT_HERE = frozenset({errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT})


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where to listen; port 0 takes a free one."""

    host: str = "127.0.0.1"
    port: int = 8000


def open_sockets(address: Address) -> list[socket.socket]:
    """Listen at an address, with a socket for each that its name has; raises UsageError.

    With port 0 all of them listen at the one that the first was given.
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
            hint=f"choose another with {option}",
        ) from error
    return opened


Place = tuple[str, int] | tuple[str, int, int, int]


def _places(address: Address) -> dict[tuple[socket.AddressFamily, Place], None]:
    """Look up where an address lies, each place once, in the system's order."""
    found = socket.getaddrinfo(
        address.host or None, address.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )
    return {(family, place): None for family, _, _, _, place in found}  # type: ignore[misc] # (bytes, …) is of no family that we ask for


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
    """Return why the system lets nobody listen there, and which option names another place."""
    if isinstance(error, socket.gaierror | UnicodeError):
        return "no such host", "--host"
    if error.errno == errno.EADDRINUSE:
        return "somebody else listens there", "--port"
    if error.errno == errno.EACCES:
        return "only the administrator may listen there", "--port"
    return "this machine has no such address", "--host"


_AT_ONCE = 100  # connections that are accepted before others have their turn
_PAUSE_SECONDS = 0.1  # where no descriptor is left
_END_OF_HEAD = b"\r\n\r\n"
_NO_FAREWELL = struct.pack("ii", 1, 0)  # SO_LINGER: what is closed leaves nothing behind


class Newcomer:
    """A connection whose first head is not whole yet; `head` is what has come of it."""

    def __init__(self, line: socket.socket, client: str, entrance: Entrance) -> None:
        self.line = line
        self.held_for = client
        self.deadline: float | None = None
        self.head = b""
        self.is_watched = False
        self._entrance = entrance

    def end(self) -> None:
        """Close the connection at once, and leave."""
        self._entrance.turn_out(self)


class Entrance:
    """Accept connections; `let_in` gets each that has sent a whole head, or what cannot become one.

    One that is let in is no longer read here, and is held until somebody takes it over.
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
        """Accept whoever comes."""
        for listener in self._listeners:
            self._loop.add_reader(listener, self._accept, listener)

    def close(self) -> None:
        """Accept nobody any more."""
        for listener in self._listeners:
            self._loop.remove_reader(listener)
            listener.close()

    def turn_out(self, newcomer: Newcomer) -> None:
        """Close a newcomer's connection, and hold it no longer."""
        self._unwatch(newcomer)
        _hang_up(newcomer.line)
        self._connections.leave(newcomer)

    def _accept(self, listener: socket.socket) -> None:
        for _ in range(_AT_ONCE):
            try:
                line, peer = listener.accept()
            except (BlockingIOError, InterruptedError, ConnectionAbortedError):
                return
            except OSError:  # no descriptor is left, whatever took them
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
        """Let go of a connection, and accept the next one a little later."""
        self._connections.make_room()
        self._loop.remove_reader(listener)
        self._loop.call_later(_PAUSE_SECONDS, self._resume, listener)

    def _resume(self, listener: socket.socket) -> None:
        if listener.fileno() >= 0:  # else the entrance was closed meanwhile
            self._loop.add_reader(listener, self._accept, listener)

    def _read(self, newcomer: Newcomer) -> None:
        """Read what came, and let the connection in, turn it out, or watch it further."""
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
