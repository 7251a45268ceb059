"""Merits: what makes one report of a group stand in front of the others, in points and in words.

The fullest fresh report, with a picture, of the newsroom whose own reporting it is: an agency's
text counts as the agency's own where that runs it, and elsewhere by how full it is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from copydesk.judge.coverage._newsrooms import agency_of
from copydesk.news import Reason, ReasonKind, Story

STAYS = 15  # a new story must be so much better to take the lead from one that readers know
_PICTURE, _OWN_REPORT, _FRESH = 10, 10, 10
_FRESH_WITHIN = timedelta(days=3)  # of the group's newest
_BRIEF, _REPORT, _FULL = "brief", "report", "full report"
FULL_REPORT = 2500  # characters of text; what is longer than that counts as much
_SIZES = ((1000, _BRIEF), (FULL_REPORT, _REPORT))  # and what is shorter than that
_POINTS_OF_SIZE = {_BRIEF: 0, "": 8, _REPORT: 8, _FULL: 15}  # "" is not known
_QUALITY = "quality"


def note_size(story: Story, text: str) -> Story:
    """Return a story with the size of its text among its reasons, as filed where none is known.

    So it is known as long as the record is, and no longer text makes it more than a full report.
    """
    if not (text and story.reasons):
        return story
    size = next((size for bound, size in _SIZES if len(text) < bound), _FULL)
    others = (reason for reason in story.reasons if reason.about != "text")
    return replace(story, reasons=(*others, Reason.of(ReasonKind.TEXT_SIZE, size=size)))


def weigh_merits(story: Story, newest: datetime | None) -> dict[str, int]:
    """Return the points of a story by what they are for, in the order in which they are told.

    Quality first, then what a reader of the group's page gets: a full text, a picture, somebody's
    own reporting, news of the last days. `newest` is the time of the group's latest.
    """
    return {
        _QUALITY: story.quality or 0,
        "the fuller text": _POINTS_OF_SIZE.get(_size_of(story), 0),
        "a picture": _PICTURE if story.images else 0,
        "its newsroom's own report": _OWN_REPORT if is_own_report(story) else 0,
        "fresher": _FRESH if _is_fresh(story, newest) else 0,
    }


def compare_merits(first: Mapping[str, int], second: Mapping[str, int]) -> str:
    """Return in words where one story has more points than another, "" where nowhere."""
    better = [what for what, points in first.items() if points > second.get(what, 0)]
    words = (
        f"quality {first[what]} to {second[what]}" if what == _QUALITY else what for what in better
    )
    return ", ".join(words)


def count_merits(leader: Story, other: Story) -> tuple[list[str], int]:
    """Return what a leader has beside quality and another one has not, and by how many points.

    The points are those of all merits, those of the other one taken off.
    """
    newest = newest_of([leader, other])
    ahead, behind = weigh_merits(leader, newest), weigh_merits(other, newest)
    better = [what for what in ahead if what != _QUALITY and ahead[what] > behind[what]]
    return better, sum(ahead.values()) - sum(behind.values())


def newest_of(group: Sequence[Story]) -> datetime | None:
    """Return when the latest of a group was published."""
    return max((story.published_at for story in group if story.published_at), default=None)


def is_brief_beside(story: Story, group: Sequence[Story]) -> bool:
    """Decide whether a story is a brief, and another one a report: so it keeps no lead."""
    if _size_of(story) != _BRIEF:
        return False
    return any(_size_of(other) in {_REPORT, _FULL} for other in group)


def is_own_report(story: Story) -> bool:
    """Decide whether a publisher runs what it wrote: no agency's text, no press release."""
    if any(reason.kind is ReasonKind.PRESS_RELEASE for reason in story.reasons):
        return False
    domain = story.provider.domain if story.provider else ""
    agency = agency_of(story.credit, "")
    return not agency or agency == agency_of("", domain)


def _size_of(story: Story) -> str:
    sizes = (reason for reason in story.reasons if reason.kind is ReasonKind.TEXT_SIZE)
    return next((reason.values["size"] for reason in sizes), "")


def _is_fresh(story: Story, newest: datetime | None) -> bool:
    if story.published_at is None or newest is None:
        return False
    return newest - story.published_at <= _FRESH_WITHIN
