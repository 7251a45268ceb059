"""Make small versions of stories' pictures for the editors' web interface, in a separate process.

python -m copydesk.editing._pictures_apart ROOT < ["_news/a.md", …]
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sys
from asyncio.subprocess import PIPE
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from copydesk import illustrate
from copydesk.errors import RecordError
from copydesk.kit import processes
from copydesk.newsroom import Newsroom, open_newsroom


def make_pictures(newsroom: Newsroom, paths: Iterable[str]) -> None:
    """Make small versions of each story's first picture; unreadable records are skipped."""
    urls = []
    for path in newsroom.archive.story_paths_among(paths):
        with contextlib.suppress(RecordError):  # edited since, and unreadable now
            urls += [image.url for image in newsroom.archive.read(path).images[:1]]
    illustrate.make_waiting(newsroom.album, urls)


_SECONDS = 60.0


async def make_pictures_apart(root: Path, paths: Sequence[str], seconds: float = _SECONDS) -> bool:
    """Make small versions of pictures in a new process; return whether it ended in time.

    A picture that crashes or blocks its decoder ends only that process.
    """
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", __name__, str(root)), stdin=PIPE, stdout=sys.stderr
    )
    async with processes.end_at_exit(process):
        try:
            await asyncio.wait_for(process.communicate(json.dumps(list(paths)).encode()), seconds)
        except TimeoutError:
            return False
    return process.returncode == 0


def main() -> None:
    """Make small versions of pictures for the story records in stdin's JSON list of paths."""
    paths: list[str] = json.loads(sys.stdin.buffer.read())
    with open_newsroom(Path(sys.argv[1]), datetime.now(UTC), os.environ) as newsroom:
        make_pictures(newsroom, paths)


if __name__ == "__main__":
    main()
