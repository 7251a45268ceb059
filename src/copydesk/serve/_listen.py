"""Listen: the server from the first connection to the last."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import resource
import socket
from collections.abc import AsyncIterator, Sequence
from email.utils import formatdate

from starlette.types import ASGIApp
from uvicorn.config import Config
from uvicorn.server import ServerState

from copydesk.serve._address import Address, open_sockets
from copydesk.serve._connections import ConnectionLimits, Connections
from copydesk.serve._entrance import Entrance, Newcomer
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
