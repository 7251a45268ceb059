"""Scoring profiles as data: the quality signals of articles, and functions that add up points."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from copydesk.news import Article, Beat, Reason, ReasonKind, Shelved, Source, Story
from copydesk.news.story import Shelf, Surroundings

LEDE_CHARACTERS = 600


@dataclass(frozen=True, slots=True, kw_only=True)
class Features:
    """The features of an article that quality signals examine.

    `topics` are the names in its record. `given` is the evidence of a source that gives it a topic,
    "" for none; `confidence` is in percent how surely it belongs to the site's subject, by its
    topic `nearest`. `text` is None if it is not known; `lede` is the excerpt and the beginning of
    the text. `section` is that of its page. `age_hours` is its age when it was found,
    None if its source was not watched then. `host` is that of its page, a subdomain of `domain`.
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
    age_hours: float | None = None
    host: str = ""


def lede(excerpt: str, text: str) -> str:
    """Return an article's lede: its excerpt and the beginning of its text, cut between words."""
    start = text[:LEDE_CHARACTERS]
    if len(text) > LEDE_CHARACTERS and " " in start:
        start = start.rsplit(" ", 1)[0]
    return f"{excerpt}\n{start}".strip()


# The reference adds them to the heat of a group's leader, for each other story of the group.
RELATED_POINTS = 10

Fingerprint = tuple[int, ...]
FindSightings = Callable[[Features, Beat], Iterable[tuple[int, str]]]
Regroup = Callable[
    [Sequence[Shelved], Beat, frozenset[str], frozenset[str], Surroundings | None],
    tuple[Story, ...],
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A piece of evidence for a topic of an article: words in it, or a setting of its source.

    `confidence` is from 0 to 100; it is 100 for a topic that the source gives.
    """

    topic: str
    why: str
    given: bool = False
    confidence: int = 100

    @property
    def reason(self) -> Reason:
        """Return the evidence for the topic as a reason to store with the story."""
        return Reason.of(ReasonKind.TOPIC, whose=self.topic, evidence=self.why)


@dataclass(frozen=True, slots=True, kw_only=True)
class QualitySignal:
    """A quality signal of articles, such as "names its sources": how it is found, and its points.

    `find` returns (times, words) pairs, each worth `times` times `points`. A signal with
    `of_picture` looks only at whether there is a picture, and no other signal does. `part` is the
    part of the quality that its points belong to, "" for none. `name` is its name in
    `[scoring.points]`, "" if its points cannot be set.
    """

    points: int
    find: FindSightings
    of_picture: bool = False
    part: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """A quality signal found in an article: the signal's number, how often, and the words."""

    signal: int
    times: int
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """The story that an article copies: its file name without `.md`, and the evidence."""

    of: str
    reason: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """A way of scoring articles: quality signals with points, and functions for topics and copies.

    `relevance` returns the evidence that an article belongs to the site's subject, () for none;
    then `describe_miss` says what it lacks. `describe_near_miss` says what it lacks for the nearest
    topic that it does not have, `find_near` yields the reason to hold an article without evidence
    that names a place, person or company of a topic. `topics` returns the topics for its record,
    `find_original` the original that it copies, `regroup` the filed stories that change when new
    ones are grouped.
    `blocks` tells whether records keep reasons and other blocks of ours. `highest` is the maximum
    of a quality, None for none.
    """

    name: str
    blocks: bool
    signals: tuple[QualitySignal, ...]
    highest: int | None
    relevance: Callable[[Article, Beat], tuple[Match, ...]]
    describe_miss: Callable[[Article, Beat], str]
    describe_near_miss: Callable[[Article, Beat, Sequence[str]], str]
    find_near: Callable[[Article, Beat], Iterable[Reason]]
    topics: Callable[[Article, Beat, tuple[Match, ...]], tuple[str, ...]]
    find_original: Callable[[Article, Fingerprint, Shelf], Copy | None]
    regroup: Regroup


@dataclass(frozen=True, slots=True, kw_only=True)
class QualityScore:
    """The quality score of an article, and the reasons whose points add up to it."""

    quality: int
    reasons: tuple[Reason, ...]


def weigh_by(
    signals: Sequence[QualitySignal], features: Features, beat: Beat, highest: int | None = None
) -> QualityScore:
    """Add up the points of an article's signals; the sum is at least 0 and at most `highest`.

    The reasons always add up to the quality.
    """
    pictured, bare = weigh_both_ways(signals, features, beat, highest)
    return pictured if features.image else bare


def weigh_both_ways(
    signals: Sequence[QualitySignal], features: Features, beat: Beat, highest: int | None = None
) -> tuple[QualityScore, QualityScore]:
    """Score an article as with a picture and as without; each signal is searched for once."""
    return weigh_sightings(signals, find_sightings(signals, features, beat), highest)


def find_sightings(
    signals: Iterable[QualitySignal], features: Features, beat: Beat
) -> tuple[Sighting, ...]:
    """Find all quality signals in an article as if it had a picture, even those without points."""
    pictured = replace(features, image=True)
    return tuple(
        Sighting(signal=place, times=times, why=why)
        for place, signal in enumerate(signals)
        for times, why in signal.find(pictured, beat)
    )


def weigh_sightings(
    signals: Sequence[QualitySignal], sightings: Iterable[Sighting], highest: int | None
) -> tuple[QualityScore, QualityScore]:
    """Add up the points of the signals found in an article, with a picture and without one."""
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


def source_of(article: Article, beat: Beat) -> Source:
    """Return the source that listed an article, with default settings if it was removed."""
    return beat.source(article.source) or Source(url=article.source)


def topics_of_source(article: Article, beat: Beat) -> Iterator[Match]:
    """Yield the topics that an article gets because of its source, whatever its text says.

    An official source gives the main topic, if there is one. A site without topics takes
    everything.
    """
    source = source_of(article, beat)
    name = source.name or source.url
    for topic in source.topics:
        yield Match(topic=topic, why=f"set for the source {name}", given=True)
    if source.official and beat.topic:
        yield Match(topic=beat.topic, why=f"official source {name}", given=True)
    if not beat.topics:
        yield Match(topic=beat.topic, why="the site has no topics", given=True)
