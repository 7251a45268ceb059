"""Address: where to listen, and the sockets that do."""

from __future__ import annotations

import errno
import socket
from dataclasses import dataclass

from copydesk.errors import UsageError

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
