"""The front page that rules make, beside the one of today: who stands where, who comes and goes.

stories of the bench ── the newest, with all that have to do with them ──> the site's own plan
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from copydesk import publish
from copydesk.config import Settings
from copydesk.engine.what_if._bench import Bench
from copydesk.engine.what_if._relations import KeyIndex
from copydesk.engine.what_if._try_rules import Outcome
from copydesk.kit import urls
from copydesk.news import Edition, Story
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
    states = _States(bench, outcome)
    pinned = {ruling.stories[0] for ruling in bench.rulings if ruling.said == "pin"}
    paths = {*_list_newest(bench, states), *states.find_by_name(pinned)}
    edition = Edition(
        beat=bench.in_force(settings.beat),
        at=bench.at,
        stories=[states.find(path) for path in sorted(states.gather(paths))],
        reads=bench.reads,
    )
    front = publish.plan_site(edition, publish.Look(front=settings.front)).front
    return (*front.top, *front.more)


class _States:
    """The stories of a bench, each as an outcome has it, and which have to do with each other."""

    def __init__(self, bench: Bench, outcome: Outcome | None) -> None:
        self._bench = bench
        self._judged = outcome.stories if outcome else {}
        seen = outcome.seen if outcome else ()
        self._moved = KeyIndex(self.find(path) for path in seen)

    def find(self, path: str) -> Story:
        """Return the story at a path."""
        judged = self._judged.get(path)
        return judged.fresh if judged else self._bench.filed_by_path[path]

    def find_by_name(self, names: Collection[str]) -> Iterator[str]:
        """Yield the paths of records with one of these names."""
        stories = self._bench.newest_first if names else ()
        return (story.path for story in stories if addresses.record_name(story.path) in names)

    def gather(self, paths: Iterable[str]) -> set[str]:
        """Return the paths of stories and of all that have to do with them, however far."""
        found, waiting = set(), list(paths)
        while waiting:
            path = waiting.pop()
            if path not in found:
                found.add(path)
                story = self.find(path)
                waiting += self._bench.index.find_beside(story)
                waiting += self._moved.find_beside(story)
        return found


def _list_newest(bench: Bench, states: _States) -> Iterator[str]:
    """Yield the paths of the newest published, until as many count as the front is chosen of."""
    owners, by_owner, count = Owners(bench.beat.organizations), Counter[str](), 0
    for filed in bench.newest_first:
        story = states.find(filed.path)
        if not _is_public(story):
            continue
        owner = owners.of(story.provider) or urls.host(story.web_url) or story.path
        by_owner[owner] += 1
        count += by_owner[owner] <= LIMITS.of_an_owner_among_newest
        yield story.path
        if count == _NEWEST:
            return


def _is_public(story: Story) -> bool:
    is_removed = story.verdict is not None and story.verdict.said == "remove"
    return bool(story.published) and story.published_at is not None and not is_removed
