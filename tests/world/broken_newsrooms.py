"""Newsrooms that are broken, each in its own way, and what a person does to mend them."""

from __future__ import annotations

import shlex
import shutil
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from copydesk.mail_store import open_mail
from world.breaking import (
    CONTACT,
    GULL,
    OLD,
    OTHER_KEY,
    all_of,
    astray,
    broken_record,
    clash,
    cut_change,
    damaged,
    failing,
    git,
    hanging_round,
    lost_letter,
    mode,
    newer,
    no_owner,
    no_sources,
    old,
    proxy,
    revert_clash,
    round_status,
    say,
    source,
    write,
    write_setting,
)
from world.command import copydesk
from world.newsroom import KEY, NOW, newsroom, record_web, small_web, write_files


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


def picture(root: Path) -> dict[str, tuple[int, int, bytes]]:
    """Return mode, time of change and bytes of each file and folder of a newsroom."""
    paths = [root, *root.rglob("*")] if root.exists() else []
    return {
        str(path): (
            path.lstat().st_mode,
            path.lstat().st_mtime_ns,
            path.read_bytes() if path.is_file() else b"",
        )
        for path in paths
    }


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
        what="beat.toml",
        damage=lambda root: (root / "beat.toml").unlink(),
    ),
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
        check="history",
        what="beat.toml",
        state="remark",
        damage=lambda root: write_setting(root / "beat.toml", "[serve] every_minutes = 7"),
    ),
    Broken(
        name="edits that stop rounds",
        check="history",
        what="beat.toml",
        damage=all_of(
            git("remote add origin https://git.tidewatch.example/coast.git"),
            lambda root: write_setting(root / "beat.toml", '[records] remote = "origin"'),
        ),
    ),
    Broken(
        name="no remote",
        check="history",
        what="origin",
        damage=say("records", 'remote = "origin"'),
        fill={"ADDRESS": "https://git.tidewatch.example/coast.git"},
    ),
    Broken(
        name="no remote for the site",
        check="history",
        what="deploy.git.remote",
        damage=say("deploy", 'to = "git"'),
        fill={"ADDRESS": "https://git.tidewatch.example/coast.git"},
    ),
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
    Broken(name="a round that hangs", check="rounds", what="20 hours", damage=hanging_round),
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
        damage=round_status(is_over=False, complete=False),
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
        name="a local API",
        check="address",
        what="api_url",
        damage=say("publish", 'api_url = "http://localhost:8000"'),
    ),
    Broken(
        name="a desk for nobody",
        check="desk",
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
    Broken(name="a broken story", check="catalogue", what="sea-wall", damage=broken_record),
    Broken(
        name="never uploaded",
        check="deploy",
        what="no upload",
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

# What backups to a target say.
BACKUPS = (
    Broken(
        name="never a backup",
        check="backup",
        what="since it was set up",
        damage=all_of(
            lambda root: (root.parent / "backups").mkdir(),
            say("backup", 'to = "folder"'),
            say("backup.folder", 'path = "../backups"'),
        ),
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
