"""Make any fetcher polite: obey robots.txt, pause, one request at a time for each host,
redirects.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from copydesk.kit import faces

if TYPE_CHECKING:
    from copydesk.fetch.polite._answers import next_hop as next_hop
    from copydesk.fetch.polite._answers import refusal as refusal
    from copydesk.fetch.polite._polite import Polite as Polite
else:
    __getattr__ = faces.import_on_demand(__name__, __file__)
