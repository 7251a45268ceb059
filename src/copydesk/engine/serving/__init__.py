"""Serving: the published site over HTTP, rounds when they are due, subscriptions to hubs.

A newsroom goes in; it is served, and goes on publishing, until the process is told to stop.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from copydesk.kit import faces

if TYPE_CHECKING:
    from copydesk.engine.serving._audience import AudienceCounts as AudienceCounts
    from copydesk.engine.serving._audience import client_of as client_of
    from copydesk.engine.serving._due import NewsroomFolder as NewsroomFolder
    from copydesk.engine.serving._due import what_is_due as what_is_due
    from copydesk.engine.serving._rounds import Rounds as Rounds
    from copydesk.engine.serving._rounds import run_in_child as run_in_child
    from copydesk.engine.serving._rounds import wait_after_hub_push as wait_after_hub_push
    from copydesk.engine.serving._serve import Address as Address
    from copydesk.engine.serving._serve import listening as listening
    from copydesk.engine.serving._serve import serve as serve
    from copydesk.engine.serving._serve import serve_site as serve_site
    from copydesk.engine.serving._serve import with_time as with_time
    from copydesk.engine.serving._site import Site as Site
    from copydesk.engine.serving._subscriber import Subscriber as Subscriber
else:
    __getattr__ = faces.import_on_demand(__name__, __file__)
