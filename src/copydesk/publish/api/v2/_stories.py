"""Stories: one file each, pages from the oldest, the newest hundred, the groups."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice

from copydesk.news import Story
from copydesk.publish._keys import ALL, GROUP, STORY
from copydesk.publish._outputs import ARCHIVE, AnyOutput, Output
from copydesk.publish._plan import SitePlan
from copydesk.publish.api import encoding
from copydesk.publish.api.v2 import _places, _shape, _write
from copydesk.publish.writing import Sheet

NEWEST = 100
OUTPUTS: tuple[AnyOutput, ...] = (
    Output(key=STORY, place=lambda name: _places.item_place("stories", name)),
    Output(key=ARCHIVE, place=lambda number: _places.page(int(number))),
    Output(key=GROUP, place=lambda group: _places.item_place("groups", _places.group_id(group))),
)


def lists(shapes: _shape.Shapes) -> Iterator[Sheet]:
    """Yield the lists over the stories and the groups."""
    plan = shapes.plan
    if plan.wanted(ALL.name):
        latest = [encoding.compact(shapes.story(story)) for story in plan.stories[:NEWEST]]
        yield Sheet(_places.LATEST, _write.listing({}, "stories", latest))
        yield Sheet(_places.STORIES, _write.document(_index(plan)))
        yield from _groups(shapes)


def page(number: int, shapes: _shape.Shapes) -> Iterator[Sheet]:
    """Yield a page of stories, the files of those on it and of groups that they lead, as wanted."""
    plan = shapes.plan
    is_page = plan.wanted(ARCHIVE.name, str(number))
    made: list[bytes] = []
    for entry in reversed(list(plan.archive(number).entries)):
        is_told = is_page or plan.wanted(STORY.name, entry.name)
        is_group = plan.wanted(GROUP.name, entry.group) and shapes.leads(entry)
        story = plan.read(entry.path) if is_told or is_group else None
        if story is None:
            continue
        whole = shapes.story(story)
        if is_told:
            made.append(encoding.compact(whole))
            yield Sheet(_places.story(story), made[-1] + b"\n")
        if is_group:
            place = _places.item_place("groups", _places.group_id(entry.group))
            yield Sheet(place, _write.document(_group(story, whole, shapes)))
    if is_page:
        yield Sheet(_places.page(number), _page(number, made, plan))


def _page(number: int, stories: list[bytes], plan: SitePlan) -> bytes:
    """Return a page, its oldest story first: it only ever grows at its end."""

    def link(other: int) -> str | None:
        is_there = 0 < other <= plan.archive_pages
        return _places.address(_places.page(other), plan) if is_there else None

    head = {"page": number, "older_url": link(number - 1), "newer_url": link(number + 1)}
    return _write.listing(head, "stories", stories)


def _index(plan: SitePlan) -> dict[str, object]:
    last = plan.archive_pages
    return {
        "count": len(plan.stories),
        "pages": last,
        "latest_url": _places.address(_places.LATEST, plan),
        "oldest_page_url": _places.address(_places.page(1), plan) if last else None,
        "newest_page_url": _places.address(_places.page(last), plan) if last else None,
    }


def _groups(shapes: _shape.Shapes) -> Iterator[Sheet]:
    """Yield the list of the groups with the newest stories."""
    plan = shapes.plan
    if not plan.wanted.of_key(GROUP.name):
        return
    newest = ((name, _leader(name, plan)) for name in islice(plan.index.groups(), NEWEST))
    listed = [_group_in_list(name, leader, shapes) for name, leader in newest if leader is not None]
    yield Sheet(_places.index("groups"), _write.document({"groups": listed}))


def _leader(group: str, plan: SitePlan) -> Story | None:
    entry = plan.groups.leader(group)
    return None if entry is None else plan.read(entry.path)


def _group_in_list(group: str, leader: Story, shapes: _shape.Shapes) -> dict[str, object]:
    id_ = _places.group_id(group)
    return {
        "id": id_,
        "api_url": _places.address(_places.item_place("groups", id_), shapes.plan),
        "leader": shapes.reference(leader),
        "newsrooms": shapes.plan.coverages.of(leader).newsrooms,
    }


def _group(leader: Story, whole: Mapping[str, object], shapes: _shape.Shapes) -> dict[str, object]:
    """Return a group by what is published of its leader."""
    return {
        "id": _places.group_id(leader.group),
        "leader": shapes.reference(leader),
        "members": shapes.references(shapes.plan.groups.members(leader.group)),
        "newsrooms": whole["newsrooms"],
        "coverage": whole["coverage"],
        "copies": whole["copies"],
    }
