"""Numbers that say of two like texts that they are two stories ("12th package", "13th package")."""

from __future__ import annotations

import re

from copydesk.kit import text as plain_text

_FIGURE = re.compile(r"\d+(?:[.,]\d+)*")
_ORDINAL = re.compile(r"\b(\d+)(?:st|nd|rd|th)\b")
_FEW = 4
_CARDINALS = {
    "two": "2",
    "three": "3",
    "four": "4",
    "five": "5",
    "six": "6",
    "seven": "7",
    "eight": "8",
    "nine": "9",
    "ten": "10",
    "eleven": "11",
    "twelve": "12",
}
_ORDINALS = {
    "second": "2",
    "third": "3",
    "fourth": "4",
    "fifth": "5",
    "sixth": "6",
    "seventh": "7",
    "eighth": "8",
    "ninth": "9",
    "tenth": "10",
    "eleventh": "11",
    "twelfth": "12",
}


def figures(text: str) -> set[str]:
    """Give the figures of a text, without thousands' commas; number words up to twelve too."""
    found = {figure.replace(",", "") for figure in _FIGURE.findall(text)}
    return found | {_CARDINALS[word] for word in plain_text.words(text) if word in _CARDINALS}


def ordinals(text: str) -> set[str]:
    """Give the ordinals of a text, "12th" and "twelfth" both as 12."""
    lower = text.lower()
    return set(_ORDINAL.findall(lower)) | {
        _ORDINALS[word] for word in plain_text.words(lower) if word in _ORDINALS
    }


def headlines_differ(one: tuple[str, str], other: tuple[str, str]) -> bool:
    """Say whether two (headline, text) pairs have headlines whose numbers contradict each other.

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


def _unknown(wanted: set[str], text: str) -> set[str]:
    """Give those of the figures that a text has neither exactly nor with decimals."""
    known = figures(text)
    return wanted - known - {figure.split(".")[0] for figure in known}


def texts_differ(one: str, other: str) -> bool:
    """Say whether two texts tell different figures, as a robot's reports of two quakes do.

    Half of the figures of the text that has fewer are not in the other (three quarters and more
    are there in every known copy); fewer than four say nothing.
    """
    told = [figures(plain_text.prose(text)) for text in (one, other)]
    fewer, more = sorted(told, key=len)
    return len(fewer) >= _FEW and len(fewer & more) * 2 < len(fewer)
