"""Asker: whether a request comes from this machine or was passed on, and what token it brings."""

from __future__ import annotations

import hmac
import ipaddress
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from copydesk.engine import FrontServer
from copydesk.kit import urls

_HERE = re.compile(r"(?i)(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?")
# what web servers, load balancers and content networks say of whom they ask for
_PASSED_ON = re.compile(
    r"(x-(original-)?)?forwarded(-.+)?|via|x-real-.+|cdn-loop|cf-(connecting-.+|ray)"
    r"|(x-)?(true-|real-|cluster-|fastly-|fly-|azure-|original-|remote-|envoy-external-)?"
    r"(client|remote|originating)-?(ip|addr(ess)?)|x-envoy-.+|x-azure-.+|x-amzn-trace-id"
)
# this machine, private networks and those of providers (RFC 6598), links
_NEAR_NETWORKS = (
    *("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"),
    *("169.254.0.0/16", "::1/128", "fc00::/7", "fe80::/10"),
)
_NEAR = tuple(map(ipaddress.ip_network, _NEAR_NETWORKS))
_ENOUGH = 5  # requests that were passed on
_MENDED = 100  # in a row that say who asks, after one that did not
_MOST_PEERS = 256  # of which something is known; a network may have any number
_MOST_SERVERS = 8
_SEEN_EVERY = timedelta(days=1)
_BEARER = re.compile(r"(?i)bearer +(\S+)")


def is_from_here(scope: Scope, public_url: str, desk_host: str = "") -> bool:
    """Decide whether a request comes from somebody who sits at this machine.

    A web server in front of this one asks from the loopback, too. So what is asked for must be this
    machine's own name, nothing may say that it was passed on, and this server must not be meant for
    others: `desk_host` is "", and `public_url` is "" or this machine's own name.
    """
    is_for_others = bool(desk_host) or urls.is_for_others(public_url)
    return not is_for_others and _asks_for_here(scope) and not is_passed_on(scope)


def is_passed_on(scope: Scope) -> bool:
    """Decide whether a request says that a web server passes it on.

    HTTP/1.0 over the loopback says so, too: nginx speaks it to what is behind it unless it is told
    otherwise, and no browser does.
    """
    is_old = scope.get("http_version") == "1.0" and _is_loopback(scope)
    return is_old or any(_PASSED_ON.fullmatch(name) for name in Headers(scope=scope))


def has_token(scope: Scope, token: str) -> bool:
    """Decide whether a request brings this token as a bearer; an empty one opens nothing."""
    found = _BEARER.fullmatch(Headers(scope=scope).get("Authorization", ""))
    brought = found[1].encode() if found else b""
    return bool(token) and hmac.compare_digest(token.encode(), brought)


@dataclass(slots=True)
class _Peer:
    """What the requests from one address have said so far."""

    passed_on: int = 0
    tells_client: bool = True
    telling: int = 0  # the last ones in a row that said who asks
    is_mixed: bool = False

    def count(self, *, was_passed_on: bool, tells_client: bool) -> None:
        """Count a request; one that does not say who asks outweighs many that do."""
        self.is_mixed |= not was_passed_on
        self.passed_on += was_passed_on
        self.telling = self.telling + 1 if tells_client else 0
        self.tells_client = tells_client and (self.tells_client or self.telling >= _MENDED)


class FrontWatch:
    """Find out which web servers pass requests on to this one: `found`, by the requests alone.

    That is a machine of a private network, or this one, which says of each of its requests that it
    was passed on, but for those that ask for this machine's own name. One that also sends others is
    none: strangers may come by it as they are (the gateway of a container), and say what they like.
    `known` were found before; `keep` is called with all whenever they change.
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
        """Return the web servers that were found, the first ones first."""
        return tuple(self._found.values())

    def look_through(self, app: ASGIApp) -> ASGIApp:
        """Return an app that looks at each request before `app` answers it."""

        async def answer(scope: Scope, receive: Receive, send: Send) -> None:
            self.look(scope)
            await app(scope, receive, send)

        return answer

    def look(self, scope: Scope) -> None:
        """Look at a request."""
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
        """Note what is known of a web server now, where that differs from before."""
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
    """Decide whether a request from the loopback asks for this machine by its own name."""
    hosts = Headers(scope=scope).getlist("Host")
    return _is_loopback(scope) and len(hosts) == 1 and _HERE.fullmatch(hosts[0]) is not None


def _is_loopback(scope: Scope) -> bool:
    address = _find_peer(scope)
    return address is not None and address.is_loopback


def _find_peer(scope: Scope) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """Return the address that a request came from, None where it is none."""
    client = scope.get("client")
    try:
        address = ipaddress.ip_address(client[0] if client else "")
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address
