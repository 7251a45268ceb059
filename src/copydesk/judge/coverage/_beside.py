"""Who of a group stands beside its leader, where readers see it, and why another one does not."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from copydesk.judge.coverage._ruled_groups import name_of
from copydesk.news import Beat, Provider, Related, Shelved, Story

FAR_BELOW = 3  # a story of less than a third of the leader's quality is not of the group's level


def choose_beside(leader: Story, others: Sequence[Story], beat: Beat) -> list[Story]:
    """Return those that readers see beside a leader, of each publisher the best; in their order.

    `others` are the group without its leader, the best first.
    """
    return [other for other, lack in weigh_beside(leader, others, beat) if not lack]


def weigh_beside(leader: Story, others: Sequence[Story], beat: Beat) -> list[tuple[Story, str]]:
    """Return each of the others with what it lacks to stand beside the leader, "" for nothing."""
    seen = {_publisher(leader): leader}
    weighed = []
    for other in others:
        lack = _lack(leader, other, beat)
        if not lack and (publisher := _publisher(other)):
            first = seen.setdefault(publisher, other)
            lack = f"{name_of(first)} is of the same publisher" if first is not other else ""
        weighed.append((other, lack))
    return weighed


def is_off_beat(story: Story, beat: Beat) -> bool:
    """Decide whether a story has none of the beat's topics."""
    return bool(beat.topics) and not story.topics


def confirms(story: Story, beat: Beat) -> bool:
    """Decide whether a story may be counted as another newsroom's word on a happening.

    What is worth nothing confirms nothing.
    """
    is_worth_nothing = story.quality == 0 or is_off_beat(story, beat)
    return not (is_worth_nothing or story.is_kept_out or _is_held(story))


def _lack(leader: Story, other: Story, beat: Beat) -> str:
    quality, level = other.quality or 0, leader.quality or 0
    if _is_held(other):
        return "an editor holds it"
    if is_off_beat(other, beat) and not is_off_beat(leader, beat):
        return "off the beat"
    if quality * FAR_BELOW < level:
        return f"quality {quality} is far below {level}"
    return ""


def _is_held(story: Story) -> bool:
    return story.verdict is not None and story.verdict.said == "hold"


def _publisher(story: Story) -> str:
    provider = story.provider
    return (provider.domain or provider.name).casefold() if provider else ""


# Related: snapshots of the stories that stand beside a story (SPEC 2.10).

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
