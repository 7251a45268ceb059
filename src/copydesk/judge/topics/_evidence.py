"""Evidence: where in an article the words of each topic stand, and how often."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from copydesk.judge.profile import lede
from copydesk.judge.topics._index import Index, Kind
from copydesk.judge.words import Found, Words, words
from copydesk.kit import text as plain_text
from copydesk.news import Article

_PARTS = 4  # of a text, over which a subject that it is about is spread
_LABELS = 20  # tags of a page that are looked at


@dataclass(slots=True)
class Evidence:
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
        """Say whether any keyword stands anywhere."""
        return bool(self.title or self.lede or self.labels or self.text)

    @property
    def is_up_front(self) -> bool:
        """Say whether a keyword stands in title or lede."""
        return bool(self.title or self.lede)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """The evidence for each topic that has some, by its place, and an article's length in words."""

    topics: dict[int, Evidence]
    words: int
    tags: int


def gather(article: Article, index: Index) -> Seen:
    """Look for the words of all topics in title, lede, labels and text of an article."""
    seen: defaultdict[int, Evidence] = defaultdict(Evidence)
    for at, topic in enumerate(index.topics):
        if topic.required:
            seen[at].required = False
    prose = plain_text.prose(article.text)
    text = words(prose.replace("\n", " \u00b6 "))
    opening = words(lede(article.excerpt, prose))
    for place, read in (("title", words(article.title)), ("lede", opening), ("text", text)):
        _take(seen, place, read, index)
    tags = article.keywords[:_LABELS]
    for kind, label in _labels(article):
        _take_label(seen, kind, label, index)
    # what stands below a video describes it: that it does not come back to a word is no doubt
    length = 0 if article.type == "video" else len(text)
    return Seen(topics=dict(seen), words=length, tags=len(tags))


def _labels(article: Article) -> Iterator[tuple[str, str]]:
    """Give what the page itself says it is about; a folder of its address is not the page."""
    if article.section and article.origins.get("section") != "address":
        yield "section", article.section
    for tag in article.keywords[:_LABELS]:
        yield "tag", tag


def _take(seen: dict[int, Evidence], place: str, read: Words, index: Index) -> None:
    found = list(index.phrases.find(read))
    for one in found:
        term = index.terms[one.phrase]
        if term.kind is Kind.REQUIRED:
            seen[term.topic].required = True
        if term.kind is Kind.EXCLUDED and not seen[term.topic].excluded:
            seen[term.topic].excluded = term.text
            seen[term.topic].excluded_in = place
    for topic, mentions in _mentions(found, index).items():
        evidence = seen[topic]
        counts = {"title": evidence.title, "lede": evidence.lede, "text": evidence.text}[place]
        counts.update(index.terms[one.phrase].text for one in mentions)
        if place == "text":
            evidence.parts.update(one.start * _PARTS // len(read) for one in mentions)


def _take_label(seen: dict[int, Evidence], kind: str, label: str, index: Index) -> None:
    for one in index.phrases.find(words(label)):
        term = index.terms[one.phrase]
        if term.kind in (Kind.KEYWORD, Kind.NAME):
            seen[term.topic].labels.setdefault(label, kind)


def _mentions(found: Sequence[Found], index: Index) -> dict[int, list[Found]]:
    """Give the keywords that stand for each topic, one for each place of the text.

    Of two that overlap the longer counts. A keyword inside a longer one of a topic that is no kin
    is not meant: there is no war in "trade war".
    """
    keywords = [one for one in found if index.terms[one.phrase].kind is Kind.KEYWORD]
    longer = _longer(keywords)
    mentions: defaultdict[int, list[Found]] = defaultdict(list)
    for one in sorted(keywords, key=lambda found: (found.start, -found.end)):
        topic = index.terms[one.phrase].topic
        before = mentions[topic]
        if before and before[-1].end > one.start:
            continue
        if not any(_is_swallowed(one, other, index) for other in longer.get(one.start, ())):
            before.append(one)
    return {topic: found for topic, found in mentions.items() if found}


def _longer(found: Iterable[Found]) -> dict[int, list[Found]]:
    """Give the phrases of several words that stand over each place."""
    over: defaultdict[int, list[Found]] = defaultdict(list)
    for one in found:
        if one.end - one.start > 1:
            for place in range(one.start, one.end):
                over[place].append(one)
    return over


def _is_swallowed(one: Found, other: Found, index: Index) -> bool:
    if other.end - other.start <= one.end - one.start or one.end > other.end:
        return False
    return not index.are_kin(index.terms[one.phrase].topic, index.terms[other.phrase].topic)
