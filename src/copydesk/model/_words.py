"""Read a text as words: names, numbers with their units, quotations, and cues such as "not".

A cue is a word that changes what the next words say: a negation, a modal, a doubt, a plan, or a
word of a title ("former"). Words of one meaning have one key: their stem, or the first word of
their row in `tables/same.txt`: "French" is "France", "WHO" is "World Health Organization".
"""

from __future__ import annotations

import functools
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import Enum

import regex

from copydesk.kit import sentences, tables
from copydesk.kit import text as plain_text

CUES = ("negation", "may", "alleged", "deny", "plan", "would", "former")
ROUNDINGS = ("about", "nearly", "over", "under")
UNITS = frozenset("%$€£¥")
_TOKEN = regex.compile(
    r"\d{1,3}(?:[.,\u00a0\u202f'’]\d{3})+(?!\d)(?:[.,]\d+)?|\d+(?:[.,]\d+)?|\.\d+"
    r"|(?<![\p{L}.])(?:\p{Lu}\.){2,}|[\p{L}\p{M}]+|[^\s\w]"
)
_QUOTES = regex.compile(r"[\"“”„‟«»「」『』]|(?<!\w)['‘‚‹](?=\w)|(?<=\S)['’›](?!\w)")
_CLOSERS = {"“": '”"', "”": '”"', "„": '“”‟"', "«": "»", "»": "«", "「": "」", "『": "』"}
_CLOSERS |= {'"': '"“”', "‘": "’'", "'": "'’", "‚": "‘’'", "‹": "›"}
_SINGLE = frozenset("'‘‚‹’›")
_NOT = regex.compile(r"(?<=\w)\s?n['’]t\b")  # as in "didn't"; corpora write "did n't"
_SPACED = regex.compile(r"(?<![\d.,])\d{1,3}(?:[ \u00a0\u202f\u2009]\d{3})+(?!\d)")
_DOUBLED = regex.compile(r"(?<!\d)''|``")
_BREAKS = frozenset(",;:—–()[]")
_LONGEST = 5  # words of a phrase in a table
_SPLIT = regex.compile(r"[\p{L}\p{M}\p{N}]+")
_THOUSANDS = regex.compile(r"[.,\u00a0\u202f'’](?=\d{3}(?!\d))")


class Kind(Enum):
    """What a word is to the gate."""

    MARK = 0
    SMALL = 1
    CONTENT = 2
    NAME = 3
    NUMBER = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """A word of a sentence. `place` counts the words with content and the breaks before it.

    `quotation` is the number of the quotation that it is in, -1 outside.
    """

    text: str
    key: str
    kind: Kind
    place: float
    quotation: int = -1
    value: float = 0.0
    unit: str = ""
    rounding: str = ""
    title: bool = False
    first: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadSentence:
    """A sentence as the gate reads it. `cues` are (kind, words, place)."""

    words: tuple[Word, ...]
    cues: tuple[tuple[str, str, float], ...]
    pronoun: bool
    passive: bool


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    folded: str
    start: int
    quotation: int
    first: bool


def spell(text: str) -> str:
    """Return a text in standard characters, with "not" written out; what the gate compares."""
    plain = _DOUBLED.sub('"', unicodedata.normalize("NFKC", _SPACED.sub(_join_thousands, text)))
    return str(_NOT.sub(" not", plain))


def _join_thousands(number: regex.Match[str]) -> str:
    return "'".join(number[0].split())


def split(text: str) -> list[str]:
    """Return the words of a text in lower case, vowel signs included."""
    return [str(word) for word in _SPLIT.findall(text.lower())]


def find_quotations(text: str) -> list[tuple[int, int]]:
    """Return the (start, end) of what is between quotation marks, of any kind.

    A double quotation mark that is not closed counts to the end of the text. Single marks need
    two words or more between them.
    """
    found: list[tuple[int, int]] = []
    opened, start = "", 0
    for mark in _QUOTES.finditer(text):
        sign, is_single = mark[0], opened in _SINGLE
        if sign in _CLOSERS.get(opened, ""):
            if not is_single or " " in text[start : mark.start()].strip():
                found.append((start, mark.start()))
            opened = ""
        elif sign in _CLOSERS and (not opened or (is_single and sign not in _SINGLE)):
            opened, start = sign, mark.end()
    return [*found, (start, len(text))] if opened and opened not in _SINGLE else found


def _table(language: str) -> Mapping[str, str]:
    rows = tables.read_rows(__package__, "languages.toml", dict[str, str])
    return rows.get(language, {})


@functools.cache
def _same() -> dict[str, str]:
    """Return the key of each word and phrase of the table; with capitals it is read exactly."""
    rows = (line.split("|") for line in tables.read_lines(__package__, "same.txt"))
    return {word: row[0].lower() for row in rows for word in reversed(row)}


@functools.cache
def _first_words() -> frozenset[str]:
    return frozenset(phrase.lower().split(" ")[0] for phrase in _same() if " " in phrase)


def calendar() -> frozenset[str]:
    """Return the keys of months and days."""
    return _keys("january", "sunday")


def countries() -> frozenset[str]:
    """Return the keys of countries, their people, and the organizations that the table knows."""
    return _keys("us", "los angeles")


@functools.cache
def _keys(first: str, last: str) -> frozenset[str]:
    rows = list(dict.fromkeys(_same().values()))
    return frozenset(rows[rows.index(first) : rows.index(last) + 1])


@functools.cache
def languages() -> tuple[str, ...]:
    """Return the languages of the table."""
    return tuple(tables.read_rows(__package__, "languages.toml", dict[str, str]))


@functools.cache
def small_words(language: str) -> frozenset[str]:
    """Return the words of a language that carry no content, none if it is unknown."""
    return frozenset(_table(language).get("small", "").split())


class Reader:
    """Reads texts of a language. `knows_cues` is whether negations and modals are known."""

    def __init__(self, language: str) -> None:
        """Prepare the tables of a language, a two-letter code."""
        row = _table(language)
        self.language = language
        self.knows_cues = "former" in row  # the languages that have all tables
        self.small = small_words(language)
        self._stem = functools.lru_cache(maxsize=20_000)(plain_text.stemmer(language))
        self._starts = frozenset(row.get("starts", "").split())
        self._titles = frozenset(row.get("titles", "").split()) | {"pm", "ceo"}
        self._he = frozenset(row.get("he", "").split())
        self._by = frozenset(row.get("by", "").split())
        self._joints = frozenset(row.get("joints", "").split())
        self._numbers = _values(row.get("numbers", ""))
        self._times = _values(row.get("times", ""))
        kinds = ((kind, row.get(kind, "")) for kind in (*CUES, *ROUNDINGS))
        self._cues = {
            (cue, kind in CUES): kind for kind, line in kinds for cue in line.split("|") if cue
        }
        self._first_of_cues = frozenset(cue.split(" ")[0] for cue, _ in self._cues)

    def phrases(self, kind: str) -> list[str]:
        """Return the cues of a kind."""
        return [cue for (cue, _), known in self._cues.items() if known == kind]

    def has_cue(self, kind: str, text: str) -> bool:
        """Decide whether a text without spaces has a cue of a kind."""
        return any(cue in text for cue in self.phrases(kind))

    def read(self, text: str) -> list[ReadSentence]:
        """Return the sentences of a text that was spelled by `spell`."""
        quotations = find_quotations(text)
        result, start = [], 0
        for end in [*sentences.ends(text), len(text)]:
            if text[start:end].strip():
                result.append(self._read_sentence(list(self._cut(text, start, end, quotations))))
            start = end
        return result

    def _cut(
        self, text: str, start: int, end: int, quotations: list[tuple[int, int]]
    ) -> Iterator[_Token]:
        at, first = 0, True
        for match in _TOKEN.finditer(text, start, end):
            while at < len(quotations) and quotations[at][1] <= match.start():
                at += 1
            inside = at < len(quotations) and quotations[at][0] <= match.start()
            word = match[0] if len(match[0]) < 3 else match[0].rstrip(".")
            yield _Token(word, word.lower(), match.start(), at if inside else -1, first)
            first = word in ':"“„«' or (first and not word[0].isalnum())

    def _read_sentence(self, tokens: list[_Token]) -> ReadSentence:
        words: list[Word] = []
        cues: list[tuple[str, str, float]] = []
        at, place, rounding, currency = 0, 0.0, "", ""
        while at < len(tokens):
            token = tokens[at]
            number, taken = self._number(tokens, at)
            if taken:
                place += 1
                words.append(
                    replace(number, place=place, rounding=rounding, unit=number.unit or currency)
                )
                at, rounding, currency = at + taken, "", ""
                continue
            kind, taken = self._phrase_of_cue(tokens, at)
            if kind in ROUNDINGS:
                rounding = kind
            elif kind:
                if token.quotation < 0:
                    cues.append((kind, token.text, place))
                words.append(self._word(token, token.folded, Kind.SMALL, place))
            else:
                word, taken = self._other(tokens, at, place)
                rounding = rounding if word.kind in (Kind.MARK, Kind.SMALL) else ""
                currency = word.key if word.key in UNITS else ""
                place = word.place
                words.append(word)
            at += taken
        folded = {token.folded for token in tokens if token.quotation < 0}
        return ReadSentence(
            words=tuple(words),
            cues=tuple(cues),
            pronoun=bool(self._he & folded),
            passive=bool(self._by & folded),
        )

    def _word(self, token: _Token, key: str, kind: Kind, place: float = 0.0) -> Word:
        return Word(
            text=token.text,
            key=key,
            kind=kind,
            place=place,
            quotation=token.quotation,
            first=token.first,
            title=token.folded in self._titles or key in self._titles,
        )

    def _phrase_of_cue(self, tokens: list[_Token], at: int) -> tuple[str, int]:
        longest = min(3, len(tokens) - at) if tokens[at].folded in self._first_of_cues else 0
        for length in range(longest, 0, -1):
            phrase = " ".join(token.folded for token in tokens[at : at + length])
            if kind := self._cues.get((phrase, True)):
                return ("", 0) if tokens[at].text == "May" else (kind, length)
            if (kind := self._cues.get((phrase, False))) and self._before_number(
                tokens, at + length
            ):
                return kind, length
        return "", 0

    def _before_number(self, tokens: list[_Token], at: int) -> bool:
        at += at < len(tokens) and tokens[at].text in UNITS
        return at < len(tokens) and self._number(tokens, at)[1] > 0

    def _number(self, tokens: list[_Token], at: int) -> tuple[Word, int]:
        """Return the number that begins at a token, and of how many tokens it is made."""
        token = tokens[at]
        value, end = _value(token.text, self.language), at + 1
        if value is None:
            value, end = self._number_word(tokens, at)
        if value is None:
            return self._word(token, "", Kind.NUMBER), 0
        while (times := self._times.get(_text(tokens, end))) and times > 1:
            value, end = value * times, end + 1
        if _text(tokens, end) == "m" and at and tokens[at - 1].text in UNITS:
            value, end = value * 1e6, end + 1
        two = f"{_text(tokens, end)} {_text(tokens, end + 1)}"
        unit, length = next(
            (
                (_same()[name], size)
                for name, size in ((two, 2), (two.split(" ", maxsplit=1)[0], 1))
                if _same().get(name) in UNITS
            ),
            ("", 0),
        )
        end += length
        word = self._word(token, repr(float(value)), Kind.NUMBER)
        return replace(word, value=value, unit=unit), end - at

    def _number_word(self, tokens: list[_Token], at: int) -> tuple[float | None, int]:
        """Return the value of a number word, of "twenty-five" too, and where it ends."""
        word = tokens[at].folded
        value = self._numbers.get(word, self._times.get(word))
        if value is None or (value == 1 and _text(tokens, at + 1) == "of"):
            return None, at
        if value in range(20, 100, 10) and _text(tokens, at + 1) == "-":
            ones = self._numbers.get(_text(tokens, at + 2), 0)
            return (value + ones, at + 3) if 0 < ones < 10 else (value, at + 1)
        return value, at + 1

    def _other(self, tokens: list[_Token], at: int, place: float) -> tuple[Word, int]:
        token = tokens[at]
        longest = _LONGEST if token.folded in _first_words() else 1
        for length in range(min(longest, len(tokens) - at), 0, -1):
            written = " ".join(token.text for token in tokens[at : at + length])
            key = _same().get(written) or _same().get(written.lower())
            if key and (length > 1 or token.folded not in self.small or not token.text.islower()):
                kind = self._kind(token, key)
                return self._word(
                    token, key, kind, place + self._step(token.text, key, kind)
                ), length
        kind = self._kind(token)
        key = self._stem(token.folded) if kind in (Kind.CONTENT, Kind.NAME) else token.folded
        return self._word(token, key, kind, place + self._step(token.text, key, kind)), 1

    def _kind(self, token: _Token, key: str = "") -> Kind:
        if not token.text[0].isalpha():
            return Kind.MARK
        if token.folded in self.small and not (token.text.isupper() and len(token.text) > 1):
            return Kind.SMALL
        if {token.folded, key} & self._titles or (token.first and token.folded in self._starts):
            return Kind.CONTENT
        if token.text == token.folded:
            return Kind.CONTENT if len(token.text) > 1 else Kind.SMALL
        return Kind.NAME

    def _step(self, text: str, key: str, kind: Kind) -> float:
        """Return how many places a word is behind the one before it."""
        if kind is Kind.MARK:
            return 1.0 if text in _BREAKS else 0.0
        return (0.5 if key in self._joints else 0.0) if kind is Kind.SMALL else 1.0


def _text(tokens: list[_Token], at: int) -> str:
    return tokens[at].folded if at < len(tokens) else ""


def _values(line: str) -> dict[str, float]:
    return {word: float(value) for word, _, value in (pair.partition("=") for pair in line.split())}


def _value(text: str, language: str) -> float | None:
    """Return the value of digits; "3.000" is three thousand except in English."""
    if not text.lstrip(".")[:1].isdigit():
        return None
    if "." in text and language == "en" and text.count(".") == 1:
        return float(
            _THOUSANDS.sub(lambda sign: "." if sign[0] == "." else "", text).replace(",", "")
        )
    return float(_THOUSANDS.sub("", text).replace(",", "."))


def common_words(read: list[ReadSentence], language: str) -> frozenset[str]:
    """Return the keys of words that are no names though they have a capital somewhere.

    They are also written small, or in German stand behind an article.
    """
    found: set[str] = set()
    articles = _table(language).get("articles", "").split()
    for sentence in read:
        before = ""
        for word in sentence.words:
            if word.kind is Kind.CONTENT or before in articles:
                found.add(word.key)
            before = word.text.lower()
    return frozenset(found)


def settle_names(sentence: ReadSentence, common: frozenset[str], *, headline: bool) -> ReadSentence:
    """Return a sentence in which a capital at its start, or in a headline, makes no name."""
    words = tuple(
        replace(word, kind=Kind.CONTENT)
        if word.kind is Kind.NAME and (word.first or headline) and word.key in common
        else word
        for word in sentence.words
    )
    return replace(sentence, words=words)
