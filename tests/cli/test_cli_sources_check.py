"""The health table as a person sees it, on a terminal of 100 columns."""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from copydesk.newsroom import open_newsroom
from copydesk.watch.schedule.state import SourceState
from world.command import copydesk
from world.newsroom import NOW, newsroom

GULL, HERON = "https://gull.example/feed.xml", "https://heron.example/feed.xml"
WELL = SourceState(
    kind="feed",
    last_ok_at=NOW - timedelta(minutes=5),
    last_new_at=NOW - timedelta(days=2),
    next_at=NOW + timedelta(hours=3),
    items=20,
    most_items=20,
    known_share=0.5,
    day=NOW.date(),
    days=(1, 2, 1, 1, 1, 1, 0),
)
SHOWN = """\
source                     status        last ok  last new  per week  known  failures          next
潮見新聞                   html               5m        2d         7    50%  4 html             due
The Gull                   ok                 5m        2d         7    50%                      3h

潮見新聞 https://heron.example/feed.xml
  html: an html page instead of a feed, 4 times in a row, since 2026-11-20
    copydesk sources add https://heron.example/new, which the page names
"""

LISTED = {
    80: """\
source                     status   last ok    next  error
The Gull                   new            -       -
潮見新聞                   failing       5m      3h  a certificate of another…
""",
    100: """\
source                               status   last ok    next  error
The Gull                             new            -       -
潮見新聞                             failing       5m      3h  a certificate of another host: it …
""",
}


def on_a_terminal(*arguments: str, columns: int = 100) -> tuple[int, str]:
    """Run a command with its stdout on a terminal; give how it ended and what stood there."""
    outer, inner = pty.openpty()
    with os.fdopen(outer, "rb", buffering=0) as screen, os.fdopen(inner, "wb") as out:
        done = subprocess.run(
            [sys.executable, "-m", "copydesk", *arguments],
            stdout=out,
            stderr=subprocess.DEVNULL,
            check=False,
            env={**os.environ, "COLUMNS": str(columns)},
        )
        shown = screen.read(65_536).decode()
    return done.returncode, re.sub(r"\x1b\[[\d;]*m", "", shown).replace("\r\n", "\n")


def test_the_table_fits_and_says_what_to_do(tmp_path: Path) -> None:
    root = newsroom(tmp_path / "beat")
    beat = root / "beat.toml"
    beat.write_text(beat.read_text("utf-8").replace("Heron Daily", "潮見新聞"), "utf-8")
    html = replace(
        WELL,
        next_at=NOW,
        failures=4,
        failure="html",
        failing_since=NOW,
        last_error="an html page: x; the page names its feed: https://heron.example/new",
    )
    with open_newsroom(root, NOW, {}) as opened:
        opened.memory.keep_source(GULL, msgspec.json.encode(WELL))
        opened.memory.keep_source(HERON, msgspec.json.encode(html))

    code, shown = on_a_terminal(
        "-C", str(root), "--now", "2026-11-20T08:00:00Z", "sources", "check"
    )

    assert SHOWN == shown
    assert 1 == code


@pytest.mark.parametrize("columns", LISTED)
def test_the_plain_list_has_one_line_for_each_source(tmp_path: Path, columns: int) -> None:
    root = newsroom(tmp_path / "beat", git=False)
    beat = root / "beat.toml"
    beat.write_text(beat.read_text("utf-8").replace("Heron Daily", "潮見新聞"), "utf-8")
    error = "a certificate of another host: it names\n  https://a.example/ " + "and more " * 50
    state = replace(WELL, failures=1, failure="certificate", failing_since=NOW, last_error=error)
    with open_newsroom(root, NOW, {}) as opened:
        opened.memory.keep_source(HERON, msgspec.json.encode(state))
    command = ("-C", str(root), "--now", "2026-11-20T08:00:00Z", "sources")

    assert (0, LISTED[columns]) == on_a_terminal(*command, columns=columns)

    gull, heron = copydesk(*command).out.splitlines()
    assert gull == f"{GULL}\tThe Gull\tauto\tnew\t\t"
    assert heron.split("\t")[5].startswith("a certificate of another host: it names https://a.")


def test_a_beat_without_sources_is_told_how_to_get_one(tmp_path: Path) -> None:
    root = newsroom(tmp_path / "beat", git=False)
    beat = root / "beat.toml"
    beat.write_text(beat.read_text("utf-8").partition("[[source]]")[0], "utf-8")

    said = copydesk("-C", root, "sources")

    assert (said.code, said.out) == (0, "")
    assert "copydesk sources add" in said.err
