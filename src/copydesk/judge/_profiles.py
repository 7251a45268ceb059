"""The two scoring profiles, `everyday` and `copydesk`, and the choice between them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from copydesk.judge import copies, coverage, quality, topics
from copydesk.judge.profile import (
    Features,
    Match,
    Profile,
    QualityScore,
    QualitySignal,
    source_of,
    topics_of_source,
    weigh_by,
)
from copydesk.judge.quality import Sightings
from copydesk.judge.words import contains, contains_letters, normalize
from copydesk.news import Article, Beat, ReasonKind, Shelved, Story, Topic
from copydesk.news.beat import ProfileName
from copydesk.news.reason import reason_words
from copydesk.news.story import Surroundings


def profile_of(beat: Beat) -> Profile:
    """Return the scoring profile (`copydesk` or `everyday`) that the site's settings choose."""
    return _PROFILES[beat.scoring.profile](beat)


def weigh(features: Features, beat: Beat) -> QualityScore:
    """Compute an article's quality score from its features by the site's profile, with reasons."""
    profile = profile_of(beat)
    return weigh_by(profile.signals, features, beat, profile.highest)


def regroup(
    stories: Sequence[Shelved],
    beat: Beat,
    fresh: frozenset[str],
    rejudged: frozenset[str] = frozenset(),
    around: Surroundings | None = None,
) -> tuple[Story, ...]:
    """Group stories by event again; return those that change, ordered by path.

    `stories` are those of the time that is grouped, `fresh` the paths of the new ones among them.
    `rejudged` are filed stories that were judged again: they stay in their groups, but who leads,
    and with what heat, is decided again. `around` describes all filed stories, so that `stories`
    need only hold those that a new one may join (`find_candidates`); without it `stories` are all.
    If the results are filed and this is called again, it returns nothing.
    """
    return profile_of(beat).regroup(stories, beat, fresh, rejudged, around)


def _everyday_profile(beat: Beat) -> Profile:
    return Profile(
        name="everyday",
        blocks=beat.scoring.traits.has_blocks,
        signals=everyday_signals(beat),
        highest=None,
        relevance=_everyday_relevance,
        describe_miss=_describe_everyday_miss,
        describe_near_miss=lambda *_: "",  # a keyword in the headline gives a topic
        find_near=lambda *_: (),
        topics=_everyday_topics,
        find_original=lambda *_: None,  # everyday.cc does not detect copies
        regroup=coverage.regroup_everyday,
    )


def _copydesk_profile(beat: Beat) -> Profile:
    return Profile(
        name="copydesk",
        blocks=beat.scoring.traits.has_blocks,
        signals=quality.signals(beat.scoring.points),
        highest=quality.HIGHEST,
        relevance=topics.relevance,
        describe_miss=topics.describe_miss,
        describe_near_miss=topics.describe_near_miss,
        find_near=topics.find_near,
        topics=topics.topics,
        find_original=copies.find_original_near,
        regroup=coverage.regroup,
    )


_PROFILES: Mapping[ProfileName, Callable[[Beat], Profile]] = {
    "copydesk": _copydesk_profile,
    "everyday": _everyday_profile,
}


# The `everyday` profile: exactly everyday.cc's points (SPEC 2.1, 2.8).

_TITLE_CHARACTERS = 70


def everyday_signals(beat: Beat) -> tuple[QualitySignal, ...]:
    """Return everyday.cc's quality signals, with the site's points for known publishers."""
    return (
        QualitySignal(points=2, find=_find_topics, part="relevance"),
        QualitySignal(points=15, find=_find_keywords, part="relevance"),
        QualitySignal(points=20, find=quality.image, of_picture=True, part="wrapping"),
        QualitySignal(points=20, find=_find_amp, part="wrapping"),
        QualitySignal(
            points=beat.scoring.organization_points, find=quality.organization, part="source"
        ),
        QualitySignal(points=50, find=quality.official, part="source"),
        QualitySignal(points=50, find=quality.video, part="wrapping"),
        QualitySignal(points=-1, find=_find_long_title, part="wrapping"),
    )


def _find_topics(features: Features, _beat: Beat) -> Sightings:
    count = len(features.topics)
    return [(count, f"{count} topic{'s' if count != 1 else ''}")]


def _find_keywords(features: Features, beat: Beat) -> Sightings:
    """Find the keywords of the record's topics in the headline; one listed twice counts twice."""
    for topic in beat.topics:
        if topic.name in features.topics:
            for keyword in topic.keywords:
                if contains_letters(keyword, features.title):
                    yield 1, reason_words(ReasonKind.KEYWORD_IN_TITLE, keyword=keyword)


def _find_amp(features: Features, _beat: Beat) -> Sightings:
    return [(1, reason_words(ReasonKind.AMP_PAGE))] if features.amp else []


def _find_long_title(features: Features, _beat: Beat) -> Sightings:
    over = max(0, len(features.title) - _TITLE_CHARACTERS) // 2
    return [(over, f"title longer than {_TITLE_CHARACTERS} characters: {len(features.title)}")]


def _everyday_relevance(article: Article, beat: Beat) -> tuple[Match, ...]:
    """Return the evidence that an article belongs to the site's subject, empty for none.

    That is a keyword of a topic anywhere in the title (everyday.cc's own rule for topics), a
    keyword as a whole word in excerpt or text (how everyday.cc's search found its stories), or a
    source that is official or has topics. A site without topics takes everything.
    """
    read = (_match(topic, article) for topic in beat.topics)
    return (*topics_of_source(article, beat), *filter(None, read))


def _match(topic: Topic, article: Article) -> Match | None:
    for keyword in topic.keywords:
        if contains_letters(keyword, article.title):
            return Match(topic=topic.name, why=f'"{keyword}" in title')
    words = normalize(f"{article.excerpt}\n{article.text}")
    for keyword in topic.keywords:
        if contains(keyword, words):
            return Match(topic=topic.name, why=f'"{keyword}" in text')
    return None


def _describe_everyday_miss(_article: Article, _beat: Beat) -> str:
    """Return what an article outside the site's subject lacks."""
    return "no keyword of any topic in the article"


def _everyday_topics(article: Article, beat: Beat, matches: tuple[Match, ...]) -> tuple[str, ...]:
    """Return an article's topics: the source's, the main one, those with a keyword in the headline.

    If there are none, since the site has no main topic, topics with a keyword in the text are
    returned.
    """
    in_title = [
        topic.name
        for topic in beat.topics
        if any(contains_letters(keyword, article.title) for keyword in topic.keywords)
    ]
    names = (*source_of(article, beat).topics, beat.topic, *in_title)
    found = tuple(dict.fromkeys(filter(None, names)))
    return found or tuple(dict.fromkeys(match.topic for match in matches if match.topic))
