"""Numbers that make two stories of two similar texts ("12th package", "13th package")."""

from __future__ import annotations

import re

from copydesk.kit import tables
from copydesk.kit import text as plain_text

_FIGURE = re.compile(r"\d+(?:[.,]\d+)*")
_ORDINAL = re.compile(r"\b(\d+)(?:st|nd|rd|th)\b")
_FEW = 4
_WORDS = tables.read_rows(__package__, "numbers.toml", tuple[str, str])
ORDINALS = {ordinal: number for number, (_, ordinal) in _WORDS.items()}
# "one" and "first" are said of anything
_FIGURES = {cardinal: number for number, (cardinal, _) in _WORDS.items() if number != "1"}
_COUNTED = {ordinal: number for ordinal, number in ORDINALS.items() if number != "1"}


def figures(text: str) -> set[str]:
    """Return the figures of a text, without thousands' commas; number words up to twelve too."""
    digits = {figure.replace(",", "") for figure in _FIGURE.findall(text)}
    return digits | {_FIGURES[word] for word in plain_text.words(text) if word in _FIGURES}


def ordinals(text: str) -> set[str]:
    """Return the ordinals of a text, "12th" and "twelfth" both as 12."""
    lower = text.lower()
    return set(_ORDINAL.findall(lower)) | {
        _COUNTED[word] for word in plain_text.words(lower) if word in _COUNTED
    }


def headlines_differ(one: tuple[str, str], other: tuple[str, str]) -> bool:
    """Decide whether two (headline, text) pairs have headlines whose numbers contradict each other.

    Each has an ordinal that the other headline lacks, or a figure that the other's text does not
    know either: a desk may put "$34 million" over a report of "26.4 million pounds ($34.5
    million)".
    """
    if _each_lacks(ordinals(one[0]), ordinals(other[0])):
        return True
    ours, theirs = figures(one[0]), figures(other[0])
    return bool(_unknown(ours, " ".join(other))) and bool(_unknown(theirs, " ".join(one)))


def _each_lacks(ours: set[str], theirs: set[str]) -> bool:
    return bool(ours - theirs) and bool(theirs - ours)


def _unknown(figures_: set[str], text: str) -> set[str]:
    """Return those of some figures that a text has neither exactly nor with decimals."""
    known = figures(text)
    return figures_ - known - {figure.split(".")[0] for figure in known}


def texts_differ(one: str, other: str) -> bool:
    """Decide whether two texts tell different figures, as a robot's reports of two quakes do.

    Half of the figures of the text that has fewer are not in the other (three quarters and more
    are there in every known copy); fewer than four say nothing.
    """
    fewer, more = sorted((figures(plain_text.prose(text)) for text in (one, other)), key=len)
    return len(fewer) >= _FEW and len(fewer & more) * 2 < len(fewer)
