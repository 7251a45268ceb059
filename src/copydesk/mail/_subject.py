"""The subject of an issue, and the line that mail programs show beside it, both by rule."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

from copydesk.kit import text
from copydesk.news import IssueStory

_TITLES = 3
_JOINT = " / "
SUBJECT_CHARACTERS = 150  # characters: no mail program shows more, and RFC 5322 folds the line
PREHEADER_CHARACTERS = 200


class Pick(NamedTuple):
    """A story of an issue, and how warm it is."""

    story: IssueStory
    heat: float


def write_subject(picks: Sequence[Pick], rule: Literal["lead", "titles"]) -> str:
    """Return the first headline, or the warmest three in the issue's order, joined by " / "."""
    if rule == "titles":
        return join_titles(picks)
    return text.shorten(picks[0].story.title, SUBJECT_CHARACTERS) if picks else ""


def write_preheader(picks: Sequence[Pick], rule: Literal["lead", "titles"]) -> str:
    """Return what the subject leaves to be said: the next headlines, else how the first goes on.

    By `titles` the reference's preview text, which was its subject's, too.
    """
    if rule == "titles":
        return join_titles(picks)
    titles = (text.shorten(pick.story.title, SUBJECT_CHARACTERS) for pick in picks[1 : 1 + _TITLES])
    others = _JOINT.join(titles)
    return others or (text.shorten(picks[0].story.excerpt, PREHEADER_CHARACTERS) if picks else "")


def join_titles(picks: Sequence[Pick]) -> str:
    """Return the titles of the warmest three, of two as warm the first, in their order (SPEC 4)."""
    warmest = sorted(range(len(picks)), key=lambda place: (-picks[place].heat, place))[:_TITLES]
    titles = (picks[place].story.title for place in sorted(warmest))
    return _JOINT.join(text.shorten(title, SUBJECT_CHARACTERS) for title in titles)
