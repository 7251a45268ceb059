"""The desk's file is private, on the disk when somebody is answered, and never made anew."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from copydesk.desk_store import VERSION, AuditEntry, DeskStore, open_desk
from copydesk.errors import DeskStoreError
from copydesk.news import EditorAction

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
ACTION = EditorAction(id="1", kind="verdict", by="Anna", at=NOON, said="hold", stories=("a",))


def file_of(folder: Path) -> Path:
    return folder / "desk.sqlite"


def test_nobody_else_can_read_it(tmp_path: Path, desk: DeskStore) -> None:
    desk.actions.put([ACTION])

    modes = {path.name: path.stat().st_mode & 0o777 for path in tmp_path.iterdir()}
    assert {"desk.sqlite": 0o600, "desk.sqlite-wal": 0o600, "desk.sqlite-shm": 0o600} == modes


def test_one_that_others_could_read_is_made_private(tmp_path: Path, desk: DeskStore) -> None:
    desk.close()
    file_of(tmp_path).chmod(0o644)

    open_desk(tmp_path).close()

    assert 0o600 == file_of(tmp_path).stat().st_mode & 0o777


def test_what_is_put_is_synced_to_the_disk(desk: DeskStore) -> None:
    full = 2
    assert [(full,)] == desk._database.run("PRAGMA synchronous")


def test_what_is_put_survives_a_kill(tmp_path: Path) -> None:
    code = f"""
import os
from pathlib import Path
from datetime import datetime, UTC
from copydesk.desk_store import open_desk
from copydesk.news import EditorAction
action = EditorAction(id="1", kind="verdict", by="Anna", at=datetime(2026, 11, 20, tzinfo=UTC))
open_desk(Path({str(tmp_path)!r})).actions.put([action])
os._exit(0)
"""
    subprocess.run([sys.executable, "-c", code], check=True)

    with closing(open_desk(tmp_path)) as desk:
        assert ["1"] == [action.id for action in desk.actions.waiting(9)]


def test_a_newer_version_is_left_as_it_is(tmp_path: Path, desk: DeskStore) -> None:
    desk._database.run(f"PRAGMA user_version = {VERSION + 1}")
    desk.close()
    before = file_of(tmp_path).read_bytes()

    with pytest.raises(DeskStoreError, match="a newer copydesk wrote") as caught:
        open_desk(tmp_path)

    assert "install the newer copydesk" in caught.value.hint
    assert before == file_of(tmp_path).read_bytes()


def test_a_damaged_file_is_left_as_it_is(tmp_path: Path) -> None:
    file_of(tmp_path).write_bytes(b"no database " * 1000)
    before = file_of(tmp_path).read_bytes()

    with pytest.raises(DeskStoreError, match="is damaged") as caught:
        open_desk(tmp_path)

    assert "backup" in caught.value.hint
    assert before == file_of(tmp_path).read_bytes()


def test_damage_that_shows_at_work_is_told(tmp_path: Path, desk: DeskStore) -> None:
    desk.actions.put([ACTION])
    desk.close()
    body = bytearray(file_of(tmp_path).read_bytes())
    body[200:] = b"\x00" * (len(body) - 200)
    file_of(tmp_path).write_bytes(body)

    with pytest.raises(DeskStoreError, match="is damaged"), closing(open_desk(tmp_path)) as again:
        again.actions.waiting(9)

    assert file_of(tmp_path).stat().st_size == len(body)


def test_a_file_that_another_process_keeps_is_waited_for_and_then_told(
    tmp_path: Path, desk: DeskStore
) -> None:
    desk._database.run("PRAGMA busy_timeout = 1")
    with closing(sqlite3.connect(file_of(tmp_path), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(DeskStoreError, match="in use by another process") as caught:
            desk.actions.put([ACTION])
        other.execute("ROLLBACK")

    assert "try again" in caught.value.hint
    desk.actions.put([ACTION])
    assert (ACTION,) == desk.actions.waiting(9)


def test_a_store_is_opened_beside_one_who_writes(tmp_path: Path, desk: DeskStore) -> None:
    with closing(sqlite3.connect(file_of(tmp_path), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with closing(open_desk(tmp_path)) as reader:
            assert () == reader.actions.waiting(9)
        other.execute("ROLLBACK")


def test_a_disk_that_refuses_is_told(tmp_path: Path) -> None:
    """As a full one does: the file beside it cannot be made."""
    (tmp_path / "desk.sqlite").touch()
    (tmp_path / "desk.sqlite-wal").mkdir()

    with pytest.raises(DeskStoreError, match="the disk reports an error") as caught:
        open_desk(tmp_path)

    assert "full or failing" in caught.value.hint


def test_a_full_disk_is_told_and_what_was_answered_stays(desk: DeskStore) -> None:
    desk.actions.put([ACTION])
    ((pages,),) = desk._database.run("PRAGMA page_count")
    desk._database.run(f"PRAGMA max_page_count = {pages}")
    long = EditorAction(id="2", kind="verdict", by="Anna", at=NOON, why="w" * 50_000)

    with pytest.raises(DeskStoreError, match="the disk is full") as caught:
        desk.actions.put([long])

    assert "free disk space" in caught.value.hint
    assert (ACTION,) == desk.actions.waiting(9)
    desk._database.run("PRAGMA max_page_count = 10000")
    desk.actions.put([long])
    assert (ACTION, long) == desk.actions.waiting(9)


def test_a_folder_in_the_place_of_the_file_is_told(tmp_path: Path) -> None:
    file_of(tmp_path).mkdir()

    with pytest.raises(DeskStoreError, match="could not be opened") as caught:
        open_desk(tmp_path)

    assert "permissions" in caught.value.hint


def test_a_lost_file_is_made_new_and_nothing_is_written_into_the_old_one(
    tmp_path: Path, desk: DeskStore
) -> None:
    for path in tmp_path.iterdir():
        path.unlink()

    desk.actions.put([ACTION])

    with closing(open_desk(tmp_path)) as worker:
        assert (ACTION,) == worker.actions.waiting(9)


def test_a_restored_backup_is_seen_by_who_has_the_store_open(
    tmp_path: Path, desk: DeskStore
) -> None:
    with closing(open_desk(tmp_path / "backup")) as backup:
        backup.actions.put([ACTION])
    (tmp_path / "backup" / "desk.sqlite").replace(file_of(tmp_path))
    for end in ("-wal", "-shm"):
        file_of(tmp_path).with_name(f"desk.sqlite{end}").unlink()

    assert (ACTION,) == desk.actions.waiting(9)


def test_threads_take_turns(desk: DeskStore) -> None:
    def put(first: int) -> None:
        for number in range(first, first + 20):
            desk.actions.put([EditorAction(id=str(number), kind="verdict", by="Anna", at=NOON)])

    threads = [threading.Thread(target=put, args=(first,)) for first in (0, 100, 200)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert 60 == len(desk.actions.waiting(100))


def test_a_store_of_the_first_version_is_brought_along(tmp_path: Path) -> None:
    with closing(sqlite3.connect(file_of(tmp_path), isolation_level=None)) as first:
        first.executescript(
            """
            CREATE TABLE actions (
                number INTEGER PRIMARY KEY AUTOINCREMENT,
                id TEXT NOT NULL UNIQUE, editor TEXT NOT NULL, at TEXT NOT NULL,
                action BLOB NOT NULL, outcome BLOB
            ) STRICT;
            INSERT INTO actions (id, editor, at, action) VALUES ('1', 'Anna', '2026', CAST(
                '{"id":"1","kind":"verdict","by":"Anna","at":"2026-11-20T12:00:00Z"}' AS BLOB
            ));
            PRAGMA user_version = 1;
            """
        )

    with closing(open_desk(tmp_path)) as desk:
        assert ["1"] == [action.id for action in desk.actions.waiting(9)]
        assert () == desk.accounts.list()
        assert {} == desk.actions.list_snoozes(NOON)
        assert [(VERSION,)] == desk._database.run("PRAGMA user_version")


def test_accounts_and_audit_log_of_before_device_cookies_are_brought_along(tmp_path: Path) -> None:
    open_desk(tmp_path).close()
    with closing(sqlite3.connect(file_of(tmp_path), isolation_level=None)) as former:
        former.executescript(
            """
            DROP TABLE barred;
            ALTER TABLE sessions DROP COLUMN provider_session;
            ALTER TABLE accounts DROP COLUMN by_rule;
            DROP TABLE model_calls;
            DROP TABLE text_openings;
            DROP TABLE posts;
            DROP TABLE post_channels;
            DROP TABLE snoozes;
            DROP TABLE device_attempts;
            DROP INDEX audit_refused;
            DROP INDEX audit_others;
            DROP INDEX audit_last;
            ALTER TABLE audit DROP COLUMN count;
            ALTER TABLE audit DROP COLUMN last;
            CREATE INDEX audit_at ON audit (at);
            ALTER TABLE accounts DROP COLUMN device_key;
            INSERT INTO accounts VALUES
                ('anna', 'Anna', 'owner', zeroblob(32), 'hash', '', '', '2026-11-19T12:00:00Z');
            INSERT INTO audit (at, who, what, about, address) VALUES
                ('2026-11-19T12:00:00Z', 'Anna', 'sign-in', 'link', '192.0.2.1'),
                ('2026-11-20T11:00:00Z', '', 'sign-in-refused', 'passkey', '192.0.2.2');
            PRAGMA user_version = 5;
            """
        )

    with closing(open_desk(tmp_path)) as desk:
        desk.audit.add(
            AuditEntry(at=NOON, who="", what="sign-in-refused", about="x", address="192.0.2.2")
        )
        device = desk.accounts.find_device(desk.accounts.sign_device("anna"))

        assert device is not None
        assert ("Anna", "hash") == (device.name, desk.accounts.get("Anna").password)
        assert [("passkey; x", 2), ("link", 1)] == [
            (entry.about, entry.count) for entry in desk.audit.latest(9)
        ]
