"""Profile: by whose rules a site weighs its stories, and what follows from that elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

ProfileName = Literal["copydesk", "everyday"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Traits:
    """What a profile means for everybody but the judge, who alone knows its points.

    `has_blocks`: a record keeps our blocks (reasons, history, digests of what the line wrote …).
    `keeps_verdicts_in_rulings`: its record has no place for an editor's verdict, so that it stands
    in `_data/rulings.yaml` and is applied after each judgement. `groups_by_rules`: split and merge
    move its stories. `groups_by_meaning`: vectors tell what is near. `groups_from_nothing`: a group
    comes of the stories alone, whatever stood beside them before. `has_own_points`: the owner says
    what each signal is worth.
    """

    has_blocks: bool
    keeps_verdicts_in_rulings: bool
    groups_by_rules: bool
    groups_by_meaning: bool
    groups_from_nothing: bool
    has_own_points: bool


TRAITS: Mapping[ProfileName, Traits] = {
    "copydesk": Traits(
        has_blocks=True,
        keeps_verdicts_in_rulings=False,
        groups_by_rules=True,
        groups_by_meaning=True,
        groups_from_nothing=False,
        has_own_points=True,
    ),
    "everyday": Traits(
        has_blocks=False,
        keeps_verdicts_in_rulings=True,
        groups_by_rules=False,
        groups_by_meaning=False,
        groups_from_nothing=True,
        has_own_points=False,
    ),
}
