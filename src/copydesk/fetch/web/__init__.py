"""Send one HTTP request to the network, within limits of size and time, and to public addresses
only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from copydesk.kit import faces

if TYPE_CHECKING:
    from copydesk.fetch.web._connections import IdleConnections as IdleConnections
    from copydesk.fetch.web._connections import idle_limit as idle_limit
    from copydesk.fetch.web._connections import idle_seconds as idle_seconds
    from copydesk.fetch.web._connections import raise_file_limit as raise_file_limit
    from copydesk.fetch.web._web import Web as Web
else:
    __getattr__ = faces.import_on_demand(__name__, __file__)
