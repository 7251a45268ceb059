"""Ways to break a newsroom."""

from __future__ import annotations

import json
import os
import re
import shlex
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec

from copydesk.desk_store import open_desk
from copydesk.mail_store import open_mail
from copydesk.mail_store.subscriptions import Subscription
from copydesk.newsroom.checks import FrontServer, keep_front_servers
from copydesk.newsroom.reports import RoundStatus
from copydesk.watch.schedule.state import SourceState
from world.command import copydesk
from world.newsroom import AS_ED, NOW, run_git, write_files

OTHER_KEY = "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWY="
GULL = "https://gull.example/feed.xml"
CONTACT = '[fetch]\ncontact = "mailto:ed@tidewatch.example"\n'
OLD = NOW - timedelta(days=3)
STORY = "_news/2026-11-19-sea-wall-to-rise-by-two-metres.md"


def write_setting(file: Path, line: str) -> None:
    """Write a line such as `[site] url = "…"` into beat.toml."""
    table, setting = re.fullmatch(r"(\[[a-z0-9.]+\]) (.*)", line).groups()  # type: ignore[union-attr]
    name, text = setting.split(" = ")[0], file.read_text("utf-8")
    head, found, rest = text.partition(f"{table}\n")
    if not found:
        file.write_text(f"{text}\n{table}\n{setting}\n", "utf-8")
        return
    own, begins, others = rest.partition("\n[")
    own = re.sub(rf"(?m)^{name} = .*\n?", "", own)
    file.write_text(f"{head}{table}\n{setting}\n{own}{begins}{others}", "utf-8")


def say(table: str, setting: str) -> Callable[[Path], object]:
    """Break it by a setting, which is committed."""

    def damage(root: Path) -> None:
        write_setting(root / "beat.toml", f"[{table}] {setting}")
        run_git(root, "commit", "-qam", "a setting")

    return damage


def write(path: str, text: bytes | str) -> Callable[[Path], object]:
    """Break it by other bytes in a file."""
    data = text.encode() if isinstance(text, str) else text
    return lambda root: write_files(root, {path: data})


def all_of(*damages: Callable[[Path], object]) -> Callable[[Path], object]:
    """Break it in several ways."""
    return lambda root: [damage(root) for damage in damages]


def mode(path: str, bits: int) -> Callable[[Path], object]:
    """Break it by the mode of a file."""
    return lambda root: (root / path).chmod(bits)


def git(*commands: str) -> Callable[[Path], object]:
    """Break it by git commands, the last of which may fail."""

    def damage(root: Path) -> None:
        for command in commands[:-1]:
            run_git(root, *shlex.split(command))
        subprocess.run(
            ["git", *AS_ED, *shlex.split(commands[-1])], cwd=root, check=False, capture_output=True
        )

    return damage


def clash(command: str) -> Callable[[Path], object]:
    """Break it by a git command that ends in a conflict."""

    def damage(root: Path) -> None:
        notes = root / "notes.txt"
        for branch, text in (("other", "theirs\n"), ("main", "ours\n")):
            run_git(root, "checkout", "-q", *(("-b",) if branch == "other" else ()), branch)
            notes.write_text(text, "utf-8")
            run_git(root, "add", "notes.txt")
            run_git(root, "commit", "-qm", branch)
        git(command)(root)

    return damage


def revert_clash(root: Path) -> None:
    """Break it by a revert that ends in a conflict."""
    for text in ("first\n", "second\n"):
        (root / "notes.txt").write_text(text, "utf-8")
        run_git(root, "add", "notes.txt")
        run_git(root, "commit", "-qm", text)
    git("revert --no-edit HEAD~1")(root)


def old(path: str, text: str = "") -> Callable[[Path], object]:
    """Break it by a file that somebody left there long ago."""

    def damage(root: Path) -> None:
        write_files(root, {path: text.encode()})
        os.utime(root / path, (OLD.timestamp(), OLD.timestamp()))

    return damage


def damaged(name: str) -> Callable[[Path], object]:
    """Break a database: pages in its middle are overwritten."""

    def damage(root: Path) -> None:
        file = root / ".copydesk" / name
        data = bytearray(file.read_bytes())
        data[4096 : len(data) - 1024] = b"\xa5" * (len(data) - 1024 - 4096)
        file.write_bytes(data)

    return damage


def newer(name: str) -> Callable[[Path], object]:
    """Break a database: a newer copydesk wrote it."""

    def damage(root: Path) -> None:
        with closing(sqlite3.connect(root / ".copydesk" / name)) as database:
            database.execute("PRAGMA user_version = 999")

    return damage


def astray(root: Path) -> None:
    """Break the subscribers' database: a row refers to one that is missing."""
    with closing(sqlite3.connect(root / ".copydesk" / "mail.sqlite")) as database:
        database.execute("PRAGMA foreign_keys = OFF")
        database.execute("INSERT INTO subscriptions VALUES (77, 'daily', '', '')")
        database.commit()


def round_status(**changes: Any) -> Callable[[Path], object]:
    """Break it by what the last round left."""
    status = replace(RoundStatus(pid=2**22 + 1, began=NOW, is_over=True, complete=True), **changes)
    return write(".copydesk/round.json", msgspec.json.encode(status))


_HANGING: list[subprocess.Popen[bytes]] = []


def hanging_round(root: Path) -> None:
    """Break it by a round that has not ended since yesterday."""
    program = "import time; time.sleep(600)  # copydesk run"
    process = subprocess.Popen([sys.executable, "-c", program])
    _HANGING.append(process)
    began = NOW - timedelta(hours=20)
    status = RoundStatus(pid=process.pid, began=began, stage="pages")
    write(".copydesk/round.json", msgspec.json.encode(status))(root)


def end_hanging_rounds() -> None:
    """End what `hanging_round` has started."""
    while _HANGING:
        process = _HANGING.pop()
        process.kill()
        process.wait()


def cut_change(root: Path) -> None:
    """Break it by a change that a killed process left in the journal."""
    entry = {
        "version": 1,
        "message": "rules: one more",
        "author": "",
        "when": NOW.isoformat(),
        "branch": "main",
        "files": [],
    }
    old(".copydesk/journal/000001.json", json.dumps(entry))(root)


def source(**changes: Any) -> Callable[[Path], object]:
    """Break a source: what is known of it."""
    state = SourceState(kind="feed", last_ok_at=NOW - timedelta(days=9), items=3, most_items=3)

    def damage(root: Path) -> None:
        from copydesk.newsroom import open_newsroom

        with open_newsroom(root, NOW, {}) as opened:
            opened.memory.keep_source(GULL, msgspec.json.encode(replace(state, **changes)))

    return damage


def failing(failure: str, count: int = 4) -> Callable[[Path], object]:
    """Break a source: it fails, time and again."""
    return source(failures=count, failing_since=OLD, failure=failure, last_error=failure)


def no_sources(root: Path) -> None:
    """Take all sources away."""
    text = (root / "beat.toml").read_text("utf-8").partition("[[source]]")[0]
    (root / "beat.toml").write_text(text, "utf-8")
    run_git(root, "commit", "-qam", "no sources")


def proxy(address: str) -> Callable[[Path], object]:
    """Break it by a reverse proxy that no setting names."""
    seen = FrontServer(address=address, tells_client=True, seen=NOW)
    return lambda root: keep_front_servers(root / ".copydesk", [seen])


def no_owner(root: Path) -> None:
    """Break the desk: nobody owns it."""
    with closing(open_desk(root / ".copydesk")) as store:
        store.accounts.remove("Ed")


def lost_letter(root: Path) -> None:
    """Break a newsletter: it has another name than its subscribers know."""
    text = (root / "beat.toml").read_text("utf-8")
    (root / "beat.toml").write_text(f'{text}\n[[letter]]\nid = "daily"\n', "utf-8")
    run_git(root, "commit", "-qam", "a letter")
    with closing(open_mail(root / ".copydesk")) as store:
        reader = store.subscribers.add("ada@tidewatch.example", NOW)
        store.subscriptions.put(Subscription(subscriber=reader.id, letter="weekly", since=NOW))


def broken_record(root: Path) -> None:
    """Break a story's file by an edit."""
    (root / STORY).write_text("---\ntitle: [\n---\n", "utf-8")
    assert copydesk("-C", root, "--now", NOW.isoformat(), "catalogue").code in {0, 1}
