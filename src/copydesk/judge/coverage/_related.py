"""Related: snapshots of the stories that stand beside a story (SPEC 2.10)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from copydesk.news import Provider, Related, Story

_NO_TIME = datetime.min.replace(tzinfo=UTC)


def snapshot(story: Story) -> Related:
    """Give what a story looks like beside another one: no topics, no heat, no logos."""
    provider = story.provider
    return Related(
        title=story.title,
        excerpt=story.excerpt,
        published_at=story.published_at or _NO_TIME,
        web_url=story.web_url or story.original_url,
        amp_web_url=story.amp_web_url,
        cdn_amp_web_url=story.cdn_amp_web_url,
        type=story.type,
        provider=Provider(name=provider.name, domain=provider.domain) if provider else None,
        quality=story.quality,
        images=story.images,
    )


def in_order(related: Iterable[Related]) -> tuple[Related, ...]:
    """Give related stories with the highest quality first, then the earlier, then by address."""
    return tuple(
        sorted(related, key=lambda one: (-(one.quality or 0), one.published_at, one.web_url))
    )
