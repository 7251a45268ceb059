"""Webhooks: what commits changed on the site goes in; signed calls to whoever wants to know go out.

What is owed stands in the memory, and is tried again until it is heard or a day is over.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from copydesk.kit import faces

if TYPE_CHECKING:
    from copydesk.engine.webhooks._call import call_webhooks as call_webhooks
    from copydesk.engine.webhooks._owed_calls import OwedCalls as OwedCalls
    from copydesk.engine.webhooks._owed_calls import (
        describe_owed_calls as describe_owed_calls,
    )
    from copydesk.engine.webhooks._site_events import SiteEvent as SiteEvent
    from copydesk.engine.webhooks._site_events import note_site_events as note_site_events
else:
    __getattr__ = faces.import_on_demand(__name__, __file__)
