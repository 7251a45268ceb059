"""What stands on the front page: the warmest of the newest, no publisher or topic filling it."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from copydesk.kit import dates
from copydesk.news import Beat, Ruling, Story
from copydesk.publish import _links

SIZE = 20
A_HOUSE = 3
A_TOPIC = 8
PINS = 3
ALONE = 0.75  # what counts of the heat of a story that one newsroom alone vouches for
HALF_LIFE_HOURS = 24.0
_NEWEST = 150
_A_HOUSE_OF_NEWEST = 50
_DAYS = 30
_FEW = 10
_LATEST = 30
LEAD_HOURS = 24.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Front:
    """`top` is what the caps allow; `more` fills a page that they leave nearly empty.

    `latest` are the newest of what is not among them. `pinned` tells when an editor pinned a story
    that leads the page, by its path.
    """

    top: tuple[Story, ...] = ()
    more: tuple[Story, ...] = ()
    latest: tuple[Story, ...] = ()
    pinned: Mapping[str, datetime] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What the order of the page depends on beside the stories.

    `happening` names what a story tells (two with one name never both stand), `house` who speaks.
    `is_firm` says that more than one newsroom's word stands behind it. `readers` are the points
    that readers give, by the record's name. `pins` are the rulings in force, in their order;
    `named` gives a published story by its name.
    """

    at: datetime
    happening: Callable[[Story], str]
    house: Callable[[Story], str]
    is_firm: Callable[[Story], bool]
    main_topic: str = ""
    half_life_hours: float = HALF_LIFE_HOURS
    readers: Mapping[str, int] = field(default_factory=dict)
    pins: tuple[Ruling, ...] = ()
    named: Callable[[str], Story | None] = lambda _name: None

    def warmth(self, story: Story) -> float:
        """Give the logarithm of the decayed heat: the order of two never changes with the clock."""
        heat = story.heat if story.heat is not None else story.quality or 0
        heat += self.readers.get(_links.stem(story.path), 0)
        counted = math.log2(max(1, heat)) + (0.0 if self.is_firm(story) else math.log2(ALONE))
        return counted - self.age(story) / self.half_life_hours

    def age(self, story: Story) -> float:
        """Give the age in hours, 0 for a time to come."""
        published = dates.utc(story.published_at or datetime.min.replace(tzinfo=UTC))
        return max(0.0, (dates.utc(self.at) - published).total_seconds() / 3600)


def pins(beat: Beat, at: datetime) -> tuple[Ruling, ...]:
    """Give the pins that are in force at a moment, in the order in which they were made."""
    now = dates.utc(at)
    return tuple(
        ruling
        for ruling in beat.rulings
        if ruling.said == "pin" and (ruling.until is None or dates.utc(ruling.until) > now)
    )


def choose(stories: Sequence[Story], rules: Rules) -> Front:
    """Give the front page out of the published stories, which come newest first.

    At most three pinned stories lead it. Then come the warmest of the newest 150 of the site's
    last 30 days, of which 50 may be of one house. Heat halves with each half-life, and of a story
    that one newsroom alone vouches for three quarters count. The first place goes to a firm one of
    the last 24 hours where there is any. A time after `at` counts as `at`. Of 20 places one house
    has at most three and one topic eight (the main topic, which may stand on all, apart); where
    that leaves fewer than ten, the caps double until ten stand.
    """
    pinned = _pinned(rules)
    said = {rules.happening(story) for story, _ in pinned}
    ranked = [s for s in _ranked(stories, rules) if rules.happening(s) not in said]
    ranked = _once(ranked, rules) if pinned else _led_firmly(_once(ranked, rules), rules)
    page = _Page(rules, [story for story, _ in pinned])
    page.fill(ranked, SIZE, times=1)
    top = tuple(page.chosen)
    times = 2
    while len(page.chosen) < min(_FEW, len(pinned) + len(ranked)):
        page.fill(ranked, _FEW, times)
        times *= 2
    return Front(
        top=top,
        more=tuple(page.chosen[len(top) :]),
        latest=_latest(stories, page.chosen, rules),
        pinned={story.path: ruling.at for story, ruling in pinned},
    )


def _pinned(rules: Rules) -> list[tuple[Story, Ruling]]:
    """Give the published stories that are pinned, each happening once; a pin on another is none."""
    found: dict[str, tuple[Story, Ruling]] = {}
    for ruling in rules.pins:
        story = rules.named(ruling.stories[0]) if ruling.stories else None
        if story is not None:
            found.setdefault(rules.happening(story), (story, ruling))
    return list(found.values())[:PINS]


def _ranked(stories: Sequence[Story], rules: Rules) -> list[Story]:
    recent = _recent(stories, rules)
    return sorted(recent, key=lambda one: (-rules.warmth(one), rules.age(one), one.path))


def _recent(stories: Iterable[Story], rules: Rules) -> list[Story]:
    """Give the newest stories, no more of one house than leave the others room to be seen."""
    dated = (story for story in stories if story.published_at is not None)
    houses: Counter[str] = Counter()
    found: list[Story] = []
    for story in dated:
        if len(found) == _NEWEST or (found and _is_past(story, found[0], rules)):
            break
        house = rules.house(story)
        houses[house] += 1
        if houses[house] <= _A_HOUSE_OF_NEWEST:
            found.append(story)
    return found


def _is_past(story: Story, newest: Story, rules: Rules) -> bool:
    return rules.age(story) - rules.age(newest) > _DAYS * 24


def _led_firmly(ranked: Sequence[Story], rules: Rules) -> list[Story]:
    """Put the warmest firm story of the last day before all others, if there is one.

    The last day is the one before the newest story, so that time passing changes no page.
    """
    newest = min(map(rules.age, ranked), default=0.0)
    days = (story for story in ranked if rules.age(story) - newest <= LEAD_HOURS)
    lead = next(filter(rules.is_firm, days), None)
    return [*filter(None, [lead]), *(story for story in ranked if story is not lead)]


def _once(ranked: Sequence[Story], rules: Rules) -> list[Story]:
    """Leave the first of each happening: the original where it is here, however warm its copies."""
    originals = {rules.happening(story) for story in ranked if not story.copy_of}
    found: dict[str, Story] = {}
    for story in ranked:
        told = rules.happening(story)
        if not story.copy_of or told not in originals:
            found.setdefault(told, story)
    return list(found.values())


class _Page:
    """The places of the page as they are given away, and who has how many."""

    def __init__(self, rules: Rules, pinned: Iterable[Story]) -> None:
        self.chosen: list[Story] = []
        self._rules = rules
        self._houses: Counter[str] = Counter()
        self._topics: Counter[str] = Counter()
        for story in pinned:
            self._take(story)

    def fill(self, ranked: Sequence[Story], size: int, times: int) -> None:
        """Give places to the first that so many times the caps allow, until the page has a size."""
        here = {story.path for story in self.chosen}
        for story in ranked:
            if len(self.chosen) >= size:
                return
            if story.path not in here and self._allows(story, times):
                self._take(story)

    def _allows(self, story: Story, times: int) -> bool:
        if self._houses[self._rules.house(story)] >= A_HOUSE * times:
            return False
        return all(self._topics[name] < A_TOPIC * times for name in self._own(story))

    def _take(self, story: Story) -> None:
        self.chosen.append(story)
        self._houses[self._rules.house(story)] += 1
        self._topics.update(self._own(story))

    def _own(self, story: Story) -> Iterator[str]:
        return (name for name in set(story.topics) if name != self._rules.main_topic)


def _latest(stories: Iterable[Story], shown: Iterable[Story], rules: Rules) -> tuple[Story, ...]:
    """Give the newest stories of happenings that the page does not show yet."""
    told = {rules.happening(story) for story in shown}
    found: list[Story] = []
    for story in stories:
        if len(found) == _LATEST:
            break
        if (what := rules.happening(story)) not in told:
            told.add(what)
            found.append(story)
    return tuple(found)
