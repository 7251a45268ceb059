"""Limit the number of open connections, and choose which to close when there is no room for a new
one.

A process has few file descriptors, and a client that connects and sends nothing takes one. So when
all places are taken, the connection that has waited longest for a complete request head is closed.
"""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

from copydesk.serve._clients import network_of


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionLimits:
    """The maximum number of open connections, and the timeouts of each step in seconds.

    `an_address` is the number for one client (IPv6: one network). `head` and `body` are the times
    for a complete head and body of a request; an answer is given up when the client reads nothing
    for `write` seconds; `rest` is the time between two requests. Deadlines are checked every `look`
    seconds. At most `pipelined` further requests may wait for the answer to the first one.
    """

    in_all: int = 1_000
    an_address: int = 250
    head_bytes: int = 16_384
    pipelined: int = 50
    head_seconds: float = 10.0
    body_seconds: float = 60.0
    write_seconds: float = 30.0
    rest_seconds: float = 75.0
    look_seconds: float = 1.0


class Held(Protocol):
    """An open HTTP connection of a client; it is closed at `deadline`, by the event loop's
    clock.
    """

    held_for: str
    deadline: float | None

    def end(self) -> None:
        """Close the connection at once, whatever it is doing, and call `leave`."""
        ...


class Connections:
    """The open HTTP connections; those that wait for their client are in order, the oldest first.

    A client for whom `is_trusted` is true, such as a proxy in front of us, may have any number.
    """

    def __init__(
        self, limits: ConnectionLimits, is_trusted: Callable[[str], bool] = lambda _: False
    ) -> None:
        self.limits = limits
        self.refused = 0
        self.gave_way = 0
        self._is_trusted = is_trusted
        self._without_head: OrderedDict[Held, None] = OrderedDict()
        self._slow: OrderedDict[Held, None] = OrderedDict()  # they send a body or receive an answer
        self._busy: OrderedDict[Held, None] = OrderedDict()  # the app is working on their request
        self._clients: Counter[str] = Counter()

    def __len__(self) -> int:
        """Return the number of open connections."""
        return len(self._without_head) + len(self._slow) + len(self._busy)

    def __iter__(self) -> Iterator[Held]:
        """Yield each open connection. Connections may be removed during the iteration."""
        yield from (*self._without_head, *self._slow, *self._busy)

    def name_client(self, peer: str) -> str:
        """Return the client of an IP address: the IPv4 address, or the IPv6 network."""
        return peer if self._is_trusted(peer) else network_of(peer)

    def admit(self, newcomer: Held) -> bool:
        """Add a new connection, which has sent nothing yet. Return False if there is no room."""
        client = newcomer.held_for
        is_one_too_many = self._clients[client] >= self.limits.an_address and not self._is_trusted(
            client
        )
        if is_one_too_many or not (len(self) < self.limits.in_all or self.make_room()):
            self.refused += 1
            return False
        self._clients[client] += 1
        self._without_head[newcomer] = None
        return True

    def make_room(self) -> bool:
        """Close the connection that has waited longest for its client. Return False if none
        waits.
        """
        for waiting in (self._without_head, self._slow):
            if waiting:
                next(iter(waiting)).end()
                self.gave_way += 1
                return True
        return False

    def take_over(self, before: Held, after: Held) -> None:
        """Replace the object `before` of an open connection by `after`, its request head being
        complete.
        """
        self._drop(before)
        self._busy[after] = None

    def wait_for_head(self, connection: Held) -> None:
        """Mark a connection as waiting for its next request."""
        self._move(connection, self._without_head)

    def wait_for_client(self, connection: Held) -> None:
        """Mark a connection as waiting for its client, to send a body or receive an answer."""
        self._move(connection, self._slow)

    def let_work(self, connection: Held) -> None:
        """Mark a connection as waiting for the app."""
        self._move(connection, self._busy)

    def leave(self, connection: Held) -> None:
        """Remove a connection from the open ones; do nothing if it is not among them."""
        if self._drop(connection):
            self._clients[connection.held_for] -= 1
            if not self._clients[connection.held_for]:
                del self._clients[connection.held_for]

    def end_overdue(self, now: float) -> None:
        """Close each connection whose deadline has passed."""
        for connection in self:
            if connection.deadline is not None and connection.deadline <= now:
                connection.end()

    def _move(self, connection: Held, place: OrderedDict[Held, None]) -> None:
        if self._drop(connection):
            place[connection] = None

    def _drop(self, connection: Held) -> bool:
        for place in (self._without_head, self._slow, self._busy):
            if connection in place:
                del place[connection]
                return True
        return False
