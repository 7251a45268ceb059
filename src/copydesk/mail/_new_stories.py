"""New stories: what came since the last issue, one of each event, nothing that was told before.

An event that an earlier issue told is told again where it has had news: where another story leads
it now, which was published after that issue and is no copy.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from copydesk.kit import dates
from copydesk.mail._material import IssueMaterial
from copydesk.news import PartOptions, Story
from copydesk.placement import FrontRules, choose_front
from copydesk.placement.addresses import record_name

# Older ones that come late are no news to anybody.
_OLDEST = timedelta(days=7)
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


def find_new_stories(material: IssueMaterial, dropped: frozenset[str]) -> list[Story]:
    """Return the stories that the issue may tell, in the front page's order, without its caps.

    Each event stands there once: by its original, where that is there, too.
    """
    new = [story for story in material.stories if _is_new(story, material)]
    ranked = rank(new, material.rules, len(new))
    return [story for story in ranked if record_name(story.path) not in dropped]


def rank(stories: Sequence[Story], rules: FrontRules, places: int) -> list[Story]:
    """Return so many stories as the front page would have them, the capped ones last."""
    among = {record_name(story.path): story for story in stories}
    wide = len(stories)
    limits = replace(
        rules.limits,
        places=places,
        fewest=places,
        newest=wide,
        of_an_owner_among_newest=wide,
        days=10**6,
        latest=0,
    )
    newest_first = sorted(stories, key=lambda story: story.path)
    newest_first.sort(key=publication_time, reverse=True)
    page = choose_front(newest_first, replace(rules, limits=limits, named=among.get))
    return [*page.top, *page.more][:places]  # pins stand there whatever the places


def publication_time(story: Story) -> datetime:
    """Return when a story was published, long ago where nobody knows."""
    return dates.utc(story.published_at) if story.published_at else _LONG_AGO


def list_untold(material: IssueMaterial, part: PartOptions) -> Iterator[tuple[Story, str]]:
    """Yield what no issue told yet of a part in an editor's order, with the editor's words."""
    for story, words in material.lists.get((part.kind, part.of), ()):
        name = record_name(story.path)
        if name not in material.earlier.names and not _find_telling(story, material):
            yield story, words


def _is_new(story: Story, material: IssueMaterial) -> bool:
    name, at = record_name(story.path), publication_time(story)
    is_of_time = dates.utc(material.since) - _OLDEST < at <= dates.utc(material.at)
    if not is_of_time or name in material.earlier.names:
        return False
    told_at = _find_telling(story, material)
    if told_at is not None and (at <= told_at or story.copy_of):
        return False
    return at > dates.utc(material.since) or name in material.late


def _find_telling(story: Story, material: IssueMaterial) -> datetime | None:
    told_at = material.earlier.told_at.get(material.rules.event(story))
    return dates.utc(told_at) if told_at else None
