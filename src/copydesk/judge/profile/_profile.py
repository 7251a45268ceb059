"""A scoring profile as data: signals with points, and the rules for topics, copies and groups."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from copydesk.judge.profile._features import Features
from copydesk.news import Article, Beat, Reason, ReasonKind, Shelf, Shelved, Story

Fingerprint = tuple[int, ...]


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
        """Give it as a record's reason."""
        return Reason.of(ReasonKind.TOPIC, whose=self.topic, evidence=self.why)


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """Something that earns or costs points, as often as `seen` finds it.

    `seen` gives (times, why) pairs; a pair is worth `points` times its first number. One that is
    `of_picture` looks at nothing but whether there is a picture, and no other one looks at that.
    """

    points: int
    seen: Callable[[Features, Beat], Iterable[tuple[int, str]]]
    of_picture: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """What an article repeats: the file name without `.md` of the original, and the evidence."""

    of: str
    reason: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """How one kind of site weighs its stories.

    `relevance` gives the evidence that an article is on the beat (none: it is off it, and `miss`
    says what it lacks), `near` says what it lacks for the nearest topic but those that it has,
    `topics` gives the names its record carries, `copy` the original that it repeats, by its text's
    fingerprint, `regroup` the filed stories that change by what is new or judged anew. `blocks`
    says whether a record keeps reasons and other blocks of ours, `highest` what no quality is
    above (None: no such bound).
    """

    name: str
    blocks: bool
    signals: tuple[Signal, ...]
    highest: int | None
    relevance: Callable[[Article, Beat], tuple[Match, ...]]
    miss: Callable[[Article, Beat], str]
    near: Callable[[Article, Beat, Sequence[str]], str]
    topics: Callable[[Article, Beat, tuple[Match, ...]], tuple[str, ...]]
    copy: Callable[[Article, Fingerprint, Shelf], Copy | None]
    regroup: Callable[[Sequence[Shelved], Beat, frozenset[str], frozenset[str]], tuple[Story, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighed:
    """A quality and the reasons that add up to it."""

    quality: int
    reasons: tuple[Reason, ...]


def weigh_by(
    signals: Iterable[Signal], features: Features, beat: Beat, highest: int | None = None
) -> Weighed:
    """Add up the signals, not below nought nor above `highest`; the reasons always make the sum."""
    return _sum(_reasons(signals, features, beat), highest)


def weigh_both_ways(
    signals: Iterable[Signal], features: Features, beat: Beat, highest: int | None = None
) -> tuple[Weighed, Weighed]:
    """Look at each signal once, and add them up with a picture and without one."""
    pictured = replace(features, image=True)
    seen = [
        (signal.of_picture, reason)
        for signal in signals
        for reason in _reasons([signal], pictured, beat)
    ]
    bare = (reason for of_picture, reason in seen if not of_picture)
    return _sum((reason for _, reason in seen), highest), _sum(bare, highest)


def _reasons(signals: Iterable[Signal], features: Features, beat: Beat) -> Iterator[Reason]:
    for signal in signals:
        for times, why in signal.seen(features, beat):
            if signal.points * times:
                yield Reason.of(ReasonKind.SIGNAL, points=signal.points * times, seen=why)


def _sum(seen: Iterable[Reason], highest: int | None) -> Weighed:
    reasons = list(seen)
    total = sum(reason.points or 0 for reason in reasons)
    if total < 0:
        reasons.append(Reason.of(ReasonKind.NEVER_BELOW, points=-total, bound=0))
        total = 0
    if highest is not None and total > highest:
        over = highest - total
        reasons.append(Reason.of(ReasonKind.NEVER_ABOVE, points=over, bound=highest))
        total = highest
    return Weighed(quality=total, reasons=tuple(reasons))
