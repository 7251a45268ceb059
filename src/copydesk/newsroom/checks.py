"""Check a newsroom folder: what is wrong with it, why that matters, and the line that mends it.

    open_apart -> Newsroom on copies of its databases -> Check.find -> Findings, by `finding`

A check changes nothing in the newsroom. The texts of all findings are in tables/findings.toml.
`FOLDER_CHECKS` are of the folder itself; other rooms have their own.
"""

from __future__ import annotations

import contextlib
import ipaddress
import json
import os
import pwd
import re
import shlex
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

import msgspec

from copydesk import config
from copydesk.archive import sealing
from copydesk.catalogue import Catalogue
from copydesk.config import Settings
from copydesk.errors import ConfigError, CopydeskError, SealError
from copydesk.kit import dates, files, git, tables, urls
from copydesk.memory import Memory
from copydesk.newsroom._newsroom import Newsroom, mark_files, read_settings, with_stores
from copydesk.newsroom.records import CATALOGUE_FILE, PAGE_INDEX_FILE
from copydesk.newsroom.reports import read_round_status
from copydesk.newsroom.starts import find_demo, read_answers

State = Literal["fault", "remark"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A problem of a newsroom: what is wrong, why it matters, and the line that mends it.

    `check` is the name of the check that found it. `mend` is a command, a line for beat.toml
    (`beat.toml: [site] url = "…"`), or for what no line can mend, a sentence.
    """

    check: str
    state: State
    what: str
    why: str
    mend: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """A check of a newsroom. `find` yields its findings; it may raise CopydeskError and OSError.

    One that `is_alarm` is cheap, and is also asked by whoever watches a server. One that
    `is_of_folder` also works if the settings cannot be read.
    """

    name: str
    find: Callable[[Newsroom], Iterator[Finding]]
    is_alarm: bool = False
    is_of_folder: bool = False


class _Value(str):
    """A text in a finding. With the format `sh` it is quoted for a shell, `toml` for beat.toml."""

    __slots__ = ()

    def __format__(self, form: str) -> str:
        if form == "sh":
            return shlex.quote(self)
        return json.dumps(self, ensure_ascii=False) if form == "toml" else str(self)


def finding(kind: str, **values: object) -> Finding:
    """Return the finding of a kind in tables/findings.toml, with these values in its texts."""
    row = tables.read_rows("copydesk.newsroom", "findings.toml", Finding)[kind]
    told = {name: _Value(value) for name, value in values.items()}
    what, why, mend = (words.format(**told) for words in (row.what, row.why, row.mend))
    return replace(row, what=what, why=why, mend=mend)


def explain(check: str, error: Exception) -> Finding:
    """Return the finding for an error that ended a check."""
    hint = error.hint if isinstance(error, CopydeskError) else ""
    found = finding("failed", error=error, hint=hint or "repeat the command, and report the error")
    return replace(found, check=check)


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
    try:
        with (private / _FILE).open("rb") as file:
            found = msgspec.json.decode(file.read(_MOST_BYTES), type=tuple[FrontServer, ...])
        return tuple(server for server in found if ipaddress.ip_address(server.address))
    except (OSError, ValueError):  # msgspec's errors are ValueErrors
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

_DISPOSABLE = ("memory.sqlite", CATALOGUE_FILE, PAGE_INDEX_FILE)
_KEPT = ("desk.sqlite", "mail.sqlite")
_TRIES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedApart:
    """A newsroom that is open for checks, and the findings so far; None if it cannot be opened.

    With `is_folder_only` its settings cannot be read, and others stand in for them.
    """

    newsroom: Newsroom | None
    findings: tuple[Finding, ...]
    is_folder_only: bool = False


@contextlib.contextmanager
def open_apart(root: Path, environ: Mapping[str, str], now: datetime) -> Iterator[OpenedApart]:
    """Open a newsroom for checks, for the `with` block. Nothing in its folder changes."""
    if found := [*_find_no_entry(root)]:
        yield OpenedApart(newsroom=None, findings=tuple(found))
        return
    with contextlib.ExitStack() as stack:
        copies = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="copydesk-")))
        try:
            settings, is_folder_only = read_settings(root, environ), False
        except ConfigError as error:
            found, is_folder_only = [_explain_settings(root, error)], True
            (copies / "beat.toml").write_text('[site]\ntitle = "copydesk"\n', "utf-8")
            settings = replace(config.load(copies, {}), root=root)
        for name in (*_DISPOSABLE, *_KEPT):
            found += _find_store_fault(root / ".copydesk" / name, copies / name)
        memory = stack.enter_context(contextlib.closing(Memory(copies / "memory.sqlite")))
        newsroom = replace(with_stores(settings, now, memory, copies), copies=copies)
        stack.callback(newsroom.repository.close)
        yield OpenedApart(newsroom=newsroom, findings=tuple(found), is_folder_only=is_folder_only)


def _find_no_entry(root: Path) -> Iterator[Finding]:
    """Yield why nothing of a newsroom can be looked at, if that is so."""
    if not root.is_dir():
        yield finding("folder-missing", root=root)
    for path in (root, root / ".copydesk"):
        if path.is_dir() and not _may(path, os.R_OK | os.X_OK):
            names = {"user": _name_user(os.geteuid()), "owner": _name_user(path.stat().st_uid)}
            yield finding("folder-unreadable", path=path, **names)
            return


def _may(path: Path, mode: int) -> bool:
    return os.access(path, mode, effective_ids=True)


def _name_user(number: int) -> str:
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return str(number)


def _explain_settings(root: Path, error: ConfigError) -> Finding:
    """Return the finding for settings that cannot be read; an edit can be put aside."""
    path = error.subject.partition(":")[0]
    edited = list_edits(root)
    if not (root / "beat.toml").exists() and "beat.toml" in edited:
        return finding("settings-lost", root=root)
    if read_answers(root):
        return finding("settings-unfinished", root=root)
    hint = error.hint or f"correct {path}"
    if path == ".copydesk/key":
        return finding("key-invalid", error=error, file=root / path)
    kind = "settings-edited" if path in edited else "settings-invalid"
    return finding(kind, error=error, hint=hint, root=root, path=path)


def list_edits(root: Path) -> list[str]:
    """Return the files of a newsroom that git has and that differ from the last commit."""
    if shutil.which("git") is None:
        return []
    answer = git.ask(root, "diff", "--name-only", "-z", "--relative", "HEAD", "--", ".")
    return [] if answer.code else os.fsdecode(answer.out).split("\0")[:-1]


def _find_store_fault(file: Path, copy: Path) -> Iterator[Finding]:
    """Copy a database, and yield its fault; then there is no copy."""
    from copydesk.desk_store import open_desk
    from copydesk.mail_store import open_mail
    from copydesk.newsroom import backup

    fault = ""
    try:
        if not file.exists():
            return
        _copy_store(file, copy)
        if fault := backup.find_database_fault(copy):
            kind = "store-damaged-kept" if file.name in _KEPT else "store-damaged"
            yield finding(kind, file=f".copydesk/{file.name}", error=fault, path=file)
        elif file.name == "memory.sqlite":
            Memory(copy).close()
        elif file.name in _KEPT:
            (open_desk if file.name == "desk.sqlite" else open_mail)(copy.parent).close()
    except (OSError, sqlite3.Error) as error:
        fault = str(error)
        yield finding("store-unreadable", file=f".copydesk/{file.name}", error=error, path=file)
    except CopydeskError as error:
        fault = error.what
        yield finding("store-newer", error=error, hint=error.hint)
    if fault:
        for path in copy.parent.glob(f"{copy.name}*"):
            path.unlink()


def _copy_store(file: Path, copy: Path) -> None:
    """Copy a database and its log, while others may write to it."""
    both = [(Path(f"{file}{end}"), Path(f"{copy}{end}")) for end in ("", "-wal")]
    for _ in range(_TRIES):
        before = mark_files(path for path, _ in both)
        for path, to in both:
            with contextlib.suppress(FileNotFoundError):
                shutil.copyfile(path, to)
        if mark_files(path for path, _ in both).stamps == before.stamps:
            return
    both[1][1].unlink(missing_ok=True)
    uri = f"{file.absolute().as_uri()}?mode=ro"  # somebody writes, so the log's files exist
    databases = sqlite3.connect(uri, uri=True), sqlite3.connect(copy)
    with contextlib.closing(databases[0]) as source, contextlib.closing(databases[1]) as target:
        source.backup(target)


# The checks of the folder itself.

_SECRET = ("key", "desk.sqlite", "mail.sqlite")
_WRITTEN = ("_news", "_data")
_LEAST_BYTES = 300_000_000
_LEAST_FILES = 20_000
_YEARS = range(2026, 2100)
_DAY = timedelta(days=1)
_QUICK = timedelta(minutes=10)  # a change, or git's own lock, takes seconds
_LONG = timedelta(hours=12)  # a run
_SEALED = 20  # the newest stories, whose sealed parts are opened


def _find_rights(newsroom: Newsroom) -> Iterator[Finding]:
    root, private = newsroom.root, newsroom.private
    status = root.stat()
    names = {"user": _name_user(os.geteuid()), "owner": _name_user(status.st_uid), "root": root}
    if names["user"] == "root" and status.st_uid:
        yield finding("folder-root", **names)
    folders = [folder for folder in (root, private, root / ".git") if folder.is_dir()]
    for path in (path for folder in folders for path in (folder, *folder.iterdir())):
        if (other := path.lstat().st_uid) != status.st_uid:
            yield finding("folder-owners", path=path, other=_name_user(other), **names)
            break
    for path in (*folders, *(path for path in map(root.joinpath, _WRITTEN) if path.is_dir())):
        if not _may(path, os.W_OK | os.X_OK):
            is_read_only = os.statvfs(path).f_flag & os.ST_RDONLY
            mount = next(above for above in (path, *path.absolute().parents) if above.is_mount())
            kind = "folder-read-only" if is_read_only else "folder-locked"
            is_own = status.st_uid == os.geteuid()
            kind = kind if is_own or is_read_only else "folder-foreign"
            yield finding(kind, path=path, mount=mount, **names)
            break
    for path in (root, private, root / "beat.toml"):
        if path.exists() and path.stat().st_mode & 0o002:
            yield finding("folder-open", path=path)
    dkim = newsroom.settings.mail.dkim
    secret = [private / name for name in _SECRET]
    for path in (*secret, *([root / dkim.key_file] if dkim.selector else [])):
        if path.exists() and path.stat().st_mode & 0o077:
            yield finding("folder-secret", path=path)


def _find_settings_warnings(newsroom: Newsroom) -> Iterator[Finding]:
    for warning in newsroom.settings.warnings:
        if not warning.startswith(".copydesk/key"):  # `_find_rights` has it
            yield finding("settings-warning", warning=warning, root=newsroom.root)


def _find_git_faults(newsroom: Newsroom) -> Iterator[Finding]:
    root, repository = newsroom.root, newsroom.repository
    if shutil.which("git") is None:
        yield finding("git-missing" if repository.usable else "git-none", root=root)
        return
    answer = git.ask(root, "rev-parse", "--absolute-git-dir")
    if answer.code or not repository.usable:
        is_own = root.stat().st_uid in {0, os.geteuid()} if os.geteuid() else not root.stat().st_uid
        kind = "git-broken" if is_own else "git-refuses"
        is_there = (root / ".git").exists() or repository.usable
        yield finding(kind if is_there else "git-none", root=root, top=root.resolve())
        return
    folder = Path(os.fsdecode(answer.out).rstrip("\n"))
    yield from _find_obstacles(newsroom, folder)
    yield from _find_leaks(newsroom)
    edits, remote = list_edits(root), newsroom.settings.records.remote
    if edits:
        kind, more = "git-edits-stop" if remote else "git-edits", ", …" * (len(edits) > 3)
        yield finding(kind, root=root, paths=", ".join(edits[:3]) + more)
    if not repository.user():
        yield finding("git-name", root=root)
    if (folder / "shallow").exists():
        yield finding("git-shallow", root=root)
    deploy = newsroom.settings.deploy
    if deploy.to == "git" and not _has_remote(root, deploy.git.remote):
        yield finding(
            "git-remote", root=root, remote=deploy.git.remote, setting="deploy.git.remote"
        )
    if remote and not _has_remote(root, remote):
        yield finding("git-remote", root=root, remote=remote, setting="records.remote")
    elif remote and (days := _count_unpushed_days(newsroom, remote)) > 0:
        branch = repository.branch()
        yield finding("git-unpushed", root=root, remote=remote, branch=branch, days=days)


def _find_obstacles(newsroom: Newsroom, folder: Path) -> Iterator[Finding]:
    """Yield why git accepts no commit. `folder` is git's own."""
    root, command = newsroom.root, newsroom.repository.unfinished_command()
    if command:
        option = "reset" if command == "bisect" else "--abort"
        yield finding(
            "git-busy",
            root=root,
            what=newsroom.repository.obstacle(),
            command=command,
            option=option,
        )
    elif not newsroom.repository.branch():
        here = git.ask(
            root,
            "for-each-ref",
            "--points-at=HEAD",
            "--count=1",
            "--format=%(refname:short)",
            "refs/heads",
        )
        branch = here.out.decode().strip() or "-c rescued"
        yield finding("git-detached", root=root, branch=branch)
    for lock in (folder / "index.lock", folder / "HEAD.lock"):
        with contextlib.suppress(FileNotFoundError):
            ours = folder / "copydesk-lock"  # the next commit takes it away
            is_ours = ours.exists() and lock.samefile(ours)
            if newsroom.now - _time_of(lock) > _QUICK and not is_ours:
                yield finding("git-lock", path=lock)


def _find_leaks(newsroom: Newsroom) -> Iterator[Finding]:
    """Yield whether git has files of `.copydesk`, or may get them."""
    root = newsroom.root
    tracked = os.fsdecode(git.ask(root, "ls-files", "-z", "--", ".copydesk").out).split("\0")[0]
    if tracked:
        yield finding("folder-committed", path=tracked, root=root)
    command = ("check-ignore", "-q", "--no-index", "--", "./.copydesk/key")
    if git.ask(root, *command, environment={"GIT_LITERAL_PATHSPECS": "0"}).code == 1:
        yield finding("folder-in-git", ignore=root / ".gitignore")


def _has_remote(root: Path, remote: str) -> bool:
    return (
        git.ask(root, "config", "--get-regexp", rf"^remote\.{re.escape(remote)}\.(push)?url$").code
        == 0
    )


def _count_unpushed_days(newsroom: Newsroom, remote: str) -> int:
    """Return for how many days the oldest commit waits that the remote's branch lacks."""
    root, branch = newsroom.root, f"refs/remotes/{remote}/{newsroom.repository.branch()}"
    is_known = not git.ask(root, "rev-parse", "-q", "--verify", branch).code
    times = git.ask(root, "log", "--format=%ct", f"{branch}..HEAD" if is_known else "HEAD").out
    oldest = min(map(int, times.split()), default=None)
    return 0 if oldest is None else (newsroom.now - _moment(oldest)).days


def _time_of(path: Path) -> datetime:
    return _moment(path.stat().st_mtime)


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _find_key_faults(newsroom: Newsroom) -> Iterator[Finding]:
    """Yield whether the key opens the newest stories. A reference site's key is its owner's."""
    settings, sealed = newsroom.settings, []
    if not newsroom.beat.scoring.traits.has_blocks:
        return
    for path in newsroom.archive.paths()[-_SEALED:]:
        with contextlib.suppress(CopydeskError):
            sealed += [story] if (story := newsroom.archive.read(path)).secured else []
    for story in sealed:
        with contextlib.suppress(SealError):
            if settings.key:
                sealing.unseal(story.secured, settings.key, story.path.rpartition("/")[2])
                return
    if sealed:
        kind, path = "key-wrong" if settings.key else "key-missing", sealed[-1].path
        origin = settings.origins.get("key", "")
        yield finding(kind, path=path, origin=origin, file=newsroom.private / "key")


def _find_disk_faults(newsroom: Newsroom) -> Iterator[Finding]:
    disk, settings = os.statvfs(newsroom.root), newsroom.settings
    free = disk.f_bavail * disk.f_frsize
    most = (settings.fetch.articles_max_bytes, settings.pictures.max_bytes)
    if free < _LEAST_BYTES:
        yield finding(
            "disk-full", root=newsroom.root, free=_megabytes(free), least=_megabytes(_LEAST_BYTES)
        )
    elif free < sum(most):
        used = [_measure(newsroom.private / name) for name in ("articles", "pictures")]
        growth = [max(0, limit - size) for limit, size in zip(most, used, strict=True)]
        if sum(growth) > free - _LEAST_BYTES:
            fitting = max(0, used[1] + free - _LEAST_BYTES - growth[0])
            yield finding(
                "disk-low", free=_megabytes(free), growth=_megabytes(sum(growth)), bytes=fitting
            )
    if disk.f_files and disk.f_favail < _LEAST_FILES:  # some file systems have no limit, and say 0
        yield finding("disk-inodes", root=newsroom.root, count=f"{disk.f_favail:,}")


def _measure(folder: Path) -> int:
    with contextlib.suppress(OSError), os.scandir(folder) as entries:
        return sum(entry.stat(follow_symlinks=False).st_size for entry in entries)
    return 0


def _megabytes(count: int) -> str:
    return f"{count // 1_000_000:,} MB"


def _find_clock_faults(newsroom: Newsroom) -> Iterator[Finding]:
    now, round_ = newsroom.now, read_round_status(newsroom.private)
    if now.year not in _YEARS:
        yield finding("clock-wrong", now=dates.rfc3339(now))
    if newsroom.repository.head():
        at = _moment(int(git.ask(newsroom.root, "log", "-1", "--format=%ct").out))
        if at > now + _DAY:
            yield finding("clock-ahead", thing="the last commit", at=dates.rfc3339(at))
    if round_ and round_.began > now + _DAY:
        yield finding("clock-round", at=dates.rfc3339(round_.began), root=newsroom.root)


def _find_locks(newsroom: Newsroom) -> Iterator[Finding]:
    private, now = newsroom.private, newsroom.now
    for lock in private.glob("*.holder"):  # where the file system has no locks of its own
        host = lock.read_text("utf-8", "replace").partition(" ")[0]
        if host != os.uname().nodename and now - _time_of(lock) > _QUICK:
            yield finding("lock-left", file=lock.name, holder=host, path=lock)
    status = read_round_status(private)
    if status and status.is_at_work and now - status.began > _LONG and _is_copydesk(status.pid):
        hours = (now - status.began) // timedelta(hours=1)
        yield finding("lock-round", hours=hours, pid=status.pid, stage=status.stage)
    waiting = [_time_of(entry) for entry in private.glob("journal/[0-9]*.json")]
    if waiting and now - min(waiting) > _QUICK:
        yield finding("lock-change", at=dates.rfc3339(min(waiting)), root=newsroom.root)
    for path in (*private.glob("*.damaged"), *private.glob("journal/*.damaged")):
        yield finding("store-aside", file=path.relative_to(newsroom.root), path=path)


def _is_copydesk(pid: int) -> bool:
    """Return whether a process is copydesk's; after a restart another may have its number."""
    with contextlib.suppress(OSError):
        return b"copydesk" in Path(f"/proc/{pid}/cmdline").read_bytes()
    return False


def _find_round_faults(newsroom: Newsroom) -> Iterator[Finding]:
    root, now, status = newsroom.root, newsroom.now, read_round_status(newsroom.private)
    if find_demo(root) or not newsroom.beat.sources:
        return
    if status is None:
        yield finding("round-never", root=root)
        return
    words = {"root": root, "at": dates.rfc3339(status.began), "days": (now - status.began).days}
    if status.is_over and not status.complete:
        yield finding("round-failed", **words)
    elif not status.is_over and not status.is_at_work:
        yield finding("round-killed", **words)
    if now - status.began > max(_DAY, 3 * timedelta(minutes=newsroom.settings.serve.every_minutes)):
        yield finding("round-old", **words)


def _find_address_faults(newsroom: Newsroom) -> Iterator[Finding]:
    settings, url, public = newsroom.settings, newsroom.beat.url, newsroom.settings.serve.public_url
    is_here = not url or urls.is_loopback(urls.host(url))
    public = "" if urls.is_loopback(urls.host(public)) else public
    is_sent = settings.deploy.to in {"rsync", "git", "s3"}
    if is_here and (public or is_sent):
        yield finding("address-local", url=url, public=public or "https://YOUR-SITE.example")
    elif public and urls.host(url) == urls.host(public) and url[:6] == "http:/" != public[:6]:
        yield finding("address-plain", public=f"https{url.removeprefix('http')}")
    elif public and not settings.deploy.to and urls.host(url) != urls.host(public):
        yield finding("address-other", url=url, public=public)
    if not is_here and urls.is_loopback(urls.host(newsroom.beat.api_url)):
        yield finding("address-api", url=newsroom.beat.api_url, public=url)
    if public and not settings.desk.host:
        yield finding("address-desk", host=f"desk.{urls.host(public)}")


def _find_proxy_faults(newsroom: Newsroom) -> Iterator[Finding]:
    advice = advise_on_front(newsroom.settings, newsroom.private, newsroom.now)
    if advice is not None:
        kind = "proxy-unknown" if advice.line and not advice.is_silent else "proxy-silent"
        yield finding(kind, what=advice.what, line=advice.line, hint=advice.hint)
    for network in newsroom.settings.serve.trusted_proxies:
        if ipaddress.ip_network(network).prefixlen == 0:
            yield finding("proxy-any", network=network)


def _find_catalogue_faults(newsroom: Newsroom) -> Iterator[Finding]:
    """Raise the error of a catalogue that cannot be read; it has no other fault."""
    if (file := newsroom.databases / CATALOGUE_FILE).exists():
        with contextlib.closing(Catalogue(file)) as catalogue:
            catalogue.list_failures()
    yield from ()


def _find_broken_records(newsroom: Newsroom) -> Iterator[Finding]:
    if not (file := newsroom.databases / CATALOGUE_FILE).exists():
        return
    with contextlib.closing(Catalogue(file)) as catalogue:
        broken = [record.path for record in catalogue.list_failures()]
    edited = list_edits(newsroom.root) if broken else []
    for path in broken:
        try:
            newsroom.archive.read(path)  # it may have been mended since
        except CopydeskError as error:
            hint = error.hint or f"correct the file {path}"
            kind = "record-edited" if path in edited else "record"
            yield finding(kind, path=path, error=error.what, root=newsroom.root, hint=hint)


FOLDER_CHECKS = (
    Check(name="folder", find=_find_rights, is_of_folder=True),
    Check(name="settings", find=_find_settings_warnings),
    Check(name="git", find=_find_git_faults, is_of_folder=True),
    Check(name="key", find=_find_key_faults),
    Check(name="disk", find=_find_disk_faults, is_alarm=True, is_of_folder=True),
    Check(name="clock", find=_find_clock_faults, is_of_folder=True),
    Check(name="locks", find=_find_locks, is_of_folder=True),
    Check(name="rounds", find=_find_round_faults, is_alarm=True),
    Check(name="catalogue", find=_find_catalogue_faults, is_alarm=True, is_of_folder=True),
    Check(name="records", find=_find_broken_records, is_of_folder=True),
    Check(name="address", find=_find_address_faults),
    Check(name="proxies", find=_find_proxy_faults),
)
