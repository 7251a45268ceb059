"""Notify others of changed stories and pages: webhooks, search engines, WebSub hubs. Does no I/O.

Each channel of stories is one class, which has the options of its block in beat.toml and makes its
requests: `CHANNELS`. Each service that is told of a deploy is one row of `PINGS`. `PostChannel` has
the settings of an account that stories are posted to. What is pending, and when it is sent again,
is the work of the room `building`.
"""

from __future__ import annotations

from copydesk.channels._pings import INDEX_NOW_MOST as INDEX_NOW_MOST
from copydesk.channels._pings import PINGS as PINGS
from copydesk.channels._pings import Ping as Ping
from copydesk.channels._pings import listeners as listeners
from copydesk.channels._pings import pings as pings
from copydesk.channels._post import POST_FIELDS as POST_FIELDS
from copydesk.channels._post import PostChannel as PostChannel
from copydesk.channels._post import PostNetwork as PostNetwork
from copydesk.channels._post import PostVisibility as PostVisibility
from copydesk.channels._webhook import Channel as Channel
from copydesk.channels._webhook import Request as Request
from copydesk.channels._webhook import SiteEventKind as SiteEventKind
from copydesk.channels._webhook import Webhook as Webhook

CHANNELS: tuple[type[Channel], ...] = (Webhook,)
