"""`copydesk post`: the posts to networks and chats, how they look, and sending or deleting them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import click

from copydesk import editing
from copydesk.building import posts
from copydesk.cli import terminal
from copydesk.cli._invocation import AS_HELP, Invocation, command
from copydesk.kit import dates, text


@click.group("post")
def post_command() -> None:
    """List, preview, send and take back posts to networks and chats."""


@command("list", of=post_command)
@click.option("--story", default="", help="Only posts on this story (record name).")
@click.option("--most", default=50, help="Most posts to list.", show_default=True)
def list_command(invocation: Invocation, story: str, most: int) -> None:
    """List the channels, and the latest posts with their states."""
    with invocation.newsroom() as newsroom:
        channels = posts.list_channels(newsroom)
        rows = posts.list_posts(newsroom, story, most)
    shown = [
        {"id": row.channel.id, "to": row.channel.to, "mode": row.channel.mode}
        | {"rests": row.pause.rests, "next_at": row.next_at}
        for row in channels
    ]
    if invocation.print_json({"channels": shown, "posts": [_show(row) for row in rows]}):
        return
    for row in channels:
        state = f"rests ({row.pause.rests})" if row.pause.rests else row.channel.mode
        click.echo(f"{row.channel.id}: {row.channel.to}, {state}")
    for one in rows:
        post = one.post
        at = dates.rfc3339(one.at) if one.at else "-"
        owed = f", {post.owed} owed" if post.owed else ""
        why = one.problem or post.why or post.url
        told = f"{post.number}\t{post.channel}\t{post.state}{owed}\t{at}\t{post.story}"
        click.echo(text.fold(told) if not why else f"{told}\t{text.fold(why)}")


@command("preview", of=post_command)
@click.argument("story")
def preview_command(invocation: Invocation, story: str) -> None:
    """Print how a post on STORY (a record name) would look in each channel."""
    with invocation.newsroom() as newsroom:
        rows = posts.preview_posts(newsroom, story)
    if invocation.print_json([_show(row) for row in rows]):
        return
    for row in rows:
        click.echo(f"--- {row.post.channel} ({row.to})")
        click.echo(text.tidy(row.text) or row.problem)


@command("send", of=post_command)
@click.argument("number", type=int, required=False)
@click.option("--as", "by", default="", help=AS_HELP)
def send_command(invocation: Invocation, number: int | None, by: str) -> None:
    """Send the posts that are due; with NUMBER this post, without waiting for its turn.

    A post that is uncertain may then appear twice. A post that was rehearsed is sent, too, if the
    channel's mode is `send`.
    """
    with invocation.newsroom() as newsroom:
        if number is not None:
            posts.act_on_post(newsroom, number, "send", editing.speaker(newsroom, by))
        notes = posts.send_posts(newsroom, _clock(invocation))
    for note in notes:
        terminal.note(text.fold(note))


@command("retract", of=post_command)
@click.argument("number", type=int)
@click.option("--as", "by", default="", help=AS_HELP)
def retract_command(invocation: Invocation, number: int, by: str) -> None:
    """Delete a post at its network, or drop it if it was not sent."""
    with invocation.newsroom() as newsroom:
        posts.act_on_post(newsroom, number, "retract", editing.speaker(newsroom, by))
        notes = posts.send_posts(newsroom, _clock(invocation))
        (row,) = (row for row in posts.list_posts(newsroom) if row.post.number == number)
    for note in notes:
        terminal.note(text.fold(note))
    if not invocation.print_json(_show(row)):
        click.echo(f"{row.post.state}{f': {text.fold(row.post.why)}' if row.post.why else ''}")


@command("resume", of=post_command)
@click.argument("channel")
def resume_command(invocation: Invocation, channel: str) -> None:
    """Let a CHANNEL post again that rests after refusals or a restore."""
    with invocation.newsroom() as newsroom:
        pause = posts.resume_channel(newsroom, channel)
    if not invocation.print_json(pause):
        click.echo(f"{pause.channel} posts again, stories from {dates.rfc3339(pause.began)} on")


def _show(row: posts.PostRow) -> dict[str, object]:
    """Return a post for `--json`: without its request, and what else only sending needs."""
    post = row.post
    names = ("number", "channel", "story", "state", "owed", "by", "why", "url", "edits", "tries")
    shown = {name: getattr(post, name) for name in names}
    return {**shown, "to": row.to, "text": row.text, "at": row.at, "problem": row.problem}


def _clock(invocation: Invocation) -> Callable[[], datetime]:
    """Return a clock that stands still at --now, if it is given."""
    return lambda: invocation.now or datetime.now(UTC)
