"""Where a filed story stands in a newsroom."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from copydesk import archive, judge, review
from copydesk.archive import Rulings
from copydesk.catalogue import Catalogue
from copydesk.errors import RecordError
from copydesk.judge import gate
from copydesk.judge.gate import deciding_points
from copydesk.news import Article, Beat, Standing, Story, Verdict
from copydesk.newsroom._newsroom import Newsroom
from copydesk.review import rules
from copydesk.review.rules import find_ruled_fields

FindArticle = Callable[[Story], Article | None]


def standing_of(rules: RulesInForce, story: Story, find_article: FindArticle) -> Standing:
    """Return where a story stands by the rules in force.

    What was read of its page is asked for only where nothing else tells whether it is on the beat.
    """
    verdict = story.verdict or rules.verdict_on(story.path)
    if verdict is None and story.published:
        return Standing.PUBLISHED
    beat = rules.beat
    article = find_article(story) if judge.needs_article(beat) else None
    return review.standing(
        story,
        verdict,
        is_ruled_out=bool(gate.blocking_ruling(story, beat.rulings)),
        is_off_beat=_is_off_beat(story, beat, article),
        reaches_gate=judge.reaches_gate(story, beat),
    )


def _is_off_beat(story: Story, beat: Beat, article: Article | None) -> bool:
    has_ruled_topics = "topics" in find_ruled_fields(story, beat)  # an editor says so
    return not has_ruled_topics and judge.is_off_beat(story, beat, article)


# Which of the owner's and the editors' rules are in force, for where filed stories stand.


@dataclass(frozen=True, slots=True, kw_only=True)
class RulesInForce:
    """The rules by which filed stories stand where they do: the beat's, and the editors' words."""

    beat: Beat
    rulings: Rulings

    def verdict_on(self, path: str) -> Verdict | None:
        """Return the word on a record that stands among the rulings."""
        return self.rulings.verdict_on(path)

    @property
    def judged_paths(self) -> Collection[str]:
        """Return the paths of the records that may have a word among the rulings."""
        return self.rulings.judged_paths

    def digest(self) -> str:
        """Return a text that changes with what may let any story stand elsewhere.

        Rules and words on single stories are told apart from that (`story_digests`).
        """
        blocks = tuple(rule for rule in self.beat.rulings if rule.said == "block")
        beat = self.beat
        return _digest((_VERSION, beat.scoring, beat.topic, beat.topics, blocks))

    def story_digests(self) -> Mapping[str, str]:
        """Return a text that changes with the rules and the word on a story, by its name."""
        found: dict[str, list[str]] = {}
        for rule in self.beat.rulings:
            for name in rule.stories:
                found.setdefault(name, []).append(repr(rule))
        for path, verdict in sorted(self.rulings.verdicts.items()):
            found.setdefault(rules.record_name(path), []).append(f"{path} {verdict.said}")
        return {name: _digest(said) for name, said in found.items()}


def _digest(parts: object) -> str:
    form = repr(parts).encode("utf-8", "replace")
    return hashlib.blake2b(form, digest_size=16).hexdigest()


_VERSION = 2  # of what standings are made by


def read_rules(root: Path, beat: Beat, now: datetime) -> RulesInForce:
    """Return the rules that are in force; where the rulings cannot be read, without them."""
    try:
        rulings = archive.read_rulings(root)
    except RecordError:
        rulings = Rulings()
    return RulesInForce(beat=_beat_in_force(rulings.verdicts, beat, now), rulings=rulings)


def digest_rules(beat: Beat, now: datetime) -> str:
    """Return the digest (`RulesInForce.digest`) of what is in force; no file is read for it."""
    return RulesInForce(beat=_beat_in_force({}, beat, now), rulings=Rulings()).digest()


def beat_in_force(root: Path, beat: Beat, now: datetime) -> Beat:
    """Return the beat without rulings that have ended, and leads of what an editor keeps back.

    A record tells of the editor's word by itself, but for one of `everyday`.
    """
    leads = any(rule.said == "lead" for rule in beat.rulings)
    verdicts = archive.read_rulings(root).verdicts if leads else {}
    return _beat_in_force(verdicts, beat, now)


def _beat_in_force(verdicts: Mapping[str, Verdict], beat: Beat, now: datetime) -> Beat:
    off = frozenset(
        rules.record_name(at) for at, verdict in verdicts.items() if verdict.said != "publish"
    )
    rulings = tuple(
        rule
        for rule in beat.rulings
        if (rule.until is None or rule.until > now)
        and (rule.said != "lead" or off.isdisjoint(rule.stories))
    )
    return replace(beat, rulings=rulings)


# What the gate lets through of a newsroom's own last month, where it stands and elsewhere.

DAYS = 30
_STEPS = (-20, -10, 10, 20)  # points from the gate at which others are told


@dataclass(frozen=True, slots=True, kw_only=True)
class GateStep:
    """How many stories a gate at `publish_at` lets through."""

    publish_at: int
    passed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GatePassage:
    """What the gate lets through of the `stories` of the last days that it alone decides.

    What a verdict, a pin, a source's trust, a copy's original, the leader of a group or the wait
    for an editor decides is not among them. `others` are gates below and above this one.
    """

    publish_at: int
    days: int
    stories: int
    passed: int
    others: tuple[GateStep, ...]


def measure_gate_passage(
    newsroom: Newsroom, catalogue: Catalogue, rejudged: Iterable[Story] = ()
) -> GatePassage:
    """Count what gates let through, `rejudged` stories by the points that they have there."""
    filed = catalogue.gate_points(newsroom.now - timedelta(days=DAYS))
    for path in archive.read_rulings(newsroom.root).judged_paths:
        filed.pop(path, None)
    fresh = {story.path: deciding_points(story) for story in rejudged if story.path in filed}
    return _count({**filed, **fresh}, newsroom.beat.scoring.publish_at)


def _count(points_of: Mapping[str, int | None], publish_at: int) -> GatePassage:
    points = [points for points in points_of.values() if points is not None]
    gates = (publish_at + step for step in _STEPS)
    return GatePassage(
        publish_at=publish_at,
        days=DAYS,
        stories=len(points),
        passed=_count_stories_above(points, publish_at),
        others=tuple(
            GateStep(publish_at=gate, passed=_count_stories_above(points, gate))
            for gate in gates
            if gate >= 0
        ),
    )


def _count_stories_above(points: Sequence[int], gate: int) -> int:
    return sum(one >= gate for one in points)


# Owners: the house that a publisher's stories are counted for, and its publishers.


def owner_of(beat: Beat, domain: str) -> str:
    """Return the house of the publisher at a domain: its owner, else its name, else the domain."""
    known = beat.organizations.get(domain)
    return (known.owner or known.name) if known else domain


def domains_of(beat: Beat, owner: str) -> frozenset[str]:
    """Return the domains of the publishers that are counted for a house."""
    domains = {domain for domain in beat.organizations if owner_of(beat, domain) == owner}
    return frozenset(domains if owner in beat.organizations else {*domains, owner})
