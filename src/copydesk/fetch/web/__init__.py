"""Ask the network: one request goes out, through the address guard and within the limits."""

from __future__ import annotations

from copydesk.fetch.web._address import AddressRefusedError, guard, is_public
from copydesk.fetch.web._resolver import Resolver, parse_server
from copydesk.fetch.web._sockets import IdleConnections, idle_limit, idle_seconds, raise_file_limit
from copydesk.fetch.web._web import Web

__all__ = [
    "AddressRefusedError",
    "IdleConnections",
    "Resolver",
    "Web",
    "guard",
    "idle_limit",
    "idle_seconds",
    "is_public",
    "parse_server",
    "raise_file_limit",
]
