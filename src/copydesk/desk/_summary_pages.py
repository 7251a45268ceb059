"""Show the texts that a model wrote on a story, and carry out what editors decide about them.

A page shows them under a random id, its view. Which articles are opened in a view is noted with
the text and the editor, so that a view serves no other text: without all the articles that a text
cites, it cannot be approved.
"""

from __future__ import annotations

import asyncio
import hashlib
import math
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Literal
from urllib.parse import quote, urlencode
from uuid import uuid4

import msgspec
from starlette.responses import Response

from copydesk.desk import _actions
from copydesk.desk._desk import Page, Visit, now
from copydesk.desk._newsroom_thread import OpenNewsroom
from copydesk.desk._pages import Pages
from copydesk.desk._story_view import View
from copydesk.desk_store.model_calls import ModelCall, ModelSpending
from copydesk.editing.queue import story_page
from copydesk.errors import UsageError
from copydesk.kit import sentences, text
from copydesk.news import EditorAction, Ruling, Story
from copydesk.news.ruling import NO_TEXT
from copydesk.news.summary import (
    ModelUse,
    Summary,
    TextReview,
    Translation,
    digest_text,
    list_cited,
)

Field = Literal["summary", "translation"]
_USES: dict[Field, ModelUse] = {"summary": "summary", "translation": "headline"}
_Written = Summary | Translation | None
_MOST_LEFT_OUT = 12
_PERSON = "person "


def bind_view(view: str, story: str, words: str, editor: str) -> str:
    """Return the key for the articles that an editor opens in a view of a text of a story."""
    told = "\n".join((view, story, digest_text(words), editor))
    return hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def describe_texts(pages: Pages, found: story_page.StoryPage, view: str) -> View | None:
    """Return what a model wrote on a story for the template, None if it was never asked.

    `view` is the id of a view that the editor came from, "" for a new one.
    """
    log, name, story = pages.counts.store.model_calls, found.seen.name, found.seen.story
    calls = {use: log.list_of(name, use, 1) for use in (*_USES.values(), "remark")}
    if not (story.summary or story.translation or any(calls.values())):
        return None
    today = pages.opened.newsroom.now.replace(hour=0, minute=0, second=0, microsecond=0)
    domain = story.provider.domain if story.provider else ""
    return {
        "view": view or uuid4().hex,
        "is_open": bool(view),
        "texts": [
            one
            for field, use in _USES.items()
            if (one := _describe_text(pages, found, field, calls[use], view))
        ],
        "remark": _read_remark(calls["remark"]),
        "spent": {
            "day": _describe_spending(pages, log.sum_up(today)),
            "month": _describe_spending(pages, log.sum_up(today.replace(day=1))),
        },
        "lines": [
            f"{key} = {msgspec.json.encode(values).decode()}"
            for key, values in (("not_sources", [domain]), ("not_topics", story.topics))
            if any(values)
        ],
    }


def _describe_text(
    pages: Pages,
    found: story_page.StoryPage,
    field: Field,
    calls: Sequence[ModelCall],
    view: str,
) -> View | None:
    """Return a summary or a translated headline for the template, None if there never was one."""
    name, story, use = found.seen.name, found.seen.story, _USES[field]
    kept, rule = _find_text(story, field), _find_rule(pages.opened, name, field)
    if not (kept or calls or rule):
        return None
    log, options = pages.counts.store.model_calls, pages.opened.newsroom.settings.model
    opened: tuple[str, ...] = ()
    if kept and view:
        opened = log.list_openings(bind_view(view, name, kept.text, pages.editor.name))
    cited = list_cited(kept) if kept else ()
    sources = {
        one: {**pages.name_story(one), "number": number, "is_opened": one in opened}
        for number, one in enumerate(cited, 1)
    }
    is_ours = kept is not None and kept.author == "person"
    is_wanted = (use, name) in log.list_wanted()
    call = calls[0] if calls else None
    return {
        "field": field,
        "text": kept.text if kept else "",
        "sentences": [
            {"text": text.fold(one.text), "sources": [sources[cited] for cited in one.stories]}
            for one in (kept.sentences if isinstance(kept, Summary) else ())
        ],
        "original": text.fold(kept.original) if isinstance(kept, Translation) else "",
        "sources": list(sources.values()),
        "label": _say_label(pages, field, kept),
        "review": kept and kept.review and _describe_review(pages, kept.review),
        "is_stale": isinstance(kept, Summary) and bool(kept.stale),
        "is_approvable": kept is not None and not is_ours and kept.review is None,
        "is_dropped": rule is not None and kept is None,
        "rule_by": text.fold(rule.by) if rule else "",
        "is_wanted": is_wanted,
        "may_want": options.has(use) and not (rule or is_ours or is_wanted),
        "call": call and _describe_call(pages, call),
        "left_out": [
            {
                "text": text.fold(words),
                "about": text.fold(about),
                "rule": pages.strings.words.get(f"text_rule_{rule.replace(' ', '_')}", rule),
            }
            for words, rule, about in (call.left_out if call else ())[:_MOST_LEFT_OUT]
        ],
    }


def _find_text(story: Story, field: Field) -> _Written:
    return story.summary if field == "summary" else story.translation


def _find_rule(opened: OpenNewsroom, name: str, field: Field) -> Ruling | None:
    rules = reversed(opened.newsroom.beat.rulings)
    return next((one for one in rules if (one.field, one.stories[:1]) == (field, (name,))), None)


def _say_label(pages: Pages, field: Field, kept: _Written) -> str:
    """Return who wrote and reviewed a text, as readers of the site see it."""
    if kept is None:
        return ""
    by = kept.by.removeprefix(_PERSON) if kept.by.startswith(_PERSON) else ""
    name = text.fold(kept.review.by if kept.review else by) or pages.strings.say("text_a_person")
    if kept.author == "person":
        name = text.fold(by) or pages.strings.say("text_a_person")
        return pages.strings.say(f"text_{field}_by", name=name)
    state = "reviewed" if kept.review else "by_model"
    return pages.strings.say(f"text_{field}_{state}", name=name)


def _describe_review(pages: Pages, review: TextReview) -> View:
    opened = [pages.name_story(name) for name in review.opened]
    return {"time": pages.views.time(review.at), "opened": opened, "changed": review.changed}


def _describe_call(pages: Pages, call: ModelCall) -> View:
    return {
        "time": pages.views.time(call.at),
        "state": pages.strings.say(f"text_state_{call.state}"),
        "model": text.fold(call.answered_by or call.model),
        "why": text.fold(call.why)[:300],
        "spent": _describe_spending(
            pages, ModelSpending(calls=1, tokens=call.tokens_in + call.tokens_out, cost=call.cost)
        ),
    }


def _describe_spending(pages: Pages, spent: ModelSpending) -> str:
    cost = f"{spent.cost:.4f}".rstrip("0").rstrip(".")
    return pages.strings.say("text_spent", count=spent.calls, tokens=f"{spent.tokens:,}", cost=cost)


class _Remark(msgspec.Struct):
    topic: str
    worth: int
    why: str


def _read_remark(calls: Sequence[ModelCall]) -> _Remark | None:
    """Return a model's remark on a story; it moves no points."""
    taken = [call for call in calls if call.state == "taken"]
    return msgspec.json.decode(taken[0].text, type=_Remark) if taken else None


# An article that a text cites, with the words that are nearest to it.


def render_source(pages: Pages, name: str, source: str, view: str) -> tuple[bytes, str]:
    """Return the page of an article that a summary cites, and the key of its view.

    The key is "" if no text of the article is stored. Raises UsageError if it is not cited.
    """
    newsroom, queue = pages.opened.newsroom, pages.opened.queue
    seen = story_page.read_queue_story(newsroom, queue, name)
    summary = seen.story.summary
    citing = [one.text for one in summary.sentences if source in one.stories] if summary else []
    if summary is None or not citing:
        raise UsageError("the summary does not cite this story", subject=source[:200])
    found = story_page.read_story_page(newsroom, queue, source)
    lines = [
        list(_part(line)) for line in text.prose(found.text).split("\n")[: story_page.MOST_LINES]
    ]
    pieces = [piece for line in lines for piece in line]
    near = {text.fold(words): _find_nearest(words, pieces) for words in citing}
    page = pages.page(
        "text_source.html",
        texts_style=pages.asset("texts.css"),
        title=text.fold(found.seen.story.title),
        about={**pages.name_story(name), "view": view},
        story=pages.views.short(found.seen),
        near=near,
        lines=[[{"words": one, "is_near": one in near.values()} for one in line] for line in lines],
    )
    key = bind_view(view, name, summary.text, pages.editor.name) if found.text and view else ""
    return page, key


def _part(line: str) -> Iterator[str]:
    start = 0
    for end in (*sentences.ends(line), len(line)):
        if piece := line[start:end].strip():
            yield piece
        start = end


def _find_nearest(words: str, pieces: Sequence[str]) -> str:
    """Return the sentence of an article that shares most words with another sentence."""
    known = {*text.words(words)}

    def rank(piece: str) -> float:
        own = {*text.words(piece)}
        return sum(map(len, known & own)) / math.sqrt(8 + len(own))

    return max(pieces, key=rank, default="")


async def show_source(visit: Visit) -> Response:
    """Answer with an article that a summary cites; note that an editor opened it."""
    asked = visit.request.query_params
    source, view = asked.get("of", ""), asked.get("view", "")[:100]
    name, key = visit.request.path_params["name"], ""

    def make(pages: Pages) -> bytes:
        nonlocal key
        page, key = render_source(pages, name, source, view)
        return page

    answer = await visit.draw(make)
    if key and visit.editor.may_edit:
        log = visit.desk.store.model_calls
        await asyncio.to_thread(log.open_article, key, source, now())
    return answer


async def decide_on_text(visit: Visit) -> Response:
    """Carry out what an editor decides about a text, and show the story with the outcome."""
    form, name = await visit.read_form(), visit.request.path_params["name"]
    do, view, at = form.get("do", ""), form.get("view", "")[:100], now()
    field = next((one for one in _USES if one == form.get("field")), None)
    if field is None or do not in {"approve", "edit", "drop", "undo", "anew"}:
        raise UsageError("unknown action in the form", subject=do[:80])
    page = f"{visit.desk.path}story/{quote(name, safe='')}/?{urlencode({'view': view})}"
    if do == "anew":
        await visit.desk.thread.ask(_must_be_free, name, field)
        await asyncio.to_thread(visit.desk.store.model_calls.want, _USES[field], name, at)
        return visit.redirect(page)
    shown, log = text.fold(form.get("shown", "")), visit.desk.store.model_calls
    key = bind_view(view, name, form.get("shown", ""), visit.editor.name)
    opened = await asyncio.to_thread(log.list_openings, key)
    values = {
        "approve": (field, shown, *opened),
        "edit": (field, form.get("text", ""), *opened),
        "drop": (field, NO_TEXT),
        "undo": ("set", field),
    }[do]
    action = _make_action(form, name, values, visit.editor.name, at)
    await visit.desk.put([action])
    return await visit.show_outcome(page, [action])


def _make_action(
    form: dict[str, str], name: str, values: tuple[str, ...], by: str, at: datetime
) -> EditorAction:
    """Return an editor's rule on a text, or its undo, as an action of the desk."""
    return EditorAction(
        id=str(uuid4()),
        kind="rule",
        said="undo" if form["do"] == "undo" else "set",
        stories=(name,),
        values=values,
        by=by,
        at=at,
        base=_actions.read_digests(form.get("seen", ""), [name]),
    )


def _must_be_free(opened: OpenNewsroom, name: str, field: Field) -> None:
    """Raise UsageError if the model may not write a text, RecordError if the story is gone."""
    seen = story_page.read_queue_story(opened.newsroom, opened.queue, name)
    kept = _find_text(seen.story, field)
    if _find_rule(opened, name, field) or (kept and kept.author == "person"):
        hint = "undo the editor's rule on the text first"
        raise UsageError("an editor has decided on this text", subject=name, hint=hint)


SUMMARY_PAGES: tuple[Page, ...] = (
    Page("GET", "/story/{name}/source/", show_source, "viewer"),
    Page("POST", "/story/{name}/texts/", decide_on_text, "editor"),
)
