"""Tables have headings and fit the terminal; an output that is closed or full ends a command."""

from __future__ import annotations

import contextlib
import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import pytest

from world.command import copydesk
from world.newsroom import newsroom, record_web, small_web

NOW = "2026-11-20T08:00:00Z"
WALL = "_news/2026-11-19-sea-wall-to-rise-by-two-metres.md"


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("tables")
    root = newsroom(place / "beat")
    web = record_web(place / "web.warc.gz", small_web())
    assert 0 == copydesk("-C", root, "run", "--web", web, "--now", NOW).code
    assert 0 == copydesk("-C", root, "rule", "pin", WALL, "--why", "it is ours").code
    return root


def on_a_terminal(root: Path, *words: str, columns: int, **more: str) -> str:
    """Run a command on a terminal of some columns; return what its stdout shows."""
    outer, inner = pty.openpty()
    command = [sys.executable, "-m", "copydesk", "-C", str(root), "--now", NOW, *words]
    environment = {**os.environ, "COLUMNS": str(columns), "TERM": "xterm", **more}
    shown = b""
    with subprocess.Popen(command, stdout=inner, stderr=subprocess.DEVNULL, env=environment):
        os.close(inner)
        with contextlib.suppress(OSError):  # Linux: the other end is closed
            while part := os.read(outer, 65_536):
                shown += part
    os.close(outer)
    return shown.decode().replace("\r\n", "\n")


def plain(shown: str) -> list[str]:
    return re.sub(r"\x1b\[[\d;]*m", "", shown).splitlines()


HEADINGS = {
    "stories": ["time", "(UTC)", "quality", "status", "topics", "headline"],
    "sources": ["source", "status", "last", "ok", "next", "error"],
    "rule list": ["no.", "rule", "applies", "to", "by", "reason"],
    "config": ["setting", "value", "from"],
}


@pytest.mark.sample("stories")
@pytest.mark.parametrize("command", HEADINGS)
def test_a_table_has_headings_on_a_terminal_and_none_in_a_pipe(root: Path, command: str) -> None:
    shown = plain(on_a_terminal(root, *command.split(), columns=160))
    assert HEADINGS[command] == shown[0].split()
    piped = copydesk("-C", root, "--now", NOW, *command.split()).out
    assert HEADINGS[command] != piped.split("\n", 1)[0].split()


def test_a_terminal_shows_headlines_and_a_pipe_the_names_of_files(root: Path) -> None:
    _, rule = plain(on_a_terminal(root, "rule", "list", columns=120))
    assert "Sea wall to rise by two metres" in rule
    assert copydesk("-C", root, "rule", "list").out.startswith(f"1\tpin\t{Path(WALL).stem}\t")
    shown = plain(on_a_terminal(root, "stories", columns=120))
    assert f"  {WALL}" in shown  # what the next command needs
    explained = copydesk("-C", root, "explain", WALL).out
    assert "  headline: Sea wall to rise by two metres" in explained


@pytest.mark.sample("sources")
@pytest.mark.parametrize("command", ["stories", "sources", "sources check", "rule list", "config"])
def test_a_narrow_terminal_has_fewer_columns(root: Path, command: str) -> None:
    shown = plain(on_a_terminal(root, *command.split(), columns=40))
    rows = [line for line in shown if "_news/" not in line and not line.startswith("    ")]
    assert rows
    assert [] == [line for line in rows if len(line) > 40]


def test_without_colours_no_code_is_printed(root: Path) -> None:
    coloured = on_a_terminal(root, "sources", columns=80)
    assert "\x1b[" in coloured
    assert coloured != on_a_terminal(root, "sources", columns=80, NO_COLOR="1")
    assert "\x1b[" not in on_a_terminal(root, "sources", columns=80, NO_COLOR="1")


@pytest.mark.sample("words0")
@pytest.mark.parametrize("words", [("stories",), ("--json", "config"), ("--help",)])
def test_a_reader_that_went_away_ends_a_command_quietly(root: Path, words: tuple[str, ...]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb") as out:
        command = [sys.executable, "-m", "copydesk", "-C", str(root), *words]
        ended = subprocess.run(command, stdout=out, stderr=subprocess.PIPE, check=False)
    assert (1, b"") == (ended.returncode, ended.stderr)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_full_disk_is_one_line(root: Path) -> None:
    with Path("/dev/full").open("wb") as out:
        command = [sys.executable, "-m", "copydesk", "-C", str(root), "stories"]
        ended = subprocess.run(command, stdout=out, stderr=subprocess.PIPE, text=True, check=False)
    first, *others = ended.stderr.splitlines()
    assert (1, "error: could not write (No space left on device): the output") == (
        ended.returncode,
        first,
    )
    assert not any("Traceback" in line for line in others)


def test_the_help_of_decisions_and_of_rules_lead_to_each_other() -> None:
    assert "use `copydesk rule`" in " ".join(copydesk("verdict", "--help").out.split())
    assert "use `copydesk verdict`" in " ".join(copydesk("rule", "--help").out.split())
