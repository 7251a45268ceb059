"""Ask the network: one request goes out, through the address guard and within the limits."""

from __future__ import annotations

from copydesk.fetch.web._address import AddressRefusedError, is_public, public_socket
from copydesk.fetch.web._names import Names, server_of
from copydesk.fetch.web._sockets import Kept, idle_seconds, raised_file_limit, room_for_idle
from copydesk.fetch.web._web import Web

__all__ = [
    "AddressRefusedError",
    "Kept",
    "Names",
    "Web",
    "idle_seconds",
    "is_public",
    "public_socket",
    "raised_file_limit",
    "room_for_idle",
    "server_of",
]
