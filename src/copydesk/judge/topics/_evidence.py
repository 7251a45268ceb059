"""Evidence: where in an article the words of each topic stand, and how often."""

from __future__ import annotations

import functools
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum

from copydesk.judge.phrases import PhraseMatch, Phrases
from copydesk.judge.profile import lede
from copydesk.judge.words import Tokens, locate_words, tokenize
from copydesk.kit import text as plain_text
from copydesk.news import Article, Beat, Topic

_PARTS = 4  # of a text, over which a subject that it is about is spread
_LABELS = 20  # tags of a page that are looked at
_SIDE = 5  # different words that a story has for one of its subjects, and seldom for a mention


@dataclass(slots=True)
class TopicEvidence:
    """What speaks for a topic and against it, keywords as the beat writes them.

    `title`, `lede` and `text` count each keyword that stands there, `labels` are those among the
    page's own section and tags. `parts` are the quarters of the text that have one. `required` says
    that one of the required words stands somewhere (or none is asked for), `excluded` and
    `excluded_in` an excluded word and where it stands.
    """

    title: Counter[str] = field(default_factory=Counter)
    lede: Counter[str] = field(default_factory=Counter)
    text: Counter[str] = field(default_factory=Counter)
    labels: dict[str, str] = field(default_factory=dict)
    parts: set[int] = field(default_factory=set)
    required: bool = True
    excluded: str = ""
    excluded_in: str = ""

    @property
    def is_any(self) -> bool:
        """Decide whether any keyword stands anywhere."""
        return bool(self.title or self.lede or self.labels or self.text)

    @property
    def is_up_front(self) -> bool:
        """Decide whether a keyword stands in title or lede."""
        return bool(self.title or self.lede)

    @property
    def is_side(self) -> bool:
        """Decide whether an article has so many different words for it that it is a side of it."""
        return len(self.title | self.lede | self.text) >= _SIDE

    @property
    def is_single_mention(self) -> bool:
        """Decide whether one word that stands once is all, the page's own labels included.

        The lede is the excerpt and the text's beginning. An excerpt repeats or sums up the text,
        so a word that stands once in each is said once.
        """
        if self.title or self.labels or len(self.lede | self.text) != 1:
            return False
        in_text = self.text.total()
        return in_text <= 1 and self.lede.total() - in_text <= 1


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleEvidence:
    """The evidence for each topic that has some, by its place, and an article's length in words."""

    topics: dict[int, TopicEvidence]
    words: int


def gather(article: Article, index: KeywordIndex) -> ArticleEvidence:
    """Look for the words of all topics in title, lede, labels and text of an article."""
    evidence: defaultdict[int, TopicEvidence] = defaultdict(TopicEvidence)
    for at, topic in enumerate(index.topics):
        if topic.required:
            evidence[at].required = False
    prose = plain_text.prose(article.text)
    text = tokenize(mark_lines(prose))
    opening = tokenize(lede(article.excerpt, prose))
    for place, tokens in (("title", tokenize(article.title)), ("lede", opening), ("text", text)):
        _add_place(evidence, place, tokens, index)
    for kind, label in labels_of(article):
        _add_label(evidence, kind, label, index)
    # what stands below a video describes it: that it does not come back to a word is no doubt
    length = 0 if article.type == "video" else len(text)
    return ArticleEvidence(topics=dict(evidence), words=length)


def mark_lines(prose: str) -> str:
    """Return a text in which no phrase stands across the end of a line."""
    return prose.replace("\n", " \u00b6 ")


def labels_of(article: Article) -> Iterator[tuple[str, str]]:
    """Yield what the page itself says it is about; a folder of its address is not the page."""
    if article.section and article.origins.get("section") != "address":
        yield "section", article.section
    for tag in article.keywords[:_LABELS]:
        yield "tag", tag


def _add_place(
    evidence: dict[int, TopicEvidence], place: str, tokens: Tokens, index: KeywordIndex
) -> None:
    """Add what the words of one place of an article say."""
    matches = list(index.phrases.find(tokens))
    for match in matches:
        term = index.terms[match.phrase]
        if term.kind is Kind.REQUIRED:
            evidence[term.topic].required = True
        if term.kind is Kind.EXCLUDED and not evidence[term.topic].excluded:
            evidence[term.topic].excluded = term.text
            evidence[term.topic].excluded_in = place
    for topic, mentions in select_mentions(matches, index).items():
        of_topic = evidence[topic]
        counts = {"title": of_topic.title, "lede": of_topic.lede, "text": of_topic.text}[place]
        counts.update(index.terms[mention.phrase].text for mention in mentions)
        if place == "text":
            of_topic.parts.update(mention.start * _PARTS // len(tokens) for mention in mentions)


def _add_label(
    evidence: dict[int, TopicEvidence], kind: str, label: str, index: KeywordIndex
) -> None:
    """Add the topics that a label of the page names."""
    for match in index.phrases.find(tokenize(label)):
        term = index.terms[match.phrase]
        if term.kind in (Kind.KEYWORD, Kind.NAME):
            evidence[term.topic].labels.setdefault(label, kind)


def select_mentions(
    matches: Sequence[PhraseMatch], index: KeywordIndex
) -> dict[int, list[PhraseMatch]]:
    """Return the keywords that stand for each topic, one for each place of the text.

    Of two that overlap the longer counts. A keyword inside a longer one of a topic that is no kin
    is not meant: there is no war in "trade war".
    """
    keywords = [match for match in matches if index.terms[match.phrase].kind is Kind.KEYWORD]
    longer = _phrases_over(keywords)
    mentions: defaultdict[int, list[PhraseMatch]] = defaultdict(list)
    for match in sorted(keywords, key=lambda match: (match.start, -match.end)):
        before = mentions[index.terms[match.phrase].topic]
        if before and before[-1].end > match.start:
            continue
        if not any(_is_inside(match, other, index) for other in longer.get(match.start, ())):
            before.append(match)
    return {topic: meant for topic, meant in mentions.items() if meant}


def _phrases_over(matches: Iterable[PhraseMatch]) -> dict[int, list[PhraseMatch]]:
    """Return the phrases of several words that stand over each place."""
    over: defaultdict[int, list[PhraseMatch]] = defaultdict(list)
    for match in matches:
        if match.end - match.start > 1:
            for place in range(match.start, match.end):
                over[place].append(match)
    return over


def _is_inside(match: PhraseMatch, longer: PhraseMatch, index: KeywordIndex) -> bool:
    """Decide whether a keyword is but a part of a longer one of a topic that is no kin."""
    if longer.end - longer.start <= match.end - match.start or match.end > longer.end:
        return False
    return not index.are_kin(index.terms[match.phrase].topic, index.terms[longer.phrase].topic)


# Mentions: the places of a text where the words of topics stand, as evidence counts them.


def find_mentions(text: str, language: str, beat: Beat) -> Iterator[tuple[int, int, str]]:
    """Walk the keywords in a text of a language: from where, to where, for which topic.

    They are those that `relevance` counts in a text, found by the same index.
    """
    index = index_of(beat, language)
    tokens = tokenize(text)
    places = locate_words(text, tokens)
    if not places:
        return
    for topic, mentions in select_mentions(list(index.phrases.find(tokens)), index).items():
        for mention in mentions:
            yield places[mention.start][0], places[mention.end - 1][1], index.topics[topic].name


# All words of a beat's topics in one index, for articles of one language.


class Kind(Enum):
    """What a word says of its topic."""

    KEYWORD = "keyword"
    REQUIRED = "required"
    EXCLUDED = "excluded"
    NAME = "name"  # what the topic is called: evidence only where a page names its subjects


@dataclass(frozen=True, slots=True, kw_only=True)
class KeywordTerm:
    """One word or phrase of a topic; `topic` is its place in the beat."""

    topic: int
    kind: Kind
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KeywordIndex:
    """The terms of some topics and the phrases that find them, in the same order.

    `above` holds for each topic the places of those that stand above it, `has_words` says of each
    whether it has any keyword.
    """

    topics: tuple[Topic, ...]
    terms: tuple[KeywordTerm, ...]
    phrases: Phrases
    above: tuple[frozenset[int], ...]
    has_words: tuple[bool, ...]

    def are_kin(self, one: int, other: int) -> bool:
        """Decide whether two topics are one, or one stands above the other."""
        return one == other or one in self.above[other] or other in self.above[one]

    def are_siblings(self, one: int, other: int) -> bool:
        """Decide whether two topics stand below the same one: sides of one subject."""
        parent = self.topics[one].parent
        return bool(parent) and parent == self.topics[other].parent


def index_of(beat: Beat, language: str) -> KeywordIndex:
    """Return the index of a beat for articles in this language, "" where it is not known."""
    home = _base_language(beat.locale) or "en"
    return _make_index(beat.topics, _base_language(language), home)


def language_of(beat: Beat, language: str) -> str:
    """Return the code by whose rules the words of articles in this language are compared."""
    return _base_language(language) or _base_language(beat.locale) or "en"


def _base_language(language: str) -> str:
    """Return a language's code without its region: pt of pt-BR."""
    return language.replace("_", "-").partition("-")[0].lower()


@functools.lru_cache(maxsize=64)
def _make_index(topics: tuple[Topic, ...], language: str, home: str) -> KeywordIndex:
    terms = tuple(
        KeywordTerm(topic=at, kind=kind, text=text)
        for at, topic in enumerate(topics)
        for kind, text in dict.fromkeys(_terms(topic, language, home))
    )
    phrases = Phrases([term.text for term in terms], language or home)
    with_words = _topics_with_words(terms, phrases)
    return KeywordIndex(
        topics=topics,
        terms=terms,
        phrases=phrases,
        above=tuple(frozenset(_above(at, topics)) for at in range(len(topics))),
        has_words=tuple(at in with_words for at in range(len(topics))),
    )


def _topics_with_words(terms: Iterable[KeywordTerm], phrases: Phrases) -> frozenset[int]:
    """Return the places of the topics that have a keyword to look for."""
    return frozenset(
        term.topic
        for number, term in enumerate(terms)
        if term.kind is Kind.KEYWORD and phrases.can_stand(number)
    )


def _terms(topic: Topic, language: str, home: str) -> Iterator[tuple[Kind, str]]:
    """Yield a topic's words for a language.

    Its translation, and names (`aliases`) in any. Keywords are of the site's own language: they
    count in another only where the topic has no words of that one ("war" is German for "was").
    """
    translated = dict(topic.translations).get(language, ())
    keywords = topic.keywords if not translated or language == home else ()
    for text in (*keywords, *topic.aliases, *translated):
        yield Kind.KEYWORD, text
    for text in topic.required:
        yield Kind.REQUIRED, text
    for text in topic.excluded:
        yield Kind.EXCLUDED, text
    for text in (topic.name, topic.shortname):
        yield Kind.NAME, text


def _above(at: int, topics: tuple[Topic, ...]) -> Iterator[int]:
    """Yield the places of the topics above one; a circle of parents ends."""
    places = {topic.name: place for place, topic in enumerate(topics)}
    passed = {at}
    place = places.get(topics[at].parent)
    while place is not None and place not in passed:
        yield place
        passed.add(place)
        place = places.get(topics[place].parent)
