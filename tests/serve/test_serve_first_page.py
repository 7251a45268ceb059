"""Before the first round has built a site, a page says so and becomes the site by itself."""

from __future__ import annotations

import asyncio
import os
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from aiohttp import ClientSession

from copydesk.newsroom.reports import RoundStatus
from copydesk.serve import (
    Address,
    ConnectionLimits,
    Connections,
    Site,
    WebApp,
    first_page_of,
    listening,
)

AT_WORK = RoundStatus(pid=os.getpid(), began=datetime(2026, 11, 27, tzinfo=UTC))
OVER = replace(AT_WORK, is_over=True)


def page(status: RoundStatus | None, *, runs_rounds: bool = True, title: str = "Tides") -> str:
    return first_page_of(title, runs_rounds, lambda: status)().body.decode()


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (None, "There is no site yet. The first run starts in a moment."),
        (AT_WORK, "The first run is in progress. The run is starting."),
        (
            replace(AT_WORK, stage="pages", done=3, total=1_200),
            "The listed articles are being fetched. Done: 3 of 1,200.",
        ),
        (replace(AT_WORK, stage="publish"), "The site is being built."),
        (replace(AT_WORK, stage="something new"), "The first run is in progress. "),
        (OVER, "The last run was interrupted; the next run continues it."),
    ],
)
def test_the_page_says_how_the_round_stands(status: RoundStatus | None, words: str) -> None:
    assert words in page(status)


def test_a_bar_shows_how_far_it_is() -> None:
    known = page(replace(AT_WORK, stage="pages", done=13, total=12))

    assert 'max="12" value="12"' in known
    assert "<progress" in page(AT_WORK)
    assert "<progress" not in page(None)


def test_where_no_round_is_run_the_page_says_what_is_missing() -> None:
    assert "<code>[fetch] contact</code> is not set" in page(None, runs_rounds=False)
    assert "in progress" in page(AT_WORK, runs_rounds=False)  # one of a timer's


def test_a_title_is_text() -> None:
    assert "<script>" not in page(None, title="<script>alert(1)</script>")


def test_the_page_is_there_until_the_site_is(tmp_path: Path) -> None:
    async def work() -> None:
        site = Site(tmp_path, "", first_page=first_page_of("Tides", True, lambda: None))
        async with (
            listening(
                Address(port=0), WebApp(site, print), Connections(ConnectionLimits())
            ) as port,
            ClientSession(f"http://127.0.0.1:{port}") as session,
        ):
            for path in ("/", "/news/wall/"):
                async with session.get(path) as answer:
                    assert 503 == answer.status
                    assert ("2", "2") == (answer.headers["Refresh"], answer.headers["Retry-After"])
                    assert "no-store" == answer.headers["Cache-Control"]
                    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
                    assert "reloads until the site is ready" in await answer.text()
            (tmp_path / "index.html").write_text("<h1>The site</h1>")
            async with session.get("/") as answer:
                assert (200, "<h1>The site</h1>") == (answer.status, await answer.text())
            async with session.get("/news/wall/") as answer:
                assert 404 == answer.status

    asyncio.run(work())
