"""Groups called after a story that stands elsewhere: by hand, by merged branches, by a round."""

from __future__ import annotations

from dataclasses import replace

import pytest

from copydesk.judge.clustering import Stream
from judge.covered import BEAT, QUAKES, ROBOT, VOTE, Desk, document, ruled, story

Filed = list[tuple[str, str]]  # keys of documents and the groups that they are filed under


def together(filed: Filed) -> set[str]:
    """Return who stands with whom, each group as its name and its documents: `a: a c`."""
    stream = Stream(whole=[key for key, _ in filed])
    for key, group in filed:
        stream.add(document(key, "", group=group))
    stream.settle()
    found: dict[str, list[str]] = {}
    for key, name in stream.groups().items():
        found.setdefault(name, []).append(key)
    return {f"{name}: {' '.join(keys)}" for name, keys in found.items()}


@pytest.mark.parametrize(
    ("filed", "groups"),
    [
        # the namesake stands in a group whose own namesake comes later, and begins one of its own
        (
            [("a", "b"), ("c", "a"), ("b", ""), ("d", "a"), ("e", "b")],
            {"a: a e", "c: c d", "b: b"},
        ),
        # the namesake begins one of its own between two that are filed under its name
        ([("b", "a"), ("a", ""), ("c", "a")], {"b: b c", "a: a"}),
        ([("b", "a"), ("c", "a"), ("a", "d"), ("d", "d")], {"b: b c", "d: a d"}),
        # chains, of which each link stands in the next group
        ([("a", "b"), ("b", "c"), ("c", "d"), ("d", "")], {"a: a", "b: b", "c: c", "d: d"}),
        ([("a", "b"), ("b", "c"), ("e", "a"), ("f", "b")], {"a: a f", "e: e", "c: b"}),
        # circles
        ([("a", "b"), ("b", "a")], {"a: a", "b: b"}),
        ([("a", "b"), ("b", "c"), ("c", "a"), ("d", "a")], {"a: a", "b: b", "c: c d"}),
        # a namesake that is its own, and one that is not there
        ([("a", "a"), ("b", "a")], {"a: a b"}),
        ([("b", "gone"), ("c", "gone")], {"gone: b c"}),
    ],
)
def test_what_is_filed_under_one_name_stays_together_wherever_its_namesake_stands(
    filed: Filed, groups: set[str]
) -> None:
    assert groups == together(filed)


def test_a_group_that_ended_gives_its_name_to_the_namesake_that_comes_at_last() -> None:
    stream = Stream()
    stream.add(document("b", VOTE, group="a"))
    for at in range(60):
        stream.add(document(f"f{at}", f"{ROBOT} {at}", 24 * (at + 31)))
    stream.add(document("a", QUAKES[0], 24 * 91))
    stream.settle()
    assert (stream.groups()["a"], stream.groups()["b"]) == ("a", "b")


def filed(**groups: str) -> Desk:
    """Return a desk whose records were put into these groups by hand."""
    desk = Desk()
    titles = dict(zip("abcdxy", [*QUAKES[:4], ROBOT, ROBOT], strict=True))
    for name, group in groups.items():
        desk.filed[name] = story(name, titles[name], group=group)
    return desk


def test_a_namesake_that_was_put_elsewhere_by_hand_leaves_the_others_together() -> None:
    desk = filed(a="x", b="a", c="a", x="")

    desk.round(story("new", VOTE))

    assert {frozenset("ax"), frozenset("bc")} == desk.groups()
    assert {"a": "x", "b": "b", "c": "b", "x": "x", "new": ""} == {
        name: one.group for name, one in desk.filed.items()
    }
    assert {} == desk.changes()


def test_groups_called_after_each_others_stories_are_called_after_their_own() -> None:
    desk = filed(a="x", b="x", x="a", y="a")

    desk.round(story("new", VOTE))

    assert {frozenset("ab"), frozenset("xy")} == desk.groups()
    assert ["a", "a", "x", "x"] == [desk.filed[name].group for name in "abxy"]
    assert {} == desk.changes()


def test_a_namesake_that_is_split_off_does_not_come_to_those_that_bear_its_name() -> None:
    desk = filed(a="x", b="a", c="a", x="x", y="x")
    desk.beat = replace(BEAT, rulings=(ruled("split", "a"),))

    desk.round()

    assert {frozenset("bc"), frozenset("xy")} == desk.groups()
    assert "" == desk.filed["a"].group
    assert {} == desk.changes()


def test_a_corrected_story_that_joins_others_leaves_its_name_to_nobody() -> None:
    desk = Desk()
    desk.round(*(story(name, title) for name, title in zip("abc", QUAKES, strict=False)))
    desk.round(story("x", ROBOT))
    assert "a" == desk.filed["c"].group

    desk.round(replace(desk.filed["a"], title=ROBOT))
    assert {frozenset("ax"), frozenset("bc")} == desk.groups()
    del desk.filed["x"]
    desk.round(story("new", VOTE))

    assert {frozenset("bc")} == desk.groups()
    assert {} == desk.changes()
