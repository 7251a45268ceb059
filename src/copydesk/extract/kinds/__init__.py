"""An opened page in, what kind of page it is out: an article, a video, a sound, or none of them."""

from __future__ import annotations

from copydesk.extract.kinds._kind import (
    is_robot_wall,
    look_at,
    name_empty,
    name_other_format,
    name_other_kind,
)
from copydesk.extract.kinds._media import Playback
from copydesk.extract.kinds._media import find as playback

__all__ = [
    "Playback",
    "is_robot_wall",
    "look_at",
    "name_empty",
    "name_other_format",
    "name_other_kind",
    "playback",
]
