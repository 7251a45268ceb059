"""Evidence: where in an article the words of each topic stand, and how often."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from copydesk.judge.profile import lede
from copydesk.judge.topics._keyword_index import KeywordIndex, Kind
from copydesk.judge.words import PhraseMatch, Tokens, tokenize
from copydesk.kit import text as plain_text
from copydesk.news import Article

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
