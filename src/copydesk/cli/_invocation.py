"""The options -C, --now and --json, which every command takes before or after its name."""

from __future__ import annotations

import contextlib
import functools
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import click

from copydesk.kit import dates
from copydesk.newsroom import Newsroom, open_newsroom

R = TypeVar("R")
WEB_HELP = "Read pages from this WARC recording instead of the network."
DEPLOY_HELP = "Then deploy the site to the target in [deploy] of beat.toml."
AS_HELP = "Name of the person who decides (default: git's user name)."


@dataclass(frozen=True, slots=True, kw_only=True)
class Invocation:
    """The values of the options that all commands have: -C (folder), --now and --json."""

    root: Path = Path()
    now: datetime | None = None
    json: bool = False

    @property
    def environ(self) -> Mapping[str, str]:
        """Return the environment variables of the process."""
        return os.environ

    def clock(self) -> datetime:
        """Return the current time (or --now) in UTC and whole seconds."""
        return self.now or datetime.now(UTC).replace(microsecond=0)

    @contextlib.contextmanager
    def newsroom(self, *, scratch: bool = False) -> Iterator[Newsroom]:
        """Open the newsroom folder (option -C) for the block, and print its warnings on stderr."""
        with open_newsroom(self.root, self.clock(), self.environ, scratch=scratch) as newsroom:
            for warning in newsroom.settings.warnings:
                click.echo(f"warning: {warning}", err=True)
            yield newsroom


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


def common(command: Callable[..., R]) -> Callable[..., R]:
    """Decorate a command with -C, --now and --json; it gets an `Invocation` as first argument."""

    @click.option(
        "-C",
        "root",
        type=click.Path(path_type=Path),
        help="Folder of the newsroom (default: the current folder).",
    )
    @click.option(
        "--now",
        type=TimeParam(),
        help="Use this time as the current time, such as 2026-11-20T08:00:00Z.",
    )
    @click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
    @functools.wraps(command)
    def run(
        *args: object,
        root: Path | None,
        now: datetime | None,
        as_json: bool,
        **kwargs: object,
    ) -> R:
        context = click.get_current_context()
        invocation = context.obj if isinstance(context.obj, Invocation) else Invocation()
        invocation = replace(
            invocation,
            root=root or invocation.root,
            now=now or invocation.now,
            json=as_json or invocation.json,
        )
        context.obj = invocation
        return command(invocation, *args, **kwargs)

    return run
