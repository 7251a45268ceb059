"""Parse and write the URL query of the story queue, and list the filters of its page."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TypeVar, get_args
from urllib.parse import urlencode

from copydesk.editing import queue
from copydesk.kit import text as plain_text
from copydesk.news import ReasonKind, Standing
from copydesk.rendering import Strings

VIEWS: tuple[queue.QueueView, ...] = get_args(queue.QueueView)
ORDERS: tuple[queue.QueueOrder, ...] = get_args(queue.QueueOrder)
NUMBERS: tuple[queue.StoryNumber, ...] = get_args(queue.StoryNumber)
DAYS = (1, 7, 30)
_YEARS = (1970, 9000)
Choice = Mapping[str, object]
_Choice = TypeVar("_Choice", bound=str)
_LONGEST = 500  # characters of a search, or of a name


def read_question(query: Mapping[str, str]) -> queue.QueueQuestion:
    """Parse a URL query as filters of the story queue; invalid values are ignored."""
    view = _choose(VIEWS, query.get("view")) or VIEWS[0]
    order = _choose(ORDERS, query.get("order")) or ORDERS[0]
    standing = next((one for one in Standing if one == query.get("standing")), None)
    reason = next((kind for kind in ReasonKind if kind == query.get("reason")), None)
    days = query.get("days", "")
    return queue.QueueQuestion(
        view=view,
        standing=standing,
        topic=query.get("topic", "")[:_LONGEST],
        source=query.get("source", "")[:_LONGEST],
        language=query.get("language", "")[:_LONGEST],
        reason=reason,
        days=int(days) if days.isdecimal() and len(days) < 5 else 0,
        owner=query.get("owner", "")[:_LONGEST],
        since=_read_day(query.get("since", "")),
        until=_read_day(query.get("until", "")),
        decided=_read_day(query.get("decided", "")),
        number=_choose(NUMBERS, query.get("number")) or "",
        search=query.get("q", "")[:_LONGEST],
        order=order,
        after=_read_cursor(query.get("after", "")),
    )


def _choose(choices: Iterable[_Choice], text: str | None) -> _Choice | None:
    return next((choice for choice in choices if choice == text), None)


def write_question(question: queue.QueueQuestion) -> str:
    """Return filters of the story queue as a URL query, without the question mark."""
    parts = {
        "view": question.view,
        "standing": question.standing or "",
        "topic": question.topic,
        "source": question.source,
        "language": question.language,
        "reason": question.reason or "",
        "days": f"{question.days:g}" if question.days else "",
        "owner": question.owner,
        "since": _write_day(question.since),
        "until": _write_day(question.until),
        "decided": _write_day(question.decided),
        "number": question.number,
        "q": question.search,
        "order": "" if question.order == ORDERS[0] else question.order,
        "after": _write_cursor(question.after),
    }
    return urlencode({name: value for name, value in parts.items() if value})


def is_plain(question: queue.QueueQuestion) -> bool:
    """Return whether queue filters only choose a view and an order, without any search."""
    return first_page(question) == queue.QueueQuestion(view=question.view, order=question.order)


def first_page(question: queue.QueueQuestion) -> queue.QueueQuestion:
    """Return the same queue filters, but for the first page of results."""
    return replace(question, after=None)


def _read_day(text: str) -> date | None:
    """Parse a day like 2026-11-27; None for any other text or a year out of range."""
    with contextlib.suppress(ValueError):
        day = date.fromisoformat(text)
        return day if _YEARS[0] <= day.year < _YEARS[1] else None
    return None


def _write_day(day: date | None) -> str:
    return day.isoformat() if day else ""


def _read_cursor(text: str) -> queue.QueueCursor | None:
    place, _, name = text.partition(" ")
    with contextlib.suppress(ValueError):
        if name and (number := float(place)) == number:
            return number, name[:_LONGEST]
    return None


def _write_cursor(cursor: queue.QueueCursor | None) -> str:
    return "" if cursor is None else f"{cursor[0]!r} {cursor[1]}"


@dataclass(frozen=True, slots=True)
class Filters:
    """Describes the filter menus of a queue page in the site's language, with its `topics`."""

    strings: Strings
    topics: Sequence[str]

    def show(self, question: queue.QueueQuestion, choices: queue.QueueChoices) -> list[Choice]:
        """Return each filter menu with its choices; the current value is always among them."""
        say = self.strings.say
        languages = self._name_languages(choices.languages)
        kinds = dict.fromkeys([*choices.reasons, *filter(None, [question.reason])])
        reasons = [(str(kind), say(f"kind_{kind}")) for kind in kinds]
        standings = [(str(one), self.strings.say(f"standing_{one}")) for one in Standing]
        ages = [(str(days), say(f"days_{days}")) for days in DAYS]
        orders = [(order, say(f"order_{order}")) for order in ORDERS]
        return [
            self.make_filter("topic", question.topic, [(name, name) for name in self.topics]),
            self.make_filter("source", question.source, [(name, name) for name in choices.sources]),
            self.make_filter("language", question.language, languages),
            self.make_filter("reason", str(question.reason or ""), reasons),
            self.make_filter("standing", str(question.standing or ""), standings),
            *self._show_further(question, ages),
            self.make_filter("order", question.order, orders, may_be_any=False),
        ]

    def _name_languages(self, tags: Iterable[str]) -> list[tuple[str, str]]:
        return [(tag, plain_text.language_name(tag) or tag) for tag in tags]

    def _show_further(
        self, question: queue.QueueQuestion, ages: Sequence[tuple[str, str]]
    ) -> list[Choice]:
        """Return the filter by age, and those that are shown only when the page's URL uses them."""
        days = self.make_filter("days", f"{question.days:g}" if question.days else "", ages)
        asked = {
            "owner": question.owner,
            "since": question.since,
            "until": question.until,
            "decided": question.decided,
        }
        shown = [self.make_filter(name, str(value), []) for name, value in asked.items() if value]
        if question.number:
            word = self.strings.say(f"number_{question.number}")
            shown.append(self.make_filter("number", question.number, [(question.number, word)]))
        return [days, *shown]

    def make_filter(
        self, name: str, chosen: str, choices: Iterable[tuple[str, str]], *, may_be_any: bool = True
    ) -> Choice:
        """Return a filter menu for the template: its name, current value and labelled choices."""
        listed = [*([("", self.strings.say("any"))] if may_be_any else []), *choices]
        if chosen and chosen not in {value for value, _ in listed}:
            listed.append((chosen, chosen))
        shown = [
            {"value": value, "name": word, "is_chosen": value == chosen} for value, word in listed
        ]
        return {"id": name, "name": self.strings.say(f"filter_{name}"), "choices": shown}
