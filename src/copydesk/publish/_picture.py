"""What pages, feeds and links are told of a picture; which it is says `_pictures`."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """A picture for feeds and for whoever shows a link: its address in full; 0 and "" unknown."""

    address: str
    width: int
    height: int
    type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A picture for a page.

    `source` is where a browser without a choice finds it, "" where only its place is kept. `webp`
    and `avif` are the choices as a srcset has them, "" where there is none; `width` and `height`
    are what it takes on the page, 0 where unknown. `colour` stands there until it comes. `credit`
    says whose it is, `is_named` that this is more than the publisher's own name. `is_remote` says
    that its publisher serves it.
    """

    source: str
    webp: str
    avif: str
    width: int
    height: int
    alt: str
    credit: str
    colour: str
    is_named: bool
    is_remote: bool
    shared: Shared
