"""What people see of posts and may do with them: on the desk, in commands and in the API."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from copydesk.building.posts._planning import EDITION, read_post_page
from copydesk.building.posts._sending import NETWORKS, compose_draft, find_next_time
from copydesk.building.posts.composing import PostTooLong, compose_words
from copydesk.channels import PostChannel
from copydesk.desk_store import has_desk, open_desk
from copydesk.desk_store.posts import OPEN_STATES, Post, PostLog, PostPause, PostState
from copydesk.errors import UsageError
from copydesk.kit import text
from copydesk.newsroom import Newsroom
from copydesk.newsroom.cataloguing import ask_catalogue
from copydesk.newsroom.checks import Check, Finding, finding

PostAction = Literal["approve", "hold", "send", "words", "retract"]
_WAITING: tuple[PostState, ...] = ("held", "planned")
_AGAIN: tuple[PostState, ...] = (*_WAITING, "refused", "uncertain", "rehearsed")
_BY_HAND: tuple[PostState, ...] = ("uncertain", "undeletable")
_NAMED_FOR = timedelta(days=14)
_LISTED = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class PostRow:
    """A post as people see it: `text` is what the network will show, or shows.

    `at` is when it went out, or may go out at the earliest; None if it waits for a person or for
    its page. `page` is the address of its page.
    """

    post: Post
    to: str
    text: str
    at: datetime | None = None
    page: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PostChannelRow:
    """A channel as people see it: its settings, its state, and when its next post may go out.

    `last_day` counts the posts of the last 24 hours.
    """

    channel: PostChannel
    pause: PostPause
    next_at: datetime
    last_day: int


def list_channels(newsroom: Newsroom) -> list[PostChannelRow]:
    """Return the channels of the settings, in their order. Raises DeskStoreError."""
    with _open_log(newsroom) as log:
        return [
            PostChannelRow(
                channel=channel,
                pause=log.find_pause(channel.id, newsroom.now),
                next_at=find_next_time(newsroom, log, channel, newsroom.now),
                last_day=len(log.list_times(channel.id, newsroom.now - timedelta(days=1))),
            )
            for channel in newsroom.settings.posts
        ]


def list_posts(newsroom: Newsroom, story: str = "", most: int = _LISTED) -> list[PostRow]:
    """Return the latest posts, of one story if it is given; each as its network shows it."""
    known = {channel.id: channel for channel in newsroom.settings.posts}
    with _open_log(newsroom) as log:
        return [
            _make_row(newsroom, log, known.get(post.channel), post)
            for post in log.list_latest(most, story=story)
        ]


def _make_row(newsroom: Newsroom, log: PostLog, channel: PostChannel | None, post: Post) -> PostRow:
    if channel is None or post.state not in _WAITING:
        to = channel.to if channel else ""
        return PostRow(post=post, to=to, text=post.said or post.words, at=post.began)
    network = replace(NETWORKS[channel.to].network, write=str, write_link=str)  # without escapes
    draft = compose_draft(newsroom, channel, post, network, newsroom.now)
    if draft is None:
        return PostRow(post=post, to=channel.to, text=post.words, problem="no page")
    if isinstance(draft, PostTooLong):
        return PostRow(post=post, to=channel.to, text=post.words, problem="too long")
    next_at = find_next_time(newsroom, log, channel, newsroom.now)
    at = newsroom.now if post.is_urgent else max(next_at, post.due or next_at)
    shown = None if post.state == "held" else at
    return PostRow(post=post, to=channel.to, text=draft.composed.text, at=shown, page=draft.link)


def preview_posts(newsroom: Newsroom, story: str) -> list[PostRow]:
    """Return how a story's post would look in each channel; nothing is stored."""
    made = newsroom.now
    drafts = (
        (channel, Post(channel=channel.id, story=story, event=story, state="held", made=made))
        for channel in newsroom.settings.posts
    )
    with _open_log(newsroom) as log:
        return [_make_row(newsroom, log, channel, post) for channel, post in drafts]


def propose_post(
    newsroom: Newsroom, channel_id: str, story: str, words: str = "", by: str = ""
) -> Post:
    """Add a post on a story to the log, to be approved by an editor.

    Raises UsageError if there is no such channel or story, if the words are too long, or if the
    story's event has a post there already.
    """
    channel = find_channel(newsroom, channel_id)
    _check_words(channel, words)
    if read_post_page(newsroom, story) is None:
        raise UsageError("this story has no page on the site", subject=text.fold(story)[:100])
    event = story
    if not story.startswith(EDITION):
        (path, *_) = ask_catalogue(newsroom, lambda catalogue: catalogue.find_by_name([story]))
        event = newsroom.archive.read_listed(path).group or story
    post = Post(
        channel=channel.id,
        story=story,
        event=event,
        state="held",
        made=newsroom.now,
        by=by,
        words=text.tidy(words),
    )
    with _open_log(newsroom) as log:
        if (added := log.add(post)) is None:
            raise UsageError("this channel has a post on that event", subject=story[:100])
        return added


def act_on_post(
    newsroom: Newsroom, number: int, action: PostAction, by: str, words: str = ""
) -> Post:
    """Carry out what an editor decides about a post, and return it as it is then.

    `approve` lets it go out when its turn comes, `send` at once (also one that was refused or is
    uncertain: then it may appear twice). `words` replaces its text, "" for the usual one. `retract`
    deletes it at its network, or drops it; of one that is uncertain or cannot be deleted it says
    that somebody has dealt with it by hand. Raises UsageError where that cannot be done.
    """
    with _open_log(newsroom) as log:
        post = log.get(number)
        match action:
            case "approve":
                return log.change(number, _WAITING, state="planned", by=by)
            case "hold":
                return log.change(number, _WAITING, state="held", by=by)
            case "send":
                again: Mapping[str, object] = {"tries": 0, "due": None, "began": None, "why": ""}
                return log.change(number, _AGAIN, state="planned", is_urgent=True, by=by, **again)
            case "words":
                _check_words(find_channel(newsroom, post.channel), words)
                return log.change(number, _WAITING, words=text.tidy(words), by=by)
            case "retract":
                if post.state in _BY_HAND:
                    return log.change(number, _BY_HAND, state="deleted", by=by, why="by hand")
                states: set[PostState] = {*OPEN_STATES, "sent"}
                return log.change(number, states, owed="delete", due=None, tries=0, by=by)


def resume_channel(newsroom: Newsroom, channel_id: str) -> PostPause:
    """Let a channel post again that rests; only stories published from now on are news to it."""
    channel = find_channel(newsroom, channel_id)
    with _open_log(newsroom) as log:
        pause = log.find_pause(channel.id, newsroom.now)
        began = newsroom.now if pause.rests == "restored" else pause.began
        pause = replace(pause, began=began, rests="", refusals=0, waits=None)
        log.put_pause(pause)
        return pause


def find_channel(newsroom: Newsroom, channel_id: str) -> PostChannel:
    """Return the channel with an id; raises UsageError if there is none."""
    known = {channel.id: channel for channel in newsroom.settings.posts}
    if channel_id in known:
        return known[channel_id]
    near = text.find_nearest(channel_id, known)
    hint = f'did you mean "{near}"?' if near else f"use one of: {', '.join(known)}"
    hint = hint if known else "add [[post]] to beat.toml"
    raise UsageError("no such channel", subject=text.fold(channel_id)[:80], hint=hint)


def _check_words(channel: PostChannel, words: str) -> None:
    network = NETWORKS[channel.to].network
    if words and isinstance(compose_words(words, network), PostTooLong):
        raise UsageError(f"the text is too long for {network.name}", subject=words[:80])


@contextlib.contextmanager
def _open_log(newsroom: Newsroom) -> Iterator[PostLog]:
    with contextlib.closing(open_desk(newsroom.databases)) as desk:
        yield desk.posts


# The doctor's check of posts.


def _find_post_faults(newsroom: Newsroom) -> Iterator[Finding]:
    channels = newsroom.settings.posts
    for channel in channels:
        if not channel.is_ready:
            yield finding("post-secret", channel=channel.id, variable=channel.secret_env)
        elif channel.mode == "rehearse":
            yield finding("post-rehearses", channel=channel.id)
    if channels and has_desk(newsroom.databases):
        with _open_log(newsroom) as log:
            pauses = [log.find_pause(channel.id, newsroom.now) for channel in channels]
            uncertain = log.list_uncertain(newsroom.now - _NAMED_FOR)
        for pause in pauses:
            if pause.rests:
                kind = f"post-rests-{pause.rests}"
                yield finding(kind, root=newsroom.root, channel=pause.channel)
        yield from (_find_fault_of(newsroom, post) for post in uncertain[:_LISTED])


def _find_fault_of(newsroom: Newsroom, post: Post) -> Finding:
    kind = "post-uncertain" if post.state == "uncertain" else "post-undeleted"
    why = post.why or "not tried yet"
    values = {"channel": post.channel, "story": post.story, "number": post.number, "why": why}
    return finding(kind, root=newsroom.root, **values)


POST_CHECK = Check(name="posts", find=_find_post_faults, is_alarm=True)
