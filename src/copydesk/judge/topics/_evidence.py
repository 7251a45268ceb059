"""Search an article for the keywords of each topic: where they occur, and how often."""

from __future__ import annotations

import functools
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from itertools import chain

from copydesk.judge.phrases import PhraseMatch, Phrases
from copydesk.judge.profile import lede
from copydesk.judge.words import Tokens, base_language, fold, locate_words, tokenize
from copydesk.kit import tables
from copydesk.kit import text as plain_text
from copydesk.news import Article, Beat, Topic
from copydesk.news.beat import TopicKind

_PARTS = 4  # of a text: its subject occurs in several of them
_LABELS = 20  # tags of a page that are used
_SUPPORT = 2  # mentions without which a page's section is no evidence for a whole article
_WHOLE = 150  # words of an article that has more than its beginning
_ACRONYM = 3  # most letters of an abbreviation
_CAPITAL_NOUNS = frozenset({"de", "lb"})  # languages in which each noun has a capital
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
    def mentions(self) -> int:
        """Return how often keywords of the topic occur; the lede repeats the text."""
        return self.title.total() + max(self.lede.total(), self.text.total())

    @property
    def is_excluded(self) -> bool:
        """Return whether a required word is missing, or an excluded one is in title or lede."""
        return not self.required or self.excluded_in in ("title", "lede")

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
    places = {"title": tokenize(article.title), "lede": opening, "text": text}
    matches = {place: list(find_terms(tokens, index)) for place, tokens in places.items()}
    labels = [(*label, list(find_terms(tokenize(label[1]), index))) for label in labels_of(article)]
    of_labels = chain.from_iterable(found for _, _, found in labels)
    sure = _find_sure(chain(*matches.values(), of_labels), index)
    for place, tokens in places.items():
        _add_place(evidence, place, list(filter(sure, matches[place])), len(tokens), index)
    for kind, label, found in labels:
        _add_label(evidence, kind, label, filter(sure, found), index)
    if len(text) >= _WHOLE:
        _drop_idle_sections(evidence.values())
    # text below a video only describes it: that it does not repeat a word means nothing
    length = 0 if article.type == "video" else len(text)
    return ArticleEvidence(topics=dict(evidence), words=length)


def _drop_idle_sections(evidence: Iterable[TopicEvidence]) -> None:
    """Delete the sections of a page as evidence for topics that its article hardly mentions."""
    for of_topic in evidence:
        if of_topic.mentions < _SUPPORT:
            of_topic.labels = {at: kind for at, kind in of_topic.labels.items() if kind == "tag"}


def mark_lines(prose: str) -> str:
    """Return a text with a separator between lines, so that no phrase matches across lines."""
    return prose.replace("\n", " \u00b6 ")


def labels_of(article: Article) -> Iterator[tuple[str, str]]:
    """Yield an article's labels as (kind, label): section (not from the URL) and tags."""
    if article.section and article.origins.get("section") != "address":
        yield "section", article.section
    for tag in article.keywords[:_LABELS]:
        yield "tag", tag


def find_terms(tokens: Tokens, index: KeywordIndex) -> Iterator[PhraseMatch]:
    """Yield the matches of topics' words in a text, without those that mean something else.

    A name with a capital counts with one only, an abbreviation not in a text that is all capitals,
    and a keyword not where the words around it show that it is a verb.
    """
    written, folded = tokens.written, tokens.folded
    is_shouted = len(written) > _ACRONYM and " ".join(written).isupper()
    for match in index.phrases.find(tokens):
        term, first = index.terms[match.phrase], written[match.start]
        if term.is_cased and (first[0].islower() or (is_shouted and len(term.text) <= _ACRONYM)):
            continue
        uses = index.uses.get(term.text.lower(), ())
        before = folded[match.start - 1] if match.start else ""
        after = folded[match.end] if match.end < len(folded) else ""
        if not any(before in use.before or after in use.after for use in uses):
            yield match


def _find_sure(
    matches: Iterable[PhraseMatch], index: KeywordIndex
) -> Callable[[PhraseMatch], bool]:
    """Return a function that tells whether a match counts, given all matches in an article.

    A name that may mean something else counts if the article has a sure word of the same topic.
    """
    terms = [index.terms[match.phrase] for match in matches]
    witnessed = {term.topic for term in terms if term.kind is Kind.KEYWORD and not term.is_doubtful}
    return lambda match: (
        not (term := index.terms[match.phrase]).is_doubtful or term.topic in witnessed
    )


def _add_place(
    evidence: dict[int, TopicEvidence],
    place: str,
    matches: Sequence[PhraseMatch],
    words: int,
    index: KeywordIndex,
) -> None:
    """Add the evidence in one place of an article, which has so many words."""
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
            of_topic.parts.update(mention.start * _PARTS // words for mention in mentions)


def _add_label(
    evidence: dict[int, TopicEvidence],
    kind: str,
    label: str,
    matches: Iterable[PhraseMatch],
    index: KeywordIndex,
) -> None:
    """Add the topics that a label of the page names."""
    for match in matches:
        term = index.terms[match.phrase]
        if term.kind in (Kind.KEYWORD, Kind.NAME):
            evidence[term.topic].labels.setdefault(label, kind)


def select_mentions(
    matches: Sequence[PhraseMatch], index: KeywordIndex
) -> dict[int, list[PhraseMatch]]:
    """Choose the keyword matches that count, at most one at each place; return them by topic.

    Of two that overlap the longer one counts. A keyword inside a longer one of an unrelated topic
    does not count ("trade war" is no war), nor does one inside a longer name ("West Bank").
    """
    kinds = {Kind.KEYWORD, Kind.LONGER}
    phrases = [match for match in matches if index.terms[match.phrase].kind in kinds]
    longer = _phrases_over(phrases)
    mentions: defaultdict[int, list[PhraseMatch]] = defaultdict(list)
    for match in sorted(phrases, key=lambda match: (match.start, -match.end)):
        before = mentions[index.terms[match.phrase].topic]
        if before and before[-1].end > match.start:
            continue
        if not any(_is_inside(match, other, index) for other in longer.get(match.start, ())):
            before.append(match)
    mentions.pop(-1, None)  # names of no topic
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
    over = index.terms[longer.phrase]
    return over.kind is Kind.LONGER or index.compete(index.terms[match.phrase].topic, over.topic)


def find_mentions(text: str, language: str, beat: Beat) -> Iterator[tuple[int, int, str]]:
    """Yield the (start, end, topic) of each keyword in a text that counts as evidence."""
    index = index_of(beat, language)
    tokens = tokenize(text)
    places = locate_words(text, tokens)
    if not places:
        return
    for topic, mentions in select_mentions(list(find_terms(tokens, index)), index).items():
        for mention in mentions:
            yield places[mention.start][0], places[mention.end - 1][1], index.topics[topic].name


class Kind(Enum):
    """The role of a word: keyword of a topic, required, excluded, its name, or a longer name."""

    KEYWORD = "keyword"
    REQUIRED = "required"
    EXCLUDED = "excluded"
    NAME = "name"  # of the topic itself: counts only in the labels of a page
    LONGER = "longer"  # of no topic: a keyword inside of it does not count


@dataclass(frozen=True, slots=True, kw_only=True)
class KeywordTerm:
    """A keyword or phrase of a topic, given by the topic's number in the settings (-1 for none).

    `is_cased`: it counts only with a capital. `is_doubtful`: it counts only beside another word of
    the topic.
    """

    topic: int
    kind: Kind
    text: str
    is_cased: bool = False
    is_doubtful: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherUse:
    """Words that are no evidence after a word of `before`, or before a word of `after`."""

    words: frozenset[str]
    before: frozenset[str]
    after: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class KeywordIndex:
    """The keywords of all topics of a site, compiled for searching articles.

    `above` has for each topic the places of those above it; `has_words` tells whether it has any
    keyword. `names` are the keywords that name a place, person or company; `uses` the uses of a
    keyword that are no evidence.
    """

    topics: tuple[Topic, ...]
    terms: tuple[KeywordTerm, ...]
    phrases: Phrases
    above: tuple[frozenset[int], ...]
    has_words: tuple[bool, ...]
    names: frozenset[str]
    uses: Mapping[str, Sequence[OtherUse]]

    def are_kin(self, one: int, other: int) -> bool:
        """Return whether two topics are the same, or one is an ancestor of the other."""
        return one == other or one in self.above[other] or other in self.above[one]

    def compete(self, one: int, other: int) -> bool:
        """Return whether a story on one topic is less likely to be on the other.

        Unrelated topics compete, unless their files say that they are of two kinds.
        """
        kinds = {self.topics[one].kind, self.topics[other].kind}
        return not self.are_kin(one, other) and (len(kinds) == 1 or "" in kinds)

    def are_siblings(self, one: int, other: int) -> bool:
        """Return whether two topics have the same parent."""
        parent = self.topics[one].parent
        return bool(parent) and parent == self.topics[other].parent


def index_of(beat: Beat, language: str) -> KeywordIndex:
    """Return a site's keywords compiled for articles in a language ("" if unknown)."""
    home = base_language(beat.locale) or "en"
    return _make_index(beat.topics, base_language(language), home)


def language_of(beat: Beat, language: str) -> str:
    """Return the language whose word rules apply to articles in this language ("" if not known)."""
    return base_language(language) or base_language(beat.locale) or "en"


@functools.lru_cache(maxsize=64)
def _make_index(topics: tuple[Topic, ...], language: str, home: str) -> KeywordIndex:
    own = (_list_terms(at, topic, language, home) for at, topic in enumerate(topics))
    names = _list_longer(language or home, has_places=any(topic.place for topic in topics))
    terms = (*chain.from_iterable(own), *names)
    phrases = Phrases([term.text for term in terms], language or home)
    with_words = _topics_with_words(terms, phrases)
    return KeywordIndex(
        topics=topics,
        terms=terms,
        phrases=phrases,
        above=tuple(frozenset(_above(at, topics)) for at in range(len(topics))),
        has_words=tuple(at in with_words for at in range(len(topics))),
        names=frozenset(_list_names(terms, topics, language or home)),
        uses=_list_uses(language or home),
    )


def _list_terms(at: int, topic: Topic, language: str, home: str) -> Iterator[KeywordTerm]:
    """Yield the words of a topic, the topic's number being `at`: its own, then those of a place."""
    own = dict.fromkeys(_terms(topic, language, home))
    for kind, text in own:
        yield KeywordTerm(topic=at, kind=kind, text=text)
    for text, is_doubtful in _list_place_names(topic.place, language or home).items():
        if (Kind.KEYWORD, text) not in own:
            yield KeywordTerm(
                topic=at,
                kind=Kind.KEYWORD,
                text=text,
                is_cased=not text[0].islower(),
                is_doubtful=is_doubtful,
            )


# The names of countries and unions: from CLDR, and in some languages from tables of ours.

_DOUBTFUL = "~"  # begins a name in a table that may mean something else
_PARTS_OF_NAME = re.compile(r" & | \(|\)")  # of "Myanmar (Burma)"
_TABLE_LANGUAGES = frozenset({"de", "en", "es", "fr"})


def _list_place_names(place: str, language: str) -> dict[str, bool]:
    """Return the names of a country or union, and whether each may mean something else."""
    if not place:
        return {}
    table = _read_place_table(language)
    doubtful = table.get("weak", ())
    names = {name: name in doubtful for name in _split_name(_read_cldr(language).get(place, ""))}
    for name in table.get(place, ()):
        bare = name.removeprefix(_DOUBTFUL)
        names.setdefault(bare, name != bare or bare in doubtful)
    return names


def _split_name(name: str) -> Iterator[str]:
    """Yield the names in a name of CLDR, such as Myanmar and Burma."""
    return filter(None, dict.fromkeys((*_PARTS_OF_NAME.split(name), name)))


def _read_place_table(language: str) -> Mapping[str, tuple[str, ...]]:
    """Return the names of countries in a language that CLDR lacks, {} for most languages."""
    if language not in _TABLE_LANGUAGES:
        return {}
    return tables.read_rows(__package__, f"places/{language}.toml", tuple[str, ...])


@functools.lru_cache(maxsize=64)
def _read_cldr(language: str) -> Mapping[str, str]:
    """Return CLDR's names of countries and unions in a language by ISO code, {} if unknown."""
    from babel import Locale, UnknownLocaleError

    try:
        names = Locale.parse(language).territories
    except (UnknownLocaleError, ValueError):
        return {}
    return {code: name for code, name in names.items() if code.isalpha()}


def propose_kind(topic: Topic, language: str) -> tuple[TopicKind, str]:
    """Return the kind that a topic probably is, and the ISO code of its country, "" for none.

    Only a country is recognised, by its name in the language; all else is taken for a subject.
    """
    names = {fold(topic.name), fold(topic.shortname)}
    codes = (
        code
        for code, name in _read_cldr(language).items()
        if fold(name) in names and len(code) == 2
    )
    by_table = (
        code
        for code, others in _read_place_table(language).items()
        if not names.isdisjoint(map(fold, others)) and len(code) == 2
    )
    code = next(chain(codes, by_table), "")
    return ("place" if code else "subject"), code


def lacks_names(topic: Topic, language: str) -> bool:
    """Return whether only CLDR's name of a topic's country is known in a language."""
    return bool(topic.place) and topic.place not in _read_place_table(language)


def _list_longer(language: str, *, has_places: bool) -> Iterator[KeywordTerm]:
    """Yield names inside of which a keyword does not count: with places, all countries' too."""
    table = _read_place_table(language)
    countries = _read_cldr(language).values() if has_places else ()
    for name in dict.fromkeys((*table.get("longer", ()), *countries)):
        yield KeywordTerm(topic=-1, kind=Kind.LONGER, text=name, is_cased=not name[0].islower())


def _list_names(
    terms: Iterable[KeywordTerm], topics: Sequence[Topic], language: str
) -> Iterator[str]:
    """Yield the keywords that name a place, person or company: by their topic, or by a capital."""
    for term in terms:
        if term.kind is Kind.KEYWORD:
            topic = topics[term.topic]
            words = term.text.split() if language not in _CAPITAL_NOUNS else ()
            is_proper = any(word[0].isupper() and not word.isupper() for word in words)
            if is_proper or topic.is_place or topic.kind in ("organization", "person"):
                yield term.text


@functools.lru_cache(maxsize=64)
def _list_uses(language: str) -> Mapping[str, Sequence[OtherUse]]:
    """Return for words of a language the uses in which they are no evidence."""
    found: defaultdict[str, list[OtherUse]] = defaultdict(list)
    for use in tables.read_rows(__package__, "uses.toml", tuple[OtherUse, ...]).get(language, ()):
        for word in use.words:
            found[word].append(use)
    return dict(found)


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
