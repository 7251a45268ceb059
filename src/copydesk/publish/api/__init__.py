"""The JSON API of the reference: takes a SitePlan, gives its files below `api/` (SPEC 5).

Lists are indented by two, single records are compact, both without a final line feed.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from copydesk.publish._keys import ALL, LETTER
from copydesk.publish._outputs import ARCHIVE, AnyOutput
from copydesk.publish._plan import SitePlan
from copydesk.publish.api import _collections, _generated, _news
from copydesk.publish.api._old_pages import old_pages as old_pages
from copydesk.publish.writing import Sheet

OUTPUTS: tuple[AnyOutput, ...] = (_news.LISTS,)


def prepare(number: int, plan: SitePlan) -> None:
    """Make what the API says of the stories on a page of the archive, while they are in hand."""
    if plan.wanted(ARCHIVE.name, str(number)):
        _news.prepare(plan.archive(number).entries, plan)


def sheets(plan: SitePlan) -> Iterator[Sheet]:
    """Return every file of the API."""
    made = [_generated.today(plan)]
    if plan.wanted(ALL.name):
        made.append(_news.sheets(plan))
    if plan.wanted.everything:
        made += [_collections.sheets(plan), _generated.sheets(plan)]
    if plan.wanted.of_key(LETTER.name):
        made.append(_generated.letters(plan))
    return chain.from_iterable(made)
