"""Players: turn the URL of a video or audio page into the URL of its embeddable player.

An allow-list of providers whose players can be derived from the URL alone, after the registry of
oEmbed (oembed.com); no request is sent. The result is built from checked parts and never copied
whole, and the URL of a player returns the same player.

Left out on purpose: players that need the embedding host (Twitch's `parent`), software that runs on
any host (PeerTube, Castopod), players that publishers rent for their own pages (Brightcove,
JW Player), and networks whose players track visitors (Facebook, X).
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
_VERSION = re.compile(r"^(?:www|m|mobile|music)\.")  # subdomains for versions of one site
_LABELS = re.compile(r"[a-z][a-z0-9-]*(?=\\\.|$)")  # the labels of a host within a pattern


@dataclass(frozen=True, slots=True, kw_only=True)
class Player:
    """An embeddable player: provider, https URL, and height in pixels at a width of 800.

    `quiet` is the URL of the same player without cookies before it plays, "" if the provider has
    none.
    """

    provider: str
    kind: Kind
    src: str
    height: int = _SIXTEEN_TO_NINE
    quiet: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    """A row of `tables/players.toml`; the file explains its fields."""

    kind: Kind
    src: str
    forms: tuple[str, ...]
    height: int = _SIXTEEN_TO_NINE
    quiet: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Form:
    """One form of a player's URLs, as a compiled pattern."""

    player: Player
    where: re.Pattern[str]
    parameter: str
    value: re.Pattern[str]


@functools.cache
def _forms() -> Mapping[str, tuple[_Form, ...]]:
    """Return the URL forms of all players, grouped by the last two labels of their hosts."""
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
    """Replace the names in braces by the patterns of these parts."""
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
    """Return the embeddable player for a video or audio page's URL, None for unknown providers."""
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
