"""`copydesk backup` and `copydesk restore`, as a person calls them."""

from __future__ import annotations

from pathlib import Path

import pytest

from copydesk.newsroom.backup import read_backup_status
from world.backups import (
    lived_newsroom,
    make_key_pair,
    names_in,
    rewrite_manifest,
    set_backups,
)
from world.command import copydesk
from world.newsroom import newsroom, write_files


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return lived_newsroom(tmp_path / "newsroom")


def test_a_backup_is_made_compared_and_restored(root: Path, tmp_path: Path) -> None:
    made = copydesk("-C", root, "backup", tmp_path / "b.tar.gz", "--verify", "--json")
    back = copydesk("restore", tmp_path / "b.tar.gz", tmp_path / "back", "--json")

    assert (0, 0) == (made.code, back.code)
    assert made.json()["written"]
    assert made.json()["verified"]["differences"] == []
    assert made.json()["verified"]["compared"]["rows"] == 3
    assert made.json()["commit"] == back.json()["commit"]
    assert made.json()["databases"] == back.json()["databases"]
    assert back.json()["newsroom"] == str(tmp_path / "back")
    assert not back.json()["sending_waits"]


def test_a_person_reads_what_is_in_it_and_what_is_not(root: Path, tmp_path: Path) -> None:
    (root / "link").symlink_to("/etc")

    said = copydesk("-C", root, "backup", tmp_path / "b.tar.gz", "--verify")

    assert "stories and other records: _data 1, _news 1 (commit " in said.out
    assert "newsletter database: none" in said.out
    assert "compared: 3 database rows" in said.out
    assert "left out: link: it is a symbolic link" in said.err
    assert "the backup has no encryption key" in said.err


def test_a_newsroom_without_git_says_so(tmp_path: Path) -> None:
    newsroom(tmp_path / "newsroom", git=False)

    said = copydesk("-C", tmp_path / "newsroom", "backup", tmp_path / "b.tar.gz")

    assert "files only, no git repository" in said.out
    assert said.code == 0


def test_a_restore_fills_the_folder_that_is_named_by_c(root: Path, tmp_path: Path) -> None:
    copydesk("-C", root, "backup", tmp_path / "b.tar.gz")
    (tmp_path / "back").mkdir()

    assert copydesk("-C", tmp_path / "back", "restore", tmp_path / "b.tar.gz").code == 0
    assert (tmp_path / "back/beat.toml").exists()


def test_a_restore_without_the_key_says_that_it_is_to_be_put_back(tmp_path: Path) -> None:
    copydesk("new", tmp_path / "newsroom", "--title", "T")
    copydesk("-C", tmp_path / "newsroom", "backup", tmp_path / "bare.tar.gz")
    copydesk("-C", tmp_path / "newsroom", "backup", tmp_path / "whole.tar.gz", "--with-key")

    bare = copydesk("restore", tmp_path / "bare.tar.gz", tmp_path / "bare")
    whole = copydesk("restore", tmp_path / "whole.tar.gz", tmp_path / "whole")

    assert (
        "the backup has no encryption key: copy your key to .copydesk/key first\nnext: " in bare.err
    )
    assert whole.err.startswith("next: ")


def test_a_restore_tells_that_accounts_removed_since_are_back(tmp_path: Path) -> None:
    root = tmp_path / "mine"
    newsroom(root)
    copydesk("-C", root, "desk", "user", "add", "Gone")
    copydesk("-C", root, "backup", tmp_path / "b.tar.gz")
    copydesk("-C", root, "desk", "user", "remove", "Gone")

    said = copydesk("restore", tmp_path / "b.tar.gz", tmp_path / "back")
    listed = copydesk("-C", tmp_path / "back", "desk", "user", "list")

    assert "Gone" in listed.out
    assert "sessions are as in the backup: copydesk desk user list\n" in said.err


def test_a_restore_of_a_backup_without_a_list_says_so(root: Path, tmp_path: Path) -> None:
    copydesk("-C", root, "backup", tmp_path / "b.tar.gz")
    rewrite_manifest(tmp_path / "b.tar.gz", lambda manifest: manifest.pop("refetchable"))

    said = copydesk("restore", tmp_path / "b.tar.gz", tmp_path / "back")

    assert "texts and pictures stay missing, because the backup does not list them" in said.err


def test_a_folder_that_is_not_empty_is_misuse(root: Path, tmp_path: Path) -> None:
    copydesk("-C", root, "backup", tmp_path / "b.tar.gz")

    said = copydesk("restore", tmp_path / "b.tar.gz", root)

    assert said.code == 2
    assert "the folder is not empty" in said.err


def test_a_backup_that_cannot_be_used_fails_with_a_hint(root: Path, tmp_path: Path) -> None:
    copydesk("-C", root, "backup", tmp_path / "b.tar.gz")
    rewrite_manifest(tmp_path / "b.tar.gz", lambda manifest: manifest["records"].update(_news=9))

    said = copydesk("restore", tmp_path / "b.tar.gz", tmp_path / "back")

    assert said.code == 1
    assert "hint: nothing was restored" in said.err
    assert ["b.tar.gz", "newsroom"] == names_in(tmp_path)


def test_a_relative_file_lies_where_the_person_stands(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    assert copydesk("-C", root, "backup", "b.tar.gz").code == 0
    assert copydesk("restore", "b.tar.gz", "back").code == 0
    assert names_in(tmp_path / "back/notes") == ["new.txt"]


# Backups that go to a target.


def test_a_person_sends_a_backup_and_looks_at_it(root: Path, tmp_path: Path) -> None:
    keys = make_key_pair(tmp_path)
    (tmp_path / "target").mkdir()
    set_backups(root, "folder", keys.recipient, table='path = "../target"', more="keep = 1")

    made = copydesk("-C", root, "--now", "2026-11-20T08:00:00Z", "backup", "--json")
    again = copydesk("-C", root, "--now", "2026-11-21T08:00:00Z", "backup")
    file = tmp_path / "target" / read_backup_name(root)
    seen = copydesk("restore", file, "--check", "--identity", keys.identity)
    told = copydesk("restore", file, "--check", "--identity", keys.identity, "--json")
    shut = copydesk("restore", file, "--check")
    back = copydesk("restore", file, tmp_path / "back", "--identity", keys.identity, "--json")

    assert (0, 0, 0, 0, 1, 0) == tuple(
        said.code for said in (made, again, seen, told, shut, back)
    ), (made.err, again.err, seen.err, told.err, back.err)
    assert str(tmp_path / "target") == made.json()["target"]
    assert made.json()["verified"]["differences"] == []
    assert f"deleted an older one: {made.json()['file']}" in again.out
    assert f"verified at {tmp_path / 'target'}" in again.out
    assert "the backup of 2026-11-21T08:00:00Z is whole" in seen.out
    assert told.json()["whole"]
    assert "hint: name the secret key with --identity FILE" in shut.err
    assert 0 == back.json()["gone"]["ended"]
    said = " ".join(one.out + one.err for one in (made, again, seen, told, shut, back))
    assert "AGE-SECRET-KEY" not in said


def read_backup_name(root: Path) -> str:
    status = read_backup_status(root / ".copydesk")
    assert status is not None
    return status.name


def test_a_damaged_backup_ends_a_check_with_1(root: Path, tmp_path: Path) -> None:
    copydesk("-C", root, "backup", tmp_path / "b.tar.gz")
    rewrite_manifest(tmp_path / "b.tar.gz", lambda manifest: manifest["records"].update(_news=9))

    said = copydesk("restore", tmp_path / "b.tar.gz", "--check")

    assert 1 == said.code
    assert "is not whole" in said.out
    assert "differs: records: _news: found 1, expected 9" in said.err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("backup",), "no target for backups is set"),
        (("backup", "--with-key"), "this option needs a FILE"),
        (("backup", "--verify"), "this option needs a FILE"),
        (("restore", "b.tar.gz", "back", "--check"), "it takes no DIR"),
        (("restore", "s3://", "back"), "no bucket is named"),
        (("restore", "s3://tide/x", "back"), "the access keys of the S3 storage are missing"),
    ],
)
def test_what_cannot_be_asked_for_is_told(
    root: Path, tmp_path: Path, words: tuple[str, ...], told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    said = copydesk("-C", root, *words)

    assert said.code in {1, 2}
    assert told in said.err
    assert not (tmp_path / "back").exists()


def test_a_person_takes_texts_and_pictures_along(root: Path, tmp_path: Path) -> None:
    write_files(root, {".copydesk/articles/a.json": b"{}", ".copydesk/pictures/b.webp": b"x"})

    made = copydesk("-C", root, "backup", tmp_path / "b.tar.gz", "--with-articles")
    back = copydesk("restore", tmp_path / "b.tar.gz", tmp_path / "back", "--json")

    assert "files of article texts: 1, of pictures: 1" in made.out
    assert {"articles": 1, "pictures": 1} == back.json()["carried"]
    assert (tmp_path / "back/.copydesk/articles/a.json").exists()
