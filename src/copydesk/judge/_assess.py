"""Assess an article: on the beat or not, its topics, its quality, what it repeats."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from copydesk.judge import quality
from copydesk.judge._block import ruled_out
from copydesk.judge._gate import measured
from copydesk.judge._profiles import profile_of
from copydesk.judge.profile import Copy, Features, Match, Weighed, lede, source_of, weigh_by
from copydesk.kit import lengths, text, urls
from copydesk.news import (
    Article,
    Beat,
    Dropped,
    Image,
    Reason,
    ReasonKind,
    Shelf,
    Shelved,
    Story,
)

_ABOVE = "stands above its other topics"


def assess(article: Article, beat: Beat, shelf: Shelf) -> Story | Dropped:
    """Give the article as a story without a path, or why it is none.

    What the shelf holds decides about copies only; whether the article is filed already, by its
    address, is asked before.
    """
    if why := ruled_out(article, beat.rulings):
        return Dropped(url=article.url, reason="ruled-out", detail=why)
    profile = profile_of(beat)
    matches = profile.relevance(article, beat)
    if not matches and beat.scoring.off_beat == "drop":
        return Dropped(url=article.url, reason="off-beat", detail=profile.miss(article, beat))
    topics = profile.topics(article, beat, matches)
    features = _features(article, beat, topics, _given(matches))
    weighed = weigh_by(profile.signals, features, beat, profile.highest)
    story = _story(article, topics, weighed.quality, beat.scoring.publish_at)
    if not profile.blocks:
        return _as_reference(story)
    copy = profile.copy(article, shelf)
    if copy is not None:
        story = replace(story, published=False, heat=-1, copy_of=copy.of)
    reasons = _reasons(matches, topics, weighed, beat, copy)
    if not topics:
        lack = profile.miss(article, beat)
        reasons = (Reason.of(ReasonKind.OFF_BEAT, lack=lack), *reasons)
    trust = quality.trust(features, beat)
    return replace(
        story,
        language=article.language,
        access=article.access,
        credit=article.credit,
        length=lengths.iso8601(article.seconds),
        refuses=article.refuses,
        trust=trust.number if trust else None,
        reasons=(*reasons, trust.reason) if trust else reasons,
    )


def weigh(what: Features, beat: Beat) -> Weighed:
    """Give the quality of what is known of an article, by the beat's profile, with reasons."""
    profile = profile_of(beat)
    return weigh_by(profile.signals, what, beat, profile.highest)


def regroup(
    stories: Sequence[Shelved],
    beat: Beat,
    fresh: frozenset[str],
    anew: frozenset[str] = frozenset(),
) -> tuple[Story, ...]:
    """Give the stories that change by what stands beside them, by path.

    `stories` are those of the live window, the fresh ones among them; `fresh` are the paths that
    are new since this was last asked, `anew` of filed ones that were judged again: they stay where
    they are, but who leads, and with what heat, is seen again. Asked again with the answers filed,
    it gives nothing.
    """
    return profile_of(beat).regroup(stories, beat, fresh, anew)


def _features(article: Article, beat: Beat, topics: tuple[str, ...], given: str) -> Features:
    """Give what there is to weigh of a read article that carries these topics."""
    prose = text.prose(article.text)
    return Features(
        title=article.title,
        topics=topics,
        domain=article.provider.domain,
        image=bool(article.image),
        amp=bool(article.amp_web_url),
        video=article.type == "video",
        official=source_of(article, beat).official,
        given=given,
        lede=lede(article.excerpt, prose),
        text=prose,
        access=article.access,
        credit=article.credit,
        authors=len(article.authors),
        language=article.language,
        section=article.section,
        tags=article.keywords,
        age_hours=(article.found - article.published_at).total_seconds() / 3600,
        host=urls.host(article.web_url),
    )


def _given(matches: tuple[Match, ...]) -> str:
    return next((one.why for one in matches if one.given), "")


def _story(article: Article, topics: tuple[str, ...], quality: int, publish_at: int) -> Story:
    return Story(
        path="",
        title=article.title,
        published_at=article.published_at,
        excerpt=article.excerpt,
        updated_at=article.updated_at,
        original_url=article.url,
        web_url=article.web_url,
        amp_web_url=article.amp_web_url,
        cdn_amp_web_url=cdn_amp(article.amp_web_url),
        type=article.type,
        quality=quality,
        heat=quality,
        published=quality >= publish_at,
        featured_content=article.featured_content,
        provider=article.provider,
        topics=topics,
        images=(Image(url=article.image),) if article.image else (),
    )


def _as_reference(story: Story) -> Story:
    """Leave out what no record of the reference has.

    A video that the site shows itself has no address elsewhere (SPEC 2.5), nothing is updated.
    """
    hosted = story.type == "video" and story.featured_content
    return replace(story, updated_at=None, web_url="" if hosted else story.web_url)


def cdn_amp(amp_web_url: str) -> str:
    """Give the AMP cache's address of an AMP page (SPEC 2.13), "" for none."""
    parsed = urls.parse(amp_web_url)
    if parsed is None:
        return ""
    host = str(parsed.hostname)
    rest = str(parsed.href).split("://", 1)[1]
    secure = "s/" if parsed.protocol == "https:" else ""
    return f"https://{host.replace('.', '-')}.cdn.ampproject.org/c/{secure}{rest}"


def _reasons(
    matches: tuple[Match, ...],
    topics: tuple[str, ...],
    weighed: Weighed,
    beat: Beat,
    copy: Copy | None,
) -> tuple[Reason, ...]:
    """Give the reasons in the order of a record: topics, quality, published, copy."""
    evidence = {match.topic: match.reason for match in reversed(matches)}
    found = [
        evidence.get(name, Reason.of(ReasonKind.TOPIC, whose=name, evidence=_ABOVE))
        for name in topics
    ]
    by_quality = measured(weighed.quality, beat.scoring.publish_at)
    return (*found, *weighed.reasons, by_quality if copy is None else copy.reason)
