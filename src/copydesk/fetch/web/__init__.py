"""Ask the network: one request goes out, through the address guard and within the limits."""

from __future__ import annotations

from copydesk.fetch.web._address import AddressRefusedError as AddressRefusedError
from copydesk.fetch.web._address import guard as guard
from copydesk.fetch.web._address import is_public as is_public
from copydesk.fetch.web._resolver import Resolver as Resolver
from copydesk.fetch.web._resolver import parse_server as parse_server
from copydesk.fetch.web._sockets import IdleConnections as IdleConnections
from copydesk.fetch.web._sockets import idle_limit as idle_limit
from copydesk.fetch.web._sockets import idle_seconds as idle_seconds
from copydesk.fetch.web._sockets import raise_file_limit as raise_file_limit
from copydesk.fetch.web._web import Web as Web
