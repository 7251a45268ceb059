"""Ask with manners over any raw fetcher: robots.txt, one request at a time, pauses, redirects."""

from __future__ import annotations

from copydesk.fetch.polite._limits import MemoryLimits
from copydesk.fetch.polite._notes import HostRecord, HostStore, Notes, RobotsRecord
from copydesk.fetch.polite._polite import Finder, Polite
from copydesk.fetch.polite._redirects import next_hop
from copydesk.fetch.polite._status import refusal

__all__ = [
    "Finder",
    "HostRecord",
    "HostStore",
    "MemoryLimits",
    "Notes",
    "Polite",
    "RobotsRecord",
    "next_hop",
    "refusal",
]
