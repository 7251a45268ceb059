"""Decide which topics an article has, by evidence and confidence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from copydesk.judge.profile import Match, topics_of_source
from copydesk.judge.topics._evidence import (
    ArticleEvidence,
    KeywordIndex,
    TopicEvidence,
    gather,
    index_of,
)
from copydesk.kit import tables
from copydesk.news import Article, Beat, Reason, ReasonKind, Topic


def relevance(article: Article, beat: Beat) -> tuple[Match, ...]:
    """Return the evidence that an article belongs to the site's subject, one match per topic.

    First its own words, then its source (topics from the settings, or that it is official), then
    the topics above those. The main topic needs less confidence than the others, and matches if a
    topic below it does, or nearly does; a place below it counts beside another match only. Without
    a main topic the nearest topic needs as little if no other one matches. A site without topics
    takes everything.
    """
    ranked = _without_mere_places(rank_topics(article, beat), beat)
    by_words = [_match(topic) for topic in ranked if _stands(topic)]
    matches = [*by_words, *topics_of_source(article, beat)]
    near = [topic for topic in ranked if topic.is_below and topic.confidence >= ON_BEAT]
    matches += _nearest(near, beat, has_match=bool(matches))
    matches += _broader(matches, beat)
    matches += [_nearly(topic, beat) for topic in near if beat.topic]
    by_topic = {match.topic: match for match in reversed(matches)}
    return tuple(reversed(by_topic.values()))


def _stands(topic: RankedTopic) -> bool:
    return topic.confidence >= TOPIC and not topic.is_in_passing


def _without_mere_places(ranked: list[RankedTopic], beat: Beat) -> list[RankedTopic]:
    """Leave out the places below the main topic if nothing else puts the article on its subject."""
    if not beat.topic:
        return ranked
    subjects = (topic for topic in ranked if topic.is_below and not topic.topic.is_place)
    if any(topic.confidence >= ON_BEAT for topic in subjects):
        return ranked
    return [topic for topic in ranked if not (topic.is_below and topic.topic.is_place)]


def _nearest(near: Sequence[RankedTopic], beat: Beat, *, has_match: bool) -> list[Match]:
    """Return the main topic if it is near; without a main topic the nearest one if none matches."""
    if beat.topic:
        return [_match(topic) for topic in near if topic.name == beat.topic]
    meant = [topic for topic in near if not topic.is_in_passing]
    return [] if has_match else [_match(topic) for topic in meant[:1]]


def _match(topic: RankedTopic) -> Match:
    return Match(topic=topic.name, why=topic.why, confidence=topic.confidence)


def _broader(matches: Sequence[Match], beat: Beat) -> Iterator[Match]:
    """Yield the topics above those that match."""
    known = {topic.name for topic in beat.topics} | {beat.topic}
    for match in tuple(matches):
        for name in above(match.topic, beat):
            if name in known:
                yield Match(
                    topic=name, why=f"parent topic of {match.topic}", confidence=match.confidence
                )


def _nearly(topic: RankedTopic, beat: Beat) -> Match:
    """Return the main topic for a topic below it that nearly matches."""
    why = f"close to the topic {topic.name}, {topic.why}"
    return Match(topic=beat.topic, why=why, confidence=topic.confidence)


def topics(_article: Article, beat: Beat, matches: tuple[Match, ...]) -> tuple[str, ...]:
    """Return the names of an article's topics from the evidence, the site's main topic first."""
    names = [match.topic for match in matches if match.topic]
    names.sort(key=lambda name: name != beat.topic)
    return tuple(dict.fromkeys(names))


def describe_miss(article: Article, beat: Beat) -> str:
    """Describe why an article does not fit the site's subject: the nearest topic, and how near."""
    ranked = rank_topics(article, beat)
    if not ranked:
        return "no keyword of any topic in the article"
    nearest = ranked[0]
    needed = ON_BEAT if nearest.is_below else TOPIC
    if nearest.is_in_passing and nearest.confidence >= needed:
        return (
            f"nearest topic {nearest.name}: {nearest.why}; one mention of a keyword is not enough"
        )
    lacks = "" if nearest.is_grounded else f", and no keyword of {beat.topic} occurs"
    return f"nearest topic {nearest.name}: {nearest.why}; confidence {needed} is needed{lacks}"


def describe_near_miss(article: Article, beat: Beat, but: Sequence[str]) -> str:
    """Describe how much confidence an article lacks for the nearest topic that it did not get.

    "" if no topic has half of the confidence that is needed.
    """
    ranked = rank_topics(article, beat)
    nearest = next((topic for topic in ranked if topic.name not in but), None)
    if nearest is None or not nearest.is_near_miss:
        return ""
    return f"close to the topic {nearest.name}: {nearest.why}; a topic needs confidence {TOPIC}"


def find_near(article: Article, beat: Beat) -> Iterator[Reason]:
    """Yield the reason to hold an article without a topic: it names something of a topic.

    That is a place in the headline, or a person or company in headline or lede, or twice in the
    text. Places need the headline: half of all news names a large country somewhere.
    """
    index = index_of(beat, article.language)
    for at, evidence in gather(article, index).topics.items():
        topic = beat.topics[at]
        elsewhere = Counter() if topic.is_place else evidence.lede + evidence.text
        for name, count in (evidence.title + elsewhere).items():
            is_up_front = bool(evidence.title[name] or evidence.lede[name])
            if name in index.names and not evidence.is_excluded and (is_up_front or count > 1):
                yield Reason.of(ReasonKind.NEAR_BEAT, name=name, topic=topic.name)
                return


# Words of a topic below the main one may be ambiguous; next to words of the main one they are not.
_GROUNDED = 0.2  # of the doubt in a topic named up front is removed if the main one is sure
_UNGROUNDED = 0.7  # of the confidence is left if no word of the main topic occurs


@dataclass(frozen=True, slots=True, kw_only=True)
class RankedTopic:
    """A topic, the confidence in percent that an article has it, and the evidence.

    `is_below` tells that it is the main topic or below it, which all topics are if the site has no
    main topic. `is_grounded` tells that a word of the main topic occurs, where that is needed.
    `is_in_passing` tells that the only evidence is one mention of one word.
    """

    topic: Topic
    confidence: int
    evidence: TopicEvidence
    is_below: bool
    is_grounded: bool
    is_in_passing: bool

    @property
    def name(self) -> str:
        """Return the topic's name."""
        return self.topic.name

    @property
    def is_near_miss(self) -> bool:
        """Return whether the article has at least half of the confidence that the topic needs."""
        return TOPIC / 2 <= self.confidence < TOPIC

    @property
    def why(self) -> str:
        """Return the evidence for the topic as a sentence."""
        return describe(self.evidence, self.confidence)


def rank_topics(article: Article, beat: Beat) -> list[RankedTopic]:
    """Return the topics with any evidence in an article, highest confidence first."""
    index = index_of(beat, article.language)
    evidence = gather(article, index)
    topics = _in_context(evidence, index, beat)
    return sorted(topics, key=lambda topic: -topic.confidence)


def _in_context(article: ArticleEvidence, index: KeywordIndex, beat: Beat) -> Iterator[RankedTopic]:
    """Yield the topics with the confidence that each has, given that in the main topic."""
    alone = {
        at: _confidence_alone(at, article, index, has_main=bool(beat.topic))
        for at, evidence in article.topics.items()
        if evidence.is_any
    }
    main = _place_of_main(beat)
    has_ground = main < 0 or main in alone or not index.has_words[main]
    has_main = alone.get(main, 0) >= TOPIC
    for at, confidence_alone in sorted(alone.items()):
        topic, evidence = beat.topics[at], article.topics[at]
        is_below = _is_below_main(topic, beat)
        is_grounded = has_ground or not is_below
        is_meant = has_main and at != main and is_below and _is_named(evidence, article)
        yield RankedTopic(
            topic=topic,
            confidence=round(_beside_main(confidence_alone, is_grounded, is_meant)),
            evidence=evidence,
            is_below=is_below,
            is_grounded=is_grounded,
            is_in_passing=is_in_passing(evidence, article),
        )


def _is_named(evidence: TopicEvidence, article: ArticleEvidence) -> bool:
    """Return whether a topic is named in headline or lede, and not only in passing."""
    return evidence.is_up_front and not is_in_passing(evidence, article)


def _place_of_main(beat: Beat) -> int:
    """Return the number of the main topic, -1 if the site has none."""
    return next((at for at, topic in enumerate(beat.topics) if topic.name == beat.topic), -1)


def _is_below_main(topic: Topic, beat: Beat) -> bool:
    """Return whether a topic is the main one or below it; without a main topic all are."""
    return not beat.topic or beat.topic in (topic.name, *above(topic.name, beat))


def _beside_main(alone: float, is_grounded: bool, is_meant: bool) -> float:
    """Return the confidence in a topic given the main one; a confidence of 0 stays 0."""
    if is_meant and alone:
        return alone + _GROUNDED * (100 - alone)
    return alone if is_grounded else alone * _UNGROUNDED


def _confidence_alone(
    at: int, article: ArticleEvidence, index: KeywordIndex, *, has_main: bool
) -> float:
    """Return the confidence in a topic by its own words, compared with unrelated topics.

    Without a main topic, topics without a common parent compete: a story is about the one that it
    says most of. Topics with a common parent do not compete, nor do topics of two kinds, nor does
    a topic with many different words.
    """
    topic = article.topics[at]
    divides = not has_main and not topic.is_side
    rivals = (
        weight_beside(evidence, is_divided=divides and not index.are_siblings(at, other))
        for other, evidence in article.topics.items()
        if index.compete(at, other)
    )
    return confidence(topic, article, max(rivals, default=0.0))


def above(name: str, beat: Beat) -> tuple[str, ...]:
    """Return the names of a topic's ancestors up to the main topic, nearest first."""
    parents = {topic.name: topic.parent for topic in beat.topics}
    passed = [name]
    while name != beat.topic:
        name = parents.get(name, "")
        if not name or name in passed:
            break
        passed.append(name)
    return tuple(passed[1:])


# Confidence, from 0 to 100. Its weights were set by hand. `tables/weights.toml` has each of them,
# and how much F1 on the labelled example changes if it is changed by a third.

TOPIC = 50  # confidence from which a record gets a topic
ON_BEAT = 30  # confidence in the main topic, or one below it, from which an article is filed


@dataclass(frozen=True, slots=True, kw_only=True)
class Weight:
    """A weight for evidence of topics, and how F1 changes if it is a third smaller or larger."""

    weight: float
    less: float
    more: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """The weights of the kinds of evidence for topics, such as a keyword in the title."""

    title: float
    title_twice: float
    bare_title: float
    lede: float
    lede_twice: float
    label: float
    text: float
    article_words: float
    least_mentions: float
    words_a_mention: float
    repeated: float
    title_mentions: float
    lede_mentions: float
    most_lede_mentions: float
    rival: float
    side_by_side: float
    excluded: float


_ROWS = tables.read_rows(__package__, "weights.toml", Weight)
WEIGHTS = Weights(**{name: row.weight for name, row in _ROWS.items()})


def confidence(evidence: TopicEvidence, article: ArticleEvidence, rivals: float) -> float:
    """Compute in percent how confident the evidence makes us that an article has a topic.

    `rivals` is the weight that a topic needs compared with the others; with less it is mentioned in
    passing. Without a required word, or with an excluded one in title or lede, nothing is left; an
    excluded word in the text takes a third.
    """
    if evidence.is_excluded:
        return 0.0
    standing = min(1.0, weight(evidence) / rivals) if rivals else 1.0
    doubt = 1 - WEIGHTS.label if evidence.labels else 1.0
    for share in (_title(evidence, article), _lede(evidence), _text(evidence, article)):
        doubt *= 1 - share * standing
    return 100 * (1 - doubt) * (WEIGHTS.excluded if evidence.excluded else 1)


def is_in_passing(evidence: TopicEvidence, article: ArticleEvidence) -> bool:
    """Return whether a long article mentions a topic only once, with one word, in its text."""
    return article.words >= WEIGHTS.article_words and evidence.is_single_mention


def weight(evidence: TopicEvidence) -> float:
    """Compute how much an article says about a topic, as a number of mentions."""
    lede = min(WEIGHTS.most_lede_mentions, evidence.lede.total())
    up_front = WEIGHTS.title_mentions * len(evidence.title) + WEIGHTS.lede_mentions * lede
    return up_front + _count_mentions(evidence.text)


def weight_beside(rival: TopicEvidence, *, is_divided: bool) -> float:
    """Return the weight that a topic needs when a rival topic is also in the article."""
    return weight(rival) * (WEIGHTS.side_by_side if is_divided else WEIGHTS.rival)


def _title(evidence: TopicEvidence, article: ArticleEvidence) -> float:
    if evidence.title and article.words >= WEIGHTS.article_words and not evidence.text:
        return WEIGHTS.bare_title
    return (0.0, WEIGHTS.title, WEIGHTS.title_twice)[min(2, len(evidence.title))]


def _lede(evidence: TopicEvidence) -> float:
    return (0.0, WEIGHTS.lede, WEIGHTS.lede_twice)[min(2, evidence.lede.total())]


def _text(evidence: TopicEvidence, article: ArticleEvidence) -> float:
    """Compute the evidence from the text: how often, with how many keywords, how widely."""
    needed = WEIGHTS.least_mentions + article.words / WEIGHTS.words_a_mention
    spread = (1 + len(evidence.parts)) / 5
    return WEIGHTS.text * min(1.0, _count_mentions(evidence.text) / needed * spread)


def _count_mentions(counts: Counter[str]) -> float:
    """Count keywords; one that is repeated counts less than a further one."""
    return float(sum(count**WEIGHTS.repeated for count in counts.values()))


def describe(evidence: TopicEvidence, confidence: int) -> str:
    """Describe in a sentence where a topic's keywords occur, and the confidence in percent.

    As in `"ai act" in title, 3 times in text (confidence 92)`.
    """
    facts = ", ".join([*_keywords(evidence), *_labels(evidence), *_against(evidence)])
    return f"{facts} (confidence {confidence})"


def _keywords(evidence: TopicEvidence) -> list[str]:
    """Name the most important keyword and its place, else the keywords in the text."""
    for place, counts in (("title", evidence.title), ("lede", evidence.lede)):
        if counts:
            keyword = _chief(counts)
            return [f'"{keyword}" in {place}', *_again(keyword, evidence.text)]
    if not evidence.text:
        return []
    keyword = _chief(evidence.text)
    count = evidence.text[keyword]
    chief = [f'"{keyword}" {_times(count)} in text']
    return chief + _others(evidence.text.total() - count)


def _again(keyword: str, text: Counter[str]) -> list[str]:
    """Describe how often the text repeats a keyword, and has other ones."""
    if not text.total():
        return []
    count = text[keyword]
    if not count:
        return [f"other keywords {_times(text.total())} in text"]
    return [f"{_times(count)} in text", *_others(text.total() - count)]


def _others(count: int) -> list[str]:
    return [f"other keywords {_times(count)}"] if count else []


def _chief(counts: Counter[str]) -> str:
    """Return the most frequent keyword, of equals the first of the settings."""
    return counts.most_common(1)[0][0]


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


def _labels(evidence: TopicEvidence) -> list[str]:
    return [f'{kind} "{label}"' for label, kind in list(evidence.labels.items())[:1]]


def _against(evidence: TopicEvidence) -> list[str]:
    facts = [] if evidence.required else ["none of its required words"]
    if evidence.excluded:
        facts.append(f'excluded "{evidence.excluded}" in {evidence.excluded_in}')
    return facts
