"""The filters of a queue page: what each may be set to, and what it is set to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from copydesk import engine
from copydesk.desk import _query
from copydesk.desk._story_view import View, name_language, name_standing
from copydesk.news import Standing
from copydesk.rendering import Strings


@dataclass(frozen=True, slots=True)
class Filters:
    """Show the filters of a question, in the site's words; `topics` are those of the beat."""

    strings: Strings
    topics: Sequence[str]

    def show(self, question: engine.QueueQuestion, choices: engine.QueueChoices) -> list[View]:
        """Return each filter with its choices, the one that the question has among them."""
        say = self.strings.say
        languages = [(tag, name_language(tag)) for tag in choices.languages]
        kinds = dict.fromkeys([*choices.reasons, *filter(None, [question.reason])])
        reasons = [(str(kind), say(f"kind_{kind}")) for kind in kinds]
        standings = [(str(one), name_standing(self.strings, one)) for one in Standing]
        ages = [(str(days), say(f"days_{days}")) for days in _query.DAYS]
        orders = [(order, say(f"order_{order}")) for order in _query.ORDERS]
        return [
            self.make_filter("topic", question.topic, [(name, name) for name in self.topics]),
            self.make_filter("source", question.source, [(name, name) for name in choices.sources]),
            self.make_filter("language", question.language, languages),
            self.make_filter("reason", str(question.reason or ""), reasons),
            self.make_filter("standing", str(question.standing or ""), standings),
            self.make_filter("days", f"{question.days:g}" if question.days else "", ages),
            *self._show_further(question),
            self.make_filter("order", question.order, orders, may_be_any=False),
        ]

    def _show_further(self, question: engine.QueueQuestion) -> list[View]:
        """Return the filters that stand there only once an address has asked for them."""
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
        return shown

    def make_filter(
        self, name: str, chosen: str, choices: Iterable[tuple[str, str]], *, may_be_any: bool = True
    ) -> View:
        """Return a filter: its choices are values with their words."""
        listed = [*([("", self.strings.say("any"))] if may_be_any else []), *choices]
        if chosen and chosen not in {value for value, _ in listed}:
            listed.append((chosen, chosen))
        shown = [
            {"value": value, "name": word, "is_chosen": value == chosen} for value, word in listed
        ]
        return {"id": name, "name": self.strings.say(f"filter_{name}"), "choices": shown}
