"""Check a newsroom folder: what is wrong with it, why that matters, and the line that mends it.

    open_apart -> Newsroom on copies of its databases -> Check.find -> Findings, by `finding`

A check changes nothing in the newsroom. The texts of all findings are in tables/findings.toml.
`FOLDER_CHECKS` are of the folder itself; other rooms have their own.
"""

from __future__ import annotations

import contextlib
import ipaddress
import itertools
import json
import os
import shlex
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

import msgspec

from copydesk import config
from copydesk.archive import sealing
from copydesk.catalogue import Catalogue
from copydesk.config import Settings
from copydesk.desk_store import DeskStore
from copydesk.errors import ConfigError, CopydeskError
from copydesk.kit import dates, files, git, tables, urls, within
from copydesk.mail_store import MailStore
from copydesk.memory import Memory
from copydesk.newsroom import backup
from copydesk.newsroom._newsroom import PRIVATE, Newsroom, mark_files, read_settings, with_stores
from copydesk.newsroom.records import CATALOGUE_FILE, PAGE_INDEX_FILE
from copydesk.newsroom.reports import RoundStatus, read_round_status
from copydesk.newsroom.starts import find_demo


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A problem of a newsroom: what is wrong, why it matters, and the line that mends it.

    `check` is the name of the check that found it. `mend` is a command, a line for beat.toml
    (`beat.toml: [site] url = "…"`), or for what no line can mend, a sentence.
    """

    check: str
    state: Literal["fault", "remark"]
    what: str
    why: str
    mend: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """A check of a newsroom. `find` yields its findings; its errors become findings, too.

    One that `is_alarm` is cheap, and is also made for whoever watches a server. One that
    `is_of_folder` is also made if the settings cannot be read.
    """

    name: str
    find: Callable[[Newsroom], Iterator[Finding]]
    is_alarm: bool = False
    is_of_folder: bool = False


class _Value(str):
    """A text in a finding. With the format `sh` it is quoted for a shell, `toml` for beat.toml."""

    __slots__ = ()

    def __format__(self, form: str) -> str:
        quoted = shlex.quote(self) if form == "sh" else self
        return json.dumps(self, ensure_ascii=False) if form == "toml" else str(quoted)


def finding(kind: str, **values: object) -> Finding:
    """Return the finding of a kind in tables/findings.toml, with these values in its texts."""
    row = tables.read_rows("copydesk.newsroom", "findings.toml", Finding)[kind]
    told = {name: _Value(value) for name, value in values.items()}
    what, why, mend = (words.format(**told) for words in (row.what, row.why, row.mend))
    return replace(row, what=what, why=why, mend=mend)


def explain(check: str, error: Exception) -> Finding:
    """Return the finding for an error that ended a check."""
    hint = getattr(error, "hint", "") or "repeat the command, and report the error"
    return replace(finding("failed", error=error, hint=hint), check=check)


# The reverse proxies that were seen in front of `serve`, in one small disposable file.

_FILE = "front.json"
_MOST_BYTES = 10_000
_FORGOTTEN = timedelta(days=30)
_HEADER = "proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;"


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontServer:
    """A reverse proxy that passes requests on to `serve`: its address, and when it was last seen.

    `tells_client` is true if all its requests name the client in X-Forwarded-For.
    """

    address: str
    tells_client: bool
    seen: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontAdvice:
    """A problem in the settings for the reverse proxies at `addresses`, and how to fix it.

    `line` is the line for `[serve]` in beat.toml that names the proxies, "" if it names them all
    already. With `is_silent` a proxy does not send the client's address; `header` is the nginx
    directive that sends it.
    """

    addresses: tuple[str, ...]
    line: str
    is_silent: bool
    header: str = _HEADER

    @property
    def what(self) -> str:
        """Return the problem with the reverse proxies as a sentence for the operator."""
        if self.is_silent:
            fault = "the reverse proxy does not send the address of visitors"
        else:
            fault = "the settings in beat.toml do not trust the reverse proxy"
        return f"{fault}, so the desk takes all visitors for one: {', '.join(self.addresses)}"

    @property
    def hint(self) -> str:
        """Return the fix for the reverse proxies as a sentence for the operator."""
        mends = []
        if self.is_silent:
            mends.append(f"let the reverse proxy send X-Forwarded-For (nginx: {self.header})")
        if self.line:
            mends.append(f"add to [serve] in beat.toml: {self.line}")
        return ", then ".join(mends)


def read_front_servers(private: Path) -> tuple[FrontServer, ...]:
    """Return the reverse proxies seen in front of `serve`, () if the file cannot be read."""
    found = files.read_json(private / _FILE, tuple[FrontServer, ...], _MOST_BYTES) or ()
    try:
        return tuple(server for server in found if ipaddress.ip_address(server.address))
    except ValueError:
        return ()


def keep_front_servers(private: Path, servers: Sequence[FrontServer]) -> None:
    """Store the reverse proxies seen; write errors are ignored, as they will be seen again."""
    with contextlib.suppress(OSError):
        files.write_atomic(private / _FILE, msgspec.json.encode(servers), durable=False)


def advise_on_front(settings: Settings, private: Path, now: datetime) -> FrontAdvice | None:
    """Return advice on the reverse proxies seen lately, None if the settings list them all."""
    trusted = settings.serve.trusted_proxies
    seen = [server for server in read_front_servers(private) if now - server.seen < _FORGOTTEN]
    unnamed = [server.address for server in seen if not _is_within(server.address, trusted)]
    silent = [server.address for server in seen if not server.tells_client]
    if not unnamed and not silent:
        return None
    listed = ", ".join(f'"{address}"' for address in (*trusted, *unnamed))
    return FrontAdvice(
        addresses=tuple(dict.fromkeys((*unnamed, *silent))),
        line=f"trusted_proxies = [{listed}]" if unnamed else "",
        is_silent=bool(silent),
    )


def _is_within(address: str, networks: Sequence[str]) -> bool:
    found = ipaddress.ip_address(address)
    return any(found in ipaddress.ip_network(network) for network in networks)


# Open a newsroom on copies of its databases. Even a reader of SQLite's makes files beside a
# database, and an unfinished log of a killed process would be taken in; copies leave all as it is.
# For a process of its own alone: closing a database's file releases this process's locks on it.

_OPENERS: Mapping[str, Callable[[Path], Memory | DeskStore | MailStore]] = {
    "memory.sqlite": Memory,
    "desk.sqlite": DeskStore,
    "mail.sqlite": MailStore,
}
_STORES = (CATALOGUE_FILE, PAGE_INDEX_FILE, *_OPENERS)
_TRIES = 3
_STAND_IN = '[site]\ntitle = "copydesk"\n'


def find_closed_folder(root: Path) -> Iterator[Finding]:
    """Yield why nothing in a newsroom folder can be looked at, if that is so."""
    if not root.is_dir():
        yield finding("folder-missing", root=root)
    for path in (root, root / PRIVATE):
        if path.is_dir() and not os.access(path, os.R_OK | os.X_OK, effective_ids=True):
            yield finding("folder-unreadable", path=path, owner=path.stat().st_uid)
            return


@contextlib.contextmanager
def open_apart(
    root: Path, environ: Mapping[str, str], now: datetime, found: list[Finding]
) -> Iterator[tuple[Newsroom, bool]]:
    """Open a newsroom for checks, for the `with` block. Nothing in its folder changes.

    Adds to `found` what keeps settings and databases from being used. Yields also whether the
    settings could be read; if not, others stand in for them.
    """
    with contextlib.ExitStack() as stack:
        folder = tempfile.TemporaryDirectory(prefix="copydesk-", dir=_find_room(root / PRIVATE))
        copies = Path(stack.enter_context(folder))
        try:
            settings, is_whole = read_settings(root, environ), True
        except ConfigError as error:
            found.append(_explain_settings(root, error))
            (copies / "beat.toml").write_text(_STAND_IN, "utf-8")
            settings, is_whole = replace(config.load(copies, {}), root=root), False
        for name in _STORES:
            found += _find_store_fault(root / PRIVATE / name, copies / name)
        memory = stack.enter_context(contextlib.closing(Memory(copies / "memory.sqlite")))
        yield replace(with_stores(settings, now, memory, copies), copies=copies), is_whole


def _find_room(private: Path) -> str | None:
    """Return a folder for the copies; where disks are full, the one that Linux has in memory."""
    needed = 2 * sum(file.stat().st_size for file in private.glob("*.sqlite*")) + 1_000_000
    places = (tempfile.gettempdir(), "/dev/shm")  # noqa: S108 -- a folder is made below it
    return next((place for place in places if shutil.disk_usage(place).free > needed), None)


def _explain_settings(root: Path, error: ConfigError) -> Finding:
    """Return the finding for settings that cannot be read; an edit can be put aside."""
    path = error.subject.partition(":")[0] if (root / "beat.toml").exists() else "beat.toml"
    kind = "settings-edited" if path in _list_edits(root) else "settings-invalid"
    kind = "key-invalid" if path == f"{PRIVATE}/key" else kind
    return finding(kind, error=error, hint=error.hint, root=root, path=path, file=root / path)


def _find_store_fault(file: Path, copy: Path) -> Iterator[Finding]:
    """Copy a database, and yield its fault; then there is no copy."""
    kind = fault = hint = ""
    if not file.exists():
        return
    try:
        _copy_store(file, copy)
        if fault := backup.find_database_fault(copy):
            is_kept = file.name in {"desk.sqlite", "mail.sqlite"}
            kind = "store-damaged-kept" if is_kept else "store-damaged"
        elif file.name in _OPENERS:
            _OPENERS[file.name](copy).close()
    except CopydeskError as error:
        kind, fault, hint = "store-newer", error.what, error.hint
    except (OSError, sqlite3.Error) as error:
        kind, fault = "store-unreadable", str(error)
    if kind:
        yield finding(kind, file=f"{PRIVATE}/{file.name}", error=fault, hint=hint, path=file)
        for path in copy.parent.glob(f"{copy.name}*"):
            path.unlink()


def _copy_store(file: Path, copy: Path) -> None:
    """Copy a database and its log, while others may write to it."""
    log = Path(f"{file}-wal"), Path(f"{copy}-wal")
    for _ in range(_TRIES):
        before = mark_files((file, log[0]))
        shutil.copyfile(file, copy)
        with contextlib.suppress(FileNotFoundError):
            shutil.copyfile(*log)
        if mark_files((file, log[0])).stamps == before.stamps:
            return
    log[1].unlink(missing_ok=True)
    uri = f"{file.absolute().as_uri()}?mode=ro"  # somebody writes, so the log's files exist
    both = sqlite3.connect(uri, uri=True), sqlite3.connect(copy)
    with contextlib.closing(both[0]) as source, contextlib.closing(both[1]) as target:
        source.backup(target)


# The checks of the folder itself.

_SECRET = ("key", "desk.sqlite", "mail.sqlite")
_LEAST_BYTES = 300_000_000
_LEAST_FILES = 20_000
_YEARS = range(2026, 2100)
_DAY = timedelta(days=1)
_QUICK = timedelta(minutes=10)  # a change, or git's own lock, takes seconds
_LONG = timedelta(hours=12)  # a run
_SEALED = 20  # the newest stories, whose sealed parts are opened


def _may_write(path: Path) -> bool:
    return os.access(path, os.W_OK | os.X_OK, effective_ids=True)


def _mode(path: Path) -> int:
    return path.stat().st_mode if path.exists() else 0


def _find_rights(newsroom: Newsroom) -> Iterator[Finding]:
    """Yield the first fault of each kind in the rights of the newsroom's own files."""
    root, private = newsroom.root, newsroom.private
    folders = [path for path in (root, private, root / ".git") if path.is_dir()]
    inside = [path for folder in folders for path in (folder, *folder.iterdir())]
    is_read_only, owner = os.statvfs(root).f_flag & os.ST_RDONLY, root.stat().st_uid
    faults: tuple[tuple[str, Iterable[Path], Callable[[Path], object]], ...] = (
        ("owners", inside, lambda path: path.lstat().st_uid != owner),
        ("read-only" if is_read_only else "locked", folders, lambda path: not _may_write(path)),
        ("open", (*folders, root / "beat.toml"), lambda path: _mode(path) & 0o002),
        ("secret", [private / name for name in _SECRET], lambda path: _mode(path) & 0o077),
    )
    for kind, paths, is_wrong in faults:
        for path in itertools.islice(filter(is_wrong, paths), 1):
            names = {"owner": owner, "other": path.lstat().st_uid, "root": root}
            yield finding(f"folder-{kind}", path=path, **names)


def _find_settings_warnings(newsroom: Newsroom) -> Iterator[Finding]:
    for warning in newsroom.settings.warnings:
        if not warning.startswith(f"{PRIVATE}/key"):  # its mode, which `_find_rights` has
            yield finding("settings-warning", warning=warning, root=newsroom.root)


def _ask_git(root: Path, *words: str) -> str:
    """Return what a git command prints, "" if it fails."""
    answer = git.ask(root, *words, environment={"GIT_LITERAL_PATHSPECS": "0"})
    return "" if answer.code else os.fsdecode(answer.out).rstrip("\n")


def _list_edits(root: Path) -> list[str]:
    """Return the files that git has and that differ from the last commit."""
    if shutil.which("git") is None:
        return []
    command = ("status", "--short", "--untracked-files=no", "--no-renames")  # writes no index
    return [line[3:].strip('"') for line in _ask_git(root, *command, "--", ".").splitlines()]


def _find_git_faults(newsroom: Newsroom) -> Iterator[Finding]:
    """Yield why git accepts no commit, or too many files. Without git: GitError."""
    root, repository = newsroom.root, newsroom.repository
    if not (repository.usable or (root / ".git").exists()):
        yield finding("git-none", root=root)
    elif not (folder := _ask_git(root, "rev-parse", "--absolute-git-dir")):
        is_own = root.stat().st_uid == os.geteuid()
        yield finding("git-broken" if is_own else "git-refuses", root=root, top=root.resolve())
    else:
        if command := repository.command_in_progress():
            option = "reset" if command == "bisect" else "--abort"
            yield finding("git-busy", root=root, command=command, option=option)
        elif not repository.branch():
            yield finding("git-detached", root=root)
        if (lock := Path(folder, "index.lock")).exists() and _age(newsroom, lock) > _QUICK:
            yield finding("git-lock", path=lock)
        if path := _ask_git(root, "ls-files", "--", PRIVATE).partition("\n")[0]:
            yield finding("folder-committed", path=path, root=root)
        if not _ask_git(root, "check-ignore", "--no-index", "--", f"./{PRIVATE}/key"):
            yield finding("folder-in-git", ignore=root / ".gitignore")


def _find_history_faults(newsroom: Newsroom) -> Iterator[Finding]:
    """Yield what keeps edits and commits from being taken along or pushed."""
    root, repository, settings = newsroom.root, newsroom.repository, newsroom.settings
    remote = settings.records.remote
    if not repository.head():
        return
    if edits := _list_edits(root):
        paths = ", ".join(edits[:3]) + ", …" * (len(edits) > 3)
        yield finding("git-edits-stop" if remote else "git-edits", root=root, paths=paths)
    if not repository.user():
        yield finding("git-name", root=root)
    wanted = {"records.remote": remote}
    if settings.deploy.to == "git":
        wanted["deploy.git.remote"] = settings.deploy.git.remote
    for setting, name in wanted.items():
        if name and not _ask_git(root, "remote", "get-url", "--", name):
            yield finding("git-remote", root=root, remote=name, setting=setting)


def _age(newsroom: Newsroom, path: Path) -> timedelta:
    return newsroom.now - datetime.fromtimestamp(path.stat().st_mtime, UTC)


def _find_key_faults(newsroom: Newsroom) -> Iterator[Finding]:
    """Yield whether the key opens none of the newest stories that are sealed.

    The stories of a reference site (profile `everyday`) are sealed with a key that nobody may have.
    """
    settings, sealed = newsroom.settings, ""
    if not newsroom.beat.scoring.traits.has_blocks:
        return
    for path in newsroom.archive.paths()[-_SEALED:]:
        with contextlib.suppress(CopydeskError):
            story = newsroom.archive.read(path)
            sealed = path if story.secured else sealed
            if story.secured and settings.key:
                sealing.unseal(story.secured, settings.keys, path)
                return
    if sealed:
        kind = "key-wrong" if settings.key else "key-missing"
        yield finding(kind, path=sealed, file=newsroom.private / "key")


def _find_disk_faults(newsroom: Newsroom) -> Iterator[Finding]:
    """Yield a lack of space for a run, which may write each database anew."""
    disk, stores = os.statvfs(newsroom.root), newsroom.private.glob("*.sqlite")
    free = disk.f_bavail * disk.f_frsize
    least = _LEAST_BYTES + sum(file.stat().st_size for file in stores)
    if free < least:
        counts = {"free": f"{free // 1_000_000:,} MB", "least": f"{least // 1_000_000:,} MB"}
        yield finding("disk-full", root=newsroom.root, **counts)
    if disk.f_files and disk.f_favail < _LEAST_FILES:  # some file systems have no limit, and say 0
        yield finding("disk-inodes", root=newsroom.root, count=f"{disk.f_favail:,}")


def _find_clock_faults(newsroom: Newsroom) -> Iterator[Finding]:
    now, status = newsroom.now, read_round_status(newsroom.private)
    if now.year not in _YEARS:
        yield finding("clock-wrong", now=dates.rfc3339(now))
    if status and status.began > now + _DAY:
        yield finding("clock-round", at=dates.rfc3339(status.began), root=newsroom.root)


def _find_locks(newsroom: Newsroom) -> Iterator[Finding]:
    private, root = newsroom.private, newsroom.root
    for lock in private.glob("*.holder"):  # where the file system has no locks of its own
        host = within.read_user_file(lock, _MOST_BYTES).decode("utf-8", "replace").partition(" ")[0]
        if host != os.uname().nodename and _age(newsroom, lock) > _QUICK:
            yield finding("lock-left", file=lock.name, holder=host, path=lock)
    if any(_age(newsroom, entry) > _QUICK for entry in private.glob("journal/[0-9]*.json")):
        yield finding("lock-change", root=root)
    for path in private.glob("*.damaged"):
        yield finding("store-aside", file=path.relative_to(root), path=path)


def _find_round_faults(newsroom: Newsroom) -> Iterator[Finding]:
    root, status = newsroom.root, read_round_status(newsroom.private)
    if find_demo(root) or not newsroom.beat.sources:
        return
    if status is None:
        yield finding("round-never", root=root)
        return
    age, at = newsroom.now - status.began, dates.rfc3339(status.began)
    if status.is_at_work:
        yield from _find_hanging_round(status, age)
    elif not status.complete:
        yield finding("round-failed" if status.is_over else "round-killed", root=root, at=at)
    if age > max(_DAY, 3 * timedelta(minutes=newsroom.settings.serve.every_minutes)):
        yield finding("round-old", root=root, at=at, days=age.days)


def _find_hanging_round(status: RoundStatus, age: timedelta) -> Iterator[Finding]:
    # after a restart of the machine, another program may have the number of the process
    command = within.read_user_file(Path(f"/proc/{status.pid}/cmdline"), _MOST_BYTES)
    if age > _LONG and b"copydesk" in command:
        hours = age // timedelta(hours=1)
        yield finding("round-hangs", hours=hours, pid=status.pid, stage=status.stage)


def _find_backup_faults(newsroom: Newsroom) -> Iterator[Finding]:
    plan, status = newsroom.settings.backup, backup.read_backup_status(newsroom.private)
    made = status.made if status else None
    if plan.to and (made is None or newsroom.now - made > timedelta(hours=2 * plan.every_hours)):
        failed = (status and status.failed) or "neither `copydesk serve` nor a timer made one"
        at = dates.rfc3339(made) if made else "it was set up"
        yield finding("backup-old", root=newsroom.root, at=at, to=plan.to, failed=failed)


def _find_address_faults(newsroom: Newsroom) -> Iterator[Finding]:
    settings, url, api = newsroom.settings, newsroom.beat.url, newsroom.beat.api_url
    public, is_here = settings.serve.public_url, _is_here(url)
    public = "" if _is_here(public) else public
    if is_here and (public or settings.deploy.to in {"rsync", "git", "s3"}):
        yield finding("address-local", url=url, public=public or "https://YOUR-SITE.example")
    elif url.startswith("http:") and urls.host(url) == urls.host(public):
        yield finding("address-plain", public=url.replace("http:", "https:", 1))
    if not is_here and _is_here(api):
        yield finding("address-api", url=api, public=url)


def _is_here(url: str) -> bool:
    return not url or urls.is_loopback(urls.host(url))


def _find_proxy_faults(newsroom: Newsroom) -> Iterator[Finding]:
    if advice := advise_on_front(newsroom.settings, newsroom.private, newsroom.now):
        kind = "proxy-silent" if advice.is_silent else "proxy-unknown"
        yield finding(kind, what=advice.what, line=advice.line, hint=advice.hint)
    for network in newsroom.settings.serve.trusted_proxies:
        if not ipaddress.ip_network(network).prefixlen:
            yield finding("proxy-any", network=network)


def _find_broken_records(newsroom: Newsroom) -> Iterator[Finding]:
    """Yield story files that cannot be read. A catalogue that fails raises its error."""
    if not (file := newsroom.databases / CATALOGUE_FILE).exists():
        return
    with contextlib.closing(Catalogue(file)) as catalogue:
        broken = [record.path for record in catalogue.list_failures()]
    edited = _list_edits(newsroom.root) if broken else []
    for path in broken:
        try:
            newsroom.archive.read(path)  # it may have been mended since
        except CopydeskError as error:
            kind = "record-edited" if path in edited else "record"
            yield finding(kind, path=path, error=error.what, root=newsroom.root)


FOLDER_CHECKS = (
    Check(name="folder", find=_find_rights, is_of_folder=True),
    Check(name="settings", find=_find_settings_warnings),
    Check(name="git", find=_find_git_faults, is_of_folder=True),
    Check(name="history", find=_find_history_faults),
    Check(name="key", find=_find_key_faults),
    Check(name="disk", find=_find_disk_faults, is_alarm=True, is_of_folder=True),
    Check(name="clock", find=_find_clock_faults, is_of_folder=True),
    Check(name="locks", find=_find_locks, is_of_folder=True),
    Check(name="rounds", find=_find_round_faults, is_alarm=True),
    Check(name="backup", find=_find_backup_faults, is_alarm=True),
    Check(name="catalogue", find=_find_broken_records, is_alarm=True, is_of_folder=True),
    Check(name="address", find=_find_address_faults),
    Check(name="proxies", find=_find_proxy_faults),
)
