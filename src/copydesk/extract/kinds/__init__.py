"""An opened page in, what kind of page it is out: an article, a video, a sound, or none of them."""

from __future__ import annotations

from copydesk.extract.kinds._kind import empty, is_robot_wall, look_at, other_than_html, refused_as
from copydesk.extract.kinds._media import Shown
from copydesk.extract.kinds._media import find as shown

__all__ = ["Shown", "empty", "is_robot_wall", "look_at", "other_than_html", "refused_as", "shown"]
