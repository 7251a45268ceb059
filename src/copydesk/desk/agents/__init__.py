"""Agents: what a model asks by MCP goes in; judgements come out, and sources' words marked as such.

They read, and propose what an editor takes or refuses. Only with an editor's token do they decide.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from copydesk.kit import faces

if TYPE_CHECKING:
    from copydesk.desk.agents._tools import TOOLS as TOOLS
    from copydesk.desk.agents._transports import open_mcp as open_mcp
    from copydesk.desk.agents._transports import serve_stdio as serve_stdio
else:
    __getattr__ = faces.import_on_demand(__name__, __file__)
