"""Backups are brought to a folder, a server or a bucket, proved there, and found again."""

from __future__ import annotations

import json
import os
import resource
import shutil
import stat
import subprocess
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path

import pytest

from copydesk.errors import (
    BackupError,
    BusyError,
    ConfigError,
    CopydeskError,
    DeployError,
    UsageError,
)
from copydesk.kit import locks
from copydesk.newsroom.backup import (
    BackupReport,
    BackupStatus,
    RestoreOptions,
    check_backup,
    keep_backup,
    read_backup_status,
    restore,
)
from world.backups import (
    KeyPair,
    lived_newsroom,
    make_backup,
    make_key_pair,
    names_in,
    set_backups,
)
from world.newsroom import NOW, newsroom, write_files
from world.rude_storage import rude_storage, says
from world.storage import ACCESS, BUCKET, SECRET, Storage, storage

KEYS = {"AWS_ACCESS_KEY_ID": ACCESS, "AWS_SECRET_ACCESS_KEY": SECRET}
DAY = timedelta(days=1)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "target").mkdir()
    return lived_newsroom(tmp_path / "newsroom")


@pytest.fixture
def keys(tmp_path: Path) -> KeyPair:
    return make_key_pair(tmp_path)


@pytest.fixture
def kept() -> Iterator[Storage]:
    with storage() as running:
        yield running


def to_folder(root: Path, *recipients: str, more: str = "", path: str = "../target") -> Path:
    set_backups(root, "folder", *recipients, table=f'path = "{path}"', more=more)
    return root.parent / "target"


def to_bucket(root: Path, kept: Storage, keys: KeyPair, *, more: str = "") -> None:
    table = f'bucket = "{BUCKET}"\nendpoint = "{kept.endpoint}"\nprefix = "beat"'
    set_backups(root, "s3", keys.recipient, table=table, more=more)


def keep(root: Path, days: float = 0, environ: Mapping[str, str] = KEYS) -> BackupReport:
    return keep_backup(root, NOW + days * DAY, environ)


def status(root: Path) -> BackupStatus:
    found = read_backup_status(root / ".copydesk")
    assert found is not None
    return found


def backups_in(folder: Path) -> list[str]:
    return [name for name in names_in(folder) if "-gone." not in name]


def fail(root: Path, kind: type[CopydeskError], days: float = 0) -> CopydeskError:
    """Try a backup that fails, and return why; it is noted, and nothing is left over."""
    before = read_backup_status(root / ".copydesk")
    with pytest.raises(kind) as caught:
        keep(root, days)
    after = status(root)
    assert str(caught.value) == after.failed
    assert NOW + days * DAY == after.failed_at
    assert (before.made, before.kept) == (after.made, after.kept) if before else not after.made
    assert not [name for name in names_in(root / ".copydesk") if "staging" in name]
    return caught.value


def test_a_backup_lies_in_the_folder_encrypted_and_comes_back(root: Path, keys: KeyPair) -> None:
    target = to_folder(root, keys.recipient)

    report = keep(root)

    assert report.is_written
    (name,) = backups_in(target)
    assert report.file == name == status(root).name
    assert name.startswith("copydesk-tidewatch-")
    assert name.endswith("-20261120T080000Z.tar.gz.age")
    assert (target / name).read_bytes().startswith(b"age-encryption.org/v1")
    assert 0o600 == stat.S_IMODE((target / name).stat().st_mode)
    assert (NOW, str(target), (target / name).stat().st_size) == (
        *(status(root).made, status(root).target),
        status(root).bytes,
    )
    back = root.parent / "back"
    restore(target / name, back, NOW, RestoreOptions(identity=keys.identity))
    assert (back / "notes/new.txt").read_bytes() == b"new\n"


def test_a_folder_takes_backups_without_encryption_too(root: Path) -> None:
    target = to_folder(root)

    keep(root)

    restore(target, root.parent / "back", NOW)  # a folder means its newest
    assert (root.parent / "back/notes/new.txt").exists()


def test_older_ones_are_deleted_and_what_others_put_there_stays(root: Path) -> None:
    target = to_folder(root, more="keep = 2")
    others = {"mine.tar.gz": b"", "copydesk-tidewatch-00000000-20200101T000000Z.tar.gz": b""}
    write_files(target, others)

    made = [keep(root, days).file for days in range(4)]

    assert [*others, *made[2:]] == sorted(backups_in(target), key=[*others, *made].index)
    assert (made[2], made[3]) == status(root).kept


def test_a_clock_that_was_wrong_deletes_no_newer_backup(root: Path) -> None:
    target = to_folder(root, more="keep = 2")

    future, now, past = (keep(root, days).file for days in (900, 0, -9000))

    assert sorted((now, past)) == backups_in(target)
    assert future not in status(root).kept
    assert NOW - 9000 * DAY == status(root).made


def test_two_backups_of_one_second_have_two_names(root: Path) -> None:
    to_folder(root)

    assert keep(root).file != keep(root).file


def test_two_newsrooms_share_a_folder(root: Path, tmp_path: Path) -> None:
    target = to_folder(root, more="keep = 1")
    twin = lived_newsroom(tmp_path / "twin")
    to_folder(twin, more="keep = 1")

    files = {keep(place, days).file for days in range(2) for place in (root, twin)}

    assert len(files) == 4
    assert 2 == len(backups_in(target))
    with pytest.raises(UsageError, match="several newsrooms"):
        restore(target, tmp_path / "back", NOW)


def test_what_a_killed_one_left_at_the_target_is_removed_after_a_success(root: Path) -> None:
    target = to_folder(root)
    first = keep(root)
    series = status(root).series
    half = {f".{series}-20261119T080000Z.tar.gz": b"half", f".{series}-gone.json.gz.Ab12Cd": b"h"}
    write_files(target, {**half, f"{series}-20261119T080000Z.tar.gz": b"not verified"})

    later = keep(root, 1)

    assert not set(half) & set(names_in(target))
    assert set(half) <= set(later.deleted)
    assert first.file in names_in(target)


@pytest.mark.parametrize("path", [".", "notes", ".copydesk", ".copydesk/backups", "../newsroom/x"])
def test_a_folder_in_the_newsroom_is_refused(root: Path, path: str) -> None:
    to_folder(root, path=path)

    assert "in the newsroom" in fail(root, UsageError).what


def test_a_link_into_the_newsroom_is_refused(root: Path) -> None:
    (root.parent / "link").symlink_to(root / "notes")
    to_folder(root, path="../link")

    assert "in the newsroom" in fail(root, UsageError).what


def test_a_folder_that_is_not_there_is_refused(root: Path) -> None:
    to_folder(root, path="../unmounted")

    assert "mount its disk" in fail(root, UsageError).hint
    assert not (root.parent / "unmounted").exists()


def test_without_a_target_a_file_is_asked_for(root: Path) -> None:
    with pytest.raises(UsageError, match="no target"):
        keep(root)

    assert read_backup_status(root / ".copydesk") is None


def test_only_one_backup_is_made_at_a_time(root: Path) -> None:
    to_folder(root)

    with locks.hold(root / ".copydesk/backup.lock") as is_held:
        assert is_held
        with pytest.raises(BusyError, match="another backup"):
            keep(root)


@pytest.mark.sample("5000")
@pytest.mark.parametrize("most_bytes", [0, 100, 5_000, 60_000, 150_000, 230_000])
def test_a_full_disk_leaves_the_earlier_backup(root: Path, most_bytes: int) -> None:
    write_files(root, {"notes/large.bin": os.urandom(200_000)})
    target = to_folder(root, more="keep = 1")
    keep(root)
    before = backups_in(target)
    child = os.fork()
    if child == 0:
        code = 1
        try:
            resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, most_bytes))
            keep(root, 1)
            code = 0
        except CopydeskError:
            code = 3
        finally:
            os._exit(code)

    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])

    assert code == (0 if most_bytes > 200_500 else 3)
    if code:
        assert before == backups_in(target)
        assert [] == [name for name in names_in(target) if name.startswith(".")]
        assert NOW == status(root).made
    keep(root, 2)
    assert not [name for name in names_in(root / ".copydesk") if "staging" in name]


def test_a_status_that_cannot_be_read_begins_a_new_series(root: Path) -> None:
    target = to_folder(root, more="keep = 1")
    keep(root)
    (root / ".copydesk/backup.json").write_bytes(b"{")

    keep(root, 1)

    assert 2 == len(backups_in(target))


def test_the_keys_go_along_only_where_a_setting_says_so(root: Path, keys: KeyPair) -> None:
    to_folder(root, keys.recipient)
    assert not keep(root).manifest.has("key")

    to_folder(root, keys.recipient, more="with_key = true")
    assert keep(root, 1).manifest.has("key")


# A bucket.


def test_a_bucket_has_it_and_an_empty_machine_restores_it(
    root: Path, kept: Storage, keys: KeyPair, tmp_path: Path
) -> None:
    to_bucket(root, kept, keys)
    report = keep(root)
    assert ["beat/" + report.file] == [key for key in kept.objects if "-gone." not in key]
    assert all(data.startswith(b"age-encryption.org") for data in kept.objects.values())
    assert f"beat/{report.file}" == kept.written()[-1]  # the list is there before
    shutil.rmtree(root)
    secret = tmp_path / "secret"
    secret.write_text(f"{SECRET}\n")
    secret.chmod(0o600)
    environ = {
        "AWS_ACCESS_KEY_ID": ACCESS,
        "AWS_SECRET_ACCESS_KEY_FILE": str(secret),
        "AWS_ENDPOINT_URL": kept.endpoint,
        "AWS_REGION": "us-east-1",
    }
    options = RestoreOptions(identity=keys.identity)

    for source in (f"s3://{BUCKET}/beat/", f"s3://{BUCKET}/beat/{report.file}"):
        place = tmp_path / f"back-{len(source)}"
        restore(source, place, NOW, options, environ)
        assert (place / "notes/new.txt").read_bytes() == b"new\n"
        assert check_backup(source, options, environ)[1].is_equal
    with pytest.raises(BackupError, match="no backup has been found"):
        restore(f"s3://{BUCKET}/none/", tmp_path / "none", NOW, options, environ)
    with pytest.raises(DeployError, match="no such file"):
        restore(f"s3://{BUCKET}/beat/none", tmp_path / "none", NOW, options, environ)
    with pytest.raises(ConfigError, match="access keys"):
        restore(f"s3://{BUCKET}/beat/", tmp_path / "none", NOW, options, {})
    assert not (tmp_path / "none").exists()


def test_older_ones_are_deleted_in_a_bucket(root: Path, kept: Storage, keys: KeyPair) -> None:
    to_bucket(root, kept, keys, more="keep = 2")
    kept.objects["beat/mine.tar.gz"] = b"mine"

    made = [f"beat/{keep(root, days).file}" for days in range(4)]

    assert {*made[2:], "beat/mine.tar.gz"} == {key for key in kept.objects if "-gone" not in key}


def test_a_storage_that_keeps_nothing_is_found_out(
    root: Path, kept: Storage, keys: KeyPair
) -> None:
    to_bucket(root, kept, keys, more="keep = 1")
    first = keep(root).file
    kept.forgotten = ".tar.gz.age"

    assert "no such file" in fail(root, DeployError, 1).what
    assert f"beat/{first}" in kept.objects


@pytest.mark.parametrize("data", [b"", b"other", b"x" * 3_000_000])
def test_a_storage_that_gives_other_bytes_is_found_out(
    root: Path, kept: Storage, keys: KeyPair, data: bytes
) -> None:
    to_bucket(root, kept, keys, more="keep = 1")
    first = keep(root).file
    kept.altered[".tar.gz.age"] = data

    assert fail(root, DeployError, 1).what
    assert f"beat/{first}" in kept.objects


def test_a_refused_backup_deletes_nothing(root: Path, kept: Storage, keys: KeyPair) -> None:
    to_bucket(root, kept, keys, more="keep = 1")
    first = keep(root).file
    series = status(root).series
    kept.refused.add(f"beat/{series}-20261121T080000Z.tar.gz.age")

    assert "refuses access" in fail(root, DeployError, 1).what
    assert f"beat/{first}" in kept.objects
    failed = status(root)
    assert keep(root, 2).is_written
    assert failed.failed
    assert not status(root).failed


@pytest.mark.slow
def test_a_busy_storage_is_asked_again(root: Path, kept: Storage, keys: KeyPair) -> None:
    to_bucket(root, kept, keys)
    kept.faults += [503, 0, 503]  # 0: gone in the middle

    assert keep(root).is_written


@pytest.mark.parametrize("answer", [says(b""), says(b"HTTP/1.1 200 OK\r\n\r\nnonsense")])
@pytest.mark.slow
def test_a_storage_that_is_none_fails(root: Path, keys: KeyPair, answer: object) -> None:
    with rude_storage(answer) as rude:  # type: ignore[arg-type]
        table = f'bucket = "{BUCKET}"\nendpoint = "{rude.endpoint}"'
        set_backups(root, "s3", keys.recipient, table=table)

        fail(root, DeployError)


def test_secrets_are_in_no_status_and_no_error(root: Path, kept: Storage, keys: KeyPair) -> None:
    to_bucket(root, kept, keys)
    with pytest.raises(DeployError) as caught:
        keep(root, environ={**KEYS, "AWS_SECRET_ACCESS_KEY": "wrong-but-secret"})

    told = f"{caught.value} {caught.value.hint} {(root / '.copydesk/backup.json').read_text()}"
    assert "wrong-but-secret" not in told
    assert "SECRET-KEY" not in told


# rsync.

needs_rsync = pytest.mark.skipif(shutil.which("rsync") is None, reason="no rsync here")


@needs_rsync
def test_rsync_brings_it_and_deletes_older_ones(root: Path, keys: KeyPair) -> None:
    set_backups(root, "rsync", keys.recipient, table='target = "../target/beat"', more="keep = 1")

    made = [keep(root, days).file for days in range(2)]

    target = root.parent / "target/beat"
    assert made[1:] == backups_in(target)
    assert 2 == len(names_in(target))
    assert 0o600 == stat.S_IMODE((target / made[1]).stat().st_mode)
    options = RestoreOptions(identity=keys.identity)
    assert check_backup(target / made[1], options, {})[1].is_equal


@needs_rsync
def test_what_rsync_brought_otherwise_is_found_out(
    root: Path, keys: KeyPair, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server whose disk loses bytes: each file is cut after rsync has put it there."""
    rsync = shutil.which("rsync")
    write_files(
        tmp_path / "bin",
        {"rsync": f'#!/bin/sh\n"{rsync}" "$@"; code=$?\nfor f in "{tmp_path}"/target/*.tar.gz.age; '
         'do [ -e "$f" ] && truncate -s -1 "$f"; done\nexit $code\n'.encode()},
    )  # fmt: skip
    (tmp_path / "bin/rsync").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{os.environ['PATH']}")
    set_backups(root, "rsync", keys.recipient, table='target = "../target"')

    assert "other bytes" in fail(root, DeployError).what


@needs_rsync
@pytest.mark.parametrize("target", ["notes", "."])
def test_rsync_into_the_newsroom_is_refused(root: Path, keys: KeyPair, target: str) -> None:
    set_backups(root, "rsync", keys.recipient, table=f'target = "{target}"')

    assert "in the newsroom" in fail(root, UsageError).what


# Looking at a backup, and keys that do not fit.


def test_a_check_writes_nothing_and_finds_damage(
    root: Path, keys: KeyPair, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "tmp"))
    target = to_folder(root, keys.recipient)
    file = target / keep(root).file
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}

    manifest, verification = check_backup(file, RestoreOptions(identity=keys.identity), {})

    assert verification.is_equal
    assert {"_data": 1, "_news": 1} == manifest.records
    assert before == {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")} | {
        tmp_path / "tmp": before[tmp_path / "tmp"]
    }
    data = file.read_bytes()
    for damaged in (data[:-1], data[:300], data[:30], data[:500] + b"x" + data[501:], data + b"x"):
        file.write_bytes(damaged)
        with pytest.raises(BackupError):
            check_backup(file, RestoreOptions(identity=keys.identity), {})
    assert [] == names_in(tmp_path / "tmp")


def test_an_encrypted_backup_asks_for_its_identity(root: Path, keys: KeyPair) -> None:
    file = to_folder(root, keys.recipient) / keep_in(root, keys)

    with pytest.raises(BackupError, match="is encrypted") as caught:
        check_backup(file, RestoreOptions(), {})

    assert "--identity" in caught.value.hint


def keep_in(root: Path, keys: KeyPair) -> str:
    to_folder(root, keys.recipient)
    return keep(root).file


PAIRS = ("open", "shut")
BAD_IDENTITIES = {
    "empty": (b"# nothing\n\n", "has no identity"),
    "nonsense": (b"hello secret\n", "line 1 of the identity file is not an identity"),
    "a recipient": (b"age1qqqqsecret\n", "not an identity"),
    "binary": (b"\xff\xfe\x00secret", "not an identity"),
    "with a passphrase": (b"age-encryption.org/v1\n-> scrypt secret", "by a passphrase"),
    "armoured": (b"-----BEGIN AGE ENCRYPTED FILE-----\nsecret", "by a passphrase"),
    "no key in PEM": (b"-----BEGIN OPENSSH PRIVATE KEY-----\nsecret\n", "neither Ed25519 nor RSA"),
}


@pytest.mark.parametrize("bad", BAD_IDENTITIES)
def test_an_identity_that_is_none_is_told_without_its_content(
    root: Path, keys: KeyPair, tmp_path: Path, bad: str
) -> None:
    file = root.parent / "target" / keep_in(root, keys)
    data, told = BAD_IDENTITIES[bad]
    (tmp_path / "bad").write_bytes(data)

    with pytest.raises(BackupError, match=told) as caught:
        check_backup(file, RestoreOptions(identity=tmp_path / "bad"), {})

    assert "secret" not in str(caught.value)


def test_a_wrong_identity_is_told_and_one_of_several_does(
    root: Path, keys: KeyPair, tmp_path: Path
) -> None:
    file = root.parent / "target" / keep_in(root, keys)
    wrong = make_key_pair(tmp_path, "wrong.txt")
    with pytest.raises(BackupError, match="with this identity"):
        check_backup(file, RestoreOptions(identity=wrong.identity), {})
    with pytest.raises(BackupError, match="identity file cannot be read"):
        check_backup(file, RestoreOptions(identity=tmp_path / "none"), {})

    wrong.identity.write_text(wrong.identity.read_text() + "\n" + keys.identity.read_text())

    assert check_backup(file, RestoreOptions(identity=wrong.identity), {})[1].is_equal


@pytest.mark.skipif(shutil.which("ssh-keygen") is None, reason="no ssh-keygen here")
@pytest.mark.parametrize("kind", ["ed25519", "rsa"])
def test_a_pair_of_ssh_keys_does_too(root: Path, tmp_path: Path, kind: str) -> None:
    for name, passphrase in (("open", ""), ("shut", "tide-at-noon")):
        words = ("ssh-keygen", "-q", "-t", kind, "-N", passphrase, "-f", str(tmp_path / name))
        subprocess.run(words, check=True)
    target = to_folder(root, *((tmp_path / f"{name}.pub").read_text().strip() for name in PAIRS))
    file = target / keep(root).file

    assert check_backup(file, RestoreOptions(identity=tmp_path / "open"), {})[1].is_equal
    with pytest.raises(BackupError, match="has a passphrase"):
        check_backup(file, RestoreOptions(identity=tmp_path / "shut"), {})


def test_a_plain_backup_needs_no_identity(root: Path, keys: KeyPair) -> None:
    file = make_backup(root, root.parent / "b.tar.gz")

    assert check_backup(file, RestoreOptions(identity=keys.identity), {})[1].is_equal


def test_a_file_that_age_encrypted_elsewhere_is_read(root: Path, keys: KeyPair) -> None:
    import pyrage

    file = make_backup(root, root.parent / "b.tar.gz")
    recipient = pyrage.x25519.Recipient.from_str(keys.recipient)
    sealed = file.with_name("b.age")
    sealed.write_bytes(pyrage.encrypt(file.read_bytes(), [recipient], armored=True))

    restore(sealed, root.parent / "back", NOW, RestoreOptions(identity=keys.identity))

    assert (root.parent / "back/notes/new.txt").exists()


def test_the_status_is_one_that_others_can_read(root: Path) -> None:
    to_folder(root)
    keep(root)

    kept = json.loads((root / ".copydesk/backup.json").read_bytes())

    assert "2026-11-20T08:00:00Z" == kept["made"]
    assert {"series", "target", "name", "bytes", "sha256", "failed", "failed_at"} < set(kept)


def test_a_newsroom_without_git_and_folder_of_its_own_is_kept_too(tmp_path: Path) -> None:
    root = newsroom(tmp_path / "newsroom", git=False)
    shutil.rmtree(root / ".copydesk")
    (tmp_path / "target").mkdir()
    to_folder(root)

    assert keep(root).is_written
