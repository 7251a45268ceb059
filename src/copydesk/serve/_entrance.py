"""Entrance: connections are accepted here, and let in once their first request's head is whole.

Most of what a flood of slow clients costs is what each of them is made of. So until its head is
there, a connection is a socket and some bytes; only then a protocol and a transport are made of it.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
from collections.abc import Callable, Sequence

from copydesk.serve._connections import Connections

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
