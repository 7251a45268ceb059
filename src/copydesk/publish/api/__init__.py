"""The JSON API of the reference: takes a Plan, gives its files below `api/` (SPEC 5).

Lists are indented by two, single records are compact, both without a final line feed.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from copydesk.publish._plan import Plan
from copydesk.publish._write import Sheet
from copydesk.publish.api import _collections, _generated, _news
from copydesk.publish.api._news import gone
from copydesk.publish.api._old import old_pages

__all__ = ["gone", "old_pages", "prepare", "sheets"]


def prepare(number: int, plan: Plan) -> None:
    """Make what the API says of the stories on a page of the archive, while they are in hand."""
    if plan.wanted("api") and plan.wanted(f"archive/{number}/"):
        _news.prepare(plan.archive(number).entries, plan)


def sheets(plan: Plan) -> Iterator[Sheet]:
    """Give every file of the API."""
    made = [_generated.today(plan)]
    if plan.wanted("api"):
        made.append(_news.sheets(plan))
    if plan.wanted("records"):
        made += [_collections.sheets(plan), _generated.sheets(plan)]
    return chain.from_iterable(made)
