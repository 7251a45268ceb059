"""Stories: one file each, pages from the oldest, the newest hundred, the groups."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from copydesk.news import Story
from copydesk.publish._entries import Entry
from copydesk.publish._plan import Plan
from copydesk.publish._write import Sheet
from copydesk.publish.api import _json
from copydesk.publish.api.v2 import _places, _shape, _write

NEWEST = 100


def lists(shapes: _shape.Shapes) -> Iterator[Sheet]:
    """Give the lists over the stories and the groups."""
    plan = shapes.plan
    if plan.wanted("api"):
        latest = [_json.compact(shapes.story(story)) for story in plan.stories[:NEWEST]]
        yield Sheet(_places.LATEST, _write.listing({}, "stories", latest))
        yield Sheet(_places.STORIES, _write.document(_index(plan)))
        yield from _groups(shapes)


def page(number: int, shapes: _shape.Shapes) -> Iterator[Sheet]:
    """Give a page of stories and the files of those on it, as far as they are wanted."""
    plan = shapes.plan
    is_page = plan.wanted(f"archive/{number}/")
    made: list[bytes] = []
    for entry in reversed(plan.archive[number - 1].entries):
        story = plan.read(entry.path) if is_page or plan.wanted(entry.folder) else None
        if story is not None:
            made.append(_json.compact(shapes.story(story)))
            yield Sheet(_places.story(story), made[-1] + b"\n")
    if is_page:
        yield Sheet(_places.page(number), _page(number, made, plan))


def _page(number: int, stories: list[bytes], plan: Plan) -> bytes:
    """Give a page, its oldest story first: it only ever grows at its end."""

    def link(other: int) -> str | None:
        is_there = 0 < other <= len(plan.archive)
        return _places.address(_places.page(other), plan) if is_there else None

    head = {"page": number, "older_url": link(number - 1), "newer_url": link(number + 1)}
    return _write.listing(head, "stories", stories)


def _index(plan: Plan) -> dict[str, object]:
    last = len(plan.archive)
    return {
        "count": len(plan.stories),
        "pages": last,
        "latest_url": _places.address(_places.LATEST, plan),
        "oldest_page_url": _places.address(_places.page(1), plan) if last else None,
        "newest_page_url": _places.address(_places.page(last), plan) if last else None,
    }


def _groups(shapes: _shape.Shapes) -> Iterator[Sheet]:
    """Give the wanted groups' files, and the list of those with the newest stories."""
    plan = shapes.plan
    listed: list[dict[str, object]] = []
    for name, members in shapes.groups.items():
        id_ = _places.group_id(name)
        place = _places.one("groups", id_)
        is_wanted = plan.wanted(f"group {name}")
        if not is_wanted and len(listed) == NEWEST:
            continue
        leader = plan.read(plan.groups.leading[name].path)
        if leader is None:
            continue
        if is_wanted:
            yield Sheet(place, _write.document(_group(name, members, leader, shapes)))
        if len(listed) < NEWEST:
            listed.append(
                {
                    "id": id_,
                    "api_url": _places.address(place, plan),
                    "leader": shapes.reference(leader),
                    "newsrooms": plan.coverages.of(leader).newsrooms,
                }
            )
    yield Sheet(_places.index("groups"), _write.document({"groups": listed}))


def _group(
    name: str, members: Iterable[Entry], leader: Story, shapes: _shape.Shapes
) -> dict[str, object]:
    whole = shapes.story(leader)
    return {
        "id": _places.group_id(name),
        "leader": shapes.reference(leader),
        "members": shapes.references(members),
        "newsrooms": whole["newsrooms"],
        "coverage": whole["coverage"],
        "copies": whole["copies"],
    }
