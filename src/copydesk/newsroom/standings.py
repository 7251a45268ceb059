"""Compute the status of stories by the current rules; count how many pass the threshold."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from copydesk import archive, judge
from copydesk.archive import Rulings
from copydesk.catalogue import Catalogue, DecidedStory, StoryFilter
from copydesk.errors import RecordError
from copydesk.judge import gate
from copydesk.judge.gate import GateChoice, GateDecision, deciding_points
from copydesk.news import Article, Beat, Standing, Story, Verdict
from copydesk.news.ruling import IS_WANTED
from copydesk.newsroom._newsroom import Newsroom
from copydesk.review import rejudging, rules
from copydesk.review.rules import find_ruled_fields

FindArticle = Callable[[Story], Article | None]


def standing_of(rules: RulesInForce, story: Story, find_article: FindArticle) -> Standing:
    """Return the status of a stored story (published, held, …) by the current rules.

    `find_article` is called only if the record does not tell whether the story belongs to the
    site's subject.
    """
    verdict = story.verdict or rules.rulings.verdict_on(story.path)
    if verdict is None and story.published:
        return Standing.PUBLISHED
    beat = rules.beat
    article = find_article(story) if judge.needs_article(beat) else None
    return rejudging.standing(
        story,
        verdict,
        is_ruled_out=bool(gate.blocking_ruling(story, beat.rulings)),
        is_off_beat=_is_off_beat(story, beat, article),
        reaches_gate=judge.reaches_gate(story, beat),
    )


def _is_off_beat(story: Story, beat: Beat, article: Article | None) -> bool:
    has_ruled_topics = "topics" in find_ruled_fields(story, beat)  # an editor set them
    return not has_ruled_topics and judge.is_off_beat(story, beat, article)


def count_standings(catalogue: Catalogue) -> dict[Standing, int]:
    """Count all stories of a newsroom by their status, in the order of `Standing`."""
    counts = {one: catalogue.count(StoryFilter(standings=frozenset({one}))) for one in Standing}
    return {standing: count for standing, count in counts.items() if count}


# The owner's and the editors' rules that are in force.


@dataclass(frozen=True, slots=True, kw_only=True)
class RulesInForce:
    """The rules that decide the status of stories: site settings and editors' decisions."""

    beat: Beat
    rulings: Rulings

    def digest(self) -> str:
        """Return a digest of the rules that can change the status of any story.

        Rules and decisions on single stories are not part of it; `story_digests` covers them.
        """
        blocks = tuple(rule for rule in self.beat.rulings if rule.said == "block")
        beat = self.beat
        return _digest((_VERSION, beat.scoring, beat.topic, beat.topics, blocks))

    def story_digests(self) -> Mapping[str, str]:
        """Return a digest of the rules and the decision about each single story, by record name."""
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


_VERSION = 2  # of the computation of statuses


def read_rules(root: Path, beat: Beat, now: datetime) -> RulesInForce:
    """Return the rules in force, without editors' decisions if rulings.yaml cannot be read."""
    try:
        rulings = archive.read_rulings(root)
    except RecordError:
        rulings = Rulings()
    return RulesInForce(beat=_beat_in_force(rulings.verdicts, beat, now), rulings=rulings)


def digest_rules(beat: Beat, now: datetime) -> str:
    """Return the digest `RulesInForce.digest` of the current rules, without reading a file."""
    return RulesInForce(beat=_beat_in_force({}, beat, now), rulings=Rulings()).digest()


def beat_in_force(root: Path, beat: Beat, now: datetime) -> Beat:
    """Return the site's settings (`Beat`) without expired rules, and without rules by which an
    unpublished story would lead its group.

    Editors' decisions are read from rulings.yaml, which alone has them in the `everyday` profile;
    in other profiles the story's record has its decision.
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


# How many stories of the last month pass the publishing threshold, or another one.

DAYS = 30
_STEPS = (-20, -10, 10, 20)  # distance in points of the other gates that are counted


@dataclass(frozen=True, slots=True, kw_only=True)
class GateStep:
    """The number of recent stories that reach a publishing threshold of `publish_at` points."""

    publish_at: int
    passed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GatePassage:
    """The number of recent stories that reach the publishing threshold, out of `stories`.

    Stories decided by anything else are not counted: an editor's decision, a pin, the source's
    trust, being a copy, being in a group with another leader, or waiting for an editor. `others`
    are thresholds below and above this one.
    """

    publish_at: int
    days: int
    stories: int
    passed: int
    others: tuple[GateStep, ...]


def measure_gate_passage(
    newsroom: Newsroom, catalogue: Catalogue, rejudged: Iterable[Story] = ()
) -> GatePassage:
    """Count the stories that reach various publishing thresholds; `rejudged` have new points."""
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


# The gate compared with editors, as `copydesk eval gate` compares it.

_WEEKS = timedelta(weeks=26)  # of verdicts; a longer time is counted by month
_WANTED = {str(word): is_wanted for word, is_wanted in IS_WANTED.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreementCount:
    """How often the publishing threshold agrees with editors, in a week or month (`2026-11`).

    `waited` counts the stories that had waited for an editor, `agreed` those of them on which the
    publishing threshold agrees, `picked` the stories that editors chose themselves.
    """

    period: str
    waited: int
    agreed: int
    picked: int


def count_agreement(decided: Iterable[DecidedStory], publish_at: int) -> Iterator[AgreementCount]:
    """Yield how often the publishing threshold agrees with editors' decisions, week by week.

    By month if the editors' decisions span more than half a year. Stories that the publishing
    threshold does not apply to are left out.
    """
    known = [one for one in decided if one.points is not None and one.said in _WANTED]
    times = sorted(one.at for one in known)
    form = "%G-W%V" if times and times[-1] - times[0] <= _WEEKS else "%Y-%m"
    for period in dict.fromkeys(at.strftime(form) for at in times):
        some = [one for one in known if one.at.strftime(form) == period]
        yield _count_period(period, some, publish_at)


GATE_CHOICE_NEEDS = {"least": gate.LEAST_DECISIONS, "each": gate.LEAST_OF_EACH}  # for a choice


def choose_gate(
    decided: Iterable[DecidedStory], publish_at: int
) -> tuple[Sequence[GateDecision], GateChoice | None]:
    """Return the decisions on stories that had waited, and the threshold that agrees best."""
    decisions = [
        GateDecision(path=one.path, is_wanted=_WANTED[one.said], points=one.points)
        for one in decided
        if one.has_waited and one.points is not None and one.said in _WANTED
    ]
    return decisions, gate.choose_gate(decisions, publish_at)


def _count_period(period: str, decided: Sequence[DecidedStory], publish_at: int) -> AgreementCount:
    waited = [one for one in decided if one.has_waited]
    agreed = sum(((one.points or 0) >= publish_at) == _WANTED[one.said] for one in waited)
    return AgreementCount(
        period=period, waited=len(waited), agreed=agreed, picked=len(decided) - len(waited)
    )


# Owners: the publishing house that a publisher belongs to.


def owner_of(beat: Beat, domain: str) -> str:
    """Return the owner of the publisher with a domain, or else its name, or else the domain."""
    known = beat.organizations.get(domain)
    return (known.owner or known.name) if known else domain


def domains_of(beat: Beat, owner: str) -> frozenset[str]:
    """Return the domains of all publishers that have this owner."""
    domains = {domain for domain in beat.organizations if owner_of(beat, domain) == owner}
    return frozenset(domains if owner in beat.organizations else {*domains, owner})
