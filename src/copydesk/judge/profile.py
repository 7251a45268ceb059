"""Profile: what a way of weighing stories is made of, as data."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from copydesk.news import (
    Article,
    Beat,
    Reason,
    ReasonKind,
    Shelf,
    Shelved,
    Source,
    Story,
    Surroundings,
)

# What a profile weighs: an article's wrapping and content, and where it came from.

LEDE_CHARACTERS = 600


@dataclass(frozen=True, slots=True, kw_only=True)
class Features:
    """Everything that a signal may look at.

    `topics` are the names that the record carries, `given` the source that put it on the beat
    ("" for none), `confidence` how sure in percent it is that it is on the beat, by its topic
    `nearest`; `text` the text that was read (None where it is not known), `lede` the excerpt
    and the first characters of the text. `language` is the article's, "" where unknown; `section`
    and `tags` are its page's own words for what it is about; `age_hours` is how old it was when it
    was found, None where nobody watched its source then; `host` is the page's own, below `domain`.
    """

    title: str
    topics: tuple[str, ...] = ()
    domain: str = ""
    image: bool = False
    amp: bool = False
    video: bool = False
    official: bool = False
    given: str = ""
    nearest: str = ""
    confidence: int = 100
    lede: str = ""
    text: str | None = None
    access: str = ""
    credit: str = ""
    authors: int = 0
    language: str = ""
    section: str = ""
    tags: tuple[str, ...] = ()
    age_hours: float | None = None
    host: str = ""


def lede(excerpt: str, text: str) -> str:
    """Return the excerpt and the beginning of the text, cut at a word."""
    start = text[:LEDE_CHARACTERS]
    if len(text) > LEDE_CHARACTERS and " " in start:
        start = start.rsplit(" ", 1)[0]
    return f"{excerpt}\n{start}".strip()


# A scoring profile as data: signals with points, and the rules for topics, copies and groups.

RELATED_POINTS = 10  # the reference adds them to the leader of a group for each other story

Fingerprint = tuple[int, ...]
FindSightings = Callable[[Features, Beat], Iterable[tuple[int, str]]]
Regroup = Callable[
    [Sequence[Shelved], Beat, frozenset[str], frozenset[str], Surroundings | None],
    tuple[Story, ...],
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """One piece of evidence that an article is about a topic; `given` by its source, or read.

    `confidence` is how sure it makes us, 0 to 100; a source's word is not doubted.
    """

    topic: str
    why: str
    given: bool = False
    confidence: int = 100

    @property
    def reason(self) -> Reason:
        """Return it as a record's reason."""
        return Reason.of(ReasonKind.TOPIC, whose=self.topic, evidence=self.why)


@dataclass(frozen=True, slots=True, kw_only=True)
class QualitySignal:
    """Something that earns or costs points, as often as `find` does.

    `find` returns (times, why) pairs; a pair is worth `points` times its first number. One that is
    `of_picture` looks at nothing but whether there is a picture, and no other one looks at that.
    `part` is the part of a quality to which its points belong, "" for none of its own; `name` is
    its name in `[scoring.points]`, "" for one whose points no owner can move.
    """

    points: int
    find: FindSightings
    of_picture: bool = False
    part: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """That a signal was found: its place among the profile's, how often, and by what."""

    signal: int
    times: int
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """What an article repeats: the file name without `.md` of the original, and the evidence."""

    of: str
    reason: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """How one kind of site weighs its stories.

    `relevance` returns the evidence that an article is on the beat (none: it is off it, and
    `describe_miss` says what it lacks), `describe_near_miss` what it lacks for the nearest topic
    but those that it has, `topics` the names its record carries, `find_original` what it repeats,
    by its text's fingerprint, `regroup` the filed stories that change by what is new or judged
    again. `blocks` says whether a record keeps reasons and other blocks of ours, `highest` what no
    quality is above (None: no such bound).
    """

    name: str
    blocks: bool
    signals: tuple[QualitySignal, ...]
    highest: int | None
    relevance: Callable[[Article, Beat], tuple[Match, ...]]
    describe_miss: Callable[[Article, Beat], str]
    describe_near_miss: Callable[[Article, Beat, Sequence[str]], str]
    topics: Callable[[Article, Beat, tuple[Match, ...]], tuple[str, ...]]
    find_original: Callable[[Article, Fingerprint, Shelf], Copy | None]
    regroup: Regroup


@dataclass(frozen=True, slots=True, kw_only=True)
class QualityScore:
    """A quality and the reasons that add up to it."""

    quality: int
    reasons: tuple[Reason, ...]


def weigh_by(
    signals: Sequence[QualitySignal], features: Features, beat: Beat, highest: int | None = None
) -> QualityScore:
    """Add up the signals, not below nought nor above `highest`; the reasons always make the sum."""
    pictured, bare = weigh_both_ways(signals, features, beat, highest)
    return pictured if features.image else bare


def weigh_both_ways(
    signals: Sequence[QualitySignal], features: Features, beat: Beat, highest: int | None = None
) -> tuple[QualityScore, QualityScore]:
    """Look for each signal once, and add them up with a picture and without one."""
    return weigh_sightings(signals, find_sightings(signals, features, beat), highest)


def find_sightings(
    signals: Iterable[QualitySignal], features: Features, beat: Beat
) -> tuple[Sighting, ...]:
    """Look for each signal once, as if there were a picture; whatever its points are."""
    pictured = replace(features, image=True)
    return tuple(
        Sighting(signal=place, times=times, why=why)
        for place, signal in enumerate(signals)
        for times, why in signal.find(pictured, beat)
    )


def weigh_sightings(
    signals: Sequence[QualitySignal], sightings: Iterable[Sighting], highest: int | None
) -> tuple[QualityScore, QualityScore]:
    """Add up what was found by the signals' points, with a picture and without one."""
    counted = [
        (signals[seen.signal].of_picture, _reason_of(seen, points))
        for seen in sightings
        if (points := signals[seen.signal].points * seen.times)
    ]
    bare = (reason for of_picture, reason in counted if not of_picture)
    return _sum((reason for _, reason in counted), highest), _sum(bare, highest)


def _reason_of(seen: Sighting, points: int) -> Reason:
    return Reason.of(ReasonKind.SIGNAL, points=points, seen=seen.why)


def _sum(found: Iterable[Reason], highest: int | None) -> QualityScore:
    reasons = list(found)
    total = sum(reason.points or 0 for reason in reasons)
    if total < 0:
        reasons.append(Reason.of(ReasonKind.NEVER_BELOW, points=-total, bound=0))
        total = 0
    if highest is not None and total > highest:
        over = highest - total
        reasons.append(Reason.of(ReasonKind.NEVER_ABOVE, points=over, bound=highest))
        total = highest
    return QualityScore(quality=total, reasons=tuple(reasons))


# What the source of an article says of it: official, or about topics that the settings give.


def source_of(article: Article, beat: Beat) -> Source:
    """Return the source that listed the article; a plain one where the beat has it no longer."""
    return beat.source(article.source) or Source(url=article.source)


def topics_of_source(article: Article, beat: Beat) -> Iterator[Match]:
    """Yield the topics that stand on an article whatever it says; a beat without takes all.

    That a source is official says that it is on the main topic, and nothing where there is none.
    """
    source = source_of(article, beat)
    name = source.name or source.url
    for topic in source.topics:
        yield Match(topic=topic, why=f"given by source {name}", given=True)
    if source.official and beat.topic:
        yield Match(topic=beat.topic, why=f"official source {name}", given=True)
    if not beat.topics:
        yield Match(topic=beat.topic, why="the beat has no topics", given=True)
