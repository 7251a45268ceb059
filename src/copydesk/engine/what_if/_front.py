"""The front page that rules make, beside the one of today: who stands where, who comes and goes.

stories of the bench ── the newest, with all that have to do with them ──> the site's own plan
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from copydesk import publish
from copydesk.config import Settings
from copydesk.engine.what_if._bench import Bench
from copydesk.engine.what_if._relations import relate
from copydesk.engine.what_if._try_rules import Outcome
from copydesk.kit import dates, urls
from copydesk.news import Edition, Ruling, Story
from copydesk.placement import LIMITS, Owners, addresses

_NEWEST = LIMITS.newest + 50  # of equal times any may be among the newest


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontPlace:
    """Where a story stands on the front page today and by other rules, from 1; None: not there."""

    path: str
    title: str
    before: int | None
    after: int | None


def compare_fronts(before: Sequence[Story], after: Sequence[Story]) -> tuple[FrontPlace, ...]:
    """Return the places on a front page beside those on another, then who stands there no more."""
    was = {story.path: place for place, story in enumerate(before, 1)}
    now = {story.path: place for place, story in enumerate(after, 1)}
    gone = (story for story in before if story.path not in now)
    return tuple(
        FrontPlace(
            path=story.path,
            title=story.title,
            before=was.get(story.path),
            after=now.get(story.path),
        )
        for story in (*after, *gone)
    )


def plan_front(bench: Bench, outcome: Outcome | None, settings: Settings) -> Sequence[Story]:
    """Return the front page that a build would make, in its order.

    It is made of the stories as an outcome has them, without one as they are filed.
    """
    judged = outcome.stories.values() if outcome else ()
    stories = {story.path: story for story in (*bench.filed, *(one.fresh for one in judged))}
    edition = Edition(
        beat=bench.in_force(settings.beat),
        at=bench.at,
        stories=_choose_near_front(bench, stories),
        reads=bench.reads,
    )
    front = publish.plan_site(edition, publish.Look(front=settings.front)).front
    return (*front.top, *front.more)


def _choose_near_front(bench: Bench, stories: Mapping[str, Story]) -> list[Story]:
    """Return the stories that the front page may hang on: a survey of all would take seconds."""
    paths = {*_list_newest(bench, stories.values()), *_list_pins(bench.rulings, stories)}
    relations = relate(stories.values(), bench.rulings, {})
    return [stories[path] for path in sorted(relations.of(paths))]


def _list_newest(bench: Bench, stories: Iterable[Story]) -> Iterator[str]:
    """Yield the paths of the newest published, until as many count as the front is chosen of."""
    owners, by_owner, count = Owners(bench.beat.organizations), Counter[str](), 0
    for story in sorted(filter(_is_public, stories), key=_find_time, reverse=True):
        owner = owners.of(story.provider) or urls.host(story.web_url) or story.path
        by_owner[owner] += 1
        count += by_owner[owner] <= LIMITS.of_an_owner_among_newest
        yield story.path
        if count == _NEWEST:
            return


def _find_time(story: Story) -> datetime:
    return dates.utc(story.published_at or datetime.min.replace(tzinfo=UTC))


def _is_public(story: Story) -> bool:
    is_removed = story.verdict is not None and story.verdict.said == "remove"
    return bool(story.published) and story.published_at is not None and not is_removed


def _list_pins(rulings: Iterable[Ruling], by_path: Mapping[str, Story]) -> Iterator[str]:
    pinned = {ruling.stories[0] for ruling in rulings if ruling.said == "pin" and ruling.stories}
    return (path for path in by_path if pinned and addresses.record_name(path) in pinned)
