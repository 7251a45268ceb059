"""Store which calls of a language model were made, what they cost, and what came of them.

A call is stored before it is sent. One without an answer is lost: it counts as spent, and is not
sent again for the same articles.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Literal

import msgspec

from copydesk.kit import dates
from copydesk.kit.kept import KeptTables
from copydesk.news.summary import ModelUse, digest_text

# `taken`: what came of it is used; `refused`: the checks left nothing of it; `wrong`: its answer
# had not the asked form; `failed`: nothing was spent, and it may be sent again.
ModelCallState = Literal["lost", "taken", "refused", "wrong", "failed"]
_WANTED = "wanted"  # the subject of what is no call: the wish for one
_MOST_TRIES = 5  # of a call that the server refused, or that another fingerprint may answer
_KEPT_FOR = timedelta(days=1)  # for the openings of articles


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelCall:
    """One call of a model. `subject` is the hash of all that was asked, but for the model.

    `story` is a record's name, the name of a newsletter's issue or a topic. `tokens_in` and
    `tokens_out` are estimated until the answer says them, `cost` is in the currency of the prices.
    `model` is as in the settings; `answered_by` and `fingerprint` are as the answer says. `text` is
    the answer in JSON, as far as the checks let it through; `left_out` are (text, rule, word) of
    each sentence that they did not.
    `why` says what went wrong, `tries` counts calls on the subject that may be at fault. Before
    `rests_until` no other call should be made.
    """

    number: int = 0
    use: ModelUse
    subject: str
    story: str
    at: datetime
    state: ModelCallState = "lost"
    model: str
    answered_by: str = ""
    fingerprint: str = ""
    tokens_in: int = 0
    tokens_out: int = 0
    cost: float = 0.0
    text: str = ""
    left_out: tuple[tuple[str, str, str], ...] = ()
    why: str = ""
    tries: int = 1
    rests_until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelSpending:
    """What calls cost since some time: their number, tokens both ways, and money."""

    calls: int
    tokens: int
    cost: float


class ModelCallLog(KeptTables):
    """The log of calls of a model. Methods raise DeskStoreError if the file fails."""

    def begin(self, call: ModelCall, most_tokens: int, most_spent: float) -> ModelCall | None:
        """Store a call before it is sent, and return it with its number.

        Returns None if another one on the same subject is stored that may not be sent again, unless
        an editor wants it, or if it does not fit into the budget of its day (UTC).
        """
        with self._database.at_once():
            call = replace(call, fingerprint=self._find_fingerprint(call.model))
            is_wanted = (call.use, call.story) in self.list_wishes()
            if latest := self.find(call.subject):
                if not (is_wanted or may_ask_again(latest, call)):
                    return None
                call = replace(call, tries=1 if is_wanted else latest.tries + 1)
            spent = self.sum_up(call.at.replace(hour=0, minute=0, second=0, microsecond=0))
            tokens = spent.tokens + call.tokens_in + call.tokens_out
            if tokens > most_tokens or most_spent <= 0 or spent.cost + call.cost > most_spent:
                return None
            ((number,),) = self._database.run(
                "INSERT INTO model_calls (use, subject, story, at, call)"
                " VALUES (?, ?, ?, ?, x'') RETURNING number",
                *(call.use, call.subject, call.story, dates.rfc3339(call.at)),
            )
            query = "DELETE FROM model_calls WHERE subject = ? AND use = ? AND story = ?"
            self._database.run(query, _WANTED, call.use, call.story)
            return self.put(replace(call, number=number))

    def put(self, call: ModelCall) -> ModelCall:
        """Store a call in place of the one with its number, and return it."""
        query = "UPDATE model_calls SET call = ? WHERE number = ?"
        self._database.run(query, msgspec.json.encode(call), call.number)
        return call

    def want(self, use: ModelUse, story: str, at: datetime) -> None:
        """Note that an editor wants a text written anew."""
        self._database.run(
            "INSERT INTO model_calls (use, subject, story, at, call) VALUES (?, ?, ?, ?, x'')",
            *(use, _WANTED, story, dates.rfc3339(at)),
        )

    def list_wishes(self) -> frozenset[tuple[str, str]]:
        """Return the use and story of each text that an editor wants written anew."""
        query = "SELECT use, story FROM model_calls WHERE subject = ?"
        return frozenset(self._database.run(query, _WANTED))

    def find_rest(self) -> datetime | None:
        """Return until when no call should be made, by the latest one; None if that is now."""
        latest = self.find_latest()
        return latest.rests_until if latest else None

    def find_latest(self) -> ModelCall | None:
        """Return the latest call, None if there is none."""
        which = "WHERE subject != ? ORDER BY number DESC LIMIT 1"
        return next(iter(self._list(which, _WANTED)), None)

    def find(self, subject: str) -> ModelCall | None:
        """Return the latest call on a subject, None if there is none."""
        return next(
            iter(self._list("WHERE subject = ? ORDER BY number DESC LIMIT 1", subject)), None
        )

    def list_of(self, story: str, use: ModelUse, most: int = 20) -> Sequence[ModelCall]:
        """Return the latest calls of one kind on a story, newest first."""
        which = "WHERE story = ? AND use = ? ORDER BY number DESC LIMIT ?"
        return self._list(which, story, use, most)

    def _find_fingerprint(self, model: str) -> str:
        latest = self._list("ORDER BY number DESC LIMIT 50")
        found = (call.fingerprint for call in latest if call.model == model and call.answered_by)
        return next(found, "")

    def sum_up(self, since: datetime) -> ModelSpending:
        """Return what the calls since a time cost."""
        calls = self._list("WHERE at >= ?", dates.rfc3339(since))
        return ModelSpending(
            calls=len(calls),
            tokens=sum(call.tokens_in + call.tokens_out for call in calls),
            cost=sum(call.cost for call in calls),
        )

    def open_article(self, view: str, story: str, at: datetime) -> None:
        """Note that an editor opened an article in a view of a text."""
        since = dates.rfc3339(at - _KEPT_FOR)
        with self._database.at_once():
            self._database.run("DELETE FROM text_openings WHERE at < ?", since)
            query = "INSERT OR REPLACE INTO text_openings (view, story, at) VALUES (?, ?, ?)"
            self._database.run(query, view, story, dates.rfc3339(at))

    def list_openings(self, view: str) -> tuple[str, ...]:
        """Return the names of the articles that were opened in a view of a text, in order."""
        rows = self._database.run(
            "SELECT story FROM text_openings WHERE view = ? ORDER BY at", view
        )
        return tuple(story for (story,) in rows)

    def _list(self, which: str, *values: Any) -> list[ModelCall]:
        rows = self._database.run(f"SELECT call FROM model_calls {which}", *values)
        return [msgspec.json.decode(call, type=ModelCall) for (call,) in rows if call]


def bind_view(view: str, story: str, text: str, editor: str) -> str:
    """Return the id of an editor's view of a text, so that a page's id serves no other text."""
    told = "\n".join((view, story, digest_text(text), editor))
    return hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def may_ask_again(latest: ModelCall, call: ModelCall) -> bool:
    """Return whether a call may be sent although the latest one on its subject was answered.

    What a model did not do, another one may do: one with another name or fingerprint.
    """
    may_try = latest.tries < _MOST_TRIES
    if latest.state in {"refused", "wrong"}:
        is_changed = may_try and latest.fingerprint != call.fingerprint  # some change all the time
        return latest.model != call.model or is_changed
    return latest.state == "failed" and may_try
