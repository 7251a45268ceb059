"""What an address leads to, and a round that somebody asks for: by commands of their own."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from copydesk.background import CommandOnDemand, DemandedCommand
from copydesk.errors import FetchError, UsageError
from copydesk.fetch import WallClock
from copydesk.rounds.sources import fetch_apart, look_for_lists, preview_list
from world.newsroom import Answer, newsroom, record_web, small_web

pytestmark = pytest.mark.slow

GULL = "https://gull.example/feed.xml"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return newsroom(tmp_path / "beat", git=False)


def test_a_list_is_found_and_previewed_with_its_first_page_judged(
    root: Path, tmp_path: Path
) -> None:
    web = record_web(tmp_path / "web.warc.gz", small_web())
    before = (root / "beat.toml").read_bytes()

    lists = asyncio.run(look_for_lists(root, GULL, web))
    preview = asyncio.run(preview_list(root, GULL, web))

    assert [found.url for found in lists] == [GULL]
    assert lists[0].items == len(preview.leads)
    assert all(url.startswith("https://gull.example/") for url, _ in preview.leads)
    assert preview.judged
    assert before == (root / "beat.toml").read_bytes()


def test_what_stands_at_an_address_comes_as_it_is(root: Path, tmp_path: Path) -> None:
    logo = Answer(body=b"\x89PNG\r\n\x1a\n\x00\xff", kind="image/png")
    web = record_web(tmp_path / "web.warc.gz", {"https://gull.example/logo.png": logo})

    assert logo.body == asyncio.run(fetch_apart(root, "https://gull.example/logo.png", web))
    with pytest.raises(FetchError):
        asyncio.run(fetch_apart(root, "https://gull.example/none.png", web))


def test_what_leads_nowhere_is_said_in_the_command_s_words(root: Path) -> None:
    with pytest.raises(FetchError, match="contact"):
        asyncio.run(look_for_lists(root, "--help.example/"))
    with pytest.raises(UsageError, match="invalid web address"):
        asyncio.run(look_for_lists(root, "javascript:x"))


def test_a_command_on_demand_waits_for_its_turn_and_tells_what_it_said(root: Path) -> None:
    async def ask() -> tuple[DemandedCommand, DemandedCommand]:
        turn = asyncio.Lock()
        rounds = CommandOnDemand(root, turn, WallClock())
        await turn.acquire()
        rounds.begin("Anna", GULL)
        await asyncio.sleep(0)
        waiting = rounds.last
        with pytest.raises(UsageError, match="in progress"):
            rounds.begin("Ben")
        turn.release()
        async with asyncio.timeout(60):
            while (last := rounds.last) is None or last.code is None:
                await asyncio.sleep(0.05)
        await rounds.close()
        assert waiting is not None
        return waiting, last

    waiting, over = asyncio.run(ask())

    assert (waiting.waits, waiting.code, waiting.by, waiting.source) == (True, None, "Anna", GULL)
    assert (over.waits, over.code) == (False, 1)  # nobody is asked without a contact
    assert any("contact" in line for line in over.log)


def test_a_command_on_demand_ends_with_the_server(root: Path) -> None:
    async def ask() -> DemandedCommand | None:
        rounds = CommandOnDemand(root, asyncio.Lock(), WallClock())
        rounds.begin("Anna")
        await asyncio.sleep(0.05)
        await rounds.close()
        return rounds.last

    last = asyncio.run(ask())
    assert last is not None
    assert last.code == 1
