"""Serve the Model Context Protocol (MCP): agents read stories and propose editors' actions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from copydesk.kit import faces

if TYPE_CHECKING:
    from copydesk.desk.agents._tools import TOOLS as TOOLS
    from copydesk.desk.agents._transports import open_mcp as open_mcp
    from copydesk.desk.agents._transports import serve_stdio as serve_stdio
else:
    __getattr__ = faces.import_on_demand(__name__, __file__)
