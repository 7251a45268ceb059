"""Print reports on stdout, as JSON or lines, and progress and messages on stderr."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import sys
import textwrap
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import click

from copydesk import newsroom
from copydesk.errors import UsageError
from copydesk.kit import dates, processes, tables, text
from copydesk.news import Standing

if TYPE_CHECKING:
    from copydesk.newsroom import reports, standings

# allowed inside JSON strings, but not harmless on a terminal: C1 controls, direction marks
_STEERING = re.compile(r"[\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def as_json(value: object) -> None:
    """Print a report as JSON on stdout."""
    import msgspec

    written = json.dumps(msgspec.to_builtins(value), indent=2, ensure_ascii=False)
    click.echo(_STEERING.sub(lambda control: f"\\u{ord(control[0]):04x}", written))


SHOWN_SOON = (
    "the site shows the change in a few seconds if copydesk serve is running, else after the next "
    "run or copydesk build"
)


def note(words: str) -> None:
    """Print a message on stderr, because stdout is for data only."""
    click.echo(words, err=True)


def notes(remarks: Iterable[str]) -> None:
    """Print remarks of a report on stderr."""
    for remark in remarks:
        note(f"note: {remark}")


def ask(risk: str, *, is_answered: bool) -> None:
    """Ask a person on the terminal to confirm a risk, unless `--yes` was given.

    Ends the command if the answer is no. Raises UsageError without a terminal.
    """
    if is_answered:
        return
    if not is_somebody_there():
        raise UsageError(risk, hint="add --yes to confirm")
    click.confirm(f"{risk}. Continue?", abort=True, err=True)


def is_somebody_there() -> bool:
    """Return whether stdin is a terminal, so that a person can be asked."""
    return sys.stdin.isatty()


def failures(failed: Sequence[newsroom.Failure], most: int = 20) -> None:
    """Print the first `most` failures on stderr, each hint once, and the number of the rest."""
    last = {failure.hint: at for at, failure in enumerate(failed[:most])}
    for at, failure in enumerate(failed[:most]):
        state = "incomplete" if isinstance(failure, newsroom.IncompleteSource) else "failed"
        note(text.fold(f"{state}: {failure.what}: {failure.url}"))
        if failure.hint and last[failure.hint] == at:
            note(f"  hint: {text.fold(failure.hint)}")
    if len(failed) > most:
        note(f"… and {len(failed) - most} more failures; --json lists all failures")


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print rows in columns, or separated by tabs if stdout is no terminal.

    Control characters and line breaks in cells are removed, as their texts may be hostile.
    """
    rows = [[text.fold(cell) for cell in row] for row in rows]
    if not sys.stdout.isatty():
        for row in rows:
            click.echo("\t".join(row))
        return
    from rich.console import Console
    from rich.table import Table

    console, grid = Console(), Table(box=None, pad_edge=False, header_style="bold")
    for at, name in enumerate(head):
        grid.add_column(name, overflow="fold", no_wrap=at == 0 and console.width >= _WIDE)
    for row in rows:
        grid.add_row(*(cell.replace("[", "\\[") for cell in row))
    console.print(grid)


_WIDE = 72  # columns: on a narrower terminal the first column of a table is folded, too


@contextlib.contextmanager
def progress(line_seconds: float = 10.0) -> Iterator[newsroom.Progress]:
    """Show on stderr for the block what is being done, how much is done, and how long it takes.

    A terminal shows a bar, anything else gets a line every `line_seconds`. The environment's
    `COPYDESK_PROGRESS=off` turns both off.
    """
    if os.environ.get("COPYDESK_PROGRESS") == "off":
        yield newsroom.Silence()
        return
    work = Work()
    if sys.stderr.isatty() and os.environ.get("TERM") != "dumb":
        with _show_bar(work):
            yield work
    else:
        with processes.repeat(line_seconds, lambda: note(work.describe())):
            yield work


@contextlib.contextmanager
def _show_bar(work: Work) -> Iterator[None]:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (BarColumn(20), TimeElapsedColumn(), TextColumn("{task.description}", markup=False))
    # its own thread would keep the work from being shared among processes
    bars = Progress(*columns, console=Console(stderr=True), transient=True, auto_refresh=False)
    with bars:
        task = bars.add_task("", total=None)

        def show() -> None:
            bars.update(task, description=work.describe(), completed=work.done, total=work.total)
            bars.refresh()

        with processes.repeat(_BAR_SECONDS, show):
            yield
        show()  # the last stage may be a short one


_BAR_SECONDS = 0.1
_LEAST_ESTIMATE = 5.0  # seconds; a shorter time needs no estimate


class Work:
    """Counts the steps of long work as they are done, and estimates how long the rest takes."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.done = 0
        self.total: int | None = None
        self._clock = clock
        self._began = clock()
        self._name = ""
        self._left: Counter[str] = Counter()  # steps by host
        self._done: Counter[str] = Counter()

    def stage(
        self, name: str, total: int | None = None, hosts: Mapping[str, int] | None = None
    ) -> None:
        """Begin a stage of `total` steps, None if unknown; `hosts` are its requests by host."""
        self._name, self.done, self.total, self._began = name, 0, total, self._clock()
        self._left, self._done = Counter(hosts), Counter()

    def step(self, count: int = 1, host: str = "") -> None:
        """Count steps of the present stage as done."""
        self.done += count
        self._left[host] -= count
        self._done[host] += count

    def describe(self) -> str:
        """Return a line about the current stage: how much is done, and how long the rest takes."""
        stages = tables.read_rows(__package__, "stages.toml", str)
        what = stages.get(self._name, self._name or "starting")
        if not self.total:
            return f"{what}: {_span(self._clock() - self._began)}"
        counted = f"{what}: {self.done:,} of {self.total:,}"
        return f"{counted}{self._estimate()}"

    def _estimate(self) -> str:
        """Return the time that is left at the present speed, and the host that takes longest."""
        spent = self._clock() - self._began
        left = (self.total or 0) - self.done
        if not self.done or left <= 0:
            return ""
        hosts = [host for host in tuple(self._done) if host and self._left[host] > 0]
        slow = max(hosts, key=lambda host: self._left[host] / self._done[host], default="")
        rest = spent / self.done * left
        at_host = spent / self._done[slow] * self._left[slow] if slow else 0.0
        if max(rest, at_host) < _LEAST_ESTIMATE:
            return ""
        if at_host < rest:
            return f", about {_rough(rest)} left"
        pace = f"{self._left[slow]} from {slow}, one in {spent / self._done[slow]:.0f} s"
        return f", about {_rough(at_host)} left ({pace})"


def _rough(seconds: float) -> str:
    """Return a duration in seconds below two minutes, else in minutes."""
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:,.0f} min"


# Columns, not a table of rich: 10,000 rows are slow there, and it breaks URLs over many lines.

_GAP = "  "
_LEAST = 18  # columns of a cell that gets the remaining width


class Columns:
    """Formats rows of a table so that they fit the width of the terminal.

    Columns of width 0 share the remaining width; those in `right` are aligned right for numbers.
    On a narrow terminal those in `spare` are left out, the first of them first. A pipe has 200.
    """

    def __init__(
        self, *widths: int, right: frozenset[int] = frozenset(), spare: Sequence[int] = ()
    ) -> None:
        room = shutil.get_terminal_size((200, 24)).columns + len(_GAP) - 1
        shown, left_out = dict(enumerate(widths)), list(spare)
        while left_out and sum((width or _LEAST) + len(_GAP) for width in shown.values()) > room:
            del shown[left_out.pop(0)]
        left = room - sum(width + len(_GAP) for width in shown.values())
        share = max(left // max([*shown.values()].count(0), 1), _LEAST)
        self._widths = {at: width or share for at, width in shown.items()}
        self._right = right

    def line(self, cells: Sequence[str]) -> str:
        """Return a table row as one line of text without trailing blanks."""
        fitted = (
            cells[at].rjust(width) if at in self._right else _fit(cells[at], width)
            for at, width in self._widths.items()
        )
        return _GAP.join(fitted).rstrip()

    def head(self, cells: Sequence[str]) -> None:
        """Print the headings of the columns on a terminal; a pipe gets rows only."""
        if sys.stdout.isatty():
            click.secho(self.line(cells), bold=True)


def _fit(cell: str, width: int) -> str:
    """Return a cell padded to its column, or cut with an ellipsis if it is too long."""
    if cell.isascii():
        return f"{cell[: width - 1]}…" if len(cell) > width else cell.ljust(width)
    from rich.cells import cell_len, set_cell_size

    if cell_len(cell) <= width:
        return set_cell_size(cell, width)
    return f"{set_cell_size(cell, width - 1)}…"


def ago(time: str, now: datetime) -> str:
    """Return how long ago an RFC 3339 time was (40s, 12m, 5h, 3d), "-" for ""."""
    at = dates.parse(time) if time else None
    return "-" if at is None else _span((now - at).total_seconds())


def until(time: str, now: datetime) -> str:
    """Return how long it is until an RFC 3339 time (12m), "due" if it has passed, "-" for ""."""
    at = dates.parse(time) if time else None
    if at is None:
        return "-"
    return "due" if at <= now else _span((at - now).total_seconds())


def _span(seconds: float) -> str:
    """Return a duration in its largest unit: 40s, 12m, 5h, 3d."""
    for unit, size in (("d", 86_400), ("h", 3_600), ("m", 60)):
        if seconds >= size:
            return f"{seconds // size:.0f}{unit}"
    return f"{max(seconds, 0):.0f}s"


STANDINGS = {  # a story's status in the words of the desk
    Standing.PUBLISHED: "published",
    Standing.HELD: "waiting for review",
    Standing.BELOW_GATE: "below the threshold",
    Standing.BEHIND_LEADER: "grouped under the main story",
    Standing.COPY: "copy",
    Standing.OFF_BEAT: "off topic",
    Standing.RULED_OUT: "blocked by a rule",
    Standing.REJECTED: "rejected",
    Standing.REMOVED: "removed",
    Standing.DROPPED: "dropped (not added)",
}
_MOST = 15  # headlines of a run; the rest are counted
_INDENT = "  "
_OUTCOMES = {"filed": "saved", "held": "held", "updated": "updated"}


def find_status_width() -> int:
    """Return the columns for a story's status, less on a narrow terminal."""
    return 28 if shutil.get_terminal_size((100, 24)).columns >= _WIDE else 20


def show_headlines(headlines: Sequence[reports.Headline]) -> None:
    """Print the status, quality and headline of the newest published stories, else of others."""
    newest = sorted(headlines, key=lambda line: line.path.rpartition("/")[2][:10], reverse=True)
    shown = ([line for line in newest if line.published] or newest)[:_MOST]
    _show_lines(shown)
    if len(headlines) > len(shown):
        click.echo(f"… and {len(headlines) - len(shown)} more (copydesk stories)")


def show_rehearsal(headlines: Sequence[reports.Headline]) -> None:
    """Print each story that a run would store or change, with its first reasons."""
    _show_lines(headlines, with_reasons=True)


def show_story(headline: reports.Headline) -> None:
    """Print the path, scores, status and reasons of one story."""
    standing = "published" if headline.published else "not published"
    topics = ", ".join(map(text.fold, headline.topics)) or "no topic"
    click.echo(f"{_OUTCOMES[headline.became]}: {headline.path}")
    click.echo(f"{_INDENT}{text.fold(headline.title)}")
    click.echo(f"{_INDENT}{standing}, quality {headline.quality}, {topics}")
    for reason in headline.why:
        click.echo(f"{_INDENT}{text.fold(reason)}")


def _show_lines(headlines: Sequence[reports.Headline], *, with_reasons: bool = False) -> None:
    columns = Columns(find_status_width(), 7, 0, right=frozenset({1}), spare=(1,))
    if headlines:
        columns.head(("status", "quality", "headline"))
    for headline in headlines:
        quality = "" if headline.quality is None else str(headline.quality)
        title = text.fold(headline.title)
        status = STANDINGS[headline.standing] if headline.standing else _OUTCOMES[headline.became]
        if sys.stdout.isatty():
            click.echo(columns.line((status, quality, title)))
        else:
            click.echo("\t".join((status, quality, headline.path, title)))
        for reason in headline.why if with_reasons else ():
            click.echo(f"{_INDENT}{text.fold(reason)}")


Fields = Mapping[str, Mapping[str, object]]

_NAME = 18  # columns of a field's name
_WIDEST = 120  # columns; longer lines are hard to read
_LEAST_VALUE = 20
_NOTHING = "-"
_EACH_WITH_ITS_OWN = frozenset({"figures", "signals"})
# not harmless on a terminal: controls except line feed and tab, direction marks
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_BY_THE_CLOCK = "the page has no date, so the time of fetching is used"


def sheet(fields: Fields) -> Iterator[str]:
    """Yield the lines of a table of an article's extracted fields, as wide as the terminal."""
    columns = max(min(shutil.get_terminal_size((100, 24)).columns, _WIDEST), _NAME + _LEAST_VALUE)
    for name, field in fields.items():
        if name != "text":
            yield from _field_lines(name, field, columns)
    if "text" in fields:
        yield ""
        yield f"text{_format_origin('text', fields['text'])}"
        for line in words(fields).split("\n"):
            yield from _wrap(line, columns) or [""]


def words(fields: Fields) -> str:
    """Return an article's text without control characters, so that it is safe for a terminal."""
    return _CONTROLS.sub("", str(fields["text"]["value"]))


def _wrap(line: str, columns: int) -> list[str]:
    """Wrap a line between whole words, so that URLs are not broken."""
    return textwrap.wrap(line, columns, break_long_words=False, break_on_hyphens=False)


def _field_lines(name: str, field: Mapping[str, object], columns: int) -> Iterator[str]:
    """Yield lines with a field's name, its values, each on its own lines, and their origin."""
    values = [text.fold(value) for value in _values(field["value"])]
    values = [value for value in values if value] or [_NOTHING]
    values[-1] += "" if name in _EACH_WITH_ITS_OWN else _format_origin(name, field)
    for value in values:
        for line in _wrap(value, columns - _NAME):
            yield f"{name:<{_NAME}}{line}"
            name = ""


def _format_origin(name: str, field: Mapping[str, object]) -> str:
    origin = text.fold(str(field["from"]))
    if origin == "found" and name.startswith("published"):
        origin = f"found ({_BY_THE_CLOCK})"
    return f"  [{origin}]" if origin else ""


def _values(value: object) -> Iterator[str]:
    """Yield the values of a field, each to be printed on its own lines."""
    if isinstance(value, Mapping):
        yield from _part_lines(value)
    elif isinstance(value, list) and value and isinstance(value[0], Mapping):
        for part in value:
            yield from _part_lines(part)
    elif isinstance(value, list):
        yield ", ".join(map(str, value))
    else:
        yield str(value or "")


def _part_lines(parts: Mapping[str, object]) -> Iterator[str]:
    """Yield a signal, a picture or a publisher as text: its main text, then its other fields."""
    match parts:
        case {"name": name, "said": said, "where": where}:
            yield f"{said if str(said).startswith(str(name)) else f'{name}: {said}'} ({where})"
        case {"url": url, "alt": alt, "credit": credit, "origin": origin}:
            yield str(url)
            width, height = parts.get("width"), parts.get("height")
            size = f"{width} × {height}" if width and height else ""
            known = (f"“{alt}”" if alt else "", f"credit: {credit}" if credit else "", size, origin)
            yield f"– {', '.join(str(detail) for detail in known if detail)}"
        case {"name": name, "domain": domain}:
            yield f"{name} ({domain})" if domain else str(name)
        case _:
            yield "; ".join(f"{key}: {part}" for key, part in parts.items() if part)


_PART, _POINTS, _QUALITY_GAP = 14, 5, "  "  # columns
_LEAST_REASON = 20  # columns for the explanation of points
_UNNAMED = "quality"


def quality_table(rows: Sequence[reports.QualityRow], quality: int | None) -> Iterator[str]:
    """Yield the lines of a table of a story's quality points, within the terminal's width.

    A line is added if the quality in the record differs from the sum.
    """
    has_names = any(row.part for row in rows)
    for row in rows:
        name = text.fold(row.part) or ("other" if has_names else _UNNAMED)
        for evidence in row.evidence:
            first, *more = _wrap_reason(text.fold(evidence.why))
            yield _quality_line(name, f"{evidence.points:+d}", first)
            yield from (_quality_line("", "", line) for line in more)
            name = ""
    total = sum(row.points for row in rows)
    yield _quality_line("sum", str(total), "" if total == quality else f"the file says {quality}")


def _quality_line(part: str, points: str, words: str) -> str:
    return _QUALITY_GAP.join((part.ljust(_PART), points.rjust(_POINTS), words)).rstrip()


def _wrap_reason(words: str) -> Sequence[str]:
    """Wrap a text to the terminal's width; it stays one line if stdout is no terminal."""
    if not sys.stdout.isatty():
        return [words]
    taken = len(_quality_line("", "", "x")) + len(
        _QUALITY_GAP
    )  # the table is below a story's first line
    width = max(shutil.get_terminal_size((100, 24)).columns - taken, _LEAST_REASON)
    return textwrap.wrap(words, width, break_on_hyphens=False) or [""]


def show_deploy(report: reports.DeployReport) -> None:
    """Print the summary of an upload to the deploy target; for a dry run also each file."""
    for words in report.notes:
        note(f"note: {text.fold(words)}")
    for path in report.sending:
        click.echo(f"would send    {text.fold(path)}")
    for path in report.deleting:
        click.echo(f"would delete  {text.fold(path)}")
    would = "would be " if report.dry_run else ""
    pinged = f", {report.pinged} services notified" if report.pinged else ""
    click.echo(
        f"{text.fold(report.target)}: {report.sent} {would}sent ({report.bytes / 1e6:.1f} MB), "
        f"{report.deleted} {would}deleted, {report.unchanged} unchanged{pinged} "
        f"in {report.seconds:.1f} s"
    )


def note_gate_passage(gate: standings.GatePassage) -> None:
    """Print on stderr how many stories reach today's publishing threshold, and others."""
    if not gate.stories:
        note(f"the quality threshold decided on no story of the last {gate.days} days")
        return
    note(
        f"of {gate.stories:,} stories of the last {gate.days} days, {gate.passed:,} reach "
        f"the quality threshold (publish_at = {gate.publish_at})"
    )
    others = ", ".join(f"{other.passed:,} with {other.publish_at}" for other in gate.others)
    note(f"  stories that would reach another threshold: {others}")
