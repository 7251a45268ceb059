"""All that a newsroom of a soak talks to: a mail server, a Mastodon server, and a webhook.

    python outside.py FOLDER

It listens at the ports that FOLDER/ports.json names, on 127.0.0.1. What it took stands in
FOLDER/letters.jsonl and FOLDER/network.jsonl, a line for each letter and each change of a post, and
is written before it answers. A new process goes on with the posts of the last one. It ends with the
process that started it.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import sys
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any, Self

from aiohttp import web

from world.mastodon import FakeMastodon, FakeStatus
from world.networks import Handler
from world.smtp import MailServer, Plan, Rule, _Session

# now and then the connection breaks behind a letter's end, before or after the letter was taken
PLAN = Plan(
    rules=[
        Rule(at="message", do="taken-close", every=211),
        Rule(at="message", do="close", every=307),
    ]
)
_LINK = re.compile(rb"/mail/(\w+)/([\w-]+)")
_SENDER = re.compile(rb"<(.*?)>")
_HEADER = re.compile(rb"^(message-id|subject): *(.*?)\r?$", re.IGNORECASE | re.MULTILINE)


class _HeardSession(_Session):
    """A connection that remembers the sender of a letter: the token of its return path."""

    sender = ""

    def _read_command(self) -> bool:
        line = bytes(self._buffer.partition(b"\r\n")[0])
        if line[:4].upper() == b"MAIL" and (found := _SENDER.search(line)):
            self.sender = found[1].decode()
            self._server.sender = self.sender  # type: ignore[attr-defined]
        return super()._read_command()

    def _read_message(self) -> bool:
        self._server.sender = self.sender  # type: ignore[attr-defined]
        return super()._read_message()


class LoggingMailServer(MailServer):
    """A mail server that writes down each letter with the links in it."""

    sender = ""

    def __init__(self, file: Path, port: int) -> None:
        super().__init__(PLAN, keep=False, port=port)
        self._file = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            lambda: _HeardSession(self), "127.0.0.1", self.port, backlog=200, reuse_address=True
        )
        return self

    def take(self, recipient: str, message: bytes) -> None:
        message = message.replace(b"=\r\n", b"")
        head = {name.lower(): value for name, value in _HEADER.findall(message[:4000])}
        links = {name.decode(): token.decode() for name, token in _LINK.findall(message)}
        line = {
            "to": recipient,
            "from": self.sender,
            "id": head.get(b"message-id", b"").decode().strip("<>"),
            "subject": head.get(b"subject", b"").decode(errors="replace"),
            "links": links,
        }
        os.write(self._file, json.dumps(line).encode() + b"\n")


class LoggingMastodon(FakeMastodon):
    """A Mastodon server that keeps its posts on disk; its webhook is at /hook."""

    def __init__(self, folder: Path, port: int) -> None:
        super().__init__()
        self.port = port
        self._clock = folder / "clock"
        self._kept = folder / "mastodon.json"
        self._log = os.open(folder / "network.jsonl", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        if self._kept.exists():
            kept = json.loads(self._kept.read_text())
            self._made = kept["made"]
            self.keys = {
                key: (status, datetime.fromisoformat(until))
                for key, (status, until) in kept["keys"].items()
            }
            self.statuses = {
                status["id"]: FakeStatus(
                    **{**status, "made": datetime.fromisoformat(status["made"])}
                )
                for status in kept["statuses"]
            }

    def add_routes(self, router: web.UrlDispatcher) -> None:
        super().add_routes(router)
        router.add_post("/hook", self._take_call)

    async def _answer(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        self.now = datetime.fromisoformat(self._clock.read_text())
        before = {number: status.text for number, status in self.statuses.items()}
        answer = await super()._answer(request, handler)
        after = {number: status.text for number, status in self.statuses.items()}
        if before != after:
            self._note(before, after)
        self.asked.clear()
        return answer

    def _note(self, before: dict[str, str], after: dict[str, str]) -> None:
        for number in sorted(before.keys() | after.keys()):
            old, new = before.get(number), after.get(number)
            if old != new:
                did = "make" if old is None else "delete" if new is None else "edit"
                self._write(do=did, number=number, text=new or old, at=self.now.isoformat())
        keys = {key: (status, until.isoformat()) for key, (status, until) in self.keys.items()}
        statuses = [{**asdict(one), "made": one.made.isoformat()} for one in self.statuses.values()]
        partial = self._kept.with_suffix(".new")
        partial.write_text(json.dumps({"made": self._made, "keys": keys, "statuses": statuses}))
        partial.replace(self._kept)

    async def _take_call(self, request: web.Request) -> web.Response:
        body = await request.json()
        self._write(do="call", id=request.headers.get("webhook-id", ""), body=body)
        return web.Response(status=204)

    def _write(self, **line: Any) -> None:
        os.write(self._log, json.dumps(line).encode() + b"\n")


async def serve(folder: Path) -> None:
    """Listen until ended."""
    ports = json.loads((folder / "ports.json").read_text())
    async with (
        LoggingMailServer(folder / "letters.jsonl", ports["mail"]),
        LoggingMastodon(folder, ports["network"]),
    ):
        print("ready", flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve(Path(sys.argv[1])))
