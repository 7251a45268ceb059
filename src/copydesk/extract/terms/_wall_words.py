"""What pages say at a wall, in fourteen languages: an offer and what it is for, or a whole notice.

Each begins the block that says it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from copydesk.kit import tables

_PACKAGE = "copydesk.extract.terms"
_WITHIN = 60  # characters from an offer to what it is for


@dataclass(frozen=True, slots=True, kw_only=True)
class _WallOffer:
    """A row of `tables/wall_offers.toml`: "subscribe", "to continue reading"."""

    offer: tuple[str, ...]
    aim: tuple[str, ...]

    @property
    def pattern(self) -> str:
        """Return the pattern of an offer with its aim."""
        offer, aim = tables.any_of(self.offer), tables.any_of(self.aim)
        return f"{offer}.{{0,{_WITHIN}}}?{aim}"


_OFFERS = tables.read_rows(_PACKAGE, "wall_offers.toml", tuple[_WallOffer, ...])
_NOTICES = tables.read_pattern(_PACKAGE, "wall_notices.toml")
_POLITELY = "(?:please |bitte |veuillez |por favor )?"
WALL = re.compile(
    rf"(?i)[\s»>→•*|¿-]*{_POLITELY}"
    + tables.any_of((*(row.pattern for rows in _OFFERS.values() for row in rows), _NOTICES))
)
# A word of subscribing or signing in, as an element that is named a wall has one.
OFFER = re.compile(rf"(?i){tables.read_pattern(_PACKAGE, 'offer_words.txt')}")
