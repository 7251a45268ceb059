"""A change: made whole or left to whoever comes next, and never over what a person wrote."""

from __future__ import annotations

import errno
import fcntl
import json
import os
from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from archive.checkout import Checkout
from copydesk.archive import FileChange, digest
from copydesk.archive import change as steps
from copydesk.archive.change import Change, WriteLock, is_cut_short
from copydesk.errors import BusyError, RecordError
from copydesk.kit import files, locks

NOON = datetime(2025, 3, 4, 12, tzinfo=UTC)
A, B, C = "_news/a.md", "_news/b.md", "_news/c.md"


class Killed(BaseException):
    """Stands for a kill: nothing of ours catches it."""


@pytest.fixture
def lock(checkout: Checkout) -> WriteLock:
    checkout.put(".git/info/exclude", ".copydesk/\n")
    checkout.save(A, B, C)
    return WriteLock(checkout.root)


def becomes(checkout: Checkout, path: str, text: str | None) -> FileChange:
    """Return what makes a file say this, as it stands now."""
    file = checkout.root / path
    before = digest(file.read_bytes() if file.exists() else None)
    return FileChange(path=path, before=before, after=None if text is None else text.encode())


def change(*files: FileChange, message: str = "verdict: hold it", branch: str = "") -> Change:
    return Change(files=files, message=message, when=NOON, author="Ada <a@b>", branch=branch)


def killed(*_: object, **__: object) -> None:
    raise Killed


def kill_at(checkout: Checkout, monkeypatch: pytest.MonkeyPatch, place: str, one: Change) -> None:
    """Let a process be killed at a place of a change."""
    with monkeypatch.context() as patch:
        patch.setattr(steps, place, killed)
        other = WriteLock(checkout.root)
        with pytest.raises(Killed), other.hold():
            one.commit(other)


def subjects(checkout: Checkout) -> list[str]:
    return checkout.git("log", "--format=%s|%an").splitlines()


def test_files_are_written_deleted_and_moved_in_one_commit_with_its_words(
    checkout: Checkout, lock: WriteLock
) -> None:
    moved = (checkout.root / B).read_bytes()
    with lock.hold():
        done = change(
            becomes(checkout, A, "new\n"),
            becomes(checkout, "_news/new.md", "fresh\n"),
            FileChange(path=f"_archive/{B}", after=moved, moved_from=B),
        ).commit(lock)

    assert done.written == (A, "_news/new.md", f"_archive/{B}")
    assert done.commit == checkout.git("rev-parse", "HEAD")
    assert subjects(checkout)[0] == "verdict: hold it|Ada"
    assert (checkout.root / A).read_text() == "new\n"
    assert not (checkout.root / B).exists()
    assert (checkout.root / f"_archive/{B}").read_bytes() == moved
    assert checkout.status() == []
    assert not is_cut_short(checkout.root)


@pytest.mark.parametrize("place", ["write", "settle", "sync"])
def test_what_a_kill_left_is_finished_by_whoever_takes_the_lock(
    checkout: Checkout, lock: WriteLock, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    kill_at(
        checkout,
        monkeypatch,
        place,
        change(becomes(checkout, A, "new\n"), becomes(checkout, B, None)),
    )
    assert is_cut_short(checkout.root)

    with lock.hold():
        (left,) = lock.recovered

    assert (left.subject, left.paths, left.obstacle) == ("verdict: hold it", (A, B), "")
    assert (checkout.root / A).read_text() == "new\n"
    assert not (checkout.root / B).exists()
    assert subjects(checkout)[0] == "verdict: hold it|Ada"
    assert checkout.status() == []
    assert not is_cut_short(checkout.root)


@pytest.mark.parametrize("path", [A, "_data/letters/daily.toml", "beat.toml"])
def test_who_finishes_a_change_sweeps_the_half_of_a_file_that_a_kill_left(
    checkout: Checkout, lock: WriteLock, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    checkout.save(path)
    (checkout.root / path).with_name(".new-thing").write_text("mine")
    checkout.git("add", "-A")
    checkout.git("commit", "-qm", "a person's file of nearly such a name")
    real, broken = os.open, []

    def open_then_die(file: Any, *given: Any, **more: Any) -> int:
        handle = real(file, *given, **more)
        if Path(str(file)).name.startswith(".new-") and "/journal/" not in str(file):
            broken.append(file)
            raise Killed
        return handle

    with monkeypatch.context() as patch:
        patch.setattr(os, "open", open_then_die)
        other = WriteLock(checkout.root)
        with pytest.raises(Killed), other.hold():
            change(becomes(checkout, path, "new\n")).commit(other)
    assert [Path(file).exists() for file in broken] == [True]

    with lock.hold():
        pass

    assert (checkout.root / path).read_text() == "new\n"
    assert (checkout.root / path).with_name(".new-thing").read_text() == "mine"
    assert checkout.status() == []


Told = tuple[bytes, set[str]]


def told_to(heard: list[Told]) -> Callable[[bytes, Collection[str]], None]:
    return lambda note, paths: heard.append((note, {*paths}))


@pytest.mark.parametrize("place", ["write", "settle", "sync"])
def test_what_is_to_be_remembered_of_a_change_is_heard_again_by_who_finishes_it(
    checkout: Checkout, lock: WriteLock, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    heard: list[Told] = []
    one = replace(change(becomes(checkout, A, "new\n")), note=b"of it")
    with monkeypatch.context() as patch:
        patch.setattr(steps, place, killed)
        other = WriteLock(checkout.root, told_to(heard))
        with pytest.raises(Killed), other.hold():
            one.begin(other).finish()
    assert heard == [(b"of it", {A})]

    for _ in range(2):
        with WriteLock(checkout.root, told_to(heard)).hold():
            assert not is_cut_short(checkout.root)
    assert heard == [(b"of it", {A})] * 2


def test_a_change_is_in_the_journal_before_it_is_remembered(
    checkout: Checkout, lock: WriteLock
) -> None:
    heard: list[Told] = []
    both = replace(
        change(becomes(checkout, A, "new\n"), becomes(checkout, B, "new\n")), note=b"of both"
    )
    checkout.put(B, "a person's\n")
    deaf = WriteLock(checkout.root, killed)
    with pytest.raises(Killed), deaf.hold():
        both.begin(deaf)

    with WriteLock(checkout.root, told_to(heard)).hold():
        assert (checkout.root / A).read_text() == "new\n"
    assert heard == [(b"of both", {A})]


def test_what_waits_was_remembered_and_is_not_heard_again(
    checkout: Checkout, lock: WriteLock
) -> None:
    heard: list[Told] = []
    branch = checkout.git("symbolic-ref", "--short", "HEAD")
    checkout.git("checkout", "-q", "--detach")
    hearing = WriteLock(checkout.root, told_to(heard))
    with hearing.hold():
        one = replace(change(becomes(checkout, A, "one\n")), note=b"of it")
        one.begin(hearing).finish()
    assert is_cut_short(checkout.root)
    with hearing.hold():
        pass
    checkout.git("checkout", "-q", branch)
    with hearing.hold():
        assert not is_cut_short(checkout.root)
    assert heard == [(b"of it", {A})]


def test_what_a_kill_left_is_not_laid_over_a_persons_edit(
    checkout: Checkout, lock: WriteLock, monkeypatch: pytest.MonkeyPatch
) -> None:
    both = change(becomes(checkout, A, "new\n"), becomes(checkout, B, "new\n"))
    kill_at(checkout, monkeypatch, "write", both)
    checkout.put(A, "a person's\n")

    with lock.hold():
        pass

    assert (checkout.root / A).read_text() == "a person's\n"
    assert checkout.committed(B) == b"new\n"
    assert checkout.status() == [f" M {A}"]


def test_a_word_that_came_while_a_round_was_at_work_goes_over_what_the_round_had_to_write(
    checkout: Checkout, lock: WriteLock, monkeypatch: pytest.MonkeyPatch
) -> None:
    the_round = change(
        becomes(checkout, A, "round\n"), becomes(checkout, B, "round\n"), message="news"
    )
    word = change(becomes(checkout, A, "word\n"))
    kill_at(checkout, monkeypatch, "write", the_round)
    journal = checkout.root / ".copydesk/journal/000001.json"
    kept = journal.read_bytes()
    journal.unlink()  # as if its process were alive until the word was cut short, too
    kill_at(checkout, monkeypatch, "write", word)
    journal.with_name("000001.json").rename(journal.with_name("000002.json"))
    journal.write_bytes(kept)

    with lock.hold():
        pass

    assert [(checkout.root / path).read_text() for path in (A, B)] == ["word\n", "round\n"]
    assert subjects(checkout)[:2] == ["verdict: hold it|Ada", "news|Ada"]
    assert checkout.status() == []


EDITS: dict[str, Callable[[Checkout], object]] = {
    "edited": lambda checkout: checkout.put(A, "mine\n"),
    "staged": lambda checkout: (checkout.put(A, "mine\n"), checkout.git("add", A)),
    "deleted": lambda checkout: (checkout.root / A).unlink(),
}


@pytest.mark.parametrize("edit", EDITS)
def test_a_file_that_a_person_has_stops_a_word_and_is_skipped_by_a_round(
    checkout: Checkout, lock: WriteLock, edit: str
) -> None:
    EDITS[edit](checkout)
    both = change(becomes(checkout, A, "ours\n"), becomes(checkout, B, "ours\n"))
    with lock.hold():
        with pytest.raises(RecordError, match="uncommitted edits") as caught:
            both.commit(lock)
        assert f"git -C {checkout.root} add {A} && git" in caught.value.hint
        assert not is_cut_short(checkout.root)
        begun = both.begin(lock)
        done = begun.finish()

    assert (begun.skipped, begun.paths) == ((A,), (B,))
    assert (done.written, done.skipped) == ((B,), (A,))
    assert checkout.committed(B) == b"ours\n"


def test_a_file_that_changed_since_the_change_was_decided_is_somebodys(
    checkout: Checkout, lock: WriteLock
) -> None:
    decided = change(becomes(checkout, A, "ours\n"))
    checkout.put(A, "theirs\n")
    checkout.git("commit", "-qam", "theirs")
    with lock.hold(), pytest.raises(RecordError, match="uncommitted edits"):
        decided.commit(lock)
    assert checkout.committed(A) == b"theirs\n"


def test_what_waits_for_git_is_committed_with_its_own_words_when_git_is_free(
    checkout: Checkout, lock: WriteLock
) -> None:
    branch = checkout.git("symbolic-ref", "--short", "HEAD")
    checkout.git("checkout", "-q", "--detach")
    with lock.hold():
        first = change(
            becomes(checkout, A, "one\n"), becomes(checkout, B, "one\n"), message="news: one"
        )
        assert first.commit(lock).obstacle == "detached HEAD"
    with lock.hold():
        assert [one.obstacle for one in lock.recovered] == ["detached HEAD"]
        second = change(becomes(checkout, A, "two\n"))  # dirty, and ours
        assert second.commit(lock).commit is None
    entries = sorted((checkout.root / ".copydesk/journal").glob("*.json"))
    assert [json.loads(file.read_bytes())["is_written"] for file in entries] == [True, True]
    assert not any(
        "data" in one for file in entries for one in json.loads(file.read_bytes())["files"]
    )

    checkout.git("checkout", "-q", branch)
    with lock.hold():
        assert all(one.commit for one in lock.recovered)

    assert subjects(checkout)[:2] == ["verdict: hold it|Ada", "news: one|Ada"]
    assert checkout.committed(A) == b"two\n"
    assert checkout.status() == []


def test_a_change_waits_for_its_own_branch_and_is_not_laid_out_on_another(
    checkout: Checkout, lock: WriteLock, monkeypatch: pytest.MonkeyPatch
) -> None:
    branch = checkout.git("symbolic-ref", "--short", "HEAD")
    kill_at(checkout, monkeypatch, "write", change(becomes(checkout, A, "new\n"), branch=branch))
    checkout.git("checkout", "-q", "-b", "other")
    with lock.hold():
        assert f"from {branch} to other" in lock.recovered[0].obstacle
    assert checkout.status() == []

    checkout.git("branch", "-q", "-D", branch)  # renamed, say: it will not come back
    with lock.hold():
        assert lock.recovered[0].commit is not None
    assert checkout.committed(A) == b"new\n"


def test_where_the_disk_takes_one_file_not_the_others_are_made_and_that_one_later(
    checkout: Checkout, lock: WriteLock, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = files.write_atomic

    def full(path: Path, data: bytes, **more: Any) -> None:
        if path.name == "a.md":
            raise OSError(errno.ENOSPC, "No space left on device")
        write(path, data, **more)

    both = change(becomes(checkout, A, "new\n"), becomes(checkout, B, "new\n"))
    with monkeypatch.context() as patch, lock.hold():
        patch.setattr(files, "write_atomic", full)
        done = both.begin(lock).finish()
    ((path, error),) = done.failed
    assert (path, str(error)) == (A, f"could not write the file (No space left on device): {A}")
    assert done.commit is not None
    assert (checkout.root / A).read_text() == "text\n"
    assert is_cut_short(checkout.root)

    with lock.hold():
        pass
    assert [checkout.committed(path) for path in (A, B)] == [b"new\n", b"new\n"]
    assert not is_cut_short(checkout.root)


def test_a_file_that_the_disk_refuses_keeps_no_other_from_being_finished(
    checkout: Checkout, lock: WriteLock, monkeypatch: pytest.MonkeyPatch
) -> None:
    both = change(becomes(checkout, A, "new\n"), becomes(checkout, B, "new\n"))
    kill_at(checkout, monkeypatch, "write", both)
    write = files.write_atomic

    def refused(path: Path, data: bytes, **more: Any) -> None:
        if path.name == "a.md":
            raise OSError(errno.EACCES, "Permission denied")
        write(path, data, **more)

    with monkeypatch.context() as patch:
        patch.setattr(files, "write_atomic", refused)
        with lock.hold():
            pass
    assert checkout.committed(B) == b"new\n"
    assert is_cut_short(checkout.root)

    with lock.hold():
        pass
    assert checkout.committed(A) == b"new\n"


def test_where_the_journal_cannot_be_written_nothing_is_touched(
    checkout: Checkout, lock: WriteLock
) -> None:
    (checkout.root / ".copydesk").mkdir(exist_ok=True)
    (checkout.root / ".copydesk/journal").write_text("in the way")
    with lock.hold(), pytest.raises(RecordError, match="could not write the journal of changes"):
        change(becomes(checkout, A, "new\n")).commit(lock)
    assert checkout.status() == []


def test_a_broken_entry_is_set_aside_and_one_of_a_newer_version_is_refused(
    checkout: Checkout, lock: WriteLock
) -> None:
    folder = checkout.root / ".copydesk/journal"
    checkout.put(".copydesk/journal/000001.json", "{")
    with lock.hold():
        assert lock.recovered == ()
    assert [file.name for file in folder.glob("*.damaged")] == ["000001.damaged"]

    newer = {"message": "m", "author": "a", "when": "", "branch": "", "files": [], "version": 9}
    checkout.put(".copydesk/journal/000002.json", json.dumps(newer))
    with pytest.raises(RecordError, match="a newer version of copydesk left a change"), lock.hold():
        pass


def test_an_entry_whose_process_is_alive_is_left_to_it(checkout: Checkout, lock: WriteLock) -> None:
    with lock.hold():
        begun = change(becomes(checkout, A, "new\n")).begin(lock)
        other = WriteLock(checkout.root)
        lock._lock.release()  # as between two lots
        with other.hold():
            assert other.recovered == ()
        assert lock._lock.acquire()
        assert begun.finish().written == (A,)


def test_who_waits_is_told_who_is_busy(checkout: Checkout, lock: WriteLock) -> None:
    busy = pytest.raises(BusyError, match="another copydesk process is writing")
    with locks.hold(checkout.root / ".copydesk/write.lock"), busy, lock.hold(0.05):
        pass


def _no_locks(*_: object) -> None:
    raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))


def test_that_there_is_no_flock_is_to_be_told_once_and_only_where_there_is_none(
    checkout: Checkout, lock: WriteLock, monkeypatch: pytest.MonkeyPatch
) -> None:
    with lock.hold():
        assert not change(becomes(checkout, A, "new\n")).commit(lock).lacks_flock
    assert not (checkout.root / ".copydesk/no-flock").exists()

    monkeypatch.setattr(fcntl, "flock", _no_locks)  # no such file system can be made here
    told = []
    for path in (B, C):
        other = WriteLock(checkout.root)
        with other.hold():
            told.append(change(becomes(checkout, path, "new\n")).commit(other).lacks_flock)
    assert told == [True, False]


def test_between_two_lots_others_may_write_and_their_word_stays(
    checkout: Checkout, lock: WriteLock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(WriteLock, "lot_seconds", -1.0)
    monkeypatch.setattr(lock, "give_way", lambda: _say(checkout, lock))
    files = [becomes(checkout, path, "round\n") for path in (A, B, C)]
    with lock.hold():
        done = change(*files, message="news").begin(lock).finish()

    assert (done.written, done.skipped) == ((A, B), (C,))
    assert [checkout.committed(path) for path in (A, B, C)] == [b"round\n", b"round\n", b"word\n"]
    assert checkout.status() == []


@pytest.mark.parametrize(("needed", "times"), [((), 2), ((A,), 0)], ids=["a round", "a word"])
def test_a_round_gives_way_before_its_files_and_before_its_commit_and_a_word_does_not(
    checkout: Checkout,
    lock: WriteLock,
    monkeypatch: pytest.MonkeyPatch,
    needed: tuple[str, ...],
    times: int,
) -> None:
    gave_way: list[str] = []
    held = {"held_seconds": property(lambda _: 1.0)}  # no test waits that long
    monkeypatch.setattr(lock._lock, "__class__", type("Long", (locks.Lock,), held))
    monkeypatch.setattr(lock, "give_way", lambda: gave_way.append((checkout.root / A).read_text()))
    before = (checkout.root / A).read_text()
    with lock.hold():
        change(becomes(checkout, A, "new\n")).begin(lock, needed=needed).finish()

    assert gave_way == [before, "new\n"][:times]


def _say(checkout: Checkout, lock: WriteLock) -> None:
    lock._lock.release()
    other = WriteLock(checkout.root)
    with other.hold():
        if (checkout.root / C).read_text() != "word\n":
            change(becomes(checkout, C, "word\n")).commit(other)
    assert lock._lock.acquire()


def test_a_plain_folder_keeps_the_files_and_no_journal(tmp_path: Path) -> None:
    lock = WriteLock(tmp_path)
    with lock.hold():
        done = change(FileChange(path=A, after=b"x\n")).commit(lock)
    assert (done.written, done.commit, done.has_git) == ((A,), None, False)
    assert not is_cut_short(tmp_path)


@pytest.fixture
def link(checkout: Checkout, tmp_path: Path) -> Path:
    outside = tmp_path / "outside.md"
    outside.write_text("secret\n")
    (checkout.root / "_news/link.md").symlink_to(outside)
    return outside


def test_no_change_reaches_through_a_link(checkout: Checkout, lock: WriteLock, link: Path) -> None:
    one = FileChange(path="_news/link.md", before=sha256(b"secret\n").hexdigest(), after=b"x\n")
    with lock.hold(), pytest.raises(RecordError):
        change(one).commit(lock)
    assert link.read_text() == "secret\n"
