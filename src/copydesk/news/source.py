"""Source: where leads come from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

SourceKind = Literal["auto", "feed", "sitemap", "listing"]
Trust = Literal["gate", "publish", "hold"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Name one place that is asked for leads, as `[[source]]` in beat.toml.

    `official` is the beat's own official source; `trust` says whether its stories pass the gate
    ("gate"), skip it ("publish") or wait for an editor ("hold"). A lead must have one of `include`
    (when any) and none of `exclude` in its title or description, whole words, any case.
    """

    url: str
    name: str = ""
    kind: SourceKind = "auto"
    official: bool = False
    trust: Trust = "gate"
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    language: str = ""
