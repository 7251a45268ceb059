"""Commands on stories' records: `record`, `adopt`, `catalogue`, `seal`, `rejudge`, `backfill`,
`verify`.
"""

from __future__ import annotations

import shlex
import signal
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING

import click

from copydesk import archive, building
from copydesk.cli import terminal
from copydesk.cli._invocation import (
    DASK_HELP,
    SINCE_HELP,
    WEB_HELP,
    Invocation,
    Since,
    SinceParam,
    command,
)
from copydesk.cli.terminal import Columns
from copydesk.kit import text
from copydesk.kit.options import take
from copydesk.newsroom import cataloguing
from copydesk.newsroom.records import check_records
from copydesk.newsroom.seals import open_seal, rotate_key
from copydesk.newsroom.starts import adopt
from copydesk.rounds import rejudging

if TYPE_CHECKING:
    from copydesk.rounds import backfill as filling

_DAY = click.DateTime(("%Y-%m-%d",))
_FILE = click.Path(path_type=Path, dir_okay=False)


@click.group("record")
def record_command() -> None:
    """Check the story files."""


@command("check", of=record_command)
@click.argument("folder", metavar="[DIR]", required=False, type=click.Path(path_type=Path))
def check(invocation: Invocation, folder: Path | None) -> None:
    """Check that every story file can be read and written unchanged.

    Files are only written in memory and compared byte by byte. Exits with 1 if a file differs.
    """
    with terminal.progress() as progress:
        report = check_records(folder or invocation.given_root, progress)
    if not invocation.print_json(as_dict(report)):
        show_check(report)
    if not report.is_clean:
        raise click.exceptions.Exit(1)


def as_dict(report: archive.CheckReport) -> Mapping[str, object]:
    """Return the report of `copydesk record check` as a dictionary for `--json`."""
    return {
        **take(report, "records", "identical", "different"),
        "errors": [{"path": path, "what": what} for path, what in report.errors],
        **take(report, "collections", "data"),
    }


def show_check(report: archive.CheckReport) -> None:
    """Print the report of `copydesk record check` for a person."""
    click.echo(f"{report.records} records checked, saving changes no byte of {report.identical}")
    for collection, count in report.collections.items():
        click.echo(f"  {count:6} {collection}")
    for path in (*report.different, *report.data.different):
        terminal.note(text.fold(f"different: {path}"))
    for path, what in (*report.errors, *report.data.errors):
        terminal.note(text.fold(f"error: {what}: {path}"))


@command("adopt")
@click.argument(
    "folder", metavar="DIR", type=click.Path(path_type=Path, exists=True, file_okay=False)
)
def adopt_command(invocation: Invocation, folder: Path) -> None:
    """Turn the folder of an everyday.cc site into a newsroom.

    Does the same as `copydesk new --from DIR`.
    """
    take_over(invocation, folder)


def take_over(invocation: Invocation, folder: Path) -> None:
    """Turn the folder of an everyday.cc site into a newsroom, and print what was changed."""
    with terminal.progress() as progress:
        report = check_records(folder, progress)
    changed, obstacle = adopt(folder, invocation.clock())
    if changed and obstacle:
        terminal.note(f"note: not committed ({obstacle})")
    if invocation.print_json({"changed": changed, "records": as_dict(report)}):
        return
    show_check(report)
    click.echo(f"changed: {', '.join(changed) or 'nothing'}")
    terminal.note(f"next: copydesk -C {shlex.quote(str(folder))} build")


@command("catalogue")
def catalogue_command(invocation: Invocation) -> None:
    """Update the search index of stories (the catalogue).

    Only needed after you edited story files, if neither `copydesk run` nor `copydesk serve` is
    used.
    """
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # SIGTERM acts like Ctrl-C
    with invocation.newsroom() as newsroom, terminal.progress() as progress:
        report = cataloguing.refresh_catalogue(newsroom, progress)
    if invocation.print_json(report):
        return
    terminal.failures(report.failed)
    click.echo(
        f"{report.stories} stories in the search index: {report.read} updated, "
        f"{report.lost} removed in {report.seconds:.1f} s"
    )


@click.group("seal")
def seal_command() -> None:
    """Decrypt the private part of story files, or encrypt it with a new key."""


@command("open", of=seal_command)
@click.argument("path")
def open_(invocation: Invocation, path: str) -> None:
    """Print the decrypted private part of the story file PATH.

    Needs the key in `.copydesk/key` or in the environment variable COPYDESK_KEY.
    """
    with invocation.newsroom() as newsroom:
        click.echo(open_seal(newsroom, path))


@command("rotate", of=seal_command)
def rotate(invocation: Invocation) -> None:
    """Make a new key, and encrypt the private part of all story files with it.

    The old key stays in `.copydesk/key`, on a line of its own, to open story files of earlier
    commits. If it is stopped, run the command again: it goes on.
    """
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # SIGTERM acts like Ctrl-C
    with invocation.newsroom() as newsroom, terminal.progress() as progress:
        done = rotate_key(newsroom, progress)
    if not invocation.print_json(done):
        terminal.failures(done.failed)
        what = "a new key" if done.is_new else "the key of a rotation that was not finished"
        click.echo(f"encrypted {text.count_of(done.resealed, 'story file')} with {what}")
        for note in (*done.notes, *(f"{path} was edited, and left out" for path in done.skipped)):
            terminal.note(f"note: {note}")
    if done.failed or done.skipped:
        raise click.exceptions.Exit(1)


# Scoring stored stories again.

_WEIGHTY = frozenset({"dropped", "published", "copy"})
_COUNTED = frozenset({"related", "background"})
_MOST = 20  # lines of each kind; --json has all


@command("rejudge")
@click.option(
    "--since",
    metavar="TIME",
    type=SinceParam(),
    default="30d",
    show_default=True,
    help=f"{SINCE_HELP} The value 0 means all stories.",
)
@click.option(
    "--scale",
    type=click.IntRange(1, 2),
    help="Use this scale of quality (`scoring.scale`). With --apply, set it in beat.toml as well.",
)
@click.option("--apply", "is_applied", is_flag=True, help="Save the changes in one git commit.")
def rejudge_command(
    invocation: Invocation, *, since: Since, scale: int | None, is_applied: bool
) -> None:
    """Score saved stories again with the current settings, and show the changes.

    Applies the current topics, points, threshold, editors' rules and copy detection. Decisions
    and edits by editors stay.
    """
    with invocation.newsroom() as newsroom, terminal.progress() as progress:
        work = rejudging.apply_rejudging if is_applied else rejudging.rejudge
        report = work(newsroom, since(newsroom), progress, scale)
    if not invocation.print_json(report):
        _show(invocation, report, is_applied=is_applied)
    if not report.complete:
        raise click.exceptions.Exit(1)


def _show(invocation: Invocation, report: rejudging.RejudgeReport, *, is_applied: bool) -> None:
    terminal.failures(report.failed)
    _note_what_stays(report)
    if sys.stdout.isatty():
        _print_for_a_terminal(report.changes)
    else:
        _print_table(report.changes)
    stories = len({change.path for change in report.changes})
    would = "changed" if is_applied else "would change"
    parts = _count_fields(report.changes)
    terminal.note(
        f"{report.judged} stories scored, {report.without_article} without a stored article; "
        f"{stories} {would}{f' ({parts})' if parts else ''}"
    )
    if report.missing:
        terminal.note(report.missing.describe())
    if report.gate:
        terminal.note_gate_passage(report.gate)
    if report.commit:
        terminal.note(f"commit {report.commit[:12]}")
    if stories and not is_applied:
        command = invocation.command("rejudge", "--apply")
        terminal.note(f"nothing is saved yet: to save the changes, run {command}")
    elif report.updated:
        terminal.note(terminal.SHOWN_SOON)


def _note_what_stays(report: rejudging.RejudgeReport) -> None:
    """Print the stories that scoring again leaves unchanged, with reasons, then notes."""
    for path in report.skipped:
        terminal.note(f"skipped, because the file has uncommitted edits: {path}")
    for path in report.without[:_MOST]:
        terminal.note(f"unchanged, because the article is not stored: {path}")
    if report.without_article > _MOST:
        terminal.note(f"… and {report.without_article - _MOST} more stories; --json lists all")
    terminal.notes(report.notes)


def _print_table(changes: Sequence[rejudging.FieldChange]) -> None:
    rows = [
        (change.path, change.field, _format_value(change.before), _format_value(change.after))
        for change in changes
    ]
    terminal.table(("story", "field", "before", "after"), rows)


def _count_fields(changes: Sequence[rejudging.FieldChange]) -> str:
    """Return the number of changes of each field, the largest first: `3 heat, 1 title`."""
    fields = Counter(change.field for change in changes)
    return ", ".join(f"{count} {name}" for name, count in fields.most_common())


def _print_for_a_terminal(changes: Sequence[rejudging.FieldChange]) -> None:
    """Print a line for each changed field, grouped by story, changes of publication first.

    Changes that only reword a reason are counted.
    """
    weighed = [change for change in changes if change.field != "reasons"]
    weighty = {change.path for change in weighed if change.field in _WEIGHTY}
    weighed.sort(key=lambda change: change.path not in weighty)
    columns = Columns(0, 10, 22, 22, spare=(2,))
    if weighed:
        columns.head(("story", "field", "before", "after"))
    last = ""
    for change in weighed:
        name = "" if change.path == last else change.title
        last = change.path
        cells = (
            name,
            change.field,
            _brief(change.field, change.before),
            _brief(change.field, change.after),
        )
        click.echo(columns.line([text.fold(cell) for cell in cells]))
    if len(weighed) < len(changes):
        more = text.count_of(len(changes) - len(weighed), "more change")
        terminal.note(f"{more} of a reason's words only; --json lists all changes")


def _brief(field: str, value: object) -> str:
    if field in _COUNTED and isinstance(value, tuple):
        return text.count_of(len(value), "story", "stories")
    return _format_value(value)


def _format_value(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(map(str, value)) or "-"
    if isinstance(value, bool):
        return "true" if value else "false"
    return "-" if value in (None, "") else str(value)


# Checking a published site.

_SHOWS = (
    "A public repository of records shows the names of editors in its commits, the reasons that "
    "they gave, and held and rejected stories. Removing a story takes it from the site and from "
    "newer commits; it does not rewrite the history of the repository."
)
_MOST_SHOWN = 40


@command("verify", epilog=_SHOWS)
@click.argument("target", metavar="ADDRESS-or-DIR")
@click.option(
    "--records",
    metavar="ADDRESS-or-DIR",
    default="",
    help="Repository with the story files; default: the one that the site names.",
)
@click.option(
    "--log",
    "log",
    type=click.File("rb"),
    help="An editions.txt of the site that you kept earlier, to compare.",
)
@click.option(
    "--allow-host",
    "hosts",
    metavar="HOST",
    multiple=True,
    help="Host that may have a private address and be asked over http. Can be repeated.",
)
@click.option(
    "--seconds", type=click.FloatRange(1), default=1800.0, help="Time limit of each of the steps."
)
@click.option(
    "--memory", type=click.IntRange(100), default=3000, help="Memory limit of the build, in MB."
)
def verify_command(
    invocation: Invocation,
    *,
    target: str,
    records: str,
    log: IO[bytes] | None,
    hosts: tuple[str, ...],
    seconds: float,
    memory: int,
) -> None:
    """Check that a published site is exactly what its story files give.

    Builds the site again, from the commit and time that it names, and compares every file. ADDRESS
    is https; DIR is the folder of a site or of a newsroom. Exits with 1 if anything differs. What
    is read is not trusted: nothing of it is run, and the build has limits of time and memory.
    """
    limits = building.VerifyLimits(
        seconds=seconds, memory_bytes=memory * 1_000_000, allow_hosts=hosts
    )
    options = building.VerifyOptions(
        records=records, log=log.read(_LOG_BYTES) if log else b"", limits=limits
    )
    with terminal.progress() as progress:
        report = building.verify(target, options, progress)
    if not invocation.print_json(report):
        _show_report(report)
    if not report.is_same:
        raise click.exceptions.Exit(1)


_LOG_BYTES = 50_000_000


def _show_report(report: building.VerifyReport) -> None:
    """Print the result of checking a site for a person."""
    terminal.failures(report.failed)
    for path in report.left_out[:_MOST_SHOWN]:
        terminal.note(f"ignored among the records, as it is no regular file: {text.fold(path)}")
    for one in report.differences[:_MOST_SHOWN]:
        about = f" [{one.story}]" if one.story else ""
        click.echo(text.fold(f"{one.path}: {one.what}{about}"))
    if len(report.differences) > _MOST_SHOWN:
        click.echo(f"and {len(report.differences) - _MOST_SHOWN} more; --json lists them all")
    found = "same bytes" if report.is_same else f"{len(report.differences)} differences"
    click.echo(f"{found}: {report.files} files at commit {report.commit[:12]} of {report.clock}")
    terminal.note(f"records: {text.fold(report.records)}")
    terminal.note(f"note: {_SHOWS}")


@command("backfill")
@click.argument("archives", metavar="WARC...", nargs=-1, required=True)
@click.option("--since", metavar="DATE", type=_DAY, help="Only pages published on DATE or later.")
@click.option("--until", metavar="DATE", type=_DAY, help="Only pages published before DATE.")
@click.option("--any-host", is_flag=True, help="Also pages of unknown hosts; they wait for you.")
@click.option("--restart", is_flag=True, help="Read all archives again, under today's settings.")
@click.option("--dry-run", is_flag=True, help="Read a few archives, estimate, and save nothing.")
@click.option("--web", metavar="FILE", type=_FILE, help=WEB_HELP)
@click.option("--dask", metavar="ADDRESS", default="", help=DASK_HELP)
def backfill_command(
    invocation: Invocation,
    *,
    archives: tuple[str, ...],
    since: datetime | None,
    until: datetime | None,
    any_host: bool,
    restart: bool,
    dry_run: bool,
    web: Path | None,
    dask: str,
) -> None:
    """Save the stories of archives of the web that are on your site's subject.

    WARC is a file (.warc or .warc.gz), a folder of them, an address, or a list of addresses such as
    CC-NEWS's warc.paths.gz. The work can be stopped at any time; the same command goes on with it.
    """
    from copydesk.rounds import backfill as filling

    signal.signal(signal.SIGTERM, signal.default_int_handler)  # SIGTERM acts like Ctrl-C
    options = filling.BackfillOptions(
        archives=archives,
        since=since.replace(tzinfo=UTC) if since else None,
        until=until.replace(tzinfo=UTC) if until else None,
        any_host=any_host,
        restart=restart,
        dry_run=dry_run,
        web=web,
    )
    opening = invocation.newsroom(scratch=dry_run, dask=dask)
    with opening as newsroom, terminal.progress() as progress:
        report = filling.fill_from_archives(newsroom, options, progress, terminal.note)
    if not invocation.print_json(report):
        _show_backfill(invocation, report, dry_run=dry_run)
    if not report.complete:
        raise click.exceptions.Exit(1)


def _show_estimate(report: filling.BackfillReport) -> None:
    """Print how many stories all archives may have, by a dry run."""
    if report.estimated_stories is None:
        return
    for label, found in (("year", report.by_year), ("topic", report.by_topic)):
        listed = ", ".join(f"{name} {count}" for name, count in found.items())
        click.echo(f"  by {label}: {listed}")
    size = (report.estimated_bytes or 0) / 1e6
    click.echo(f"about {report.estimated_stories} stories in all archives, {size:.0f} MB in git")


def _show_backfill(
    invocation: Invocation, report: filling.BackfillReport, *, dry_run: bool
) -> None:
    """Print what a backfill read and saved."""
    terminal.failures(report.failed)
    terminal.notes(report.notes)
    terminal.notes(f"not whole, and read again the next time: {cut}" for cut in report.cut)
    counts = ", ".join(f"{count} {why}" for why, count in report.counts.items())
    archives = text.count_of(report.archives, "archive")
    click.echo(f"{report.read} of {archives} read: {report.pages} pages ({counts})")
    _show_estimate(report)
    for month, count in report.filed.items():
        click.echo(f"  saved {count:>6}  {month}")
    if report.changes:
        stories = text.count_of(len(report.changes), "saved story", "saved stories")
        click.echo(f"{stories} would be grouped otherwise; to see them: copydesk rejudge")
    if report.filed and not dry_run:
        terminal.note(f"next: {invocation.command('build')}")
