"""What the gate saw of a filed story, as its record tells it: no other record is read."""

from __future__ import annotations

from collections.abc import Iterable

from copydesk.judge.profile import RELATED_POINTS
from copydesk.judge.words import contains, normalize
from copydesk.kit import text, urls
from copydesk.news import Article, Lead, Reason, ReasonKind, Ruling, Story, reason_words

_GATE_KINDS = frozenset({ReasonKind.REACHES_GATE, ReasonKind.BELOW_GATE})
_ABOUT_GATE = frozenset(Reason.of(kind).about for kind in _GATE_KINDS)
_DIGITS = 9  # of a lift; a longer one was written by nobody who counts


def gate_points(story: Story) -> int:
    """Return the points that the gate saw: quality, and what others on its event added to that.

    A record that keeps no reasons is told by the reference's rule.
    """
    quality = story.quality or 0
    if not story.reasons:
        return quality + RELATED_POINTS * len(story.related)
    reason = _gate_reason_of(story)
    lift = reason.values.get("lift", "") if reason else ""
    return quality + (int(lift) if 0 < len(lift) <= _DIGITS else 0)


def deciding_points(story: Story) -> int | None:
    """Return the points by which the gate alone put a story on the site or kept it off.

    None where something else did: a verdict, a hand in the record, the wait for an editor, a
    source's trust, a pin, a rule, a copy's original, the leader of its group.
    """
    if story.verdict or story.copy_of or story.heat == -1 or story.quality is None:
        return None
    return gate_points(story) if not story.reasons or _is_gates(story) else None


def verdict_points(story: Story) -> int | None:
    """Return the points that the gate saw of a story that an editor decided.

    None for one that nobody decided, and where the gate has no say: in a copy, behind a leader,
    without a quality.
    """
    if story.verdict is None or story.copy_of or story.heat == -1 or story.quality is None:
        return None
    return gate_points(story)


def _is_gates(story: Story) -> bool:
    """Decide whether a record stands as the gate's reason in it says, and waits for nobody."""
    reason = _gate_reason_of(story)
    if reason is None or any(other.about == "held" for other in story.reasons):
        return False
    return bool(story.published) == (reason.kind is ReasonKind.REACHES_GATE)


def _gate_reason_of(story: Story) -> Reason | None:
    told = (reason for reason in story.reasons if reason.about in _ABOUT_GATE)
    return next((reason for reason in told if reason.kind in _GATE_KINDS), None)


# The gate in a reason: whether a story's quality reaches it.


def gate_reason(quality: int, gate: int) -> Reason:
    """Return why a story is published or not by its quality alone."""
    kind = ReasonKind.REACHES_GATE if quality >= gate else ReasonKind.BELOW_GATE
    return Reason.of(kind, quality=quality, gate=gate)


# Block: what an editor ruled out, by a word of the headline or by the site that it stands on.


def blocking_ruling(item: Article | Lead | Story, rulings: Iterable[Ruling]) -> str:
    """Return by whose ruling there is to be no such story, and why; "" where there is none.

    A site's name blocks all that stands on it and below it, whoever links there; anything else is
    looked for in the headline, as whole words.
    """
    title, hosts = normalize(item.title), _hosts_of(item)
    for rule in rulings:
        if rule.said != "block":
            continue
        for value in rule.values:
            if site := urls.site_name(value):
                if any(_is_below(host, site) for host in hosts):
                    return _words(rule, site)
            elif contains(value, title):
                return _words(rule, f'"{value}" in title')
    return ""


def _hosts_of(item: Article | Lead | Story) -> set[str]:
    """Return the hosts that an item stands on: where it was listed, is read, and who has it."""
    hosts = {urls.host(item.original_url if isinstance(item, Story) else item.url)}
    if not isinstance(item, Lead):
        hosts.add(urls.host(item.web_url))
        hosts.add(item.provider.domain if item.provider else "")
    return hosts


def _is_below(host: str, site: str) -> bool:
    return host == site or host.endswith(f".{site}")


def _words(rule: Ruling, what: str) -> str:
    return text.fold(reason_words(ReasonKind.RULED_OUT, what=what, by=rule.by, why=rule.why))
