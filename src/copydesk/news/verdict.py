"""Verdict: an editor's word on a story."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Said = Literal["publish", "hold", "reject", "remove"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Who said what, when and why; it binds later rounds."""

    by: str
    at: datetime
    said: Said
    why: str
