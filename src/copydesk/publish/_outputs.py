"""Outputs: what lists stories, by which key of theirs, in which place, made by what.

Each output says so once, where it is made. What a change touches follows from it: an output is made
for the headings under which a changed story stood or stands, and nobody knows another's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from copydesk.publish._keys import ALL, StoryKey
from copydesk.publish._plan import Look, SitePlan
from copydesk.publish.writing import Sheet

_Tool = TypeVar("_Tool")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """The stories of each value of a key, cut into pages from the oldest: only the last one grows.

    `page` gives the value of a page by that of its key and its number; `size` is in stories.
    """

    name: str
    key: StoryKey
    size: Callable[[Look], int]
    page: Callable[[str, int], str]


def count_pages(stories: int, size: int) -> int:
    """Return how many pages so many stories take."""
    return -(-stories // size)


ARCHIVE = Cut(
    name="archive",
    key=ALL,
    size=lambda look: look.sizes.archive,
    page=lambda _value, number: str(number),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Output(Generic[_Tool]):
    """What lists the stories of each value of a key.

    `place` is the folder or file of a value, or what its files begin with, "" where it has none.
    `make` makes them with a tool of the output's own. `values` are those that have a page on a
    site, in the order of its sitemap; without them the output has no page there. `index` is the
    folder of the page that lists the values, which `make_index` makes, `index_name` the string by
    which the foot of every page leads there, "" where a template does; where `has_index` says no,
    there is none.

    `is_linked` says that the page of a value leads to the one before and after it, `is_fixed` that
    it stays when the last story has left, `is_split` that it is cut into files and may need fewer,
    `is_walked` that it is made while all stories are gone through. Where `is_on` says no, there is
    none of it.
    """

    key: StoryKey | Cut
    place: Callable[[str], str]
    make: Callable[[_Tool, str], Iterable[Sheet]] = lambda _tool, _value: ()
    values: Callable[[SitePlan], Iterable[str]] = lambda _plan: ()
    index: str = ""
    make_index: Callable[[_Tool], Iterable[Sheet]] = lambda _tool: ()
    index_name: str = ""
    has_index: Callable[[SitePlan], bool] = lambda _plan: True
    is_linked: bool = False
    is_fixed: bool = False
    is_split: bool = False
    is_walked: bool = False
    is_on: Callable[[Look], bool] = lambda _look: True


AnyOutput = Output[Any]


def make(output: Output[_Tool], tool: _Tool, plan: SitePlan) -> Iterator[Sheet]:
    """Make an output for all values for which it is wanted."""
    for value in output.values(plan):
        if plan.wanted(output.key.name, value):
            yield from output.make(tool, value)


def story_keys(outputs: Iterable[AnyOutput]) -> tuple[StoryKey, ...]:
    """Return the keys of stories by which these outputs list, each once."""
    keys = (output.key for output in outputs)
    return tuple(dict.fromkeys(key.key if isinstance(key, Cut) else key for key in keys))
