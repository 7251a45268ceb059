"""A newsroom whose desk has posts in all states: two stories, three channels."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from copydesk.desk_store import open_desk
from copydesk.desk_store.posts import Post
from world.newsroom import run_git
from world.served_newsroom import filed_newsroom

WALL = "2026-11-19-sea-wall-to-rise-by-two-metres"
SEALS = "2026-11-19-grey-seals-are-back-on-the-coast"
SECRET = "MASTODON_TOKEN"  # noqa: S105 - the name of a variable
CHANNELS = f"""
[[post]]
id = "coast"
to = "mastodon"
server = "https://shore.example"
secret_env = "{SECRET}"
stories = "approved"
[[post]]
id = "sky"
to = "bluesky"
mode = "send"
account = "tidewatch.example"
secret_env = "BLUESKY_PASSWORD"
[[post]]
id = "crew"
to = "discord"
secret_env = "DISCORD_WEBHOOK"
picture = "none"
"""


def post_newsroom(folder: Path) -> Path:
    """Make a newsroom with two stories and three channels, without posts."""
    root = filed_newsroom(folder)
    with (root / "beat.toml").open("a", encoding="utf-8") as settings:
        settings.write(CHANNELS)
    run_git(root, "commit", "-qam", "channels")
    return root


def fill_posts(root: Path) -> dict[str, int]:
    """Add posts in all states, and let a channel rest; return the posts' numbers by state."""
    now = datetime.now(UTC).replace(microsecond=0)
    sent = now - timedelta(hours=2)
    held = Post(channel="coast", story=WALL, event=WALL, state="held", made=now, by="a program")
    said = "Sea wall to rise by two metres\n\nThe town will pay.\n\nhttps://tidewatch.example/wall"
    made = [
        held,
        replace(
            held,
            channel="sky",
            state="sent",
            began=sent,
            said=said,
            edits=2,
            url="https://bsky.example/1",
        ),
        replace(
            held, channel="crew", state="uncertain", began=sent, said=said, why="no answer in 20 s"
        ),
        replace(held, channel="coast", story=SEALS, event=SEALS, state="planned", by="Anna"),
        replace(
            held,
            channel="sky",
            story=SEALS,
            event=SEALS,
            state="refused",
            began=sent,
            said=said,
            why="<b>not</b> allowed here",
        ),
        replace(
            held,
            channel="crew",
            story=SEALS,
            event=SEALS,
            state="sent",
            owed="delete",
            began=sent,
            said=said,
            url="javascript:alert(1)",
        ),
        replace(
            held,
            channel="coast",
            story="edition 2026-11-18",
            event="e",
            state="rehearsed",
            began=sent,
            said="The day",
        ),
        replace(
            held,
            channel="gone",
            story="2026-11-01-a-story-that-is-gone",
            event="g",
            state="deleted",
            said=said,
        ),
    ]
    with closing(open_desk(root / ".copydesk")) as desk:
        log = desk.posts
        numbers = {
            post.state if not post.owed else "owed": added.number
            for post in made
            if (added := log.add(post))
        }
        pause = log.find_pause("crew", now)
        log.put_pause(replace(pause, rests="refused", refusals=5))
    return numbers
