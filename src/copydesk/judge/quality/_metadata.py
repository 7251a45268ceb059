"""Quality signals in an article's metadata: topic, picture, publisher, trust, access, language."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from copydesk.judge.profile import Features
from copydesk.judge.quality._measure import FULL_TEXT, Sightings, Steps, base_language, measure
from copydesk.news import Beat, Reason, ReasonKind
from copydesk.news.beat import DomainTrust
from copydesk.news.reason import reason_words

ON_BEAT = 4  # times that belonging to the site's subject counts, at any confidence
SURE = Steps(50, 65, 80, 90)  # percent of confidence, each counting once more


def on_beat(features: Features, beat: Beat) -> Sightings:
    """Find out whether an article belongs to the site's subject, and with which confidence."""
    if beat.topics and not features.topics and not features.given:
        return []
    why = features.given or f"{features.nearest}, confidence {features.confidence}"
    times = sum(times for times, _ in SURE.sight(features.confidence, ""))
    return [(ON_BEAT + times, f"on the beat: {why}" if beat.topics else "on the beat")]


def off_beat(features: Features, beat: Beat) -> Sightings:
    """Find out whether an article is kept although it has no topic of the site."""
    if features.topics or features.given or not beat.topics:
        return []
    return [(1, "no topic of the beat")]


def image(features: Features, beat: Beat) -> Sightings:
    """Find out whether an article has a lead picture."""
    del beat
    return [(1, reason_words(ReasonKind.PICTURE))] if features.image else []


def video(features: Features, beat: Beat) -> Sightings:
    """Find out whether an article is a video."""
    del beat
    return [(1, "is a video")] if features.video else []


def organization(features: Features, beat: Beat) -> Sightings:
    """Find out whether the publisher is one of the site's known organizations."""
    known = beat.organizations.get(features.domain)
    return [(1, f"known organization {known.name}")] if known else []


def official(features: Features, beat: Beat) -> Sightings:
    """Find out whether the source is an official source of the site."""
    del beat
    return [(1, "official source of the beat")] if features.official else []


# Trust in the publisher is a number of its own and adds only a little to the quality.

HIGH = 80
GOOD = 60
POOR = 40
UNRELIABLE = 20
OFFICIAL = 80  # it speaks for itself, and the owner of the site has chosen it
KNOWN = 70


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceTrust:
    """The trust in an article's source from 0 to 100, and why."""

    number: int
    why: str

    @property
    def reason(self) -> Reason:
        """Return the trust as a reason for the story's record; it adds nothing to the quality."""
        return Reason.of(ReasonKind.TRUST, whose=self.number, known=self.why)


def source_trust(features: Features, beat: Beat) -> SourceTrust | None:
    """Return the trust in an article's source, None if nothing is known of the source.

    The newsroom's trust files count first, then that it is official, then that its publisher is a
    known organization.
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
    """Return the nearest rated domain (the host, then domains above it) and its rating, or None."""
    for domain in _domains_above(features.host, features.domain):
        if domain in beat.standings:
            return domain, beat.standings[domain]
    return None


def _domains_above(host: str, domain: str) -> Iterator[str]:
    """Yield the host and the domains above it; only the domain if the host is not below it."""
    while host.endswith(f".{domain}") and domain:
        yield host
        host = host.partition(".")[2]
    yield domain


def high(features: Features, beat: Beat) -> Sightings:
    """Find a publisher that the newsroom rates with high trust."""
    return _between(features, beat, HIGH, 101)


def good(features: Features, beat: Beat) -> Sightings:
    """Find a publisher that the newsroom rates with good trust."""
    return _between(features, beat, GOOD, HIGH)


def poor(features: Features, beat: Beat) -> Sightings:
    """Find a publisher that the newsroom rates with poor trust."""
    return _between(features, beat, UNRELIABLE, POOR)


def unreliable(features: Features, beat: Beat) -> Sightings:
    """Find a publisher that the newsroom rates as unreliable."""
    return _between(features, beat, 0, UNRELIABLE)


def _between(features: Features, beat: Beat, least: int, below: int) -> Sightings:
    """Find a rating in the newsroom's files; other sources of trust have their own signals."""
    rated = _domain_with_rating(features, beat)
    if not rated or not least <= round(100 * rated[1].trust) < below:
        return []
    domain, rating = rated
    return [(1, f"standing of {domain} {rating.trust:.2f} {rating.why}".rstrip())]


DAY = 24
WEEK = 7 * DAY

_OPEN = frozenset({"", "free", "open"})


def wall(features: Features, beat: Beat) -> Sightings:
    """Find a paywall or a registration wall."""
    del beat
    return [(1, f"access {features.access}")] if features.access not in _OPEN else []


def stub(features: Features, beat: Beat) -> Sightings:
    """Find a text that is only the beginning of an article, before a paywall."""
    del beat
    if features.access in _OPEN or features.text is None:
        return []
    if measure(features.text).length >= FULL_TEXT:
        return []
    return [(1, f"fewer than {FULL_TEXT} characters before a wall")]


def late(features: Features, beat: Beat) -> Sightings:
    """Find an article that came a week late or more, from a source that was watched."""
    del beat
    hours = features.age_hours
    if hours is None or not WEEK < hours:
        return []
    return [(1, f"{hours // DAY:.0f} days old when it was found")]


def foreign(features: Features, beat: Beat) -> Sightings:
    """Find a language that is neither the site's nor one that its topics have keywords in."""
    home = base_language(beat.locale)
    translated = {
        base_language(language) for topic in beat.topics for language, _ in topic.translations
    }
    written = base_language(features.language)
    if not written or written in translated | {home}:
        return []
    return [(1, f"written in {written}, the site in {home}")]
