"""The command line: each module parses the arguments of some commands and prints the results.

Data goes to stdout, everything else to stderr; the exit code is 0 (done), 1 (failed) or 2 (wrong
usage).
"""

from __future__ import annotations

import errno
import importlib
import os
import sys
from collections.abc import Sequence

import click

import copydesk
from copydesk.cli._invocation import Invocation, common
from copydesk.errors import CopydeskError, UsageError
from copydesk.kit import logs, tables, text

_GROUPS = tables.read_rows("copydesk.cli", "commands.toml", dict[str, str])
_COMMANDS = [name for commands in _GROUPS.values() for name in commands]
_FORMER = {"file": "add"}  # former names, which go on working
_UNLISTED = {"adopt", *_FORMER}

_MODULES = {  # modules of commands that share one
    **dict.fromkeys(("new", "config"), "newsroom"),
    **dict.fromkeys(("run", "demo", "build", "serve", "summaries"), "rounds"),
    **dict.fromkeys(
        ("record", "adopt", "catalogue", "seal", "rejudge", "backfill", "verify"), "records"
    ),
    **dict.fromkeys(("add", "verdict", "rule"), "editing"),
    **dict.fromkeys(("watch", "fetch", "extract", "judge"), "steps"),
    "explain": "stories",
    "mcp": "desk",
    "post": "mail",
    **dict.fromkeys(("backup", "restore", "doctor"), "running"),
}


class _Commands(click.Group):
    """Loads the module of a command only when the command is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return _COMMANDS

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS and cmd_name not in _UNLISTED:
            return None
        name = _FORMER.get(cmd_name, cmd_name)
        module = importlib.import_module(f"copydesk.cli.{_MODULES.get(name, name)}")
        command = getattr(module, f"{name}_command")
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        for title, commands in _GROUPS.items():
            with formatter.section(title):
                formatter.write_dl([(name.ljust(9), words) for name, words in commands.items()])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the named command; an error for an unknown name suggests a similar command."""
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            near = text.find_nearest(args[0], _COMMANDS)
            if near:
                raise click.UsageError(
                    f"{error.format_message()} Did you mean {near!r}?", ctx
                ) from None
            raise


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(copydesk.__version__, prog_name="copydesk", message="%(prog)s %(version)s")
@common
def cli(invocation: Invocation) -> None:  # stored in the context for the subcommand
    """Run a news site about one subject: fetch sources, save stories in git, build the site.

    A newsroom is the folder with the settings (beat.toml) and the stories of one site.
    Create a newsroom with `copydesk new DIR`. Other commands work on the newsroom given by
    -C or by COPYDESK_DIR, else on the nearest one, from the current folder upwards.
    """


_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EIO}


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line; an error is printed as two lines on stderr, never a traceback."""
    logs.begin_log()
    try:
        color = False if os.environ.get("NO_COLOR") else None  # None: on terminals only
        code = cli.main(arguments, prog_name="copydesk", standalone_mode=False, color=color)
    except (click.Abort, KeyboardInterrupt):
        click.echo("interrupted; the next run continues any unfinished run", err=True)
        sys.exit(130)
    except click.ClickException as error:
        error.show(sys.stderr)
        sys.exit(2)
    except CopydeskError as error:
        click.echo(f"error: {text.fold(str(error))}", err=True)
        if error.hint:
            click.echo(f"hint: {text.fold(error.hint)}", err=True)
        sys.exit(2 if isinstance(error, UsageError) else 1)
    except OSError as error:
        if error.errno not in _FULL:
            raise
        where = error.filename or "the output"
        click.echo(f"error: could not write ({error.strerror}): {where}", err=True)
        os._exit(1)  # Python would try once more to write the rest of the output
    sys.exit(code or 0)  # click returns the code of an Exit that a command raises
