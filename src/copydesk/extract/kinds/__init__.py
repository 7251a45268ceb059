"""Decide what kind of page a parsed page is: an article, video, audio, or none of these."""

from typing import TYPE_CHECKING

from copydesk.kit import faces

if TYPE_CHECKING:
    from copydesk.extract.kinds._kind import is_robot_wall as is_robot_wall
    from copydesk.extract.kinds._kind import look_at as look_at
    from copydesk.extract.kinds._kind import name_empty as name_empty
    from copydesk.extract.kinds._kind import name_other_format as name_other_format
    from copydesk.extract.kinds._kind import name_other_kind as name_other_kind
    from copydesk.extract.kinds._media import playback as playback
else:
    __getattr__ = faces.import_on_demand(__name__, __file__)
