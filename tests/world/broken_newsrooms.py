"""Newsrooms that are broken, each in its own way, and what a person does to mend them."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
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
from world.newsroom import AS_ED, KEY, NOW, newsroom, record_web, run_git, small_web, write_files

OTHER_KEY = "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWY="
GULL = "https://gull.example/feed.xml"
CONTACT = '[fetch]\ncontact = "mailto:ed@tidewatch.example"\n'
OLD = NOW - timedelta(days=3)
STORY = "_news/2026-11-19-sea-wall-to-rise-by-two-metres.md"


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """A way to break a newsroom: the check that must find it, and a part of what it must say.

    `fill` replaces the words in capitals that a line leaves to its reader. After mending, `now` is
    later by `later`.
    """

    name: str
    check: str
    what: str
    damage: Callable[[Path], object]
    state: str = "fault"
    fill: Mapping[str, str] = field(default_factory=dict)
    later: timedelta = timedelta(0)


def healthy_newsroom(root: Path) -> Path:
    """Make a newsroom that has a key, a contact, a desk, readers, and a round behind it."""
    newsroom(root, more=CONTACT)
    write_files(root, {".copydesk/key": KEY.encode()})
    (root / ".copydesk/key").chmod(0o600)
    web = web_of(root)
    assert copydesk("-C", root, "--now", NOW.isoformat(), "run", "--web", web).code == 0
    assert copydesk("-C", root, "desk", "user", "add", "Ed", "--role", "owner").code == 0
    open_mail(root / ".copydesk").close()
    backup = root.parent / f"{root.name}.tar.gz"
    assert copydesk("-C", root, "backup", backup, "--force").code == 0
    return root


def web_of(root: Path) -> Path:
    """Return the recorded web of a newsroom's sources, beside its folder."""
    path = root.parent / "web.warc.gz"
    return path if path.exists() else record_web(path, small_web())


def examine(root: Path, now: datetime = NOW) -> list[dict[str, str]]:
    """Return the findings of `copydesk doctor --json` on a newsroom."""
    said = copydesk("-C", root, "--now", now.isoformat(), "doctor", "--json")
    findings: list[dict[str, str]] = said.json()["findings"]
    assert said.code == any(one["state"] == "fault" for one in findings)
    return findings


def find(broken: Broken, root: Path, now: datetime = NOW) -> dict[str, str] | None:
    """Return the finding that a broken newsroom must have, None if there is none."""
    return next(
        (
            one
            for one in examine(root, now)
            if one["check"] == broken.check and broken.what in one["what"]
        ),
        None,
    )


def follow(line: str, broken: Broken, root: Path) -> None:
    """Do what a finding's line says, as a person would: edit beat.toml, or type the command."""
    for word, value in broken.fill.items():
        line = line.replace(word, value.format(root=root))
    if line.startswith("beat.toml: "):
        write_setting(root / "beat.toml", line.removeprefix("beat.toml: "))
        return
    for command in line.split(" && "):
        if command.startswith("copydesk "):
            words = shlex.split(command)[1:]
            web = (
                ("--web", web_of(root))
                if {"run", "add"} & set(words) and "user" not in words
                else ()
            )
            moment = (NOW + broken.later).isoformat()
            said = copydesk("--now", moment, *words, *web)
            assert said.code == 0, (command, said.out, said.err)
        else:
            done = subprocess.run(
                ["sh", "-c", command], cwd=root.parent, check=False, capture_output=True, text=True
            )
            assert done.returncode == 0, (command, done.stdout, done.stderr)


def write_setting(file: Path, line: str) -> None:
    """Write a line such as `[site] url = "…"` into beat.toml."""
    table, setting = re.fullmatch(r"(\[[a-z.]+\]) (.*)", line).groups()  # type: ignore[union-attr]
    name, text = setting.split(" = ")[0], file.read_text("utf-8")
    head, found, rest = text.partition(f"{table}\n")
    if not found:
        file.write_text(f"{text}\n{table}\n{setting}\n", "utf-8")
        return
    own, begins, others = rest.partition("\n[")
    own = re.sub(rf"(?m)^{name} = .*\n?", "", own)
    file.write_text(f"{head}{table}\n{setting}\n{own}{begins}{others}", "utf-8")


# Ways to break a newsroom.


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


def unpushed(root: Path) -> None:
    """Break it by commits that no run has pushed for days."""
    run_git(root, "init", "-q", "--bare", str(root.parent / "remote.git"))
    run_git(root, "remote", "add", "origin", str(root.parent / "remote.git"))
    say("records", 'remote = "origin"')(root)
    day = OLD.isoformat()
    os.environ["GIT_COMMITTER_DATE"] = day
    try:
        run_git(root, "commit", "-q", "--amend", "--no-edit", "--date", day)
    finally:
        del os.environ["GIT_COMMITTER_DATE"]


def shallow(root: Path) -> None:
    """Break it by a clone without its history."""
    whole = root.rename(root.parent / "whole")
    run_git(whole.parent, "clone", "-q", "--depth", "1", f"file://{whole}", str(root))
    shutil.copytree(whole / ".copydesk", root / ".copydesk")


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
        database.execute(
            "INSERT INTO subscriptions (subscriber, letter, since) VALUES (77, 'daily', '')"
        )
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


def interrupted_start(root: Path) -> None:
    """Leave a newsroom that was not finished."""
    shutil.rmtree(root)
    write_files(root, {".copydesk/answers.json": b'[["title", "Tidewatch"]]'})


KEYS = {"YOUR-COPY-OF-THE-KEY": "{root}/../key"}
URL = {"URL": GULL}
BROKEN = (
    Broken(name="no folder", check="folder", what="does not exist", damage=shutil.rmtree),
    Broken(name="a folder for all", check="folder", what="may change", damage=mode(".", 0o777)),
    Broken(
        name="settings for all", check="folder", what="may change", damage=mode("beat.toml", 0o666)
    ),
    Broken(
        name="an open key", check="folder", what="may read", damage=mode(".copydesk/key", 0o644)
    ),
    Broken(
        name="an open desk",
        check="folder",
        what="may read",
        damage=mode(".copydesk/desk.sqlite", 0o644),
    ),
    Broken(
        name="open addresses of subscribers",
        check="folder",
        what="may read",
        damage=mode(".copydesk/mail.sqlite", 0o640),
    ),
    Broken(
        name="not ignored",
        check="folder",
        what="does not ignore",
        damage=all_of(write(".gitignore", ""), git("commit -qam open", "status")),
    ),
    Broken(
        name="a committed key",
        check="folder",
        what=".copydesk/key",
        damage=git("add -f .copydesk/key", "commit -qm key"),
    ),
    Broken(
        name="broken toml",
        check="settings",
        what="beat.toml",
        damage=write("beat.toml", '[site\ntitle = "Tidewatch"\n'),
    ),
    Broken(
        name="an unknown key",
        check="settings",
        what="titel",
        damage=write("beat.toml", '[site]\ntitel = "Tidewatch"\n'),
    ),
    Broken(
        name="another encoding",
        check="settings",
        what="UTF-8",
        damage=write("beat.toml", '[site]\ntitle = "Küste"\n'.encode("latin-1")),
    ),
    Broken(
        name="a broken topic",
        check="settings",
        what="00-coast.yaml",
        damage=write("_data/topics/00-coast.yaml", "name: [\n"),
    ),
    Broken(
        name="no settings",
        check="settings",
        what="beat.toml is missing",
        damage=lambda root: (root / "beat.toml").unlink(),
    ),
    Broken(name="half made", check="settings", what="not finished", damage=interrupted_start),
    Broken(
        name="a key that is none",
        check="key",
        what="base64",
        damage=write(".copydesk/key", "no key\n"),
        fill=KEYS,
    ),
    Broken(
        name="another key",
        check="key",
        what="does not open",
        damage=write(".copydesk/key", OTHER_KEY),
        fill=KEYS,
    ),
    Broken(
        name="no key",
        check="key",
        what="missing",
        damage=lambda root: (root / ".copydesk/key").unlink(),
        fill=KEYS,
    ),
    Broken(name="a rebase", check="git", what="rebase", damage=clash("rebase other")),
    Broken(name="a merge", check="git", what="merge", damage=clash("merge other")),
    Broken(
        name="a cherry-pick", check="git", what="cherry-pick", damage=clash("cherry-pick other")
    ),
    Broken(name="a revert", check="git", what="revert", damage=revert_clash),
    Broken(name="a bisect", check="git", what="bisect", damage=git("bisect start")),
    Broken(
        name="a commit checked out",
        check="git",
        what="detached",
        damage=git("checkout -q --detach"),
    ),
    Broken(
        name="an old commit checked out",
        check="git",
        what="detached",
        damage=git("checkout -q --detach HEAD~1"),
    ),
    Broken(name="a lock of git's", check="git", what="index.lock", damage=old(".git/index.lock")),
    Broken(
        name="edits by hand",
        check="git",
        what="beat.toml",
        state="remark",
        damage=lambda root: write_setting(root / "beat.toml", "[serve] every_minutes = 7"),
    ),
    Broken(
        name="edits that stop rounds",
        check="git",
        what="beat.toml",
        damage=all_of(
            git("remote add origin https://git.tidewatch.example/coast.git"),
            lambda root: write_setting(root / "beat.toml", '[records] remote = "origin"'),
        ),
    ),
    Broken(
        name="no remote",
        check="git",
        what="origin",
        damage=say("records", 'remote = "origin"'),
        fill={"ADDRESS": "https://git.tidewatch.example/coast.git"},
    ),
    Broken(
        name="no remote for the site",
        check="git",
        what="deploy.git.remote",
        damage=say("deploy", 'to = "git"'),
        fill={"ADDRESS": "https://git.tidewatch.example/coast.git"},
    ),
    Broken(name="not pushed", check="git", what="wait for 3 days", damage=unpushed),
    Broken(name="half a history", check="git", what="shallow", state="remark", damage=shallow),
    Broken(
        name="no repository",
        check="git",
        what="no git repository",
        state="remark",
        damage=lambda root: shutil.rmtree(root / ".git"),
    ),
    Broken(
        name="half a repository",
        check="git",
        what="does not accept",
        damage=lambda root: (root / ".git/HEAD").unlink(),
    ),
    Broken(
        name="a round of next year",
        check="clock",
        what="last run",
        damage=round_status(began=NOW + timedelta(days=400)),
    ),
    Broken(
        name="a damaged memory",
        check="stores",
        what="memory.sqlite",
        damage=damaged("memory.sqlite"),
    ),
    Broken(
        name="a memory that is none",
        check="stores",
        what="memory.sqlite",
        damage=write(".copydesk/memory.sqlite", b"no database" * 400),
    ),
    Broken(
        name="a damaged catalogue",
        check="stores",
        what="catalogue.sqlite",
        damage=damaged("catalogue.sqlite"),
    ),
    Broken(
        name="a damaged list of pages",
        check="stores",
        what="pages.sqlite",
        damage=damaged("pages.sqlite"),
    ),
    Broken(
        name="a lock of another machine",
        check="locks",
        what="round.lock.holder",
        damage=old(".copydesk/round.lock.holder", "4f1c2b 17 9911"),
    ),
    Broken(name="a round that hangs", check="locks", what="20 hours", damage=hanging_round),
    Broken(name="a change cut short", check="locks", what="not finished", damage=cut_change),
    Broken(
        name="a database put aside",
        check="stores",
        what="put aside",
        state="remark",
        damage=write(".copydesk/memory.sqlite.damaged", "x"),
    ),
    Broken(
        name="never a round",
        check="rounds",
        what="no run",
        state="remark",
        damage=lambda root: (root / ".copydesk/round.json").unlink(),
    ),
    Broken(
        name="a round that failed",
        check="rounds",
        what="failed",
        damage=round_status(complete=False),
    ),
    Broken(
        name="a round that was killed",
        check="rounds",
        what="stopped",
        state="remark",
        damage=round_status(is_over=False),
    ),
    Broken(name="no round for days", check="rounds", what="3 days", damage=round_status(began=OLD)),
    Broken(
        name="a local address",
        check="address",
        what="127.0.0.1",
        damage=all_of(
            say("site", 'url = "http://127.0.0.1:8000"'),
            say("serve", 'public_url = "https://tidewatch.example"'),
        ),
    ),
    Broken(
        name="a local address that is uploaded",
        check="address",
        what="127.0.0.1",
        damage=all_of(
            say("site", 'url = "http://127.0.0.1:8000"'),
            say("deploy", 'to = "rsync"'),
            say("deploy.rsync", 'target = "www.tidewatch.example:/srv"'),
        ),
    ),
    Broken(
        name="a plain address",
        check="address",
        what="begins with http",
        damage=all_of(
            say("site", 'url = "http://tidewatch.example/coast"'),
            say("serve", 'public_url = "https://tidewatch.example"'),
        ),
    ),
    Broken(
        name="two addresses",
        check="address",
        what="is reached at",
        state="remark",
        damage=say("serve", 'public_url = "https://other.example"'),
    ),
    Broken(
        name="a local API",
        check="address",
        what="api_url",
        damage=say("publish", 'api_url = "http://localhost:8000"'),
    ),
    Broken(
        name="a desk for nobody",
        check="address",
        what="answers nobody",
        state="remark",
        damage=say("serve", 'public_url = "https://tidewatch.example"'),
    ),
    Broken(name="an unknown proxy", check="proxies", what="10.0.0.7", damage=proxy("10.0.0.7")),
    Broken(
        name="everybody a proxy",
        check="proxies",
        what="0.0.0.0/0",
        damage=say("serve", 'trusted_proxies = ["0.0.0.0/0"]'),
    ),
    Broken(
        name="no sources",
        check="sources",
        what="no sources",
        state="remark",
        damage=no_sources,
        fill=URL,
    ),
    Broken(
        name="no contact",
        check="sources",
        what="fetch.contact",
        damage=say("fetch", 'contact = ""'),
    ),
    Broken(
        name="a source that ended",
        check="sources",
        what="gone for good",
        damage=source(ended=True, ended_at=OLD),
    ),
    Broken(
        name="a source that is blocked",
        check="sources",
        what="refuses access",
        damage=failing("blocked"),
    ),
    Broken(
        name="a source behind robots.txt",
        check="sources",
        what="robots.txt",
        damage=failing("robots"),
    ),
    Broken(name="a source that is a page", check="sources", what="html", damage=failing("html")),
    Broken(
        name="a source that is empty",
        check="sources",
        what="lists no items",
        damage=source(items=0, most_items=20),
    ),
    Broken(
        name="a source that is silent",
        check="sources",
        what="nothing new",
        damage=source(
            seen_until=NOW - timedelta(days=90), longest_gap=86_400.0, day=NOW.date(), days=(0,)
        ),
    ),
    Broken(
        name="a source that moved",
        check="sources",
        what="has moved",
        state="remark",
        damage=source(moved_to="https://gull.example/news.xml"),
    ),
    Broken(name="a broken story", check="records", what="sea-wall", damage=broken_record),
    Broken(
        name="never uploaded",
        check="deploy",
        what="never uploaded",
        damage=all_of(say("deploy", 'to = "folder"'), say("deploy.folder", 'path = "../www"')),
    ),
    Broken(
        name="a desk without owner",
        check="desk",
        what="no owner",
        state="remark",
        damage=no_owner,
        fill={"NAME": "Anna"},
    ),
    Broken(
        name="a letter with another name",
        check="letters",
        what="weekly",
        damage=lost_letter,
    ),
)

# What a person mends by hand: a backup brought back, a newer program, a name in git's settings.
BY_HAND = (
    Broken(
        name="a damaged desk", check="stores", what="desk.sqlite", damage=damaged("desk.sqlite")
    ),
    Broken(
        name="damaged subscribers",
        check="stores",
        what="mail.sqlite",
        damage=damaged("mail.sqlite"),
    ),
    Broken(name="rows astray", check="stores", what="refers to a missing row", damage=astray),
    Broken(name="a newer memory", check="stores", what="newer", damage=newer("memory.sqlite")),
    Broken(name="a newer desk", check="stores", what="newer", damage=newer("desk.sqlite")),
    Broken(name="newer subscribers", check="stores", what="newer", damage=newer("mail.sqlite")),
)
