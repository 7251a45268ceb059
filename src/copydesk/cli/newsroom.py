"""`copydesk new` creates a newsroom (the folder of a site); `config` prints its settings."""

from __future__ import annotations

import re
import shlex
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import click

from copydesk import config
from copydesk.cli import terminal
from copydesk.cli._invocation import WEB_HELP, Invocation, command
from copydesk.cli.records import take_over
from copydesk.cli.rounds import run_command
from copydesk.errors import CopydeskError, UsageError
from copydesk.kit import kinds, text, urls
from copydesk.kit.options import Unfit
from copydesk.newsroom import open_newsroom, starts
from copydesk.newsroom.settings import describe_user_edits
from copydesk.rounds.sources import Discovery, find_sources, source_address

_CONTACT = "your email address for publishers (Enter: later, then no source is looked at now)"
_ADDRESSES = "addresses of feeds or websites, any number, line"
_BETWEEN = re.compile(r"\s+|,(?=\w+://|\s|$)")  # a comma may be part of an address
_WITH_HELP = "Also write files to run it by: image, compose, systemd, quadlet, github, gitlab."
_RUN_NOW = "Fetch the first stories now?"
_KINDS = {"listing": "page", "news sitemap": "sitemap"}
_MOST_OFFERS = 4  # lists of one site in the table of sources
_LINE_SECONDS = 3.0  # between two lines on the search, where there is no bar


@command("new")
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
    help="Topic of the site; words for it begin after a colon: "
    '"Bikes: bicycle, cycle lane"; repeatable.',
)
@click.option("--source", "sources", multiple=True, help="Feed or website URL; can be repeated.")
@click.option("--language", "locale", default="", help="Language of the site (default: en-us).")
@click.option("--timezone", default="", help="Time zone, such as Europe/Berlin (default: UTC).")
@click.option("--contact", default="", help="Contact address for publishers; required for runs.")
@click.option("--with", "wanted", metavar="RECIPES", default="", help=_WITH_HELP)
@click.option("--run", "is_run", is_flag=True, help="Also fetch the first stories.")
@click.option("--web", metavar="FILE", type=click.Path(path_type=Path), help=WEB_HELP)
def new_command(
    invocation: Invocation,
    folder: Path | None,
    *,
    site: Path | None,
    topics: Sequence[str],
    sources: Sequence[str],
    wanted: str,
    is_run: bool,
    web: Path | None,
    **given: str,
) -> None:
    """Create a newsroom in DIR: the folder with a site's settings and stories.

    With a title, topic, source, language, time zone or contact, the newsroom is for your own
    subject. Without these options, copydesk asks for them. If you enter no title, or if stdin is
    not a terminal, copydesk creates a working example site about AI.

    With --with, the newsroom also gets the files with which containers, systemd or a CI run it;
    put commas between several names. Without DIR, an existing newsroom gets those it lacks.

    With --from, the story files of an everyday.cc site are checked, beat.toml is written, and
    `.copydesk/` is added to .gitignore.
    """
    own = (*given.values(), topics, sources)
    recipes = starts.read_recipes(wanted, folder or invocation.root)
    if recipes and not any((folder, site, is_run, *own)):
        _add_recipes(invocation, recipes)
        return
    _refuse_nonsense(folder, site, (*own, recipes), is_two_reports=is_run and invocation.json)
    if site is not None:
        take_over(invocation, site)
        return
    assert folder is not None
    starts.require_free_folder(folder)
    is_asked = _may_ask() and not (invocation.json or any(own))
    new = _ask(invocation, folder, web) if is_asked else None
    if any(own):
        title = "".join(topics[:1]).partition(":")[0] or folder.resolve().name
        new = _compose(title, topics, sources, given)
    _make(invocation, folder, new, recipes)
    _run_first(invocation, folder, new, web, is_asked=is_asked, is_run=is_run)


def _may_ask() -> bool:
    return sys.stdin.isatty() and sys.stderr.isatty()


def _run_first(
    invocation: Invocation,
    folder: Path,
    new: config.NewBeat | None,
    web: Path | None,
    *,
    is_asked: bool,
    is_run: bool,
) -> None:
    """Run the new newsroom if that is wanted; print the next steps, also if the run fails."""
    is_ready = new is not None and _is_ready(new, web)
    try:
        if not is_run and is_ready and is_asked:
            is_run = click.confirm(_RUN_NOW, default=True, err=True)
        if is_run:
            context = click.get_current_context()
            context.obj = replace(invocation, folder=folder)
            context.invoke(run_command, web=web)
    except (click.exceptions.Exit, click.Abort, KeyboardInterrupt, CopydeskError) as error:
        _note_unfinished(error)
        _note_next_steps(folder, new, is_ready=is_ready)
        raise
    if not (invocation.json or (is_run and sys.stdout.isatty())):
        _note_next_steps(folder, new, is_ready=is_ready)


def _is_ready(new: config.NewBeat, web: Path | None) -> bool:
    """Return whether a newsroom can run: it has sources, and a contact or a recorded web."""
    return bool(new.sources and (new.contact or web))


def _note_unfinished(error: BaseException) -> None:
    is_failed = isinstance(error, click.exceptions.Exit | CopydeskError)
    ended = "failed, as the messages above say" if is_failed else "was not finished"
    terminal.note(f"the newsroom is complete; its first run {ended}")


def _compose(
    title: str, topics: Sequence[str], sources: Sequence[str], given: Mapping[str, str]
) -> config.NewBeat:
    """Return the settings of a new site; `title` and defaults hold for empty ones of `given`."""
    return config.NewBeat(
        topics=tuple(topics),
        sources=tuple(map(source_address, sources)),
        **{"title": title, **{name: value for name, value in given.items() if value}},
    )


def _add_recipes(invocation: Invocation, recipes: Sequence[str]) -> None:
    """Write the files of recipes that an existing newsroom lacks; print which."""
    root = invocation.root
    made, kept, obstacle = starts.add_recipes(root, recipes, invocation.clock())
    if made and obstacle:
        terminal.note(f"note: not committed ({obstacle})")
    if invocation.print_json({"path": str(root), "files": made, "kept": kept}):
        return
    terminal.notes(f"not written, because it exists: {name}" for name in kept)
    for name in made:
        click.echo(name)


def _make(
    invocation: Invocation, folder: Path, new: config.NewBeat | None, recipes: Sequence[str]
) -> None:
    if new is None:
        terminal.note("example site about AI; for your own site use --title, --topic, --source")
        made = starts.new(folder, invocation.clock())
    else:
        made = starts.new_beat(folder, new, invocation.clock())
    if recipes:
        made = tuple(sorted((*made, *starts.add_recipes(folder, recipes, invocation.clock())[0])))
    if invocation.print_json({"path": str(folder), "files": made}):
        return
    click.echo(f"created a newsroom in {folder}: {len(made)} files")
    for topic in new.topics if new else ():
        name, _, words = map(text.fold, topic.partition(":"))
        terminal.note(f"topic {name}: with {f'the words {words}' if words else 'its name only'}")


def _refuse_nonsense(
    folder: Path | None, site: Path | None, own: Sequence[object], *, is_two_reports: bool
) -> None:
    if site is not None and (folder is not None or any(own)):
        raise click.UsageError("--from cannot be combined with DIR or other options.")
    if site is None and folder is None:
        raise click.MissingParameter(param_hint="'DIR'", param_type="argument")
    if is_two_reports:
        raise click.UsageError("--run cannot be combined with --json: use `copydesk run --json`.")


def _note_next_steps(folder: Path, new: config.NewBeat | None, *, is_ready: bool) -> None:
    given = {"[fetch] contact": new and new.contact, "your sources": new and new.sources}
    lacks = " and ".join(name for name, value in given.items() if not value)
    terminal.note("next: run" if is_ready else f"next: set {lacks} in beat.toml, then run")
    place = shlex.quote(str(folder))
    terminal.note(f"  copydesk -C {place} run")
    terminal.note(f"  copydesk -C {place} serve")


class _Dialogue:
    """Asks a person, and keeps each answer, so that an interrupted `new` can be continued."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._earlier = starts.read_answers(folder)
        self._given: list[tuple[str, str]] = []
        if self._earlier:
            kept = f"Continue with your answers on {text.fold(self._earlier[0][1])}?"
            if not click.confirm(kept, default=True, err=True):
                self._earlier = []

    def ask(self, what: str, default: str = "", read: Callable[[str], str] = text.fold) -> str:
        """Return the answer that an earlier `new` got to this question, or else ask a person."""
        if self._earlier and self._earlier[0][0] == what:
            answer = self._earlier.pop(0)[1]
            terminal.note(text.fold(f"{what}: {answer}"))
        else:
            self._earlier = []
            answer = _prompt(what, default, read)
        if answer or self._given:
            self._given.append((what, answer))
            starts.keep_answers(self._folder, self._given)
        return answer

    def ask_each(self, what: str, read: Callable[[str], str]) -> Iterator[str]:
        """Yield a person's answers to a question that is asked until an answer is empty."""
        number = 1
        while answer := self.ask(f"{what} {number} (Enter to finish)", "", read):
            yield answer
            number += 1


def _ask(invocation: Invocation, folder: Path, web: Path | None) -> config.NewBeat | None:
    """Ask a person for the settings of a new site; None for the example site."""
    try:
        return _hold_dialogue(invocation, _Dialogue(folder), web)
    except (click.Abort, KeyboardInterrupt):
        terminal.note("\nno newsroom was created")
        if starts.read_answers(folder):
            place = shlex.quote(str(folder))
            terminal.note(f"your answers are kept; to continue: copydesk new {place}")
        raise click.exceptions.Exit(130) from None


def _hold_dialogue(
    invocation: Invocation, dialogue: _Dialogue, web: Path | None
) -> config.NewBeat | None:
    title = dialogue.ask("title of the site (Enter for an example site about AI)")
    if not title:
        return None
    topics = []
    for topic in dialogue.ask_each("topic", config.read_topic):
        asked = f"words in headlines about {topic}, with commas between (Enter: its name only)"
        words = "" if ":" in topic else dialogue.ask(asked)
        topics.append(f"{topic}: {words}" if words else topic)
    given = {
        "locale": dialogue.ask("language", "en-us", kinds.LOCALE.read),
        "timezone": dialogue.ask("time zone", "UTC", kinds.TIMEZONE.read),
        "contact": dialogue.ask(_CONTACT, "", config.read_contact),
    }
    lines = dialogue.ask_each(_ADDRESSES, _read_addresses)
    new = _compose(title, topics, " ".join(lines).split(), given)
    if new.sources and (new.contact or web):
        new = replace(new, sources=_choose_sources(invocation, new, web))
    return new


def _read_addresses(said: str) -> str:
    """Return the web addresses in a line, separated by spaces; raises UsageError if it has none."""
    parts = (part if "/" in part else part.replace(",", " ") for part in _BETWEEN.split(said))
    usable, wrong = [], []
    for address in " ".join(parts).split():
        try:
            usable.append(source_address(address))
        except UsageError as error:
            wrong.append(error)
    if not usable:
        raise wrong[0] if wrong else UsageError("expected a web address", subject=said)
    for refused in wrong:
        terminal.note(f"left out: {refused}")
    return " ".join(usable)


class _SourceChoice(NamedTuple):
    """A source that may be added: a list that was found, or an address where none was found."""

    url: str
    cells: Sequence[str]
    notes: Sequence[str]
    is_chosen: bool


def _choose_sources(
    invocation: Invocation, new: config.NewBeat, web: Path | None
) -> tuple[str, ...]:
    """Search all sites at once, list the feeds found, and return the URLs that the user chose.

    The newsroom is not made yet, so the search uses one in a temporary folder.
    """
    with tempfile.TemporaryDirectory(prefix="copydesk-") as folder:
        root = Path(folder) / "newsroom"
        starts.new_beat(root, new, invocation.clock())
        with (
            open_newsroom(root, invocation.clock(), invocation.environ, scratch=True) as newsroom,
            terminal.progress(_LINE_SECONDS) as progress,
        ):
            found = find_sources(newsroom, new.sources, web, progress)
    every = [row for discovery in found for row in _list_rows(discovery)]
    rows = list({urls.identity(row.url): row for row in reversed(every)}.values())[::-1]
    _show_rows(rows)
    left = [number for number, row in enumerate(rows, 1) if not row.is_chosen]
    few = f"{len(rows) - len(left)} of these {len(rows)}" if left else f"these {len(rows)}"
    more = f", all, numbers to leave out, or +{left[0]} to add ({left[0]})" if left else ""
    question = f"Add {few}? yes, no{more or ', or numbers to leave out'}"

    def check(answer: str) -> str:
        _pick(rows, answer)
        return answer

    return tuple(row.url for row in _pick(rows, _prompt(question, "yes", check)))


def _list_rows(discovery: Discovery) -> Iterator[_SourceChoice]:
    """Yield the best lists of a site, the first good one chosen; without lists, its URL."""
    failed = [failure.what for failure in discovery.failed]
    if discovery.error is not None:
        yield _SourceChoice(
            discovery.url, ("", "", "", ""), [*failed, discovery.error.what], is_chosen=False
        )
    for place, offer in enumerate(discovery.offers[:_MOST_OFFERS]):
        notes = ["another list of the same site"] if place else failed
        if not offer.is_good:
            old = "nothing new for a year, or only comments"
            notes = [*notes, old if offer.items else "the list has no items"]
        newest = f"{offer.newest:%Y-%m-%d}" if offer.newest else ""
        title = text.fold("".join(offer.samples[:1]))
        cells = (_KINDS.get(offer.kind, offer.kind), newest, str(offer.items), title)
        yield _SourceChoice(offer.url, cells, notes, is_chosen=not place and offer.is_good)


def _show_rows(rows: Sequence[_SourceChoice]) -> None:
    columns = terminal.Columns(4, 0, 7, 10, 5, 0, right=frozenset({4}), spare=(4, 2, 3, 5))
    terminal.note(columns.line(("", "address", "kind", "newest", "items", "newest title")))
    for number, row in enumerate(rows, 1):
        mark = str(number) if row.is_chosen else f"({number})"
        terminal.note(columns.line((mark, row.url.partition("://")[2], *row.cells)))
    for number, row in enumerate(rows, 1):
        for words in row.notes:
            terminal.note(text.fold(f"{number}: {words}"))


_ANSWERS: Mapping[str, Callable[[_SourceChoice], bool]] = {
    **dict.fromkeys(("yes", "y"), lambda row: row.is_chosen),
    **dict.fromkeys(("no", "n"), lambda _: False),
    "all": lambda _: True,
}


def _pick(rows: Sequence[_SourceChoice], answer: str) -> list[_SourceChoice]:
    """Return the rows that a person takes; raises UsageError for an answer that is none."""
    words = answer.lower().replace(",", " ").split()
    if len(words) == 1 and words[0] in _ANSWERS:
        return [row for row in rows if _ANSWERS[words[0]](row)]
    return _pick_numbers(rows, words)


def _pick_numbers(rows: Sequence[_SourceChoice], words: Sequence[str]) -> list[_SourceChoice]:
    """Return the chosen rows without those of the numbers, and with those of a number with +."""
    numbers = [int(word) if word.removeprefix("+").isdecimal() else 0 for word in words]
    if not all(0 < number <= len(rows) for number in numbers):
        raise UsageError("expected yes, no, or numbers of the table", subject=" ".join(words))
    added = {int(word) for word in words if word[0] == "+"}
    chosen = {number for number, row in enumerate(rows, 1) if row.is_chosen} - set(numbers)
    return [row for number, row in enumerate(rows, 1) if number in chosen | added]


def _prompt(what: str, default: str = "", read: Callable[[str], str] = text.fold) -> str:
    """Ask a person on stderr (stdout is for data), again if the answer is invalid."""

    def process(answer: str) -> str:
        try:
            return read(answer) if answer else ""
        except UsageError as error:
            wrong, hint = str(error), error.hint
        except Unfit as unfit:
            wrong, hint = f"expected {unfit.expected}", unfit.hint
        raise click.BadParameter(f"{wrong} ({hint})" if hint else wrong)

    answered: str = click.prompt(
        what, default=default, show_default=bool(default), value_proc=process, err=True
    )
    return answered


@command("config")
def config_command(invocation: Invocation) -> None:
    """Print all settings and where each value comes from.

    Secrets are hidden.
    """
    rows, warnings = starts.setting_rows(invocation.root, invocation.environ)
    folder = str(invocation.root.resolve())
    rows.insert(0, starts.SettingRow(path="newsroom", value=folder, origin=invocation.root_origin))
    for warning in warnings:
        terminal.note(f"warning: {warning}")
    if edits := describe_user_edits(invocation.root):
        terminal.note(f"note: {edits}")
    if invocation.print_json(rows):
        return
    terminal.table(
        ("setting", "value", "from"), [(row.path, row.value, row.origin) for row in rows]
    )
