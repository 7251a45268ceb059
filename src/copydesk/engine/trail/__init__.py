"""The trail: a story goes in; all that befell it, from lead to correction, comes out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from copydesk.kit import faces

if TYPE_CHECKING:
    from copydesk.engine.trail._trace_story import Trail as Trail
    from copydesk.engine.trail._trace_story import trace_story as trace_story
    from copydesk.engine.trail._trail_entry import TrailEntry as TrailEntry
    from copydesk.engine.trail._trail_entry import TrailKind as TrailKind
else:
    __getattr__ = faces.import_on_demand(__name__, __file__)
