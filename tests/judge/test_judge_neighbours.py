"""What a filed story is most like, and what keeps it from each, by the judge's own rule."""

from __future__ import annotations

from dataclasses import replace

import pytest

from copydesk.judge import coverage
from copydesk.judge.coverage import groups
from copydesk.news import Beat, Shelved, Story
from judge.covered import BEAT, QUAKES, ROBOT, VOTE, Desk, ruled, story


def weigh(own: Story, *others: Story, beat: Beat = BEAT) -> tuple[groups.Neighbour, ...]:
    around = [Shelved(story=other) for other in others]
    corpus = coverage.make_corpus([Shelved(story=own), *around])
    return groups.weigh_neighbours(Shelved(story=own), around, beat, corpus)


def test_the_most_like_comes_first_with_its_words_and_what_is_unlike_is_none() -> None:
    others = (
        story("b", QUAKES[1]),
        story("c", "An earthquake drill for pupils in a mountain town"),
        story("r", ROBOT),
    )

    near, *far = weigh(story("a"), *others)

    assert ("_news/b.md",) == near.paths
    assert "" == near.likeness.veto
    assert near.likeness.similarity >= near.likeness.needed
    assert "earthquake" in near.likeness.shared
    assert ["likeness"] == [neighbour.likeness.veto for neighbour in far]
    assert [("_news/c.md",)] == [neighbour.paths for neighbour in far]
    assert all(n.likeness.similarity < n.likeness.needed for n in far)


def test_whether_it_would_join_is_what_a_round_decides() -> None:
    for title in (
        *QUAKES[1:],
        ROBOT,
        VOTE,
        "Council of the harbour city opens a library",
    ):
        desk = Desk()
        desk.round(story("b", QUAKES[0]))
        desk.round(story("a", title, hours=1))

        near = weigh(story("a", title, hours=1), story("b", QUAKES[0]))

        would_be_one = any(neighbour.would_be_one for neighbour in near)
        assert bool(desk.filed["a"].group) is would_be_one, title


@pytest.mark.parametrize("names", [("a", "b"), ("b",)])
def test_an_editors_split_is_the_veto(names: tuple[str, ...]) -> None:
    beat = replace(BEAT, rulings=(ruled("split", *names),))

    [near] = weigh(story("a"), story("b", QUAKES[1]), beat=beat)

    assert "apart" == near.likeness.veto


def test_numbers_of_a_series_in_the_headlines_are_a_veto() -> None:
    fourth, fifth = (
        f"Velmora harbour court hears the {number} day of the earthquake trial"
        for number in ("4th", "5th")
    )

    [near] = weigh(story("a", fourth), story("b", fifth))

    assert "series" == near.likeness.veto


def test_of_a_group_all_are_told_and_its_own_is_known() -> None:
    others = (story("b", QUAKES[1], group="b"), story("c", QUAKES[2], group="b"))

    [beside] = weigh(story("a", group="b"), *others)
    [apart] = weigh(story("a"), *others)

    assert ("_news/b.md", "_news/c.md") == beside.paths == apart.paths
    assert (True, False) == (beside.are_together, apart.are_together)
    assert beside.likeness.needed < 0.27  # the larger a group, the less is needed


def test_copies_and_what_was_rejected_are_no_neighbours() -> None:
    copy = story("b", QUAKES[0], copy_of="c")

    assert () == weigh(story("a"), copy)


def test_what_an_editor_merged_is_compared_as_if_nobody_had() -> None:
    beat = replace(BEAT, rulings=(ruled("merge", "a", "r"),))

    near = weigh(story("a", group="a"), story("r", ROBOT, group="a"), beat=beat)

    assert [(("_news/r.md",), True, "likeness")] == [
        (neighbour.paths, neighbour.are_together, neighbour.likeness.veto) for neighbour in near
    ]
