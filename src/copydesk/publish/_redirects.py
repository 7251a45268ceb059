"""Old addresses: where the reference's readers and programs went, and what stands for that here.

Pages of records lie where they lay. What has changed is the way to their lists, which was guessed
from their addresses (`/sample/`), and the API's pages of its older generation (`page2/`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from copydesk.publish import _records
from copydesk.publish._keys import ALL
from copydesk.publish._plan import SitePlan
from copydesk.publish.writing import Sheet

FILE = "_redirects"
_HEAD = (
    "# Old addresses and where they lead, in the form that Netlify and Cloudflare Pages read.\n"
    "# Another server wants them in its own form; for those of pages there are signposts, too.\n"
)


def folders(plan: SitePlan) -> Mapping[str, str]:
    """Return folders in which old pages lay, each with the list that stands for it."""
    shown = (*_records.SHELVES, "newsletters")
    moved = {
        f"{_records.PAGES[name]}/": f"{name}/"
        for name in shown
        if name in _records.PAGES and _records.is_shown(plan.records.get(name, ()))
    }
    found = {old: new for old, new in moved.items() if old != new}
    return found | ({"news/": "archive/"} if found else {})


def sheets(plan: SitePlan, own: str | None, pages: Iterable[tuple[str, str]]) -> Iterator[Sheet]:
    """Yield the redirects of a site that has old addresses; `own` are the newsroom's, put first.

    `pages` are old addresses of the API and those that stand for them.
    """
    if not (plan.wanted.everything or plan.wanted(ALL.name)):
        return
    moved = list(folders(plan).items())
    lines = [
        f"{plan.links.href(old)} {plan.links.href(new)} 301\n"
        for old, new in (*moved, *(pages if moved else ()))
    ]
    texts = [f"{own.rstrip()}\n"] if own else []
    texts += [_HEAD, *lines] if lines else []
    if texts:
        yield Sheet(FILE, "".join(texts).encode())
