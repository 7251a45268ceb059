"""Block: what an editor ruled out, by a word of the headline or by the site that it stands on."""

from __future__ import annotations

from collections.abc import Iterable

from copydesk.judge.words import readable, stands
from copydesk.kit import text, urls
from copydesk.news import Article, Lead, ReasonKind, Ruling, Story, reason_words


def ruled_out(what: Article | Lead | Story, rulings: Iterable[Ruling]) -> str:
    """Say by whose word there is to be no such story, and why; "" where nobody said so.

    A site's name blocks all that stands on it and below it, whoever links there; anything else is
    looked for in the headline, as whole words.
    """
    title, hosts = readable(what.title), _hosts(what)
    for rule in rulings:
        if rule.said != "block":
            continue
        for value in rule.values:
            if site := urls.site_name(value):
                if any(_is_below(host, site) for host in hosts):
                    return _told(rule, site)
            elif stands(value, title):
                return _told(rule, f'"{value}" in title')
    return ""


def _hosts(what: Article | Lead | Story) -> set[str]:
    """Give the hosts that a thing stands on: where it was listed, is read, and who has it."""
    found = {urls.host(what.url if not isinstance(what, Story) else what.original_url)}
    if not isinstance(what, Lead):
        found.add(urls.host(what.web_url))
        found.add(what.provider.domain if what.provider else "")
    return found


def _is_below(host: str, site: str) -> bool:
    return host == site or host.endswith(f".{site}")


def _told(rule: Ruling, what: str) -> str:
    words = reason_words(ReasonKind.RULED_OUT, what=what, by=rule.by, why=rule.why)
    return text.fold(words)
