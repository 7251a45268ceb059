"""Block: what an editor ruled out, by a word of the headline or by the site that it stands on."""

from __future__ import annotations

from collections.abc import Iterable

from copydesk.judge.words import contains, normalize
from copydesk.kit import text, urls
from copydesk.news import Article, Lead, ReasonKind, Ruling, Story, reason_words


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
