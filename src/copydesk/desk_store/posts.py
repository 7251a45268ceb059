"""Store the log of posts: what goes out to which account, what its network answered, what is owed.

    held ── approve ──> planned ──> sending ──> sent ──> deleted
                           └──> dropped   └──> refused | uncertain

A post in `sending` may have been made: its whole request is on the disk before it is sent.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

import msgspec

from copydesk.errors import UsageError
from copydesk.kit import dates
from copydesk.kit.kept import KeptTables, read_row

PostState = Literal[
    "held", "planned", "sending", "sent", "rehearsed", "refused", "uncertain", "dropped",
    "deleted", "undeletable",
]  # fmt: skip
OPEN_STATES: frozenset[PostState] = frozenset({"held", "planned", "sending"})
Owed = Literal["", "edit", "delete"]
Rest = Literal["", "refused", "restored"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """One post in the log. `story` is a record's name, or `edition 2026-12-02`.

    `event` is what the story is on: an event is posted once for each channel. `by` is who wants the
    post ("" for the settings), `words` are an editor's own. `request` and `key` are sent again as
    they are; `began` is when they were sent first, `tried` the last time, and `due` when the next
    try may be. `id`, `url`, `version` and `said` are the network's; `headline` and `line` are those
    that were posted, and `edits` counts edits. A post that `is_replaced` is made again once it is
    deleted. `reply_to` is the number of the post that this one corrects, 0 for none. `why` is the
    reason of a state or of a delay.
    """

    number: int = 0
    channel: str
    story: str
    event: str
    state: PostState = "planned"
    owed: Owed = ""
    made: datetime
    by: str = ""
    words: str = ""
    due: datetime | None = None
    is_urgent: bool = False
    request: bytes = b""
    key: str = ""
    began: datetime | None = None
    tried: datetime | None = None
    tries: int = 0
    id: str = ""
    url: str = ""
    version: str = ""
    said: str = ""
    headline: str = ""
    line: str = ""
    edits: int = 0
    is_replaced: bool = False
    reply_to: int = 0
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PostPause:
    """The state of a channel: since when it posts, why it rests, and until when it waits.

    `refusals` counts what its network refused since the last success; `edition` is the last day
    that was posted.
    """

    channel: str
    began: datetime
    rests: Rest = ""
    refusals: int = 0
    waits: datetime | None = None
    edition: str = ""


class PostLog(KeptTables):
    """The log of posts. Methods raise DeskStoreError if the file fails."""

    def add(self, post: Post) -> Post | None:
        """Store a new post and return it with its number.

        Returns None if the channel has one on the same event or story that is not the correction's
        own.
        """
        with self._database.at_once():
            if not post.reply_to and self.has_event(post.channel, post.event, post.story):
                return None
            ((number,),) = self._database.run(
                "INSERT INTO posts (channel, story, event, state, owed, began, post)"
                " VALUES (?, ?, ?, '', '', '', x'') RETURNING number",
                *(post.channel, post.story, post.event),
            )
            return self.put(replace(post, number=number))

    def put(self, post: Post) -> Post:
        """Store a post in place of the one with its number, and return it."""
        self._database.run(
            "UPDATE posts SET state = ?, owed = ?, began = ?, post = ? WHERE number = ?",
            *(post.state, post.owed, dates.rfc3339(post.began) if post.began else ""),
            *(msgspec.json.encode(post), post.number),
        )
        return post

    def get(self, number: int) -> Post:
        """Return the post with a number; raises UsageError if there is none."""
        found = self._list("WHERE number = ?", number)
        if not found:
            raise UsageError("there is no such post", subject=str(number))
        return found[0]

    def update(self, post: Post, pays: Owed = "", **changes: Any) -> Post:
        """Change fields of a post; all others stay as they are now in the log.

        An edit or deletion that somebody wanted meanwhile is still owed: only `pays` is not.
        """
        with self._database.at_once():
            now = self.get(post.number)
            owed = "" if now.owed == pays else now.owed
            return self.put(replace(now, **{"owed": owed, **changes}))

    def claim(self, post: Post, **changes: Any) -> Post | None:
        """Change a planned post, unless somebody has held, changed or taken it back meanwhile."""
        with self._database.at_once():
            now = self.get(post.number)
            is_same = (now.state, now.owed, now.words) == (post.state, post.owed, post.words)
            return self.put(replace(now, **changes)) if is_same else None

    def change(self, number: int, states: Iterable[PostState], **changes: Any) -> Post:
        """Change fields of a post that is in one of these states, else raise UsageError."""
        with self._database.at_once():
            post = self.get(number)
            if post.state not in states:
                what = f"the post is {post.state}, so that this cannot be done"
                raise UsageError(what, subject=str(number))
            return self.put(replace(post, **changes))

    def list_open(self, channel: str) -> list[Post]:
        """Return a channel's posts that are not done, in the order in which they were planned."""
        is_open = "(owed <> '' OR state IN ('held', 'planned', 'sending'))"
        return self._list(f"WHERE channel = ? AND {is_open} ORDER BY number", channel)

    def list_latest(self, most: int, channel: str = "", story: str = "") -> list[Post]:
        """Return the latest posts, of one channel and one story if they are given."""
        which = "WHERE ? IN (channel, '') AND ? IN (story, '') ORDER BY number DESC LIMIT ?"
        return self._list(which, channel, story, most)

    def list_times(self, channel: str, since: datetime) -> list[datetime]:
        """Return when a channel's posts were sent, those since a time."""
        query = "SELECT began FROM posts WHERE channel = ? AND began >= ?"
        rows = self._database.run(query, channel, dates.rfc3339(since))
        return [datetime.fromisoformat(began) for (began,) in rows]

    def list_online(self, channel: str) -> dict[int, str]:
        """Return the story of each post that its network has, by number."""
        query = "SELECT number, story FROM posts WHERE channel = ? AND state = 'sent'"
        return dict(self._database.run(f"{query} AND owed <> 'delete'", channel))

    def list_uncertain(self, since: datetime) -> list[Post]:
        """Return the posts that may have been made and deletions that failed, sent since a time."""
        is_open = "(state IN ('uncertain', 'undeletable') OR owed = 'delete')"
        return self._list(f"WHERE {is_open} AND began >= ? ORDER BY number", dates.rfc3339(since))

    def has_event(self, channel: str, event: str, story: str) -> bool:
        """Return whether a channel has a post on an event, or on a story whose event was another
        one then: groups change. The post may be in any state.
        """
        query = "SELECT 1 FROM posts WHERE channel = ? AND (event = ? OR story = ?) LIMIT 1"
        return bool(self._database.run(query, channel, event, story))

    def find_pause(self, channel: str, now: datetime) -> PostPause:
        """Return the state of a channel; one that is new begins now."""
        query = "INSERT OR IGNORE INTO post_channels (channel, began) VALUES (?, ?)"
        self._database.run(query, channel, dates.rfc3339(now))
        columns = "channel, began, rests, refusals, waits, edition"
        query = f"SELECT {columns} FROM post_channels WHERE channel = ?"
        return read_row(PostPause, columns, self._database.run(query, channel)[0])

    def put_pause(self, pause: PostPause) -> None:
        """Store the state of a channel."""
        waits = dates.rfc3339(pause.waits) if pause.waits else ""
        self._database.run(
            "UPDATE post_channels SET began = ?, rests = ?, refusals = ?, waits = ?, edition = ?"
            " WHERE channel = ?",
            *(dates.rfc3339(pause.began), pause.rests, pause.refusals, waits),
            *(pause.edition, pause.channel),
        )

    def rest_all(self) -> bool:
        """Let every channel rest after a restore, and drop what was planned before it.

        What was being sent is uncertain: it may have been made. Returns whether there is a channel.
        """
        with self._database.at_once():
            for post in self._list("WHERE state IN ('held', 'planned', 'sending')"):
                state: PostState = "uncertain" if post.state == "sending" else "dropped"
                self.put(replace(post, state=state, why="a backup was restored"))
            rows = self._database.run("UPDATE post_channels SET rests = 'restored' RETURNING 1")
            return bool(rows)

    def _list(self, which: str, *values: object) -> list[Post]:
        rows = self._database.run(f"SELECT post FROM posts {which}", *values)
        return [msgspec.json.decode(post, type=Post) for (post,) in rows]
