"""The address guard: which IP addresses a stranger may send us to.

Asked for every address at the moment of connecting, so that no name, no second answer of a name
server and no redirect can go around it.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable

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
