"""A mail server that misbehaves by plan, in this process or in one of its own.

    async with MailServer(Plan(rules=[Rule(at="message", do="taken-close", every=50)])) as server:
        server.port, server.taken
    python -m world.smtp --port 0 --plan plan.json --log taken.tsv

The process prints its port. A line of the log is RECIPIENT, MESSAGE-ID, SIZE, parted by tabs; it is
written before the letter is answered. The plan is JSON: `{"rules": [{"at": …, "do": …}, …]}`.

`at`: greeting, ehlo, sender, recipient, data (the answer would be 354), message (after the end).
`do`: a code and words ("451 4.7.1 later"); close · silent · dribble · twice · huge · garbage · odd
(the right answer, in many lines and no ASCII) · late (the right answer, 0.4 s later) · after (the
right answer, and then closed) · taken-close (at `message`: taken and logged, but never answered) ·
twisted (at `message`: taken, and a second answer says no).
`every` n-th time that the server comes to that point, `first` n times, `once` for each recipient
(greylisting), for recipients that match `recipient`: all must hold. The first that does counts.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import itertools
import json
import os
import re
import ssl
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from world.ending import close_servers

_MESSAGE_ID = re.compile(rb"^message-id:\s*<?([^>\r\n]*)", re.IGNORECASE | re.MULTILINE)
_END = b"\r\n.\r\n"
_PATH = re.compile(rb"<(.*)>")


@dataclass(kw_only=True)
class Rule:
    """When a server misbehaves, and how."""

    at: str
    do: str
    every: int = 0
    first: int = 0
    once: bool = False
    recipient: str = ""
    _times: int = 0
    _seen: set[str] = field(default_factory=set)

    def holds(self, recipient: str) -> bool:
        """Decide whether it holds now; to be asked once each time."""
        if self.recipient and not re.search(self.recipient, recipient):
            return False
        if self.once and recipient in self._seen:
            return False
        self._seen.add(recipient) if self.once else None
        self._times += 1
        if self.first and self._times > self.first:
            return False
        return not self.every or self._times % self.every == 0


@dataclass(kw_only=True)
class Plan:
    """What a server does: its rules, and which extensions it offers."""

    rules: Sequence[Rule] = ()
    extensions: Sequence[str] = ("SIZE 50000000", "8BITMIME", "ENHANCEDSTATUSCODES")

    @classmethod
    def read(cls, file: Path) -> Plan:
        """Read a plan."""
        loaded = json.loads(file.read_text())
        return cls(rules=[Rule(**rule) for rule in loaded.get("rules", ())])


@dataclass(frozen=True, slots=True)
class Taken:
    """A letter that a server took."""

    recipient: str
    message_id: str
    size: int


class MailServer:
    """A server on 127.0.0.1; what it took stands in `taken`, or in the log alone where it has one.

    `letters` has their bytes, where it is to keep them. `lines` counts connections.
    """

    def __init__(
        self, plan: Plan | None = None, *, log: int = -1, keep: bool = True, port: int = 0
    ) -> None:
        self.plan = plan or Plan()
        self.port = port
        self.taken: list[Taken] = []
        self.letters: list[bytes] = []
        self.heard: list[bytes] = []
        self.lines = 0
        self._log = log
        self._keep = keep
        self._server: asyncio.Server | None = None
        self._open: set[_Session] = set()
        by_stage: dict[str, list[Rule]] = {}
        for rule in self.plan.rules:
            by_stage.setdefault(rule.at, []).append(rule)
        self._rules = by_stage

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            lambda: _Session(self), "127.0.0.1", self.port, backlog=200
        )
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        await close_servers(self._server)
        for session in list(self._open):
            session.transport.abort()
        await self._server.wait_closed()
        await asyncio.sleep(0)

    def choose(self, at: str, recipient: str) -> str:
        """Return what is done at a point, "" for what is right."""
        if at not in self._rules:
            return ""
        return next((rule.do for rule in self._rules[at] if rule.holds(recipient)), "")

    def take(self, recipient: str, message: bytes) -> None:
        """Take a letter: it is logged before anybody is told."""
        found = _MESSAGE_ID.search(message[:4000])
        message_id = found[1].strip().decode() if found else ""
        if self._log >= 0:
            os.write(self._log, f"{recipient}\t{message_id}\t{len(message)}\n".encode())
        if self._keep:
            self.taken.append(Taken(recipient, message_id, len(message)))
            self.letters.append(message.replace(b"\r\n..", b"\r\n."))


class _Session(asyncio.Protocol):
    """One connection."""

    transport: asyncio.Transport

    def __init__(self, server: MailServer) -> None:
        self._server = server
        self._buffer = bytearray()
        self._recipient = ""
        self._is_data = False
        self._searched = 0
        self._task: asyncio.Task[None] | None = None

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        self._server.lines += 1
        self._server._open.add(self)
        self._answer("greeting", b"220 mail.world.example ready")

    def connection_lost(self, exc: Exception | None) -> None:
        self._server._open.discard(self)
        if self._task:
            self._task.cancel()

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while self._buffer and not self.transport.is_closing():
            if not (self._read_message() if self._is_data else self._read_command()):
                return

    def _read_command(self) -> bool:
        line, end, _ = self._buffer.partition(b"\r\n")
        if not end:
            return False
        del self._buffer[: len(line) + 2]
        command = bytes(line)
        if self._server._keep:
            self._server.heard.append(command)
        verb = command[:4].upper()
        if verb == b"MAIL":
            self._recipient = ""
            self._answer("sender", b"250 2.1.0 Ok")
        elif verb == b"RCPT":
            found = _PATH.search(command)
            self._recipient = found[1].decode() if found else ""
            self._answer("recipient", b"250 2.1.5 Ok")
        elif verb == b"DATA":
            self._answer("data", b"354 End with a dot")
        else:
            self._read_rare(verb)
        return True

    def _read_rare(self, verb: bytes) -> None:
        if verb == b"EHLO":
            offered = ("mail.world.example", *self._server.plan.extensions)
            lines = [f"250-{line}" for line in offered[:-1]] + [f"250 {offered[-1]}"]
            self._answer("ehlo", "\r\n".join(lines).encode())
        elif verb == b"QUIT":
            self.transport.write(b"221 2.0.0 Bye\r\n")
            self.transport.close()
        else:
            self._answer("rset" if verb == b"RSET" else "other", b"250 2.0.0 Ok")

    def _read_message(self) -> bool:
        if self._buffer.startswith(b".\r\n"):
            self._buffer[:0] = b"\r\n"
        end = self._buffer.find(_END, max(0, self._searched - 4))
        if end < 0:
            self._searched = len(self._buffer)
            return False
        message = bytes(self._buffer[: end + 2])
        del self._buffer[: end + len(_END)]
        self._is_data, self._searched = False, 0
        do = self._server.choose("message", self._recipient)
        if not do[:1].isdigit() and do not in ("close", "silent", "huge", "garbage"):
            self._server.take(self._recipient, message)
        self._do(do, b"250 2.0.0 Ok: taken")
        return True

    def _answer(self, at: str, right: bytes) -> None:
        self._do(self._server.choose(at, self._recipient), right)

    def _do(self, do: str, right: bytes) -> None:
        write = self.transport.write
        if not do:
            self._is_data = right[:3] == b"354"
            write(right + b"\r\n")
        elif do[:1].isdigit():
            write(do.encode() + b"\r\n")
            if do.startswith("421"):
                self.transport.close()
        elif do in ("close", "taken-close"):
            self.transport.close()
        elif do == "after":
            write(right + b"\r\n")
            self.transport.close()
        elif do == "late":
            self._task = asyncio.get_running_loop().create_task(self._answer_late(right))
        elif do == "dribble":
            self._task = asyncio.get_running_loop().create_task(self._dribble(right))
        else:
            self._is_data = right[:3] == b"354" and do in ("twice", "odd")
            write(_ODDITIES[do](right))

    async def _answer_late(self, right: bytes) -> None:
        with contextlib.suppress(asyncio.CancelledError):
            for _ in range(4):
                await asyncio.sleep(0.1)
            self.transport.write(right + b"\r\n")

    async def _dribble(self, right: bytes) -> None:
        with contextlib.suppress(asyncio.CancelledError):
            for byte in itertools.cycle(right.replace(b" ", b"-")):
                self.transport.write(bytes([byte]))
                await asyncio.sleep(0.01)


def _be_odd(right: bytes) -> bytes:
    code = right[:3]
    words = (" \xe4\xff\x00 f\xfcr", "\t\u202eesrever", "5.5.5 <someone@private.example>")
    lines = [code + b"-" + word.encode("latin-1", "replace") for word in words]
    return b"\r\n".join([*lines, code + b"\r\n"])


_ODDITIES = {
    "silent": lambda right: b"",
    "twice": lambda right: right + b"\r\n" + right + b"\r\n",
    "twisted": lambda right: right + b"\r\n550 5.7.1 No\r\n",
    "huge": lambda right: right[:3] + b" " + b"x" * 10_000_000,
    "garbage": lambda right: b"<html>Login to this hotel's net</html>\r\n",
    "odd": _be_odd,
}


def make_certificate(
    folder: Path, host: str = "localhost"
) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """Return contexts of a server that proves to be `host`, and of a client that believes it."""
    from world.tls import Authority

    authority = Authority(folder)
    return authority._context(host), ssl.create_default_context(cafile=str(authority.file))


def main(arguments: Iterable[str] | None = None) -> None:
    """Serve until ended."""
    parser = argparse.ArgumentParser(prog="world.smtp")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--plan", type=Path)
    parser.add_argument("--log", type=Path, required=True)
    given = parser.parse_args(list(arguments) if arguments is not None else None)
    plan = Plan.read(given.plan) if given.plan else Plan()
    log = os.open(given.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)

    async def serve() -> None:
        async with MailServer(plan, log=log, keep=False, port=given.port) as server:
            print(server.port, flush=True)
            await asyncio.Event().wait()

    with contextlib.suppress(KeyboardInterrupt):
        _runner()(serve())


def _runner() -> Any:
    try:
        import uvloop
    except ImportError:
        return asyncio.run
    return uvloop.run


if __name__ == "__main__":
    main()
