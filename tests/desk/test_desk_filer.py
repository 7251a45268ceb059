"""The filer goes on whatever befalls the process that files."""

from __future__ import annotations

import asyncio
import contextlib
from datetime import UTC, datetime
from pathlib import Path

from copydesk.desk.live import Broadcast, Filer
from copydesk.desk_store import DeskStore, open_desk
from copydesk.errors import DeskStoreError
from copydesk.news import EditorAction
from copydesk.news.ruling import ActionOutcome

HOLD = EditorAction(id="1", at=datetime(2026, 11, 28, tzinfo=UTC), by="Anna", kind="verdict")


class UnluckyStarter:
    """Files what waits, but for the first times."""

    def __init__(self, store: DeskStore) -> None:
        self.store = store
        self.failures: list[Exception] = [
            DeskStoreError("its disk is full"),
            OSError(12, "Cannot allocate memory"),
        ]

    async def prepare(self) -> None:
        """Be ready."""

    async def file_actions(self) -> int:
        """Fail, or note that the action is done."""
        if self.failures:
            raise self.failures.pop()
        self.store.actions.note([ActionOutcome(id=HOLD.id, state="done")])
        return 0


def test_what_cannot_be_filed_now_is_filed_later(tmp_path: Path) -> None:
    said: list[str] = []
    with contextlib.closing(open_desk(tmp_path)) as store:
        filer = Filer(store, UnluckyStarter(store), Broadcast(), said.append)
        filer.again_seconds = 0.01
        store.actions.put([HOLD])

        async def run() -> None:
            going = asyncio.create_task(filer.go_on())
            async with asyncio.timeout(30):
                while store.actions.waiting(1):
                    await asyncio.sleep(0.01)
            assert not going.done()
            going.cancel()

        asyncio.run(run())
    assert "Cannot allocate memory" in said[0]
    assert "its disk is full" in said[1]
