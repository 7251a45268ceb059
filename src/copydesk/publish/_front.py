"""What stands on the front page: the warmest of the newest, no publisher or topic filling it."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from copydesk.kit import dates
from copydesk.news import Story
from copydesk.publish import _links

SIZE = 20
A_DOMAIN = 3
A_TOPIC = 8
_NEWEST = 150
_DAYS = 30
_FEW = 10
_HALF_LIFE_HOURS = 24.0


@dataclass(frozen=True, slots=True)
class Front:
    """`top` is what the caps allow; `more` fills a page that they leave nearly empty."""

    top: tuple[Story, ...] = ()
    more: tuple[Story, ...] = ()


def choose(stories: Sequence[Story], main_topic: str, at: datetime) -> Front:
    """Give at most 20 stories, best first, out of the newest 150 of the site's last 30 days.

    Heat halves with each day of age, so that the order of two stories stays as time passes, and a
    page that nothing new reached stays as it is. At most three are of one publisher and eight of
    one topic (the main topic, which may stand on all, apart); a copy whose original is here is
    left out. `stories` are newest first. A time after `at` counts as `at`.
    """
    recent = [s for s in stories[:_NEWEST] if s.published_at is not None]
    if not recent:
        return Front()
    newest = _age(recent[0], at)
    recent = [s for s in recent if _age(s, at) - newest <= _DAYS * 24]
    here = {_links.stem(story.path) for story in recent}
    originals = [s for s in recent if s.copy_of not in here]
    ranked = sorted(originals, key=lambda s: (-_warmth(s, at), _age(s, at), s.path))
    top = _capped(ranked, main_topic)
    rest = [story for story in ranked if story not in top]
    return Front(top, tuple(rest[: max(0, _FEW - len(top))]))


def _capped(ranked: Sequence[Story], main_topic: str) -> tuple[Story, ...]:
    domains: Counter[str] = Counter()
    topics: Counter[str] = Counter()
    chosen: list[Story] = []
    for story in ranked:
        domain = story.provider.domain if story.provider else ""
        own = [name for name in story.topics if name != main_topic]
        if domains[domain] >= A_DOMAIN or any(topics[name] >= A_TOPIC for name in own):
            continue
        domains[domain] += 1
        topics.update(own)
        chosen.append(story)
        if len(chosen) == SIZE:
            break
    return tuple(chosen)


def _age(story: Story, at: datetime) -> float:
    """Give the age in hours, 0 for a time to come."""
    published = dates.utc(story.published_at or datetime.min.replace(tzinfo=UTC))
    return max(0.0, (dates.utc(at) - published).total_seconds() / 3600)


def _warmth(story: Story, at: datetime) -> float:
    """Give the logarithm of the decayed heat: heat halved for every day of age."""
    heat = story.heat if story.heat is not None else story.quality or 0
    return math.log2(max(1, heat)) - _age(story, at) / _HALF_LIFE_HOURS
