"""Serve the story queue, links that became no story, today's actions, and server-sent events."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import get_args
from urllib.parse import parse_qsl, urlencode
from uuid import uuid4

from starlette.responses import JSONResponse, RedirectResponse, Response, StreamingResponse

from copydesk.desk import _actions, _query
from copydesk.desk._desk import Page, Visit, now
from copydesk.desk._http import NEVER_KEPT, page_answer, read_body, read_form
from copydesk.desk._newsroom_thread import find_title
from copydesk.desk._pages import REASON_WORDS, Editor, Pages
from copydesk.desk._story_pages import describe_actions, describe_settings
from copydesk.desk._story_view import View
from copydesk.desk.live import describe
from copydesk.desk_store.action_queue import QueuedAction
from copydesk.desk_store.drafts import SavedView
from copydesk.editing import queue
from copydesk.kit import text, urls
from copydesk.news import EditorAction
from copydesk.news.source import DropReason
from copydesk.newsroom import Newsroom, settings

_MOST_ROWS = 100
_DAYS = (*_query.DAYS, 90)  # 90 is a choice of the page of numbers
_MOST_TOLD = 10  # stories named in an outcome
_JUST_NOW = timedelta(hours=1)
_WITH_REASON = frozenset({"reject", "remove"})
_MORE = 50  # rows of a page, and rows that each next page adds
_MOST = 1_000
_REASONS: tuple[DropReason, ...] = get_args(DropReason)


async def show_queue(visit: Visit) -> Response:
    """Answer with a page of the story queue."""
    question = _query.read_question(visit.request.query_params)

    def make(pages: Pages) -> tuple[bytes, bool]:
        page = pages.opened.queue.page(pages.opened.newsroom, question)
        return pages.queue(question, page), page.is_by_former_rules

    body, is_by_former_rules = await visit.desk.draw(visit.editor, make)
    if is_by_former_rules:
        visit.desk.refresher.ask()
    return page_answer(body)


async def show_drops(visit: Visit) -> Response:
    """Answer with the page of links that were found in sources but not stored as stories."""
    question = read_drop_question(visit.request.query_params)
    return await visit.draw(
        lambda pages: render_drops(
            pages, question, queue.list_drops(pages.opened.newsroom, question)
        )
    )


async def show_today(visit: Visit) -> Response:
    """Answer with the editor's own actions since yesterday, each with an undo button."""
    editor = visit.editor
    done = await _list_actions(visit, editor)

    def make(pages: Pages) -> bytes:
        newsroom = pages.opened.newsroom
        commits = settings.list_settings_commits(newsroom, editor.name, _yesterday())
        return pages.page(
            "today.html",
            title=pages.strings.say("today"),
            actions=describe_actions(pages, done, done),
            settings=describe_settings(pages, commits),
        )

    return await visit.draw(make)


async def show_rows(visit: Visit) -> Response:
    """Answer with the HTML of some queue rows, chosen by event or by story."""
    asked = visit.request.query_params
    events = asked.getlist("event")[:_MOST_ROWS]
    names = asked.getlist("story")[:_MOST_ROWS]

    def make(pages: Pages) -> bytes:
        opened = pages.opened
        of_stories = map(opened.queue.find_happening, names)
        wanted = dict.fromkeys(filter(None, [*events, *of_stories]))
        rows = opened.queue.rows(opened.newsroom, tuple(wanted))
        return pages.fragments(rows, visit.desk.path)

    return await visit.draw(make)


async def show_versions(visit: Visit) -> Response:
    """Answer with the versions of queue rows, so that an open page can find changed rows.

    These are the rows that the filters match now, and those that the page shows.
    """
    asked = visit.request.query_params
    question = _query.read_question(asked)
    shown = asked.getlist("event")[:_MOST_ROWS]
    versions = await visit.desk.draw(visit.editor, _find_versions, question, shown)
    return JSONResponse(versions, headers=NEVER_KEPT)


async def list_matches(visit: Visit) -> Response:
    """Answer with the names of all stories that match filters, for an action on all of them.

    With `story`: of those, the ones that match now, each with the digests of its fields.
    """
    asked = visit.request.query_params
    question, names = _query.read_question(asked), asked.getlist("story")[:_MOST_ROWS]

    def find(pages: Pages) -> object:
        matching = pages.opened.queue.find_matching(pages.opened.newsroom, question, names or None)
        if not names:
            return matching
        stories = pages.opened.queue.read_stories(pages.opened.newsroom, matching)
        return {seen.name: pages.views.short(seen)["seen"] for seen in stories}

    return JSONResponse(await visit.desk.draw(visit.editor, find), headers=NEVER_KEPT)


async def put_actions(visit: Visit) -> Response:
    """Store the editor's actions that a script sends; they are on disk before the answer."""
    actions = _actions.read_json(await read_body(visit.request), visit.editor.name, now())
    await visit.desk.put(actions)
    return JSONResponse({"kept": [action.id for action in actions]}, 202, NEVER_KEPT)


async def list_actions(visit: Visit) -> Response:
    """Answer with the editor's own actions of the last day and their outcomes, as JSON."""
    done = await _list_actions(visit, visit.editor)
    return JSONResponse([describe(queued) for queued in done], headers=NEVER_KEPT)


async def put_form(visit: Visit) -> Response:
    """Store the editor's actions in a form, and redirect to the page that had the form.

    Stories are not rejected or removed without a reason: a page asks for it first.
    """
    fields = [(name, value) for name, value in await read_form(visit.request) if value]
    actions, form = _actions.read_form(fields, visit.editor.name, now()), dict(fields)
    if actions[0].said in _WITH_REASON and not actions[0].why:
        return await _ask_why(visit, actions, [pair for pair in fields if pair[0] != "why"])
    await visit.desk.put(actions)
    is_gone = actions[0].said == "remove"  # and with it the story's page
    return await visit.show_outcome("" if is_gone else form.get("return", ""), actions)


async def _ask_why(
    visit: Visit, actions: Sequence[EditorAction], fields: Sequence[tuple[str, str]]
) -> Response:
    """Answer with a page that asks why stories are rejected or removed; it sends the form again."""
    names = [name for action in actions for name in action.stories]

    def make(pages: Pages) -> bytes:
        say = pages.strings.say
        titles = [find_title(pages.opened, name) for name in names[:_MOST_TOLD]]
        word = say(actions[0].said)
        what = titles[0] if len(names) == 1 else say("stories", count=len(names))
        return pages.page(
            "why.html",
            title=f"{word}: {what}",
            word=word,
            titles=titles if len(names) > 1 else [],
            more=len(names) - len(titles),
            fields=fields,
            reasons=[say(reason) for reason in REASON_WORDS],
            back=visit.desk.own_page(dict(fields).get("return", "")),
        )

    return await visit.draw(make)


async def tell_outcome(visit: Visit) -> Visit:
    """Return a visit whose page also shows the outcome of the form that was sent before it.

    `told` in the URL names the form's first action, `changed` its commit of settings.
    """
    asked, editor = visit.request.query_params, visit.editor
    first, commit = asked.get("told", ""), asked.get("changed", "")
    if not first and not commit:
        return visit
    done = await _list_actions(visit, editor)
    sent = [each for each in done[::-1] if each.action.id == first or _is_next(each, first)]
    sent.sort(key=lambda queued: queued.state == "done")
    url = visit.request.url.remove_query_params(["told", "changed"])

    def make(pages: Pages) -> View:
        own = find_own_commit(pages.opened.newsroom, commit, editor)
        lines = describe_actions(pages, sent, done)
        return {
            "lines": lines[:_MOST_TOLD],
            "more": max(0, len(lines) - _MOST_TOLD),
            "undo": [line["id"] for line in lines if line["may_undo"]],
            "waits": any(queued.outcome is None for queued in sent),
            "settings": describe_settings(pages, [own] if own else []),
            "back": f"{url.path}?{url.query}".rstrip("?"),
        }

    return replace(visit, editor=replace(editor, told=await visit.desk.draw(visit.editor, make)))


def _is_next(queued: QueuedAction, first: str) -> bool:
    return bool(first) and queued.action.id.startswith(f"{first}-")


def find_own_commit(
    newsroom: Newsroom, commit: str, editor: Editor
) -> settings.SettingsCommit | None:
    """Return an editor's last commit of settings if it has this id and is recent, else None.

    A link from somebody else must not offer to undo a commit that the editor did not mean.
    """
    since = newsroom.now - _JUST_NOW
    own = settings.list_settings_commits(newsroom, editor.name, since) if commit else []
    return own[0] if own and own[0].id == commit else None


async def put_view(visit: Visit) -> Response:
    """Save filters of the queue under a name, or delete a saved view; redirect to the queue."""
    editor, form = visit.editor, await visit.read_form()
    query = "" if "forget" in form else form.get("query", "")
    await _save_view(visit, editor, form.get("name", ""), query)
    return RedirectResponse(f"{visit.desk.path}?{form.get('query', '')}".rstrip("?"), 303)


async def put_presence(visit: Visit) -> Response:
    """Store which queue row an editor has open in a tab, and tell all browsers."""
    name = visit.editor.name
    visit.desk.presence.note(await read_body(visit.request), name, now())
    visit.desk.broadcast.tell("presence", {"there": visit.desk.presence.list_all()})
    return Response(status_code=204)


async def stream_events(visit: Visit) -> Response:
    """Answer with an endless stream of server-sent events about changes."""
    visit.desk.tasks.add(task := asyncio.create_task(visit.desk.filer.prepare()))
    task.add_done_callback(visit.desk.tasks.discard)
    stream = visit.desk.broadcast.stream()
    headers = {**NEVER_KEPT, "X-Accel-Buffering": "no"}
    return StreamingResponse(stream, media_type="text/event-stream", headers=headers)


async def _list_actions(visit: Visit, editor: Editor) -> Sequence[QueuedAction]:
    """Return an editor's actions since yesterday, the latest first."""
    done = await asyncio.to_thread(visit.desk.store.actions.of, editor.name, _yesterday())
    return done[::-1]


async def _save_view(visit: Visit, editor: Editor, name: str, query: str) -> None:
    """Save queue filters under a name for an editor; without filters, delete that name."""
    views = visit.desk.store.saved_views
    if not query:
        await asyncio.to_thread(views.drop, editor.name, name)
        return
    asked = _query.first_page(_query.read_question(dict(parse_qsl(query))))
    view = SavedView(name=name.strip(), query=_query.write_question(asked))
    await asyncio.to_thread(views.keep, editor.name, view)


def _yesterday() -> datetime:
    return now() - timedelta(days=1)


def _find_versions(
    pages: Pages, question: queue.QueueQuestion, shown: Collection[str]
) -> Mapping[str, object]:
    """Return the queue rows that match filters now, each with its version, and view counts.

    Rows that are `shown` and not among them have their versions, too. Those of `shown` that match
    no more are `gone`.
    """
    page = pages.opened.queue.page(pages.opened.newsroom, question)
    listed = {row.happening for row in page.rows}
    left = tuple(event for event in dict.fromkeys(shown) if event not in listed)
    rows = pages.opened.queue.rows(pages.opened.newsroom, left) if left else []
    events = {
        seen.name: row.happening
        for row in rows
        for seen in (row.leader, *row.copies, *row.coverage)
    }
    still = pages.opened.queue.find_matching(pages.opened.newsroom, question, events)

    def describe_rows(rows: Iterable[queue.QueueRow]) -> Mapping[str, str]:
        proposals = pages.proposals
        return {row.happening: proposals.version(row, proposals.find_for(row)) for row in rows}

    return {
        "rows": describe_rows(page.rows),
        "left": describe_rows(rows),
        "gone": sorted(set(left) - {events[name] for name in still}),
        "total": page.total,
        "former_rules": page.is_by_former_rules,
        "counts": pages.counts.count_views(),
    }


def read_drop_question(query: Mapping[str, str]) -> queue.DropQuestion:
    """Parse a URL query as filters for links that became no story; ignore invalid values."""
    days, most = query.get("days", ""), query.get("most", "")
    return queue.DropQuestion(
        reason=next((reason for reason in _REASONS if reason == query.get("reason")), None),
        days=next((known for known in _DAYS if str(known) == days), queue.DROP_DAYS),
        limit=min(_MOST, max(_MORE, int(most))) if most.isdecimal() and len(most) < 5 else _MORE,
    )


def render_drops(pages: Pages, question: queue.DropQuestion, found: queue.DropPage) -> bytes:
    """Return the page of links that were found in sources but not stored as stories."""
    total, newsroom = found.total(question.reason), pages.counts.opened.newsroom
    counted = newsroom.memory.counts.list_drops((newsroom.now - timedelta(days=90)).date())
    has_more = len(found.drops) < min(total, _MOST)
    return pages.page(
        "dropped.html",
        title=pages.strings.say("view_dropped"),
        view="dropped",
        total=total,
        kept=pages.strings.say(
            "drops_kept",
            days=newsroom.settings.retention.leads_days,
            count=f"{sum(counted.values()):,}",
        ),
        filters=_list_filters(pages, question, found),
        rows=[_describe(pages, drop) for drop in found.drops],
        here=_address(pages, question, question.limit),
        next=_address(pages, question, question.limit + _MORE) if has_more else "",
    )


def _list_filters(pages: Pages, question: queue.DropQuestion, found: queue.DropPage) -> list[View]:
    say, make = pages.strings.say, pages.filters.make_filter
    common = sorted(found.counts.items(), key=lambda pair: (-pair[1], pair[0]))
    reasons = [
        (reason, f"{say(f'drop_{reason}')} ({count:,})")
        for reason, count in common
        if reason in _REASONS
    ]
    ages = [(str(days), say(f"days_{days}")) for days in _DAYS]
    return [
        make("reason", question.reason or "", reasons),
        make("days", str(question.days), ages, may_be_any=False),
    ]


def _describe(pages: Pages, drop: queue.QueueDrop) -> View:
    say = pages.strings.say
    host, _, rest = text.fold(drop.url).partition("://")[2].partition("/")
    return {
        "id": str(uuid4()),
        "event": f"drop-{_digest(drop.url)}",
        "url": drop.url,
        "origin": urls.fetchable(drop.url) or "",
        "domain": urls.host(drop.url),
        "host": host,
        "rest": f"/{rest}",
        "source": text.fold(drop.source),
        "time": pages.views.time(drop.at),
        "word": say(f"drop_{drop.reason}") if drop.reason in _REASONS else drop.reason,
        "detail": text.shorten(text.fold(drop.detail), 600),
        "waits": drop.waits,
    }


def _digest(url: str) -> str:
    return hashlib.blake2b(url.encode("utf-8", "replace"), digest_size=8).hexdigest()


def _address(pages: Pages, question: queue.DropQuestion, most: int) -> str:
    parts = {
        "reason": question.reason or "",
        "days": "" if question.days == queue.DROP_DAYS else str(question.days),
        "most": "" if most == _MORE else str(most),
    }
    query = urlencode({name: value for name, value in parts.items() if value})
    return f"{pages.views.root}dropped/" + (f"?{query}" if query else "")


QUEUE_PAGES: tuple[Page, ...] = (
    Page("GET", "/", show_queue, "viewer"),
    Page("GET", "/dropped/", show_drops, "viewer"),
    Page("GET", "/today/", show_today, "viewer"),
    Page("GET", "/rows", show_rows, "viewer"),
    Page("GET", "/versions", show_versions, "viewer"),
    Page("GET", "/matches", list_matches, "viewer"),
    Page("POST", "/actions", put_actions, "editor"),
    Page("GET", "/actions", list_actions, "viewer"),
    Page("POST", "/act", put_form, "editor"),
    Page("POST", "/presence", put_presence, "viewer"),
    Page("POST", "/views", put_view, "viewer"),
    Page("GET", "/events", stream_events, "viewer"),
)
