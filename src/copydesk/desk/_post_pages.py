"""Serve the page of posts to networks and chats: what goes out and when, what went out, decisions.

With `?story=NAME` it shows that story's posts, and how they would look in the other channels.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import get_args

from starlette.responses import Response

from copydesk.building import posts
from copydesk.desk._desk import Page, Visit
from copydesk.desk._http import read_number
from copydesk.desk._newsroom_thread import OpenNewsroom
from copydesk.desk._pages import Pages
from copydesk.desk._story_view import View
from copydesk.desk_store.posts import OPEN_STATES, PostLog
from copydesk.editing.queue.story_page import read_queue_story
from copydesk.errors import RecordError, UsageError

_MOST = 40  # posts that went out, besides those that need a person
_BAD = frozenset({"refused", "uncertain", "undeletable", "delete"})  # states that need a person
_TWICE = frozenset({("send", "refused"), ("send", "uncertain")})  # what may appear twice
_Channels = Mapping[str, posts.PostChannelRow]


def render_posts(
    pages: Pages, story: str, form: Mapping[str, str], problem: UsageError | None
) -> bytes:
    """Return the page of posts, or of one story's posts and previews.

    `form` was refused because of `problem`.
    """
    newsroom = pages.opened.newsroom
    channels = {row.channel.id: row for row in posts.list_channels(newsroom)}
    rows = posts.list_posts(newsroom, story)
    used = {row.post.channel for row in rows}
    previews = posts.preview_posts(newsroom, story) if story else []
    groups = {
        "preview": [row for row in previews if row.post.channel not in used],
        "waiting": _put_in_order(rows, channels),
        "gone": _keep_latest(rows),
    }
    names = {story, *(row.post.story for row in rows)} - {""}
    return pages.page(
        "posts.html",
        title=pages.strings.say("posts_title"),
        style=pages.asset("posts.css"),
        about=story,
        stories={name: _show_story(pages, name) for name in names},
        channels=channels,
        groups=groups,
        now=newsroom.now,
        time=pages.views.time,
        problem=problem,
        form=form,
    )


def _keep_latest(rows: Sequence[posts.PostRow]) -> list[posts.PostRow]:
    """Return the latest posts that went out, and older ones that need a person."""
    gone = [row for row in rows if row.post.state not in OPEN_STATES]
    return gone[:_MOST] + [row for row in gone[_MOST:] if _BAD & {row.post.state, row.post.owed}]


def _put_in_order(rows: Sequence[posts.PostRow], channels: _Channels) -> list[posts.PostRow]:
    """Return the posts that will go out in their order, each with its earliest time."""
    free: dict[str, datetime] = {}
    waiting = list[posts.PostRow]()
    for row in reversed([row for row in rows if row.post.state in OPEN_STATES]):
        name, at = row.post.channel, row.at
        if at and row.post.state == "planned" and not row.post.is_urgent:
            at = max(at, free.get(name, at))
            free[name] = at + timedelta(minutes=channels[name].channel.pause_minutes)
        waiting.append(replace(row, at=at))
    return sorted(waiting, key=lambda row: row.at.timestamp() if row.at else float("inf"))


def _show_story(pages: Pages, name: str) -> View:
    """Return the headline, link and picture of a story or an edition."""
    kind, _, day = name.partition(" ")
    if kind == "edition":
        return {"title": pages.strings.say("post_edition", day=day), "href": ""}
    with contextlib.suppress(RecordError):
        return pages.views.of(read_queue_story(pages.opened.newsroom, pages.opened.queue, name))
    return pages.name_story(name)


async def show_posts(visit: Visit) -> Response:
    """Answer with the page of posts, of one story if the query names it."""
    story = visit.request.query_params.get("story", "")[:300]
    return await visit.draw(render_posts, story, {}, None)


async def decide_on_posts(visit: Visit) -> Response:
    """Carry out what an editor decided about a post or a channel, and redirect to the page."""
    form = await visit.read_form()
    try:
        await visit.desk.thread.ask(_decide, visit.desk.store.posts, form, visit.editor.name)
    except UsageError as error:
        answer = await visit.draw(render_posts, form.get("story", "")[:300], form, error)
        answer.status_code = 400
        return answer
    return visit.redirect(visit.desk.own_page(form.get("return", ""), "posts/"))


def _decide(opened: OpenNewsroom, log: PostLog, form: Mapping[str, str], by: str) -> None:
    """Carry out a form's action on a post or a channel; raises UsageError."""
    newsroom, do, channel = opened.newsroom, form.get("do", ""), form.get("channel", "")
    if do == "resume":
        posts.resume_channel(newsroom, channel)
        return
    if do == "propose":
        post = posts.propose_post(newsroom, channel, form.get("story", ""), by=by)
        posts.act_on_post(newsroom, post.number, "approve", by)
        return
    action = {known: known for known in get_args(posts.PostAction)}.get(do)
    if action is None:
        raise UsageError("unknown action in the form", subject=do[:80])
    post = log.get(read_number(form.get("number", "")))
    if post.state != form.get("state"):
        raise UsageError("the post has changed since this page was shown", subject=post.state)
    if "sure" not in form and (do == "retract" or (do, post.state) in _TWICE):
        raise UsageError("select the checkbox to confirm the action")
    posts.act_on_post(newsroom, post.number, action, by, form.get("words", ""))


POST_PAGES: tuple[Page, ...] = (
    Page("GET", "/posts/", show_posts, "viewer"),
    Page("POST", "/posts/", decide_on_posts, "editor"),
)
