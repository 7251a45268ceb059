"""copydesk sources add URL."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import click

from copydesk import engine
from copydesk.cli import terminal
from copydesk.cli._invocation import Invocation, common
from copydesk.errors import UsageError
from copydesk.kit import dates


@click.command("add")
@click.argument("url")
@click.option("--name", default="", help="The publisher's name; default: the list's own title.")
@click.option("--pick", type=click.IntRange(min=1), help="Which of the lists that are found.")
@click.option("--as-is", is_flag=True, help="Add the address itself, unseen.")
@click.option("--look", is_flag=True, help="Show what is found, and add nothing.")
@click.option("--web", type=click.Path(path_type=Path), help="Look at a recorded web (WARC).")
@common
def add(
    invocation: Invocation,
    url: str,
    *,
    name: str,
    pick: int | None,
    as_is: bool,
    look: bool,
    web: Path | None,
) -> None:
    """Find what can be watched at any address and add it to beat.toml."""
    if look and (as_is or pick is not None):
        raise UsageError("--look adds nothing", subject="--as-is" if as_is else "--pick")
    url = _complete_address(url)
    discovery = None if as_is else _look_at(invocation, url, web)
    if discovery is None and look:
        raise UsageError("nobody may look yet", subject="[fetch] contact", hint="set it first")
    if discovery is None:
        _report_added(invocation, url, engine.add_source(invocation.root, url, name))
        return
    for failure in discovery.failed:
        terminal.note(f"not read: {failure.url}: {failure.what}")
    if look:
        _print_offers(invocation, discovery)
        return
    chosen = _choose(invocation, discovery, pick)
    if chosen is None:
        _print_choices(invocation, discovery)
        raise click.exceptions.Exit(1)
    added = engine.add_source(invocation.root, url, name, chosen)
    _report_added(invocation, chosen.url, added, discovery.offers)


def _complete_address(url: str) -> str:
    """Return the address with its scheme, and tell where the person typed none."""
    address = engine.source_address(url)
    if "://" in url:
        return url
    terminal.note(f"taken as {address}")
    return address


def _look_at(invocation: Invocation, url: str, web: Path | None) -> engine.Discovery | None:
    """Return what was found there, None where nobody may look: there is no contact."""
    with invocation.newsroom(scratch=True) as newsroom:
        if web is None and not newsroom.settings.fetch.contact:
            terminal.note(
                "added without a look at it: [fetch] contact is not set, "
                "and site owners must be able to reach who asks; to have a look later, "
                "set it, then sources remove and sources add"
            )
            return None
        if web is None:
            pause = newsroom.settings.fetch.delay_seconds
            terminal.note(f"looking at {url}, with {pause:g} s between two requests to a host")
        with terminal.progress() as progress:
            return engine.find_sources(newsroom, url, web, progress)


def _choose(
    invocation: Invocation, discovery: engine.Discovery, pick: int | None
) -> engine.Offer | None:
    """Return the offer to add: the picked, the only good one, the person's choice."""
    if pick is not None:
        if pick > len(discovery.offers):
            raise _no_such_pick(pick, len(discovery.offers))
        return discovery.offers[pick - 1]
    if discovery.best is not None or invocation.json or not _is_person():
        return discovery.best
    _show(discovery.offers)
    choice = click.IntRange(1, len(discovery.offers))
    answer: int = click.prompt("which one", type=choice, default=1, err=True)
    return discovery.offers[answer - 1]


def _no_such_pick(pick: int, count: int) -> UsageError:
    if count == 1:
        what, hint = "there is 1 list to pick from", "leave --pick out"
    else:
        what = f"there are {count} lists to pick from"
        hint = f"take 1 to {count}; without --pick they are shown"
    return UsageError(what, subject=f"--pick {pick}", hint=hint)


def _is_person() -> bool:
    return sys.stdin.isatty() and sys.stdout.isatty()


def _print_choices(invocation: Invocation, discovery: engine.Discovery) -> None:
    """Print the offers of which nobody chose one."""
    _print_offers(invocation, discovery)
    terminal.note(f"{len(discovery.offers)} lists found, none added: {discovery.url}")
    terminal.note("hint: say which with --pick N")


def _print_offers(invocation: Invocation, discovery: engine.Discovery) -> None:
    if invocation.json:
        terminal.as_json({"url": discovery.url, "added": False, "offers": _plain(discovery.offers)})
    else:
        _show(discovery.offers)


def _show(offers: Sequence[engine.Offer]) -> None:
    for number, offer in enumerate(offers, 1):
        newest = f", newest {offer.newest:%Y-%m-%d}" if offer.newest else ""
        title = f": {offer.title}" if offer.title else ""
        click.echo(f"{number}. {offer.kind}{title} ({offer.items} items{newest})")
        click.echo(f"   {offer.url}")
        for sample in offer.samples:
            click.echo(f"   - {sample}")


def _report_added(
    invocation: Invocation, url: str, added: bool, offers: Sequence[engine.Offer] = ()
) -> None:
    if invocation.json:
        terminal.as_json({"url": url, "added": added, "offers": _plain(offers)})
        return
    click.echo(f"{'added' if added else 'there already'}: {url}")
    for offer in offers:
        if offer.url == url:
            for sample in offer.samples:
                terminal.note(f"  - {sample}")


def _plain(offers: Sequence[engine.Offer]) -> list[dict[str, object]]:
    return [
        {
            "url": offer.url,
            "kind": offer.kind,
            "title": offer.title,
            "items": offer.items,
            "newest": "" if offer.newest is None else dates.rfc3339(offer.newest),
            "samples": list(offer.samples),
        }
        for offer in offers
    ]
