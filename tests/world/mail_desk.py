"""A newsroom that mails letters, its desk at a host of its own, and who comes in there.

Where letters are sent the server is public, so that nobody is at its desk for sitting at its machine.
"""

from __future__ import annotations

import asyncio
import contextlib
import ssl
import threading
from collections.abc import Iterator
from pathlib import Path

from world.command import copydesk
from world.mail_soak import mail_newsroom
from world.newsroom import run_git
from world.served_desk import HOST, Browser
from world.served_newsroom import ServedNewsroom
from world.tls import Authority

_BLOCK = 65_536


def mail_desk_newsroom(folder: Path, port: int, more: str = "", connections: int = 2) -> Path:
    """Make a newsroom whose one issue awaits a person's word; `more` stands below [mail.smtp]."""
    root = mail_newsroom(folder, port, connections)
    beat = root / "beat.toml"
    words = beat.read_text("utf-8")
    words = words.replace('deliver = "smtp"', 'deliver = "smtp"\nstart = "person"')
    words = words.replace('security = "none"', f'security = "none"\n{more}')
    beat.write_text(f'{words}\n[desk]\nhost = "{HOST}"\n', "utf-8")
    run_git(root, "commit", "-qam", "the desk's host")
    return root


def link_in(root: Path, name: str, role: str = "owner") -> str:
    """Return the path by which somebody new comes in."""
    said = copydesk("-C", root, "desk", "user", "add", name, "--role", role)
    assert 0 == said.code, said.err
    return "/desk/enter/" + said.out.split("/desk/enter/")[1].split()[0]


def come_in_outside(served: ServedNewsroom, name: str, role: str = "owner") -> Browser:
    """Return the browser of somebody new, as a web server in front of the desk passes it on."""
    browser = Browser(served.port, HOST)
    answer = browser.post(link_in(served.root, name, role))
    assert 303 == answer.status, answer.body
    return browser


@contextlib.contextmanager
def secure_front(folder: Path, port: int) -> Iterator[int]:
    """Take TLS off what is asked of the desk's host for the block, as a web server in front does."""
    folder.mkdir(parents=True, exist_ok=True)
    context = Authority(folder)._context(HOST)
    loop = asyncio.new_event_loop()
    ports: list[int] = []
    ready, end = threading.Event(), asyncio.Event()

    async def work() -> None:
        pipe = _Pipe(port)
        server = await asyncio.start_server(pipe.answer, "127.0.0.1", 0, ssl=context)
        ports.append(server.sockets[0].getsockname()[1])
        ready.set()
        await end.wait()
        server.close()
        await pipe.close()

    thread = threading.Thread(target=lambda: loop.run_until_complete(work()))
    thread.start()
    try:
        assert ready.wait(20)
        yield ports[0]
    finally:
        loop.call_soon_threadsafe(end.set)
        thread.join(20)
        loop.close()


def lead_to(port: int) -> tuple[str, ...]:
    """Return the words by which Chromium asks for the desk's host at a port of this machine."""
    rules = f"--host-resolver-rules=MAP {HOST}:443 127.0.0.1:{port}"
    return rules, "--ignore-certificate-errors"


class _Pipe:
    """Passes bytes on, both ways."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._tasks: set[asyncio.Task[None]] = set()

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            there, back = await asyncio.open_connection("127.0.0.1", self._port)
            async with asyncio.TaskGroup() as group:
                group.create_task(_pass_on(reader, back))
                group.create_task(_pass_on(there, writer))
        except (OSError, ssl.SSLError, ExceptionGroup, asyncio.CancelledError):
            pass
        finally:
            self._tasks.discard(task)
            writer.close()

    async def close(self) -> None:
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while block := await reader.read(_BLOCK):
        writer.write(block)
        await writer.drain()
    writer.close()
