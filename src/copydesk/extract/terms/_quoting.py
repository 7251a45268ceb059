"""Decide by a publisher's signals which uses are refused and how much of a page may be quoted.

The stricter signal wins, whoever gives it. TDMRep is the exception: there the page goes before the
headers of the answer, and these before the site's file. docs/design/extract.md has the table.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import TYPE_CHECKING

from copydesk.kit import sentences, tables, text
from copydesk.news.article import USES, Signal, Use
from copydesk.news.beat import ExcerptRule

if TYPE_CHECKING:
    from lxml.html import HtmlElement

    from copydesk.extract.page import Document

_AI: tuple[Use, ...] = ("ai-train", "ai-input")
_FOUND: tuple[Use, ...] = ("search", "snippet")  # a search result is a link and a short excerpt
_USAGES = tables.read_rows("copydesk.extract.terms", "usages.toml", dict[str, tuple[Use, ...]])
_LABELS, _WORDS = _USAGES["label"], _USAGES["robots"]
_NO = frozenset({"n", "no", "?0"})
_TDM_PLACES = ("meta", "header", "/.well-known/tdmrep.json")  # the first with a reservation counts
_NUMBER = re.compile(r"-?\d{1,9}")


def list_refused_uses(signals: Iterable[Signal]) -> tuple[Use, ...]:
    """Return the uses (AI training, snippets, …) that a publisher's signals on a page refuse."""
    known = tuple(signals)
    found = {use for signal in known for use in _list_forbidden_uses(signal)}
    if _are_rights_reserved(known):
        found.update(_AI)
    return tuple(use for use in USES if use in found)


def deciding(signals: Iterable[Signal]) -> frozenset[Signal]:
    """Return as few of a page's signals as refuse the same uses as all of them."""
    found: dict[object, Signal] = {}
    for signal in signals:
        for use in _list_forbidden_uses(signal):
            found.setdefault(use, signal)
        if signal.name == "data-nosnippet":
            found.setdefault(signal.name, signal)
        if signal.name == "tdm-reservation":
            for value in _reservations(signal):
                found.setdefault((signal.where, value), signal)
        if (limit := _limit(signal)) is not None:
            least = found.setdefault("max-snippet", signal)
            if limit < (_limit(least) or 0):
                found["max-snippet"] = signal
    return frozenset(found.values())


def _list_forbidden_uses(signal: Signal) -> Iterable[Use]:
    if signal.name in {"Content-Usage", "Content-Signal"}:
        return _by_labels(signal.said)
    if signal.name == "RSL":
        return _by_licence(signal.said)
    value = signal.said.partition(":")[2]
    if signal.name == "max-snippet":
        return _WORDS["nosnippet"] if value.strip() == "0" else ()
    if signal.name == "max-image-preview":
        return ("image",) if value.strip() == "none" else ()
    return _WORDS.get(signal.name, ())


def _by_labels(said: str) -> Iterator[Use]:
    """Parse `search=yes, ai-train=no` into refused uses; a label's last value counts (RFC 9651).

    Invalid but clear forms are accepted: `Train-AI = n`.
    """
    members: dict[str, str] = {}
    for member in said.lower().split(","):
        label, _, value = member.partition("=")
        members[label.strip()] = value.partition(";")[0].strip().strip("\"'")
    for label, value in members.items():
        if value in _NO:
            yield from _LABELS.get(label, ())


def _by_licence(said: str) -> Iterable[Use]:
    """Return the uses that a licence refuses; one that could not be read allows no use by AI."""
    verb, _, words = said.partition(": ")
    if verb != "refuses":
        return _AI
    told = set(words.split(", "))
    return [use for use in USES if use in told]


def _are_rights_reserved(signals: Iterable[Signal]) -> bool:
    """Return whether text and data mining is reserved by TDMRep, by the nearest declaration."""
    said = {place: set[str]() for place in _TDM_PLACES}
    for signal in signals:
        if signal.name == "tdm-reservation" and signal.where in said:
            said[signal.where] |= _reservations(signal)
    return next(("1" in values for values in said.values() if values), False)


def _reservations(signal: Signal) -> set[str]:
    return {value.strip() for value in signal.said.split(",")} & {"0", "1"}


def snippet_characters(signals: Iterable[Signal]) -> int | None:
    """Return how many characters of a page may be quoted by its signals, None for no limit."""
    limits = (
        0 if "snippet" in _list_forbidden_uses(signal) else _limit(signal) for signal in signals
    )
    return min((limit for limit in limits if limit is not None), default=None)


def limit_excerpt(
    rule: ExcerptRule, access: str, signals: tuple[Signal, ...], kind: str = ""
) -> ExcerptRule:
    """Return the rule for an excerpt, with the limits that the page's signals set.

    The full length of a paywalled text, a video or a sound is unknown: the result limits characters
    only, and no share of the text.
    """
    limit = snippet_characters(signals)
    characters = rule.max_characters if limit is None else min(rule.max_characters, limit)
    is_part = access in {"teaser", "paywalled"} or kind in {"video", "audio"}
    share = 1.0 if is_part and rule.max_share > 0 else rule.max_share
    return ExcerptRule(max_characters=characters, max_share=share)


def _limit(signal: Signal) -> int | None:
    """Parse the number of a max-snippet, None for -1 (no limit) and anything else."""
    number = _NUMBER.fullmatch(signal.said.partition(":")[2].strip())
    if signal.name != "max-snippet" or number is None or int(number[0]) < 0:
        return None
    return int(number[0])


# Sections marked data-nosnippet may be a few words of a sentence: the sentence that holds them is
# not quoted, neither from the text nor from a description that repeats it. Where there is more than
# can be compared, nothing is quoted.

_MARK = "data-nosnippet"
_MOST = 200_000  # characters of a page's sections, and of one block with sections
_MOST_QUOTED = 100_000  # characters of a text that are compared
_TOO_MUCH = ("more than can be compared",)
_RUN = 28  # letters in a row that are shared with a section; most names are shorter
_DENSE_RUN = 12  # the same in scripts that write a word in one or two characters
_DENSE = re.compile(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff]")
_LEAST = 12  # letters; fewer may be in any sentence
_UNSHOWN = frozenset({"script", "style", "template", "noscript"})
_BLOCKS = frozenset(tables.read_lines("copydesk.extract.terms", "block_elements.txt"))
_NOT_PROSE = re.compile(r"^(?:#{1,6} |\||[-*+] |[0-9]{1,9}[.)] |```|>)")

Piece = tuple[str, int]  # text, and the number of its section, 0 for none


def count_sections(document: Document) -> str:
    """Return a phrase with the number of sections that must not be quoted, "" for none."""
    return next(iter(_read_once(document, 1)), "")


def quotable(document: Document, passage: str) -> str:
    """Return a text in Markdown without the sentences that the page forbids to quote.

    The text before and after such a sentence becomes two blocks.
    """
    letters = _read_once(document, 0)
    if not letters:
        return passage
    if letters == _TOO_MUCH:
        return ""
    kept = _Quotable(letters)
    blocks = passage[:_MOST_QUOTED].split("\n\n")
    return "\n\n".join(filter(None, map(kept.of_block, blocks)))


class _Quotable:
    """A filter that removes sentences that must not be quoted, compared by their letters."""

    def __init__(self, letters: Iterable[str]) -> None:
        self._whole = sorted(letters)
        self._runs = {
            run for sentence in self._whole for run in _windows(sentence, _run_length(sentence))
        }
        self._short: dict[int, set[str]] = {}
        for sentence in self._whole:
            if _LEAST <= len(sentence) < _RUN:
                self._short.setdefault(len(sentence), set()).add(sentence)

    def of_block(self, block: str) -> str:
        """Return what may be quoted of a text block; of lists, tables, quotes single lines."""
        lines = block.split("\n")
        if len(lines) > 1 or _NOT_PROSE.match(block):
            return "\n".join(line for line in lines if not self._meets_any(text.prose(line)))
        if not self._meets_any(text.prose(block)):
            return block
        runs = [""]
        for sentence in _sentences(text.prose(block)):
            if not self._meets(_letters(sentence)):
                runs[-1] = f"{runs[-1]} {sentence.strip()}".strip()
            elif runs[-1]:
                runs.append("")
        return "\n\n".join(filter(None, runs))

    def _meets_any(self, prose: str) -> bool:
        return any(self._meets(_letters(sentence)) for sentence in _sentences(prose))

    def _meets(self, letters: str) -> bool:
        """Return whether a sentence is, begins or contains a forbidden one, or shares a run."""
        if not letters:
            return False
        at = bisect_left(self._whole, letters)
        if at < len(self._whole) and self._whole[at].startswith(letters):
            return True
        if not self._runs.isdisjoint(_windows(letters, _run_length(letters))):
            return True
        return any(
            not known.isdisjoint(_windows(letters, length)) for length, known in self._short.items()
        )


def _run_length(letters: str) -> int:
    return _DENSE_RUN if _DENSE.search(letters) else _RUN


def _windows(letters: str, length: int) -> Iterator[str]:
    return (letters[at : at + length] for at in range(len(letters) - length + 1))


def _letters(passage: str) -> str:
    return "".join(text.words(passage))


def _sentences(passage: str) -> Iterator[str]:
    for start, end in pairwise([0, *sentences.ends(passage), len(passage)]):
        yield passage[start:end]


def _read_once(document: Document, which: int) -> tuple[str, ...]:
    """Return the letters of all sentences not to quote (0), or the number of their sections (1)."""
    if (_MARK, 0) not in document.found:
        said, letters = _read(document)
        document.found[_MARK, 0] = letters
        document.found[_MARK, 1] = (said,) if said else ()
    return document.found[_MARK, which]


def _read(document: Document) -> tuple[str, tuple[str, ...]]:
    """Return the number of sections not to quote in words, and the letters of their sentences."""
    if _MARK not in document.html.lower():
        return "", ()
    letters: dict[str, None] = {}
    numbers: set[int] = set()
    characters = 0
    for line in _lines(document):
        marked = [(piece, number) for piece, number in line if number]
        numbers.update(number for piece, number in marked if piece.strip())
        characters += _count_characters(marked)
        if characters > _MOST or _count_characters(line) > _MOST:
            return f"sections, {_TOO_MUCH[0]}", _TOO_MUCH
        letters.update(dict.fromkeys(map(_letters, _list_reached_sentences(line))))
    letters.pop("", None)
    return _count_in_words(len(numbers)), tuple(letters)


def _count_in_words(sections: int) -> str:
    if sections == 1:
        return "1 section"
    return f"{sections} sections" if sections else ""


def _list_reached_sentences(line: list[Piece]) -> Iterator[str]:
    """Yield the sentences of a line that a section not to quote reaches into."""
    passage = "".join(piece for piece, _ in line)
    marked, at = [], 0
    for piece, number in line:
        bare = piece.strip()
        if number and bare:
            start = at + piece.index(bare)
            marked.append((start, start + len(bare)))
        at += len(piece)
    spans = iter(marked)
    span = next(spans, None)
    for start, end in pairwise([0, *sentences.ends(passage), len(passage)]):
        while span and span[1] <= start:
            span = next(spans, None)
        if span and span[0] < end:
            yield passage[start:end]


def _count_characters(pieces: Iterable[Piece]) -> int:
    return sum(len(piece) for piece, _ in pieces)


def _lines(document: Document) -> Iterator[list[Piece]]:
    """Yield the text of each block with a section not to quote, or a part of one."""
    line: list[Piece] = []
    for piece, number in _pieces(document):
        if piece is not None:
            line.append((piece, number))
            continue
        if any(number for _, number in line):
            yield line
        line = []


def _pieces(document: Document) -> Iterator[tuple[str | None, int]]:
    """Yield the page's text in pieces, None at the beginning and end of a block."""
    from lxml import etree

    number, depth = 0, 0
    walk = etree.iterwalk(document.tree, events=("start", "end", "comment"))
    for event, element in walk:
        is_marked = event != "comment" and element.get(_MARK) is not None
        if event == "start":
            depth += is_marked
            number += is_marked and depth == 1
            if element.tag in _UNSHOWN:
                walk.skip_subtree()
        else:
            depth -= is_marked
        if element.tag in _BLOCKS:
            yield None, 0
        if event != "start" or element.tag not in _UNSHOWN:
            yield _text_at(event, element), number if depth else 0
    yield None, 0


def _text_at(event: str, element: HtmlElement) -> str:
    """Return the text right after a tag; a line break separates words."""
    if event == "start":
        return element.text or ""
    return (" " if element.tag == "br" else "") + (element.tail or "")
