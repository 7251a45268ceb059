"""Find everything in an article that earns points: topics, quality signals, trust in its source.

Findings depend on the article and on the site's topics, sources and publishers; not on points, the
publishing threshold or editors' rules. So they can be scored again under other points without
reading the article.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from copydesk.judge import coverage, quality
from copydesk.judge._profiles import profile_of
from copydesk.judge.copies import fingerprint
from copydesk.judge.gate import blocking_ruling, gate_reason
from copydesk.judge.profile import (
    Copy,
    Features,
    Fingerprint,
    Match,
    QualityScore,
    Sighting,
    find_sightings,
    lede,
    source_of,
    weigh_sightings,
)
from copydesk.judge.reputation import find_credits
from copydesk.kit import dates, text, urls
from copydesk.kit.options import fill
from copydesk.news import Article, Beat, Dropped, Image, Reason, ReasonKind, Story
from copydesk.news.article import Author
from copydesk.news.story import Shelf

FINDINGS_VERSION = 4  # raise it when the same article gets other findings
_MAIN_ALONE = 0.85
_ABOVE = "parent topic of its other topics"


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicFindings:
    """The topics found in an article, the evidence for them, and what is missing if there are none.

    `miss` is "" if it lacks nothing. `near` is the reason to hold an article without any match that
    names a place, person or company of a topic, () if there is none.
    """

    matches: tuple[Match, ...]
    topics: tuple[str, ...]
    miss: str
    near: tuple[Reason, ...] = ()

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
    """Everything found in an article that earns points, as if it had a picture.

    `miss` is what it lacks to belong to the site's subject, or to have a topic; "" if it lacks
    nothing. `near` is the reason to hold it if it does not belong, but names something that does.
    """

    is_on_beat: bool
    topics: tuple[str, ...]
    reasons: tuple[Reason, ...]
    miss: str
    sightings: tuple[Sighting, ...]
    trust: quality.SourceTrust | None
    fingerprint: Fingerprint
    credits: tuple[str, ...] = ()
    near: tuple[Reason, ...] = ()


def examine_article(article: Article, beat: Beat) -> Findings:
    """Find everything in an article that earns points, even if it is outside the site's subject."""
    return find_signals(article, beat, find_topics(article, beat))


def find_topics(article: Article, beat: Beat) -> TopicFindings:
    """Find the topics of an article, with evidence, or what it lacks for any topic."""
    profile = profile_of(beat)
    matches = profile.relevance(article, beat)
    topics = profile.topics(article, beat, matches)
    is_whole = bool(matches and topics)
    miss = "" if is_whole else profile.describe_miss(article, beat)
    near = () if matches else tuple(profile.find_near(article, beat))
    return TopicFindings(matches=matches, topics=topics, miss=miss, near=near)


def find_signals(article: Article, beat: Beat, topics: TopicFindings) -> Findings:
    """Find quality signals, source trust and text fingerprint of an article with these topics."""
    features = _features_of(article, beat, topics.topics, topics.matches)
    return fill(
        Findings,
        topics,
        is_on_beat=topics.is_any,
        sightings=find_sightings(profile_of(beat).signals, features, beat),
        trust=quality.source_trust(features, beat),
        fingerprint=fingerprint(article.text),
        credits=_credits(article, features, beat),
    )


def _credits(article: Article, features: Features, beat: Beat) -> tuple[str, ...]:
    """Return the publishers that an article credits; reputations are counted from them."""
    if beat.scoring.scale == 1:
        return ()
    return find_credits(features.text or "", article.provider, beat)


def features_of_article(article: Article, beat: Beat) -> Features:
    """Return the features of an article that quality signals examine, without its picture."""
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
        given=next((match.why for match in matches if match.given), ""),
        nearest=nearest,
        confidence=confidence,
        lede=lede(article.excerpt, prose),
        text=prose,
        access=article.access,
        credit=article.credit,
        authors=len(article.authors),
        language=article.language,
        section=article.section,
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


def _topic_reasons(topics: tuple[str, ...], matches: tuple[Match, ...]) -> tuple[Reason, ...]:
    evidence = {match.topic: match.reason for match in reversed(matches)}
    return tuple(
        evidence.get(name, Reason.of(ReasonKind.TOPIC, whose=name, evidence=_ABOVE))
        for name in topics
    )


# Judge an article by itself, then with its picture and the stories filed before it.
#
# article ── find ──> Findings ── weigh ──> Appraisal ── complete, with picture and shelf ──> Story
#
# Reading the text is the expensive part and needs neither the picture nor other stories. So each
# page is read once, and the story is completed when its picture has been fetched.


@dataclass(frozen=True, slots=True, kw_only=True)
class Appraisal:
    """The score of an article before its picture, and copies of it among stored stories, are known.

    `pictured` is its quality with a picture, `bare` without one. `reasons` are those of its topics,
    `trust` is the trust in its source, `fingerprint` that of its text. `held` is the reason why it
    waits for an editor whatever its quality, () for none.
    """

    article: Article
    topics: tuple[str, ...]
    reasons: tuple[Reason, ...]
    pictured: QualityScore
    bare: QualityScore
    trust: quality.SourceTrust | None
    fingerprint: Fingerprint
    credits: tuple[str, ...] = ()
    held: tuple[Reason, ...] = ()


def appraise(article: Article, beat: Beat) -> Appraisal | Dropped:
    """Score an article by itself, or return why it is dropped. The picture is scored later.

    All expensive reading is done here.
    """
    if blocked := _drop_by_ruling(article, beat):
        return blocked
    topics = find_topics(article, beat)
    if _is_dropped(topics.is_any, topics.near, beat):
        return _drop_off_beat(article, topics.miss)
    return _weigh(article, find_signals(article, beat, topics), beat)


def appraise_findings(article: Article, findings: Findings, beat: Beat) -> Appraisal | Dropped:
    """Score an article as `appraise` does, but from its stored findings instead of its text."""
    if blocked := _drop_by_ruling(article, beat):
        return blocked
    if _is_dropped(findings.is_on_beat, findings.near, beat):
        return _drop_off_beat(article, findings.miss)
    return _weigh(article, findings, beat)


def _is_dropped(is_on_beat: bool, near: tuple[Reason, ...], beat: Beat) -> bool:
    is_near = bool(near) and beat.scoring.holds_near_beat
    return not (is_on_beat or is_near) and beat.scoring.off_beat == "drop"


def _drop_by_ruling(article: Article, beat: Beat) -> Dropped | None:
    why = blocking_ruling(article, beat.rulings)
    return Dropped(url=article.url, reason="ruled-out", detail=why) if why else None


def _drop_off_beat(article: Article, miss: str) -> Dropped:
    return Dropped(url=article.url, reason="off-beat", detail=miss)


def _weigh(article: Article, findings: Findings, beat: Beat) -> Appraisal:
    """Add up the points of an article's findings by the site's settings of today."""
    profile = profile_of(beat)
    pictured, bare = weigh_sightings(profile.signals, findings.sightings, profile.highest)
    return fill(
        Appraisal,
        findings,
        article=article,
        pictured=pictured,
        bare=bare,
        held=findings.near if beat.scoring.holds_near_beat else (),
    )


def complete(appraisal: Appraisal, beat: Beat, shelf: Shelf, picture: str) -> Story:
    """Turn a scored article into a story without a path; `picture` is its URL, "" for none.

    `shelf` (the recent stories) is only searched for copies.
    """
    find = profile_of(beat).find_original
    copy = find(appraisal.article, appraisal.fingerprint, shelf)
    return complete_beside(appraisal, beat, copy, picture)


def complete_beside(appraisal: Appraisal, beat: Beat, copy: Copy | None, picture: str) -> Story:
    """Turn a scored article into a story as `complete` does, given the story that it copies."""
    article, profile = appraisal.article, profile_of(beat)
    score = appraisal.pictured if picture else appraisal.bare
    story = _to_story(appraisal, score.quality, beat.scoring.publish_at, picture)
    if not profile.blocks:
        return _as_reference(story)
    hot = coverage.heat_alone(story, beat) if copy is None else ()
    story = replace(story, heat=coverage.sum_heat(story, hot, beat))
    if copy is not None:
        story = replace(story, published=False, heat=-1, copy_of=copy.of)
    by_quality = gate_reason(score.quality, beat.scoring.publish_at)
    trust, credited = appraisal.trust, ", ".join(appraisal.credits)
    published = story.published and not appraisal.held
    return replace(
        story,
        published=published,
        language=article.language,
        access=article.access,
        credit=article.credit,
        length=dates.format_length(article.seconds),
        refuses=article.refuses,
        authors=(*(Author(name=name) for name in article.authors), *article.corporate_authors),
        trust=trust.number if trust else None,
        reasons=(
            *appraisal.reasons,
            *score.reasons,
            by_quality if copy is None else copy.reason,
            *([trust.reason] if trust else []),
            *([Reason.of(ReasonKind.CREDITS, publishers=credited)] if credited else []),
            *(appraisal.held if copy is None else ()),
            *hot,
        ),
    )


def assess(article: Article, beat: Beat, shelf: Shelf) -> Story | Dropped:
    """Score an article and return it as a story without a path, or the reason why it is dropped.

    `shelf` (the recent stories) is only searched for copies. The caller has checked whether its URL
    is filed already.
    """
    outcome = appraise(article, beat)
    if isinstance(outcome, Dropped):
        return outcome
    return complete(outcome, beat, shelf, article.image)


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
    """Return a story without the fields that everyday.cc's records do not have.

    A video that the site plays itself has no URL elsewhere (SPEC 2.5), and no date of update.
    """
    hosted = story.type == "video" and story.featured_content
    return replace(story, updated_at=None, web_url="" if hosted else story.web_url)


def cdn_amp_url(amp_web_url: str) -> str:
    """Return the URL of an AMP page in Google's AMP cache (SPEC 2.13), "" for an invalid URL."""
    parsed = urls.parse(amp_web_url)
    if parsed is None:
        return ""
    host = str(parsed.hostname)
    rest = str(parsed.href).split("://", 1)[1]
    secure = "s/" if parsed.protocol == "https:" else ""
    return f"https://{host.replace('.', '-')}.cdn.ampproject.org/c/{secure}{rest}"
