"""Related: snapshots of the stories that stand beside a story (SPEC 2.10)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from copydesk.judge.coverage._ruled_groups import name_of
from copydesk.news import Provider, Related, Shelved, Story

_NO_TIME = datetime.min.replace(tzinfo=UTC)


def snapshot(story: Story) -> Related:
    """Return what a story looks like beside another one: no topics, no heat, no logos."""
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
    """Sort related stories: the highest quality first, then the earlier, then by address."""
    return tuple(
        sorted(related, key=lambda item: (-(item.quality or 0), item.published_at, item.web_url))
    )


def list_copies(stories: Sequence[Shelved]) -> tuple[Story, ...]:
    """Return the originals that change by having all their copies beside them, by path.

    What stands there already and is not among the stories stays; a copy's newer state takes the
    place of the older. Nothing depends on what is new, so a round that was cut off is made good.
    """
    copies: dict[str, list[Story]] = {}
    for shelved in stories:
        if shelved.story.copy_of:
            copies.setdefault(shelved.story.copy_of, []).append(shelved.story)
    originals = [shelved.story for shelved in stories if name_of(shelved.story) in copies]
    listing = {story.path: _with_copies(story, copies[name_of(story)]) for story in originals}
    changed = (listing[story.path] for story in originals if listing[story.path] != story)
    return tuple(sorted(changed, key=lambda story: story.path))


def _with_copies(story: Story, copies: Iterable[Story]) -> Story:
    beside = {related.web_url: related for related in story.related}
    for copy in copies:
        related = snapshot(copy)
        beside.pop(related.web_url, None)
        if not copy.is_kept_out:
            beside[related.web_url] = related
    return replace(story, related=in_order(beside.values()))
