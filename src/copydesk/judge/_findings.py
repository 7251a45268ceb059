"""Find all that earns an article points: its topics, signals of quality, and trust in its source.

Findings depend on the article and on the site's topics, sources and publishers; not on points, the
publishing threshold or editors' rules. So they can be scored again under other points without
reading the article.
"""

from __future__ import annotations

from dataclasses import dataclass

from copydesk.judge import quality
from copydesk.judge._profiles import profile_of
from copydesk.judge.copies import fingerprint
from copydesk.judge.profile import (
    Features,
    Fingerprint,
    Match,
    Sighting,
    find_sightings,
    lede,
    source_of,
)
from copydesk.kit import text, urls
from copydesk.news import Article, Beat, Reason, ReasonKind

FINDINGS_VERSION = 1  # raise it when the same article gets other findings
_MAIN_ALONE = 0.85
_ABOVE = "stands above its other topics"


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicFindings:
    """The topics of an article: evidence, names for its record, and what it lacks for a topic.

    `miss` is "" if it lacks nothing.
    """

    matches: tuple[Match, ...]
    topics: tuple[str, ...]
    miss: str

    @property
    def is_any(self) -> bool:
        """Return whether the article belongs to the site's subject."""
        return bool(self.matches)

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """Return the reasons for the article's topics, or for having none."""
        if not self.topics:
            return (Reason.of(ReasonKind.OFF_BEAT, lack=self.miss),)
        return _topic_reasons(self.topics, self.matches)


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """All that was found in an article and earns points, as if it had a picture.

    `miss` is what it lacks to belong to the site's subject, or to have a topic; "" if it lacks
    nothing.
    """

    is_on_beat: bool
    topics: tuple[str, ...]
    reasons: tuple[Reason, ...]
    miss: str
    sightings: tuple[Sighting, ...]
    trust: quality.SourceTrust | None
    fingerprint: Fingerprint


def examine(article: Article, beat: Beat) -> Findings:
    """Find all that earns an article points, whether or not it belongs to the site's subject."""
    return find_signals(article, beat, find_topics(article, beat))


def find_topics(article: Article, beat: Beat) -> TopicFindings:
    """Find the topics of an article, with evidence, or what it lacks for one."""
    profile = profile_of(beat)
    matches = profile.relevance(article, beat)
    topics = profile.topics(article, beat, matches)
    is_whole = bool(matches and topics)
    miss = "" if is_whole else profile.describe_miss(article, beat)
    return TopicFindings(matches=matches, topics=topics, miss=miss)


def find_signals(article: Article, beat: Beat, topics: TopicFindings) -> Findings:
    """Find quality signals, source trust and text fingerprint of an article with given topics."""
    features = _features_of(article, beat, topics.topics, topics.matches)
    return Findings(
        is_on_beat=topics.is_any,
        topics=topics.topics,
        reasons=topics.reasons,
        miss=topics.miss,
        sightings=find_sightings(profile_of(beat).signals, features, beat),
        trust=quality.source_trust(features, beat),
        fingerprint=fingerprint(article.text),
    )


def features_of_article(article: Article, beat: Beat) -> Features:
    """Return the features of an article for quality signals to search, without its picture."""
    found = find_topics(article, beat)
    return _features_of(article, beat, found.topics, found.matches)


def _features_of(
    article: Article, beat: Beat, topics: tuple[str, ...], matches: tuple[Match, ...]
) -> Features:
    """Return the features of an article with the given topics, without its picture."""
    prose = text.prose(article.text)
    nearest, confidence = _nearest_topic(matches, beat)
    return Features(
        title=article.title,
        topics=topics,
        domain=article.provider.domain,
        amp=bool(article.amp_web_url),
        video=article.type == "video",
        official=source_of(article, beat).official,
        given=_word_of_source(matches),
        nearest=nearest,
        confidence=confidence,
        lede=lede(article.excerpt, prose),
        text=prose,
        access=article.access,
        credit=article.credit,
        authors=len(article.authors),
        language=article.language,
        section=article.section,
        tags=article.keywords,
        age_hours=_age_hours(article),
        host=urls.host(article.web_url),
    )


def _age_hours(article: Article) -> float | None:
    """Return an article's age in hours when it was found; None if its source was not watched then.

    None if its source was not watched yet when it came out: reading an archive is not being late.
    """
    watched = article.watched_since
    if watched is None or article.published_at < watched:
        return None
    return (article.found - article.published_at).total_seconds() / 3600


def _nearest_topic(matches: tuple[Match, ...], beat: Beat) -> tuple[str, int]:
    """Return the topic that links an article most surely to the site's subject, and the percentage.

    Where the site has topics below the main one, the main topic alone counts less.
    """
    has_below = any(topic.name != beat.topic for topic in beat.topics)
    sure = {match.topic: _sureness(match, beat, has_below) for match in reversed(matches)}
    name = max(sure, key=lambda topic: sure[topic], default="")
    return name, sure.get(name, 0)


def _sureness(match: Match, beat: Beat, has_below: bool) -> int:
    is_main_alone = has_below and match.topic == beat.topic and not match.given
    return round(_MAIN_ALONE * match.confidence) if is_main_alone else match.confidence


def _word_of_source(matches: tuple[Match, ...]) -> str:
    return next((match.why for match in matches if match.given), "")


def _topic_reasons(topics: tuple[str, ...], matches: tuple[Match, ...]) -> tuple[Reason, ...]:
    evidence = {match.topic: match.reason for match in reversed(matches)}
    return tuple(
        evidence.get(name, Reason.of(ReasonKind.TOPIC, whose=name, evidence=_ABOVE))
        for name in topics
    )
