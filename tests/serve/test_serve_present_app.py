"""The app that is there: exchanged while requests come in and answers are under way."""

from __future__ import annotations

import asyncio

import pytest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from copydesk.serve import PresentApp
from world.machine import PATIENCE_SECONDS

SCOPE: Scope = {"type": "http", "method": "GET", "path": "/", "headers": []}


async def ask(app: ASGIApp) -> str:
    """Ask for a page; give its status and body in a line."""
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request"}

    async def send(message: Message) -> None:
        sent.append(message)

    await app(dict(SCOPE), receive, send)
    body = b"".join(message.get("body", b"") for message in sent)
    return f"{sent[0]['status']} {body.decode()}"


def says(words: str, wait: asyncio.Event | None = None) -> ASGIApp:
    """Make an app that answers with these words, once it may."""

    async def answer(_scope: Scope, _receive: Receive, send: Send) -> None:
        if wait is not None:
            await wait.wait()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": words.encode()})

    return answer


def test_requests_wait_for_the_next_app_and_answers_under_way_are_finished() -> None:
    async def exchange() -> list[str]:
        present, may_end = PresentApp(), asyncio.Event()
        present.put(says("old", may_end))
        first = asyncio.create_task(ask(present))
        await asyncio.sleep(0)
        leaving = asyncio.create_task(present.take_away())
        await asyncio.sleep(0)
        second = asyncio.create_task(ask(present))
        await asyncio.sleep(0)
        may_end.set()
        await leaving
        present.put(says("new"))
        return [await first, await second]

    assert ["200 old", "200 new"] == asyncio.run(exchange())


def test_an_answer_without_an_end_is_broken_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("copydesk.serve._app._END_SECONDS", 0.01)

    async def exchange() -> tuple[bool, str]:
        present = PresentApp()
        present.put(says("never", asyncio.Event()))
        endless = asyncio.create_task(ask(present))
        await asyncio.sleep(0)
        await present.take_away()
        present.put(says("new"))
        return endless.cancelled(), await ask(present)

    assert (True, "200 new") == asyncio.run(exchange())


def test_who_asks_a_server_that_ends_is_told_at_once() -> None:
    async def end() -> str:
        present = PresentApp()
        present.put(says("old"))
        await present.take_away(is_for_good=True)
        return await asyncio.wait_for(ask(present), PATIENCE_SECONDS)

    assert asyncio.run(end()).startswith("503 ")
