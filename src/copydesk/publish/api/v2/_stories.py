"""Files of stories: one for each, pages from the oldest, the newest hundred, the groups."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain, islice

from copydesk.news import Story
from copydesk.publish._entries import ALL, GROUP, STORY
from copydesk.publish._plan import ARCHIVE, AnyOutput, Output, SitePlan
from copydesk.publish.api import encoding
from copydesk.publish.api.v2 import _lists, _schema, _shape
from copydesk.publish.writing import Sheet

NEWEST = 100
_STORY_OUTPUTS: tuple[AnyOutput, ...] = (
    Output(key=STORY, place=lambda name: _shape.item_place("stories", name)),
    Output(key=ARCHIVE, place=lambda number: _shape.page_place(int(number))),
    Output(key=GROUP, place=lambda group: _shape.item_place("groups", _shape.group_id(group))),
)
OUTPUTS: tuple[AnyOutput, ...] = (*_STORY_OUTPUTS, *_lists.OUTPUTS)


def lists(shapes: _shape.Shapes) -> Iterator[Sheet]:
    """Return all other files of the API and the documents that describe it."""
    schema = _schema.sheets(shapes.plan) if shapes.plan.wanted.everything else ()
    letters = _lists.letter_sheets(shapes.plan)
    return chain(_story_lists(shapes), _lists.sheets(shapes), letters, schema)


def _story_lists(shapes: _shape.Shapes) -> Iterator[Sheet]:
    """Yield the lists over the stories and the groups."""
    plan = shapes.plan
    if plan.wanted(ALL.name):
        latest = [encoding.compact(shapes.story(story)) for story in plan.stories[:NEWEST]]
        yield Sheet(_shape.LATEST, _shape.listing({}, "stories", latest))
        yield Sheet(_shape.STORIES, _shape.document(_index(plan)))
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
            yield Sheet(_shape.story_place(story), made[-1] + b"\n")
        if is_group:
            place = _shape.item_place("groups", _shape.group_id(entry.group))
            yield Sheet(place, _shape.document(_group(story, whole, shapes)))
    if is_page:
        yield Sheet(_shape.page_place(number), _page(number, made, plan))


def _page(number: int, stories: list[bytes], plan: SitePlan) -> bytes:
    """Return a page, its oldest story first: it only ever grows at its end."""

    def link(other: int) -> str | None:
        is_there = 0 < other <= plan.archive_pages
        return _shape.address(_shape.page_place(other), plan) if is_there else None

    head = {"page": number, "older_url": link(number - 1), "newer_url": link(number + 1)}
    return _shape.listing(head, "stories", stories)


def _index(plan: SitePlan) -> dict[str, object]:
    last = plan.archive_pages
    return {
        "count": len(plan.stories),
        "pages": last,
        "latest_url": _shape.address(_shape.LATEST, plan),
        "oldest_page_url": _shape.address(_shape.page_place(1), plan) if last else None,
        "newest_page_url": _shape.address(_shape.page_place(last), plan) if last else None,
    }


def _groups(shapes: _shape.Shapes) -> Iterator[Sheet]:
    """Yield the list of the groups with the newest stories."""
    plan = shapes.plan
    if not plan.wanted.of_key(GROUP.name):
        return
    newest = ((name, _leader(name, plan)) for name in islice(plan.index.groups(), NEWEST))
    listed = [_group_in_list(name, leader, shapes) for name, leader in newest if leader is not None]
    yield Sheet(_shape.index_place("groups"), _shape.document({"groups": listed}))


def _leader(group: str, plan: SitePlan) -> Story | None:
    entry = plan.groups.leader(group)
    return None if entry is None else plan.read(entry.path)


def _group_in_list(group: str, leader: Story, shapes: _shape.Shapes) -> dict[str, object]:
    id_ = _shape.group_id(group)
    return {
        "id": id_,
        "api_url": _shape.address(_shape.item_place("groups", id_), shapes.plan),
        "leader": shapes.reference(leader),
        "newsrooms": shapes.plan.coverages.of(leader).newsrooms,
    }


def _group(leader: Story, whole: Mapping[str, object], shapes: _shape.Shapes) -> dict[str, object]:
    """Return a group by what is published of its leader."""
    return {
        "id": _shape.group_id(leader.group),
        "leader": shapes.reference(leader),
        "members": shapes.references(shapes.plan.groups.members(leader.group)),
        "newsrooms": whole["newsrooms"],
        "coverage": whole["coverage"],
        "copies": whole["copies"],
    }
