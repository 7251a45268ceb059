"""The page on which an editor files a page found elsewhere, after looking at what it says."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from urllib.parse import quote
from uuid import uuid4

from copydesk import engine
from copydesk.desk._counts import Counts
from copydesk.desk._newsroom_thread import OpenNewsroom
from copydesk.desk._pages import Editor, Pages
from copydesk.news import EditorAction


def render_file(
    opened: OpenNewsroom,
    pages: Pages,
    editor: Editor,
    counts: Counts,
    preview: engine.PagePreview | None = None,
) -> bytes:
    """Return the form for an address, with what stands there once somebody has looked."""
    obstacle = filed = ""
    if preview is not None:
        obstacle = preview.problem or engine.find_obstacle(opened.newsroom, preview)
        filed = engine.find_filed_record(opened.queue, preview)
    return pages.page(
        "file.html",
        editor,
        counts,
        title=pages.strings.say("file_title"),
        id=str(uuid4()),
        topics=pages.topic_choices(()),
        url=preview.url if preview else "",
        preview=preview,
        obstacle=obstacle,
        filed=f"{pages.views.root}story/{quote(filed, safe='')}/" if filed else "",
    )


def read_file(
    newsroom: engine.Newsroom, form: Mapping[str, str], by: str, at: datetime
) -> EditorAction:
    """Return the action that files the page of a form; raises UsageError for no such address."""
    url, topic, why = (form.get(name, "").strip() for name in ("url", "topic", "why"))
    tip = engine.new_tip(newsroom, url, topic=topic, why=why, by=by)
    return EditorAction(
        id=form.get("id") or str(uuid4()),
        kind="file",
        by=by,
        at=at,
        values=(tip.url, *filter(None, (tip.topic,))),
        why=why,
    )
