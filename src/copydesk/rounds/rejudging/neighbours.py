"""List the groups of stories (about one event each) most like a story, and why it is in them or
not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from copydesk.catalogue import Catalogue
from copydesk.errors import RecordError
from copydesk.judge.coverage import groups
from copydesk.news import Beat, Ruling, Shelved, Story
from copydesk.news.wording import Wording, read_sentences
from copydesk.newsroom import Newsroom
from copydesk.newsroom.cataloguing import ask_catalogue
from copydesk.newsroom.records import record_path
from copydesk.newsroom.standings import beat_in_force
from copydesk.review import rules
from copydesk.rounds._shelf import FiledShelf, Vectors

_MOST = 400  # stories that are read for one report


class NeighbourKind(StrEnum):
    """The reason why a story is or is not grouped with a similar story (about the same event)."""

    TOGETHER = "together"
    STAYS = "stays"  # the groups stay as they were first filed
    MERGED = "merged"
    ONE_BY_NOW = "one-by-now"
    WOULD_JOIN = "would-join"
    WOULD_MERGE = "would-merge"
    UNLIKE = "unlike"
    SERIES = "series"
    SPLIT = "split"
    OTHER = "other"


_WORDING = Wording(
    read_sentences(__package__, "neighbours.toml", NeighbourKind), other=NeighbourKind.OTHER
)


@dataclass(frozen=True, slots=True, kw_only=True)
class NeighbourRow:
    """A group of similar stories: its first story, its size, and why a given story is in it or not.

    `likeness` and `needed` are from 0 to 1; `words` are some terms that both have in common.
    """

    kind: NeighbourKind
    why: str
    story: Story
    others: int
    likeness: float
    needed: float
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NeighbourReport:
    """The groups of stories most like a given story, the most similar first, or a `note` if there
    are none.
    """

    rows: tuple[NeighbourRow, ...] = ()
    note: str = ""


def list_neighbours(newsroom: Newsroom, path: str) -> NeighbourReport:
    """Return the groups of stories most like a given story, compared by their stored index terms.

    Raises RecordError if there is no such record.
    """
    place = record_path(newsroom, path)
    beat = beat_in_force(newsroom.root, newsroom.beat, newsroom.now)
    if not beat.scoring.traits.groups_by_rules:
        return NeighbourReport(note=f"the profile {beat.scoring.profile} does not compare words")

    def ask(catalogue: Catalogue) -> NeighbourReport:
        shelf = FiledShelf(newsroom, catalogue, Vectors(newsroom.memory))
        shelved = shelf.get(place)
        if shelved is None:
            raise RecordError("the story file cannot be read", subject=place)
        if shelved.story.copy_of:
            return NeighbourReport(note=f"a copy of {shelved.story.copy_of} belongs to no group")
        around = {other.story.path: other for other in _read_around(shelf, shelved, beat)}
        found = groups.weigh_neighbours(shelved, list(around.values()), beat, shelf.corpus)
        rows = [_make_row(shelved.story, neighbour, around, beat) for neighbour in found]
        return NeighbourReport(rows=tuple(rows))

    return ask_catalogue(newsroom, ask)


def _read_around(shelf: FiledShelf, shelved: Shelved, beat: Beat) -> Sequence[Shelved]:
    """Return the stories that may be like a given story, and all others of their groups."""
    name = rules.record_name(shelved.story.path)
    names = {story for rule in beat.rulings if name in rule.stories for story in rule.stories}
    names |= groups.find_candidates([shelved], beat, shelf.corpus)
    found = shelf.find_by_name(names)
    events = {other.story.group for other in (shelved, *found) if other.story.group}
    return [*found, *shelf.of_groups(events)][:_MOST]


def _make_row(
    story: Story, neighbour: groups.Neighbour, around: Mapping[str, Shelved], beat: Beat
) -> NeighbourRow:
    members = [around[path].story for path in neighbour.paths]
    leader = next((member for member in members if member.heat != -1), members[0])
    rule = _find_rule(story, members, neighbour, beat)
    kind = _choose_kind(neighbour, rule)
    likeness = neighbour.likeness
    values = {
        "likeness": f"{likeness.similarity:.2f}",
        "needed": f"{likeness.needed:.2f}",
        "by": rule.by if rule else "",
        "why": rule.why if rule else "",
    }
    return NeighbourRow(
        kind=kind,
        why=_WORDING.say(kind, values),
        story=leader,
        others=len(members) - 1,
        likeness=likeness.similarity,
        needed=likeness.needed,
        words=likeness.shared,
    )


def _choose_kind(neighbour: groups.Neighbour, rule: Ruling | None) -> NeighbourKind:
    veto = neighbour.likeness.veto
    if neighbour.are_together:
        if not neighbour.would_be_one:
            return NeighbourKind.MERGED if rule else NeighbourKind.STAYS
        return NeighbourKind.ONE_BY_NOW if veto else NeighbourKind.TOGETHER
    if veto == "apart":
        return NeighbourKind.SPLIT
    if veto == "series":
        return NeighbourKind.SERIES
    if neighbour.would_be_one:
        return NeighbourKind.WOULD_MERGE if veto else NeighbourKind.WOULD_JOIN
    return NeighbourKind.UNLIKE


def _find_rule(
    story: Story, members: Sequence[Story], neighbour: groups.Neighbour, beat: Beat
) -> Ruling | None:
    """Return the newest editors' rule that merged a story with others or separated them."""
    said = "merge" if neighbour.are_together else "split"
    name = rules.record_name(story.path)
    others = {rules.record_name(member.path) for member in members}
    for rule in reversed(beat.rulings):
        if rule.said == said and _is_between(rule, name, others):
            return rule
    return None


def _is_between(rule: Ruling, name: str, others: set[str]) -> bool:
    named = set(rule.stories)
    if rule.said == "split" and len(named) == 1:  # from all others
        return name in named or bool(named & others)
    return name in named and bool(named & others)
