"""Resource: one misbehaviour by name, what it serves, and what copydesk must make of it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from copydesk.news.page import RefusedReason
from world.dns import Answer
from world.web import Behaviour

Behaviours = Behaviour | Sequence[Behaviour]


@dataclass(frozen=True, slots=True, kw_only=True)
class APage:
    """A page must come, with such a body, and with the redirects of these statuses on the way."""

    body: bytes | None = None
    hops: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Nothing:
    """The answer must be that nothing changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ANo:
    """It must be refused, for this reason and with such words; `waits`: until a time."""

    reason: RefusedReason
    words: str = ""
    waits: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Leads:
    """The page must come and list so many pages; `guids` of them differ, `dated` bear a time."""

    count: int
    guids: int | None = None
    dated: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NoFeed:
    """The page must come and be no feed, in such words."""

    words: str


Outcome = APage | Nothing | ANo | Leads | NoFeed


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """One misbehaviour on a host of its own.

    `paths` say how the host answers, `path` is asked for `times` times, with `etag` where one is
    set; the last answer counts. `host` is its name, "" for one made of `name`; `places` are what
    the name server says of it. `is_allowed`: the newsroom allows it a private address.
    `most_visits` to it are allowed, None: any number.
    """

    name: str
    makes: Outcome
    paths: Mapping[str, Behaviours] = field(default_factory=dict)
    path: str = "/"
    etag: str = ""
    times: int = 1
    host: str = ""
    scheme: str = "http"
    places: tuple[Answer, ...] = ()
    is_allowed: bool = True
    most_visits: int | None = None

    @property
    def label(self) -> str:
        """Give the host's name: short, or whole where the resource has its own."""
        return self.host or re.sub(r"[^a-z0-9]+", "-", self.name.lower())
