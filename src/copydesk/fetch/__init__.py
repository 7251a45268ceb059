"""Fetch web pages politely: a Request goes in, a Page, NotModified or Refused comes out.

    crawling ── Polite ── Recorder ── Web      (the network)
       │          └────── Replay   (recorded answers)
       ├ robots.txt of every host, redirects hop by hop, statuses judged
       ├ one request at a time for each host, with a pause after each answer
       └ changes: what was learned about hosts, to be stored for the next run

Web, Replay and Recorder are raw fetchers: one request, no redirect followed, any status returned.
Only Web opens sockets, and only to public addresses, unless the newsroom allows a host by name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from copydesk.kit import faces

if TYPE_CHECKING:
    from copydesk.fetch.messages import Clock as Clock
    from copydesk.fetch.messages import VirtualClock as VirtualClock
    from copydesk.fetch.messages import WallClock as WallClock
    from copydesk.fetch.warc import Recorder as Recorder
    from copydesk.fetch.warc import Replay as Replay
else:
    __getattr__ = faces.import_on_demand(__name__, __file__)
