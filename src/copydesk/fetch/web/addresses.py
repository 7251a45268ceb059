"""Resolve host names to IP addresses by DNS, and refuse connections to private addresses.

The resolver needs no threads and no queue. The guard is asked for every address at the moment of
connecting, so that no name, no second DNS answer and no redirect can go around it.
"""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import socket
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from copydesk.errors import ConfigError, FetchError

if TYPE_CHECKING:
    import aiodns
    import pycares

_LOOKUP_SECONDS = 5.0
_TRIES = 2
_AT_ONCE = 256  # look-ups that may begin in that time: 512 queries a second, A and AAAA each
_PATIENCE_SECONDS = 0.5  # after this a look-up makes room for the next, and waits on its own
_SHORTEST_SECONDS, _LONGEST_SECONDS = 60.0, 3_600.0
_MOST_KEPT = 20_000
_BAD_NAME = 8  # ARES_EBADNAME
_NO_NAME = "not a valid host name"


class UnknownHostError(FetchError):
    """Raised when a host name cannot be resolved."""


class InvalidHostError(UnknownHostError):
    """Raised when a host name is not valid."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HostAddresses:
    """The IP addresses of a host name and how long they are valid, by the event loop's clock."""

    addresses: tuple[tuple[socket.AddressFamily, str], ...]
    until: float
    took: float


class Resolver:
    """A DNS resolver that caches addresses as long as their DNS records allow (a minute to an
    hour).

    A silent name server delays each name by at most five seconds, and no other names: a look-up
    that is not answered in half a second makes room for the next. /etc/hosts is read.
    """

    def __init__(self, nameservers: Sequence[str], limit_seconds: float) -> None:
        self._nameservers = [parse_server(server) for server in nameservers]
        self._limit = min(limit_seconds, _LOOKUP_SECONDS)
        self._places = asyncio.Semaphore(_AT_ONCE)
        self._kept: dict[str, HostAddresses] = {}
        self._resolver: aiodns.DNSResolver | None = None

    async def close(self) -> None:
        """Cancel the DNS look-ups that are under way."""
        if self._resolver is not None:
            await self._resolver.close()
            self._resolver = None

    def knows(self, host: str) -> bool:
        """Return whether a host needs no DNS look-up: it is an IP address or is in the cache."""
        if host[-1:] == "]" or host[-1:].isdigit():  # WHATWG: IPv4 if it ends in a number
            return True
        host_addresses = self._kept.get(host)
        return (
            host_addresses is not None and host_addresses.until > asyncio.get_running_loop().time()
        )

    async def find(self, host: str) -> HostAddresses:
        """Look up the addresses of a host name; raise UnknownHostError if it has none."""
        if self.knows(host):
            return self._kept[host]
        host_addresses = await self._look_up(host)
        if len(self._kept) >= _MOST_KEPT:
            for name in list(self._kept)[: _MOST_KEPT // 2]:
                del self._kept[name]
        self._kept[host] = host_addresses
        return host_addresses

    async def _look_up(self, host: str) -> HostAddresses:
        loop = asyncio.get_running_loop()
        try:
            async with self._places:
                began = loop.time()
                question = self._ask(host)
                await asyncio.wait({question}, timeout=min(_PATIENCE_SECONDS, self._limit))
            async with asyncio.timeout_at(began + self._limit):
                answer = await question
        except TimeoutError as error:
            raise UnknownHostError(
                f"no DNS server answered within {self._limit:g} seconds"
            ) from error
        except UnicodeError as error:
            raise InvalidHostError(_NO_NAME) from error
        except Exception as error:  # aiodns.error.DNSError, which is not imported here
            raise _name_error(error) from error
        return _read_answer(answer, began, loop.time())

    def _ask(self, host: str) -> asyncio.Future[pycares.AddrInfoResult]:
        import aiodns

        if self._resolver is None:
            # the timeout doubles with each try, so that both fit into the limit
            first_try = self._limit / (2**_TRIES - 1)
            self._resolver = aiodns.DNSResolver(
                self._nameservers or None, timeout=first_try, tries=_TRIES
            )
        question = self._resolver.getaddrinfo(
            host, family=socket.AF_UNSPEC, port=0, type=socket.SOCK_STREAM
        )
        question.add_done_callback(_discard)
        return question


def parse_server(text: str) -> str:
    """Format a name server's address for c-ares: `1.2.3.4`, `1.2.3.4:53`, `::1`, `[::1]:53`."""
    address, port = text.strip(), ""
    if address.startswith("["):
        address, closed, port = address[1:].partition("]")
        port = port.removeprefix(":") if closed else "none"
    elif address.count(":") == 1:
        address, _, port = address.partition(":")
    with contextlib.suppress(ValueError):
        parsed = ipaddress.ip_address(address)
        if not port or (port.isdecimal() and 0 < int(port) < 65_536):
            bare = f"[{parsed}]" if parsed.version == 6 else str(parsed)
            return f"{bare}:{port or 53}"
    raise ConfigError(
        f"not the address of a DNS server: {text}",
        subject="fetch.nameservers",
        hint='write an IP address, with the port if it is not 53: "192.0.2.1" or "[::1]:5353"',
    )


def _read_answer(answer: pycares.AddrInfoResult, began: float, now: float) -> HostAddresses:
    addresses = tuple(_addresses(answer))
    if not addresses:
        raise UnknownHostError("the host has no IP address")
    seconds = min((node.ttl for node in answer.nodes), default=0)
    kept_seconds = min(max(seconds, _SHORTEST_SECONDS), _LONGEST_SECONDS)
    return HostAddresses(addresses=addresses, until=now + kept_seconds, took=now - began)


def _addresses(answer: pycares.AddrInfoResult) -> Iterable[tuple[socket.AddressFamily, str]]:
    for node in answer.nodes:
        if node.family in {socket.AF_INET, socket.AF_INET6}:
            yield socket.AddressFamily(node.family), node.addr[0].decode("ascii", "replace")


def _discard(question: asyncio.Future[pycares.AddrInfoResult]) -> None:
    """Ignore the exception of a DNS look-up whose result nobody wants any more."""
    if not question.cancelled():
        question.exception()


def _name_error(error: Exception) -> UnknownHostError:
    """Return the error for a failure reported by a name server or by c-ares."""
    if error.args and error.args[0] == _BAD_NAME:
        return InvalidHostError(_NO_NAME)
    return UnknownHostError(str(error.args[1]) if len(error.args) > 1 else str(error))


_GLOBAL_V6 = ipaddress.IPv6Network("2000::/3")  # all addresses that IANA assigns as global unicast
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")  # RFC 6052: an IPv4 address in the last 32 bits
# Never those of a web site, though the library calls them global:
_NOT_FOR_US = (
    ipaddress.IPv4Network("168.63.129.16/32"),  # Azure's services for its own machines
    ipaddress.IPv4Network("192.0.0.0/24"),  # protocol assignments; .192 is Oracle's metadata
)

Target = tuple[int, int, int, str, tuple[str, int] | tuple[str, int, int, int]]


class AddressRefusedError(OSError):
    """Raised when the IP address of a host is not public.

    Its text is always the same: aiohappyeyeballs raises the first of several errors only when all
    have the same text, and a name with only private addresses must raise this error.
    """

    def __init__(self, address: str) -> None:
        super().__init__("not a public address")
        self.address = address


def is_public(address: str) -> bool:
    """Return whether an IP address is on the public internet; False for an invalid address."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(parsed, ipaddress.IPv6Address):
        return _is_public_v6(parsed)
    return _is_public_v4(parsed)


def _is_public_v4(address: ipaddress.IPv4Address) -> bool:
    if any(address in network for network in _NOT_FOR_US):
        return False
    return address.is_global and not (address.is_multicast or address.is_reserved)


def _is_public_v6(address: ipaddress.IPv6Address) -> bool:
    """Return whether an IPv6 address, or an IPv4 address embedded in it, is public."""
    if address.ipv4_mapped is not None:
        return _is_public_v4(address.ipv4_mapped)
    if address in _NAT64:
        return _is_public_v4(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
    if address.sixtofour is not None:
        return _is_public_v4(address.sixtofour)
    return address in _GLOBAL_V6 and address.is_global and not address.is_multicast


def guard(is_allowed: Callable[[str], bool]) -> Callable[[Target], socket.socket]:
    """Return a function that opens sockets to allowed IP addresses and raises an error for all
    others.
    """

    def open_socket(target: Target) -> socket.socket:
        family, kind, protocol, _, address = target
        if not is_allowed(str(address[0])):
            raise AddressRefusedError(str(address[0]))
        return socket.socket(family=family, type=kind, proto=protocol)

    return open_socket
