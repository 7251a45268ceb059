"""A newsroom goes into one file, and comes out of it as it was."""

from __future__ import annotations

import os
import sqlite3
import stat
import threading
from contextlib import closing
from pathlib import Path

import pytest

from copydesk.archive import git
from copydesk.errors import BackupError, BusyError, ConfigError, GitError, UsageError
from copydesk.kit import locks
from copydesk.newsroom.backup import BackupOptions, BackupReport, back_up, restore
from world.backups import RECORD, fill_database, lived_newsroom, make_backup, names_in, read_members
from world.newsroom import KEY, NOW, newsroom, run_git, write_files


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return lived_newsroom(tmp_path / "newsroom")


def save(root: Path, **options: bool) -> BackupReport:
    return back_up(root, root.parent / "backup.tar.gz", BackupOptions(**options), NOW, {})


def restored(root: Path, **options: bool) -> Path:
    """Back a newsroom up, and return it as it comes back."""
    save(root, **options)
    return Path(restore(root.parent / "backup.tar.gz", root.parent / "back", NOW).newsroom)


def files_of(root: Path) -> dict[str, bytes]:
    """Return what lies in a newsroom beside git's and our own folder."""
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in root.rglob("*")
        if path.is_file() and not {".git", ".copydesk"} & set(path.relative_to(root).parts)
    }


def test_a_newsroom_comes_back_with_every_file_and_reference(root: Path) -> None:
    run_git(root, "tag", "-am", "first", "v1")
    run_git(root, "branch", "other")

    back = restored(root)

    assert files_of(root) == files_of(back)
    for question in (("for-each-ref",), ("status", "--porcelain"), ("symbolic-ref", "HEAD")):
        assert run_git(root, *question) == run_git(back, *question)
    run_git(back, "fsck", "--strict")


def test_what_can_be_made_again_stays_out(root: Path) -> None:
    back = restored(root)

    assert ["desk.sqlite"] == sorted(path.name for path in (back / ".copydesk").iterdir())


def test_what_a_backup_holds_is_counted(root: Path) -> None:
    report = save(root, verify=True)

    assert {"_data": 1, "_news": 1} == report.manifest.records
    assert {"accounts": 3} == report.manifest.databases["desk"].tables
    assert ("_news/2026-11-18-old.md",) == report.manifest.removed
    assert report.verification is not None
    assert report.verification.is_equal
    assert report.is_written


def test_ignored_files_of_the_newsroom_are_taken_and_generated_ones_are_not(root: Path) -> None:
    write_files(root, {".git/info/exclude": b"_data/sources.yaml\n_site\nout\n"})
    write_files(root, {"_data/sources.yaml": b"a", "_site/x": b"b", "out/x": b"c"})

    back = restored(root)

    assert (back / "_data/sources.yaml").read_bytes() == b"a"
    assert not (back / "_site").exists()
    assert not (back / "out").exists()


def test_a_change_under_way_and_uploads_go_along(root: Path) -> None:
    write_files(root, {".copydesk/journal/000001.json": b"{}", ".copydesk/uploads/a.webp": b"p"})
    write_files(root, {".copydesk/journal/000001.lock": b""})

    back = restored(root)

    assert (back / ".copydesk/uploads/a.webp").read_bytes() == b"p"
    assert ["000001.json"] == names_in(back / ".copydesk/journal")


def test_a_plain_folder_is_backed_up_as_it_lies(tmp_path: Path) -> None:
    root = newsroom(tmp_path / "newsroom", git=False)
    write_files(root, {RECORD: b"a record", "_site/index.html": b"made"})

    report = save(root, verify=True)
    back = restored(root)

    assert report.manifest.repository is None
    assert report.manifest.databases == {}
    assert {path: data for path, data in files_of(root).items() if "_site" not in path} == files_of(
        back
    )
    assert not (back / ".git").exists()


def test_a_repository_without_a_commit_comes_back_as_one(tmp_path: Path) -> None:
    root = newsroom(tmp_path / "newsroom", git=False)
    run_git(root, "init", "-q", "-b", "work", "--template=")

    back = restored(root)

    assert run_git(back, "symbolic-ref", "HEAD").strip() == "refs/heads/work"
    assert files_of(root) == files_of(back)


def test_a_newsroom_below_the_top_of_a_repository_comes_back_there(tmp_path: Path) -> None:
    root = newsroom(tmp_path / "all/sites/coast", git=False)
    run_git(tmp_path / "all", "init", "-q", "-b", "main", "--template=")
    run_git(root, "add", "-A")
    run_git(root, "commit", "-qm", "start")
    write_files(root, {RECORD: b"new"})
    file = tmp_path / "backup.tar.gz"

    back_up(root, file, BackupOptions(verify=True), NOW, {})
    report = restore(file, tmp_path / "back", NOW)

    assert report.newsroom == str(tmp_path / "back/sites/coast")
    assert files_of(root) == files_of(Path(report.newsroom))


def test_a_detached_head_comes_back_detached(root: Path) -> None:
    run_git(root, "stash", "-q")
    run_git(root, "checkout", "-q", "--detach", "HEAD~1")

    back = restored(root, verify=True)

    assert run_git(root, "rev-parse", "HEAD") == run_git(back, "rev-parse", "HEAD")
    assert run_git(back, "branch", "--show-current").strip() == ""


def test_objects_named_by_sha256_come_back(tmp_path: Path) -> None:
    root = newsroom(tmp_path / "newsroom", git=False)
    run_git(root, "init", "-q", "-b", "main", "--template=", "--object-format=sha256")
    run_git(root, "add", "-A")
    run_git(root, "commit", "-qm", "start")

    back = restored(root, verify=True)

    assert len(run_git(back, "rev-parse", "HEAD").strip()) == 64


def test_records_come_back_with_the_bytes_that_git_has(root: Path) -> None:
    write_files(root, {".gitattributes": b"*.md text eol=crlf ident\n"})
    run_git(root, "add", "-A")
    run_git(root, "commit", "-qm", "attributes")

    back = restored(root, verify=True)

    assert (back / RECORD).read_bytes() == b"---\ntitle: Sea wall\n---\n"


def test_a_commit_made_meanwhile_is_not_in_the_bundle(root: Path, tmp_path: Path) -> None:
    snapshot = git.snapshot_refs(root)
    assert snapshot is not None
    run_git(root, "commit", "-qam", "later")

    git.write_bundle(root, snapshot, tmp_path / "bundle", tmp_path / "scratch")
    git.restore_bundle(tmp_path / "bundle", snapshot, tmp_path / "back")

    assert run_git(tmp_path / "back", "rev-parse", "HEAD").strip() == snapshot.head


def test_a_shallow_clone_is_refused_with_what_helps(root: Path, tmp_path: Path) -> None:
    run_git(tmp_path, "clone", "-q", "--depth=1", f"file://{root}", "shallow")

    with pytest.raises(GitError) as refused:
        save(tmp_path / "shallow")

    assert "git fetch --unshallow" in refused.value.hint


def test_a_folder_that_is_no_newsroom_is_refused(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()

    with pytest.raises(ConfigError):
        save(tmp_path / "empty")


PEM = b"-----BEGIN PRIVATE KEY-----\nMC4C\n-----END PRIVATE KEY-----\n"


def test_keys_and_passwords_stay_out_unless_asked_for(root: Path) -> None:
    write_files(root, {".copydesk/dkim.pem": PEM, "other.pem": PEM, ".env": b"COPYDESK_KEY=x"})

    report = save(root)

    assert {"other.pem": "private-key", ".env": "environment"} == {
        left_out.path: left_out.reason for left_out in report.manifest.left_out
    }
    everything = b"".join(read_members(root.parent / "backup.tar.gz").values())
    assert KEY.encode() not in everything
    assert PEM not in everything


def test_keys_that_are_asked_for_come_back_where_they_lay(root: Path) -> None:
    write_files(root, {".copydesk/dkim.pem": PEM})

    back = restored(root, with_key=True)

    assert (back / ".copydesk/key").read_bytes() == KEY.encode()
    assert (back / ".copydesk/dkim.pem").read_bytes() == PEM
    assert stat.S_IMODE((back / ".copydesk/key").stat().st_mode) == 0o600


def test_a_key_outside_the_newsroom_is_left_out_and_named(root: Path) -> None:
    with (root / "beat.toml").open("a") as beat:
        beat.write('\n[mail.dkim]\nkey_file = "/etc/copydesk/dkim.pem"\n')

    report = save(root, with_key=True)

    assert [("/etc/copydesk/dkim.pem", "outside")] == [
        (left_out.path, left_out.reason) for left_out in report.manifest.left_out
    ]


def test_what_is_no_plain_file_is_left_out_and_named(root: Path) -> None:
    (root / "link").symlink_to("/etc/passwd")
    (root / "folder").symlink_to("/etc")
    os.mkfifo(root / "_data" / "pipe")
    (root / os.fsdecode(b"na\xffme")).write_text("x")
    newsroom(root / "inner")

    report = save(root, verify=True)

    reasons = {left_out.path: left_out.reason for left_out in report.manifest.left_out}
    assert {
        "folder": "link",
        "inner/": "repository",
        "link": "link",
        "na\ufffdme": "name",
    } == {path: reason for path, reason in reasons.items() if path != "_data/pipe"}


def test_only_its_owner_may_read_a_backup(root: Path) -> None:
    save(root)

    assert stat.S_IMODE((root.parent / "backup.tar.gz").stat().st_mode) == 0o600


@pytest.mark.parametrize(
    "place", ["backup.tar.gz", "_data/x.gz", ".copydesk/site/x.gz", "../missing/x.gz"]
)
def test_a_backup_is_not_put_where_others_would_see_it(root: Path, place: str) -> None:
    with pytest.raises(UsageError):
        back_up(root, root / place, BackupOptions(), NOW, {})


@pytest.mark.parametrize("place", [".copydesk/backups.tar.gz", "ignored.tar.gz"])
def test_a_backup_may_lie_where_nobody_sees_it(root: Path, place: str) -> None:
    write_files(root, {".git/info/exclude": b"*.tar.gz\n"})

    assert back_up(root, root / place, BackupOptions(), NOW, {}).is_written
    assert back_up(root, root / place, BackupOptions(), NOW, {}).is_written


def test_a_link_into_the_newsroom_is_seen_through(root: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").symlink_to(root)

    with pytest.raises(UsageError):
        back_up(root, tmp_path / "elsewhere/x.gz", BackupOptions(), NOW, {})


@pytest.mark.parametrize("data", [b"", b"a letter", b"\x1f\x8b and no more"])
def test_another_file_is_written_over_by_force_alone(root: Path, data: bytes) -> None:
    file = root.parent / "backup.tar.gz"
    file.write_bytes(data)

    with pytest.raises(UsageError):
        save(root)
    assert file.read_bytes() == data

    assert save(root, force=True).is_written


def test_an_earlier_backup_is_written_over(root: Path) -> None:
    save(root)

    assert save(root).is_written


def test_nothing_is_left_beside_the_backup(root: Path, tmp_path: Path) -> None:
    restored(root, verify=True)

    assert ["back", "backup.tar.gz", "newsroom"] == names_in(tmp_path)


def test_nothing_in_the_newsroom_changes(root: Path) -> None:
    before = files_of(root), run_git(root, "for-each-ref"), (root / ".git/index").read_bytes()

    save(root, verify=True)

    assert before == (
        files_of(root),
        run_git(root, "for-each-ref"),
        (root / ".git/index").read_bytes(),
    )


def test_a_damaged_database_leaves_the_earlier_backup(root: Path) -> None:
    file = make_backup(root, root.parent / "backup.tar.gz")
    earlier = file.read_bytes()
    desk = root / ".copydesk/desk.sqlite"
    desk.write_bytes(desk.read_bytes()[:5000] + b"\xff" * 3000)

    with pytest.raises(BackupError, match="damaged"):
        save(root)

    assert earlier == file.read_bytes()


def test_whoever_writes_is_waited_for_and_then_told_of(root: Path) -> None:
    with locks.hold(root / ".copydesk/write.lock"), pytest.raises(BusyError):
        back_up(root, root.parent / "x.gz", BackupOptions(wait_seconds=0), NOW, {})


def test_a_database_is_copied_as_of_one_moment_while_others_write(root: Path) -> None:
    """Two tables get a row each in one transaction: a copy with one of them would be torn."""
    desk = root / ".copydesk/desk.sqlite"
    fill_database(desk, "drafts", 3)
    is_over = threading.Event()

    def write() -> None:
        with closing(sqlite3.connect(desk, isolation_level=None)) as database:
            for number in range(10, 100_000):
                if is_over.is_set():
                    return
                database.execute("BEGIN IMMEDIATE")
                database.execute("INSERT INTO accounts VALUES (?)", (number,))
                database.execute("INSERT INTO drafts VALUES (?)", (number,))
                database.execute("COMMIT")

    writer = threading.Thread(target=write)
    writer.start()
    try:
        reports = [save(root, verify=True) for _ in range(3)]
    finally:
        is_over.set()
        writer.join()

    for report in reports:
        tables = report.manifest.databases["desk"].tables
        assert tables["accounts"] == tables["drafts"]
        assert report.is_written


def test_changes_that_only_the_log_of_a_database_has_are_copied(root: Path) -> None:
    with closing(sqlite3.connect(root / ".copydesk/desk.sqlite")) as database:
        database.execute("PRAGMA wal_autocheckpoint = 0")
        database.execute("INSERT INTO accounts VALUES (77)")
        database.commit()

        back = restored(root)

    with closing(sqlite3.connect(back / ".copydesk/desk.sqlite")) as database:
        assert database.execute("SELECT max(number) FROM accounts").fetchone() == (77,)


def test_a_newer_desk_is_kept_as_it_is(root: Path) -> None:
    with closing(sqlite3.connect(root / ".copydesk/desk.sqlite")) as database:
        database.execute("PRAGMA user_version = 9999")

    assert save(root, verify=True).manifest.databases["desk"].version == 9999


def test_a_repository_that_git_does_not_know_is_no_plain_folder(root: Path) -> None:
    (root / ".git/HEAD").write_text("nonsense")

    with pytest.raises(GitError):
        save(root)
