"""Make a raw fetcher polite: robots.txt, one request at a time for each host, pauses, redirects."""

from __future__ import annotations

from typing import TYPE_CHECKING

from copydesk.kit import faces

if TYPE_CHECKING:
    from copydesk.fetch.polite._answers import next_hop as next_hop
    from copydesk.fetch.polite._answers import refusal as refusal
    from copydesk.fetch.polite._hosts import HostRecord as HostRecord
    from copydesk.fetch.polite._hosts import HostStore as HostStore
    from copydesk.fetch.polite._hosts import MemoryLimits as MemoryLimits
    from copydesk.fetch.polite._hosts import Notes as Notes
    from copydesk.fetch.polite._hosts import RobotsRecord as RobotsRecord
    from copydesk.fetch.polite._hosts import find_pause as find_pause
    from copydesk.fetch.polite._polite import Polite as Polite
else:
    __getattr__ = faces.import_on_demand(__name__, __file__)
