"""Ask the model for the texts that stories lack, check them, and file them in one commit."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import msgspec

from copydesk.archive.change import is_cut_short
from copydesk.desk_store import has_desk, open_desk
from copydesk.desk_store.model_calls import ModelCall, ModelCallLog
from copydesk.errors import UsageError
from copydesk.fetch import web
from copydesk.judge.words import base_language
from copydesk.kit import text
from copydesk.news import Story
from copydesk.news.summary import (
    CitedSentence,
    Summary,
    Translation,
    digest_text,
)
from copydesk.newsroom import Newsroom, hold_lock
from copydesk.newsroom.checks import Check, Finding, finding
from copydesk.newsroom.filing import FilingOrder, filing_result, hold_write_lock, prepare_records
from copydesk.writing import _owed
from copydesk.writing._calls import ask_once, open_web

_LONGEST_DESCRIPTION = 2_000  # characters
_LOCK = "model.lock"


@dataclass(frozen=True, slots=True, kw_only=True)
class WritingReport:
    """What was asked for, and what came of it.

    `owed` counts the texts that were lacking, `calls` the calls that were made. `written` are the
    records with new texts; `refused` counts texts of which the checks left nothing, `wrong`,
    `failed` and `lost` calls without a usable answer. `cost` is in the currency of the prices.
    """

    owed: int = 0
    calls: int = 0
    written: tuple[str, ...] = ()
    refused: int = 0
    wrong: int = 0
    failed: int = 0
    lost: int = 0
    tokens: int = 0
    cost: float = 0.0
    commit: str | None = None
    notes: tuple[str, ...] = ()


def write_texts(newsroom: Newsroom, seconds: float = 600.0) -> WritingReport:
    """Ask the model for the texts that stories lack, and file them in one commit.

    After `seconds` no other call begins. What a killed process was told is filed without a call.
    """
    options = newsroom.settings.model
    if not (options.url and options.name and options.uses):
        return WritingReport(notes=("no model is set in [model] of beat.toml",))
    with contextlib.ExitStack() as stack:
        if not stack.enter_context(hold_lock(newsroom.private / _LOCK)):
            return WritingReport(notes=("another process is asking the model",))
        if is_cut_short(newsroom.root):
            with hold_write_lock(newsroom):  # it finishes what a killed process began
                pass
        log = stack.enter_context(contextlib.closing(open_desk(newsroom.databases))).model_calls
        owed, stale = _owed.find_debts(newsroom, log)
        asked = _Asking(newsroom, log, time.monotonic() + seconds)
        if not newsroom.beat.scoring.traits.has_blocks and {"summary", "headline"} & {
            *options.uses
        }:
            asked.notes.append("records of the profile everyday hold no summaries or headlines")
        asyncio.run(asked.ask_all(owed))
        return asked.file(stale, len(owed))


class _Asking:
    def __init__(self, newsroom: Newsroom, log: ModelCallLog, end: float) -> None:
        self.newsroom = newsroom
        self.log = log
        self.end = end
        self.calls: list[ModelCall] = []
        self.texts: list[tuple[_owed.OwedText, ModelCall]] = []
        self.notes: list[str] = []

    async def ask_all(self, owed: Sequence[_owed.OwedText]) -> None:
        """Ask for all texts, some at the same time, until the model rests or time is over."""
        waiting, rest = list(reversed(owed)), self.log.find_rest()
        if rest and rest > self.newsroom.now:
            self.notes.append(f"the model rests until {rest:%F %H:%M} UTC")
            waiting = [one for one in waiting if self._is_answered(one)]
        if waiting:
            lanes = range(self.newsroom.settings.model.parallel)
            async with open_web(self.newsroom) as wire:
                await asyncio.gather(*(self._ask_in_turn(wire, waiting) for _ in lanes))

    async def _ask_in_turn(self, wire: web.Web, waiting: list[_owed.OwedText]) -> None:
        while waiting and time.monotonic() < self.end:
            if not await self._ask(wire, waiting.pop()):
                waiting[:] = [one for one in waiting if self._is_answered(one)]

    def _is_answered(self, owed: _owed.OwedText) -> bool:
        call = self.log.find(owed.subject)
        return call is not None and call.state == "taken"

    async def _ask(self, wire: web.Web, owed: _owed.OwedText) -> bool:
        """Ask for one text, unless its answer is known; return whether other calls may follow."""
        call, is_new = await ask_once(self.newsroom, self.log, wire, owed)
        if call and call.state == "taken":
            self.texts.append((owed, call))
        if call is None or not is_new:
            return True
        self.calls.append(call)
        if call.rests_until is None:
            return True
        self.notes.append(f"the model did not answer: {call.why}")
        return False

    def file(self, stale: Iterable[Story], owed: int) -> WritingReport:
        """File what was written, and which summaries became stale, in one commit."""
        report = self._count(owed)
        before, after = self._change(stale)
        new = [story for path, story in after.items() if story != before[path]]
        if not new:
            return report
        message = f"texts by a model: {text.count_of(len(new), 'story', 'stories')}"
        order = FilingOrder(before=before, message=message)
        prepared = prepare_records(self.newsroom, new, order)
        with hold_write_lock(self.newsroom) as lock:
            filed = filing_result(prepared, prepared.change.begin(lock).finish())
        notes = (*report.notes, *filed.notes, *(failure.what for failure in filed.failed))
        return replace(report, written=filed.written, commit=filed.commit, notes=notes)

    def _change(self, stale: Iterable[Story]) -> tuple[dict[str, Story], dict[str, Story]]:
        """Return the stories as they were read and as they become, by path."""
        before = {story.path: story for story in stale}
        after = {path: _turn_stale(story) for path, story in before.items()}
        current = _owed.find_current(self.newsroom, [one for one, _ in self.texts])
        for one, call in self.texts:
            if one.subject in current and (story := one.story):
                before.setdefault(story.path, story)
                after[story.path] = _put(after.get(story.path, story), one, call)
        return before, after

    def _count(self, owed: int) -> WritingReport:
        states = [call.state for call in self.calls]
        return WritingReport(
            owed=owed,
            calls=len(states),
            refused=states.count("refused"),
            wrong=states.count("wrong"),
            failed=states.count("failed"),
            lost=states.count("lost"),
            tokens=sum(call.tokens_in + call.tokens_out for call in self.calls),
            cost=sum(call.cost for call in self.calls),
            notes=tuple(dict.fromkeys(self.notes)),
        )


def _turn_stale(story: Story) -> Story:
    """Return a story whose summary is stale, or is so no longer."""
    kept = story.summary
    return replace(story, summary=kept and replace(kept, stale=not kept.stale or None))


def write_digest(
    newsroom: Newsroom, issue: str, names: Sequence[str], language: str, *, asks: bool
) -> Summary | None:
    """Return the opening paragraph of a newsletter's issue on stories; None if there is none.

    `names` are those of the stories' records. The model is asked only if `asks` says so and it was
    not asked before.
    """
    if not newsroom.settings.model.has("digest"):
        return None
    owed = _owed.owe_digest(newsroom, issue, names, language)
    if owed is None:
        return None

    async def ask(log: ModelCallLog) -> ModelCall | None:
        rest = log.find_rest()
        if not asks or (rest and rest > newsroom.now):
            return log.find(owed.subject)
        async with open_web(newsroom) as wire:
            return (await ask_once(newsroom, log, wire, owed))[0]

    with contextlib.closing(open_desk(newsroom.databases)) as desk:
        call = asyncio.run(ask(desk.model_calls))
    return _make_summary(owed, call) if call and call.state == "taken" else None


def propose_keywords(
    newsroom: Newsroom, topic: str, description: str, language: str
) -> tuple[str, ...]:
    """Return the keywords that the model proposes for a topic by a person's description.

    Raises UsageError if it is not set up for that, or does not answer.
    """
    options = newsroom.settings.model
    if not options.has("topics"):
        hint = 'set url and name in [model] of beat.toml, and "topics" in its uses'
        raise UsageError("no model is set up to propose keywords", subject=topic, hint=hint)
    spoken = base_language(language or newsroom.beat.locale)
    owed = _owed.owe_keywords(topic, text.tidy(description)[:_LONGEST_DESCRIPTION], spoken)

    async def ask(log: ModelCallLog) -> ModelCall | None:
        async with open_web(newsroom) as wire:
            return (await ask_once(newsroom, log, wire, owed))[0]

    with contextlib.closing(open_desk(newsroom.databases)) as desk:
        call = asyncio.run(ask(desk.model_calls))
    if call is None or call.state != "taken":
        why = call.why or call.state if call else "the budget of the day is spent"
        raise UsageError(f"the model proposes no keywords: {text.fold(why)}", subject=topic)
    return msgspec.json.decode(call.text, type=tuple[str, ...])


def _put(story: Story, owed: _owed.OwedText, call: ModelCall) -> Story:
    """Return a story with a text that passed the checks; a remark stays in the log."""
    by = f"model {call.answered_by}"
    if owed.use == "summary":
        return replace(story, summary=_make_summary(owed, call))
    if owed.use == "headline":
        title = msgspec.json.decode(call.text, type=str)
        translation = Translation(
            title=title,
            original=story.title,
            language=owed.language,
            by=by,
            at=call.at,
            digest=digest_text(title),
        )
        return replace(story, translation=translation)
    return story


def _make_summary(owed: _owed.OwedText, call: ModelCall) -> Summary:
    """Return the summary or digest that a call wrote, as far as it passed the checks."""
    sentences = msgspec.json.decode(call.text, type=tuple[CitedSentence, ...])
    summary = Summary(
        sentences=sentences,
        by=f"model {call.answered_by}",
        at=call.at,
        language=owed.language,
        sources=_owed.hash_articles(owed.members),
    )
    return replace(summary, digest=digest_text(summary.text))


# The doctor's check of the model.


def _find_model_faults(newsroom: Newsroom) -> Iterator[Finding]:
    options = newsroom.settings.model
    if not (options.uses and has_desk(newsroom.databases)):
        return
    with contextlib.closing(open_desk(newsroom.databases)) as desk:
        latest = desk.model_calls.find_latest()
        day = newsroom.now.replace(hour=0, minute=0, second=0, microsecond=0)
        spent = desk.model_calls.sum_up(day)
    if latest is None:
        return
    if latest.state == "failed":
        yield finding("model-failed", root=newsroom.root, url=options.url, why=latest.why)
    needed = {  # the next call may cost as much as the latest one
        "most_tokens_a_day": spent.tokens + latest.tokens_in + latest.tokens_out,
        "most_spent_a_day": spent.cost + latest.cost,
    }
    told = {"tokens": f"{spent.tokens:,}", "cost": f"{spent.cost:.2f}"}
    for key, need in needed.items():
        if spent.calls and need > (most := getattr(options, key)):
            yield finding("model-spent", **told, key=key, most=most * 2)


MODEL_CHECK = Check(name="model", find=_find_model_faults)
