"""Compose posts about stories and send them to networks: a story's parts in, a PostAnswer out.

    PostParts ── compose_post ──> ComposedPost ── make_… ──> bytes to store ── send ──> PostAnswer

Composing is pure and counts as each network counts (`make_mastodon`, BLUESKY, DISCORD, …). The
clients are `mastodon`, `bluesky` and `chats`; they send one request for each call, by the guarded
fetcher, and follow no redirect. When to send, and what was sent, is the work of their caller.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from copydesk.kit import faces

if TYPE_CHECKING:
    from copydesk.building.posts._answers import PostAnswer as PostAnswer
    from copydesk.building.posts._answers import PostDelayed as PostDelayed
    from copydesk.building.posts._answers import PostFailure as PostFailure
    from copydesk.building.posts._answers import PostRefused as PostRefused
    from copydesk.building.posts._answers import PostSent as PostSent
    from copydesk.building.posts._answers import PostUncertain as PostUncertain
    from copydesk.building.posts._composing import BLUESKY as BLUESKY
    from copydesk.building.posts._composing import DEFAULT_TEMPLATE as DEFAULT_TEMPLATE
    from copydesk.building.posts._composing import DISCORD as DISCORD
    from copydesk.building.posts._composing import MATRIX as MATRIX
    from copydesk.building.posts._composing import SLACK as SLACK
    from copydesk.building.posts._composing import TELEGRAM as TELEGRAM
    from copydesk.building.posts._composing import ComposedPost as ComposedPost
    from copydesk.building.posts._composing import Network as Network
    from copydesk.building.posts._composing import PostParts as PostParts
    from copydesk.building.posts._composing import PostTooLong as PostTooLong
    from copydesk.building.posts._composing import compose_post as compose_post
    from copydesk.building.posts._composing import compose_words as compose_words
    from copydesk.building.posts._composing import make_mastodon as make_mastodon
    from copydesk.building.posts._composing import read_post_template as read_post_template
else:
    __getattr__ = faces.import_on_demand(__name__, __file__)
