"""The web server of `copydesk serve`: the built site, the editors' web interface, and background
work.

It contains no news logic: `background` runs rounds, WebSub subscriptions and page view counts.
"""

from typing import TYPE_CHECKING

from copydesk.kit import faces

if TYPE_CHECKING:
    from copydesk.serve._app import HubCalls as HubCalls
    from copydesk.serve._app import PresentApp as PresentApp
    from copydesk.serve._app import WebApp as WebApp
    from copydesk.serve._clients import ConnectionLimits as ConnectionLimits
    from copydesk.serve._clients import Connections as Connections
    from copydesk.serve._clients import FrontWatch as FrontWatch
    from copydesk.serve._clients import client_of as client_of
    from copydesk.serve._clients import count_views_in as count_views_in
    from copydesk.serve._clients import has_token as has_token
    from copydesk.serve._clients import is_from_here as is_from_here
    from copydesk.serve._clients import trust as trust
    from copydesk.serve._health import Metrics as Metrics
    from copydesk.serve._health import full_route as full_route
    from copydesk.serve._health import health_route as health_route
    from copydesk.serve._health import metrics_route as metrics_route
    from copydesk.serve._health import ready_route as ready_route
    from copydesk.serve._listen import Address as Address
    from copydesk.serve._listen import limit_connections as limit_connections
    from copydesk.serve._listen import listening as listening
    from copydesk.serve._serve import serve as serve
    from copydesk.serve._serve import serve_demo as serve_demo
    from copydesk.serve._serve import serve_site as serve_site
    from copydesk.serve._site import PackedTexts as PackedTexts
    from copydesk.serve._site import Site as Site
    from copydesk.serve._site import first_page_of as first_page_of
else:
    __getattr__ = faces.import_on_demand(__name__, __file__)
