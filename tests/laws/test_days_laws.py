"""Laws of what is found late: an import of old news groups it as if it had come day by day."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import chain, groupby, pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from copydesk.news import Story
from judge.covered import QUAKES, ROBOT, VOTE, Desk, name_of, story

MIDNIGHT = datetime(2015, 3, 2, tzinfo=UTC)
IMPORTED = datetime(2026, 11, 27, 12, tzinfo=UTC)
TITLES = st.sampled_from([*QUAKES, *QUAKES, ROBOT, VOTE, "Senate passes the dairy subsidy", ""])
# some days full of news, some years apart: what ends, what is forgotten, what begins again
HOURS = st.integers(0, 96) | st.integers(0, 24 * 60) | st.integers(0, 24 * 3000)


@st.composite
def archives(draw: st.DrawFn) -> list[Story]:
    """Return stories in the order of their publication."""
    hours = sorted(draw(st.lists(HOURS, min_size=2, max_size=14)))
    return [
        replace(
            story(f"s{at:02}", draw(TITLES), draw(st.integers(0, 100))),
            published_at=MIDNIGHT + timedelta(hours=hour),
            excerpt=draw(TITLES),
        )
        for at, hour in enumerate(hours)
    ]


def day_of(one: Story) -> str:
    return f"{one.published_at:%F}"


def file_windows(
    windows: Iterable[Sequence[Story]], found: Callable[[Story], datetime]
) -> tuple[set[frozenset[str]], dict[str, str]]:
    """Return the groups and matters of stories that came in rounds, found when `found` says."""
    desk = Desk()
    times: dict[str, datetime] = {}
    for window in windows:
        times |= {name_of(one): found(one) for one in window}
        desk.round(*window, found=times)
    return desk.groups(), {name: one.matter for name, one in desk.filed.items()}


def at_once(one: Story) -> datetime:
    """Say that a story was found long after it was published, with all others."""
    return IMPORTED


def in_time(one: Story) -> datetime:
    """Say that a story was found within the hour."""
    assert one.published_at is not None
    return one.published_at + timedelta(hours=1)


@given(archives(), st.data())
@settings(max_examples=200)
def test_one_import_groups_as_the_same_stories_window_by_window(
    stories: list[Story], data: st.DataObject
) -> None:
    days = [list(window) for _, window in groupby(stories, day_of)]
    cuts = data.draw(st.sets(st.integers(1, len(days))))
    ends = sorted({0, *cuts, len(days)})
    windows = [list(chain(*days[start:end])) for start, end in pairwise(ends)]
    assert file_windows([stories], at_once) == file_windows(windows, in_time)


@given(archives(), st.randoms())
@settings(max_examples=100)
def test_the_order_in_which_an_import_finds_them_is_nothing(
    stories: list[Story], chance: random.Random
) -> None:
    mixed = list(stories)
    chance.shuffle(mixed)
    assert file_windows([stories], at_once) == file_windows([mixed], at_once)
