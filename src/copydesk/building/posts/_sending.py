"""Send the posts that are due, each once; edit and delete those that are owed.

    log ── find_step ──> wait | send | repeat | search | give-up | edit | delete | drop
                            └──> one request ──> PostAnswer ──> log

A request is stored before it is sent. One without an answer is only sent again where the network
knows it again, so that a kill or a fault makes no second post.
"""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Literal

from copydesk.building.posts import bluesky, chats, composing, mastodon
from copydesk.building.posts._planning import MOST_EDITS, PostPage, plan_posts, read_post_page
from copydesk.building.posts.accounts import (
    Account,
    PostAnswer,
    PostDelayed,
    PostDraft,
    PostFailure,
    PostRefused,
    PostSent,
    PostUncertain,
)
from copydesk.building.posts.composing import ComposedPost, Network, PostParts, PostTooLong
from copydesk.channels import PostChannel, PostNetwork
from copydesk.desk_store import open_desk
from copydesk.desk_store.posts import Post, PostLog, PostPause
from copydesk.fetch import WallClock
from copydesk.fetch.web import Web
from copydesk.kit import dates
from copydesk.news.options import FetchOptions
from copydesk.newsroom import Newsroom, hold_lock
from copydesk.rendering import load_site_strings

Clock = Callable[[], datetime]
Step = Literal["wait", "send", "repeat", "search", "give-up", "edit", "delete", "drop"]

_ANSWER_BYTES = 1_000_000
_UNSENT_SECONDS = 60.0
_REPEAT_AFTER = timedelta(seconds=60)  # a network may still be at work on the first request
_FIRST_WAIT = timedelta(minutes=1)
_LONGEST_WAIT = timedelta(hours=6)
_SEARCHED_FOR = timedelta(days=1)  # after which a post that cannot be searched is uncertain
_LONGEST_DUE = timedelta(days=2)  # a later time is from a clock that was wrong
_ACCOUNT_WAIT = timedelta(minutes=5)
_MOST_REFUSALS = 5
# Errors that are about the account or the channel, so that another post would be refused as well.
_OF_ACCOUNT = frozenset(
    {
        *("401", "403", "404", "certificate"),
        *("AuthenticationRequired", "AuthMissing", "AccountTakedown", "ExpiredToken"),
        *("InvalidToken", "invalid_auth", "not_authed", "token_revoked", "account_inactive"),
        *("not_in_channel", "channel_not_found", "is_archived", "missing_scope"),
        *("M_UNKNOWN_TOKEN", "M_FORBIDDEN", "10015", "50013"),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkRow:
    """A network: how its posts are written before it is asked, and how its account is opened."""

    network: Network
    make_account: Callable[[Web, PostChannel, Path], Account]


NETWORKS: Mapping[PostNetwork, NetworkRow] = {
    "mastodon": NetworkRow(network=composing.make_mastodon(), make_account=mastodon.MastodonPosts),
    "bluesky": NetworkRow(network=composing.BLUESKY, make_account=bluesky.BlueskyPosts),
    "discord": NetworkRow(network=composing.DISCORD, make_account=chats.DiscordWebhook),
    "slack": NetworkRow(network=composing.SLACK, make_account=chats.open_slack),
    "telegram": NetworkRow(network=composing.TELEGRAM, make_account=chats.TelegramChat),
    "matrix": NetworkRow(network=composing.MATRIX, make_account=chats.MatrixRoom),
    "apprise": NetworkRow(network=composing.APPRISE, make_account=chats.AppriseNotice),
}


def send_posts(
    newsroom: Newsroom,
    clock: Clock,
    is_over: Callable[[], bool] = lambda: False,
    *,
    is_changed: bool = True,
) -> tuple[str, ...]:
    """Plan posts, and send what is due; return sentences for the owner. Raises CopydeskError.

    `is_over` ends the work between two posts. Without `is_changed`, no story was filed, corrected
    or removed since the last call. While another process sends, nothing is done.
    """
    if not newsroom.settings.posts:
        return ()
    with hold_lock(newsroom.private / "posts.lock") as is_free:
        if not is_free:
            return ()
        with contextlib.closing(open_desk(newsroom.private)) as desk:
            if is_changed:
                plan_posts(newsroom, desk.posts)
            return tuple(asyncio.run(_send_all(newsroom, desk.posts, clock, is_over)))


async def _send_all(
    newsroom: Newsroom, log: PostLog, clock: Clock, is_over: Callable[[], bool]
) -> list[str]:
    notes: list[str] = []
    fetch: FetchOptions = replace(newsroom.settings.fetch, max_bytes=_ANSWER_BYTES)
    # Each request has its own connection: no answer can be taken for that of the next request.
    async with Web(fetch, WallClock(), most_idle=0) as web:
        for channel in newsroom.settings.posts:
            if channel.is_ready:
                account = NETWORKS[channel.to].make_account(web, channel, newsroom.private)
                sender = _Sender(newsroom, log, channel, account, clock)
                notes += await sender.work(is_over)
    return notes


def find_step(post: Post, account: Account, next_at: datetime, now: datetime) -> Step:
    """Decide what to do with a post now; `next_at` is when the channel's next post may go out."""
    if post.owed == "delete" and post.state in {"held", "planned"}:
        return "drop"
    if post.state == "sending":
        return _find_unanswered_step(post, account, now)
    if post.due is not None and now < post.due < now + _LONGEST_DUE:
        return "wait"
    if post.owed:
        return post.owed
    has_turn = post.is_urgent or next_at <= now
    return "send" if post.state == "planned" and has_turn else "wait"


def _find_unanswered_step(post: Post, account: Account, now: datetime) -> Step:
    """Decide about a post whose request was sent, and not answered with certainty."""
    assert post.began is not None
    assert post.tried is not None
    if not account.repeats:
        return "give-up"
    if post.tried <= now < post.tried + _REPEAT_AFTER:
        return "wait"
    return "repeat" if post.began <= now < post.began + account.repeats else "search"


def find_next_time(
    newsroom: Newsroom, log: PostLog, channel: PostChannel, now: datetime
) -> datetime:
    """Return when the next post of a channel may go out, by its pause, limit and quiet hours."""
    sent = log.list_times(channel.id, now - timedelta(days=1))
    return channel.find_time(sent, now, dates.find_zone(newsroom.beat.timezone))


def compose_draft(
    newsroom: Newsroom, channel: PostChannel, post: Post, network: Network, now: datetime
) -> PostDraft | PostTooLong | None:
    """Return a post as its network will show it, None if its page is not on the site yet."""
    page = read_post_page(newsroom, post.story)
    if page is None:
        return None
    composed = _compose(newsroom, channel, post, page, network)
    if isinstance(composed, PostTooLong):
        return composed
    return PostDraft(
        composed=composing.allow_mentions(composed, channel.mentions),
        link=page.link,
        headline=page.headline,
        line=page.line,
        language=channel.language or page.language,
        key=f"{channel.id} {post.story} {post.number}",
        created=now,
        picture=None if channel.picture == "none" else page.picture,
    )


def _compose(
    newsroom: Newsroom, channel: PostChannel, post: Post, page: PostPage, network: Network
) -> ComposedPost | PostTooLong:
    if post.words:
        return composing.compose_words(post.words, network)
    template = channel.template
    if post.reply_to:
        strings = load_site_strings(newsroom.beat.locale, newsroom.templates)
        said = strings.say("headline_rewritten").replace("{", "{{").replace("}", "}}")
        template = f"{said}\n\n{{headline}}\n\n{{link}}"
    parts = PostParts(headline=page.headline, line=page.line, link=page.link, topics=page.topics)
    return composing.compose_post(parts, composing.read_post_template(template), network)


@dataclass(slots=True)
class _Sender:
    """Works off the open posts of one channel."""

    newsroom: Newsroom
    log: PostLog
    channel: PostChannel
    account: Account
    clock: Clock
    notes: list[str] = field(default_factory=list)
    is_open: bool = False

    async def work(self, is_over: Callable[[], bool]) -> list[str]:
        """Do what is due, one post after the other; return sentences for the owner."""
        posts = self.log.list_open(self.channel.id)
        for post in sorted(posts, key=lambda post: (not post.owed, not post.is_urgent)):
            pause, now = self._find_pause(), self.clock()
            waits = pause.waits is not None and now < pause.waits
            if is_over() or pause.rests or waits:
                break
            next_at = find_next_time(self.newsroom, self.log, self.channel, now)
            step = find_step(post, self.account, next_at, now)
            is_rehearsed = self.channel.mode == "rehearse" and step not in {"send", "drop"}
            if step != "wait" and not is_rehearsed:
                await self._do(step, post)
        return self.notes

    def _find_pause(self) -> PostPause:
        return self.log.find_pause(self.channel.id, self.clock())

    async def _do(self, step: Step, post: Post) -> None:
        match step:
            case "drop":
                self.log.claim(post, state="dropped", owed="", why="taken back")
            case "give-up":
                self._give_up(post)
            case "send":
                await self._send(post)
            case "repeat":
                post = self.log.update(post, tried=self.clock(), tries=post.tries + 1)
                self._settle(post, await self.account.send(post.request, post.key))
            case "search":
                await self._search(post)
            case "edit":
                await self._edit(post)
            case "delete":
                answer = await self.account.delete(_answer_of(post), f"{post.key}-delete")
                self._settle_deletion(post, answer)

    async def _send(self, post: Post) -> None:
        now = self.clock()
        if self.channel.mode == "send" and not self.is_open:
            if failure := await self.account.open():
                if isinstance(failure, PostRefused):  # not because of this post
                    failure = replace(failure, is_lasting=False)
                self._settle(post, _postpone(failure))
                return
            self.is_open = True
            if self.account.remark:
                self.notes.append(f"{self.channel.id}: {self.account.remark}")
        draft = self._draft(post)
        if draft is None:
            return
        if self.channel.mode == "rehearse":
            self.log.claim(post, state="rehearsed", began=now, why="", **_words_of(draft))
            return
        request = await self.account.make(draft)
        if isinstance(request, PostFailure):
            self._settle(post, _postpone(request))
            return
        key, words = secrets.token_hex(16), _words_of(draft)
        told = {"request": request, "key": key, "began": now, "tried": self.clock(), "tries": 1}
        if claimed := self.log.claim(post, state="sending", **told, **words):
            self._settle(claimed, await self.account.send(request, key))

    def _draft(self, post: Post) -> PostDraft | None:
        """Return the draft of a post; None if its page is not there yet, or if it is refused."""
        network, now = self.account.network, self.clock()
        draft = compose_draft(self.newsroom, self.channel, post, network, now)
        if isinstance(draft, PostTooLong):
            refused = PostRefused(why="it is too long", code="cannot", is_lasting=True)
            (self._settle_later if post.owed else self._settle)(post, refused)
            return None
        if draft is not None and post.reply_to:
            return replace(draft, reply_to=_answer_of(self.log.get(post.reply_to)))
        return draft

    def _settle(self, post: Post, answer: PostAnswer) -> None:
        """Store what a network answered to a post."""
        now, is_first = self.clock(), post.tries <= 1
        if isinstance(answer, PostSent):
            self._note_success()
            network: dict[str, Any] = {"id": answer.id, "url": answer.url}
            network |= {"version": answer.version, "said": answer.words or post.said}
            self.log.update(post, state="sent", why="", **network)
        elif isinstance(answer, PostUncertain):
            post = self.log.update(post, why=answer.why)
            if not self.account.repeats:
                self._give_up(post)
        elif not is_first:  # nothing was done now, but the first request may have made the post
            self.log.update(post, why=answer.why)
            self._note_failure(answer)
        elif isinstance(answer, PostRefused) and answer.is_lasting and not _is_of_account(answer):
            self.log.update(post, state="refused", why=answer.why)
            self._note_failure(answer)
        else:
            self._note_failure(answer)
            wait = timedelta(seconds=answer.seconds) if isinstance(answer, PostDelayed) else None
            due = now + (wait or _ACCOUNT_WAIT)
            again: dict[str, Any] = {"due": due, "began": None, "tries": 0}
            self.log.update(post, state="planned", why=answer.why, **again)

    def _note_success(self) -> None:
        pause = self._find_pause()
        if pause.refusals or pause.waits:
            self.log.put_pause(replace(pause, refusals=0, waits=None))

    def _note_failure(self, failure: PostFailure) -> None:
        """Let the channel wait as long as its network asks; after five refusals it rests."""
        pause = self._find_pause()
        if isinstance(failure, PostDelayed):
            waits = self.clock() + timedelta(seconds=failure.seconds)
            self.log.put_pause(replace(pause, waits=waits))
        elif isinstance(failure, PostRefused):
            rests = pause.refusals + 1 >= _MOST_REFUSALS
            self.log.put_pause(
                replace(pause, refusals=pause.refusals + 1, rests="refused" if rests else "")
            )
            if rests:
                self.notes.append(f"{self.channel.id} rests after five refusals: {failure.why}")

    async def _search(self, post: Post) -> None:
        """Look for a post that may have been made; it is uncertain if the network cannot tell."""
        draft = read_post_page(self.newsroom, post.story)
        found = await self.account.find(post.request, draft.link if draft else "")
        if isinstance(found, PostSent):
            self._settle(post, found)
        elif isinstance(found, PostDelayed | PostUncertain) and self._may_search_again(post):
            self.log.update(post, tried=self.clock(), why=found.why)
            self._note_failure(found)
        elif found is None and self.account.finds_surely:
            self.log.update(post, state="planned", due=None, began=None, tries=0)
        else:
            self._give_up(post)

    def _may_search_again(self, post: Post) -> bool:
        assert post.began is not None
        return self.clock() < post.began + self.account.repeats + _SEARCHED_FOR

    def _give_up(self, post: Post) -> None:
        why = post.why or "the process ended before the network answered"
        self.log.update(post, state="uncertain", why=why)
        self.notes.append(f"{self.channel.id}: a post is uncertain: {post.story}: {why}")

    async def _edit(self, post: Post) -> None:
        if self.account.edits:
            draft = self._draft(post)
            if draft is None:
                return
            draft = replace(draft, key=f"{post.key}-edit-{post.edits}")
            answer = await self.account.edit(_answer_of(post), draft, post.request)
            if isinstance(answer, PostSent):
                self._note_success()
                edits, words = post.edits + 1, _words_of(draft)
                self.log.update(post, "edit", edits=edits, why="", **words)
                return
            self._settle_later(post, answer)
            return
        page = read_post_page(self.newsroom, post.story)
        if page is None:
            return
        told = {"edits": post.edits + 1, "headline": page.headline, "line": page.line}
        if self.channel.corrections == "replace":
            self.log.claim(post, owed="delete", is_replaced=True, **told)
            return
        self.log.update(post, "edit", **told)
        reply = Post(
            channel=post.channel,
            story=post.story,
            event=post.event,
            made=self.clock(),
            is_urgent=True,
            reply_to=post.number,
        )
        self.log.add(reply)

    def _settle_deletion(self, post: Post, answer: PostAnswer) -> None:
        if not isinstance(answer, PostSent):
            self._settle_later(post, answer)
            return
        self._note_success()
        if post.is_replaced:
            again = {"is_urgent": True, "is_replaced": False, "id": "", "tries": 0}
            self.log.update(post, "delete", state="planned", due=None, began=None, **again)
        else:
            self.log.update(post, "delete", state="deleted", why="")

    def _settle_later(self, post: Post, failure: PostFailure) -> None:
        """Try an edit or a deletion again later; give up only what the network cannot do."""
        if isinstance(failure, PostRefused) and _is_final(post, failure):
            state = "undeletable" if post.owed == "delete" else post.state
            told = {"state": state, "edits": MOST_EDITS, "why": failure.why}
            self.log.update(post, post.owed, **told)
            return
        wait = min(_LONGEST_WAIT, _FIRST_WAIT * 2 ** min(post.tries, 10))
        if isinstance(failure, PostDelayed):
            wait = max(wait, timedelta(seconds=failure.seconds))
        due = self.clock() + wait
        self.log.update(post, due=due, tries=post.tries + 1, why=failure.why)
        self._note_failure(failure)


def _postpone(failure: PostFailure) -> PostFailure:
    """Return the failure of a request that makes no post: an uncertain one may be repeated."""
    is_sure = not isinstance(failure, PostUncertain)
    return failure if is_sure else PostDelayed(why=failure.why, seconds=_UNSENT_SECONDS)


def _words_of(draft: PostDraft) -> dict[str, str]:
    """Return the fields of a draft that the log stores."""
    said = draft.composed.text
    return {"said": said, "headline": draft.headline, "line": draft.line}


def _answer_of(post: Post) -> PostSent:
    return PostSent(id=post.id, words=post.said, url=post.url, version=post.version)


def _is_final(post: Post, refused: PostRefused) -> bool:
    """Return whether an edit or deletion is impossible, such as of a post that is gone."""
    is_of_post = refused.is_lasting and (refused.code == "404" or not _is_of_account(refused))
    return refused.code == "cannot" or (post.owed == "edit" and is_of_post)


def _is_of_account(refused: PostRefused) -> bool:
    return refused.code in _OF_ACCOUNT
