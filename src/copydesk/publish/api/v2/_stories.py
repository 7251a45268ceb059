"""Stories: one file each, pages from the oldest, the newest hundred, the groups."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from copydesk.news import Story
from copydesk.publish._plan import Plan
from copydesk.publish._write import Sheet
from copydesk.publish.api import _json
from copydesk.publish.api.v2 import _places, _shape, _write

NEWEST = 100


def sheets(shapes: _shape.Shapes) -> Iterator[Sheet]:
    """Give every story in its file and on its page, then the lists over them."""
    plan = shapes.plan
    newest: dict[str, bytes] = {}
    wanted = {story.path for story in islice(plan.stories, NEWEST)}
    for number, stories in enumerate(plan.archive, 1):
        made: list[bytes] = []
        for story in reversed(stories):
            made.append(_json.compact(shapes.story(story)))
            yield Sheet(_places.story(story), made[-1] + b"\n")
            if story.path in wanted:
                newest[story.path] = made[-1]
        yield Sheet(_places.page(number), _page(number, made, plan))
    latest = [newest[story.path] for story in islice(plan.stories, NEWEST)]
    yield Sheet(_places.LATEST, _write.listing({}, "stories", latest))
    yield Sheet(_places.STORIES, _write.document(_index(plan)))
    yield from _groups(shapes)


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
    """Give each group's file, and the list of those with the newest stories."""
    listed: list[dict[str, object]] = []
    for name, members in shapes.groups.items():
        id_ = _places.group_id(name)
        place = _places.one("groups", id_)
        yield Sheet(place, _write.document(_group(name, members, shapes)))
        if len(listed) < NEWEST:
            leader = _leader(name, members, shapes)
            listed.append(
                {
                    "id": id_,
                    "api_url": _places.address(place, shapes.plan),
                    "leader": shapes.reference(leader),
                    "newsrooms": shapes.plan.coverages.of(leader).newsrooms,
                }
            )
    yield Sheet(_places.index("groups"), _write.document({"groups": listed}))


def _group(name: str, members: list[Story], shapes: _shape.Shapes) -> dict[str, object]:
    leader = _leader(name, members, shapes)
    whole = shapes.story(leader)
    return {
        "id": _places.group_id(name),
        "leader": shapes.reference(leader),
        "members": [shapes.reference(member) for member in members],
        "newsrooms": whole["newsrooms"],
        "coverage": whole["coverage"],
        "copies": whole["copies"],
    }


def _leader(name: str, members: list[Story], shapes: _shape.Shapes) -> Story:
    path = shapes.plan.groups.leading[name].path
    return next(member for member in members if member.path == path)
