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
from urllib.parse import parse_qs

from copydesk.kit import urls
from copydesk.kit._providers import RULES, Kind, Player

__all__ = ["Kind", "Player", "find"]

_MAX_ADDRESS = 2_000
_VERSION = re.compile(r"^(?:www|m|mobile|music)\.")  # of a site, as its host names it
_LABELS = re.compile(r"[a-z][a-z0-9-]*(?=\\\.|$)")  # of a host, in a pattern


@dataclass(frozen=True, slots=True, kw_only=True)
class _Form:
    """One form, ready to be matched."""

    player: Player
    where: re.Pattern[str]
    parameter: str
    value: re.Pattern[str]


@functools.cache
def _forms() -> Mapping[str, tuple[_Form, ...]]:
    """Return the forms by the last two labels of their hosts."""
    made: dict[str, tuple[_Form, ...]] = {}
    for rule in RULES:
        for form in rule.forms:
            where, _, needed = form.partition(" ")
            parameter, _, value = needed.partition("=")
            one = _Form(
                player=rule.player,
                where=re.compile(where, re.ASCII),
                parameter=parameter,
                value=re.compile(value, re.ASCII),
            )
            domain = ".".join(_LABELS.findall(where.partition("/")[0])[-2:])
            made[domain] = (*made.get(domain, ()), one)
    return made


def find(address: str) -> Player | None:
    """Find the player of a page's or a player's address, None where no provider here has it."""
    parsed = urls.parse(address) if len(address) <= _MAX_ADDRESS else None
    if parsed is None or parsed.port:
        return None
    host = _VERSION.sub("", str(parsed.hostname))
    forms = _forms().get(".".join(host.split(".")[-2:]), ())
    where = host + str(parsed.pathname).rstrip("/")
    query = parse_qs(str(parsed.search).removeprefix("?")) if forms else {}
    for form in forms:
        at = form.where.fullmatch(where)
        said = form.value.fullmatch(query.get(form.parameter, [""])[0]) if at else None
        if at and said:
            return _filled(form.player, {**at.groupdict(), **said.groupdict()})
    return None


def _filled(player: Player, parts: dict[str, str | None]) -> Player:
    known = defaultdict(str, {name: value for name, value in parts.items() if value})
    return Player(
        provider=player.provider,
        kind=player.kind,
        src=player.src.format_map(known),
        height=player.height,
        quiet=player.quiet.format_map(known),
    )
