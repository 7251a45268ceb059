"""Serve the articles that a summary cites, and carry out what editors decide on a model's texts.

Which articles an editor opens is noted for the page that the editor comes from (its view), the
text and the editor. A summary is approved only where all articles that it cites were opened.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Iterator, Sequence
from urllib.parse import quote, urlencode
from uuid import uuid4

from starlette.responses import Response

from copydesk.desk._actions import read_digests
from copydesk.desk._desk import Page, Visit, now
from copydesk.desk._newsroom_thread import OpenNewsroom
from copydesk.desk._pages import Pages
from copydesk.desk_store.model_calls import bind_view
from copydesk.editing.queue import story_page
from copydesk.errors import UsageError
from copydesk.kit import sentences, text
from copydesk.news import EditorAction
from copydesk.news.ruling import NO_TEXT, SetField, find_field_rule
from copydesk.news.summary import TEXT_USES

_MOST_LINES = 200
_VIEW_CHARACTERS = 100


def render_source(pages: Pages, name: str, source: str, view: str) -> tuple[bytes, str]:
    """Return the page of an article that a summary cites, and the key to note its opening.

    The key is "" if no text of the article is stored. Raises UsageError if it is not cited.
    """
    newsroom, queue = pages.opened.newsroom, pages.opened.queue
    summary = story_page.read_queue_story(newsroom, queue, name).story.summary
    citing = [one.text for one in summary.sentences if source in one.stories] if summary else []
    if summary is None or not citing:
        raise UsageError("the summary does not cite this story", subject=source[:200])
    found = story_page.read_story_page(newsroom, queue, source)
    lines = [[*_part(line)] for line in text.prose(found.text).split("\n")[:_MOST_LINES]]
    pieces = [piece for line in lines for piece in line]
    page = pages.page(
        "text_source.html",
        title=text.fold(found.seen.story.title),
        texts_style=pages.asset("texts.css"),
        about={**pages.name_story(name), "view": view},
        story=pages.views.short(found.seen),
        near={text.fold(words): _find_nearest(words, pieces) for words in citing},
        lines=lines if pieces else [],
    )
    is_read = bool(pieces and view)
    return page, bind_view(view, name, summary.text, pages.editor.name) if is_read else ""


def _part(line: str) -> Iterator[str]:
    start = 0
    for end in (*sentences.ends(line), len(line)):
        if piece := line[start:end].strip():
            yield piece
        start = end


def _find_nearest(words: str, pieces: Sequence[str]) -> str:
    """Return the sentence of an article that shares most words with a sentence."""
    known = {*text.words(words)}

    def rank(piece: str) -> float:
        own = {*text.words(piece)}
        return sum(map(len, known & own)) / math.sqrt(8 + len(own))

    return max(pieces, key=rank, default="")


async def show_source(visit: Visit) -> Response:
    """Answer with an article that a summary cites; note that an editor opened it."""
    asked, name = visit.request.query_params, visit.request.path_params["name"]
    source, view = asked.get("of", ""), asked.get("view", "")[:_VIEW_CHARACTERS]
    key = ""

    def make(pages: Pages) -> bytes:
        nonlocal key
        page, key = render_source(pages, name, source, view)
        return page

    answer = await visit.draw(make)
    if key and visit.editor.may_edit:
        await asyncio.to_thread(visit.desk.store.model_calls.open_article, key, source, now())
    return answer


async def decide_on_text(visit: Visit) -> Response:
    """Carry out what an editor decides about a text, and show the story with the outcome."""
    form, name = await visit.read_form(), visit.request.path_params["name"]
    do, view, log = form.get("do"), form.get("view", ""), visit.desk.store.model_calls
    field = next((one for one in TEXT_USES if one == form.get("field")), None)
    if field is None:
        raise UsageError("unknown text in the form", subject=form.get("field", "")[:80])
    page = f"{visit.desk.path}story/{quote(name, safe='')}/?{urlencode({'view': view})}"
    if do == "anew":
        await visit.desk.thread.ask(_must_be_free, name, field)
        await asyncio.to_thread(log.want, TEXT_USES[field], name, now())
        return visit.redirect(page)
    shown, editor = form.get("shown", ""), visit.editor.name
    key = bind_view(view[:_VIEW_CHARACTERS], name, shown, editor)
    opened = await asyncio.to_thread(log.list_openings, key)
    values = {
        "approve": (field, shown, *opened),
        "edit": (field, form.get("text", ""), *opened),
        "drop": (field, NO_TEXT),
        "undo": ("set", field),
    }
    if do not in values:
        raise UsageError("unknown action in the form", subject=str(do)[:80])
    action = EditorAction(
        id=str(uuid4()),
        kind="rule",
        said="undo" if do == "undo" else "set",
        stories=(name,),
        values=values[do],
        by=editor,
        at=now(),
        base=read_digests(form.get("seen", ""), [name]),
    )
    await visit.desk.put([action])
    return await visit.show_outcome(page, [action])


def _must_be_free(opened: OpenNewsroom, name: str, field: SetField) -> None:
    """Raise UsageError if an editor decided on a text, RecordError if the story is gone."""
    story = story_page.read_queue_story(opened.newsroom, opened.queue, name).story
    kept = getattr(story, field)
    if find_field_rule(name, field, opened.newsroom.beat.rulings) or (
        kept and kept.author == "person"
    ):
        hint = "undo the editor's rule on the text first"
        raise UsageError("an editor has decided on this text", subject=name, hint=hint)


SUMMARY_PAGES: tuple[Page, ...] = (
    Page("GET", "/story/{name}/source/", show_source, "viewer"),
    Page("POST", "/story/{name}/texts/", decide_on_text, "editor"),
)
