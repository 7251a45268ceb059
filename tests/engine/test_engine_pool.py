"""Readers end cleanly whenever they are ended."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import weakref
from datetime import UTC, datetime

import pytest

from copydesk.engine._pool import Readers, _Context
from copydesk.news import Beat, Page, Source

NOW = datetime(2030, 1, 2, tzinfo=UTC)
URL = "https://gull.example/feed.xml"
PAGE = Page(
    url=URL, final_url=URL, status=200, headers={}, body=b"<rss><channel/></rss>", fetched_at=NOW
)


def test_locks_outlive_who_lets_go_of_them_before_its_processes_have_ended() -> None:
    context = _Context()
    lock = weakref.ref(context.RLock())
    gc.collect()

    assert lock() is not None
    del context
    gc.collect()
    assert lock() is None


@pytest.mark.parametrize("seconds", [0, 0.01, 0.3])
def test_readers_that_are_ended_while_they_start_say_nothing(
    seconds: float, capfd: pytest.CaptureFixture[str]
) -> None:
    async def work() -> None:
        readers = Readers(Beat(title="Coast"), workers=2)
        try:
            asked = asyncio.create_task(readers.leads(PAGE, Source(url=URL), NOW))
            await asyncio.sleep(seconds)
            asked.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await asked
        finally:
            readers.close()

    asyncio.run(work())

    assert capfd.readouterr().err == ""
