"""Rounds that run beside the desk, one after the other, each with new stories to file."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import threading
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from world.newsroom import Answer, feed, page, record_web

FEED = "https://gull.example/feed.xml"
SOURCE = f'\n[[source]]\nurl = "{FEED}"\nname = "The Gull"\n'
NEW = 20  # stories of each round
_WORDS = (
    "an engineer says that the model of artificial intelligence which runs the harbour learns",
    "from tides chips data machine learning court ruling law training council report test",
)


class RunningRounds(AbstractContextManager["RunningRounds"]):
    """Run rounds of a newsroom until the block ends; count them, and what they filed."""

    def __init__(self, root: Path) -> None:
        self.count, self.filed = 0, 0
        self._root, self._web = root, root.parent / "rounds.warc.gz"
        self._chance = random.Random(2026)
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._go_on)

    def __enter__(self) -> RunningRounds:
        beat = self._root / "beat.toml"
        if FEED not in beat.read_text("utf-8"):
            beat.write_text(beat.read_text("utf-8") + SOURCE, "utf-8")
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._is_over.set()
        self._thread.join()
        print(f"{'rounds beside it':20} {self.count}, which filed {self.filed} stories")

    def _go_on(self) -> None:
        while not self._is_over.is_set():
            now = datetime.now(UTC)
            record_web(self._web, self._invent(now))
            words = ["run", "--json", "--all-due", "--web", str(self._web)]
            command = [sys.executable, "-m", "copydesk", "-C", str(self._root), *words]
            done = subprocess.run(command, capture_output=True, check=False)
            if done.returncode not in {0, 1}:  # 1: the sources whose web is not here
                raise SystemExit(done.stderr.decode())
            self.filed += len(json.loads(done.stdout)["filed"])
            self.count += 1

    def _invent(self, now: datetime) -> dict[str, Answer]:
        """Return a feed of new stories, and their pages."""
        found: dict[str, Answer] = {}
        items = []
        for number in range(NEW):
            at = now - timedelta(minutes=number)
            url = f"https://gull.example/{at:%Y%m%d%H%M%S}-{number}"
            title = self._say(8)
            text = "\n".join(f"{self._say(40)} on the coast." for _ in range(6))
            found[url] = page(title, text, date=at.isoformat())
            items.append((title, url, f"{at:%a, %d %b %Y %H:%M:%S GMT}"))
        return {FEED: feed(*items), **found}

    def _say(self, count: int) -> str:
        return " ".join(self._chance.choices(" ".join(_WORDS).split(), k=count)).capitalize()
