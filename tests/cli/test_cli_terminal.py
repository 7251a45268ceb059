"""What strangers said steers no terminal."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from copydesk import newsroom
from copydesk.cli import terminal
from world.command import copydesk
from world.newsroom import newsroom as make_newsroom
from world.newsroom import write_files

EVIL = "it says \x9b2J\x1b[31m\u202eback\nfailed: all"
TAME = "it says 2J[31mback failed: all"


def test_a_failure_is_one_line_and_its_hint_another(capsys: pytest.CaptureFixture[str]) -> None:
    terminal.failures([newsroom.Failure(url="https://a.example/", what=EVIL, hint=EVIL)])

    assert capsys.readouterr().err.splitlines() == [
        f"failed: {TAME}: https://a.example/",
        f"  hint: {TAME}",
    ]


def test_a_row_of_a_table_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    terminal.table(("url", "error"), [("https://a.example/", EVIL), ("", "a\tb")])

    assert capsys.readouterr().out == f"https://a.example/\t{TAME}\n\ta b\n"


def test_json_holds_every_character_and_shows_none_that_steers(
    capsys: pytest.CaptureFixture[str],
) -> None:
    terminal.as_json({"said": EVIL, "ö\x80": "“ä”"})

    printed = capsys.readouterr().out
    assert json.loads(printed) == {"said": EVIL, "ö\x80": "“ä”"}
    assert not {"\x9b", "\x80", "\x1b", "\u202e"} & set(printed)
    assert "“ä”" in printed


def test_the_name_of_a_file_that_somebody_pushed_is_one_line(tmp_path: Path) -> None:
    root = tmp_path / "mine"
    make_newsroom(root)
    write_files(root, {"_news/\x1b[2J\x9b1m\u202e.md": b"no record"})

    said = copydesk("-C", root, "record", "check")

    assert "error: the file has no front matter: _news/[2J1m.md\n" in said.err
