"""Search an article for the keywords of each topic: where they occur, and how often."""

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

_PARTS = 4  # of a text: its subject occurs in several of them
_LABELS = 20  # tags of a page that are used
_SIDE = 5  # different words that show a subject of a story; a mere mention seldom has as many


@dataclass(slots=True)
class TopicEvidence:
    """The evidence in an article for and against a topic: keywords found, by place.

    `title`, `lede` and `text` count each keyword there; `labels` are the page's section and tags
    with a word of the topic. `parts` are the quarters of the text with a keyword. `required` tells
    that one of the required words occurs, or none is required. `excluded` is an excluded word,
    `excluded_in` its place.
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
        """Return whether the article has any keyword of the topic."""
        return bool(self.title or self.lede or self.labels or self.text)

    @property
    def is_up_front(self) -> bool:
        """Return whether the article has a keyword of the topic in headline or lede."""
        return bool(self.title or self.lede)

    @property
    def is_side(self) -> bool:
        """Return whether the article has so many keywords that the topic is one of its subjects."""
        return len(self.title | self.lede | self.text) >= _SIDE

    @property
    def is_single_mention(self) -> bool:
        """Return whether the only evidence for the topic is one word that occurs once.

        The lede is the excerpt and the beginning of the text. An excerpt repeats the text, so a
        word that occurs once in each counts as one mention.
        """
        if self.title or self.labels or len(self.lede | self.text) != 1:
            return False
        in_text = self.text.total()
        return in_text <= 1 and self.lede.total() - in_text <= 1


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleEvidence:
    """The evidence in an article for each topic (by its number), and the article's word count."""

    topics: dict[int, TopicEvidence]
    words: int


def gather(article: Article, index: KeywordIndex) -> ArticleEvidence:
    """Search headline, lede, labels and text of an article for the keywords of all topics."""
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
    # text below a video only describes it: that it does not repeat a word means nothing
    length = 0 if article.type == "video" else len(text)
    return ArticleEvidence(topics=dict(evidence), words=length)


def mark_lines(prose: str) -> str:
    """Return a text with a separator between lines, so that no phrase matches across lines."""
    return prose.replace("\n", " \u00b6 ")


def labels_of(article: Article) -> Iterator[tuple[str, str]]:
    """Yield an article's labels as (kind, label): section (not from the URL) and tags."""
    if article.section and article.origins.get("section") != "address":
        yield "section", article.section
    for tag in article.keywords[:_LABELS]:
        yield "tag", tag


def _add_place(
    evidence: dict[int, TopicEvidence], place: str, tokens: Tokens, index: KeywordIndex
) -> None:
    """Add the evidence in one place of an article."""
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
    """Choose the keyword matches that count, at most one at each place; return them by topic.

    Of two that overlap the longer one counts. A keyword inside a longer one of an unrelated topic
    does not count: "trade war" is no war.
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
    """Return the phrases of several words at each place."""
    over: defaultdict[int, list[PhraseMatch]] = defaultdict(list)
    for match in matches:
        if match.end - match.start > 1:
            for place in range(match.start, match.end):
                over[place].append(match)
    return over


def _is_inside(match: PhraseMatch, longer: PhraseMatch, index: KeywordIndex) -> bool:
    """Return whether a keyword is only part of a longer one of an unrelated topic."""
    if longer.end - longer.start <= match.end - match.start or match.end > longer.end:
        return False
    return not index.are_kin(index.terms[match.phrase].topic, index.terms[longer.phrase].topic)


def find_mentions(text: str, language: str, beat: Beat) -> Iterator[tuple[int, int, str]]:
    """Yield the (start, end, topic) of each keyword in a text that counts as evidence."""
    index = index_of(beat, language)
    tokens = tokenize(text)
    places = locate_words(text, tokens)
    if not places:
        return
    for topic, mentions in select_mentions(list(index.phrases.find(tokens)), index).items():
        for mention in mentions:
            yield places[mention.start][0], places[mention.end - 1][1], index.topics[topic].name


class Kind(Enum):
    """The role of a word in a topic's settings: keyword, required, excluded or name."""

    KEYWORD = "keyword"
    REQUIRED = "required"
    EXCLUDED = "excluded"
    NAME = "name"  # of the topic itself: counts only in the labels of a page


@dataclass(frozen=True, slots=True, kw_only=True)
class KeywordTerm:
    """A keyword or phrase of a topic, given by the topic's number in the settings."""

    topic: int
    kind: Kind
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KeywordIndex:
    """The keywords of all topics of a site, compiled for searching articles.

    `above` has for each topic the places of those above it; `has_words` tells whether it has any
    keyword.
    """

    topics: tuple[Topic, ...]
    terms: tuple[KeywordTerm, ...]
    phrases: Phrases
    above: tuple[frozenset[int], ...]
    has_words: tuple[bool, ...]

    def are_kin(self, one: int, other: int) -> bool:
        """Return whether two topics are the same, or one is an ancestor of the other."""
        return one == other or one in self.above[other] or other in self.above[one]

    def are_siblings(self, one: int, other: int) -> bool:
        """Return whether two topics have the same parent."""
        parent = self.topics[one].parent
        return bool(parent) and parent == self.topics[other].parent


def index_of(beat: Beat, language: str) -> KeywordIndex:
    """Return a site's keywords compiled for articles in a language ("" if unknown)."""
    home = _base_language(beat.locale) or "en"
    return _make_index(beat.topics, _base_language(language), home)


def language_of(beat: Beat, language: str) -> str:
    """Return the language whose word rules apply to articles in this language ("" if not known)."""
    return _base_language(language) or _base_language(beat.locale) or "en"


def _base_language(language: str) -> str:
    """Return the language of a tag without the region: pt of pt-BR."""
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
    """Return the numbers of the topics with a keyword that can be found."""
    return frozenset(
        term.topic
        for number, term in enumerate(terms)
        if term.kind is Kind.KEYWORD and phrases.can_stand(number)
    )


def _terms(topic: Topic, language: str, home: str) -> Iterator[tuple[Kind, str]]:
    """Yield a topic's words for a language.

    Translations count in their language, names (`aliases`) in any. Keywords are in the site's
    language; in another one they count only if the topic has no words of it ("war" is German for
    "was").
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
    """Yield the numbers of the topics above one; a circle of parents ends."""
    places = {topic.name: place for place, topic in enumerate(topics)}
    passed = {at}
    place = places.get(topics[at].parent)
    while place is not None and place not in passed:
        yield place
        passed.add(place)
        place = places.get(topics[place].parent)
