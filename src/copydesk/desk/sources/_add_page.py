"""The page on which an owner adds sources: an address, what it leads to, what that would bring."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from copydesk import engine
from copydesk.desk._counts import Counts
from copydesk.desk._pages import Editor, Pages, asset_name
from copydesk.desk._story_view import View
from copydesk.kit import dates, text

_SHOWN_ROWS = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """What somebody typed, and what was found so far: lists, what one would bring, or a problem.

    `instead` is the address of the source whose place a list is to take, `opml` a list that
    somebody else keeps, `rows` what it would become.
    """

    url: str = ""
    instead: str = ""
    lists: Sequence[engine.FoundList] = ()
    preview: engine.ListPreview | None = None
    problem: str = ""
    opml: str = ""
    rows: Sequence[engine.ImportRow] = ()


def render_add(pages: Pages, editor: Editor, counts: Counts, search: Search) -> bytes:
    """Return the page with what has been found so far."""
    return pages.page(
        "source_add.html",
        editor,
        counts,
        title=pages.strings.say("source_look_anew" if search.instead else "source_add_title"),
        own_style=f"{pages.views.root}assets/{asset_name('sources.css')}",
        url=search.url,
        instead=search.instead,
        problem=search.problem,
        lists=[_show_list(pages, found) for found in search.lists],
        preview=_show_preview(search.preview),
        opml=search.opml,
        fresh=sum(row.becomes == "new" for row in search.rows),
        import_rows=[_show_row(row) for row in search.rows[:_SHOWN_ROWS]],
        more=max(0, len(search.rows) - _SHOWN_ROWS),
    )


def _show_list(pages: Pages, found: engine.FoundList) -> View:
    return {
        "url": found.url,
        "title": text.fold(found.title) or found.url,
        "kind": found.kind,
        "count": pages.strings.say("list_items", count=found.items),
        "time": pages.views.time(dates.parse(found.newest)),
        "samples": [text.fold(sample) for sample in found.samples],
    }


def _show_preview(preview: engine.ListPreview | None) -> View | None:
    if preview is None:
        return None
    return {
        "leads": [{"url": url, "title": title or url} for url, title in preview.leads],
        "judged": " · ".join(filter(None, preview.judged)),
    }


def _show_row(row: engine.ImportRow) -> View:
    becomes: Literal["new", "known"] = row.becomes
    return {
        "url": row.source.url,
        "name": text.fold(row.source.name) or row.source.url,
        "becomes": becomes,
        "topics": ", ".join(row.source.topics),
        "strange": text.fold(", ".join(row.strange)),
    }
