"""API endpoints by which programs send editors' actions and proposals, and read the outcomes."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Annotated, Literal
from uuid import uuid4

import msgspec
from msgspec import Meta

from copydesk.building import posts
from copydesk.desk._actions import SentAction, make_actions
from copydesk.desk._desk import Desk, now
from copydesk.desk._http import read_number
from copydesk.desk._newsroom_thread import OpenNewsroom
from copydesk.desk._proposals import SentProposal, propose, refuse_proposal, take_proposal
from copydesk.desk.api._endpoint import ApiProblem, Call, Cursor, Nothing, PageRows, make_answer
from copydesk.desk_store.action_queue import Ground, Proposal, QueuedAction
from copydesk.desk_store.posts import Owed, Post, PostState, Rest
from copydesk.news import EditorAction
from copydesk.news.ruling import EditConflict

PostWords = Annotated[str, Meta(max_length=10_000)]


class ActionsKept(msgspec.Struct, frozen=True, kw_only=True):
    """The ids of the stored actions. They are carried out in this order."""

    kept: list[str]


class ApiAction(msgspec.Struct, frozen=True, kw_only=True):
    """An editor's action and its state: `waits`, `done`, `refused` or `conflict`."""

    id: str
    kind: str
    said: str
    by: str
    at: datetime
    stories: list[str]
    values: list[str]
    why: str
    state: str
    commit: str = ""
    what: str = ""
    hint: str = ""
    conflicts: Sequence[EditConflict] = ()


class ActionsQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """For how many days to list the account's own actions."""

    days: Annotated[int, Meta(ge=1, le=90)] = 1
    limit: PageRows = 50
    after: Cursor = ""


class ActionsAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The account's actions, the latest first. `after` requests the next page, "" on the last."""

    actions: list[ApiAction]
    after: str = ""


async def put_actions(desk: Desk, call: Call[Nothing, list[SentAction]]) -> ActionsKept:
    """Store editors' actions on disk; they are carried out within about a second."""
    sent = name_actions(call.body, call.key)
    return await keep_actions(desk, make_actions(sent, call.visitor.name, now()))


async def undo_action(desk: Desk, call: Call[Nothing, Nothing]) -> ActionsKept:
    """Undo an action of an editor, by a new action."""
    undone = call.path["id"]
    known = await asyncio.to_thread(desk.store.actions.state, [undone])
    stories = known[undone].action.stories if undone in known else ()
    sent = SentAction(id=_name(call.key, 0), kind="undo", stories=stories, values=(undone,))
    return await keep_actions(desk, make_actions([sent], call.visitor.name, now()))


async def list_actions(desk: Desk, call: Call[ActionsQuery, Nothing]) -> ActionsAnswer:
    """Return the account's recent actions with their outcomes."""
    asked, since = call.query, now() - timedelta(days=call.query.days)
    done = await asyncio.to_thread(desk.store.actions.of, call.visitor.name, since)
    listed = list(done[::-1])
    if asked.after:
        places = [place for place, one in enumerate(listed) if one.action.id == asked.after]
        if not places:
            raise ApiProblem(400, "invalid cursor", "send `after` from the last answer")
        listed = listed[places[0] + 1 :]
    page = listed[: asked.limit]
    after = page[-1].action.id if len(listed) > asked.limit else ""
    return ActionsAnswer(actions=[make_action(queued) for queued in page], after=after)


async def read_action(desk: Desk, call: Call[Nothing, Nothing]) -> ApiAction:
    """Return one action of the account with its outcome."""
    known = await asyncio.to_thread(desk.store.actions.state, [call.path["id"]])
    queued = known.get(call.path["id"])
    if queued is None or queued.action.by != call.visitor.name:
        raise ApiProblem(404, "no action of this account has this id")
    return make_action(queued)


async def keep_actions(desk: Desk, actions: Sequence[EditorAction]) -> ActionsKept:
    """Store the editors' actions that a program sent, and return their ids.

    The same actions may be sent twice; others under a known id are refused (409).
    """
    ids = [action.id for action in actions]
    if len({*ids}) < len(ids):
        raise ApiProblem(400, "two actions have the same id")
    known = await asyncio.to_thread(desk.store.actions.state, ids)
    for action in actions:
        kept = known.get(action.id)
        if kept is not None and replace(kept.action, at=action.at) != action:
            raise ApiProblem(409, f"another action has this id: {action.id}", "use a new id")
    await desk.put(actions)
    return ActionsKept(kept=ids)


def make_action(queued: QueuedAction) -> ApiAction:
    """Return an editor's action with its outcome, as a struct for JSON."""
    commit = (queued.outcome.commit if queued.outcome else None) or ""
    return make_answer(ApiAction, queued.action, queued.outcome, state=queued.state, commit=commit)


def name_actions(sent: Sequence[SentAction], key: str) -> list[SentAction]:
    """Return sent actions with ids: their own, or ids made from the Idempotency-Key."""
    return [
        msgspec.structs.replace(one, id=one.id or _name(key, place))
        for place, one in enumerate(sent)
    ]


def _name(key: str, place: int) -> str:
    """Return an action's id by its position in a request; the same key makes the same id."""
    if not key:
        return str(uuid4())
    return f"{key}-{place}" if place else key


class ApiProposal(msgspec.Struct, frozen=True, kw_only=True):
    """An action that a program proposes to editors, with its reason, quotations and outcome.

    `author` is the account that the program acts for, `label` the name of its token.
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
    grounds: Sequence[Ground]
    became: str
    decided_by: str = ""


class ProposalsQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which page of the waiting proposals is requested."""

    limit: PageRows = 50
    after: Annotated[str, Meta(max_length=100)] = ""


class ProposalsAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Proposals that wait, the oldest first. `after` requests the next page, "" on the last."""

    proposals: list[ApiProposal]
    after: str = ""


async def put_proposal(desk: Desk, call: Call[Nothing, SentProposal]) -> ApiProposal:
    """Propose an action to the editors; nothing changes before one of them accepts it."""
    kept = await propose(desk, call.token, call.body, call.key or str(uuid4()))
    return make_proposal(kept)


async def list_proposals(desk: Desk, call: Call[ProposalsQuery, Nothing]) -> ProposalsAnswer:
    """Return the proposals of programs that wait for an editor."""
    asked = call.query
    found = await asyncio.to_thread(desk.store.proposals.list_waiting, asked.limit + 1, asked.after)
    page = found[: asked.limit]
    after = page[-1].id if len(found) > asked.limit else ""
    return ProposalsAnswer(proposals=[make_proposal(one) for one in page], after=after)


async def read_proposal(desk: Desk, call: Call[Nothing, Nothing]) -> ApiProposal:
    """Return a program's proposal and its outcome."""
    found = await asyncio.to_thread(desk.store.proposals.find, call.path["id"])
    if found is None:
        raise ApiProblem(404, "no proposal has this id")
    return make_proposal(found)


async def take(desk: Desk, call: Call[Nothing, Nothing]) -> ActionsKept:
    """Accept a proposal: it becomes an action of the account that accepts it."""
    action = await take_proposal(desk, call.path["id"], call.visitor.name)
    return ActionsKept(kept=[action.id])


async def refuse(desk: Desk, call: Call[Nothing, Nothing]) -> ApiProposal:
    """Refuse a proposal; nothing else changes."""
    return make_proposal(await refuse_proposal(desk, call.path["id"], call.visitor.name))


def make_proposal(proposal: Proposal) -> ApiProposal:
    """Return a program's proposal, as a struct for JSON."""
    return make_answer(ApiProposal, proposal, proposal.action)


class ApiPost(msgspec.Struct, frozen=True, kw_only=True):
    """A post to a network or chat: its state and owed change, its text, the network's answer.

    `number` is 0 in a preview. `story` is the name of a story's file, or `edition` and a day. `at`
    is when the post went out, or may go out at the earliest; null if it waits for a person or a
    page. `to` is "" if the channel is no longer set up. `by` is who wanted or decided it, `why` the
    reason of its state, `problem` why it cannot be composed. `url` is the network's.
    """

    number: int
    channel: str
    to: str
    story: str
    state: PostState
    owed: Owed
    text: str
    at: datetime | None
    by: str
    page: str
    url: str
    edits: int
    why: str
    problem: str


class ApiPostChannel(msgspec.Struct, frozen=True, kw_only=True):
    """A channel to a network or chat. `rests` says why it rests, "" if it does not.

    `next_at` is when its next post may go out; `last_day` counts the posts of the last 24 hours.
    """

    id: str
    to: str
    mode: Literal["rehearse", "send"]
    is_ready: bool
    rests: Rest
    next_at: datetime
    last_day: int
    most_a_day: int


class PostsQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How many of the latest posts to list, and the story that they are on, "" for all.

    `preview` asks how the story's post would look in each channel instead.
    """

    story: Annotated[str, Meta(max_length=300)] = ""
    preview: bool = False
    limit: Annotated[int, Meta(ge=1, le=200)] = 50


class PostsAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The channels of the settings, and posts, the latest first."""

    channels: list[ApiPostChannel]
    posts: list[ApiPost]


class SentPost(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A post that is proposed: its channel and story. `words` replace the usual text."""

    channel: PostWords
    story: PostWords
    words: PostWords = ""


class SentPostAction(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What to do with a post: `send` sends it without waiting, `retract` deletes it.

    A post that is `refused` or `uncertain` may appear twice if it is sent again. `words` is for the
    action `words`: the text, "" for the usual one.
    """

    do: posts.PostAction
    words: PostWords = ""


async def list_posts(desk: Desk, call: Call[PostsQuery, Nothing]) -> PostsAnswer:
    """Return the channels to networks and chats, and the latest posts or previews of a story."""

    def answer(opened: OpenNewsroom) -> PostsAnswer:
        channels = posts.list_channels(opened.newsroom)
        return PostsAnswer(
            channels=[make_answer(ApiPostChannel, row, row.channel, row.pause) for row in channels],
            posts=find_posts(opened, call.query),
        )

    return await desk.thread.ask(answer)


def find_posts(opened: OpenNewsroom, asked: PostsQuery) -> list[ApiPost]:
    """Return the latest posts, or previews of a story's posts, as structs for JSON."""
    newsroom, story = opened.newsroom, asked.story
    if asked.preview:
        return [_make_post(row) for row in posts.preview_posts(newsroom, story)]
    return [_make_post(row) for row in posts.list_posts(newsroom, story, asked.limit)]


async def put_post(desk: Desk, call: Call[Nothing, SentPost]) -> ApiPost:
    """Propose a post on a story; it goes out only after an editor approves it."""
    return await desk.thread.ask(add_post, call.body, call.token.label)


async def decide_on_post(desk: Desk, call: Call[Nothing, SentPostAction]) -> ApiPost:
    """Approve, hold, change, send or take back a post."""
    number, sent, by = read_number(call.path["number"]), call.body, call.visitor.name

    def act(opened: OpenNewsroom) -> ApiPost:
        post = posts.act_on_post(opened.newsroom, number, sent.do, by, sent.words)
        return _find_post(opened, post)

    return await desk.thread.ask(act)


async def resume_channel(desk: Desk, call: Call[Nothing, Nothing]) -> Nothing:
    """Let a channel post again that rests after refusals or a restored backup."""
    name = call.path["id"]
    await desk.thread.ask(lambda opened: posts.resume_channel(opened.newsroom, name))
    return Nothing()


def add_post(opened: OpenNewsroom, sent: SentPost, by: str) -> ApiPost:
    """Add a post that a program proposes to the log, to be approved by an editor."""
    post = posts.propose_post(opened.newsroom, sent.channel, sent.story, sent.words, by)
    return _find_post(opened, post)


def _find_post(opened: OpenNewsroom, post: Post) -> ApiPost:
    rows = posts.list_posts(opened.newsroom, post.story)
    return _make_post(next(row for row in rows if row.post.number == post.number))


def _make_post(row: posts.PostRow) -> ApiPost:
    """Return a post, as a struct for JSON."""
    return make_answer(ApiPost, row, row.post)
