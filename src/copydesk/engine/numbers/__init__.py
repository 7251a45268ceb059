"""Numbers: a catalogue and a memory go in; what the last days brought comes out, in sums."""

from __future__ import annotations

from typing import TYPE_CHECKING

from copydesk.kit import faces

if TYPE_CHECKING:
    from copydesk.engine.numbers._numbers import Delay as Delay
    from copydesk.engine.numbers._numbers import DropCount as DropCount
    from copydesk.engine.numbers._numbers import Numbers as Numbers
    from copydesk.engine.numbers._numbers import OwnerCount as OwnerCount
    from copydesk.engine.numbers._numbers import StoryDay as StoryDay
    from copydesk.engine.numbers._numbers import find_reviews as find_reviews
    from copydesk.engine.numbers._numbers import list_decisions as list_decisions
    from copydesk.engine.numbers._numbers import read_numbers as read_numbers
    from copydesk.engine.numbers._numbers import start_of as start_of
else:
    __getattr__ = faces.import_on_demand(__name__, __file__)
