"""Explain the order of stories on the front page, and list stories that nearly got onto it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import islice
from typing import Literal

from copydesk.building._build import open_site_plan
from copydesk.news import Story
from copydesk.newsroom import Mark, Newsroom, Troubles, files_below, mark_files
from copydesk.placement import FrontLimits, FrontRules, addresses
from copydesk.publish import SitePlan, make_front_rules

_KEPT = timedelta(minutes=1)
_NEAR = 8  # number of stories listed that nearly got a place
WhyOut = Literal["", "colder", "event", "share"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontStory:
    """A story on the front page, or nearly on it, with the numbers that decide its position.

    `place` counts from 1. It is None for a story without a place; then `why_out` is the reason: the
    story is `colder` than those shown, its `event` is shown already, or its publisher or topic has
    used up its `share`. `hours` is its age, and `older` its age relative to the newest story.
    `warmth` is its heat (with the points from page views, `reads`) after decay with age, reduced if
    the story is not `is_firm`, by `sole` points. `newsrooms` counts the other newsrooms that cover
    it. `is_led_firmly` says that it comes first not as the warmest one, but since it is confirmed
    or its publisher is known.
    """

    story: Story
    place: int | None
    heat: int
    reads: int
    hours: float
    older: float
    warmth: float
    newsrooms: int
    is_firm: bool
    sole: int = 0
    is_pinned: bool = False
    is_led_firmly: bool = False
    why_out: WhyOut = ""

    @property
    def aged(self) -> int:
        """Return the points lost by age: heat + reads - sole - aged is what counts (`warmth`)."""
        return max(0, self.heat + self.reads - self.sole - round(self.warmth))


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontExplanation:
    """The front page as a build would make it now, in order, and the stories `near` to it."""

    stories: tuple[FrontStory, ...]
    near: tuple[FrontStory, ...]
    half_life_hours: float
    limits: FrontLimits

    @property
    def is_led_firmly(self) -> bool:
        """Return whether the first story comes first without being the warmest one."""
        return bool(self.stories) and self.stories[0].is_led_firmly


def explain_front(newsroom: Newsroom) -> FrontExplanation:
    """Return the reasons for the front page's order; raises PublishError, MemoryStoreError.

    Records that cannot be read are ignored.
    """
    with open_site_plan(newsroom, newsroom.now, (), Troubles()) as (edition, plan):
        rules = make_front_rules(edition, plan)
        front = _Front(plan, rules, newest=min(map(rules.age, plan.stories[:1]), default=0.0))
        shown = (*plan.front.top, *plan.front.more)
        stories = tuple(front.describe(story, place) for place, story in enumerate(shown, 1))
        near = tuple(front.list_near(shown))
    unpinned = [story for story in stories if not story.is_pinned]
    warmest = max((story.warmth for story in unpinned), default=0.0)
    leads = bool(unpinned) and unpinned[0] is stories[0] and stories[0].warmth < warmest
    return FrontExplanation(
        stories=(*(replace(one, is_led_firmly=leads) for one in stories[:1]), *stories[1:]),
        near=near,
        half_life_hours=rules.options.half_life_hours,
        limits=rules.limits,
    )


class FrontExplanations:
    """Explains the front page's order; caches the answer for up to a minute while nothing changes.

    A commit, a build or a changed setting takes effect at once, an uncommitted edit of a record
    within a minute. Use it from one thread at a time.
    """

    def __init__(self) -> None:
        self._kept: tuple[Mark, datetime, FrontExplanation] | None = None

    def explain(self, newsroom: Newsroom) -> FrontExplanation:
        """Return the front page's explanation as `explain_front` does; raises the same errors."""
        now = _mark_newsroom(newsroom)
        if self._kept is not None:
            mark, at, kept = self._kept
            if timedelta(0) <= newsroom.now - at < _KEPT and mark.still_holds(now):
                return kept
        found = explain_front(newsroom)
        self._kept = (now, newsroom.now, found)
        return found


def _mark_newsroom(newsroom: Newsroom) -> Mark:
    """Return stamps (stat values) of the files that decide the front page.

    Uncommitted records are not among them.
    """
    root, git = newsroom.root, newsroom.root / ".git"
    return mark_files(
        [
            *(root / "beat.toml", root / "_data" / "rulings.yaml", newsroom.site / "index.html"),
            *(git / "HEAD", git / "packed-refs", *files_below(git / "refs" / "heads")),
        ]
    )


@dataclass(frozen=True, slots=True)
class _Front:
    """The front page in a site plan; `newest` is the age of its newest story in hours."""

    plan: SitePlan
    rules: FrontRules
    newest: float

    def describe(self, story: Story, place: int | None = None, why_out: WhyOut = "") -> FrontStory:
        """Return a story with the numbers that decide its place on the front page."""
        rules, plan = self.rules, self.plan
        heat = story.heat if story.heat is not None else story.quality or 0
        reads = rules.read_points.get(addresses.record_name(story.path), 0)
        is_firm = rules.is_firm(story)
        since_newest = self.newest / rules.options.half_life_hours
        return FrontStory(
            story=story,
            place=place,
            heat=heat,
            reads=reads,
            hours=rules.age(story),
            older=rules.age(story) - self.newest,
            warmth=2.0 ** (rules.warmth(story) + since_newest),
            newsrooms=plan.coverages.of(story).newsrooms,
            is_firm=is_firm,
            sole=0 if is_firm else round((heat + reads) * (1 - rules.limits.alone)),
            is_pinned=story.path in plan.front.pinned,
            why_out=why_out,
        )

    def list_near(self, shown: Sequence[Story]) -> Iterator[FrontStory]:
        """Yield the highest ranked of the recent stories that are not on the front page."""
        rules = self.rules
        there = {story.path for story in shown}
        events = {rules.event(story) for story in shown}
        coldest = min((rules.warmth(story) for story in shown[1:]), default=0.0)
        newest = islice(self.plan.stories, rules.limits.newest)
        others = [story for story in newest if story.path not in there]
        for story in sorted(others, key=rules.warmth, reverse=True)[:_NEAR]:
            why: WhyOut = "share" if rules.warmth(story) > coldest else "colder"
            yield self.describe(story, None, "event" if rules.event(story) in events else why)
