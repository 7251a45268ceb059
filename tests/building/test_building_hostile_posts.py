"""Hostile headlines in posts: no network finds a mention, a mark or a masked link in them."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from copydesk.building import posts
from copydesk.building.posts import composing
from copydesk.building.posts.accounts import Account, PostDraft, PostSent
from copydesk.building.posts.composing import ComposedPost, PostParts
from copydesk.channels import PostChannel
from copydesk.fetch.web import Web
from copydesk.kit import text
from world import chats
from world.chats import FakeChats
from world.hostile_site import ROWS
from world.mastodon import FakeMastodon
from world.networks import NOON, FakeNetwork
from world.payloads import PAYLOADS
from world.pds import HANDLE, PASSWORD, FakePds
from world.posting import DEFAULT_TEMPLATE, LINK, talk
from world.shown_posts import MARKS, READERS

MASKED = "\u2060"
TEMPLATE = composing.read_post_template(DEFAULT_TEMPLATE)
# the server, the channel's account and its secret, in which `URL` is the server's address
NETWORKS: dict[str, tuple[Callable[[], FakeNetwork], str, str]] = {
    "mastodon": (FakeMastodon, "", "token"),
    "bluesky": (FakePds, HANDLE, PASSWORD),
    "discord": (FakeChats, "", f"URL{chats.WEBHOOK}"),
    "slack": (FakeChats, chats.CHANNEL, chats.TOKEN),
    "telegram": (FakeChats, "@coast", chats.TOKEN),
    "matrix": (FakeChats, chats.ROOM, chats.TOKEN),
}
HEADLINES = (*ROWS, *MARKS)
each_network = pytest.mark.parametrize("name", NETWORKS)


def make_draft(account: Account, number: int, headline: str, line: str) -> PostDraft:
    topics = ("Coast", headline[:30])
    parts = PostParts(headline=headline, line=line, link=LINK, topics=topics)
    composed = composing.compose_post(parts, TEMPLATE, account.network)
    assert isinstance(composed, ComposedPost)
    return PostDraft(
        composed=composed,
        link=LINK,
        headline=headline,
        line=line,
        language="en",
        key=f"story-{number}",
        created=NOON,
    )


def send_all(name: str, headlines: Sequence[str], folder: Path) -> list[tuple[str, Any]]:
    """Send a post on each headline to a network's server; return the requests that it obeyed."""
    make_server, account_name, secret = NETWORKS[name]

    async def work(server: FakeNetwork, web: Web) -> list[tuple[str, Any]]:
        channel = PostChannel(
            id="out",
            to=name,  # type: ignore[arg-type]
            mode="send",
            server=server.url,
            account=account_name,
            secret_env="SECRET",
            secret=secret.replace("URL", server.url),
        )
        account = posts.NETWORKS[channel.to].make_account(web, channel, folder)
        await account.open()
        requests = []
        for number, headline in enumerate(headlines):
            draft = make_draft(account, number, headline, headlines[number - 1])
            request = await account.make(draft)
            assert isinstance(request, bytes), request
            answer = await account.send(request, draft.key)
            assert isinstance(answer, PostSent), (headline, answer)
            requests.append((headline, json.loads(request)))
            if account.edits and number % 20 == 0:
                assert isinstance(await account.edit(answer, draft, request), PostSent)
        assert [] == server.complaints
        return requests

    server = make_server()
    if isinstance(server, FakeChats):
        server.kind = name
    return talk(server, work)


@each_network
def test_no_network_finds_a_mention_or_a_mark_in_a_headline(name: str, tmp_path: Path) -> None:
    requests = send_all(name, HEADLINES, tmp_path)

    found = {words: READERS[name](request, LINK) for words, request in requests}
    assert {} == {words: faults for words, faults in found.items() if faults}


@pytest.mark.long
@each_network
def test_no_network_finds_any_in_each_payload_alone(name: str, tmp_path: Path) -> None:
    headlines = [words for words in (*PAYLOADS, *MARKS) if 0 < len(text.fold(words)) < 300]
    requests = send_all(name, headlines, tmp_path)

    found = {words: READERS[name](request, LINK) for words, request in requests}
    assert {} == {words: faults for words, faults in found.items() if faults}


@pytest.mark.parametrize("name", READERS)
def test_composed_posts_keep_the_words_of_a_headline(name: str) -> None:
    """What is added against mentions is not seen, and what is seen is the headline."""
    network = posts.NETWORKS[name].network  # type: ignore[index]
    for headline in MARKS:
        parts = PostParts(headline=headline, link=LINK)
        post = composing.compose_post(parts, composing.read_post_template("{headline}"), network)
        assert isinstance(post, ComposedPost)
        shown = post.text.replace(MASKED, "").replace("\u203a", ">")
        if name == "discord":
            shown = re.sub(r"\\([^\w\s])", r"\1", shown)
        shown = html.unescape(shown) if name == "slack" else shown
        kept = headline.replace(MASKED, "")
        assert text.fold(kept).replace("\\", "") == shown.replace("\\", "")


def test_a_service_of_apprise_finds_neither_a_mention_nor_a_masked_link() -> None:
    network = posts.NETWORKS["apprise"].network
    faults = {}
    for headline in (*HEADLINES, *PAYLOADS):
        if text.fold(headline):
            parts = PostParts(headline=headline, line=headline[::-1], link=LINK)
            post = composing.compose_post(parts, TEMPLATE, network)
            assert isinstance(post, ComposedPost)
            faults[headline] = READERS["apprise"](post.text, LINK)

    assert {} == {words: found for words, found in faults.items() if found}


@pytest.mark.parametrize(
    ("name", "request_", "fault"),
    [
        ("mastodon", {"status": "See @user@host.example"}, "@u"),
        ("telegram", {"text": "https:///@username"}, "@username"),
        ("apprise", "Look !channel> now", "!channel>"),
        ("apprise", "[x](https://thief.example)", "]("),
        (
            "slack",
            {"text": "<!here>", "parse": "none", "mrkdwn": False},
            "!here",
        ),
        (
            "discord",
            {"content": "[x](https://thief.example)", "allowed_mentions": {"parse": []}},
            "masked [x](",
        ),
        (
            "matrix",
            {"body": "x", "formatted_body": "<b>x</b>", "m.mentions": {}},
            "('b', ())",
        ),
    ],
)
def test_the_readers_see_what_they_look_for(name: str, request_: Any, fault: str) -> None:
    assert [fault] == READERS[name](request_, LINK)
