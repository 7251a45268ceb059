"""Judge an article by itself, then with its picture and the stories filed before it.

article ── find ──> Findings ── weigh ──> Appraisal ── complete, with picture and shelf ──> Story

Reading the text is the expensive part and needs neither the picture nor other stories. So each page
is read once, and the story is completed when its picture has been fetched.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from copydesk.judge import quality
from copydesk.judge._findings import Findings, find_signals, find_topics
from copydesk.judge._profiles import profile_of
from copydesk.judge.gate import blocking_ruling, gate_reason
from copydesk.judge.profile import Copy, Fingerprint, QualityScore, weigh_sightings
from copydesk.kit import lengths, urls
from copydesk.news import Article, Beat, Dropped, Image, Reason, Story
from copydesk.news.story import Shelf


@dataclass(frozen=True, slots=True, kw_only=True)
class Appraisal:
    """The score of an article before its picture and the other filed stories are known.

    `pictured` is its quality with a picture, `bare` without one. `reasons` are those of its topics,
    `trust` is the trust in its source, `fingerprint` that of its text.
    """

    article: Article
    topics: tuple[str, ...]
    reasons: tuple[Reason, ...]
    pictured: QualityScore
    bare: QualityScore
    trust: quality.SourceTrust | None
    fingerprint: Fingerprint


def appraise(article: Article, beat: Beat) -> Appraisal | Dropped:
    """Score an article by itself, or return why it is dropped. Pictures do not count yet.

    All expensive reading is done here.
    """
    if blocked := _drop_by_ruling(article, beat):
        return blocked
    topics = find_topics(article, beat)
    if not topics.is_any and beat.scoring.off_beat == "drop":
        return _drop_off_beat(article, topics.miss)
    return _weigh(article, find_signals(article, beat, topics), beat)


def appraise_findings(article: Article, findings: Findings, beat: Beat) -> Appraisal | Dropped:
    """Score an article as `appraise` does, from its stored findings instead of its text."""
    if blocked := _drop_by_ruling(article, beat):
        return blocked
    if not findings.is_on_beat and beat.scoring.off_beat == "drop":
        return _drop_off_beat(article, findings.miss)
    return _weigh(article, findings, beat)


def _drop_by_ruling(article: Article, beat: Beat) -> Dropped | None:
    why = blocking_ruling(article, beat.rulings)
    return Dropped(url=article.url, reason="ruled-out", detail=why) if why else None


def _drop_off_beat(article: Article, miss: str) -> Dropped:
    return Dropped(url=article.url, reason="off-beat", detail=miss)


def _weigh(article: Article, findings: Findings, beat: Beat) -> Appraisal:
    """Add up the points of an article's findings by the site's settings of today."""
    profile = profile_of(beat)
    pictured, bare = weigh_sightings(profile.signals, findings.sightings, profile.highest)
    return Appraisal(
        article=article,
        topics=findings.topics,
        reasons=findings.reasons,
        pictured=pictured,
        bare=bare,
        trust=findings.trust,
        fingerprint=findings.fingerprint,
    )


def complete(appraisal: Appraisal, beat: Beat, shelf: Shelf, picture: str) -> Story:
    """Return a scored article as a story without a path; `picture` is a URL, "" for none.

    `shelf` (the recent stories) is only searched for copies.
    """
    find = profile_of(beat).find_original
    copy = find(appraisal.article, appraisal.fingerprint, shelf)
    return complete_beside(appraisal, beat, copy, picture)


def complete_beside(appraisal: Appraisal, beat: Beat, copy: Copy | None, picture: str) -> Story:
    """Return a scored article as `complete` does, given the story that it copies, or None."""
    article, profile = appraisal.article, profile_of(beat)
    score = appraisal.pictured if picture else appraisal.bare
    story = _to_story(appraisal, score.quality, beat.scoring.publish_at, picture)
    if not profile.blocks:
        return _as_reference(story)
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


def assess(article: Article, beat: Beat, shelf: Shelf) -> Story | Dropped:
    """Judge an article: return it as a story without a path, or the reason why it is dropped.

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
