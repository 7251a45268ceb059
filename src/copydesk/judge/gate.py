"""Count a story's points for the publishing threshold; find editors' rules that block it.

It also finds the threshold that agrees best with editors' decisions, and how sure that is.
"""

from __future__ import annotations

import hashlib
import math
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from copydesk.judge.profile import RELATED_POINTS
from copydesk.kit import text, urls
from copydesk.news import Article, Lead, Reason, ReasonKind, Ruling, Story
from copydesk.news.reason import reason_words

_GATE_KINDS = frozenset({ReasonKind.REACHES_GATE, ReasonKind.BELOW_GATE})
_ABOUT_GATE = frozenset(Reason.of(kind).about for kind in _GATE_KINDS)
_DIGITS = 9  # of the points that a group added; a longer number was not written by us


def gate_points(story: Story) -> int:
    """Return a story's points for the publishing threshold: its quality, and points of its group.

    A record without reasons is counted by everyday.cc's rule.
    """
    quality = story.quality or 0
    if not story.reasons:
        return quality + RELATED_POINTS * len(story.related)
    reason = _gate_reason_of(story)
    lift = reason.values.get("lift", "") if reason else ""
    return quality + (int(lift) if 0 < len(lift) <= _DIGITS else 0)


def deciding_points(story: Story) -> int | None:
    """Return a story's points if they alone decided on its publication, None otherwise.

    None if something else did: a verdict, a person's edit, a hold, the trust in its source, a pin,
    a rule, the original of a copy, the leader of its group.
    """
    if story.verdict or story.copy_of or story.heat == -1 or story.quality is None:
        return None
    return gate_points(story) if not story.reasons or _is_gates(story) else None


def verdict_points(story: Story) -> int | None:
    """Return the points of a story on whose publication an editor decided, None for any other.

    None without a verdict, and where points do not count: for copies, stories behind a leader,
    stories that match no topic and are only near the beat, and stories without a quality.
    """
    if story.verdict is None or story.copy_of or story.heat == -1 or story.quality is None:
        return None
    is_near_beat = any(reason.kind is ReasonKind.NEAR_BEAT for reason in story.reasons)
    return None if is_near_beat else gate_points(story)


def _is_gates(story: Story) -> bool:
    """Return whether a story is published or not as its points say, and is not held."""
    reason = _gate_reason_of(story)
    if reason is None or any(other.about == "held" for other in story.reasons):
        return False
    return bool(story.published) == (reason.kind is ReasonKind.REACHES_GATE)


def _gate_reason_of(story: Story) -> Reason | None:
    told = (reason for reason in story.reasons if reason.about in _ABOUT_GATE)
    return next((reason for reason in told if reason.kind in _GATE_KINDS), None)


def gate_reason(quality: int, gate: int) -> Reason:
    """Return the reason that a quality reaches the publishing threshold, or that it does not."""
    kind = ReasonKind.REACHES_GATE if quality >= gate else ReasonKind.BELOW_GATE
    return Reason.of(kind, quality=quality, gate=gate)


def blocking_ruling(item: Article | Lead | Story, rulings: Iterable[Ruling]) -> str:
    """Return in words the editor's rule that blocks an article, link or story, "" if none does.

    A rule with a site's name blocks all pages of that site and its subdomains, whoever links there.
    Any other value is searched for in the headline, as whole words.
    """
    blocking = [rule for rule in rulings if rule.said == "block"]
    if not blocking:
        return ""
    from copydesk.judge.words import contains, normalize  # slow to load

    title, hosts = normalize(item.title), _hosts_of(item)
    for rule in blocking:
        for value in rule.values:
            if site := urls.site_name(value):
                if any(_is_below(host, site) for host in hosts):
                    return _words(rule, site)
            elif contains(value, title):
                return _words(rule, f'"{value}" in title')
    return ""


def _hosts_of(item: Article | Lead | Story) -> set[str]:
    """Return the hosts of an item: of its listed URL, of its page, of its publisher."""
    hosts = {urls.host(item.original_url if isinstance(item, Story) else item.url)}
    if not isinstance(item, Lead):
        hosts.add(urls.host(item.web_url))
        hosts.add(item.provider.domain if item.provider else "")
    return hosts


def _is_below(host: str, site: str) -> bool:
    return host == site or host.endswith(f".{site}")


def _words(rule: Ruling, what: str) -> str:
    return text.fold(reason_words(ReasonKind.RULED_OUT, what=what, by=rule.by, why=rule.why))


# Which publishing threshold agrees best with editors. The best of many thresholds looks too good on
# the stories that chose it. So it is tested by ten-fold cross-validation: chosen by nine tenths,
# tried on the last tenth (Stone, 1974).

LEAST_DECISIONS, LEAST_OF_EACH = 30, 5
MOST_BY_CHANCE = 0.05
_FOLDS = 10
_NORMAL = 1.2816  # 90th percentile of the normal distribution


@dataclass(frozen=True, slots=True, kw_only=True)
class GateDecision:
    """An editor's decision whether to publish a story, and the story's points."""

    path: str
    is_wanted: bool
    points: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GateChoice:
    """The publishing threshold (minimum score) that agrees best with editors, compared with
    today's.

    It agrees on `agreed` of the stories, today's on `today`. The decisions do not tell it apart
    from thresholds between `likely_lowest` and `likely_highest`. In cross-validation it was between
    `lowest` and `highest`; of the test stories on which it and today's differ it was right on
    `better` and wrong on `worse`. `chance` is the p-value of the sign test.
    """

    publish_at: int
    agreed: int
    today: int
    likely_lowest: int
    likely_highest: int
    lowest: int
    highest: int
    better: int
    worse: int
    chance: float

    @property
    def is_sure(self) -> bool:
        """Return whether it agrees better than today's threshold by more than chance."""
        return self.chance <= MOST_BY_CHANCE


def choose_gate(decisions: Sequence[GateDecision], publish_at: int) -> GateChoice | None:
    """Find the publishing threshold nearest to today's that agrees best with editors, and test it.

    None for fewer than `LEAST_DECISIONS` decisions, or `LEAST_OF_EACH` to publish or not to.
    """
    kinds = [len(points) for points in _sort_points(decisions)]
    if sum(kinds) < LEAST_DECISIONS or min(kinds) < LEAST_OF_EACH:
        return None
    best = _find_best(decisions, publish_at)
    likely = _find_likely(decisions, best)
    chosen, better, worse = _cross_validate(decisions, publish_at)
    return GateChoice(
        publish_at=best,
        agreed=_count_agreements(decisions, best),
        today=_count_agreements(decisions, publish_at),
        likely_lowest=min(likely),
        likely_highest=max(likely),
        lowest=min(chosen),
        highest=max(chosen),
        better=better,
        worse=worse,
        chance=find_chance(better, worse),
    )


def _cross_validate(
    decisions: Sequence[GateDecision], publish_at: int
) -> tuple[Sequence[int], int, int]:
    """Return the thresholds chosen by nine tenths of the decisions, and on how many decisions of
    the last tenths they are right where today's is wrong, and wrong where it is right.
    """
    chosen, better, worse = [], 0, 0
    for fold in range(_FOLDS):
        gate = _find_best([one for one in decisions if _fold_of(one) != fold], publish_at)
        chosen.append(gate)
        for one in decisions:
            if _fold_of(one) == fold:
                better += _agrees(one, gate) > _agrees(one, publish_at)
                worse += _agrees(one, gate) < _agrees(one, publish_at)
    return chosen, better, worse


def find_chance(better: int, worse: int) -> float:
    """Return the p-value of the one-sided sign test (Dixon and Mood, 1946).

    That is the probability of at least `better` better cases if better and worse are equally
    likely.
    """
    count = better + worse
    every = math.lgamma(count + 1) - count * math.log(2)
    tails = (
        math.exp(every - math.lgamma(number + 1) - math.lgamma(count - number + 1))
        for number in range(better, count + 1)
    )
    return round(min(1.0, sum(tails)), 4)


def _find_best(decisions: Sequence[GateDecision], publish_at: int) -> int:
    """Return the best publishing threshold; only the points of stories need to be tried."""
    wanted, others = _sort_points(decisions)

    def rate(gate: int) -> tuple[int, int]:
        let_through = len(wanted) - bisect_left(wanted, gate)
        return let_through + bisect_left(others, gate), -abs(gate - publish_at)

    return max(sorted({publish_at, *_list_gates(decisions)}), key=rate)


def _find_likely(decisions: Sequence[GateDecision], best: int) -> list[int]:
    """Return the thresholds that McNemar's test (1947) does not tell apart from the best one.

    In simulations of 30 to 300 decisions the range of them had the true one in 92 to 99 of 100
    newsrooms; the range of a bootstrap had it in 55 to 98.
    """
    wanted, others = _sort_points(decisions)

    def is_likely(gate: int) -> bool:
        low, high = sorted((gate, best))
        for_lower = bisect_left(wanted, high) - bisect_left(wanted, low)
        for_higher = bisect_left(others, high) - bisect_left(others, low)
        lead = for_lower - for_higher if best == low else for_higher - for_lower
        return lead - 1 <= _NORMAL * math.sqrt(for_lower + for_higher)

    return [best, *filter(is_likely, _list_gates(decisions))]


def _sort_points(decisions: Sequence[GateDecision]) -> tuple[list[int], list[int]]:
    wanted = sorted(one.points for one in decisions if one.is_wanted)
    return wanted, sorted(one.points for one in decisions if not one.is_wanted)


def _list_gates(decisions: Sequence[GateDecision]) -> set[int]:
    return {max(0, one.points + step) for one in decisions for step in (0, 1)}


def _count_agreements(decisions: Sequence[GateDecision], publish_at: int) -> int:
    return sum(_agrees(one, publish_at) for one in decisions)


def _agrees(decision: GateDecision, publish_at: int) -> bool:
    return (decision.points >= publish_at) == decision.is_wanted


def _fold_of(decision: GateDecision) -> int:
    name = decision.path.encode("utf-8", "replace")
    return hashlib.blake2b(name, digest_size=1).digest()[0] % _FOLDS
