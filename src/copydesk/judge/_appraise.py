"""Appraise an article for what it says itself; then complete that by its picture and neighbours.

article ── appraise ──> Appraisal ── complete, with picture and shelf ──> Story

Reading is the dear part and needs neither: a page is appraised once, its picture is asked for, and
it takes its place among all that came before it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from copydesk.judge import quality
from copydesk.judge._block import blocking_ruling
from copydesk.judge._gate import gate_reason
from copydesk.judge._profiles import profile_of
from copydesk.judge.copies import fingerprint
from copydesk.judge.profile import (
    Features,
    Fingerprint,
    Match,
    QualityScore,
    lede,
    source_of,
    weigh_both_ways,
)
from copydesk.kit import lengths, text, urls
from copydesk.news import Article, Beat, Dropped, Image, Reason, ReasonKind, Shelf, Story

_MAIN_ALONE = 0.85
_ABOVE = "stands above its other topics"


@dataclass(frozen=True, slots=True, kw_only=True)
class Appraisal:
    """What an article is worth, whatever its picture and whatever is filed beside it.

    `pictured` is its quality with a picture, `bare` without one; `fingerprint` is its text's.
    `reasons` are those of its topics, `trust` is what is known of its source.
    """

    article: Article
    topics: tuple[str, ...]
    reasons: tuple[Reason, ...]
    pictured: QualityScore
    bare: QualityScore
    trust: quality.SourceTrust | None
    fingerprint: Fingerprint


def appraise(article: Article, beat: Beat) -> Appraisal | Dropped:
    """Appraise an article by itself, or return why it is no story; pictures are not looked at.

    Everything that takes reading is done here.
    """
    if why := blocking_ruling(article, beat.rulings):
        return Dropped(url=article.url, reason="ruled-out", detail=why)
    profile = profile_of(beat)
    matches = profile.relevance(article, beat)
    if not matches and beat.scoring.off_beat == "drop":
        return Dropped(
            url=article.url, reason="off-beat", detail=profile.describe_miss(article, beat)
        )
    topics = profile.topics(article, beat, matches)
    features = _features_of(article, beat, topics, matches)
    pictured, bare = weigh_both_ways(profile.signals, features, beat, profile.highest)
    reasons = _topic_reasons(topics, matches)
    if not topics:
        reasons = (Reason.of(ReasonKind.OFF_BEAT, lack=profile.describe_miss(article, beat)),)
    return Appraisal(
        article=article,
        topics=topics,
        reasons=reasons,
        pictured=pictured,
        bare=bare,
        trust=quality.source_trust(features, beat),
        fingerprint=fingerprint(article.text),
    )


def complete(appraisal: Appraisal, beat: Beat, shelf: Shelf, picture: str) -> Story:
    """Return an appraised article as a story without a path, "" being the address of no picture.

    What the shelf holds decides about copies only.
    """
    article, profile = appraisal.article, profile_of(beat)
    score = appraisal.pictured if picture else appraisal.bare
    story = _to_story(appraisal, score.quality, beat.scoring.publish_at, picture)
    if not profile.blocks:
        return _as_reference(story)
    copy = profile.find_original(article, appraisal.fingerprint, shelf)
    if copy is not None:
        story = replace(story, published=False, heat=-1, copy_of=copy.of)
    by_quality = gate_reason(score.quality, beat.scoring.publish_at)
    trust = appraisal.trust
    return replace(
        story,
        language=article.language,
        access=article.access,
        credit=article.credit,
        length=lengths.iso8601(article.seconds),
        refuses=article.refuses,
        trust=trust.number if trust else None,
        reasons=(
            *appraisal.reasons,
            *score.reasons,
            by_quality if copy is None else copy.reason,
            *([trust.reason] if trust else []),
        ),
    )


def features_of_article(article: Article, beat: Beat) -> Features:
    """Return what there is to weigh of a read article, but its picture."""
    profile = profile_of(beat)
    matches = profile.relevance(article, beat)
    topics = profile.topics(article, beat, matches)
    return _features_of(article, beat, topics, matches)


def assess(article: Article, beat: Beat, shelf: Shelf) -> Story | Dropped:
    """Judge an article: return it as a story without a path, or why it is none.

    What the shelf holds decides about copies only; whether the article is filed already, by its
    address, is asked before.
    """
    outcome = appraise(article, beat)
    if isinstance(outcome, Dropped):
        return outcome
    return complete(outcome, beat, shelf, article.image)


def _features_of(
    article: Article, beat: Beat, topics: tuple[str, ...], matches: tuple[Match, ...]
) -> Features:
    """Return what there is to weigh of a read article with these topics, but its picture."""
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
    """Return how old an article was when it was found, in hours.

    None where its source was not watched when it came out: who reads an archive is not late.
    """
    watched = article.watched_since
    if watched is None or article.published_at < watched:
        return None
    return (article.found - article.published_at).total_seconds() / 3600


def _nearest_topic(matches: tuple[Match, ...], beat: Beat) -> tuple[str, int]:
    """Return the topic that puts an article on the beat, and how sure that is, in percent.

    Where there are topics below the main one, that alone says less.
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


def _to_story(appraisal: Appraisal, quality: int, publish_at: int, picture: str) -> Story:
    article = appraisal.article
    return Story(
        path="",
        title=article.title,
        published_at=article.published_at,
        excerpt=article.excerpt,
        updated_at=article.updated_at,
        original_url=article.url,
        web_url=article.web_url,
        amp_web_url=article.amp_web_url,
        cdn_amp_web_url=cdn_amp_url(article.amp_web_url),
        type=article.type,
        quality=quality,
        heat=quality,
        published=quality >= publish_at,
        featured_content=article.featured_content,
        provider=article.provider,
        topics=appraisal.topics,
        images=(Image(url=picture),) if picture else (),
    )


def _as_reference(story: Story) -> Story:
    """Leave out what no record of the reference has.

    A video that the site shows itself has no address elsewhere (SPEC 2.5), nothing is updated.
    """
    hosted = story.type == "video" and story.featured_content
    return replace(story, updated_at=None, web_url="" if hosted else story.web_url)


def cdn_amp_url(amp_web_url: str) -> str:
    """Return the AMP cache's address of an AMP page (SPEC 2.13), "" for none."""
    parsed = urls.parse(amp_web_url)
    if parsed is None:
        return ""
    host = str(parsed.hostname)
    rest = str(parsed.href).split("://", 1)[1]
    secure = "s/" if parsed.protocol == "https:" else ""
    return f"https://{host.replace('.', '-')}.cdn.ampproject.org/c/{secure}{rest}"


def _topic_reasons(topics: tuple[str, ...], matches: tuple[Match, ...]) -> tuple[Reason, ...]:
    evidence = {match.topic: match.reason for match in reversed(matches)}
    return tuple(
        evidence.get(name, Reason.of(ReasonKind.TOPIC, whose=name, evidence=_ABOVE))
        for name in topics
    )
