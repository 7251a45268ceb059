"""Who leads a group, and what a story tells: asked of any index of filed stories."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import pytest

from copydesk.placement import Groups
from world import editions


@dataclass(frozen=True)
class Filed:
    path: str
    group: str = ""
    copy_of: str = ""
    heat: int = 0
    is_public: bool = True
    is_removed: bool = False
    has_led: bool = False

    @property
    def name(self) -> str:
        return self.path.removesuffix(".md")

    @property
    def folder(self) -> str:
        return f"news/{self.name}/"


class Index:
    def __init__(self, *stories: Filed) -> None:
        self._stories = stories

    def by_name(self, name: str) -> Filed | None:
        return next((story for story in self._stories if story.name == name), None)

    def members(self, group: str) -> list[Filed]:
        return [story for story in self._stories if story.group == group and story.is_public]

    def list_with_changes(self, _group: str) -> list[Filed]:
        return []

    def former_leaders(self, groups: Collection[str] | None = None) -> list[Filed]:
        former = [story for story in self._stories if story.has_led]
        return [story for story in former if groups is None or story.group in groups]


def test_the_hottest_leads_and_of_two_the_first_by_path() -> None:
    cool, second, first = Filed("c.md", "g", heat=1), Filed("b.md", "g", heat=9), Filed("a.md", "g")
    first = Filed("a.md", "g", heat=9)

    assert first == Groups(Index(cool, second, first)).leader("g")


def test_a_group_without_a_published_story_has_no_leader() -> None:
    assert Groups(Index(Filed("a.md", "g", is_public=False))).leader("g") is None


@pytest.mark.parametrize(
    ("stories", "event"),
    [
        ([Filed("a.md")], "a"),
        ([Filed("a.md", group="g")], "g"),
        ([Filed("a.md", copy_of="b"), Filed("b.md", group="g")], "g"),
        ([Filed("a.md", copy_of="b"), Filed("b.md", copy_of="c"), Filed("c.md")], "c"),
        ([Filed("a.md", copy_of="gone")], "gone"),
        ([Filed("a.md", copy_of="b"), Filed("b.md", is_removed=True)], "b"),
        ([Filed("b.md", copy_of="a"), Filed("a.md", copy_of="b")], "a"),
    ],
    ids=["alone", "member", "copy", "copy of a copy", "lost", "removed", "circle"],
)
def test_what_a_story_tells(stories: list[Filed], event: str) -> None:
    assert event == Groups(Index(*stories)).event(stories[0])


def test_readers_of_a_former_leader_are_sent_to_the_leader_of_today() -> None:
    leader = Filed("b.md", "g", heat=9)
    former = Filed("a.md", "g", is_public=False, has_led=True)
    groups = Groups(Index(leader, former))

    assert {"news/a/": leader} == groups.redirects()
    assert {} == groups.redirects({"another"})


def test_background_is_shown_once_an_event_and_never_the_story_itself() -> None:
    own, member = Filed("own.md", "g"), Filed("member.md", "g", is_public=False)
    copy, original = Filed("copy.md", copy_of="original"), Filed("original.md")
    story = editions.story("own", group="g", background=("member", "copy", "original", "lost"))

    background = Groups(Index(own, member, copy, original)).background(story)

    assert (copy,) == background


@pytest.mark.parametrize("named", ["first", "former"])
def test_background_shows_the_leader_of_today_however_the_event_is_named(named: str) -> None:
    first, former = Filed("first.md", "first", is_public=False), Filed("former.md", "first", heat=1)
    leader = Filed("leader.md", "first", heat=9)
    story = editions.story("own", background=(named, "first"))

    assert (leader,) == Groups(Index(first, former, leader)).background(story)


def test_an_event_keeps_its_background_when_its_first_story_left_it() -> None:
    moved, leader = Filed("first.md", "other", is_public=False), Filed("leader.md", "first")
    story = editions.story("own", background=("first",))

    assert (leader,) == Groups(Index(moved, leader)).background(story)
