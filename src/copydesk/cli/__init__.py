"""The command line: each module parses the arguments of some commands and prints the results.

Data goes to stdout, everything else to stderr; the exit code is 0 (done), 1 (failed) or 2 (wrong
usage).
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Sequence

import click

import copydesk
from copydesk.cli._invocation import Invocation, common
from copydesk.errors import CopydeskError, UsageError
from copydesk.kit import text

_COMMANDS = {
    "new": "a newsroom with a working example beat",
    "demo": "the whole job on the built-in example, offline, then the site",
    "adopt": "take over a site of everyday.cc",
    "run": "one round of the whole line",
    "serve": "rounds on schedule and the site, until stopped",
    "build": "publish what is filed, only what changed",
    "catalogue": "bring what questions ask up to date with every record",
    "file": "take in a page that you found, whatever its source",
    "explain": "why a story is where it is, or why a lead was dropped",
    "stories": "what is filed: by standing, topic, source, age, words",
    "verdict": "an editor's word on a story",
    "rule": "an editor's lasting rules: split, merge, lead, pin, block, retopic, rename, set",
    "rejudge": "what today's rules say of the filed stories, and file it",
    "topics": "keywords that would win stories for a topic",
    "sources": "where leads come from",
    "watch": "one step: the leads that a source lists",
    "fetch": "one step: an address, as a round would ask for it",
    "extract": "one step: what a page says",
    "judge": "one step: what the judge says of a page",
    "mail": "letters to readers: composed, shown, filed, held against mail programs",
    "desk": "who may use the desk, the editors' web app",
    "mcp": "the desk for an agent, over standard input and output",
    "record": "the records themselves",
    "seal": "the private part of a record",
    "backup": "the whole newsroom in one file",
    "restore": "a newsroom out of its backup, into an empty folder",
    "config": "every setting and where it comes from",
    "eval": "measure the stages on labelled data",
}

_MODULES = {  # modules of commands that share one
    **dict.fromkeys(("new", "config"), "newsroom"),
    **dict.fromkeys(("run", "demo", "build", "serve"), "rounds"),
    **dict.fromkeys(("record", "adopt", "catalogue", "seal"), "records"),
    **dict.fromkeys(("file", "verdict", "rule"), "editing"),
    **dict.fromkeys(("watch", "fetch", "extract", "judge"), "steps"),
    "explain": "stories",
    "mcp": "desk",
    "restore": "backup",
}


class _Commands(click.Group):
    """Loads the module of a command only when the command is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            return None
        module = importlib.import_module(f"copydesk.cli.{_MODULES.get(cmd_name, cmd_name)}")
        command = getattr(module, f"{cmd_name}_command")
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(_COMMANDS.items()))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command with a name; for an unknown name the error suggests the nearest."""
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            near = _nearest(args[0])
            if near:
                raise click.UsageError(
                    f"{error.format_message()} Did you mean {near!r}?", ctx
                ) from None
            raise


def _nearest(word: str) -> str:
    import difflib

    return next(iter(difflib.get_close_matches(word, _COMMANDS, 1)), "")


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(copydesk.__version__, prog_name="copydesk", message="%(prog)s %(version)s")
@common
def cli(invocation: Invocation) -> None:  # stored in the context for the subcommand
    """Run a topical news site: sources in, Markdown records in git, a site out."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line; an error is printed as two lines on stderr, never a traceback."""
    try:
        code = cli.main(arguments, prog_name="copydesk", standalone_mode=False)
    except (click.Abort, KeyboardInterrupt):
        click.echo("stopped; a round that was under way goes on with the next one", err=True)
        sys.exit(130)
    except click.ClickException as error:
        error.show(sys.stderr)
        sys.exit(2)
    except CopydeskError as error:
        click.echo(f"error: {text.fold(str(error))}", err=True)
        if error.hint:
            click.echo(f"hint: {text.fold(error.hint)}", err=True)
        sys.exit(2 if isinstance(error, UsageError) else 1)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(1)
    sys.exit(code or 0)  # click returns the code of an Exit that a command raises
