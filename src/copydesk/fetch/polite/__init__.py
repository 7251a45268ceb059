"""Ask with manners over any raw fetcher: robots.txt, one request at a time, pauses, redirects."""

from __future__ import annotations

from copydesk.fetch.polite._limits import MemoryLimits as MemoryLimits
from copydesk.fetch.polite._notes import HostRecord as HostRecord
from copydesk.fetch.polite._notes import HostStore as HostStore
from copydesk.fetch.polite._notes import Notes as Notes
from copydesk.fetch.polite._notes import RobotsRecord as RobotsRecord
from copydesk.fetch.polite._notes import find_pause as find_pause
from copydesk.fetch.polite._polite import Finder as Finder
from copydesk.fetch.polite._polite import Polite as Polite
from copydesk.fetch.polite._redirects import next_hop as next_hop
from copydesk.fetch.polite._status import refusal as refusal
