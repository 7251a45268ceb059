"""A newsroom whose desk has posts in many states: two stories, three channels."""

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
EDITION = "edition 2026-11-18"
GONE = "2026-11-01-a-story-that-is-gone"
SAID = "Sea wall to rise by two metres\n\nThe town will pay.\n\nhttps://tidewatch.example/wall"
CHANNELS = """
[[post]]
id = "coast"
to = "mastodon"
server = "https://shore.example"
secret_env = "MASTODON_TOKEN"
stories = "approved"
[[post]]
id = "sky"
to = "bluesky"
mode = "send"
account = "tidewatch.example"
secret_env = "BLUESKY_PASSWORD"
stories = "approved"
[[post]]
id = "crew"
to = "discord"
secret_env = "DISCORD_WEBHOOK"
stories = "approved"
picture = "none"
"""


def post_newsroom(folder: Path) -> Path:
    """Make a newsroom with two stories and three channels, without posts.

    The wall has a page on the site, the seals have none: what is to go out on them waits.
    """
    root = filed_newsroom(folder)
    with (root / "beat.toml").open("a", encoding="utf-8") as settings:
        settings.write(CHANNELS)
    run_git(root, "commit", "-qam", "channels")
    return root


def fill_posts(root: Path) -> dict[str, int]:
    """Add posts in many states, and let a channel rest; return their numbers by name.

    The last is on the seals, and an editor's approval changes nothing but its state.
    """
    now = datetime.now(UTC).replace(microsecond=0)
    held = Post(channel="coast", story=WALL, event=WALL, state="held", made=now, by="a program")
    out = replace(held, began=now - timedelta(hours=2), said=SAID, by="Anna", words="as typed")
    hook = "javascript:alert(1)"
    made = {
        "held": held,
        "sent": replace(out, channel="sky", state="sent", edits=2, url="https://bsky.example/1"),
        "uncertain": replace(
            _on(out, SEALS), channel="crew", state="uncertain", why="no answer in 20 s"
        ),
        "refused": replace(
            _on(out, SEALS), channel="sky", state="refused", why="<b>not</b> allowed here"
        ),
        "owed": replace(_on(out, EDITION), channel="crew", state="sent", owed="delete", url=hook),
        "rehearsed": replace(_on(out, EDITION), state="rehearsed"),
        "deleted": replace(_on(out, GONE), channel="gone", state="deleted"),
        "seals": _on(held, SEALS),
    }
    numbers: dict[str, int] = {}
    with closing(open_desk(root / ".copydesk")) as desk:
        for name, post in made.items():
            added = desk.posts.add(post)
            assert added is not None
            numbers[name] = added.number
        pause = desk.posts.find_pause("crew", now)
        desk.posts.put_pause(replace(pause, rests="refused", refusals=5))
    return numbers


def _on(post: Post, story: str) -> Post:
    return replace(post, story=story, event=story)
