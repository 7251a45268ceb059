"""Which folder is the newsroom: -C, COPYDESK_DIR, or the nearest one upwards with a beat.toml."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from world.command import copydesk
from world.newsroom import newsroom


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return newsroom(tmp_path / "beat")


def newsroom_row(*arguments: object) -> tuple[str, str]:
    """Return the folder that `config` shows, and what says so."""
    answer = copydesk(*arguments, "--json", "config")
    assert answer.code == 0, answer.err
    row = next(row for row in answer.json() if row["path"] == "newsroom")
    return row["value"], row["origin"]


def test_a_folder_below_the_newsroom_leads_to_it(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    below = root / "_data/topics"
    monkeypatch.chdir(below)

    assert (str(root), "found above the current folder") == newsroom_row()


def test_the_newsroom_itself_is_the_current_folder(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(root)

    assert (str(root), "the current folder") == newsroom_row()


def test_the_variable_names_the_newsroom_and_the_option_goes_before_it(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = newsroom(tmp_path / "other")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COPYDESK_DIR", str(root))

    assert (str(root), "COPYDESK_DIR") == newsroom_row()
    assert (str(other), "-C") == newsroom_row("-C", other)


@pytest.mark.parametrize("explicit", ["option", "variable"])
def test_the_current_folder_that_is_named_is_taken_as_it_is(
    root: Path, monkeypatch: pytest.MonkeyPatch, explicit: str
) -> None:
    monkeypatch.chdir(root / "_data")
    if explicit == "variable":
        monkeypatch.setenv("COPYDESK_DIR", ".")

    answer = copydesk(*(("-C", ".") if explicit == "option" else ()), "config")

    assert 1 == answer.code
    assert "the folder has no beat.toml" in answer.err


@pytest.mark.parametrize("border", ["repository", "home"])
def test_nobody_looks_above_the_repository_and_the_home_folder(
    root: Path, monkeypatch: pytest.MonkeyPatch, border: str
) -> None:
    inner = root / "inner"
    (inner / "deep").mkdir(parents=True)
    if border == "repository":
        (inner / ".git").mkdir()
    else:
        monkeypatch.setenv("HOME", str(inner))
    monkeypatch.chdir(inner / "deep")

    answer = copydesk("config")

    assert 1 == answer.code
    assert "beat.toml" in answer.err


def test_outside_of_both_only_the_current_folder_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = newsroom(tmp_path / "beat", git=False)
    (root / "deep").mkdir()
    monkeypatch.chdir(root / "deep")

    assert 1 == copydesk("config").code
    monkeypatch.chdir(root)
    assert 0 == copydesk("config").code


def test_settings_of_another_user_are_named_and_refused(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stranger = os.geteuid() + 1
    monkeypatch.setattr(os, "geteuid", lambda: stranger)
    monkeypatch.chdir(root / "_data")

    answer = copydesk("config")

    assert 2 == answer.code
    assert f"the settings belong to another user: {root}/beat.toml" in answer.err
    assert f"copydesk -C {root}" in answer.err
    assert 0 == copydesk("-C", root, "config").code


def test_root_by_sudo_may_work_in_the_folder_of_the_one_who_asked(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SUDO_UID", str(os.geteuid()))
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.chdir(root)

    assert 0 == copydesk("config").code


@pytest.mark.parametrize("command", [("record", "check"), ("new", "fresh"), ("adopt", ".")])
def test_some_commands_work_in_the_current_folder_alone(
    root: Path, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    (root / "inner").mkdir()
    before = (root / "beat.toml").read_bytes()
    monkeypatch.chdir(root / "inner")

    answer = copydesk(*command)

    assert str(root / "beat.toml") not in answer.out + answer.err
    assert before == (root / "beat.toml").read_bytes()
    assert command[0] != "new" or (root / "inner/fresh/beat.toml").exists()


def test_a_current_folder_that_is_gone_is_an_error_and_no_crash(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()

    answer = copydesk("config")

    assert 1 == answer.code
    assert answer.err.startswith("error: ")


def test_without_a_home_folder_the_repository_is_the_border(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("HOME")
    monkeypatch.setattr(os.path, "expanduser", lambda path: path)  # no entry for this user
    monkeypatch.chdir(root / "_data")

    assert (str(root), "found above the current folder") == newsroom_row()
