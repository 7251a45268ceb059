"""The page on which an editor writes a story without a source."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import uuid4

from copydesk import engine
from copydesk.desk._counts import Counts
from copydesk.desk._draft_fields import FoundDraft
from copydesk.desk._pages import Editor, Pages
from copydesk.news import Beat, EditorAction

_TYPED = ("title", "excerpt", "text", "other_picture", "alt", "credit", "why")


def render_write(
    pages: Pages, editor: Editor, counts: Counts, beat: Beat, draft: FoundDraft
) -> bytes:
    """Return the form in which a story is written, with what was typed into it before."""
    return pages.page(
        "write.html",
        editor,
        counts,
        title=pages.strings.say("write_title"),
        id=str(uuid4()),
        topics=[topic for topic in pages.topic_choices(()) if topic["name"] != beat.topic],
        has_place=beat.scoring.traits.has_blocks,
        excerpt_characters=beat.excerpt.max_characters,
        draft=pages.describe_draft("", draft.at),
        story={name: draft.fields.get(name, "") for name in _TYPED},
    )


def read_write(
    beat: Beat, fields: Sequence[tuple[str, str]], by: str, at: datetime
) -> EditorAction:
    """Return the action that files the story of a form; raises UsageError for what is none."""
    form = {name: value.replace("\r\n", "\n") for name, value in fields}
    topics = [value for name, value in fields if name == "topic"]
    picture = form.get("other_picture", "").strip()
    values = (*(form.get(name, "") for name in ("title", "excerpt", "text")), *topics)
    if picture:
        shown = (picture, form.get("alt", ""), form.get("credit", ""))
        values = (*values[:3], *shown, *topics)
    said = engine.PICTURED if picture else ""
    engine.read_own_story(beat, said, values)
    return EditorAction(
        id=form.get("id") or str(uuid4()),
        kind="write",
        said=said,
        by=by,
        at=at,
        values=values,
        why=form.get("why", ""),
    )
