"""Propose: an action that waits for an editor, once what it rests on was found there."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from copydesk import engine
from copydesk.desk._actions import SentAction, make_actions
from copydesk.desk._desk import Desk, now
from copydesk.desk._newsroom_thread import OpenNewsroom
from copydesk.desk_store import ApiToken, Ground, Proposal
from copydesk.errors import UsageError
from copydesk.kit import text

PROPOSED_RULES = frozenset({"merge", "split", "lead", "set"})
_PROPOSED_VERDICTS = frozenset({"publish", "hold", "reject"})
_PROPOSED_FIELDS = frozenset({"note", "excerpt"})
_STORIES = 20
_VALUE_CHARACTERS = 5_000
StoryName = Annotated[str, Meta(min_length=1, max_length=300)]


class SentGround(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a proposal rests on: a story, and words that stand in it, "" for the story as such."""

    story: StoryName
    words: Annotated[str, Meta(max_length=500)] = ""


class SentProposal(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An action that is suggested, why, and what that rests on.

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
    """Keep a proposal and return it; raises UsageError, RecordError for a story that is none."""
    _check_words(sent)
    action = SentAction(
        id=proposal_id,
        kind=sent.kind,
        said=sent.said,
        stories=sent.stories,
        values=sent.values,
        why=text.fold(sent.why),
    )
    at = now()
    (made,) = make_actions([action], token.name, at)
    seen = await desk.thread.ask(lambda opened: _check_grounds(opened, sent))
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
        raise UsageError("another proposal has that id", subject=proposal_id)
    desk.broadcast.tell("changed", {})
    return kept


def _is_same(kept: Proposal, proposal: Proposal) -> bool:
    """Decide whether a proposal was sent again: what its stories say by now may differ."""
    action = replace(kept.action, at=proposal.at, seen=proposal.action.seen)
    return (kept.author, action) == (proposal.author, proposal.action)


def _check_words(sent: SentProposal) -> None:
    """Raise UsageError for what no editor can take with one key."""
    allowed = _PROPOSED_VERDICTS if sent.kind == "verdict" else PROPOSED_RULES
    if sent.said not in allowed:
        raise UsageError(f"no {sent.kind} is proposed so", subject=sent.said)
    is_set = sent.said == "set"
    if len(sent.values) != (2 if is_set else 0):
        raise UsageError("a field and its words are set, else there are no values")
    if is_set and sent.values[0] not in _PROPOSED_FIELDS:
        raise UsageError("note and excerpt are proposed alone", subject=sent.values[0][:80])
    if is_set and not 0 < len(sent.values[1].strip()) <= _VALUE_CHARACTERS:
        raise UsageError(f"words between 1 and {_VALUE_CHARACTERS:,} characters are proposed")


def _check_grounds(opened: OpenNewsroom, sent: SentProposal) -> Mapping[str, str]:
    """Return the digests of the fields that are proposed to change, as they are now.

    Raises RecordError for a story that is none, UsageError for words that do not stand in theirs.
    """
    pages = {
        name: engine.read_story_page(opened.newsroom, opened.queue, name)
        for name in dict.fromkeys([*sent.stories, *(ground.story for ground in sent.grounds)])
    }
    for ground in sent.grounds:
        if text.fold(ground.words) not in _read_words(pages[ground.story]):
            hint = "cite them letter by letter, or the story alone"
            raise UsageError("these words do not stand in it", subject=ground.story, hint=hint)
    if sent.said == "set" and any(_refuses_models(pages[name]) for name in sent.stories):
        raise UsageError("its publisher refuses ai-input", subject=sent.stories[0])
    if len(sent.stories) != 1:
        return {}
    (name,) = sent.stories
    seen = pages[name].seen
    return {
        f"{name} {field}": digest
        for field, digest in engine.field_digests(seen.story, seen.verdict).items()
    }


def _refuses_models(page: engine.StoryPage) -> bool:
    return "ai-input" in page.seen.story.refuses


def _read_words(page: engine.StoryPage) -> str:
    """Return the words that an agent may know: of a story that refuses that, its headline."""
    story = page.seen.story
    if _refuses_models(page):
        return text.fold(story.title)
    return text.fold(" ".join((story.title, story.excerpt, story.note, page.text)))
