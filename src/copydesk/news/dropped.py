"""Dropped: a lead that becomes no story, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, get_args

DropReason = Literal[
    "seen",  # the same article is filed already, under this or another address
    "off-beat",  # matches no topic of the beat
    "filtered",  # the source's include or exclude words
    "too-old",  # older than fetch.max_age_days
    "not-an-article",  # a home page, a listing, an error in a 200, no title, no text
    "robots",  # robots.txt says no
    "address",  # a private address
    "gone",  # 404 or 410
    "blocked",  # 401, 403, 451
    "ruled-out",  # an editor's rule blocks its site or a word of its headline
    "removed",  # an editor removed it for good
]
DROP_REASONS: tuple[str, ...] = get_args(DropReason)
# The step of the line at which each is found.
DROP_STAGES: Mapping[str, str] = MappingProxyType(
    {
        "seen": "judge",
        "off-beat": "judge",
        "filtered": "watch",
        "too-old": "judge",
        "not-an-article": "extract",
        "robots": "fetch",
        "address": "fetch",
        "gone": "fetch",
        "blocked": "fetch",
        "ruled-out": "judge",
        "removed": "review",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dropped:
    """An expected no: the address, the reason of a closed list, the detail for a person."""

    url: str
    reason: DropReason
    detail: str = ""
