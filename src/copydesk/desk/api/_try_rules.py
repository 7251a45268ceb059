"""API endpoints for trying rules on the last month's stories; an owner writes the rules."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from copydesk.desk._desk import Desk
from copydesk.desk._previews import Trial
from copydesk.desk.api._endpoint import ApiProblem, Call, Nothing, SettingsChanged, make_answer
from copydesk.editing import what_if
from copydesk.news.source import Trust

_Word = Annotated[str, Meta(max_length=200)]


class TriedKeywords(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Words that the keywords of a topic gain and lose."""

    added: Annotated[list[_Word], Meta(max_length=10_000)] = []
    dropped: Annotated[list[_Word], Meta(max_length=10_000)] = []


class NewTrial(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Rules that are tried; what is left out stays as it is.

    `points` are by the signal's name, `trust` by the source's address, `keywords` by the topic's
    name; `half_life_hours` is the front page's.
    """

    publish_at: int | None = None
    points: dict[str, int] = {}
    trust: dict[str, Trust] = {}
    keywords: dict[str, TriedKeywords] = {}
    half_life_hours: float | None = None


class ApiChanged(msgspec.Struct, frozen=True, kw_only=True):
    """A story that would change: its fields by name, and the reason.

    `won` and `lost` are those of the tried topics; it `is_pending` where the rules of today do the
    same.
    """

    path: str
    title: str
    fields: list[str]
    why: str
    won: list[str]
    lost: list[str]
    is_pending: bool


class TrialOutcome(msgspec.Struct, frozen=True, kw_only=True):
    """What rules would do; `stands` is sent back by whoever writes them.

    `changed` counts all stories, `reworded` those of them of which only the reasons change;
    `listed` has the first 200 of the others. `diff` is what would be written.
    """

    stories: int
    published_before: int
    published_after: int
    to_site: int
    off_site: int
    dropped: int
    regrouped: int
    changed: int
    pending: int
    reworded: int
    topics: Sequence[what_if.TopicEffect]
    is_extreme: bool
    listed: list[ApiChanged]
    front: Sequence[what_if.FrontPlace]
    diff: str
    stands: str


class TrialAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A trial and how far it is: `waits`, `done`, `failed` or `given up`."""

    id: str
    state: str
    stage: str
    steps: int
    total: int | None
    problem: str = ""
    hint: str = ""
    outcome: TrialOutcome | None = None


class WrittenTrial(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """That tried rules are written; `sure` where everything would be published, or nothing."""

    stands: Annotated[str, Meta(max_length=200)]
    why: Annotated[str, Meta(max_length=500)] = ""
    sure: bool = False


async def try_rules(desk: Desk, call: Call[Nothing, NewTrial]) -> TrialAnswer:
    """Begin to try rules; what the account tried before is given up."""
    change = msgspec.convert(call.body, what_if.RuleChange, from_attributes=True)
    return _describe(desk.trials.begin(call.visitor.name, change))


async def read_trial(desk: Desk, call: Call[Nothing, Nothing]) -> TrialAnswer:
    """Return how far a trial is, and what came of it."""
    return _describe(_find(desk, call))


async def give_up_trial(desk: Desk, call: Call[Nothing, Nothing]) -> Nothing:
    """Give a trial up."""
    trial = _find(desk, call)
    trial.is_given_up = trial.is_given_up or not trial.is_over
    return Nothing()


async def write_trial(desk: Desk, call: Call[Nothing, WrittenTrial]) -> SettingsChanged:
    """Write the rules that were tried, in one commit."""
    trial, sent = _find(desk, call), call.body
    if trial.tried is None:
        raise ApiProblem(400, "try the rules before they are written")
    if trial.tried.summary.is_extreme and not sent.sure:
        what = "by these rules everything would be published, or nothing"
        raise ApiProblem(400, what, "say with `sure` that this is meant")
    change, by = trial.change, call.visitor.name
    report = await desk.trials.ask(lambda bench: bench.write(change, by, sent.stands, sent.why))
    return make_answer(SettingsChanged, report)


def _find(desk: Desk, call: Call[Nothing, Any]) -> Trial:
    trial = desk.trials.find(call.path["id"], call.visitor.name)
    if trial is None:
        raise ApiProblem(404, "no such trial of this account, or no more")
    return trial


def _describe(trial: Trial) -> TrialAnswer:
    return make_answer(
        TrialAnswer,
        trial,
        state=_name_state(trial),
        stage=trial.name,
        problem=str(trial.error) if trial.error else "",
        hint=trial.error.hint if trial.error else "",
        outcome=_describe_outcome(trial.tried) if trial.tried else None,
    )


def _name_state(trial: Trial) -> str:
    if trial.tried is not None:
        return "done"
    if trial.error is not None:
        return "failed"
    return "given up" if trial.is_given_up else "waits"


def _describe_outcome(tried: what_if.TriedRules) -> TrialOutcome:
    summary = tried.summary
    listed = [
        make_answer(ApiChanged, story, fields=[change.field for change in story.fields])
        for story in summary.listed
    ]
    return make_answer(TrialOutcome, summary, tried, tried.draft, listed=listed)
