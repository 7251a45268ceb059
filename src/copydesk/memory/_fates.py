"""Fate: what became of a lead."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

FateState = Literal["filed", "dropped", "failed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fate:
    """What became of the lead at `url`: filed (under `path`), dropped or failed, and why.

    `identity` is the address's identity (kit.urls); `tries` counts the rounds that asked for it.
    `rules` is a digest of the rules that a drop was made by, "" where none matter.
    """

    identity: str
    url: str
    state: FateState
    at: datetime
    reason: str = ""
    detail: str = ""
    hint: str = ""
    path: str = ""
    source: str = ""
    tries: int = 1
    rules: str = ""
