"""Politeness: what a log shows that no guest should do. Knows nothing of how copydesk works."""

from __future__ import annotations

import itertools
import urllib.robotparser
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from world.log import Visit

# A log notes the end of an answer before it is sent, and a request after it has come, so that what
# lies between is never less than what the asker waited. Its clock may be another, which ticks.
TOLERANCE_SECONDS = 0.002
AGENT = "copydesk"

Kind = Literal["at once", "too soon", "forbidden", "unconditional"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Manners:
    """What the hosts ask for: seconds from an answer to the next request, robots.txt by host."""

    delay_seconds: float = 0.0
    delays: Mapping[str, float] = field(default_factory=dict)
    robots: Mapping[str, str] = field(default_factory=dict)
    tolerance_seconds: float = TOLERANCE_SECONDS


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """One rude request: the kind, its host and path, and by how much."""

    kind: Kind
    host: str
    path: str
    what: str


def violations(visits: Iterable[Visit], manners: Manners) -> list[Violation]:
    """Give everything in a log that breaks the manners, host by host in the order of time."""
    found: list[Violation] = []
    ordered = sorted(visits, key=lambda visit: (visit.host, visit.start))
    for host, group in itertools.groupby(ordered, key=lambda visit: visit.host):
        of_host = list(group)
        found.extend(_in_time(of_host, manners.delays.get(host, manners.delay_seconds), manners))
        found.extend(_forbidden(of_host, manners.robots.get(host, "")))
        found.extend(_unconditional(of_host))
    return found


def _in_time(visits: Sequence[Visit], delay: float, manners: Manners) -> Iterator[Violation]:
    """Give the visits that began before an earlier one had ended, or too soon after it."""
    ended = float("-inf")
    for visit in visits:
        gap = visit.start - ended
        if gap < -manners.tolerance_seconds:
            yield _violation("at once", visit, f"{-gap:.3f} s before the last one ended")
        elif gap < delay - manners.tolerance_seconds:
            yield _violation("too soon", visit, f"{gap:.3f} s after the last one, not {delay:g}")
        ended = max(ended, visit.end)


def _forbidden(visits: Iterable[Visit], robots: str) -> Iterator[Violation]:
    """Give the visits to what robots.txt forbids, as the standard library reads it."""
    if not robots:
        return
    rules = urllib.robotparser.RobotFileParser()
    rules.parse(robots.splitlines())
    for visit in visits:
        if visit.path != "/robots.txt" and not rules.can_fetch(AGENT, visit.path):
            yield _violation("forbidden", visit, "robots.txt forbids it")


def _unconditional(visits: Iterable[Visit]) -> Iterator[Violation]:
    """Give the visits without a validator to what had handed one out."""
    known: dict[str, str] = {}
    for visit in visits:
        if visit.path in known and not visit.conditional:
            yield _violation("unconditional", visit, f"{known[visit.path]} was known")
        if 200 <= visit.status < 300:
            known.pop(visit.path, None)
            if visit.etag:
                known[visit.path] = visit.etag


def _violation(kind: Kind, visit: Visit, what: str) -> Violation:
    return Violation(kind=kind, host=visit.host, path=visit.path, what=what)
