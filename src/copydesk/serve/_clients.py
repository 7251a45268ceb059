"""Identify clients (this machine, programs with a token, visitors, those behind a proxy), and limit
their connections.
"""

from __future__ import annotations

import functools
import hmac
import ipaddress
import re
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, Protocol

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from copydesk.background import AudienceCounts
from copydesk.kit import tables, urls
from copydesk.newsroom.checks import FrontServer

_HERE = re.compile(r"(?i)(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?")
# headers in which proxies, load balancers and CDNs name their client
_PASSED_ON = re.compile(
    r"(x-(original-)?)?forwarded(-.+)?|via|x-real-.+|cdn-loop|cf-(connecting-.+|ray)"
    r"|(x-)?(true-|real-|cluster-|fastly-|fly-|azure-|original-|remote-|envoy-external-)?"
    r"(client|remote|originating)-?(ip|addr(ess)?)|x-envoy-.+|x-azure-.+|x-amzn-trace-id"
)
# loopback, private, carrier-grade NAT (RFC 6598) and link-local networks
_NEAR_NETWORKS = (
    *("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"),
    *("169.254.0.0/16", "::1/128", "fc00::/7", "fe80::/10"),
)
_NEAR = tuple(map(ipaddress.ip_network, _NEAR_NETWORKS))
_ENOUGH = 5  # proxied requests after which a peer counts as a proxy
_MENDED = 100  # in a row that name their client, after one that did not
_MOST_PEERS = 256  # to remember; a network may have any number
_MOST_SERVERS = 8
_SEEN_EVERY = timedelta(days=1)
_BEARER = re.compile(r"(?i)bearer +(\S+)")


def is_from_here(scope: Scope, public_url: str, desk_host: str = "") -> bool:
    """Return whether a request comes from a person who sits at this machine.

    A proxy in front of this server also connects from the loopback. So the requested host must be
    this machine's own name, no header may show a proxy, and the server must not be public:
    `desk_host` is "", and `public_url` is "" or this machine's own name.
    """
    is_for_others = bool(desk_host) or urls.is_for_others(public_url)
    return not is_for_others and _asks_for_here(scope) and not is_passed_on(scope)


def is_passed_on(scope: Scope) -> bool:
    """Return whether a request has headers that show that a proxy forwarded it.

    HTTP/1.0 over the loopback shows it, too: nginx uses it for its backends by default, and no
    browser does.
    """
    is_old = scope.get("http_version") == "1.0" and _is_loopback(scope)
    return is_old or any(_PASSED_ON.fullmatch(name) for name in Headers(scope=scope))


def has_token(scope: Scope, token: str) -> bool:
    """Return whether a request has this bearer token; an empty token never matches."""
    found = _BEARER.fullmatch(Headers(scope=scope).get("Authorization", ""))
    brought = found[1].encode() if found else b""
    return bool(token) and hmac.compare_digest(token.encode(), brought)


@dataclass(slots=True)
class _Peer:
    """Counts of the requests from one IP address."""

    passed_on: int = 0
    tells_client: bool = True
    telling: int = 0  # the latest requests in a row that named their client
    is_mixed: bool = False

    def count(self, *, was_passed_on: bool, tells_client: bool) -> None:
        """Count a request of an address; those that do not name a client weigh more than those that
        do.
        """
        self.is_mixed |= not was_passed_on
        self.passed_on += was_passed_on
        self.telling = self.telling + 1 if tells_client else 0
        self.tells_client = tells_client and (self.tells_client or self.telling >= _MENDED)


class FrontWatch:
    """Detects the reverse proxies in front of this server by their requests; `found` lists them.

    A proxy is this machine or one of a private network whose requests all show that they were
    passed on, except those for this machine's own name. A peer that also sends other requests is no
    proxy: it may forward clients unchanged (such as a container's gateway), with headers of their
    choice. `known` are those found before; `keep` is called with all of them whenever they change.
    """

    def __init__(
        self,
        known: Sequence[FrontServer],
        keep: Callable[[tuple[FrontServer, ...]], None],
        now: Callable[[], datetime],
    ) -> None:
        self._found = {server.address: server for server in known}
        self._keep = keep
        self._now = now
        self._peers = {each.address: _Peer(_ENOUGH, each.tells_client) for each in known}

    @property
    def found(self) -> tuple[FrontServer, ...]:
        """Return the reverse proxies in the order in which they were found."""
        return tuple(self._found.values())

    def look_through(self, app: ASGIApp) -> ASGIApp:
        """Return an app that checks each request for reverse proxies, then passes it to `app`."""

        async def answer(scope: Scope, receive: Receive, send: Send) -> None:
            self.look(scope)
            await app(scope, receive, send)

        return answer

    def look(self, scope: Scope) -> None:
        """Check whether a request came through a reverse proxy, and update the list of proxies."""
        address = _find_peer(scope)
        if address is None or not any(address in network for network in _NEAR):
            return
        name, was_passed_on = str(address), is_passed_on(scope)
        if not was_passed_on and _asks_for_here(scope):
            return
        if name not in self._peers and len(self._peers) >= _MOST_PEERS:
            return
        peer = self._peers.setdefault(name, _Peer())
        tells_client = "X-Forwarded-For" in Headers(scope=scope)
        peer.count(was_passed_on=was_passed_on, tells_client=tells_client)
        self._settle(name, peer)

    def _settle(self, name: str, peer: _Peer) -> None:
        """Add, change or remove a reverse proxy if the counts of its requests show that."""
        before = self._found.get(name)
        if peer.is_mixed or peer.passed_on < _ENOUGH:
            if before is not None:
                del self._found[name]
                self._keep(self.found)
            return
        now = self._now()
        is_new = before is None and len(self._found) < _MOST_SERVERS
        is_other = before is not None and (
            before.tells_client != peer.tells_client or now - before.seen >= _SEEN_EVERY
        )
        if is_new or is_other:
            self._found[name] = FrontServer(address=name, tells_client=peer.tells_client, seen=now)
            self._keep(self.found)


def _asks_for_here(scope: Scope) -> bool:
    """Return whether a local request has a name of this machine in its Host header."""
    hosts = Headers(scope=scope).getlist("Host")
    return _is_loopback(scope) and len(hosts) == 1 and _HERE.fullmatch(hosts[0]) is not None


def _is_loopback(scope: Scope) -> bool:
    address = _find_peer(scope)
    return address is not None and address.is_loopback


def _find_peer(scope: Scope) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """Return the IP address that a request came from, None if it has none."""
    client = scope.get("client")
    try:
        address = ipaddress.ip_address(client[0] if client else "")
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


PageShelf = Literal["news", "newsletter"]
"""What pages that are counted lie below: stories, and letters' issues."""

_BROWSER = re.compile(r"(Mozilla|Opera)/\d")
# bots put a URL into their User-Agent, browsers do not; Cubot is a brand of phones
_MACHINE = re.compile(r"(?i)(?<!cu)bot|crawl|spider|slurp|preview|headless|monitor|scan|https?:|@")
_PURPOSE_HEADERS = ("Sec-Purpose", "Purpose", "X-Purpose", "X-Moz")
_PREFETCH = re.compile(r"(?i)prefetch|prerender|preview")
_FETCHERS = tables.read_rows(__package__, "preview_fetchers.toml", tuple[str, ...])
_FETCHER = re.compile(
    "|".join(f"(?P<{name}>{'|'.join(map(re.escape, marks))})" for name, marks in _FETCHERS.items())
)


def trust(networks: Sequence[str]) -> Callable[[str], bool]:
    """Return a function that tells whether an IP address is in any of these networks."""
    trusted = [ipaddress.ip_network(network) for network in networks]

    @functools.lru_cache(maxsize=1_000)
    def is_trusted(address: str) -> bool:
        try:
            found = ipaddress.ip_address(address)
        except ValueError:
            return False
        found = getattr(found, "ipv4_mapped", None) or found
        return any(found in network for network in trusted)

    return is_trusted


def count_views_in(
    audiences: Mapping[PageShelf, AudienceCounts],
    proxies: Sequence[str] = (),
    note_preview: Callable[[str], None] = lambda _network: None,
) -> Callable[[Scope, PageShelf, str], None]:
    """Return a function that counts page views of stories and newsletter issues.

    A fetch for a link preview is no view: `note_preview` is called with its network. The client
    named by one of `proxies` is believed; without proxies, that named by any machine of a private
    network.
    """
    is_proxy = trust(proxies) if proxies else is_of_our_network

    def count_view(scope: Scope, shelf: PageShelf, name: str) -> None:
        headers, audience = Headers(scope=scope), audiences.get(shelf)
        agent = headers.get("User-Agent", "")
        if is_read(scope["method"], headers):
            if audience is not None:
                named = headers.getlist("X-Forwarded-For")
                audience.note(client_of(scope["client"][0], named, is_proxy), agent, name)
        elif scope["method"] == "GET" and (fetcher := _FETCHER.search(agent)):
            note_preview(fetcher.lastgroup or "")

    return count_view


def is_read(method: str, headers: Headers) -> bool:
    """Return whether a request seems to be from a person who reads the page, not from a bot or a
    prefetch.
    """
    agent = headers.get("User-Agent", "")
    return (
        method == "GET"
        and _BROWSER.match(agent) is not None
        and _MACHINE.search(agent) is None
        and headers.get("Sec-Fetch-Dest", "document") == "document"
        and not any(_PREFETCH.search(headers.get(name, "")) for name in _PURPOSE_HEADERS)
    )


def is_of_our_network(address: str) -> bool:
    """Return whether an IP address is of this machine or of a private network."""
    try:
        return ipaddress.ip_address(address).is_private
    except ValueError:
        return False


def client_of(
    peer: str, forwarded: Sequence[str], is_proxy: Callable[[str], bool] = is_of_our_network
) -> str:
    """Return the client's IPv4 address or IPv6 network, given the values of X-Forwarded-For in
    `forwarded`.

    A proxy in front of us appends the address of its client at the end of that header.
    """
    said = ",".join(forwarded)
    if not said or not is_proxy(peer):
        return network_of(peer)
    return network_of(said.rpartition(",")[2].strip())


@functools.lru_cache(maxsize=10_000)
def network_of(address: str) -> str:
    """Return an IPv4 address unchanged; of an IPv6 address its network, since one client has all of
    it.
    """
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address[:100]
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    if found.ipv4_mapped:
        return str(found.ipv4_mapped)
    return str(ipaddress.ip_network((int(found), 64), strict=False).network_address)


# Limit the number of open connections, and choose which to close when there is no room for another.
#
# A process has few file descriptors, and a client that connects and sends nothing takes one. So
# when all places are taken, the connection that has waited longest for a complete request head is
# closed.


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
