"""`[scoring]` and the tables below it, checked against each other."""

from __future__ import annotations

from dataclasses import replace

from copydesk.config._decode import BeatValues
from copydesk.config._setting_error import setting_error
from copydesk.config._toml import FILE
from copydesk.news import Scoring, SignalPoints

_POINTS = "scoring.points"


def read(decoded: BeatValues) -> Scoring:
    """Read how stories are weighed; raises ConfigError for points that the profile does not use."""
    scoring = decoded.build(Scoring)
    for name in decoded.sections[_POINTS]:
        where = f"{_POINTS}.{name}"
        if scoring.profile == "everyday" and decoded.origins[where] == FILE:
            hint = 'take the table out, or weigh stories by profile = "copydesk"'
            raise setting_error(FILE, where, "the points of everyday cannot be moved", hint)
    return replace(scoring, points=decoded.build(SignalPoints))
