"""Choose the front page: the hottest recent stories, with limits for each publisher and topic."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from copydesk.kit import dates
from copydesk.news import Beat, FrontOptions, Ruling, Story
from copydesk.placement import addresses

READ_WITHIN = timedelta(days=2)
_MOST = 20  # points; less than two newsrooms bring, so that readers alone make no leader
_EACH_DOUBLING = 10
_LEAST_READS = 20  # fewer are chance
_LEAST_PAGES = 5  # as many must have been read for any to be read more than usual


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontLimits:
    """The numbers by which the page is filled.

    `alone` is what counts of the heat of a story that one newsroom alone vouches for.
    """

    places: int = 20
    of_an_owner: int = 3
    of_a_topic: int = 8
    pins: int = 3
    alone: float = 0.75
    lead_hours: float = 24.0
    newest: int = 150
    of_an_owner_among_newest: int = 50
    days: int = 30
    fewest: int = 10
    latest: int = 30


LIMITS = FrontLimits()


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontPage:
    """`top` is what the caps allow; `more` fills a page that they leave nearly empty.

    `latest` are the newest of what is not among them. `pinned` tells when an editor pinned a story
    that leads the page, by its path.
    """

    top: tuple[Story, ...] = ()
    more: tuple[Story, ...] = ()
    latest: tuple[Story, ...] = ()
    pinned: Mapping[str, datetime] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontRules:
    """What the order of the page depends on beside the stories.

    `options` are the owner's settings. `event` names what a story tells (two with one name never
    both stand), `owner` who speaks. `is_firm` says that more than one newsroom's word stands
    behind it. `read_points` are the points that readers give, by the record's name. `pins` are the
    rulings in force, in their order;
    `named` gives a published story by its name.
    """

    at: datetime
    event: Callable[[Story], str]
    owner: Callable[[Story], str]
    is_firm: Callable[[Story], bool]
    main_topic: str = ""
    options: FrontOptions = field(default_factory=FrontOptions)
    read_points: Mapping[str, int] = field(default_factory=dict)
    pins: tuple[Ruling, ...] = ()
    named: Callable[[str], Story | None] = lambda _name: None
    limits: FrontLimits = LIMITS

    def warmth(self, story: Story) -> float:
        """Return the logarithm of the decayed heat: no clock changes the order of two."""
        heat = story.heat if story.heat is not None else story.quality or 0
        heat += self.read_points.get(addresses.record_name(story.path), 0)
        counted = math.log2(max(1, heat)) + (
            0.0 if self.is_firm(story) else math.log2(self.limits.alone)
        )
        return counted - self.age(story) / self.options.half_life_hours

    def age(self, story: Story) -> float:
        """Return the age in hours, 0 for a time to come."""
        published = dates.utc(story.published_at or datetime.min.replace(tzinfo=UTC))
        return max(0.0, (dates.utc(self.at) - published).total_seconds() / 3600)


def pins_in_force(beat: Beat, at: datetime) -> tuple[Ruling, ...]:
    """Return the pins that are in force at a moment, in the order in which they were made."""
    now = dates.utc(at)
    return tuple(
        ruling
        for ruling in beat.rulings
        if ruling.said == "pin" and (ruling.until is None or dates.utc(ruling.until) > now)
    )


def choose_front(stories: Sequence[Story], rules: FrontRules) -> FrontPage:
    """Choose the front page out of the published stories, which come newest first.

    At most three pinned stories lead it. Then come the warmest of the newest 150 of the site's
    last 30 days, of which 50 may be of one owner. Heat halves with each half-life, and of a story
    that one newsroom alone vouches for three quarters count. The first place goes to a firm one of
    the last 24 hours where there is any. A time after `at` counts as `at`. Of 20 places one owner
    has at most three and one topic eight (the main topic, which may stand on all, apart); where
    that leaves fewer than ten, the caps double until ten stand.
    """
    pinned = _list_pins(rules)
    pinned_events = {rules.event(story) for story, _ in pinned}
    ranked = [s for s in _rank(stories, rules) if rules.event(s) not in pinned_events]
    ranked = _keep_one_an_event(ranked, rules)
    if not pinned:
        ranked = _lead_firmly(ranked, rules)
    page = _Page(rules, [story for story, _ in pinned])
    page.fill(ranked, rules.limits.places, times=1)
    top = tuple(page.chosen)
    times = 2
    while len(page.chosen) < min(rules.limits.fewest, len(pinned) + len(ranked)):
        page.fill(ranked, rules.limits.fewest, times)
        times *= 2
    return FrontPage(
        top=top,
        more=tuple(page.chosen[len(top) :]),
        latest=_latest_stories(stories, page.chosen, rules),
        pinned={story.path: ruling.at for story, ruling in pinned},
    )


def _list_pins(rules: FrontRules) -> list[tuple[Story, Ruling]]:
    """Return the published stories that are pinned, each event once; a pin on another is none."""
    pinned: dict[str, tuple[Story, Ruling]] = {}
    for ruling in rules.pins:
        story = rules.named(ruling.stories[0]) if ruling.stories else None
        if story is not None:
            pinned.setdefault(rules.event(story), (story, ruling))
    return list(pinned.values())[: rules.limits.pins]


def _rank(stories: Sequence[Story], rules: FrontRules) -> list[Story]:
    recent = _recent_stories(stories, rules)
    return sorted(recent, key=lambda story: (-rules.warmth(story), rules.age(story), story.path))


def _recent_stories(stories: Iterable[Story], rules: FrontRules) -> list[Story]:
    """Return the newest stories, no more of one owner than leave the others room to be seen."""
    dated = (story for story in stories if story.published_at is not None)
    by_owner: Counter[str] = Counter()
    recent: list[Story] = []
    for story in dated:
        if len(recent) == rules.limits.newest or (recent and _is_past(story, recent[0], rules)):
            break
        owner = rules.owner(story)
        by_owner[owner] += 1
        if by_owner[owner] <= rules.limits.of_an_owner_among_newest:
            recent.append(story)
    return recent


def _is_past(story: Story, newest: Story, rules: FrontRules) -> bool:
    return rules.age(story) - rules.age(newest) > rules.limits.days * 24


def _lead_firmly(ranked: Sequence[Story], rules: FrontRules) -> list[Story]:
    """Put the warmest firm story of the last day before all others, if there is one.

    The last day is the one before the newest story, so that time passing changes no page.
    """
    newest = min(map(rules.age, ranked), default=0.0)
    days = (story for story in ranked if rules.age(story) - newest <= rules.limits.lead_hours)
    lead = next(filter(rules.is_firm, days), None)
    return [*filter(None, [lead]), *(story for story in ranked if story is not lead)]


def _keep_one_an_event(ranked: Sequence[Story], rules: FrontRules) -> list[Story]:
    """Return the first of each event: the original where it is here, however warm its copies."""
    originals = {rules.event(story) for story in ranked if not story.copy_of}
    kept: dict[str, Story] = {}
    for story in ranked:
        event = rules.event(story)
        if not story.copy_of or event not in originals:
            kept.setdefault(event, story)
    return list(kept.values())


class _Page:
    """The places of the page as they are given away, and who has how many."""

    def __init__(self, rules: FrontRules, pinned: Iterable[Story]) -> None:
        self.chosen: list[Story] = []
        self._rules = rules
        self._owners: Counter[str] = Counter()
        self._topics: Counter[str] = Counter()
        for story in pinned:
            self._take(story)

    def fill(self, ranked: Sequence[Story], size: int, times: int) -> None:
        """Fill the page up to a size with the first that so many times the caps allow."""
        here = {story.path for story in self.chosen}
        for story in ranked:
            if len(self.chosen) >= size:
                return
            if story.path not in here and self._allows(story, times):
                self._take(story)

    def _allows(self, story: Story, times: int) -> bool:
        limits = self._rules.limits
        if self._owners[self._rules.owner(story)] >= limits.of_an_owner * times:
            return False
        return all(
            self._topics[name] < limits.of_a_topic * times
            for name in self._topics_that_count(story)
        )

    def _take(self, story: Story) -> None:
        self.chosen.append(story)
        self._owners[self._rules.owner(story)] += 1
        self._topics.update(self._topics_that_count(story))

    def _topics_that_count(self, story: Story) -> Iterator[str]:
        return (name for name in set(story.topics) if name != self._rules.main_topic)


def _latest_stories(
    stories: Iterable[Story], shown: Iterable[Story], rules: FrontRules
) -> tuple[Story, ...]:
    """Return the newest stories of events that the page does not show yet."""
    events = {rules.event(story) for story in shown}
    latest: list[Story] = []
    for story in stories:
        if len(latest) == rules.limits.latest:
            break
        if (event := rules.event(story)) not in events:
            events.add(event)
            latest.append(story)
    return tuple(latest)


def read_points(reads: Mapping[str, int]) -> dict[str, int]:
    """Return the points of each record by how often its page was read, those without left out.

    Ten for each doubling above what pages are usually read (the median of those that were read at
    all), twenty at most. Nothing is taken from a page that is read seldom.
    """
    if len(reads) < _LEAST_PAGES:
        return {}
    import statistics  # which costs a build more than its arithmetic, and most count no readers

    usual = statistics.median(reads.values())
    points = {
        name: min(_MOST, round(_EACH_DOUBLING * math.log2(count / usual)))
        for name, count in reads.items()
        if count >= _LEAST_READS and count > usual > 0
    }
    return {name: more for name, more in points.items() if more}
