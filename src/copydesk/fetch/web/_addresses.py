"""From host names to IP addresses: a DNS resolver, and the guard against private addresses.

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
_AT_ONCE = 256  # look-ups that may begin in one patience: 512 questions a second, A and AAAA each
_PATIENCE_SECONDS = 0.5  # after it a look-up gives its place to the next, and waits on its own
_SHORTEST_SECONDS, _LONGEST_SECONDS = 60.0, 3_600.0
_MOST_KEPT = 20_000
_BAD_NAME = 8  # ARES_EBADNAME
_NO_NAME = "not a name of a host"


class UnknownHostError(FetchError):
    """Report a host whose name leads nowhere."""


class InvalidHostError(UnknownHostError):
    """Report a host that is called as none can be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HostAddresses:
    """The addresses of a name, each with its family; both times are the loop's, in seconds."""

    addresses: tuple[tuple[socket.AddressFamily, str], ...]
    until: float
    took: float


class Resolver:
    """The addresses behind names, kept as long as their records say (one minute to one hour).

    A silent name server costs each name at most five seconds and nobody else's name anything: a
    look-up that is not answered in half a second makes room for the next. /etc/hosts is read.
    """

    def __init__(self, nameservers: Sequence[str], limit_seconds: float) -> None:
        self._nameservers = [parse_server(server) for server in nameservers]
        self._limit = min(limit_seconds, _LOOKUP_SECONDS)
        self._places = asyncio.Semaphore(_AT_ONCE)
        self._kept: dict[str, HostAddresses] = {}
        self._resolver: aiodns.DNSResolver | None = None

    async def close(self) -> None:
        """Abandon what is still looked for."""
        if self._resolver is not None:
            await self._resolver.close()
            self._resolver = None

    def knows(self, host: str) -> bool:
        """Decide whether nothing needs to be asked: an IP address, or a name that is known."""
        if host[-1:] == "]" or host[-1:].isdigit():  # WHATWG: ends in a number, is IPv4
            return True
        host_addresses = self._kept.get(host)
        return (
            host_addresses is not None and host_addresses.until > asyncio.get_running_loop().time()
        )

    async def find(self, host: str) -> HostAddresses:
        """Look up the addresses of a name; raise UnknownHostError where it has none."""
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
                f"no name server answered within {self._limit:g} seconds"
            ) from error
        except UnicodeError as error:
            raise InvalidHostError(_NO_NAME) from error
        except Exception as error:  # aiodns.error.DNSError, which is not loaded here
            raise _name_error(error) from error
        return _read_answer(answer, began, loop.time())

    def _ask(self, host: str) -> asyncio.Future[pycares.AddrInfoResult]:
        import aiodns

        if self._resolver is None:
            # doubles with each try, so that both fit into the limit
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
    """Spell a name server as c-ares wants it: `1.2.3.4`, `1.2.3.4:53`, `::1`, `[::1]:53`."""
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
        f"not the address of a name server: {text}",
        subject="fetch.nameservers",
        hint='write an IP address, with a port where it is not 53: "192.0.2.1" or "[::1]:5353"',
    )


def _read_answer(answer: pycares.AddrInfoResult, began: float, now: float) -> HostAddresses:
    addresses = tuple(_addresses(answer))
    if not addresses:
        raise UnknownHostError("it has no address")
    seconds = min((node.ttl for node in answer.nodes), default=0)
    kept_seconds = min(max(seconds, _SHORTEST_SECONDS), _LONGEST_SECONDS)
    return HostAddresses(addresses=addresses, until=now + kept_seconds, took=now - began)


def _addresses(answer: pycares.AddrInfoResult) -> Iterable[tuple[socket.AddressFamily, str]]:
    for node in answer.nodes:
        if node.family in {socket.AF_INET, socket.AF_INET6}:
            yield socket.AddressFamily(node.family), node.addr[0].decode("ascii", "replace")


def _discard(question: asyncio.Future[pycares.AddrInfoResult]) -> None:
    """Take note of an answer that nobody waits for any more."""
    if not question.cancelled():
        question.exception()


def _name_error(error: Exception) -> UnknownHostError:
    """Return the error that tells what a name server, or its library, said."""
    if error.args and error.args[0] == _BAD_NAME:
        return InvalidHostError(_NO_NAME)
    return UnknownHostError(str(error.args[1]) if len(error.args) > 1 else str(error))


_GLOBAL_V6 = ipaddress.IPv6Network("2000::/3")  # all that IANA hands out as global unicast
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")  # RFC 6052: an IPv4 address in the last 32 bits
# Never a web site's, though the library calls them public:
_NOT_FOR_US = (
    ipaddress.IPv4Network("168.63.129.16/32"),  # Azure answers here for its own machines
    ipaddress.IPv4Network("192.0.0.0/24"),  # protocol assignments; .192 is Oracle's metadata
)

Target = tuple[int, int, int, str, tuple[str, int] | tuple[str, int, int, int]]


class AddressRefusedError(OSError):
    """Report an address that is not public.

    Its text is always the same: aiohappyeyeballs raises the first error of several only when all
    read alike, and a name whose every address is private must come out as this very error.
    """

    def __init__(self, address: str) -> None:
        super().__init__("not a public address")
        self.address = address


def is_public(address: str) -> bool:
    """Decide whether an IP address belongs to the public internet; what is no address does not."""
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
    """Judge a v6 address, and the v4 address that it may hide."""
    if address.ipv4_mapped is not None:
        return _is_public_v4(address.ipv4_mapped)
    if address in _NAT64:
        return _is_public_v4(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
    if address.sixtofour is not None:
        return _is_public_v4(address.sixtofour)
    return address in _GLOBAL_V6 and address.is_global and not address.is_multicast


def guard(is_allowed: Callable[[str], bool]) -> Callable[[Target], socket.socket]:
    """Return what makes the sockets for connections to allowed addresses, and refuses others."""

    def open_socket(target: Target) -> socket.socket:
        family, kind, protocol, _, address = target
        if not is_allowed(str(address[0])):
            raise AddressRefusedError(str(address[0]))
        return socket.socket(family=family, type=kind, proto=protocol)

    return open_socket
