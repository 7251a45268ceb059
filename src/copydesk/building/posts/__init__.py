"""Post stories to networks and chats: planned, composed, sent once, corrected and taken back.

    story ── plan ──> Post ── its built page ── compose ──> PostDraft ── one request ──> PostAnswer

Composing is pure and counts as each network counts (`make_mastodon`, BLUESKY, DISCORD, …). The
clients are `mastodon`, `bluesky` and `chats`: each is one module and a row of `NETWORKS`. They send
one request for each call, by the guarded fetcher, and follow no redirect. The log is in the desk's
database.
"""

from typing import TYPE_CHECKING

from copydesk.kit import faces

if TYPE_CHECKING:
    from copydesk.building.posts._acting import POST_CHECK as POST_CHECK
    from copydesk.building.posts._acting import PostAction as PostAction
    from copydesk.building.posts._acting import PostChannelRow as PostChannelRow
    from copydesk.building.posts._acting import PostRow as PostRow
    from copydesk.building.posts._acting import act_on_post as act_on_post
    from copydesk.building.posts._acting import list_channels as list_channels
    from copydesk.building.posts._acting import list_posts as list_posts
    from copydesk.building.posts._acting import preview_posts as preview_posts
    from copydesk.building.posts._acting import propose_post as propose_post
    from copydesk.building.posts._acting import resume_channel as resume_channel
    from copydesk.building.posts._sending import NETWORKS as NETWORKS
    from copydesk.building.posts._sending import send_posts as send_posts
else:
    __getattr__ = faces.import_on_demand(__name__, __file__)
