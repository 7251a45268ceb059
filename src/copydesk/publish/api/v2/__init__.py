"""The second JSON API: takes a SitePlan, gives the files of `api/v2/` (docs/reference/api-v2.md).

Every object has every key of its schema, null where nothing is known. Pages are numbered from the
oldest, so one more story changes the last page and the lists that it is in.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from copydesk.publish.api.v2 import _letters, _lists, _schema, _stories
from copydesk.publish.api.v2._shape import Shapes as Shapes
from copydesk.publish.writing import Sheet

OUTPUTS = (*_stories.OUTPUTS, *_lists.OUTPUTS)


def page(number: int, shapes: Shapes) -> Iterator[Sheet]:
    """Return a page of stories and the files of those on it, as far as they are wanted."""
    return _stories.page(number, shapes)


def lists(shapes: Shapes) -> Iterator[Sheet]:
    """Return all other files of the API and the documents that describe it."""
    schema = _schema.sheets(shapes.plan) if shapes.plan.wanted.everything else ()
    letters = _letters.sheets(shapes.plan)
    return chain(_stories.lists(shapes), _lists.sheets(shapes), letters, schema)
