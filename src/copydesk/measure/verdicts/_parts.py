"""Which parts of a quality would have decided otherwise, left out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from copydesk.measure.verdicts._agreement import find_chance
from copydesk.measure.verdicts._decision import Decision


@dataclass(frozen=True, slots=True, kw_only=True)
class PartEffect:
    """What leaving a part out would have changed, of the `stories` in which it had a say.

    The gate would have agreed with the editor on `better` more and on `worse` less; `chance` is how
    likely that many better ones are where it makes no difference.
    """

    part: str
    stories: int
    better: int
    worse: int
    chance: float


def find_effects(decisions: Sequence[Decision], publish_at: int) -> tuple[PartEffect, ...]:
    """Return the parts that would have decided any story otherwise, the most better ones first."""
    names = sorted({part for one in decisions for part in one.without})
    effects = (_find_effect(part, decisions, publish_at) for part in names)
    changing = [effect for effect in effects if effect.better or effect.worse]
    return tuple(sorted(changing, key=lambda effect: effect.worse - effect.better))


def _find_effect(part: str, decisions: Sequence[Decision], publish_at: int) -> PartEffect:
    having = [one for one in decisions if part in one.without]
    turns = list(_find_turns(part, having, publish_at))
    better, worse = sum(turns), len(turns) - sum(turns)
    return PartEffect(
        part=part,
        stories=len(having),
        better=better,
        worse=worse,
        chance=find_chance(better, worse),
    )


def _find_turns(part: str, decisions: Sequence[Decision], publish_at: int) -> Iterator[bool]:
    """Yield, for each story that would have been decided otherwise, whether that is the editor."""
    for one in decisions:
        is_published = one.without[part] >= publish_at
        if is_published != (one.points >= publish_at):
            yield is_published == one.is_wanted
