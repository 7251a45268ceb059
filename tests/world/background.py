"""The loopback web, and any server, in a thread, for code that runs its own event loop."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Iterator

from world.hosts import Hosts
from world.machine import PATIENCE_SECONDS
from world.services import FakeServices
from world.smtp import MailServer, Plan
from world.tls import Authority
from world.web import World


@contextlib.contextmanager
def world_in_background() -> Iterator[World]:
    """Give a world that answers while the block runs."""
    world = World()
    with server_in_background(world):
        yield world


@contextlib.contextmanager
def hosts_in_background(tls: Authority | None = None) -> Iterator[Hosts]:
    """Give a web of many hosts that answers while the block runs."""
    hosts = Hosts(tls)
    with server_in_background(hosts):
        yield hosts


@contextlib.contextmanager
def mail_server_in_background(plan: Plan | None = None) -> Iterator[MailServer]:
    """Give a mail server that takes letters while the block runs, and keeps them."""
    server = MailServer(plan)
    with server_in_background(server):
        yield server


@contextlib.contextmanager
def services_in_background() -> Iterator[FakeServices]:
    """Give services that take letters while the block runs, and keep them."""
    services = FakeServices()
    with server_in_background(services):
        yield services


@contextlib.contextmanager
def server_in_background(served: contextlib.AbstractAsyncContextManager[object]) -> Iterator[None]:
    """Let a server answer from a thread of its own while the block runs."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()

    def do(work: object) -> None:
        assert asyncio.iscoroutine(work)
        asyncio.run_coroutine_threadsafe(work, loop).result(PATIENCE_SECONDS)

    do(served.__aenter__())
    try:
        yield
    finally:
        do(served.__aexit__(None, None, None))
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
