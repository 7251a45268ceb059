"""What a filed story is most like is told by the terms that are kept, and why they are apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from copydesk import newsroom, review
from copydesk.catalogue import Catalogue
from copydesk.errors import RecordError
from copydesk.judge import coverage
from copydesk.news import EditorAction, Shelved, Story
from copydesk.rounds.rejudging.neighbours import NeighbourReport, list_neighbours
from world.desk import NAMES, act, action, desk_newsroom, stories
from world.newsroom import NOW

EVERYDAY = '[scoring]\nprofile = "everyday"\n'
TITLES = (
    "Strong earthquake shakes the harbour city of Velmora",
    "Velmora earthquake: harbour damaged by strong shocks",
    "City council quarrels over parking fees",
    "Robot orchestra plays its first concert for penguins",
)
A, B, C, D = NAMES[:4]


def titled(*groups: str) -> list[Story]:
    """Return stories as the line filed them, each in its group."""
    made = []
    for story, title, group in zip(stories(4), TITLES, [*groups, "", "", "", ""], strict=False):
        filed = replace(story, title=title, excerpt="", group=group)
        made.append(replace(filed, machine=review.digests(filed)))
    return made


def newsroom_of(root: Path, filed: Sequence[Story], *said: EditorAction, more: str = "") -> Path:
    """Make a newsroom whose catalogue keeps the terms of what is filed, as after a round."""
    desk_newsroom(root, filed, more=more)
    (root / ".copydesk").mkdir(exist_ok=True)
    terms = coverage.index_stories([(Shelved(story=story), b"") for story in filed])
    catalogue = Catalogue(root / ".copydesk" / "catalogue.sqlite")
    catalogue.corpus.update(list(terms))
    catalogue.close()
    if said:
        act(root, *said)
    return root


def neighbours(root: Path, name: str = A) -> NeighbourReport:
    with newsroom.open_newsroom(root, NOW, {}) as opened:
        return list_neighbours(opened, name)


def told(root: Path, name: str = A) -> list[tuple[str, str, str]]:
    return [
        (row.kind, Path(row.story.path).stem, row.why.partition(" similarity")[0])
        for row in neighbours(root, name).rows
    ]


@pytest.mark.parametrize(
    ("groups", "said", "kind", "why"),
    [
        ((A, A), (), "together", "together:"),
        (("", ""), (), "would-join", "not grouped when it was added; today"),
        (
            (A, A),
            (action("rule", "split", B, A, why="two matters"),),
            "split",
            "not grouped: split by Anna: two matters",
        ),
    ],
)
def test_the_nearest_says_why_it_is_grouped_or_not(
    tmp_path: Path,
    groups: tuple[str, ...],
    said: tuple[EditorAction, ...],
    kind: str,
    why: str,
) -> None:
    root = newsroom_of(tmp_path / "beat", titled(*groups), *said)

    nearest, other = told(root)

    assert (kind, B, why) == nearest
    assert ("unlike", C, "not grouped:") == other


def test_what_an_editor_merged_is_together_by_that_word(tmp_path: Path) -> None:
    merged = action("rule", "merge", A, C, why="one visit")
    root = newsroom_of(tmp_path / "beat", titled(), merged)

    assert ("merged", "together: merged by Anna: one visit") in [
        (kind, why) for kind, _, why in told(root, C)
    ]


def test_what_stands_together_from_before_says_so(tmp_path: Path) -> None:
    root = newsroom_of(tmp_path / "beat", titled(A, "", A))

    assert ("stays", "together since they were added; today's") in [
        (kind, why) for kind, _, why in told(root, C)
    ]


def test_where_words_are_not_compared_that_is_said(tmp_path: Path) -> None:
    root = newsroom_of(tmp_path / "beat", titled(), more=EVERYDAY)

    assert NeighbourReport(note="the profile everyday does not compare words") == neighbours(root)


def test_a_copy_stands_in_no_group_and_nobody_is_no_record(tmp_path: Path) -> None:
    first, second, *_ = titled()
    root = newsroom_of(tmp_path / "beat", [first, replace(second, copy_of=A)])

    assert f"a copy of {A} belongs to no group" == neighbours(root, B).note
    with pytest.raises(RecordError):
        neighbours(root, "nobody")
