"""The form for letters as pages show it: where it leads, which letters it offers and how often."""

from __future__ import annotations

from collections.abc import Mapping
from typing import get_args

from copydesk.news import LetterDay, LetterSeries
from copydesk.publish._plan import SitePlan
from copydesk.rendering import Strings

_WEEK: tuple[LetterDay, ...] = get_args(LetterDay)
_WORKDAYS = _WEEK[:5]


def describe_form(plan: SitePlan, strings: Strings) -> Mapping[str, object] | None:
    """Return where the form leads and which letters it offers, None where there is no form."""
    address, offered = plan.beat.subscribe_url, plan.letters.series
    if not address or not offered:
        return None
    letters = [
        {"id": series.id, "title": series.title, "rhythm": _tell_rhythm(series, strings)}
        for series in offered
    ]
    return {"action": address, "letters": letters}


def _tell_rhythm(series: LetterSeries, strings: Strings) -> str:
    """Return how often a letter comes, "" where nobody says."""
    if series.is_prompt:
        return strings.say("letter_when_new")
    days = tuple(day for day in _WEEK if day in series.days)
    if days == _WEEK:
        return strings.say("letter_daily")
    if days == _WORKDAYS:
        return strings.say("letter_workdays")
    names = tuple(strings.say(f"letter_{day}") for day in days)
    if len(names) == 1:
        return strings.say("letter_weekly", day=names[0])
    return strings.join_names(names, len(names))
