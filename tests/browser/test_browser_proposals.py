"""What an agent proposed is taken and refused by one key, in a real Chromium."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from playwright.sync_api import Browser

from world.api_client import ApiClient, make_token
from world.browsing import Window, come_in, new_context, origin_of
from world.machine import PATIENCE_SECONDS
from world.newsroom import run_git
from world.served_newsroom import ServedNewsroom, serve_newsroom, until
from world.waiting import name_of, waiting_newsroom

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedNewsroom]:
    root = waiting_newsroom(tmp_path_factory.mktemp("proposals") / "beat", 4)
    with serve_newsroom(root, with_agents=True) as served:
        yield served


@pytest.fixture(scope="module")
def window(served: ServedNewsroom, chromium: Browser) -> Iterator[Window]:
    with new_context(chromium) as context:
        window = Window.open(context, origin_of(served))
        come_in(window, served)
        yield window
        assert [] == window.noted


def propose(served: ServedNewsroom, *proposals: dict[str, Any]) -> None:
    """Walk search, explain, propose, as an agent does."""
    import httpx2  # these take a second to load, and each process collects all tests
    from mcp import Client
    from mcp.client.streamable_http import streamable_http_client

    token = make_token(served.root, "Anna", "read", "propose")

    async def run() -> None:
        url = f"http://127.0.0.1:{served.port}/desk/api/mcp"
        async with (
            httpx2.AsyncClient(headers={"Authorization": f"Bearer {token}"}) as web,
            Client(streamable_http_client(url, http_client=web)) as client,
        ):
            for proposal in proposals:
                (name,) = proposal["stories"]
                found = await client.call_tool("queue", {"view": "waiting", "limit": 30})
                told = found.structured_content or {}
                names = [row["leader"]["untrusted_text"]["name"] for row in told["rows"]]
                assert name in names
                await client.call_tool("explain", {"name": name})
                kept = await client.call_tool("propose_to_editors", proposal)
                assert not kept.is_error, kept.content

    with ThreadPoolExecutor(1) as thread:  # Playwright has a loop of its own in this one
        thread.submit(asyncio.run, run()).result(PATIENCE_SECONDS)


def test_an_editor_takes_one_proposal_and_refuses_another(
    served: ServedNewsroom, window: Window
) -> None:
    window.go("/desk/")
    ground = {"story": name_of(0)}
    propose(
        served,
        {
            "id": "publish-it",
            "kind": "verdict",
            "said": "publish",
            "stories": [name_of(0)],
            "why": "two newsrooms have it",
            "grounds": [ground],
        },
        {
            "id": "note-it",
            "kind": "rule",
            "said": "set",
            "values": ["note", "<b>Bold</b> words of a machine."],
            "stories": [name_of(1)],
            "why": "readers will ask",
            "grounds": [{"story": name_of(1)}],
        },
    )
    # the page that was open already has heard of them
    window.wait_for("document.querySelectorAll('[data-proposal]').length === 2")
    assert window.page.locator("[data-proposal] q").first.inner_text().startswith("<b>Bold</b>")

    window.wait_for(f"document.activeElement.dataset.name === '{name_of(0)}'")
    window.press("y")
    window.wait_for("document.querySelectorAll('[data-proposal]').length === 1")
    client = ApiClient(served.port, make_token(served.root, "Anna", "read"))
    until(lambda: client.get("actions/p-publish-it")["state"] == "done")
    assert "publish" in run_git(served.root, "log", "-1", "--format=%B")

    window.page.locator(f".row[data-name='{name_of(1)}']").focus()
    window.press("j")
    window.wait_for("document.querySelector('.row.here [data-proposal]')")
    window.press("N")
    window.wait_for("!document.querySelector('[data-proposal]')")
    until(lambda: client.get("proposals/note-it")["became"] == "refused")
    assert "Anna" == client.get("proposals/note-it")["decided_by"]
    assert "" == client.get(f"stories/{name_of(1)}")["story"]["note"]
