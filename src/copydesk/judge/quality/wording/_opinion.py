"""Opinion, by the label that its newsroom gives it."""

from __future__ import annotations

import re

from copydesk.judge.quality.wording._cues import first

_LABELS = (
    "opinion|op-ed|comment|commentary|editorial|column|letters?(?: to the editor)?|perspective"
    "|viewpoint|kommentar|meinung|leitartikel|kolumne|glosse|tribune|éditorial|chronique|opinión"
    "|columna"
)
_TITLE = re.compile(
    rf"^(?:{_LABELS})s?\s*(?:[:|]|\s[-\u2013\u2014]\s)|\s[|]\s(?:{_LABELS})s?$", re.IGNORECASE
)
_REVIEW = re.compile(r"^review:|\breview:\s|,\sreviewed$|[|]\sreview$", re.IGNORECASE)
_SECTION = re.compile(rf"^(?:{_LABELS}|comment ?is ?free|opinions|voices)$", re.IGNORECASE)


def opinion(title: str, section: str) -> str:
    """Give the label of opinion in a headline or of its section, "" where there is none."""
    return first(_TITLE, title) or first(_REVIEW, title) or first(_SECTION, section)
