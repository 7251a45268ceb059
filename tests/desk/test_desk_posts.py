"""Posts on the desk, in the API and for agents: what is shown, who decides, what is withheld."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from copydesk.desk_store import open_desk
from copydesk.desk_store.posts import Post
from world.api_client import ApiClient, make_token
from world.mail_desk import come_in_outside
from world.newsroom import run_git
from world.post_desk import EDITION, SEALS, WALL, fill_posts, post_newsroom
from world.served_desk import HOST, Answer, Browser
from world.served_newsroom import ServedNewsroom, filed_newsroom, serve_newsroom

pytestmark = pytest.mark.slow

POSTS = "/desk/posts/"
PAGE = {"Accept": "text/html"}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedNewsroom]:
    """Serve a desk at a host of its own, where several people work."""
    root = post_newsroom(tmp_path_factory.mktemp("posts"))
    with (root / "beat.toml").open("a", encoding="utf-8") as settings:
        settings.write(f'[desk]\nhost = "{HOST}"\n')
    run_git(root, "commit", "-qam", "the desk's host")
    with serve_newsroom(root) as served:
        come_in_outside(served, "Anna")
        yield served


@pytest.fixture(scope="module")
def numbers(served: ServedNewsroom) -> dict[str, int]:
    return fill_posts(served.root)


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedNewsroom]:
    """Serve a desk for programs; the seals' publisher forbids use by AI."""
    root = post_newsroom(tmp_path_factory.mktemp("programs"))
    seals = root / "_news" / f"{SEALS}.md"
    words = seals.read_text("utf-8").replace("title:", "refuses: ai-train, ai-input\ntitle:", 1)
    seals.write_text(words, "utf-8")
    run_git(root, "commit", "-qam", "by hand")
    with serve_newsroom(root, with_agents=True) as served:
        served.owner()
        yield served


@pytest.fixture(scope="module")
def known(here: ServedNewsroom) -> dict[str, int]:
    return fill_posts(here.root)


@pytest.fixture(scope="module")
def ed(served: ServedNewsroom, numbers: dict[str, int]) -> Browser:
    return come_in_outside(served, "Ed", "editor")


@pytest.fixture(scope="module")
def vera(served: ServedNewsroom, numbers: dict[str, int]) -> Browser:
    return come_in_outside(served, "Vera", "viewer")


@pytest.fixture(scope="module")
def program(here: ServedNewsroom) -> ApiClient:
    return ApiClient(here.port, make_token(here.root, "Anna", "read", "propose", "decide"))


def read(served: ServedNewsroom, number: int) -> Post:
    with closing(open_desk(served.root / ".copydesk")) as desk:
        return desk.posts.get(number)


def decide(browser: Browser, do: str, post: Post, **more: str) -> Answer:
    form = {"do": do, "number": str(post.number), "state": post.state, **more}
    return browser.post(POSTS, form, PAGE)


def main_of(answer: Answer) -> str:
    return answer.body.split("<main", 1)[1]


def test_all_see_what_goes_out_and_what_the_networks_answered(ed: Browser, vera: Browser) -> None:
    for browser in (ed, vera):
        body = main_of(browser.get(POSTS, PAGE))
        for words in (
            *("rehearses, sends nothing", "The environment variable BLUESKY_PASSWORD is not set"),
            *("This channel rests", "waits for approval", "council of Port Sable voted"),
            *("uncertain: it may have appeared", "no answer in 20 s", "deletion to be made"),
            *("&lt;b&gt;not&lt;/b&gt; allowed", 'href="https://bsky.example/1"', "edited 2 times"),
            *("The story has no page on the site yet.", "Digest of 2026-11-18"),
        ):
            assert words in body, words
        assert "javascript:" not in body
        assert f'href="{POSTS}"' in browser.get("/desk/", PAGE).body
    assert "<form" not in main_of(vera.get(POSTS, PAGE))


def test_a_viewer_a_stranger_and_another_site_decide_nothing(
    served: ServedNewsroom, numbers: dict[str, int], ed: Browser, vera: Browser
) -> None:
    post = read(served, numbers["held"])
    assert 400 == decide(vera, "approve", post).status
    assert 400 == vera.post(POSTS, {"do": "resume", "channel": "crew"}).status
    form = {"do": "approve", "number": str(post.number), "state": "held"}
    assert 403 == ed.post(POSTS, form, {"Sec-Fetch-Site": "cross-site"}).status
    assert 401 == Browser(served.port, HOST).post(POSTS, form).status
    assert post == read(served, post.number)


def test_an_editor_holds_approves_and_changes_the_words(
    served: ServedNewsroom, numbers: dict[str, int], ed: Browser
) -> None:
    post = read(served, numbers["seals"])
    answer = decide(ed, "approve", post, **{"return": f"{POSTS}#post-{post.number}"})
    assert (303, f"{POSTS}#post-{post.number}") == (answer.status, answer.headers["location"])
    planned = read(served, post.number)
    assert ("planned", "Ed") == (planned.state, planned.by)

    stale = decide(ed, "approve", post)
    assert 400 == stale.status
    assert "the post has changed since this page was shown: planned" in stale.body

    assert 303 == decide(ed, "hold", planned, **{"return": "https://elsewhere.example/"}).status
    assert 303 == decide(ed, "words", post, words="Seals!\r\nThey are back.").status
    assert "Seals!\nThey are back." == read(served, post.number).words
    long = decide(ed, "words", post, words="seal " * 200)
    assert 400 == long.status
    assert "the text is too long for mastodon" in long.body
    assert "seal seal" in long.body.split("<textarea")[-1]  # what was typed is not lost
    assert "Seals!\nThey are back.</textarea>" in ed.get(POSTS, PAGE).body
    assert 303 == decide(ed, "words", post, words="").status
    assert "" == read(served, post.number).words


@pytest.mark.parametrize("do", ["nothing", "", "approve"])
def test_an_unknown_action_or_post_is_refused(ed: Browser, do: str) -> None:
    form = {"do": do, "number": "9" * 20, "state": "held"}
    assert 400 == ed.post(POSTS, form, PAGE).status


def test_what_may_appear_twice_and_what_is_taken_back_is_confirmed(
    served: ServedNewsroom, numbers: dict[str, int], ed: Browser
) -> None:
    assert "it may appear twice" in ed.get(POSTS, PAGE).body
    for name, do in (("uncertain", "send"), ("sent", "retract")):
        post = read(served, numbers[name])
        assert "select the checkbox" in decide(ed, do, post).body
        assert post == read(served, post.number)
        assert 303 == decide(ed, do, post, sure="1").status
    assert read(served, numbers["uncertain"]).is_urgent
    assert "delete" == read(served, numbers["sent"]).owed


def test_a_channel_is_resumed(served: ServedNewsroom, ed: Browser) -> None:
    assert "This channel rests" in ed.get(POSTS, PAGE).body
    assert 303 == ed.post(POSTS, {"do": "resume", "channel": "crew"}, PAGE).status
    assert "This channel rests" not in ed.get(POSTS, PAGE).body
    near = ed.post(POSTS, {"do": "resume", "channel": "crow"}, PAGE)
    assert 'did you mean "crew"?' in near.body.replace("&#34;", '"').replace("&quot;", '"')


def test_a_story_shows_its_posts_and_one_press_posts_it_where_it_is_not_yet(
    served: ServedNewsroom, ed: Browser, vera: Browser
) -> None:
    story = ed.get(f"/desk/story/{WALL}/", PAGE).body
    assert re.search(r'<span class="standing[^"]*">coast: ', story)
    page = f"{POSTS}?story={WALL}"
    assert f'data-fetch="{page}"' in story
    body = main_of(ed.get(page, PAGE))
    assert 1 == body.count('value="propose"')
    assert 'value="propose"' not in main_of(vera.get(page, PAGE))

    form = {"do": "propose", "channel": "crew", "story": WALL, "return": page}
    assert 303 == ed.post(POSTS, form, PAGE).status
    with closing(open_desk(served.root / ".copydesk")) as desk:
        (post,) = (one for one in desk.posts.list_latest(9, "crew", WALL))
    assert "Ed" == post.by
    assert post.state in {"planned", "rehearsed"}  # the server rehearses meanwhile
    again = ed.post(POSTS, form, PAGE)
    assert "this channel has a post on that event" in again.body
    assert 'value="propose"' not in main_of(ed.get(page, PAGE))


def test_without_a_channel_the_desk_has_no_word_of_posts(tmp_path: Path) -> None:
    root = filed_newsroom(tmp_path)
    with serve_newsroom(root) as served:
        anna = served.owner()
        assert POSTS not in anna.get("/desk/", PAGE).body
        assert 'id="posts"' not in anna.get(f"/desk/story/{WALL}/", PAGE).body
        assert "[[post]]" in anna.get(POSTS, PAGE).body


def test_programs_list_preview_propose_and_with_the_right_decide(
    here: ServedNewsroom, known: dict[str, int], program: ApiClient
) -> None:
    told = program.get("posts", limit=2)
    assert ["coast", "sky", "crew"] == [channel["id"] for channel in told["channels"]]
    assert 2 == len(told["posts"])
    (preview,) = (
        post
        for post in program.get("posts", preview="true", story=WALL)["posts"]
        if post["channel"] == "sky"
    )
    assert (0, "held", "bluesky") == (preview["number"], preview["state"], preview["to"])
    assert "Sea wall to rise by two metres" in preview["text"]

    wanted = {"channel": "sky", "story": EDITION}
    assert "no page on the site" in program.ask("POST", "posts", wanted).json()["detail"]
    place = f"posts/{known['seals']}"
    held = program.post(place, {"do": "words", "words": "Seals, again"})
    assert ("Seals, again", "Anna") == (held["text"], held["by"])
    assert 400 == program.ask("POST", "posts/0", {"do": "hold"}).status
    assert 400 == program.ask("POST", place, {"do": "publish"}).status
    assert 204 == program.ask("POST", "posts/channels/sky/resume").status
    only = ApiClient(here.port, make_token(here.root, "Anna", "read", "propose"))
    assert 403 == only.ask("POST", place, {"do": "approve"}).status
    assert 403 == only.ask("POST", "posts/channels/sky/resume").status


def call(served: ServedNewsroom, tool: str, **arguments: object) -> Any:
    import httpx2
    from mcp import Client
    from mcp.client.streamable_http import streamable_http_client

    token = make_token(served.root, "Anna", "read", "propose")

    async def run() -> Any:
        headers = {"Authorization": f"Bearer {token}"}
        url = f"http://127.0.0.1:{served.port}/desk/api/mcp"
        async with (
            httpx2.AsyncClient(headers=headers) as web,
            Client(streamable_http_client(url, http_client=web)) as client,
        ):
            return await client.call_tool(tool, arguments)

    return asyncio.run(run())


def test_an_agent_proposes_and_what_refuses_models_is_withheld(
    here: ServedNewsroom, known: dict[str, int]
) -> None:
    for arguments in ({}, {"story": SEALS}, {"story": SEALS, "preview": True}):
        told = call(here, "posts", **arguments).structured_content["posts"]
        on_seals = [post for post in told if post["untrusted_text"]["story"] == SEALS]
        assert on_seals
        for post in on_seals:
            assert "" == post["untrusted_text"]["text"]
            assert "forbids use by AI" in post["withheld"]
    told = call(here, "posts", story=WALL).structured_content["posts"]
    assert all(post["untrusted_text"]["text"] for post in told)
    assert {"number", "channel", "state", "untrusted_text", "withheld"} == told[0].keys()

    wanted = {"channel": "sky", "story": SEALS, "words": "Seals!"}
    refused = call(here, "propose_post", **wanted)
    assert "forbids use by AI" in refused.content[0].text
    again = call(here, "propose_post", channel="coast", story=WALL)
    assert "this channel has a post on that event" in again.content[0].text


def test_what_an_agent_proposes_waits_for_an_editor(here: ServedNewsroom) -> None:
    wanted = {"channel": "crew", "story": WALL}
    kept = call(here, "propose_post", **wanted).structured_content
    post = read(here, int(kept["id"]))
    assert ("held", "held", "token") == (kept["became"], post.state, post.by)
