"""Decide: an editor takes a proposal, which makes it an action of theirs, or refuses it."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from copydesk.desk._desk import Desk, now
from copydesk.desk_store import Proposal
from copydesk.errors import RecordError, UsageError
from copydesk.news import EditorAction


async def take_proposal(desk: Desk, proposal_id: str, editor: str) -> EditorAction:
    """Return the action that a proposal became, once for all; it waits to be filed.

    Taken again by the same editor it is the same. Raises RecordError where there is none,
    UsageError where it was refused, or taken by another.
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
    """Return a proposal that an editor refused; raises as `take_proposal`."""

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
        raise RecordError("no such proposal", subject=proposal_id[:80])
    return proposal


def _make_action(proposal: Proposal, editor: str) -> EditorAction:
    """Return what an editor does who takes a proposal; its id tells whence it came."""
    why = f"{proposal.action.why} (proposed by {proposal.author}: {proposal.label})"
    return replace(proposal.action, id=f"p-{proposal.id}", by=editor, at=now(), why=why)


def _over(proposal: Proposal) -> UsageError:
    return UsageError(f"{proposal.decided_by} has {proposal.became} it", subject=proposal.id)
