"""Players: the address of a video or a sound, made the address of the player that shows it.

An allow-list of providers whose addresses alone lead to their players, after the registry of oEmbed
(oembed.com); nobody is asked. What comes out is put together from checked parts, never taken over
whole, and a player's own address gives the same player again.

Left out on purpose: players that must be told where they stand (Twitch's `parent`), software that
runs anywhere (PeerTube, Castopod), players that a publisher rents for its own pages (Brightcove,
JW Player), and networks whose players follow their visitors (Facebook, X).
"""

from __future__ import annotations

import functools
import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal
from urllib.parse import parse_qs

from copydesk.kit import tables, urls

__all__ = ["Kind", "Player", "find"]

Kind = Literal["video", "audio"]

_PACKAGE = "copydesk.kit"
_SIXTEEN_TO_NINE = 450
_MAX_ADDRESS = 2_000
_VERSION = re.compile(r"^(?:www|m|mobile|music)\.")  # of a site, as its host names it
_LABELS = re.compile(r"[a-z][a-z0-9-]*(?=\\\.|$)")  # of a host, in a pattern


@dataclass(frozen=True, slots=True, kw_only=True)
class Player:
    """What plays an address: whose it is, its own https address, its height in pixels at 800 wide.

    `quiet` is the address of the same player that leaves no mark on a visitor before it plays, ""
    where its provider has none.
    """

    provider: str
    kind: Kind
    src: str
    height: int = _SIXTEEN_TO_NINE
    quiet: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    """A row of `tables/players.toml`, which says what each of its fields is."""

    kind: Kind
    src: str
    forms: tuple[str, ...]
    height: int = _SIXTEEN_TO_NINE
    quiet: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Form:
    """One form of a player's addresses, ready to be matched."""

    player: Player
    where: re.Pattern[str]
    parameter: str
    value: re.Pattern[str]


@functools.cache
def _forms() -> Mapping[str, tuple[_Form, ...]]:
    """Return the forms by the last two labels of their hosts."""
    by_domain: dict[str, tuple[_Form, ...]] = {}
    for provider, rows in tables.read_rows(_PACKAGE, "players.toml", tuple[_Row, ...]).items():
        for row in rows:
            player = Player(
                provider=provider, kind=row.kind, src=row.src, height=row.height, quiet=row.quiet
            )
            for form in (_compile(player, _fill_parts(pattern)) for pattern in row.forms):
                host = form.where.pattern.partition("/")[0]
                domain = ".".join(_LABELS.findall(host)[-2:])
                by_domain[domain] = (*by_domain.get(domain, ()), form)
    return by_domain


def _fill_parts(pattern: str) -> str:
    """Return a form with the parts that it names in braces."""
    for name, part in tables.read_rows(_PACKAGE, "player_parts.toml", str).items():
        pattern = pattern.replace(f"{{{name}}}", part)
    return pattern


def _compile(player: Player, pattern: str) -> _Form:
    where, _, needed = pattern.partition(" ")
    parameter, _, value = needed.partition("=")
    return _Form(
        player=player,
        where=re.compile(where, re.ASCII),
        parameter=parameter,
        value=re.compile(value, re.ASCII),
    )


def find(address: str) -> Player | None:
    """Return the player of a page's or a player's address, None where no provider here has it."""
    parsed = urls.parse(address) if len(address) <= _MAX_ADDRESS else None
    if parsed is None or parsed.port:
        return None
    host = _VERSION.sub("", str(parsed.hostname))
    forms = _forms().get(".".join(host.split(".")[-2:]), ())
    where = host + str(parsed.pathname).rstrip("/")
    query = parse_qs(str(parsed.search).removeprefix("?")) if forms else {}
    for form in forms:
        at = form.where.fullmatch(where)
        value = form.value.fullmatch(query.get(form.parameter, [""])[0]) if at else None
        if at and value:
            return _fill(form.player, {**at.groupdict(), **value.groupdict()})
    return None


def _fill(player: Player, parts: dict[str, str | None]) -> Player:
    known = defaultdict(str, {name: value for name, value in parts.items() if value})
    return Player(
        provider=player.provider,
        kind=player.kind,
        src=player.src.format_map(known),
        height=player.height,
        quiet=player.quiet.format_map(known),
    )
