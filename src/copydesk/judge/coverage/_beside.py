"""Choose the stories of a group that the site shows as related to its leader, and explain why."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from copydesk.judge.coverage._ruled_groups import name_of
from copydesk.news import Beat, Provider, Shelved, Story
from copydesk.news.story import Related

FAR_BELOW = 3  # a story with less than a third of the leader's quality is not shown


def choose_beside(leader: Story, others: Sequence[Story], beat: Beat) -> list[Story]:
    """Return the stories that the site shows as related to a group's leader, one of each publisher.

    `others` are the group without its leader, the best first.
    """
    return [other for other, lack in weigh_beside(leader, others, beat) if not lack]


def weigh_beside(leader: Story, others: Sequence[Story], beat: Beat) -> list[tuple[Story, str]]:
    """Pair each other story of a group with the reason why the site hides it, "" if it does not."""
    seen = {_publisher(leader): leader}
    weighed = []
    for other in others:
        lack = _lack(leader, other, beat)
        if not lack and (publisher := _publisher(other)):
            first = seen.setdefault(publisher, other)
            lack = f"{name_of(first)} is from the same publisher" if first is not other else ""
        weighed.append((other, lack))
    return weighed


def is_off_beat(story: Story, beat: Beat) -> bool:
    """Return whether a story has none of the site's topics."""
    return bool(beat.topics) and not story.topics


def confirms(story: Story, beat: Beat) -> bool:
    """Return whether a story counts as another publisher's report that confirms the event.

    A story without quality, or outside the site's subject, does not count.
    """
    is_worth_nothing = story.quality == 0 or is_off_beat(story, beat)
    return not (is_worth_nothing or story.is_kept_out or _is_held(story))


def _lack(leader: Story, other: Story, beat: Beat) -> str:
    quality, level = other.quality or 0, leader.quality or 0
    if _is_held(other):
        return "an editor holds this story"
    if is_off_beat(other, beat) and not is_off_beat(leader, beat):
        return "outside the site's subject"
    if quality * FAR_BELOW < level:
        return f"quality {quality} is far below the main story's quality {level}"
    return ""


def _is_held(story: Story) -> bool:
    return story.verdict is not None and story.verdict.said == "hold"


def _publisher(story: Story) -> str:
    provider = story.provider
    return (provider.domain or provider.name).casefold() if provider else ""


_NO_TIME = datetime.min.replace(tzinfo=UTC)


def snapshot(story: Story) -> Related:
    """Return a story as an entry for another story's list of related stories (SPEC 2.10)."""
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
    """Sort related stories: highest quality first, then earliest, then by URL."""
    return tuple(
        sorted(related, key=lambda item: (-(item.quality or 0), item.published_at, item.web_url))
    )


def list_copies(stories: Sequence[Shelved]) -> tuple[Story, ...]:
    """Add copies to the related stories of their originals; return changed originals by path.

    Other related stories stay; a copy replaces its older state. Nothing depends on what is new, so
    the next run completes an interrupted one.
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
