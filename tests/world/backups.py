"""Backups taken apart and put together again, as no program of ours would."""

from __future__ import annotations

import gzip
import io
import json
import sqlite3
import tarfile
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from copydesk.newsroom.backup import BackupOptions, back_up
from world.newsroom import KEY, NOW, newsroom, run_git, write_files

RECORD = "_news/2026-11-19-sea-wall.md"
Members = dict[str, bytes]


def lived_newsroom(root: Path) -> Path:
    """Make a newsroom with records, edits that git has not, a desk and readers."""
    newsroom(root)
    write_files(root, {RECORD: b"---\ntitle: Sea wall\n---\n", "_news/2026-11-18-old.md": b"old\n"})
    run_git(root, "add", "-A")
    run_git(root, "commit", "-qm", "stories")
    (root / "_news/2026-11-18-old.md").unlink()
    edits = {
        "beat.toml": (root / "beat.toml").read_bytes() + b"# mine\n",
        "notes/new.txt": b"new\n",
    }
    write_files(root, {**edits, ".copydesk/key": KEY.encode(), ".copydesk/memory.sqlite": b"gone"})
    fill_database(root / ".copydesk/desk.sqlite", "accounts", 3)
    return root


def fill_database(file: Path, table: str, rows: int) -> None:
    """Make a database with one table of so many rows."""
    with closing(sqlite3.connect(file)) as database:
        database.execute("PRAGMA journal_mode = WAL")
        database.execute(f"CREATE TABLE {table} (number INTEGER PRIMARY KEY)")
        values = [(number,) for number in range(rows)]
        database.executemany(f"INSERT INTO {table} VALUES (?)", values)
        database.commit()


def make_backup(root: Path, file: Path) -> Path:
    """Back a newsroom up, and return the file."""
    back_up(root, file, BackupOptions(), NOW, {})
    return file


def read_members(file: Path) -> Members:
    """Return the members of a backup by their names, in order."""
    with tarfile.open(file) as archive:
        return {member.name: read(archive, member) for member in archive.getmembers()}


def read(archive: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    """Return a member's bytes."""
    handle = archive.extractfile(member)
    assert handle is not None
    return handle.read()


def write_members(file: Path, members: Members, change: Callable[[tarfile.TarInfo], None]) -> None:
    """Write a backup of these members, each header changed before."""
    with tarfile.open(file, "w:gz", format=tarfile.PAX_FORMAT) as archive:
        for name, data in members.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            change(member)
            archive.addfile(member, io.BytesIO(data))


def rewrite_manifest(file: Path, change: Callable[[dict[str, Any]], object]) -> None:
    """Change the manifest of a backup, and leave all else."""
    members = read_members(file)
    manifest = json.loads(members["manifest.json"])
    change(manifest)
    members["manifest.json"] = json.dumps(manifest).encode()
    write_members(file, members, lambda member: None)


def rewrite_bytes(file: Path, change: Callable[[bytearray], object]) -> None:
    """Change the bytes within the compression, checksum of which is made anew."""
    data = bytearray(gzip.decompress(file.read_bytes()))
    change(data)
    file.write_bytes(gzip.compress(bytes(data), 1))


def names_in(folder: Path) -> list[str]:
    """Return the names in a folder, sorted."""
    return sorted(path.name for path in folder.iterdir())


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyPair:
    """A pair of age's keys: the public one as it is written, the file of the secret one."""

    recipient: str
    identity: Path


def make_key_pair(folder: Path, name: str = "identity.txt") -> KeyPair:
    """Write the file of a new pair of keys as age-keygen does."""
    import pyrage

    secret = pyrage.x25519.Identity.generate()
    recipient = str(secret.to_public())
    file = folder / name
    file.write_text(f"# created: 2026-11-20T08:00:00Z\n# public key: {recipient}\n{secret}\n")
    return KeyPair(recipient=recipient, identity=file)


def set_backups(root: Path, to: str, *recipients: str, table: str = "", more: str = "") -> None:
    """Write in a newsroom's settings where its backups go; `table` are the target's settings."""
    file = root / "beat.toml"
    before = file.read_text("utf-8").partition("\n[backup]\n")[0]
    file.write_text(
        f'{before}\n[backup]\nto = "{to}"\nrecipients = {json.dumps(recipients)}\n{more}\n'
        f"[backup.{to}]\n{table}\n"
    )
