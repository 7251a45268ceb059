"""Connections: how many there may be, and which one gives way where there is no room for another.

The descriptors of a process are few, and whoever connects and says nothing takes one. So nobody is
waited for at the cost of others: where all places are taken, the connection that has gone longest
without a whole head gives its place up.
"""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

from copydesk.serve._clients import network_of


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionLimits:
    """How many connections there may be, and how long each step of one may take, in seconds.

    `an_address` is how many one client may have (of IPv6: one network). The `head` and the `body`
    of a request come whole in that time; an answer of which the client takes nothing for `write` is
    given up; between two requests a connection may `rest`. The clock is looked at every `look`. Of
    requests that come before the answer to the first one, `pipelined` may wait.
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
    """A connection that is held for a client; it ends at `deadline`, by the loop's clock."""

    held_for: str
    deadline: float | None

    def end(self) -> None:
        """Close it at once, whatever it is doing, and leave."""
        ...


class Connections:
    """The connections that are held, the oldest first of those that wait for their client.

    A client for whom `is_trusted` holds, such as a web server in front of us, may have any number.
    """

    def __init__(
        self, limits: ConnectionLimits, is_trusted: Callable[[str], bool] = lambda _: False
    ) -> None:
        self.limits = limits
        self.refused = 0
        self.gave_way = 0
        self._is_trusted = is_trusted
        self._without_head: OrderedDict[Held, None] = OrderedDict()
        self._slow: OrderedDict[Held, None] = OrderedDict()  # to send a body, to take an answer
        self._busy: OrderedDict[Held, None] = OrderedDict()  # theirs is the turn of the app
        self._clients: Counter[str] = Counter()

    def __len__(self) -> int:
        """Count the connections."""
        return len(self._without_head) + len(self._slow) + len(self._busy)

    def __iter__(self) -> Iterator[Held]:
        """Yield each connection; they may leave meanwhile."""
        yield from (*self._without_head, *self._slow, *self._busy)

    def name_client(self, peer: str) -> str:
        """Return for whom a connection from this address is held."""
        return peer if self._is_trusted(peer) else network_of(peer)

    def admit(self, newcomer: Held) -> bool:
        """Take a connection in, which has sent nothing yet; False: there is no room for it."""
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
        """End the connection that is waited for longest, if any is; decide whether one was."""
        for waiting in (self._without_head, self._slow):
            if waiting:
                next(iter(waiting)).end()
                self.gave_way += 1
                return True
        return False

    def take_over(self, before: Held, after: Held) -> None:
        """Hold `after` in the place of `before`, whose head is whole."""
        self._drop(before)
        self._busy[after] = None

    def wait_for_head(self, connection: Held) -> None:
        """Put a connection where it waits for its next request."""
        self._move(connection, self._without_head)

    def wait_for_client(self, connection: Held) -> None:
        """Put a connection where it waits for the rest of a body, or for an answer to be taken."""
        self._move(connection, self._slow)

    def let_work(self, connection: Held) -> None:
        """Put a connection where it waits for us."""
        self._move(connection, self._busy)

    def leave(self, connection: Held) -> None:
        """Hold a connection no longer; nothing where it left before."""
        if self._drop(connection):
            self._clients[connection.held_for] -= 1
            if not self._clients[connection.held_for]:
                del self._clients[connection.held_for]

    def end_overdue(self, now: float) -> None:
        """End each connection whose deadline has passed."""
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
