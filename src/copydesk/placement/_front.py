"""Choose the front page: the hottest recent stories, with limits for each publisher and topic."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum

from copydesk.kit import dates
from copydesk.news import Beat, ReasonKind, Ruling, Story
from copydesk.news.beat import FrontOptions
from copydesk.news.edition import KeptFront
from copydesk.placement import addresses

READ_WITHIN = timedelta(days=2)
FRONTS_KEPT = timedelta(hours=48)  # after which only the edition of each day is kept
_MOST = 20  # points; fewer than two newsrooms add, so that readers alone make no leader
_EACH_DOUBLING = 10
_LEAST_READS = 20  # fewer are chance
_LEAST_PAGES = 5  # that must have been read before "more than usual" means anything


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontLimits:
    """The limits of the front page: stories in all, stories per publisher's owner, per topic, ….

    `alone` is the share of its heat that counts for a story that only one newsroom has. A publisher
    is known by `known_trust`, or by `known_points` of reputation: a story that only another one has
    leads no page that has a story of the last `known_hours` of known publishers, or confirmed.
    """

    places: int = 20
    of_an_owner: int = 3
    of_a_topic: int = 8
    pins: int = 3
    alone: float = 0.75
    lead_hours: float = 24.0
    known_hours: float = 0.0
    known_trust: int = 60
    known_points: int = 5
    newest: int = 150
    of_an_owner_among_newest: int = 50
    days: int = 30
    fewest: int = 10
    latest: int = 30


LIMITS = FrontLimits()


class RankPart(StrEnum):
    """A part of the sum by which the front page is ordered."""

    PUBLISHERS = "publishers"
    PACE = "pace"  # publishers within six hours
    TRUST = "trust"
    QUALITY = "quality"
    READERS = "readers"
    CONFIRMATION = "confirmation"
    AGE = "age"
    PIN = "pin"  # no part of the sum: an editor's rule that goes before it
    KNOWN = "known"  # nor is this: its publisher is known, so that it may come first


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceReason:
    """Why a story stands above the next ones of the front page: a part in which it has more.

    `is_most` says that no other story of the page has as much.
    """

    part: RankPart
    is_most: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontPage:
    """The stories chosen for the front page.

    `top` are those that the limits allow; `more` fill a page that the limits leave nearly empty.
    `latest` are the newest of the others. `pinned` has the time at which an editor pinned a story,
    by its path. `reasons` say why a story has its place: at most two parts of its rank, the
    stronger first, by the story's path.
    """

    top: tuple[Story, ...] = ()
    more: tuple[Story, ...] = ()
    latest: tuple[Story, ...] = ()
    pinned: Mapping[str, datetime] = field(default_factory=dict)
    reasons: Mapping[str, tuple[PlaceReason, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontRules:
    """The settings and data that decide the order of stories on the front page.

    `options` are the owner's settings. `event` names the event of a story (the page shows one story
    of each event), `owner` the owner of its publisher. `is_firm` says that more than one newsroom
    has a story, or that its source is trusted, `is_known` that its publisher has a reputation or
    some trust. `read_points` are points for page views, by the
    record's name. `pins` are the editors' rules that pin stories, in their order. `named` returns
    the published story with a name.
    """

    at: datetime
    event: Callable[[Story], str]
    owner: Callable[[Story], str]
    is_firm: Callable[[Story], bool]
    is_known: Callable[[Story], bool] = lambda _story: False
    main_topic: str = ""
    options: FrontOptions = field(default_factory=FrontOptions)
    read_points: Mapping[str, int] = field(default_factory=dict)
    pins: tuple[Ruling, ...] = ()
    named: Callable[[str], Story | None] = lambda _name: None
    limits: FrontLimits = LIMITS

    def warmth(self, story: Story) -> float:
        """Return a story's rank on the front page: log2 of its heat (score of current interest)
        minus its age in half-lives.
        """
        heat = _heat_of(story) + self.read_points.get(addresses.record_name(story.path), 0)
        return _log(heat) + self._confirm(story) - self._fade(story)

    def parts(self, story: Story) -> Mapping[RankPart, float]:
        """Return the parts of a story's rank: the points of its heat by what they are for, and the
        doublings of heat that it lost by its age and without confirmation (below 0).
        """
        points = dict.fromkeys(_PARTS.values(), 0)
        for reason in story.reasons:
            if reason.about == "heat" and reason.kind in _PARTS:
                points[_PARTS[reason.kind]] += reason.points or 0
        rest = _heat_of(story) - sum(points.values())
        return {
            **points,
            RankPart.QUALITY: rest,
            RankPart.READERS: self.read_points.get(addresses.record_name(story.path), 0),
            RankPart.CONFIRMATION: self._confirm(story),
            RankPart.AGE: -self._fade(story),
        }

    def _confirm(self, story: Story) -> float:
        return 0.0 if self.is_firm(story) else math.log2(self.limits.alone)

    def _fade(self, story: Story) -> float:
        return self.age(story) / self.options.half_life_hours

    def age(self, story: Story) -> float:
        """Return the age of a story in hours, 0 for a time in the future."""
        published = dates.utc(story.published_at or dates.EARLIEST)
        return max(0.0, (dates.utc(self.at) - published).total_seconds() / 3600)


_PARTS = {
    ReasonKind.PUBLISHERS: RankPart.PUBLISHERS,
    ReasonKind.NEWSROOMS: RankPart.PUBLISHERS,
    ReasonKind.RELATED: RankPart.PUBLISHERS,
    ReasonKind.SPIKE: RankPart.PACE,
    ReasonKind.SOURCE_TRUST: RankPart.TRUST,
}
_REASONS = 2  # parts that are named for a story
_COMPARED = 5  # the next stories of the page, with whose middle value a story is compared
_LEAST_LIFT = 0.01  # doublings; less moves no story
_IN_DOUBLINGS = {RankPart.CONFIRMATION, RankPart.AGE}


def _heat_of(story: Story) -> int:
    return story.heat if story.heat is not None else story.quality or 0


def _log(heat: float) -> float:
    return math.log2(max(1, heat))


def pins_in_force(beat: Beat, at: datetime) -> tuple[Ruling, ...]:
    """Return the editors' rules that pin stories to the front page at a given time, in order."""
    now = dates.utc(at)
    return tuple(
        ruling
        for ruling in beat.rulings
        if ruling.said == "pin" and (ruling.until is None or dates.utc(ruling.until) > now)
    )


def choose_front(stories: Sequence[Story], rules: FrontRules) -> FrontPage:
    """Choose the front page from the published stories, which come newest first.

    At most three pinned stories lead it. Then come the hottest of the newest 150 stories of the
    site's last 30 days, at most 50 of one owner among these. Heat halves with each half-life, and
    three quarters of it count for a story that only one newsroom has. The first place goes to a
    story of the last 24 hours that several newsrooms have, if there is one, else to one of the last
    `known_hours` that they or a known publisher have. A time after `at`
    counts as `at`. Of 20 places, one owner gets at most three and one topic at most eight; the main
    topic, which may be on all stories, has no limit. While that leaves fewer than ten stories, the
    limits are doubled.
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
    pins = {story.path: ruling.at for story, ruling in pinned}
    return FrontPage(
        top=top,
        more=tuple(page.chosen[len(top) :]),
        latest=_latest_stories(stories, page.chosen, rules),
        pinned=pins,
        reasons=dict(_explain_places(page.chosen, pins, rules)),
    )


def _explain_places(
    shown: Sequence[Story], pins: Collection[str], rules: FrontRules
) -> Iterator[tuple[str, tuple[PlaceReason, ...]]]:
    """Yield the path of each shown story with the reasons of its place."""
    ranks = {story.path: rules.warmth(story) for story in shown}
    parts = {story.path: rules.parts(story) for story in shown}
    for place, story in enumerate(shown):
        path = story.path
        if path in pins:
            yield path, (PlaceReason(part=RankPart.PIN),)
        elif place == 0 and ranks[path] < max(ranks.values()):  # it leads by a rule
            part = RankPart.CONFIRMATION if rules.is_firm(story) else RankPart.KNOWN
            yield path, (PlaceReason(part=part),)
        else:
            below = [parts[one.path] for one in shown[place + 1 :][:_COMPARED]]
            yield path, tuple(_compare(parts[path], below, parts.values()))


def _compare(
    own: Mapping[RankPart, float],
    below: Sequence[Mapping[RankPart, float]],
    page: Iterable[Mapping[RankPart, float]],
) -> Iterator[PlaceReason]:
    """Yield the part of a story's rank that raises it most above the next stories, and the next one
    if that does at least a quarter as much.
    """
    others = list(page)
    lifts = _list_lifts(own, below, others)
    strongest = sorted(lifts, key=lambda part: -lifts[part])[:_REASONS]
    least = max(lifts[strongest[0]] / 4, _LEAST_LIFT)
    told = {part for part in strongest if lifts[part] >= least}
    if RankPart.PUBLISHERS in told:
        told.discard(RankPart.CONFIRMATION)  # which says less
    for part in (part for part in strongest if part in told):
        values = sorted(one[part] for one in others)
        yield PlaceReason(
            part=part, is_most=values[-2:] != [own[part]] * 2 and values[-1] == own[part]
        )


def _list_lifts(
    own: Mapping[RankPart, float],
    below: Sequence[Mapping[RankPart, float]],
    page: Sequence[Mapping[RankPart, float]],
) -> Mapping[RankPart, float]:
    """Return how much each part raises a story above the next ones and above the very next; where
    no part does both, above the very next alone.
    """
    middle = {part: _middle(one[part] for one in below or page) for part in own}
    following = below[0] if below else middle
    both = {part: _lift(part, own, max(middle[part], following[part])) for part in own}
    if max(both.values()) >= _LEAST_LIFT:
        return both
    return {part: _lift(part, own, following[part]) for part in own}


def _lift(part: RankPart, own: Mapping[RankPart, float], middle: float) -> float:
    """Return how much of its rank a story owes to a part, compared with the value `middle`."""
    if part in _IN_DOUBLINGS:
        return own[part] - middle
    heat = sum(value for name, value in own.items() if name not in _IN_DOUBLINGS)
    return _log(heat) - _log(heat - own[part] + middle)


def _middle(values: Iterable[float]) -> float:
    """Return the middle value, of an even number of values the lower of the two in the middle."""
    ordered = sorted(values)
    return ordered[(len(ordered) - 1) // 2]


def _list_pins(rules: FrontRules) -> list[tuple[Story, Ruling]]:
    """Return the published stories that editors pinned, each with its rule, one story per event."""
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
    """Return the newest stories of the last days, with a limit per owner."""
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
    """Move the hottest confirmed story (`is_firm`) of the last day to the first place, if any, else
    the hottest one of the last days that is confirmed or of a known publisher.

    The last day ends with the newest story, so that no page changes merely because time passes.
    """
    newest, limits = min(map(rules.age, ranked), default=0.0), rules.limits

    def newer(hours: float) -> Iterator[Story]:
        return (story for story in ranked if rules.age(story) - newest <= hours)

    lead = next(filter(rules.is_firm, newer(limits.lead_hours)), None)
    if lead is None and limits.known_hours:
        recent = newer(limits.known_hours)
        lead = next((one for one in recent if rules.is_firm(one) or rules.is_known(one)), None)
    return [*filter(None, [lead]), *(story for story in ranked if story is not lead)]


def _keep_one_an_event(ranked: Sequence[Story], rules: FrontRules) -> list[Story]:
    """Return one story for each event: the original if it is among them, else the first."""
    originals = {rules.event(story) for story in ranked if not story.copy_of}
    kept: dict[str, Story] = {}
    for story in ranked:
        event = rules.event(story)
        if not story.copy_of or event not in originals:
            kept.setdefault(event, story)
    return list(kept.values())


class _Page:
    """The stories chosen for the front page so far, counted by owner and by topic."""

    def __init__(self, rules: FrontRules, pinned: Iterable[Story]) -> None:
        self.chosen: list[Story] = []
        self._rules = rules
        self._owners: Counter[str] = Counter()
        self._topics: Counter[str] = Counter()
        for story in pinned:
            self._take(story)

    def fill(self, ranked: Sequence[Story], size: int, times: int) -> None:
        """Add stories to the front page until it has `size`; `times` multiplies the limits."""
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
    """Return the newest stories whose events are not among the shown stories."""
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
    """Return extra front-page points for stories with many page views, by record name.

    A story gets ten points for each doubling of the usual count (the median of all pages that were
    read), at most twenty. A page that is read seldom loses none.
    """
    if len(reads) < _LEAST_PAGES:
        return {}
    import statistics  # slow to load, and most newsrooms count no readers

    usual = statistics.median(reads.values())
    points = {
        name: min(_MOST, round(_EACH_DOUBLING * math.log2(count / usual)))
        for name, count in reads.items()
        if count >= _LEAST_READS and count > usual > 0
    }
    return {name: more for name, more in points.items() if more}


def choose_editions(
    fronts: Iterable[KeptFront],
    local: Callable[[datetime], datetime],
    issues: Mapping[date, datetime],
) -> dict[date, KeptFront]:
    """Return the front page that is the edition of each day, from all that are kept, oldest first.

    It is the last one of the day. If the day has a newsletter issue, it is the last one up to the
    issue's time, so that both say the same, if the day has one that early.
    """
    editions: dict[date, KeptFront] = {}
    for front in fronts:
        day = local(front.at).date()
        sent = issues.get(day)
        if day not in editions or sent is None or dates.utc(front.at) <= dates.utc(sent):
            editions[day] = front
    return editions


def thin_fronts(
    fronts: Sequence[KeptFront], editions: Mapping[date, KeptFront], now: datetime
) -> list[KeptFront]:
    """Return the front pages to keep: those of the last 48 hours, and before that the editions."""
    kept = {front.at for front in editions.values()}
    return [front for front in fronts if now - front.at <= FRONTS_KEPT or front.at in kept]
