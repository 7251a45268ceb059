"""API endpoints about newsletters: the next issue as it would be now, and changes to it."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from copydesk.desk._desk import Desk, now
from copydesk.desk._previews import ComposedLetter
from copydesk.desk.api._endpoint import ApiProblem, Call, Nothing, make_answer
from copydesk.desk_store.letter_edits import IssueChange, IssueDiffers, IssueField, KeptEdits
from copydesk.errors import UsageError
from copydesk.newsletters import issues

Name = Annotated[str, Meta(max_length=300)]
Words = Annotated[str, Meta(max_length=10_000)]


class ApiLetter(msgspec.Struct, frozen=True, kw_only=True):
    """A letter of beat.toml, and when it is due; `due_at` is null where that is by no clock."""

    id: str
    title: str
    approval: str
    due_at: datetime | None


class LettersAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The beat's letters."""

    letters: list[ApiLetter]


class ApiIssueStory(msgspec.Struct, frozen=True, kw_only=True):
    """A story as the issue would tell it."""

    name: str
    title: str
    url: str
    excerpt: str
    source: str


class ApiIssueSection(msgspec.Struct, frozen=True, kw_only=True):
    """A part of an issue with its stories."""

    title: str
    kind: str
    stories: list[ApiIssueStory]


class ApiIssueEdit(msgspec.Struct, frozen=True, kw_only=True):
    """What editors made a field say; `digest` is what a change of it has to have `seen`."""

    field: IssueField
    value: list[str]
    digest: str
    by: str
    at: datetime
    story: str = ""


class IssueAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A letter's issue to come as it would be now, and what editors changed in it."""

    letter: str
    subject: str
    preheader: str
    note: str
    since: datetime
    sections: list[ApiIssueSection]
    is_held: bool
    approved_by: str
    edits: list[ApiIssueEdit]


class SentIssueChange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a field is to say: names of stories, a text, a title and an excerpt, or `["yes"]`.

    No value means: by rule. `seen` is the digest of what it said, "" for nothing.
    """

    field: IssueField
    story: Name = ""
    value: Annotated[list[Words], Meta(max_length=1_000)] = []
    seen: Annotated[str, Meta(max_length=64)] = ""


class SentIssueChanges(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Changes of an issue to come: all are made, or none."""

    changes: Annotated[list[SentIssueChange], Meta(max_length=100)]


async def read_letters(desk: Desk, _call: Call[Nothing, Nothing]) -> LettersAnswer:
    """Return the letters, each with when it is due."""
    return await desk.thread.ask(
        lambda opened: LettersAnswer(
            letters=[
                make_answer(ApiLetter, row.options, due_at=row.due_at)
                for row in issues.list_letters(opened.newsroom)
            ]
        )
    )


async def read_issue(desk: Desk, call: Call[Nothing, Nothing]) -> IssueAnswer:
    """Return a letter's issue to come as it would be now."""
    return _make_issue(await _compose(desk, call.path["id"]))


async def change_issue(desk: Desk, call: Call[Nothing, SentIssueChanges]) -> IssueAnswer:
    """Change a letter's issue to come; 409 where a field says something else than was seen."""
    letter_id, editor = call.path["id"], call.visitor.name
    await _compose(desk, letter_id)

    def change() -> None:
        with desk.store.at_once():
            for sent in call.body.changes:
                wanted = msgspec.convert(sent, IssueChange, from_attributes=True)
                _refuse(desk.store.letters.change(letter_id, wanted, editor, now()))

    await asyncio.to_thread(change)
    desk.broadcast.tell("letter", {"id": letter_id})
    return _make_issue(await _compose(desk, letter_id))


async def _compose(desk: Desk, letter_id: str) -> ComposedLetter:
    try:
        return await desk.issues.compose(letter_id)
    except UsageError as error:
        raise ApiProblem(404, str(error), error.hint) from error


def _refuse(done: KeptEdits | IssueDiffers) -> None:
    if isinstance(done, IssueDiffers):
        by = f"{done.now.by} changed it" if done.now else "the issue is filed"
        detail = f"{done.wanted.field} {done.wanted.story}".strip()
        raise ApiProblem(409, f"{detail}: {by}", "read the issue, and send what you want then")


def _make_issue(composed: ComposedLetter) -> IssueAnswer:
    issue, kept = composed.issue, composed.kept
    return make_answer(
        IssueAnswer,
        issue,
        kept.edits,
        edits=[
            make_answer(
                ApiIssueEdit, change, field=field, story=story, digest=kept.digest(field, story)
            )
            for (field, story), change in kept.last.items()
            if change.value
        ],
    )
