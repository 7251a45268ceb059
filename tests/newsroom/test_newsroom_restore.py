"""What comes back of a backup: all of it, or nothing, whatever somebody made of the file."""

from __future__ import annotations

import gzip
import json
import sqlite3
import subprocess
import tarfile
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from copydesk.errors import BackupError, MailStoreError, UsageError
from copydesk.mail_store import open_mail
from copydesk.newsroom.backup import restore, verify_backup
from world.backups import (
    RECORD,
    fill_database,
    lived_newsroom,
    make_backup,
    names_in,
    read_members,
    rewrite_bytes,
    rewrite_manifest,
    write_members,
)
from world.newsroom import NOW, newsroom, run_git, write_files

Manifest = dict[str, Any]


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("original")
    return make_backup(lived_newsroom(folder / "newsroom"), folder / "backup.tar.gz")


@pytest.fixture
def file(original: Path, tmp_path: Path) -> Path:
    """Return a backup that a test may spoil."""
    copy = tmp_path / "backup.tar.gz"
    copy.write_bytes(original.read_bytes())
    return copy


def refuse(file: Path) -> BackupError:
    """Try to restore, and return why it is refused; nothing is left of the try."""
    before = names_in(file.parent)
    with pytest.raises(BackupError) as refused:
        restore(file, file.parent / "back", NOW)
    assert before == names_in(file.parent)
    return refused.value


def change_part(manifest: Manifest, kind: str, /, **changes: object) -> None:
    part = next(part for part in manifest["parts"] if part["kind"] == kind)
    part.update(changes)


def test_an_empty_folder_is_filled(file: Path, tmp_path: Path) -> None:
    (tmp_path / "back").mkdir()

    restore(file, tmp_path / "back", NOW)

    assert (tmp_path / "back/notes/new.txt").read_bytes() == b"new\n"


def test_a_folder_that_holds_something_is_left_alone(file: Path, tmp_path: Path) -> None:
    write_files(tmp_path / "back", {"mine.txt": b"mine"})

    with pytest.raises(UsageError, match="not empty"):
        restore(file, tmp_path / "back", NOW)

    assert ["mine.txt"] == names_in(tmp_path / "back")


def test_a_folder_below_a_missing_one_is_refused(file: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="the folder does not exist"):
        restore(file, tmp_path / "a/b", NOW)


def test_what_a_killed_restore_left_is_removed(file: Path, tmp_path: Path) -> None:
    write_files(tmp_path / ".copydesk-staging-x1", {"restored/beat.toml": b"half", "lock": b""})

    restore(file, tmp_path / "back", NOW)

    assert ["back", "backup.tar.gz"] == names_in(tmp_path)


def test_what_another_process_has_just_made_and_not_locked_yet_stays(
    file: Path, tmp_path: Path
) -> None:
    (tmp_path / ".copydesk-staging-x2").mkdir()

    restore(file, tmp_path / "back", NOW)

    assert [".copydesk-staging-x2", "back", "backup.tar.gz"] == names_in(tmp_path)


def test_readers_come_back_and_what_was_filed_since_waits_for_a_word(tmp_path: Path) -> None:
    root = newsroom(tmp_path / "newsroom")
    with closing(open_mail(root / ".copydesk")) as mail:
        reader = mail.subscribers.add("ada@example.org", NOW)
    file = make_backup(root, tmp_path / "backup.tar.gz")
    with closing(open_mail(root / ".copydesk")) as mail:
        lost = mail.subscribers.add("too-late@example.org", NOW)

    report = restore(file, tmp_path / "back", NOW + timedelta(days=2))

    assert report.sending_waits
    with closing(open_mail(tmp_path / "back/.copydesk")) as mail:
        assert mail.subscribers.find("ada@example.org") == reader
        assert mail.subscribers.find("too-late@example.org") is None
        assert mail.ledger.may_have_been_sent(NOW + timedelta(days=1))
        assert not mail.ledger.may_have_been_sent(NOW + timedelta(days=3))
        # links of who was lost are in their mailbox, and must not be another's
        assert mail.subscribers.add("new@example.org", NOW).id > lost.id
        assert mail.subscribers.get(lost.id) is None
    assert ["mail.sqlite"] == names_in(tmp_path / "back/.copydesk")


def test_readers_of_a_newer_copydesk_are_refused(tmp_path: Path) -> None:
    root = newsroom(tmp_path / "newsroom")
    fill_database(root / ".copydesk/mail.sqlite", "readers", 1)
    with closing(sqlite3.connect(root / ".copydesk/mail.sqlite")) as database:
        database.execute("PRAGMA user_version = 9999")
    file = make_backup(root, tmp_path / "backup.tar.gz")

    with pytest.raises(MailStoreError, match="newer copydesk"):
        restore(file, tmp_path / "back", NOW)

    assert not (tmp_path / "back").exists()


def test_a_backup_that_is_not_there_is_told(tmp_path: Path) -> None:
    assert "cannot be read" in refuse(tmp_path / "none.tar.gz").what


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04 a zip", gzip.compress(b"a" * 600, mtime=0)])
def test_another_file_is_no_backup(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "x.gz").write_bytes(data)

    assert refuse(tmp_path / "x.gz").hint


def test_a_newer_format_is_told_with_the_version_that_knows_it(file: Path) -> None:
    rewrite_manifest(file, lambda manifest: manifest.update(format=3, copydesk="9.1", parts="?"))

    assert "a newer copydesk (9.1) wrote this backup" in refuse(file).what


PATHS = ["../out", "/etc/passwd", "a/../../out", ".git/hooks/post-checkout", "a/.GIT/config"]
PATHS += ["", "a//b", "./a", "a\0b", ".copydesk/key", ".copydesk/site/x", "n" * 256, ".git"]
# What Windows (NTFS) and macOS (HFS+) read as .git: git's own protectNTFS and protectHFS.
OTHER_GITS = ["GIT~1/hooks/post-checkout", "a/git~1", ".git /config", ".git.", ".GIT. ./config"]
OTHER_GITS += [".git::$INDEX_ALLOCATION/config", "git~1:x", ".git\\config", "a\\.git\\config"]
OTHER_GITS += [".g\u200cit/config", "\ufeff.GIT", ".gi\u202et /config", "a\\..\\..\\out"]
PATHS += OTHER_GITS


@pytest.mark.parametrize("path", PATHS)
def test_a_path_that_leads_elsewhere_is_refused(file: Path, path: str) -> None:
    rewrite_manifest(file, lambda manifest: change_part(manifest, "file", path=path))

    assert "a path outside the newsroom" in refuse(file).what


@pytest.mark.parametrize("path", PATHS)
def test_nothing_outside_is_removed(file: Path, path: str) -> None:
    rewrite_manifest(file, lambda manifest: manifest.update(removed=[path]))

    assert "a path outside the newsroom" in refuse(file).what


@pytest.mark.parametrize(
    "change",
    [
        lambda manifest: change_part(manifest, "desk", path=".copydesk/key"),
        lambda manifest: change_part(manifest, "desk", path="../desk.sqlite"),
        lambda manifest: change_part(manifest, "records", path="beat.toml"),
        lambda manifest: change_part(manifest, "file", kind="private", path=".copydesk/site/x"),
        lambda manifest: change_part(manifest, "file", kind="key", path="../key"),
        lambda manifest: change_part(manifest, "file", sha256="none"),
        lambda manifest: change_part(manifest, "file", bytes=-1),
        lambda manifest: change_part(manifest, "file", path="beat.toml/x", kind="desk"),
        lambda manifest: manifest["parts"].append(manifest["parts"][1]),
        lambda manifest: manifest["parts"].reverse(),
        lambda manifest: manifest.update(made="yesterday"),
        lambda manifest: manifest.update(repository=None),
        lambda manifest: manifest.update(databases={}),
        lambda manifest: manifest["repository"].update(prefix="../out/"),
        lambda manifest: manifest["repository"].update(head="--upload-pack=x"),
        lambda manifest: manifest["repository"]["refs"].update({"refs/heads/x": "-x"}),
    ],
)
def test_a_manifest_that_contradicts_itself_is_refused(
    file: Path, change: Callable[[Manifest], object]
) -> None:
    rewrite_manifest(file, change)

    assert "manifest is invalid" in refuse(file).what


@pytest.mark.parametrize(
    "change",
    [
        lambda manifest: manifest.update(kind="other"),
        lambda manifest: manifest.update(format=0),
        lambda manifest: manifest.update(parts="all"),
        lambda manifest: manifest.pop("made"),
        lambda manifest: change_part(manifest, "file", kind="hook"),
        lambda manifest: manifest["repository"].update(object_format="md5"),
    ],
)
def test_a_manifest_of_another_shape_is_none(
    file: Path, change: Callable[[Manifest], object]
) -> None:
    rewrite_manifest(file, change)

    assert "not a backup of copydesk" in refuse(file).what


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        (lambda manifest: manifest["records"].update(_news=7), "records, _news"),
        (lambda manifest: manifest["databases"]["desk"]["tables"].update(accounts=9), "rows"),
        (lambda manifest: manifest["databases"]["desk"].update(version=3), "version"),
        (lambda manifest: manifest["repository"].update(tree="0" * 40), "tree"),
        (
            lambda manifest: manifest["repository"]["refs"].update({"refs/heads/x": "0" * 40}),
            "refs",
        ),
    ],
)
def test_what_comes_back_otherwise_than_it_was_counted_is_refused(
    file: Path, change: Callable[[Manifest], object], kind: str
) -> None:
    rewrite_manifest(file, change)

    assert kind in refuse(file).what


def test_a_verification_names_each_difference(file: Path, tmp_path: Path) -> None:
    rewrite_manifest(file, lambda manifest: manifest["records"].update(_news=7, _people=1))

    (tmp_path / "staging").mkdir()
    verification = verify_backup(file, tmp_path / "staging")

    assert [("_news", "7", "1"), ("_people", "1", "0")] == [
        (differs.subject, differs.expected, differs.found) for differs in verification.differences
    ]


def test_an_extra_part_is_refused(file: Path) -> None:
    write_members(file, {**read_members(file), "file/9": b"x"}, lambda member: None)

    assert "its manifest does not list" in refuse(file).what


def test_a_missing_part_is_refused(file: Path) -> None:
    members = read_members(file)
    members.pop("file/000004")
    write_members(file, members, lambda member: None)

    assert "too few parts" in refuse(file).what


def test_a_part_with_other_bytes_is_refused(file: Path) -> None:
    members = read_members(file)
    members["file/000004"] = members["file/000004"].swapcase()
    write_members(file, members, lambda member: None)

    assert "a wrong digest" in refuse(file).what


@pytest.mark.parametrize(
    "kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.DIRTYPE, tarfile.FIFOTYPE]
)
def test_a_member_that_is_no_plain_file_is_refused(file: Path, kind: bytes) -> None:
    def change(member: tarfile.TarInfo) -> None:
        if member.name.startswith("file/"):
            member.type, member.linkname = kind, "/etc/passwd"

    write_members(file, read_members(file), change)

    assert "is not a regular file" in refuse(file).what


def test_extended_headers_are_not_read(file: Path) -> None:
    """A header of a gigabyte would be read into the memory by whoever believes its size."""

    def change(member: tarfile.TarInfo) -> None:
        member.pax_headers = {"comment": "x" * 2000}

    write_members(file, read_members(file), change)

    assert "is not a regular file" in refuse(file).what


def test_a_backup_that_is_larger_than_the_disk_is_refused_at_once(file: Path) -> None:
    rewrite_manifest(file, lambda manifest: change_part(manifest, "desk", bytes=1 << 60))

    assert "but the disk has only" in refuse(file).what


def test_what_stands_behind_the_end_is_refused(file: Path) -> None:
    rewrite_bytes(file, lambda data: data.extend(b"more"))

    assert "after its end" in refuse(file).what


def test_zeros_without_an_end_are_not_read_on(file: Path) -> None:
    rewrite_bytes(file, lambda data: data.extend(bytes(1 << 20)))

    assert "after its end" in refuse(file).what


def hostile_records(folder: Path, files: dict[str, str]) -> Path:
    """Make a backup of a newsroom whose records hold links, by name and target."""
    root = newsroom(folder / "newsroom")
    for name, target in files.items():
        (root / name).symlink_to(target)
    run_git(root, "add", "-A", "-f")
    run_git(root, "commit", "-qm", "links")
    for name in files:
        (root / name).unlink()
        write_files(root, {f"{name}/part.txt": b"x"})
    return make_backup(root, folder / "hostile.tar.gz")


def test_a_link_among_the_records_leads_no_part_elsewhere(tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    file = hostile_records(tmp_path, {"notes": str(tmp_path / "outside")})
    rewrite_manifest(file, lambda manifest: manifest.update(removed=[]))

    assert "inside a file or link" in refuse(file).what
    assert [] == names_in(tmp_path / "outside")


def test_a_link_in_the_place_of_our_own_folder_leads_nothing_elsewhere(tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    root = newsroom(tmp_path / "newsroom", git=False)
    with closing(sqlite3.connect(tmp_path / "outside/desk.sqlite")) as desk:
        desk.execute("CREATE TABLE accounts (number)")
    (root / ".copydesk/cards").rename(tmp_path / "cards")
    (root / ".copydesk").rmdir()
    (root / ".copydesk").symlink_to(tmp_path / "outside")
    (root / ".gitignore").unlink()
    run_git(root, "init", "-q", "--template=")
    run_git(root, "add", "-A")
    run_git(root, "commit", "-qm", "start")
    file = make_backup(root, tmp_path / "hostile.tar.gz")
    (tmp_path / "outside/desk.sqlite").unlink()

    assert "inside a file or link" in refuse(file).what
    assert not (tmp_path / "outside/desk.sqlite").exists()


def test_a_link_that_a_file_took_the_place_of_is_replaced(tmp_path: Path) -> None:
    file = hostile_records(tmp_path, {"notes": "/etc"})

    restore(file, tmp_path / "back", NOW)

    assert (tmp_path / "back/notes/part.txt").read_bytes() == b"x"


def test_a_bundle_that_asks_for_commits_it_lacks_is_refused(file: Path, tmp_path: Path) -> None:
    root = newsroom(tmp_path / "newsroom")
    write_files(root, {RECORD: b"x"})
    run_git(root, "add", "-A")
    run_git(root, "commit", "-qm", "next")
    run_git(root, "bundle", "create", "-q", str(tmp_path / "thin"), "main", "^main~1")
    replace_records(file, (tmp_path / "thin").read_bytes())
    (tmp_path / "thin").unlink()

    assert "git cannot read the backup" in refuse(file).what


@pytest.mark.parametrize("data", [b"", b"# v2 git bundle\n", b"# v9 git bundle\n\nPACK", b"PACK"])
def test_a_bundle_that_is_none_is_refused(file: Path, data: bytes) -> None:
    replace_records(file, data)

    assert "git cannot read the backup" in refuse(file).what


def replace_records(file: Path, data: bytes) -> None:
    """Put other records into a backup, and their digest into its manifest."""
    import hashlib

    members = {**read_members(file), "records.bundle": data}
    manifest = json.loads(members["manifest.json"])
    change_part(manifest, "records", bytes=len(data), sha256=hashlib.sha256(data).hexdigest())
    members["manifest.json"] = json.dumps(manifest).encode()
    write_members(file, members, lambda member: None)


@pytest.mark.parametrize("name", ["git~1", ".git ", ".g\u200cit", ".git::$INDEX_ALLOCATION"])
def test_records_that_other_systems_read_as_git_are_refused(
    file: Path, tmp_path: Path, name: str
) -> None:
    root = newsroom(tmp_path / "newsroom")
    tree = run_git(root, "rev-parse", "HEAD^{tree}").strip()
    entry = f"040000 tree {tree}\t{name}\n"
    hostile = (
        subprocess.run(
            ["git", "mktree"], cwd=root, input=entry.encode(), capture_output=True, check=True
        )
        .stdout.decode()
        .strip()
    )
    commit = run_git(root, "commit-tree", "-m", "x", hostile).strip()
    run_git(root, "update-ref", "refs/heads/main", commit)
    run_git(root, "bundle", "create", "-q", str(tmp_path / "bundle"), "--all", "HEAD")
    replace_records(file, (tmp_path / "bundle").read_bytes())
    (tmp_path / "bundle").unlink()

    def point_to_it(manifest: Manifest) -> None:
        manifest["repository"].update(head=commit, tree=hostile, refs={"refs/heads/main": commit})

    rewrite_manifest(file, point_to_it)

    assert "git cannot read the backup" in refuse(file).what


@pytest.mark.parametrize(
    "name", ["git~2", ".gitignore", ".github/x", "legit", ".git-notes", "x.git"]
)
def test_a_name_that_only_looks_like_git_is_restored(tmp_path: Path, name: str) -> None:
    root = newsroom(tmp_path / "newsroom")
    write_files(root, {f"notes/{name}": b"mine"})

    restore(make_backup(root, tmp_path / "backup.tar.gz"), tmp_path / "back", NOW)

    assert (tmp_path / "back/notes" / name).read_bytes() == b"mine"


def test_hooks_and_settings_of_a_repository_stay_where_they_are(tmp_path: Path) -> None:
    root = newsroom(tmp_path / "newsroom")
    write_files(root, {".git/hooks/post-checkout": b'#!/bin/sh\ntouch "$HOME/hooked"\n'})
    (root / ".git/hooks/post-checkout").chmod(0o755)
    run_git(root, "config", "core.pager", "rm -r /")

    back = tmp_path / "back"
    restore(make_backup(root, tmp_path / "backup.tar.gz"), back, NOW)

    assert not (back / ".git/hooks").exists()
    assert "rm -r" not in (back / ".git/config").read_text()


@settings(max_examples=60)
@given(data=st.data())
def test_a_damaged_backup_gives_all_or_nothing(
    original: Path, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    sound = original.read_bytes()
    at = data.draw(st.integers(min_value=0, max_value=len(sound) - 1))
    is_cut = data.draw(st.booleans())
    flipped = bytes([sound[at] ^ 1 << data.draw(st.integers(min_value=0, max_value=7))])
    folder = tmp_path_factory.mktemp("damaged")
    (folder / "x.gz").write_bytes(sound[:at] if is_cut else sound[:at] + flipped + sound[at + 1 :])

    try:
        restore(folder / "x.gz", folder / "back", NOW)
    except BackupError:
        assert ["x.gz"] == names_in(folder)
    else:  # a bit of gzip's header of which nothing hangs: the moment, the system
        assert at < 10
        assert (folder / "back/beat.toml").read_bytes().endswith(b"# mine\n")
