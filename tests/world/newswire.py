"""A newsroom of the sources of the recorded news web beside the checkout, and rounds over it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from copydesk import newsroom, rounds
from copydesk.kit import dates
from copydesk.newsroom import reports
from world.newsroom import KEY, run_git
from world.shared import SHARED

FOLDER = SHARED / "data" / "web"
WEB = FOLDER / "newswire.warc.gz"
BEAT = (
    '[site]\ntitle = "Newswire"\nurl = "https://newswire.example"\n[scoring]\noff_beat = "keep"\n'
)


def description() -> dict[str, Any]:
    """Return what the recording says of itself."""
    told: dict[str, Any] = json.loads((FOLDER / "newswire.json").read_text("utf-8"))
    return told


def newswire_newsroom(root: Path) -> Path:
    """Make the newsroom, in a git repository of its own."""
    root.mkdir()
    sources = "".join(f'[[source]]\nurl = "{one["url"]}"\n' for one in description()["sources"])
    (root / "beat.toml").write_text(BEAT + sources, "utf-8")
    (root / ".gitignore").write_text(".copydesk/\n", "utf-8")
    run_git(root, "init", "-q", "-b", "main")
    run_git(root, "add", "-A")
    run_git(root, "commit", "-qm", "start")
    return root


def run_round(root: Path, now: str, *, all_due: bool = False) -> reports.RoundReport:
    """Run a round over the recording at a time."""
    moment = dates.parse(now)
    assert moment is not None
    with newsroom.open_newsroom(root, moment, {"COPYDESK_KEY": KEY}) as opened:
        options = rounds.RoundOptions(web=WEB, all_due=all_due)
        return rounds.run_round(opened, options, newsroom.Silence())
