"""What programs suggest: proposals, and an editor's word on each."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Annotated
from uuid import uuid4

import msgspec
from msgspec import Meta

from copydesk.desk._desk import Desk
from copydesk.desk.api._act import ActionsKept
from copydesk.desk.api._endpoint import Call, Nothing
from copydesk.desk.api._problems import ApiProblem
from copydesk.desk.api._read import PageRows
from copydesk.desk.proposals import (
    SentGround,
    SentProposal,
    propose,
    refuse_proposal,
    take_proposal,
)
from copydesk.desk_store import Proposal


class ApiProposal(msgspec.Struct, frozen=True, kw_only=True):
    """What a program suggests: an action, why, what that rests on, and what became of it.

    `author` is the account that it acts for, `label` what its token is called.
    """

    id: str
    author: str
    label: str
    at: datetime
    kind: str
    said: str
    stories: list[str]
    values: list[str]
    why: str
    grounds: list[SentGround]
    became: str
    decided_by: str = ""


class ProposalsQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How many of those that wait are wanted, from where on."""

    limit: PageRows = 50
    after: Annotated[str, Meta(max_length=100)] = ""


class ProposalsAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Proposals that wait, the oldest first; `after` asks for the next page, "" is the last."""

    proposals: list[ApiProposal]
    after: str = ""


async def put_proposal(desk: Desk, call: Call[Nothing, SentProposal]) -> ApiProposal:
    """Suggest an action to the editors; nothing changes before one of them takes it."""
    kept = await propose(desk, call.token, call.body, call.key or str(uuid4()))
    return make_proposal(kept)


async def list_proposals(desk: Desk, call: Call[ProposalsQuery, Nothing]) -> ProposalsAnswer:
    """Return the proposals that wait for an editor."""
    asked = call.query
    found = await asyncio.to_thread(desk.store.proposals.list_waiting, asked.limit + 1, asked.after)
    page = found[: asked.limit]
    after = page[-1].id if len(found) > asked.limit else ""
    return ProposalsAnswer(proposals=[make_proposal(one) for one in page], after=after)


async def read_proposal(desk: Desk, call: Call[Nothing, Nothing]) -> ApiProposal:
    """Return a proposal and what became of it."""
    found = await asyncio.to_thread(desk.store.proposals.find, call.path["id"])
    if found is None:
        raise ApiProblem(404, "no such proposal")
    return make_proposal(found)


async def take(desk: Desk, call: Call[Nothing, Nothing]) -> ActionsKept:
    """Take a proposal: it becomes an action of the account that takes it."""
    action = await take_proposal(desk, call.path["id"], call.visitor.name)
    return ActionsKept(kept=[action.id])


async def refuse(desk: Desk, call: Call[Nothing, Nothing]) -> ApiProposal:
    """Refuse a proposal: nothing is done."""
    return make_proposal(await refuse_proposal(desk, call.path["id"], call.visitor.name))


def make_proposal(proposal: Proposal) -> ApiProposal:
    """Return a proposal as JSON has it."""
    action = proposal.action
    return ApiProposal(
        id=proposal.id,
        author=proposal.author,
        label=proposal.label,
        at=proposal.at,
        kind=action.kind,
        said=action.said,
        stories=list(action.stories),
        values=list(action.values),
        why=action.why,
        grounds=[SentGround(story=ground.story, words=ground.words) for ground in proposal.grounds],
        became=proposal.became,
        decided_by=proposal.decided_by,
    )
