"""The second JSON API: takes a Plan, gives its files below `api/v2/` (docs/reference/api-v2.md).

Every object has every key of its schema, null where nothing is known. Pages are numbered from the
oldest, so one more story changes the last page and the lists that it is in.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from copydesk.publish._plan import Plan
from copydesk.publish._write import Sheet
from copydesk.publish.api.v2 import _lists, _schema, _shape, _stories
from copydesk.publish.api.v2._places import gone

__all__ = ["gone", "sheets"]


def sheets(plan: Plan) -> Iterator[Sheet]:
    """Give every file of the API and the documents that describe it."""
    shapes = _shape.Shapes(plan)
    schema = _schema.sheets(plan) if plan.wanted("records") else ()
    return chain(_stories.sheets(shapes), _lists.sheets(shapes), schema)
