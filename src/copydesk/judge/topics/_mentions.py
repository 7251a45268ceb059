"""Test quickly, before a page is parsed, whether it may name any topic of the site."""

from __future__ import annotations

import functools
import html
import itertools
import re
from collections.abc import Collection, Iterator

from copydesk.judge.phrases import stem
from copydesk.judge.topics._evidence import KeywordIndex, Kind, index_of, language_of
from copydesk.judge.words import contains_letters, fold, tokenize, tokenize_keyword, write_plainly
from copydesk.news import Beat

_UNSEEN = re.compile(r"<!--|<(style|script)\b([^<>]{0,300})", re.IGNORECASE)
_ENDS = {
    "": re.compile("-->"),
    "style": re.compile(r"</style[^<>]*>", re.IGNORECASE),
    "script": re.compile(r"</script[^<>]*>", re.IGNORECASE),
}
_META = re.compile(r"<meta\b[^>]*>", re.IGNORECASE)
_TAG = re.compile(r"</?[a-zA-Z!?][^<>]*>")
_IN_WORDS = r"</?(?:a|abbr|b|em|font|i|mark|small|span|strong|sub|u|wbr)\b[^<>]*>"
# what may stand inside of words or between those of a phrase: marks of footnotes, tags of letters,
# and beside the points and accents of a word only tags that do not end a line
_MARK = re.compile(
    r"<(?:sup\b[^<>]*>[^<>]{0,9}(?:<[^<>]*>[^<>]{0,9}){0,4}</sup>"
    r"|(?<=\w<)/?[a-zA-Z][^<>]*>(?:</?[a-zA-Z][^<>]*>)*(?=\w))"
    rf"|(?<=[^\s<>])(?:{_IN_WORDS})+(?=[^\s<])",
    re.IGNORECASE,
)
_NO_LETTER = re.compile("[\u00ad\u200b-\u200d\u2060\ufeff]")
_ESCAPED = re.compile(r"\\u([0-9a-fA-F]{4})")  # in the JSON of a page
_BLANK = re.compile(r"\\[bfnrt]")  # the same
_UNESCAPE_TIMES = 3  # an entity in the text of a script may be escaped again
_WORD = re.compile(r"[^\W_]+")
_START = 3  # first letters, by which most words are skipped


class MentionTest:
    """A cheap test of a page's decoded HTML: whether its article may belong to the site's subject.

    It never fails a page whose article `appraise` would keep, if the article is in one of the
    `languages`. It passes others, since it also looks at what stands around an article.
    """

    def __init__(self, beat: Beat, languages: Collection[str]) -> None:
        topics, scoring = beat.topics, beat.scoring
        with_words = (topic.keywords or topic.aliases or topic.place for topic in topics)
        drops = scoring.off_beat == "drop" and bool(topics)
        self._takes_all = not (drops and all(with_words))
        indexes = {
            (language_of(beat, language), index.terms): index
            for language in sorted({*languages, ""})
            for index in [index_of(beat, language)]
        }
        self._tests = [_LanguageTest(index, words) for (words, _), index in indexes.items()]
        # the rules of everyday.cc find the letters of a keyword in the headline, inside of words
        words = itertools.chain.from_iterable(topic.keywords for topic in topics)
        self._letters = () if scoring.traits.has_blocks else tuple(words)

    def passes(self, page: str) -> bool:
        """Return whether the article of a page, given as HTML, may be evidence for any topic."""
        if self._takes_all:
            return True
        rough = _RoughText(page)
        if any(contains_letters(word, rough.text) for word in self._letters):
            return True
        return any(test.finds(rough) for test in self._tests)


class _LanguageTest:
    """The test for articles in one language: first words by their stems, then whole keywords."""

    def __init__(self, index: KeywordIndex, language: str) -> None:
        self._language = language
        self._phrases = index.phrases
        kinds = (Kind.KEYWORD, Kind.NAME)
        self._numbers = {at for at, term in enumerate(index.terms) if term.kind in kinds}
        words = [_words_of(index.terms[at].text) for at in self._numbers]
        self._looks_at_all = not all(words)
        self._starts = {word[:_START] for keyword in words for word in keyword}
        stems = {frozenset(stem(word, self._language) for word in keyword) for keyword in words}
        self._keywords = sorted(stems, key=len)

    def finds(self, rough: _RoughText) -> bool:
        """Return whether a page has any keyword."""
        near = (word for word in rough.words if word[:_START] in self._starts)
        stems = {stem(word, self._language) for word in near}
        is_likely = (
            self._looks_at_all
            or any(map(stems.issuperset, self._keywords))
            or any(map(self._phrases.is_at_end, rough.words))
        )
        return is_likely and (self._find(rough.text) or self._find(rough.joined))

    def _find(self, text: str) -> bool:
        found = self._phrases.find(tokenize(text))
        return any(match.phrase in self._numbers for match in found)


def _words_of(keyword: str) -> list[str]:
    """Return the folded words of a keyword, [] if `_WORD` does not find the same ones in a text."""
    words = [word for word in tokenize_keyword(keyword).folded if any(map(str.isalnum, word))]
    return words if words == _WORD.findall(" ".join(words)) and all(map(str.isascii, words)) else []


class _RoughText:
    """The text that a page may show: words end at tags, or they go on there (`joined`)."""

    def __init__(self, page: str) -> None:
        seen = " ".join(_list_parts(page))
        if "\\" in seen:
            seen = _ESCAPED.sub(lambda match: chr(int(match[1], 16)), _BLANK.sub(" ", seen))
        self._head = " ".join(_META.findall(seen))
        self._seen = seen
        self.text = _decode(f"{_TAG.sub(' ', seen)} {self._head}")

    @functools.cached_property
    def words(self) -> frozenset[str]:
        """The folded words of the page, also those that tags may cut."""
        cut = set(self.joined.split()).difference(self.text.split())
        words = set(_WORD.findall(write_plainly(self.text)))
        return frozenset(map(fold, words.union(_WORD.findall(write_plainly(" ".join(cut))))))

    @functools.cached_property
    def joined(self) -> str:
        """The text if words go on at tags and unseen signs, without marks of footnotes."""
        joined = _NO_LETTER.sub("", _MARK.sub("", _decode(self._seen)))
        return f"{_TAG.sub(' ', joined)} {self._head}"


def _list_parts(page: str) -> Iterator[str]:
    """Yield the parts of a page between comments, style sheets and scripts, but for JSON."""
    at, ends = 0, dict(_ENDS)
    while begin := _UNSEEN.search(page, at):
        kind = (begin[1] or "").lower()
        if "json" in (begin[2] or "").lower() or kind not in ends:
            yield page[at : begin.end()]
            at = begin.end()
            continue
        yield page[at : begin.start()]
        end = ends[kind].search(page, begin.end())
        if end is None:
            del ends[kind]  # none that begins later ends, either
            yield page[begin.start() : begin.end()]
        at = end.end() if end else begin.end()
    yield page[at:]


def _decode(text: str) -> str:
    for _ in range(_UNESCAPE_TIMES):
        if "&" not in text:
            break
        text = html.unescape(text)
    return text
