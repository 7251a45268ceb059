"""A newsroom that mails letters, its desk at a host of its own, and who comes in there.

Where letters are sent the server is public: nobody is at its desk for sitting at its machine.
"""

from __future__ import annotations

import asyncio
import contextlib
import ssl
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from copydesk.mail_store import MailStore, open_mail
from copydesk.mail_store.deliveries import (
    DeliveryOutcome,
    DeliveryState,
    NewSending,
    SendingRemark,
    SendingState,
)
from copydesk.mail_store.links import ReturnPath
from copydesk.mail_store.returns import ReturnEntry, ReturnKind
from world.command import copydesk
from world.ending import close_servers, end_tasks
from world.machine import PATIENCE_SECONDS
from world.mail_soak import add_readers, mail_newsroom
from world.newsroom import NOW, run_git
from world.served_desk import HOST, Browser
from world.served_newsroom import ServedNewsroom
from world.tls import Authority

_BLOCK = 65_536


def mail_desk_newsroom(folder: Path, port: int, more: str = "", connections: int = 2) -> Path:
    """Make a newsroom whose one issue awaits a person's word; `more` stands below [mail.smtp]."""
    root = mail_newsroom(folder, port, connections)
    beat = root / "beat.toml"
    words = beat.read_text("utf-8")
    words = words.replace(
        'deliver = "smtp"',
        'deliver = "smtp"\nstart = "person"\ntest_letters_a_day = 6\n'
        'test_addresses = ["me@trial.example"]',
    )
    words = words.replace('security = "none"', f'security = "none"\n{more}')
    beat.write_text(f'{words}\n[desk]\nhost = "{HOST}"\n', "utf-8")
    run_git(root, "commit", "-qam", "the desk's host")
    return root


def use_up_sign_ups(root: Path) -> None:
    """Note that all mails of a day to new subscribers were used this minute."""
    with closing(open_mail(root / ".copydesk")) as store, store.at_once():
        for _ in range(500):
            store.limits.admit({"mails": 500}, datetime.now(UTC))


def fill_ledger(root: Path, readers: int = 120) -> None:
    """Let a newsroom have sent: one issue that is done, one paused, one ended, one that goes out.

    Each has letters of every state, and words of servers that are nobody's to trust.
    """
    add_readers(root, readers)
    with contextlib.closing(open_mail(root / ".copydesk")) as store:
        for number, (state, remark) in enumerate(_STANDINGS):
            new = NewSending(
                issue=f"tidewatch-2026-11-{10 + number}",
                letter="daily",
                via="smtp",
                by="Anna",
                remark=remark,
            )
            sending = store.ledger.begin(new, NOW)
            ids = [entry.subscriber for entry in store.ledger.walk(sending.number)]
            if state != "awaits-word":
                store.ledger.note(sending.number, list(_list_outcomes(ids, state)))
            store.ledger.set_state(sending.number, state, remark=remark)
        _fill_returns(store)


def _list_outcomes(ids: Sequence[int], state: SendingState) -> Iterator[DeliveryOutcome]:
    """Yield what became of letters; of a sending that is not over a third waits untried."""
    for place, subscriber in enumerate(ids):
        outcome, code, words = _OUTCOMES[place % len(_OUTCOMES)]
        is_over = state in {"done", "ended"}
        if not is_over and place % 3 == 2:
            continue
        if outcome == DeliveryState.WAITING and is_over:
            outcome = DeliveryState.GIVEN_UP
        yield DeliveryOutcome(subscriber=subscriber, state=outcome, at=NOW, code=code, words=words)


def _fill_returns(store: MailStore) -> None:
    kinds: tuple[ReturnKind, ...] = ("hard", "soft", "soft", "complaint")
    for number, kind in enumerate(kinds, 1):
        path = ReturnPath(sending=1, subscriber=number)
        digest = bytes([number]) * 16
        words = "550 5.1.1 no such user"
        store.returns.add(ReturnEntry(digest=digest, path=path, kind=kind, at=NOW, words=words))
    store.views.add({"tidewatch-2026-11-10": 37}, NOW.date())
    store.suppressions.add("reader1@d1.example", "hard-bounce", NOW, "5.1.1")
    store.suppressions.add("nobody@gone.example", "erased", NOW)


_STANDINGS: tuple[tuple[SendingState, SendingRemark], ...] = (
    ("done", ""),
    ("ended", ""),
    ("awaits-word", "restored"),
    ("paused", ""),
)
_OUTCOMES = (
    *((DeliveryState.ACCEPTED, 250, "2.0.0 Ok: queued as 4C1F2A"),) * 20,
    (DeliveryState.REFUSED, 550, "5.7.1 <b>unwanted</b> \u202e {{ 7 * 7 }} for <address>"),
    (DeliveryState.WAITING, 451, "4.7.1 greylisted, come back in 300 seconds"),
    (DeliveryState.UNCERTAIN, 0, "the connection closed before the answer"),
    (DeliveryState.SKIPPED, 0, ""),
)


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
    """Take TLS off what is asked of the desk's host for the block, as a web server does."""
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
        await close_servers(server)
        await pipe.close()

    thread = threading.Thread(target=lambda: loop.run_until_complete(work()))
    thread.start()
    try:
        assert ready.wait(PATIENCE_SECONDS)
        yield ports[0]
    finally:
        loop.call_soon_threadsafe(end.set)
        thread.join(PATIENCE_SECONDS)
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
            try:
                async with asyncio.TaskGroup() as group:
                    group.create_task(_pass_on(reader, back))
                    group.create_task(_pass_on(there, writer))
            except BaseException:
                back.transport.abort()  # who is broken off has nothing to send any more
                raise
            finally:
                await back.wait_closed()
        except (OSError, ssl.SSLError, ExceptionGroup, asyncio.CancelledError):
            pass
        finally:
            self._tasks.discard(task)
            writer.close()

    async def close(self) -> None:
        await end_tasks(self._tasks)


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while block := await reader.read(_BLOCK):
        writer.write(block)
        await writer.drain()
    writer.close()
