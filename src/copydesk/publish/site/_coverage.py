"""Who else has a story: other newsrooms that wrote on it, and reruns of the very text."""

from __future__ import annotations

from dataclasses import dataclass

from copydesk.kit import text, urls
from copydesk.news import Related, Story
from copydesk.publish import _links
from copydesk.publish._plan import Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class Rerun:
    """A place that runs the same text: its name and the address there."""

    name: str
    href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """`others` wrote on the same event; `reruns` have the same text and count as no newsroom."""

    others: tuple[Related, ...] = ()
    reruns: tuple[Rerun, ...] = ()
    newsrooms: int = 0


def of(story: Story, plan: Plan) -> Coverage:
    """Part what stands beside a story into other coverage and copies."""
    copies = plan.copies.get(_links.stem(story.path), ())
    if not copies and not story.related:
        return Coverage()
    hidden = plan.removed | {urls.identity(copy.web_url) for copy in copies}
    others = tuple(r for r in story.related if urls.identity(r.web_url) not in hidden)
    own = story.provider.domain if story.provider else ""
    domains = {r.provider.domain for r in others if r.provider} - {own, ""}
    return Coverage(others=others, reruns=tuple(map(_rerun, copies)), newsrooms=len(domains))


def _rerun(copy: Story) -> Rerun:
    address = urls.fetchable(copy.web_url) or ""
    name = text.fold(copy.provider.name or copy.provider.domain) if copy.provider else ""
    return Rerun(name=name or urls.host(address) or "another site", href=address)
