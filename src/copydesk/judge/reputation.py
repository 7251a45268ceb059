"""What a newsroom's own records say of a publisher, and which publishers a text credits.

    records ── count ──> PublisherWork ── weigh ──> Reputation ── signal ──> points of a story

A reputation is of the time at which a story is filed. The story's record has it as a reason, so
judging the story again takes it from there.
"""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import astuple, dataclass

from copydesk.judge.quality import drop_quotations, is_house
from copydesk.kit import tables
from copydesk.kit import text as plain_text
from copydesk.news import Beat, Provider
from copydesk.news.beat import Reputation

MOST = 25  # points of a reputation, up or down
MOST_CREDITS = 5  # of one text
_SHRINK = 10  # stories, events or decisions of an average publisher that each one starts with
_READ = 20_000
_ROWS = tables.read_rows("copydesk.judge.quality", "sourcing.toml", tuple[str, ...])
_WORD = r"[A-Z](?:[\w&-]|\.(?=\w))*"
_NAME = rf"({_WORD}(?: (?:of |de |la |für |and |& )?{_WORD}){{0,4}})"
_BEFORE = re.compile(rf"\b(?i:{tables.any_of(_ROWS['credit_before'])}) {_NAME}")
_AFTER = re.compile(rf"\b{_NAME} (?i:{tables.any_of(_ROWS['credit_after'])})\b")
_PUBLISHER = re.compile(rf"\b{tables.any_of(_ROWS['publishers'])}\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class PublisherWork:
    """What the records count of one publisher: `stories` without copies, and much else.

    `own` are those with own reporting; `events` those that others reported on as well, `first`
    those of them on which it was first; `decisions` are editors', `approved` those to publish.
    """

    stories: int = 0
    own: int = 0
    events: int = 0
    first: int = 0
    decisions: int = 0
    approved: int = 0


class Reputations:
    """The reputations of publishers, by what the records count of each and who credits them.

    `credited` maps a squashed name to the domains of those that credit it.
    """

    def __init__(
        self, works: Mapping[str, PublisherWork], credited: Mapping[str, Collection[str]]
    ) -> None:
        self._works, self._credited = works, credited
        counts = (astuple(work) for work in works.values())
        self._total = PublisherWork(*(sum(column) for column in zip(*counts, strict=True)))

    def of(self, provider: Provider, source: str = "") -> Reputation:
        """Return the reputation of a publisher, of 0 points if nothing is known about it.

        `source` is the name that the newsroom gives to its source, another name for it.
        """
        work = self._works.get(provider.domain, PublisherWork())
        credit = {by for name in _names(provider, source) for by in self._credited.get(name, ())}
        count = len(credit - {provider.domain})
        total = self._total
        points = (
            4 * math.log2(1 + count)
            + 25 * _above(work.own, work.stories, total.own, total.stories)
            + 20 * _above(work.first, work.events, total.first, total.events)
            + 30 * _above(work.approved, work.decisions, total.approved, total.decisions)
        )
        bounded = max(-MOST, min(MOST, round(points)))
        return Reputation(points=bounded, why=", ".join(_say(work, count)))


def _above(part: int, whole: int, all_parts: int, all_whole: int) -> float:
    """Return how far a share is above the average, shrunk towards it where little is known."""
    average = all_parts / all_whole if all_whole else 0.0
    return (part + _SHRINK * average) / (whole + _SHRINK) - average


def _say(work: PublisherWork, count: int) -> Iterator[str]:
    if count:
        yield f"credited by {count} other publisher{'s' if count > 1 else ''}"
    if work.stories:
        yield f"own reporting in {work.own} of {work.stories} stories"
    if work.events:
        yield f"first on {work.first} of {work.events} events"
    if work.decisions:
        yield f"{work.approved} of {work.decisions} editors' decisions were to publish"


def _names(provider: Provider, source: str) -> set[str]:
    """Return the squashed names under which other texts credit a publisher."""
    label = provider.domain.partition(".")[0]
    spelled = map(plain_text.squash, (provider.name, label, source))
    return {form for name in spelled for form in (name, name.removeprefix("the"))} - {""}


def find_credits(text: str, provider: Provider, beat: Beat) -> tuple[str, ...]:
    """Return the publishers that a text credits, as it names them, without its own."""
    known = {plain_text.squash(one.name) for one in beat.organizations.values()}
    known |= {plain_text.squash(source.name) for source in beat.sources if source.name}
    found: dict[str, str] = {}
    prose = drop_quotations(text[:_READ])
    for match in (*_BEFORE.finditer(prose), *_AFTER.finditer(prose)):
        name = match[1].removeprefix("The ")
        key = plain_text.squash(name)
        is_publisher = key in known or _PUBLISHER.search(name) is not None
        if is_publisher and not is_house(name, provider.domain):
            found.setdefault(key, name)
    return tuple(found.values())[:MOST_CREDITS]
