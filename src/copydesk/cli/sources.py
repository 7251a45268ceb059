"""`copydesk sources`: list, add, check, fetch and remove sources (feeds, sitemaps, pages)."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path

import click

from copydesk import editing, watch
from copydesk.building import channels
from copydesk.cli import rounds, terminal
from copydesk.cli._invocation import (
    AS_HELP,
    DEPLOY_HELP,
    WEB_HELP,
    Invocation,
    command,
    command_group,
    hide,
)
from copydesk.cli.terminal import Columns, ago, until
from copydesk.editing import source_edits
from copydesk.errors import UsageError
from copydesk.kit import dates, text, urls
from copydesk.news import Source
from copydesk.rounds import RoundOptions, run_round, sources


@command("add")
@click.argument("addresses", metavar="URL…", nargs=-1, required=True)
@click.option("--name", default="", help="Name of the publisher (default: the feed's title).")
@click.option("--pick", type=click.IntRange(min=1), help="Add the found source with this number.")
@click.option("--as-is", is_flag=True, help="Add URL itself, without fetching the URL first.")
@click.option("--look", is_flag=True, help="Show the found sources, without adding a source.")
@click.option("--web", type=click.Path(path_type=Path), help=WEB_HELP)
def add(
    invocation: Invocation,
    addresses: tuple[str, ...],
    *,
    name: str,
    pick: int | None,
    as_is: bool,
    look: bool,
    web: Path | None,
) -> None:
    """Find the feed of a website, and add the feed to beat.toml.

    URL is any page of the website. Feeds, sitemaps, and pages that list articles are found.
    Several URLs are searched at the same time, and one line is printed for each of them. Exits
    with 1 if nothing is added.
    """
    if look and (as_is or pick is not None):
        raise UsageError("--look cannot be combined with --as-is or --pick")
    if len(addresses) > 1 and any((name, look, pick)):
        raise UsageError("--name, --pick and --look need a single URL")
    if len(addresses) > 1:
        _add_several(invocation, addresses, web, as_is=as_is)
        return
    url = _complete_address(addresses[0])
    found = None if as_is else _look_at(invocation, [url], web)
    if found:
        _add_offer(invocation, found[0], name, pick, look=look)
    elif look:
        raise UsageError("the setting [fetch] contact is empty", hint="set it in beat.toml")
    else:
        source = Source(url=sources.source_address(url), name=name)
        _report_additions(invocation, url, _add(invocation, source))


def _add_offer(
    invocation: Invocation, discovery: sources.Discovery, name: str, pick: int | None, *, look: bool
) -> None:
    """Add what was found at an address; print what was found if nothing is chosen."""
    _note_failures(discovery)
    if look:
        _print_offers(invocation, discovery)
        return
    chosen = _choose(invocation, discovery, pick)
    if chosen is None:
        _print_choices(invocation, discovery)
        raise click.exceptions.Exit(1)
    _note_fallback(discovery, chosen)
    added = _add(invocation, sources.take_offer(chosen, name))
    _report_additions(invocation, chosen.url, added, discovery.offers)


def _add_several(
    invocation: Invocation, addresses: Sequence[str], web: Path | None, *, as_is: bool
) -> None:
    """Add what is found at each address, in one commit, and print a row for each address."""
    wanted = tuple(dict.fromkeys(addresses))
    found = None if as_is else _look_at(invocation, wanted, web)
    chosen = _choose_each(found, wanted)
    with invocation.newsroom() as newsroom:
        there = {urls.identity(source.url) for source in newsroom.beat.sources}
        terminal.notes(source_edits.add_sources(newsroom, list(chosen.values()))[1])
    rows = [
        _add_row(invocation, discovery, chosen.get(discovery.url), there)
        for discovery in found or [sources.Discovery(url=url) for url in chosen]
    ]
    if invocation.json:
        terminal.as_json(rows)
    if not chosen:
        raise click.exceptions.Exit(1)


def _choose_each(
    found: Sequence[sources.Discovery] | None, addresses: Iterable[str]
) -> dict[str, Source]:
    """Return the best list found at each address, or the addresses if nothing was looked for."""
    if found is None:
        return {url: Source(url=url) for url in map(sources.source_address, addresses)}
    return {one.url: sources.take_offer(one.best) for one in found if one.best is not None}


def _add_row(
    invocation: Invocation, discovery: sources.Discovery, source: Source | None, there: set[str]
) -> dict[str, object]:
    """Print what became of an address, and return it for JSON; `there` are the known sources."""
    url = source.url if source else discovery.url
    problem = "" if source else _describe_problem(invocation, discovery)
    is_new = source is not None and urls.identity(url) not in there
    there.add(urls.identity(url))
    if not invocation.json:
        state = "already in beat.toml" if source else "not added"
        state = "added" if is_new else state
        click.echo(text.fold(f"{state}: {url}{problem and f' ({problem})'}"))
    offers = _plain(discovery.offers)
    return {"url": url, "added": is_new, "offers": offers, "problem": problem}


def _describe_problem(invocation: Invocation, discovery: sources.Discovery) -> str:
    """Return why nothing found at an address was added: an error, or a person must choose."""
    if discovery.error is not None:
        return "; ".join(filter(None, (discovery.error.what, discovery.error.hint)))
    command = invocation.command("sources", "add", discovery.url, "--pick")
    return f"{_sources(len(discovery.offers))} found; to choose one, run {command} NUMBER"


def _note_failures(discovery: sources.Discovery) -> None:
    for failure in discovery.failed:
        terminal.note(f"problem: {failure.what}: {failure.url}")


def _note_fallback(discovery: sources.Discovery, chosen: watch.Offer) -> None:
    """Say that the links of a page are taken because its feed is broken."""
    if chosen.kind == "listing" and discovery.failed:
        terminal.note(f"no feed could be read, so the links of this page are used: {chosen.url}")


def _add(invocation: Invocation, source: Source) -> bool:
    """Add a source to beat.toml; return False if the file has it already."""
    with invocation.newsroom() as newsroom:
        added, notes = source_edits.add_sources(newsroom, [source])
    terminal.notes(notes)
    return bool(added)


def _complete_address(url: str) -> str:
    """Return a URL with its scheme; print a note if the scheme was added."""
    address = sources.source_address(url)
    if "://" in url:
        return url
    terminal.note(f"using the URL {address}")
    return address


def _look_at(
    invocation: Invocation, addresses: Sequence[str], web: Path | None
) -> Sequence[sources.Discovery] | None:
    """Return the sources found at each address, None if nothing may be fetched without a contact.

    Raises the error of a single address at which nothing is found.
    """
    with invocation.newsroom(scratch=True) as newsroom:
        if web is None and not newsroom.settings.fetch.contact:
            terminal.note(
                "the source is added without a check, because [fetch] contact is not set "
                "(site owners must be able to reach you); to check the source later, set "
                "[fetch] contact, then run `sources remove` and `sources add`"
            )
            return None
        if web is None:
            pause = newsroom.settings.fetch.delay_seconds
            where = addresses[0] if len(addresses) == 1 else f"{len(addresses)} addresses"
            terminal.note(f"looking for sources at {where}, {pause:g} s between requests to a host")
        with terminal.progress() as progress:
            found = sources.find_sources(newsroom, addresses, web, progress)
    if len(found) == 1 and found[0].error is not None:
        raise found[0].error
    return found


def _choose(
    invocation: Invocation, discovery: sources.Discovery, pick: int | None
) -> watch.Offer | None:
    """Return the found source to add: the picked one, the only good one, or a person's choice."""
    if pick is not None:
        if pick > len(discovery.offers):
            raise _no_such_pick(pick, len(discovery.offers))
        return discovery.offers[pick - 1]
    is_person = sys.stdin.isatty() and sys.stdout.isatty()
    if discovery.best is not None or invocation.json or not is_person:
        return discovery.best
    _show_offers(discovery.offers)
    return _ask_which(discovery)


def _ask_which(discovery: sources.Discovery) -> watch.Offer:
    choice = click.IntRange(1, len(discovery.offers))
    answer: int = click.prompt("number of the source to add", type=choice, default=1, err=True)
    return discovery.offers[answer - 1]


def _no_such_pick(pick: int, count: int) -> UsageError:
    if count == 1:
        what, hint = "only 1 source was found", "leave out --pick"
    else:
        what = f"expected a number from 1 to {count}"
        hint = "leave out --pick to see the list of sources"
    return UsageError(what, subject=f"--pick {pick}", hint=hint)


def _print_choices(invocation: Invocation, discovery: sources.Discovery) -> None:
    """Print the sources that were found, if none was chosen to be added."""
    _print_offers(invocation, discovery)
    terminal.note(f"{_sources(len(discovery.offers))} found, none added: {discovery.url}")
    terminal.note("hint: choose a source with --pick N")


def _print_offers(invocation: Invocation, discovery: sources.Discovery) -> None:
    if not invocation.print_json(
        {"url": discovery.url, "added": False, "offers": _plain(discovery.offers)}
    ):
        _show_offers(discovery.offers)


def _show_offers(offers: Sequence[watch.Offer]) -> None:
    for number, offer in enumerate(offers, 1):
        newest = f", newest {offer.newest:%Y-%m-%d}" if offer.newest else ""
        title = f": {offer.title}" if offer.title else ""
        click.echo(f"{number}. {offer.kind}{title} ({offer.items} items{newest})")
        click.echo(f"   {offer.url}")
        for sample in offer.samples:
            click.echo(f"   - {sample}")


def _report_additions(
    invocation: Invocation, url: str, added: bool, offers: Sequence[watch.Offer] = ()
) -> None:
    if invocation.print_json({"url": url, "added": added, "offers": _plain(offers)}):
        return
    click.echo(f"{'added' if added else 'already in beat.toml'}: {url}")
    for offer in offers:
        if offer.url == url:
            for sample in offer.samples:
                terminal.note(f"  - {sample}")


def _plain(offers: Sequence[watch.Offer]) -> list[dict[str, object]]:
    return [
        {name: getattr(offer, name) for name in ("url", "kind", "title", "items")}
        | {"newest": dates.rfc3339(offer.newest) if offer.newest else "", "samples": offer.samples}
        for offer in offers
    ]


_HEAD = ("source", "status", "last ok", "last new", "per week", "known", "failures", "next")
_WIDTHS = (0, 12, 7, 8, 8, 5, 14, 6)
_RIGHT = frozenset({2, 3, 4, 5, 7})  # the columns with numbers
_SPARE = (5, 4, 3, 2, 7, 6)
NONE_YET = "no sources yet: add one with copydesk sources add https://…"
_MOST = 20  # sources whose findings are printed in full


@command("check")
@click.option("--ask", is_flag=True, help="Fetch every source now, without saving the results.")
@click.option("--web", type=click.Path(path_type=Path), help=WEB_HELP)
def check(invocation: Invocation, *, ask: bool, web: Path | None) -> None:
    """Show the health of all sources, those with problems first.

    The health is known from earlier runs; nothing is fetched without --ask. Exits with 1 if a
    source needs attention.
    """
    rows = _health_rows(invocation, ask=ask or web is not None, web=web)
    if invocation.json:
        terminal.as_json(rows)
    elif not rows:
        terminal.note(NONE_YET)
    elif sys.stdout.isatty():
        _show_health(rows, invocation.clock())
    else:
        for row in rows:
            click.echo("\t".join(_exact_cells(row)))
    if rows:
        terminal.note(_summary(rows))
    if any(row.needs_person for row in rows):
        raise click.exceptions.Exit(1)


def _health_rows(
    invocation: Invocation, *, ask: bool, web: Path | None
) -> Sequence[sources.HealthRow]:
    with invocation.newsroom(scratch=ask) as newsroom:
        if not ask:
            for words in channels.describe_owed_calls(newsroom):
                terminal.note(words)
            return sources.check_sources(newsroom)
        with terminal.progress() as progress:
            return sources.ask_sources(newsroom, progress, web)


def _exact_cells(row: sources.HealthRow) -> tuple[str, ...]:
    """Return a source's row for programs: times in full, all findings in the last column."""
    findings = "; ".join(f"{finding.kind}: {finding.words}" for finding in row.findings)
    return (
        row.url,
        row.state,
        row.last_ok,
        row.last_new,
        "" if row.items_a_week is None else f"{row.items_a_week:g}",
        "" if row.known_share is None else f"{row.known_share:g}",
        str(row.failures),
        row.failure,
        row.next,
        findings,
    )


def _show_health(rows: Sequence[sources.HealthRow], now: datetime) -> None:
    columns = Columns(*_WIDTHS, right=_RIGHT, spare=_SPARE)
    columns.head(_HEAD)
    click.echo("\n".join(_colour(row, columns.line(_terminal_cells(row, now))) for row in rows))
    for line in _finding_lines(rows):
        click.echo(line)


def _terminal_cells(row: sources.HealthRow, now: datetime) -> tuple[str, ...]:
    failures = f"{row.failures} {row.failure}".strip() if row.failures else ""
    return (
        row.name or row.url.partition("://")[2],
        row.state,
        ago(row.last_ok, now),
        ago(row.last_new, now),
        "" if row.items_a_week is None else f"{row.items_a_week:g}",
        "" if row.known_share is None else f"{row.known_share:.0%}",
        failures,
        until(row.next, now),
    )


def _colour(row: sources.HealthRow, line: str) -> str:
    if row.needs_person:
        return click.style(line, fg="red")
    return line if row.state in {"ok", "new"} else click.style(line, fg="yellow")


def _finding_lines(rows: Sequence[sources.HealthRow]) -> Iterator[str]:
    """Yield the findings on sources as lines, those that need a person first; count the rest."""
    troubled = [
        row for row in rows if any(finding.kind != "never-asked" for finding in row.findings)
    ]
    for row in troubled[:_MOST]:
        yield ""
        yield click.style(" ".join(filter(None, (row.name, row.url))), bold=True)
        for finding in row.findings:
            since = f", since {finding.since:%Y-%m-%d}" if finding.since else ""
            yield f"  {finding.kind}: {finding.words}{since}"
            yield f"    {finding.hint}"
    if len(troubled) > _MOST:
        yield ""
        yield f"… and {len(troubled) - _MOST} more sources; --json lists all sources"


def _summary(rows: Sequence[sources.HealthRow]) -> str:
    """Return a line that counts the sources: all, by state, and those that need a person."""
    count = len(rows)
    if all(row.state == "new" for row in rows):
        return f"{_sources(count)}, none fetched yet: run copydesk run"
    states = Counter(row.state for row in rows).most_common()
    people = sum(row.needs_person for row in rows)
    parts = ", ".join(f"{number} {state}" for state, number in states)
    failing = any(row.failures for row in rows)
    none = "copydesk tries again by itself" if failing else "none needs attention"
    needs = f"{people} need{'s' * (people < 2)} attention" if people else none
    return f"{_sources(count)}: {parts}; {needs}"


def _sources(count: int) -> str:
    return "1 source" if count == 1 else f"{count} sources"


@command("ask")
@click.argument("source", metavar="URL-or-NAME")
@click.option("--web", metavar="FILE", type=click.Path(path_type=Path), help=WEB_HELP)
@click.option("--deploy", is_flag=True, help=DEPLOY_HELP)
def ask(invocation: Invocation, source: str, *, web: Path | None, deploy: bool) -> None:
    """Fetch one source now, due or not, and save its new stories.

    A pause that the source asked for is kept, and a source that has ended is not fetched.
    """
    with invocation.newsroom() as newsroom, terminal.progress() as progress:
        url = source_edits.find_source(newsroom.beat, source).url
        options = RoundOptions(source=url, web=web, deploy=deploy)
        report = run_round(newsroom, options, progress)
    if not invocation.print_json(report):
        rounds.show_round(report)
    if not report.complete or any(failure.url == url for failure in report.failed):
        raise click.exceptions.Exit(1)


@command("undo-move")
@click.argument("url")
@click.option("--why", required=True, help="Reason for the undo, saved in _data/sources.yaml.")
@click.option("--as", "name", metavar="NAME", default="", help=AS_HELP)
def undo_move(invocation: Invocation, url: str, *, why: str, name: str) -> None:
    """Undo the automatic move or end of a source.

    Later runs neither move nor end the source automatically.
    """
    with invocation.newsroom() as newsroom:
        by = editing.speaker(newsroom, name)
        report = source_edits.keep_source(newsroom, url, why, by)
    if invocation.print_json(report):
        return
    terminal.notes(report.notes)
    if not report.changed:
        click.echo(f"unchanged: {url}")
        return
    undone = f", automatic {report.undone} undone" if report.undone else ""
    click.echo(f"source stays at its URL{undone}: {url}")
    terminal.note("the next run fetches the source at this URL")


@command("remove")
@click.argument("source", metavar="URL-or-NAME")
@click.option("--as", "name", metavar="NAME", default="", help=AS_HELP)
def remove(invocation: Invocation, source: str, *, name: str) -> None:
    """Remove a source from beat.toml; its stories stay."""
    with invocation.newsroom() as newsroom:
        url = source_edits.find_source(newsroom.beat, source).url
        by = editing.speaker(newsroom, name)
        report = source_edits.end_source(newsroom, url, by)
    if invocation.print_json(report):
        return
    terminal.notes(report.notes)
    click.echo(f"removed: {url}")


@command("import")
@click.argument("file", type=click.Path(path_type=Path))
def import_(invocation: Invocation, file: Path) -> None:
    """Import sources from an OPML file or a list of URLs."""
    with invocation.newsroom() as newsroom:
        done = source_edits.import_sources(newsroom, file)
    terminal.notes(done.notes)
    if done.no_topics:
        names = ", ".join(done.no_topics[:10]) + (", …" if len(done.no_topics) > 10 else "")
        terminal.note(f"ignored {len(done.no_topics)} OPML folders without a topic: {names}")
    if invocation.print_json(done):
        return
    _note_left_out("already in beat.toml", done.known)
    _note_left_out("not a web address", done.unusable)
    click.echo(f"{done.added} of {done.named} sources added")


def _note_left_out(why: str, addresses: Sequence[str]) -> None:
    for address in addresses[:_MOST]:
        terminal.note(f"left out, because it is {why}: {address}")
    if len(addresses) > _MOST:
        terminal.note(f"… and {len(addresses) - _MOST} more; --json lists them all")


@command("export")
def export(invocation: Invocation) -> None:
    """Print all sources as OPML 2.0."""
    with invocation.newsroom() as newsroom:
        click.echo(source_edits.export_opml(newsroom).decode(), nl=False)


@command_group("sources", invoke_without_command=True)
def sources_command(invocation: Invocation) -> None:
    """List all sources with their status, or add, check and remove sources."""
    if click.get_current_context().invoked_subcommand is not None:
        return
    with invocation.newsroom() as newsroom:
        rows = sources.source_rows(newsroom)
    if invocation.print_json(rows):
        return
    if not rows:
        terminal.note(NONE_YET)
    elif sys.stdout.isatty():
        _show_sources(rows, invocation.clock())
    else:
        for row in rows:
            cells = (row.url, row.name, row.kind, _state(row), row.last_ok, text.fold(row.error))
            click.echo("\t".join(cells))


def _show_sources(rows: Sequence[sources.SourceRow], now: datetime) -> None:
    columns = Columns(0, 7, 7, 6, 0, right=frozenset({2, 3}), spare=(3, 2, 4))
    columns.head(("source", "status", "last ok", "next", "error"))
    for row in rows:
        name = row.name or row.url.partition("://")[2]
        times = (ago(row.last_ok, now), until(row.next, now))
        click.echo(columns.line((name, _state(row), *times, text.fold(row.error))))


def _state(row: sources.SourceRow) -> str:
    """Return the state of a source in one word, as in `copydesk sources check`."""
    return "new" if any(finding.kind == "never-asked" for finding in row.findings) else row.state


sources_command.add_command(add)
sources_command.add_command(ask)
sources_command.add_command(check)
sources_command.add_command(undo_move)
sources_command.add_command(hide(undo_move), "keep")  # its former name
sources_command.add_command(remove)
sources_command.add_command(import_)
sources_command.add_command(export)
