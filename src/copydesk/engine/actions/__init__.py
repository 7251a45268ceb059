"""Actions: what waits in the desk's file goes in; filed, with what became of each, it comes out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from copydesk.kit import faces

if TYPE_CHECKING:
    from copydesk.engine.actions._demo_desk import let_stories_wait as let_stories_wait
    from copydesk.engine.actions._make_pictures_apart import (
        make_pictures_apart as make_pictures_apart,
    )
    from copydesk.engine.actions._work_off import WorkedOff as WorkedOff
    from copydesk.engine.actions._work_off import file_actions as file_actions
    from copydesk.engine.actions._work_off import work_off as work_off
else:
    __getattr__ = faces.import_on_demand(__name__, __file__)
