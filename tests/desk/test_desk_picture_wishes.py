"""Pictures that pages show are made once each, some at a time, the latest first."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from copydesk.desk.live import Broadcast, PictureWishes


def test_a_picture_is_tried_once_and_only_so_many_wait() -> None:
    asked: list[Sequence[str]] = []

    async def make(paths: Sequence[str]) -> bool:
        asked.append(paths)
        raise OSError("no process")

    async def work() -> None:
        wishes = PictureWishes(make, Broadcast())
        wishes.want([("_news/too-early.md", "x")])
        going = asyncio.create_task(wishes.go_on())
        await asyncio.sleep(0)
        for _ in range(2):
            wishes.want([(f"_news/{number}.md", "x") for number in range(100, 420)])
            for _ in range(40):
                await asyncio.sleep(0)
        going.cancel()
        await asyncio.wait([going])

    asyncio.run(work())

    made = [path for paths in asked for path in paths]
    assert "_news/419.md" == made[0]
    assert 30 == max(map(len, asked))
    assert 320 == len(made) == len(set(made))  # those that had no room came with the second page
