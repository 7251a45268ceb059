"""Store editors' actions that programs propose; an editor accepts or refuses each proposal."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Literal

import msgspec
from msgspec import Meta
from starlette.responses import JSONResponse, RedirectResponse, Response

from copydesk.desk._actions import SentAction, make_actions
from copydesk.desk._desk import Desk, Visit, now
from copydesk.desk._http import NEVER_KEPT
from copydesk.desk._newsroom_thread import OpenNewsroom
from copydesk.desk_store.action_queue import Ground, Proposal
from copydesk.desk_store.sessions import ApiToken
from copydesk.editing import applying
from copydesk.editing.queue import story_page
from copydesk.errors import RecordError, UsageError
from copydesk.kit import text
from copydesk.news import EditorAction

PROPOSED_RULES = frozenset({"merge", "split", "lead", "set"})
_PROPOSED_VERDICTS = frozenset({"publish", "hold", "reject"})
_PROPOSED_FIELDS = frozenset({"note", "excerpt"})
_STORIES = 20
_VALUE_CHARACTERS = 5_000
StoryName = Annotated[str, Meta(min_length=1, max_length=300)]


class SentGround(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A story that supports a proposal, and a quotation from it, "" for the whole story."""

    story: StoryName
    words: Annotated[str, Meta(max_length=500)] = ""


class SentProposal(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An editor's action that a program proposes, with its reason and the stories that support it.

    A verdict (`publish`, `hold`, `reject`), a rule on groups (`merge`, `split`, `lead`), or `set`
    with the values `note` or `excerpt` and the words.
    """

    kind: Literal["verdict", "rule"]
    said: Literal["publish", "hold", "reject", "merge", "split", "lead", "set"]
    stories: Annotated[list[StoryName], Meta(min_length=1, max_length=_STORIES)]
    grounds: Annotated[list[SentGround], Meta(min_length=1, max_length=10)]
    why: Annotated[str, Meta(min_length=1, max_length=1_000)]
    values: Annotated[list[str], Meta(max_length=2)] = []


async def propose(desk: Desk, token: ApiToken, sent: SentProposal, proposal_id: str) -> Proposal:
    """Store a program's proposal of an editor's action, and return it.

    Raises UsageError for an invalid one, RecordError for an unknown story.
    """
    _check_words(sent)
    action = SentAction(
        id=proposal_id,
        kind=sent.kind,
        said=sent.said,
        stories=tuple(sent.stories),
        values=tuple(sent.values),
        why=text.fold(sent.why),
    )
    at = now()
    (made,) = make_actions([action], token.name, at)
    seen = await desk.thread.ask(_check_grounds, sent)
    proposal = Proposal(
        id=proposal_id,
        author=token.name,
        label=token.label,
        at=at,
        action=replace(made, seen=seen),
        grounds=tuple(
            Ground(story=ground.story, words=text.fold(ground.words)) for ground in sent.grounds
        ),
    )
    kept = await asyncio.to_thread(desk.store.proposals.put, proposal)
    if not _is_same(kept, proposal):
        raise UsageError("another proposal already has this id", subject=proposal_id)
    desk.broadcast.tell("changed", {})
    return kept


def _is_same(kept: Proposal, proposal: Proposal) -> bool:
    """Return whether a proposal was sent twice; the text of its stories may differ by now."""
    action = replace(kept.action, at=proposal.at, seen=proposal.action.seen)
    return (kept.author, action) == (proposal.author, proposal.action)


def _check_words(sent: SentProposal) -> None:
    """Raise UsageError for a proposal that an editor could not accept as it is."""
    allowed = _PROPOSED_VERDICTS if sent.kind == "verdict" else PROPOSED_RULES
    if sent.said not in allowed:
        raise UsageError(f"tokens and agents cannot propose this {sent.kind}", subject=sent.said)
    is_set = sent.said == "set"
    if len(sent.values) != (2 if is_set else 0):
        raise UsageError("a set rule needs two values (field, text), other rules need none")
    if is_set and sent.values[0] not in _PROPOSED_FIELDS:
        raise UsageError("a proposal can only set the note or excerpt", subject=sent.values[0][:80])
    if is_set and not 0 < len(sent.values[1].strip()) <= _VALUE_CHARACTERS:
        raise UsageError(f"expected a text of 1 to {_VALUE_CHARACTERS:,} characters")


def _check_grounds(opened: OpenNewsroom, sent: SentProposal) -> Mapping[str, str]:
    """Return the digests of the story fields that a proposal would change.

    Raises RecordError for an unknown story, UsageError for a quotation that is not in the story.
    """
    pages = {
        name: story_page.read_story_page(opened.newsroom, opened.queue, name)
        for name in dict.fromkeys([*sent.stories, *(ground.story for ground in sent.grounds)])
    }
    for ground in sent.grounds:
        if text.fold(ground.words) not in _read_words(pages[ground.story]):
            hint = "quote the exact text, or name the story without a quotation"
            raise UsageError("the quotation is not in the story", subject=ground.story, hint=hint)
    if sent.said == "set" and any(pages[name].seen.story.refuses_models for name in sent.stories):
        raise UsageError("the publisher forbids use by AI (ai-input)", subject=sent.stories[0])
    if len(sent.stories) != 1:
        return {}
    (name,) = sent.stories
    seen = pages[name].seen
    return {
        f"{name} {field}": digest
        for field, digest in applying.field_digests(seen.story, seen.verdict).items()
    }


def _read_words(page: story_page.StoryPage) -> str:
    """Return a story's text that an agent may read; its headline if the publisher refuses more."""
    story = page.seen.story
    if story.refuses_models:
        return text.fold(story.title)
    return text.fold(" ".join((story.title, story.excerpt, story.note, page.text)))


async def take_proposal(desk: Desk, proposal_id: str, editor: str) -> EditorAction:
    """Accept a program's proposal for an editor; return the action, which is carried out soon.

    Taken again by the same editor it is the same action. Raises RecordError for an unknown
    proposal, UsageError for one that was refused or taken by somebody else.
    """

    def take() -> EditorAction:
        store = desk.store
        with store.at_once():
            proposal = _find(desk, proposal_id)
            action = _make_action(proposal, editor)
            if store.proposals.decide(proposal_id, "taken", editor, now()):
                store.actions.put([action])
            elif (proposal.became, proposal.decided_by) != ("taken", editor):
                raise _over(proposal)
        return action

    action = await asyncio.to_thread(take)
    desk.filer.wake([action.id])
    desk.broadcast.tell("changed", {})
    return action


async def refuse_proposal(desk: Desk, proposal_id: str, editor: str) -> Proposal:
    """Refuse a program's proposal for an editor, and return it.

    Raises errors as `take_proposal` does.
    """

    def refuse() -> Proposal:
        with desk.store.at_once():
            proposal = _find(desk, proposal_id)
            is_first = desk.store.proposals.decide(proposal_id, "refused", editor, now())
            if not is_first and proposal.became != "refused":
                raise _over(proposal)
            return _find(desk, proposal_id)

    refused = await asyncio.to_thread(refuse)
    desk.broadcast.tell("changed", {})
    return refused


def _find(desk: Desk, proposal_id: str) -> Proposal:
    proposal = desk.store.proposals.find(proposal_id)
    if proposal is None:
        raise RecordError("no proposal has this id", subject=proposal_id[:80])
    return proposal


def _make_action(proposal: Proposal, editor: str) -> EditorAction:
    """Return the action of an editor who accepts a proposal; its id names the proposal."""
    why = f"{proposal.action.why} (proposed by {proposal.author}: {proposal.label})"
    return replace(proposal.action, id=f"p-{proposal.id}", by=editor, at=now(), why=why)


def _over(proposal: Proposal) -> UsageError:
    return UsageError(f"already {proposal.became} by {proposal.decided_by}", subject=proposal.id)


async def decide_on_proposal(visit: Visit) -> Response:
    """Accept or refuse a program's proposal, and redirect to the page that showed it."""
    form = await visit.read_form()
    do, proposal_id = form.get("do", ""), form.get("proposal", "")
    taken = []
    if do == "take":
        taken.append(await take_proposal(visit.desk, proposal_id, visit.editor.name))
    elif do == "refuse":
        await refuse_proposal(visit.desk, proposal_id, visit.editor.name)
    else:
        raise UsageError("unknown action in the form", subject=do[:80])
    if "application/json" in visit.request.headers.get("accept", ""):
        return JSONResponse({"became": do}, headers=NEVER_KEPT)
    if taken:
        return await visit.show_outcome(form.get("return", ""), taken)
    return RedirectResponse(visit.desk.own_page(form.get("return", "")), 303)
