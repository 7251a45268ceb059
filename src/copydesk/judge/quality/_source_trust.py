"""Source trust: what is known of the publisher. It is its own number; little of it is quality."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from copydesk.judge.profile import Features
from copydesk.judge.quality._sightings import Sightings
from copydesk.news import Beat, DomainTrust, Reason, ReasonKind

HIGH = 80
GOOD = 60
POOR = 40
UNRELIABLE = 20
OFFICIAL = 80  # it speaks for itself, and the beat has chosen to hear it
KNOWN = 70


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceTrust:
    """How far the source of an article is trusted, 0 to 100, and why."""

    number: int
    why: str

    @property
    def reason(self) -> Reason:
        """Return it as a record's reason; its number is no part of a sum."""
        return Reason.of(ReasonKind.TRUST, whose=self.number, known=self.why)


def source_trust(features: Features, beat: Beat) -> SourceTrust | None:
    """Return the trust in the source of an article, None where nothing is known of it.

    The newsroom's files of standings go first, then that it is official, then that it is known.
    """
    rated = _domain_with_rating(features, beat)
    if rated:
        domain, rating = rated
        return SourceTrust(number=round(100 * rating.trust), why=f"{domain} {rating.why}".strip())
    if features.official:
        return SourceTrust(number=OFFICIAL, why="official source of the beat")
    known = beat.organizations.get(features.domain)
    return SourceTrust(number=KNOWN, why=f"known organization {known.name}") if known else None


def _domain_with_rating(features: Features, beat: Beat) -> tuple[str, DomainTrust] | None:
    """Return the nearest domain that is rated: the page's own host, then those above it."""
    for domain in _domains_above(features.host, features.domain):
        if domain in beat.standings:
            return domain, beat.standings[domain]
    return None


def _domains_above(host: str, domain: str) -> Iterator[str]:
    """Yield the host and those above it up to the domain; the domain alone where they differ."""
    while host.endswith(f".{domain}") and domain:
        yield host
        host = host.partition(".")[2]
    yield domain


def high(features: Features, beat: Beat) -> Sightings:
    """Find a publisher of high standing."""
    return _between(features, beat, HIGH, 101)


def good(features: Features, beat: Beat) -> Sightings:
    """Find one of good standing."""
    return _between(features, beat, GOOD, HIGH)


def poor(features: Features, beat: Beat) -> Sightings:
    """Find one of poor standing."""
    return _between(features, beat, UNRELIABLE, POOR)


def unreliable(features: Features, beat: Beat) -> Sightings:
    """Find one that the newsroom has on record as unreliable."""
    return _between(features, beat, 0, UNRELIABLE)


def _between(features: Features, beat: Beat, least: int, below: int) -> Sightings:
    """Find a standing by the newsroom's files; what else makes trust has signals of its own."""
    rated = _domain_with_rating(features, beat)
    if not rated or not least <= round(100 * rated[1].trust) < below:
        return []
    domain, rating = rated
    return [(1, f"standing of {domain} {rating.trust:.2f} {rating.why}".rstrip())]
