"""`copydesk new` creates a newsroom (the folder of a site); `config` prints its settings."""

from __future__ import annotations

import shlex
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import click

from copydesk import config
from copydesk.cli import terminal
from copydesk.cli._invocation import WEB_HELP, Invocation, common
from copydesk.cli.records import take_over
from copydesk.cli.rounds import run_command
from copydesk.cli.sources import preview_source
from copydesk.errors import CopydeskError, UsageError
from copydesk.kit import kinds, text
from copydesk.kit.options import Unfit, ValueKind
from copydesk.newsroom import open_newsroom, starts
from copydesk.rounds.sources import source_address

_CONTACT = "your email address for publishers (Enter: later, then no source is looked at now)"
_RUN_NOW = "Fetch the first stories now?"


@click.command("new")
@click.argument("folder", metavar="[DIR]", required=False, type=click.Path(path_type=Path))
@click.option(
    "--from",
    "site",
    metavar="SITE",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Turn the folder of an everyday.cc site into a newsroom, in place.",
)
@click.option("--title", default="", help="Title of the site.")
@click.option(
    "--topic",
    "topics",
    multiple=True,
    help='Topic of the site, also with words for it: "Bikes: bicycle, cycle lane"; repeatable.',
)
@click.option("--source", "sources", multiple=True, help="Feed or website URL; can be repeated.")
@click.option("--language", default="", help="Language of the site (default: en-us).")
@click.option("--timezone", default="", help="Time zone, such as Europe/Berlin (default: UTC).")
@click.option("--contact", default="", help="Contact address for publishers; required for runs.")
@click.option("--run", "is_run", is_flag=True, help="Also fetch the first stories.")
@click.option("--web", metavar="FILE", type=click.Path(path_type=Path), help=WEB_HELP)
@common
def new_command(
    invocation: Invocation,
    folder: Path | None,
    *,
    site: Path | None,
    title: str,
    topics: Sequence[str],
    sources: Sequence[str],
    language: str,
    timezone: str,
    contact: str,
    is_run: bool,
    web: Path | None,
) -> None:
    """Create a newsroom in DIR: the folder with a site's settings and stories.

    With a title, topic, source, language, time zone or contact, the newsroom is for your own
    subject. Without these options, copydesk asks for them. If you enter no title, or if stdin is
    not a terminal, copydesk creates a working example site about AI.

    With --from, the story files of an everyday.cc site are checked, beat.toml is written, and
    `.copydesk/` is added to .gitignore.
    """
    own = (title, topics, sources, language, timezone, contact)
    _refuse_nonsense(folder, site, own, is_two_reports=is_run and invocation.json)
    if site is not None:
        take_over(invocation, site)
        return
    assert folder is not None
    starts.require_free_folder(folder)
    is_asked = _can_ask(invocation) and not any(own)
    new = _ask(invocation, web) if is_asked else None
    if any(own):
        given = {"locale": language, "timezone": timezone, "contact": contact}
        new = _complete(_name(title, topics, folder), topics, sources, given)
    _make(invocation, folder, new)
    is_ready = _is_ready(new, web)
    if is_run or (is_ready and is_asked and click.confirm(_RUN_NOW, default=True, err=True)):
        _fetch_first(replace(invocation, folder=folder), folder, web, is_ready=is_ready)
    elif not invocation.json:
        _note_next_steps(folder, is_ready=is_ready)


def _can_ask(invocation: Invocation) -> bool:
    return not invocation.json and sys.stdin.isatty() and sys.stderr.isatty()


def _name(title: str, topics: Sequence[str], folder: Path) -> config.NewBeat:
    """Return a newsroom with a title: the given one, the first topic's, or the folder's name."""
    first = "".join(topics[:1]).partition(":")[0]
    return config.NewBeat(title=title or first or folder.resolve().name)


def _is_ready(new: config.NewBeat | None, web: Path | None) -> bool:
    return new is not None and bool((new.contact or web) and new.sources)


def _fetch_first(invocation: Invocation, folder: Path, web: Path | None, *, is_ready: bool) -> None:
    """Fetch the first stories; if that fails, say that the newsroom is there, and what is next."""
    context = click.get_current_context()
    context.obj = invocation
    try:
        context.invoke(run_command, web=web)
    except (click.exceptions.Exit, CopydeskError):
        terminal.note("the newsroom is complete; its first run failed, as the messages above say")
        _note_next_steps(folder, is_ready=is_ready)
        raise
    if not sys.stdout.isatty():
        _note_next_steps(folder, is_ready=is_ready)


def _make(invocation: Invocation, folder: Path, new: config.NewBeat | None) -> None:
    if new is None:
        terminal.note("example site about AI; for your own site use --title, --topic, --source")
        made = starts.new(folder, invocation.clock())
    else:
        made = starts.new_beat(folder, new, invocation.clock())
    _show(invocation, folder, made)


def _refuse_nonsense(
    folder: Path | None, site: Path | None, own: Sequence[object], *, is_two_reports: bool
) -> None:
    if site is not None and (folder is not None or any(own)):
        raise click.UsageError("--from cannot be combined with DIR or other options.")
    if site is None and folder is None:
        raise click.MissingParameter(param_hint="'DIR'", param_type="argument")
    if is_two_reports:
        raise click.UsageError("--run cannot be combined with --json: use `copydesk run --json`.")


def _complete(
    plain: config.NewBeat,
    topics: Sequence[str],
    sources: Sequence[str],
    given: Mapping[str, str],
) -> config.NewBeat:
    """Return the settings of a new site with the given options; others stay unchanged."""
    return replace(
        plain,
        topics=tuple(topics),
        sources=tuple(map(source_address, sources)),
        **{name: value for name, value in given.items() if value},
    )


def _show(invocation: Invocation, folder: Path, made: Sequence[str]) -> None:
    if invocation.json:
        terminal.as_json({"path": str(folder), "files": made})
        return
    click.echo(f"created a newsroom in {folder}: {len(made)} files")


def _note_next_steps(folder: Path, *, is_ready: bool) -> None:
    todo = "" if is_ready else "set [fetch] contact and your sources in beat.toml, then "
    terminal.note(f"next: {todo}run")
    place = shlex.quote(str(folder))
    terminal.note(f"  copydesk -C {place} run")
    terminal.note(f"  copydesk -C {place} serve")


def _ask(invocation: Invocation, web: Path | None) -> config.NewBeat | None:
    """Ask a person for the settings of a new site; None for the example site."""
    title = _prompt("title of the site (Enter for an example site about AI)")
    if not title:
        return None
    plain = config.NewBeat(title=title)
    topics = _prompt_each("topic", config.read_topic, _ask_keywords)
    contact = _prompt(_CONTACT, "", config.read_contact)

    def preview(url: str) -> str:
        return _preview(invocation, url, replace(plain, contact=contact, sources=(url,)), web)

    keep = preview if contact or web else str
    sources = _prompt_each("URL of a feed or website", source_address, keep)
    given = {
        "contact": contact,
        "locale": _prompt("language", plain.locale, _reader(kinds.LOCALE)),
        "timezone": _prompt("time zone", plain.timezone, _reader(kinds.TIMEZONE)),
    }
    return _complete(plain, topics, sources, given)


def _ask_keywords(topic: str) -> str:
    """Return a topic with the words that a person gives for it."""
    if ":" in topic:
        return topic
    words = _prompt(f"words in headlines about {topic}, with commas between (Enter: its name only)")
    return f"{topic}: {words}" if words else topic


def _preview(invocation: Invocation, url: str, new: config.NewBeat, web: Path | None) -> str:
    """Show the newest titles at a URL, and return the URL of its feed; the given one if it fails.

    The newsroom is not made yet, so the search uses one in a temporary folder.
    """
    with tempfile.TemporaryDirectory(prefix="copydesk-") as folder:
        root = Path(folder) / "newsroom"
        starts.new_beat(root, new, invocation.clock())
        with open_newsroom(root, invocation.clock(), invocation.environ, scratch=True) as newsroom:
            try:
                return preview_source(newsroom, url, web)
            except CopydeskError as error:
                terminal.note(f"{error}\nhint: {error.hint}" if error.hint else str(error))
                return url if click.confirm("Keep this address?", default=False, err=True) else ""


def _prompt_each(
    what: str, read: Callable[[str], str] = text.fold, keep: Callable[[str], str] = str
) -> list[str]:
    """Ask a person for several values, until an answer is empty; `keep` may change or empty one."""
    answers: list[str] = []
    while answer := _prompt(f"{what} {len(answers) + 1} (Enter to finish)", "", read):
        answers += filter(None, [keep(answer)])
    return answers


def _prompt(what: str, default: str = "", read: Callable[[str], str] = text.fold) -> str:
    """Ask a person on stderr (stdout is for data), again if the answer is invalid."""

    def process(answer: str) -> str:
        try:
            return read(answer) if answer else ""
        except UsageError as error:
            hint = f" ({error.hint})" if error.hint else ""
            raise click.BadParameter(f"{error}{hint}") from error

    answered: str = click.prompt(
        what, default=default, show_default=bool(default), value_proc=process, err=True
    )
    return answered


def _reader(kind: ValueKind[str]) -> Callable[[str], str]:
    """Return a parser for a person's answers; it raises UsageError for invalid ones."""

    def read(answer: str) -> str:
        try:
            return kind.read(answer)
        except Unfit as unfit:
            raise UsageError(f"expected {unfit.expected}", hint=unfit.hint) from unfit

    return read


@click.command("config")
@common
def config_command(invocation: Invocation) -> None:
    """Print all settings and where each value comes from.

    Secrets are hidden.
    """
    rows, warnings = starts.setting_rows(invocation.root, invocation.environ)
    folder = str(invocation.root.resolve())
    rows.insert(0, starts.SettingRow(path="newsroom", value=folder, origin=invocation.root_origin))
    for warning in warnings:
        terminal.note(f"warning: {warning}")
    if invocation.json:
        terminal.as_json(rows)
        return
    terminal.table(
        ("setting", "value", "from"), [(row.path, row.value, row.origin) for row in rows]
    )
