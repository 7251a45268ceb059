"""Send one HTTP request to the network, within limits, and to public addresses only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from copydesk.kit import faces

if TYPE_CHECKING:
    from copydesk.fetch.web._addresses import AddressRefusedError as AddressRefusedError
    from copydesk.fetch.web._addresses import Resolver as Resolver
    from copydesk.fetch.web._addresses import guard as guard
    from copydesk.fetch.web._addresses import is_public as is_public
    from copydesk.fetch.web._addresses import parse_server as parse_server
    from copydesk.fetch.web._connections import IdleConnections as IdleConnections
    from copydesk.fetch.web._connections import idle_limit as idle_limit
    from copydesk.fetch.web._connections import idle_seconds as idle_seconds
    from copydesk.fetch.web._connections import raise_file_limit as raise_file_limit
    from copydesk.fetch.web._web import Web as Web
else:
    __getattr__ = faces.import_on_demand(__name__, __file__)
