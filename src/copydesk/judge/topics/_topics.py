"""Topics with their evidence; on the beat or off it."""

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
from copydesk.news import Article, Beat, Topic


def relevance(article: Article, beat: Beat) -> tuple[Match, ...]:
    """Return the evidence that an article is on the beat, one piece a topic, strongest first.

    Its words, else the source's: topics that the settings give it, or that it is official; then
    the topics above those. The main topic needs less than the others, and stands where one below
    it stands, or nearly does; without a main topic the nearest one needs as little, where no other
    stands. A beat without topics takes everything.
    """
    ranked = rank_topics(article, beat)
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


def _nearest(near: Sequence[RankedTopic], beat: Beat, *, has_match: bool) -> list[Match]:
    """Return the main topic where it is near; without one the nearest, where none other stands."""
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
                    topic=name,
                    why=f"stands above {match.topic}",
                    confidence=match.confidence,
                )


def _nearly(topic: RankedTopic, beat: Beat) -> Match:
    """Return the main topic for the sake of one below it that does not match itself."""
    why = f"nearly {topic.name}, {topic.why}"
    return Match(topic=beat.topic, why=why, confidence=topic.confidence)


def topics(article: Article, beat: Beat, matches: tuple[Match, ...]) -> tuple[str, ...]:
    """Return the topics that have evidence, the main one first."""
    del article
    names = [match.topic for match in matches if match.topic]
    names.sort(key=lambda name: name != beat.topic)
    return tuple(dict.fromkeys(names))


def describe_miss(article: Article, beat: Beat) -> str:
    """Describe what an article off the beat lacks: the nearest topic, and how near it is."""
    ranked = rank_topics(article, beat)
    if not ranked:
        return "no topic's keyword in it"
    nearest = ranked[0]
    needed = ON_BEAT if nearest.is_below else TOPIC
    if nearest.is_in_passing and nearest.confidence >= needed:
        return f"nearest topic {nearest.name}: {nearest.why}; one word said once is too little"
    lacks = "" if nearest.is_grounded else f", and no keyword of {beat.topic} anywhere"
    return f"nearest topic {nearest.name}: {nearest.why}; {needed} needed{lacks}"


def describe_near_miss(article: Article, beat: Beat, but: Sequence[str]) -> str:
    """Describe what is missing for the nearest topic that an article was not given.

    "" where none is half as sure as one that stands.
    """
    known = set(but)
    others = (topic for topic in rank_topics(article, beat) if topic.name not in known)
    nearest = next(others, None)
    if nearest is None or not TOPIC / 2 <= nearest.confidence < TOPIC:
        return ""
    lack = TOPIC - nearest.confidence
    return f"not {nearest.name}: {nearest.why}, {lack} more of {TOPIC} needed"


# Rank the topics of an article by how sure we are of each.

# A topic below the main one may have common words: they mean it where the main one stands.
_GROUNDED = 0.2  # of the doubt in a topic named up front, where the main one stands
_UNGROUNDED = 0.7  # of what is known of it, where no word of the main one is anywhere


@dataclass(frozen=True, slots=True, kw_only=True)
class RankedTopic:
    """A topic, how sure we are of it in percent, and why.

    `is_below` says that it is the main topic or below it, as is every one of a beat without;
    `is_grounded` that a word of the main one stands somewhere, where that is asked for;
    `is_in_passing` that one mention of one word is all there is.
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
    def why(self) -> str:
        """Return the evidence in words."""
        return describe(self.evidence, self.confidence)


def rank_topics(article: Article, beat: Beat) -> list[RankedTopic]:
    """Return the topics that have any evidence, the surest first, equals in the beat's order."""
    index = index_of(beat, article.language)
    evidence = gather(article, index)
    topics = _in_context(evidence, index, beat)
    return sorted(topics, key=lambda topic: -topic.confidence)


def _in_context(article: ArticleEvidence, index: KeywordIndex, beat: Beat) -> Iterator[RankedTopic]:
    """Yield the topics with the confidence that each has beside the main one."""
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
    """Decide whether a topic is named up front, and not by one word in passing."""
    return evidence.is_up_front and not is_in_passing(evidence, article)


def _place_of_main(beat: Beat) -> int:
    """Return the place of the main topic, -1 where it is none of the beat's."""
    return next((at for at, topic in enumerate(beat.topics) if topic.name == beat.topic), -1)


def _is_below_main(topic: Topic, beat: Beat) -> bool:
    """Decide whether a topic is the main one or below it; with none above all, each is the beat."""
    return not beat.topic or beat.topic in (topic.name, *above(topic.name, beat))


def _beside_main(alone: float, is_grounded: bool, is_meant: bool) -> float:
    """Return the confidence in a topic beside the main one: nothing stays nothing."""
    if is_meant and alone:
        return alone + _GROUNDED * (100 - alone)
    return alone if is_grounded else alone * _UNGROUNDED


def _confidence_alone(
    at: int, article: ArticleEvidence, index: KeywordIndex, *, has_main: bool
) -> float:
    """Return the confidence in a topic by its own words, beside those of topics that are no kin.

    Where no topic stands above all, those without a parent in common divide the news among them: a
    story is about the one that it says most of. Sides of one subject come together, and so does
    what a story has many different words for.
    """
    topic = article.topics[at]
    divides = not has_main and not topic.is_side
    rivals = (
        weight_beside(evidence, is_divided=divides and not index.are_siblings(at, other))
        for other, evidence in article.topics.items()
        if not index.are_kin(at, other)
    )
    return confidence(topic, article, max(rivals, default=0.0))


def above(name: str, beat: Beat) -> tuple[str, ...]:
    """Return the names above a topic, the nearest first, to the main one; a circle ends."""
    parents = {topic.name: topic.parent for topic in beat.topics}
    passed = [name]
    while name != beat.topic:
        name = parents.get(name, "")
        if not name or name in passed:
            break
        passed.append(name)
    return tuple(passed[1:])


# Confidence: how sure the evidence makes us that an article is about a topic, 0 to 100.
#
# The weights were set by hand; `tables/weights.toml` has each, and by how much F1 on the example's
# truth changes where it is moved by a third.

TOPIC = 50  # confidence from which a record carries a topic
ON_BEAT = 30  # confidence in the main topic, or in one below it, from which an article is filed


@dataclass(frozen=True, slots=True, kw_only=True)
class Weight:
    """A weight, and by how many points F1 changes where it is a third less or more."""

    weight: float
    less: float
    more: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """The weights by their names in the table, which says of each what it is for."""

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
    """Compute in percent how likely it is that not all places mislead.

    `rivals` is the weight that a topic needs beside the others: what has less is mentioned on the
    way. A required word that is missing, and one that is excluded in title or lede, leave
    nothing; an excluded word in the text takes a third.
    """
    if not evidence.required or evidence.excluded_in in ("title", "lede"):
        return 0.0
    standing = min(1.0, weight(evidence) / rivals) if rivals else 1.0
    doubt = 1 - WEIGHTS.label if evidence.labels else 1.0
    for share in (_title(evidence, article), _lede(evidence), _text(evidence, article)):
        doubt *= 1 - share * standing
    return 100 * (1 - doubt) * (WEIGHTS.excluded if evidence.excluded else 1)


def is_in_passing(evidence: TopicEvidence, article: ArticleEvidence) -> bool:
    """Decide whether all that a whole article says of a topic is one word, once, in its text."""
    return article.words >= WEIGHTS.article_words and evidence.is_single_mention


def weight(evidence: TopicEvidence) -> float:
    """Compute how much an article says of a topic, in mentions of its text."""
    lede = min(WEIGHTS.most_lede_mentions, evidence.lede.total())
    up_front = WEIGHTS.title_mentions * len(evidence.title) + WEIGHTS.lede_mentions * lede
    return up_front + _count_mentions(evidence.text)


def weight_beside(rival: TopicEvidence, *, is_divided: bool) -> float:
    """Return the weight that a topic needs beside a rival; more where they divide the news."""
    return weight(rival) * (WEIGHTS.side_by_side if is_divided else WEIGHTS.rival)


def _title(evidence: TopicEvidence, article: ArticleEvidence) -> float:
    if evidence.title and article.words >= WEIGHTS.article_words and not evidence.text:
        return WEIGHTS.bare_title
    return (0.0, WEIGHTS.title, WEIGHTS.title_twice)[min(2, len(evidence.title))]


def _lede(evidence: TopicEvidence) -> float:
    return (0.0, WEIGHTS.lede, WEIGHTS.lede_twice)[min(2, evidence.lede.total())]


def _text(evidence: TopicEvidence, article: ArticleEvidence) -> float:
    """Weigh how often, by how many keywords and how widely the text speaks of it."""
    needed = WEIGHTS.least_mentions + article.words / WEIGHTS.words_a_mention
    spread = (1 + len(evidence.parts)) / 5
    return WEIGHTS.text * min(1.0, _count_mentions(evidence.text) / needed * spread)


def _count_mentions(counts: Counter[str]) -> float:
    """Count keywords, one that is said again less than another one."""
    return float(sum(count**WEIGHTS.repeated for count in counts.values()))


# The evidence for a topic in words, for a record and for who asks.


def describe(evidence: TopicEvidence, confidence: int) -> str:
    """Describe in one sentence where a topic's words stand, and how sure that makes us.

    As in `"ai act" in title, 3 times in text (confidence 92)`.
    """
    facts = ", ".join([*_keywords(evidence), *_labels(evidence), *_against(evidence)])
    return f"{facts} (confidence {confidence})"


def _keywords(evidence: TopicEvidence) -> list[str]:
    """Name the keyword that says most, and where it stands; else those of the text."""
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
    """Describe how often the text comes back to it, with its other keywords."""
    if not text.total():
        return []
    count = text[keyword]
    if not count:
        return [f"other keywords {_times(text.total())} in text"]
    return [f"{_times(count)} in text", *_others(text.total() - count)]


def _others(count: int) -> list[str]:
    return [f"other keywords {_times(count)}"] if count else []


def _chief(counts: Counter[str]) -> str:
    """Return the keyword that stands most often, the first of the beat's among equals."""
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
