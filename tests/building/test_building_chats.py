"""Messages in chats: sent, edited, deleted; nobody is notified, and faults are told apart."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from copydesk.building.posts import composing
from copydesk.building.posts.accounts import (
    PostAnswer,
    PostDelayed,
    PostDraft,
    PostRefused,
    PostSent,
    PostUncertain,
)
from copydesk.building.posts.chats import (
    Chat,
    DiscordWebhook,
    MatrixRoom,
    SlackChannel,
    SlackWebhook,
    TelegramChat,
)
from copydesk.building.posts.composing import ComposedPost, Network, PostParts
from copydesk.channels import PostChannel
from copydesk.fetch.web import Web
from world import chats as world
from world.chats import FakeChats
from world.networks import NOON
from world.posting import LINK, talk

HEADLINE = "Bridge closed @everyone <!channel> & *more*"


def compose(network: Network, headline: str = HEADLINE) -> ComposedPost:
    template = composing.read_post_template("{headline}\n{link}")
    post = composing.compose_post(PostParts(headline=headline, link=LINK), template, network)
    assert isinstance(post, ComposedPost)
    return post


def open_chat(kind: type[Chat], web: Web, **given: str) -> Chat:
    """Return a chat by the settings of its channel."""
    channel = PostChannel(id="chat", to=kind.network.name, secret_env="SECRET", **given)  # type: ignore[arg-type]
    return kind(web, channel, Path())


@dataclass
class Talk:
    """How the tests talk to each chat: with headlines."""

    chat: Chat

    def draft(self, headline: str, key: str = "") -> PostDraft:
        composed = compose(self.chat.network, headline)
        return PostDraft(
            composed=composed,
            link=LINK,
            headline=headline,
            line="",
            language="en",
            key=key,
            created=NOON,
        )

    async def send(self, headline: str) -> PostAnswer:
        message = await self.chat.make(self.draft(headline))
        return await self.chat.send(message, f"send {headline}")

    async def edit(self, post_id: str, headline: str) -> PostAnswer:
        draft = self.draft(headline, f"edit {headline}")
        return await self.chat.edit(PostSent(id=post_id), draft, b"")

    async def delete(self, post_id: str) -> PostAnswer:
        return await self.chat.delete(PostSent(id=post_id), f"delete/{post_id}")


def discord(server: FakeChats, web: Web) -> Talk:
    return Talk(open_chat(DiscordWebhook, web, secret=server.url + world.WEBHOOK))


def slack(server: FakeChats, web: Web, token: str = world.TOKEN) -> Talk:
    channel = world.CHANNEL
    return Talk(open_chat(SlackChannel, web, secret=token, account=channel, server=server.url))


def slack_webhook(server: FakeChats, web: Web) -> Talk:
    return Talk(open_chat(SlackWebhook, web, secret=server.url + world.SLACK_HOOK))


def telegram(server: FakeChats, web: Web, token: str = world.TOKEN) -> Talk:
    return Talk(open_chat(TelegramChat, web, secret=token, account="@news", server=server.url))


def matrix(server: FakeChats, web: Web, token: str = world.TOKEN) -> Talk:
    return Talk(open_chat(MatrixRoom, web, server=server.url, secret=token, account=world.ROOM))


OPENERS: list[Callable[[FakeChats, Web], Talk]] = [discord, slack, telegram, matrix]
all_chats = pytest.mark.parametrize("opened", OPENERS, ids=lambda opened: opened.__name__)


def sent(answer: object) -> PostSent:
    assert isinstance(answer, PostSent), answer
    return answer


@all_chats
def test_a_message_is_sent_edited_and_deleted(opened: Callable[[FakeChats, Web], Talk]) -> None:
    async def work(server: FakeChats, web: Web) -> dict[str, Any]:
        chat = opened(server, web)
        message_id = sent(await chat.send(HEADLINE)).id
        assert message_id
        sent(await chat.edit(message_id, "Bridge open"))
        edited = {key: dict(message) for key, message in server.messages.items()}
        sent(await chat.delete(message_id))
        return edited

    server = FakeChats()
    edited = talk(server, work)

    assert "Bridge open" in str(edited)
    assert [] == [message for key, message in server.messages.items() if key == "1" and message]
    assert [] == server.complaints


@all_chats
def test_what_is_gone_already_counts_as_deleted(opened: Callable[[FakeChats, Web], Talk]) -> None:
    async def work(server: FakeChats, web: Web) -> None:
        chat = opened(server, web)
        message_id = sent(await chat.send(HEADLINE)).id
        sent(await chat.delete(message_id))
        sent(await chat.delete(message_id))

    talk(FakeChats(), work)


@all_chats
@pytest.mark.parametrize(
    ("fault", "kind", "count"),
    [
        ("500", PostUncertain, 0),
        ("done:500", PostUncertain, 1),
        ("done:late", PostUncertain, 1),
        ("done:html", PostUncertain, 1),
        ("done:drip", PostUncertain, 1),
        ("429", PostDelayed, 0),
        ("401", PostRefused, 0),
        ("413", PostRefused, 0),
        ("redirect", PostRefused, 0),
    ],
)
def test_each_fault_says_whether_the_message_may_have_been_sent(
    opened: Callable[[FakeChats, Web], Talk], fault: str, kind: type[PostAnswer], count: int
) -> None:
    async def work(server: FakeChats, web: Web) -> PostAnswer:
        chat = opened(server, web)
        server.kind, server.plan = chat.chat.network.name, [fault]
        return await chat.send(HEADLINE)

    server = FakeChats()
    answer = talk(server, work)

    assert isinstance(answer, kind), answer
    assert count == len(server.messages)
    if isinstance(answer, PostDelayed):
        assert 90 == pytest.approx(answer.seconds, abs=1)


@all_chats
@pytest.mark.parametrize("fault", ["html", "500", "late", "closes", "429", "redirect"])
def test_a_deletion_without_a_clear_answer_is_not_taken_for_done(
    opened: Callable[[FakeChats, Web], Talk], fault: str
) -> None:
    async def work(server: FakeChats, web: Web) -> PostAnswer:
        chat = opened(server, web)
        message_id = sent(await chat.send(HEADLINE)).id
        server.kind, server.plan = chat.chat.network.name, [fault, fault]
        return await chat.delete(message_id)

    server = FakeChats()

    assert not isinstance(talk(server, work), PostSent)
    assert all(server.messages.values())


@pytest.mark.parametrize("opened", [discord, slack, telegram])
def test_a_message_whose_connection_breaks_is_sent_once(
    opened: Callable[[FakeChats, Web], Talk],
) -> None:
    async def work(server: FakeChats, web: Web) -> PostAnswer:
        chat = opened(server, web)
        await chat.send("First")  # the connection is kept
        server.plan = ["done:closes"]
        return await chat.send(HEADLINE)

    server = FakeChats()

    assert isinstance(talk(server, work), PostUncertain)
    assert 2 == len(server.messages)


def test_a_matrix_event_sent_twice_is_one_event() -> None:
    async def work(server: FakeChats, web: Web) -> list[PostAnswer]:
        chat = matrix(server, web)
        server.plan = ["done:500"]
        return [await chat.send(HEADLINE) for _ in range(3)]

    server = FakeChats()
    first, second, third = talk(server, work)

    assert isinstance(first, PostUncertain)
    assert second == third
    assert 1 == len(server.messages)


def test_a_matrix_message_is_a_notice_with_markup_that_mentions_nobody() -> None:
    async def work(server: FakeChats, web: Web) -> None:
        chat = matrix(server, web)
        event = sent(await chat.send("A < B"))
        sent(await chat.edit(event.id, "A > B"))

    server = FakeChats()
    talk(server, work)

    first, second = server.messages.values()
    assert f'A &lt; B<br><a href="{LINK}">{LINK}</a>' == first["formatted_body"]
    assert ("m.notice", {}) == (first["msgtype"], first["m.mentions"])
    assert {"rel_type": "m.replace", "event_id": "$1"} == second["m.relates_to"]
    assert f"A > B\n{LINK}" == second["m.new_content"]["body"]


def test_slack_is_told_to_look_for_no_names_and_marks() -> None:
    async def work(server: FakeChats, web: Web) -> None:
        sent(await slack(server, web).send(HEADLINE))

    server = FakeChats()
    talk(server, work)

    (message,) = server.messages.values()
    assert ("none", False, False) == (message["parse"], message["link_names"], message["mrkdwn"])
    assert "<!" not in message["text"]


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        ("internal_error", PostUncertain),
        ("fatal_error", PostUncertain),
        ("ratelimited", PostDelayed),
        ("is_archived", PostRefused),
        ("token_revoked", PostRefused),
    ],
)
def test_slacks_errors_come_with_status_200(error: str, kind: type[PostAnswer]) -> None:
    async def work(server: FakeChats, web: Web) -> PostAnswer:
        server.slack_error = error
        return await slack(server, web).send(HEADLINE)

    assert isinstance(talk(FakeChats(), work), kind)


@pytest.mark.parametrize(
    ("fault", "kind"),
    [("", PostSent), ("done:html", PostUncertain), ("404", PostRefused), ("429", PostDelayed)],
)
def test_a_slack_webhook_answers_ok_and_gives_no_id(fault: str, kind: type[PostAnswer]) -> None:
    async def work(server: FakeChats, web: Web) -> PostAnswer:
        server.kind, server.plan = "slack", [fault]
        return await slack_webhook(server, web).send(HEADLINE)

    assert isinstance(talk(FakeChats(), work), kind)


@pytest.mark.parametrize("opened", [slack, telegram, matrix])
def test_a_revoked_token_is_refused_for_good_and_not_shown(
    opened: Callable[[FakeChats, Web, str], Talk],
) -> None:
    async def work(server: FakeChats, web: Web) -> PostAnswer:
        return await opened(server, web, "34:revoked").send(HEADLINE)

    answer = talk(FakeChats(), work)

    assert isinstance(answer, PostRefused)
    assert answer.is_lasting
    assert "34:revoked" not in str(answer)


def test_a_slack_webhook_can_neither_edit_nor_delete() -> None:
    async def work(server: FakeChats, web: Web) -> list[PostAnswer]:
        webhook = slack_webhook(server, web)
        return [await webhook.edit("", HEADLINE), await webhook.delete("")]

    server = FakeChats()

    assert all(isinstance(answer, PostRefused) for answer in talk(server, work))
    assert [] == server.asked


def test_only_a_matrix_room_knows_a_message_that_is_sent_again() -> None:
    kinds = (DiscordWebhook, SlackChannel, SlackWebhook, TelegramChat, MatrixRoom)

    assert [MatrixRoom] == [kind for kind in kinds if kind.repeats]


def test_a_telegram_edit_to_the_same_words_is_a_success() -> None:
    async def work(server: FakeChats, web: Web) -> PostAnswer:
        chat = telegram(server, web)
        first = sent(await chat.send(HEADLINE))
        return await chat.edit(first.id, HEADLINE)

    assert "1" == sent(talk(FakeChats(), work)).id


def test_a_discord_webhook_keeps_its_thread() -> None:
    async def work(server: FakeChats, web: Web) -> None:
        url = f"{server.url}{world.WEBHOOK}?thread_id=5"
        webhook = Talk(open_chat(DiscordWebhook, web, secret=url))
        answer = sent(await webhook.send(HEADLINE))
        sent(await webhook.edit(answer.id, HEADLINE))
        sent(await webhook.delete(answer.id))

    server = FakeChats()
    talk(server, work)

    assert ["5"] * 3 == server.threads


@all_chats
def test_an_edit_of_a_message_that_is_gone_is_refused(
    opened: Callable[[FakeChats, Web], Talk],
) -> None:
    async def work(server: FakeChats, web: Web) -> PostAnswer:
        return await opened(server, web).edit("999", "New")

    answer = talk(FakeChats(), work)

    # Matrix takes an edit of any event
    assert isinstance(answer, PostSent if opened is matrix else PostRefused)


def test_no_secret_is_shown() -> None:
    async def work(server: FakeChats, web: Web) -> str:
        kinds = (DiscordWebhook, SlackWebhook, SlackChannel, TelegramChat, MatrixRoom)
        chats = [open_chat(kind, web, secret="https://chat.example/hush") for kind in kinds]
        return repr([vars(chat) for chat in chats])

    assert "hush" not in talk(FakeChats(), work)
