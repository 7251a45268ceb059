"""Count a story's points for the publishing threshold; find editors' rules that block it."""

from __future__ import annotations

from collections.abc import Iterable

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

    None without a verdict, and where points do not count: for copies, stories behind a leader, and
    stories without a quality.
    """
    if story.verdict is None or story.copy_of or story.heat == -1 or story.quality is None:
        return None
    return gate_points(story)


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
