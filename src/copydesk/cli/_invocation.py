"""The options -C, --now and --json, which every command takes before or after its name, and the
search for the newsroom's folder where -C is left out.
"""

from __future__ import annotations

import contextlib
import copy
import functools
import os
import shlex
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import click

from copydesk.cli import terminal
from copydesk.errors import UsageError
from copydesk.kit import dates
from copydesk.newsroom import Newsroom, open_newsroom

R = TypeVar("R")
ROOT_HELP = "Folder of the newsroom (settings and stories of one site)."
WEB_HELP = "Read pages from this WARC recording instead of the network."
DASK_HELP = "Read pages on the Dask cluster with this scheduler, such as tls://10.0.0.5:8786."
DEPLOY_HELP = "Then deploy the site to the target in [deploy] of beat.toml."
AS_HELP = "Name of the person who decides (default: git's user name)."

FOLDER_VARIABLE = "COPYDESK_DIR"  # names the newsroom's folder, as -C does


@dataclass(frozen=True, slots=True, kw_only=True)
class Invocation:
    """The values of the options that all commands have: -C (folder), --now and --json."""

    folder: Path | None = None
    now: datetime | None = None
    json: bool = False

    @property
    def environ(self) -> Mapping[str, str]:
        """Return the environment variables of the process."""
        return os.environ

    @property
    def given_root(self) -> Path:
        """Return the folder that -C or COPYDESK_DIR names, else the current folder."""
        return self.folder or Path(self.environ.get(FOLDER_VARIABLE) or "")

    @property
    def root(self) -> Path:
        """Return the newsroom's folder: the one of -C or COPYDESK_DIR, else the nearest one with a
        beat.toml, from the current folder upwards.

        Raises UsageError if that one belongs to another user.
        """
        if self.folder is not None or self.environ.get(FOLDER_VARIABLE):
            return self.given_root
        try:
            return find_newsroom(Path.cwd(), _home())
        except OSError:  # the current folder was deleted, or one above may not be read
            return Path()

    @property
    def root_origin(self) -> str:
        """Return what says that `root` is the newsroom's folder."""
        if self.folder is not None:
            return "-C"
        if self.environ.get(FOLDER_VARIABLE):
            return FOLDER_VARIABLE
        return "the current folder" if self.root == Path() else "found above the current folder"

    def command(self, *words: str) -> str:
        """Return a command on this newsroom as a person would type it, quoted for the shell."""
        folder = () if self.folder is None else ("-C", str(self.folder))
        return shlex.join(("copydesk", *folder, *words))

    def clock(self) -> datetime:
        """Return the current time (or --now) in UTC and whole seconds."""
        return self.now or datetime.now(UTC).replace(microsecond=0)

    def print_json(self, report: object) -> bool:
        """Print a report as JSON on stdout if --json asks for it; return whether it does."""
        if self.json:
            terminal.as_json(report)
        return self.json

    @contextlib.contextmanager
    def newsroom(self, *, scratch: bool = False, dask: str = "") -> Iterator[Newsroom]:
        """Open the newsroom folder (option -C) for the block, and print its warnings on stderr.

        `dask` is the address of a Dask cluster, "" for the one of the settings.
        """
        environ = {**self.environ, "COPYDESK_DASK": dask} if dask else self.environ
        with open_newsroom(self.root, self.clock(), environ, scratch=scratch) as newsroom:
            for warning in newsroom.settings.warnings:
                click.echo(f"warning: {warning}", err=True)
            yield newsroom


def find_newsroom(start: Path, home: Path) -> Path:
    """Return the nearest folder with a beat.toml, from `start` up to the root of its git repository
    or the home folder. Return the current folder, `Path()`, if there is none, or if it is the one.

    A folder that is in no repository and not below `home` is the only one looked at. Raises
    UsageError if the folder or its beat.toml belongs to another user: settings may name programs to
    run and servers to send to (as git has it, in `safe.directory`).
    """
    for folder in _folders_upwards(start, home):
        settings = folder / "beat.toml"
        if settings.is_file():
            if not {folder.stat().st_uid, settings.stat().st_uid} <= _own_users():
                raise UsageError(
                    "the settings belong to another user",
                    subject=str(settings),
                    hint=f"if you trust this user, run: copydesk -C {shlex.quote(str(folder))} …",
                )
            return Path() if folder == start else folder
    return Path()


def _folders_upwards(start: Path, home: Path) -> list[Path]:
    folders: list[Path] = []
    for folder in (start, *start.parents):
        folders.append(folder)
        if folder == home or (folder / ".git").exists():
            return folders
    return [start]


def _home() -> Path:
    try:
        return Path.home()
    except RuntimeError:  # no HOME, and no entry for this user, as in a container
        return Path("/")


def _own_users() -> set[int]:
    """Return the user of this process, and for root the one who became root by sudo."""
    own = os.geteuid()
    sudo = os.environ.get("SUDO_UID", "") if own == 0 else ""
    return {own, int(sudo)} if sudo.isdecimal() else {own}


class TimeParam(click.ParamType[datetime]):
    """The click parameter type of a time such as 2026-11-20T08:00:00Z."""

    name = "time"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        if isinstance(value, datetime):
            return value
        moment = dates.parse(str(value))
        if moment is None:
            self.fail(f"expected a time such as 2026-11-20T08:00:00Z: {value!r}", param, ctx)
        return moment.replace(microsecond=0)


Since = Callable[[Newsroom], float]  # how many days back a time is; 0: no limit


class SinceParam(click.ParamType[Since]):
    """The click parameter type of a time in the past: 3 or 3d, 12h, yesterday, 2026-11-20.

    Days begin at midnight in the newsroom's time zone.
    """

    name = "time"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> Since:
        if callable(value):
            return value
        words = str(value).strip().lower()
        if words in _DAYS_BACK:
            return lambda newsroom: _days_to_midnight(newsroom, days=_DAYS_BACK[words])
        with contextlib.suppress(ValueError):
            days = float(words.rstrip("dh")) / (24 if words.endswith("h") else 1)
            if not days < 0:
                return lambda newsroom: days if days <= _MOST_DAYS else 0.0
        try:
            first = date.fromisoformat(words)
        except ValueError:
            self.fail(
                f"expected a time such as 3d, 12h, yesterday, 2026-11-20: {value!r}", param, ctx
            )
        return lambda newsroom: _days_to_midnight(newsroom, first)


SINCE_HELP = "Only stories since TIME: 3d, 12h, yesterday, or a date such as 2026-11-20."
_DAYS_BACK = {"today": 0, "yesterday": 1}
_A_MOMENT = 1e-6  # days; 0 would be no limit
_MOST_DAYS = 36_500  # longer than the web exists, without leaving the calendar


def _days_to_midnight(newsroom: Newsroom, first: date | None = None, *, days: int = 0) -> float:
    """Return how many days ago a day began: `first`, or the one some `days` before today."""
    zone = ZoneInfo(newsroom.beat.timezone)
    start = first or newsroom.now.astimezone(zone).date() - timedelta(days=days)
    began = datetime.combine(start, time(), zone)
    return max((newsroom.now - began) / timedelta(days=1), _A_MOMENT)


def hide(command: click.Command) -> click.Command:
    """Return a copy of a command for its former name, which works and is not listed."""
    alias = copy.copy(command)
    alias.hidden = True
    return alias


Decorator = Callable[[Callable[..., object]], click.Command]


def command(name: str, of: click.Group | None = None, **attributes: Any) -> Decorator:
    """Return a decorator that makes a function a command of a group, with -C, --now and --json."""

    def make(function: Callable[..., object]) -> click.Command:
        made = click.command(name, click.Command, **attributes)(common(function))
        if of is not None:
            of.add_command(made)
        return made

    return make


def command_group(
    name: str, of: click.Group | None = None, **attributes: Any
) -> Callable[[Callable[..., object]], click.Group]:
    """Return a decorator that makes a function a group of commands, with -C, --now and --json."""

    def make(function: Callable[..., object]) -> click.Group:
        made = click.group(name, click.Group, **attributes)(common(function))
        if of is not None:
            of.add_command(made)
        return made

    return make


def common(command: Callable[..., R]) -> Callable[..., R]:
    """Decorate a command with -C, --now and --json; it gets an `Invocation` as first argument."""

    @click.option("-C", "root", type=click.Path(path_type=Path), help=ROOT_HELP)
    @click.option("--now", type=TimeParam(), help="Simulate a time, such as 2026-11-20T08:00:00Z.")
    @click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
    def run(
        *args: object, root: Path | None, now: datetime | None, as_json: bool, **kwargs: object
    ) -> R:
        context = click.get_current_context()
        invocation = context.obj if isinstance(context.obj, Invocation) else Invocation()
        invocation = replace(
            invocation,
            folder=root or invocation.folder,
            now=now or invocation.now,
            json=as_json or invocation.json,
        )
        context.obj = invocation
        return command(invocation, *args, **kwargs)

    options = [*vars(run)["__click_params__"], *vars(command).get("__click_params__", ())]
    functools.update_wrapper(run, command)
    vars(run)["__click_params__"] = options  # in --help these three come last
    return run
