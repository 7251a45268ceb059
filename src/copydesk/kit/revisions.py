"""Compare two versions of a text: which figures changed, and whether it was reworded.

Commas, spelling, the script of digits, dates and hours are no news. `hide_names` makes a former
wording fit to be shown: a name that was taken out is not shown again.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from itertools import islice
from typing import NamedTuple

from copydesk.kit import tables

_ALIKE = 0.85  # of two spellings of one word: organise, organize; lifts and lists are two words
_SAME_WORDS = 0.75  # share of the words that two versions of a sentence have in common
_LONGEST, _MOST = 200, 100  # tokens of a sentence or headline, sentences; more cost too much time
_SPELLED = 4  # letters; shorter words that differ are two words
_GROUPED = r"\d{1,3}(?:[ ,.'’]\d{3})+(?!\d)"
_TOKEN = re.compile(
    rf"{_GROUPED}(?:[.,]\d+)?|\d+(?:[.,]\d+)*"
    r"|[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]|[^\W\d\u3040-\u9fff]+|[%€$£¥]"
)
_WORD = re.compile(r"\w+(?:[-'’.]\w+)*")
_CLOCK = re.compile(
    r"\b\d{1,2}[:h]\d{2}\b|\b\d{1,2}(?:\.\d{2})?\s?(?:uhr\b|[ap]\.?m\b\.?)", re.IGNORECASE
)
_DAY = re.compile(r"\b\d{4}-\d{2}-\d{2}\b|\b\d{1,2}[./]\d{1,2}[./]\d{2,4}\b")
_YEAR = re.compile(r"(?:19|20)\d\d")
_TABLE = tables.read_rows(__package__, "revisions.toml", tuple[str, ...])
_MONTHS, _VERBS, _BETWEEN = (frozenset(_TABLE[key]) for key in ("months", "verbs", "between"))
_ARTICLES = frozenset(_TABLE["articles"])
_NO_UNITS = _ARTICLES.union(_BETWEEN, _TABLE["functions"])
_NUMBERS = {
    word: str(number) for number, words in enumerate(_TABLE["numbers"], 2) for word in words.split()
}


class Figure(NamedTuple):
    """A figure that changed between two versions of a text, and the word behind it, "" for none."""

    old: str
    new: str
    unit: str = ""


def is_reworded(old: str, new: str) -> bool:
    """Return whether two versions of a headline differ in more than marks, spelling and dates."""
    was, now = _words(old), _words(new)
    if "".join(was) == "".join(now):
        return False
    for act, i, j, k, m in SequenceMatcher(None, was, now, autojunk=False).get_opcodes():
        if act == "equal":
            continue
        gone, come = was[i:j], now[k:m]
        is_spelling = len(gone) == len(come) and all(map(_are_spellings, gone, come))
        if not is_spelling and not _ARTICLES.issuperset((*gone, *come)):
            return True
    return False


def find_changed_figures(before: Iterable[str], after: Iterable[str]) -> Iterator[Figure]:
    """Yield the figures in which a sentence differs from its former version, those of dates and
    hours aside.

    Two sentences are versions of one if they share three quarters of their words, and differ in
    no word that may be a name.
    """
    old, new = Counter(before), Counter(after)
    gone, come = _tokenize((old - new).elements()), _tokenize((new - old).elements())
    for tokens in come:
        shares = [(_share_words(former, tokens), at) for at, former in enumerate(gone)]
        share, at = max(shares, default=(0.0, 0))
        if share >= _SAME_WORDS:
            yield from _compare_figures(gone.pop(at), tokens)


def _tokenize(sentences: Iterable[str]) -> list[list[str]]:
    """Return the tokens of the first sentences with a figure, without those of endless length."""
    tokens = map(_tokens, sentences)
    fit = (some for some in tokens if len(some) <= _LONGEST and any(map(_is_figure, some)))
    return list(islice(fit, _MOST))


def hide_names(old: str, new: str) -> str:
    """Return a former wording without the words that may be names and are not in the new one; "" if
    nothing is left of what was taken out.

    A word may be a name if it has a capital. In scripts without capitals, and where all words have
    them or none, any word may be one.
    """
    kept = set(_WORD.findall(new))
    has_capitals = _has_capitals(_WORD.findall(old))

    def show(match: re.Match[str]) -> str:
        word = match[0]
        is_plain = _is_number(word) or (has_capitals and word.islower())
        return word if is_plain or word in kept else "…"

    shown = re.sub(r"…(?:[^\w…]*…)+", "…", _WORD.sub(show, old))
    return "" if kept.issuperset(_WORD.findall(shown)) else shown


def _has_capitals(words: Sequence[str]) -> bool:
    """Return whether some words begin with a capital and some have none."""
    return any(word[0].isupper() for word in words) and any(map(str.islower, words))


def _is_number(word: str) -> bool:
    return all(part.isdigit() for part in re.split(r"[.,]", word))


def _even(text: str) -> str:
    """Return a text with all digits as 0 to 9, without hours and dates in figures."""
    folded = unicodedata.normalize("NFKC", text).replace("٬", ",").replace("٫", ".")
    digits = (str(unicodedata.decimal(c)) if c.isdecimal() else c for c in folded)
    return _DAY.sub(" ", _CLOCK.sub(" ", "".join(digits)))


def _tokens(text: str) -> list[str]:
    return _TOKEN.findall(_even(text))


def _words(text: str) -> list[str]:
    """Return the words and figures of a headline in small letters, without dates and hours."""
    tokens = _tokens(text)[:_LONGEST]
    return [_value(token) for at, token in enumerate(tokens) if not _is_of_date(tokens, at)]


def _value(token: str) -> str:
    """Return a word in small letters, or a figure as programs write it: 1200 for 1,200 and twelve
    as 12.
    """
    if not token[0].isdigit():
        return _NUMBERS.get(token.lower(), token.casefold())
    if re.fullmatch(_GROUPED, token):
        return re.sub(r"\D", "", token)
    *whole, part = re.split(r"[.,]", re.sub(r"[ '’]", "", token))
    return f"{''.join(whole)}.{part}" if whole else part


def _is_figure(token: str) -> bool:
    return token[0].isdigit() or token.lower() in _NUMBERS


def _is_of_date(tokens: Sequence[str], at: int) -> bool:
    """Return whether a token is a month beside a figure, or the number of a day or of a year."""
    token, before, after = tokens[at], tokens[:at][::-1], tokens[at + 1 :]
    if _is_month(token):
        return any(near[0][0].isdigit() for near in (before, after) if near)
    if not token[0].isdigit():
        return False
    return bool(_YEAR.fullmatch(token)) or any(map(_leads_to_month, (before, after)))


def _leads_to_month(near: Sequence[str]) -> bool:
    while near and (near[0].lower() in _BETWEEN or near[0].isdigit()):
        near = near[1:]
    return bool(near) and _is_month(near[0])


def _is_month(token: str) -> bool:
    return token.casefold() in _MONTHS and token not in _VERBS


def _are_spellings(one: str, other: str) -> bool:
    """Return whether two words are spellings of one: with the same first letter, nearly equal."""
    if min(len(one), len(other)) < _SPELLED or one[0] != other[0] or not (one + other).isalpha():
        return False
    likeness = SequenceMatcher(None, one, other, autojunk=False).ratio()
    return likeness >= _ALIKE or sorted(one) == sorted(other)


def _share_words(old: Sequence[str], new: Sequence[str]) -> float:
    """Return the share of words that two sentences have in common, 0 if they differ in a name."""
    was, now = Counter(map(_mask, old)), Counter(map(_mask, new))
    differ = (was - now) + (now - was)
    firsts = {*old[:1], *new[:1]}
    if any(word not in firsts and word != word.lower() for word in differ):
        return 0.0
    return (was & now).total() / max(was.total(), now.total(), 1)


def _mask(token: str) -> str:
    return "0" if _is_figure(token) else token


def _compare_figures(old: Sequence[str], new: Sequence[str]) -> Iterator[Figure]:
    was, now = list(map(_mask, old)), list(map(_mask, new))
    for i, k, size in SequenceMatcher(None, was, now, autojunk=False).get_matching_blocks():
        for m, n in zip(range(i, i + size), range(k, k + size), strict=True):
            is_figure = size > 1 and _is_figure(new[n]) and _value(old[m]) != _value(new[n])
            if is_figure and not (_is_of_date(old, m) or _is_of_date(new, n)):
                one, other = (token.replace(" ", "") for token in (old[m], new[n]))
                yield Figure(one, other, _find_unit(old[m + 1 :], new[n + 1 :]))


def _find_unit(old: Sequence[str], new: Sequence[str]) -> str:
    """Return the word behind a figure if it is the same in both versions, and no name."""
    word = new[0] if new and old[:1] == new[:1] else ""
    return word if word == "%" or (word.islower() and word not in _NO_UNITS) else ""
