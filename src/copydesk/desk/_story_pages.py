"""Render the pages of one story, its edit form, and the list of an editor's actions of today."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal
from urllib.parse import quote
from uuid import uuid4

import msgspec
from starlette.responses import RedirectResponse, Response

from copydesk import editing
from copydesk.desk import _actions, _http, _story_view
from copydesk.desk._actions import StoryFields, change_fields, list_texts, name_field
from copydesk.desk._desk import Page, Visit, now
from copydesk.desk._pages import Editor, Pages
from copydesk.desk_store.action_queue import QueuedAction
from copydesk.desk_store.drafts import Draft
from copydesk.desk_store.model_calls import bind_view
from copydesk.editing import applying, queue
from copydesk.editing.queue import story_page
from copydesk.editing.trail import trace_story
from copydesk.errors import RecordError
from copydesk.kit import text
from copydesk.news import EditorAction, Standing
from copydesk.news.ruling import NO_PICTURE, find_field_rule
from copydesk.news.summary import TEXT_USES, list_citations
from copydesk.newsroom import settings
from copydesk.rounds.rejudging.neighbours import list_neighbours

_FIGURES = 8
FIELD_WORDS = {
    "title": "headline",
    "excerpt": "excerpt",
    "topics": "filter_topic",
    "picture": "picture",
    "url": "address",
    "note": "note",
}


@dataclass(frozen=True, slots=True)
class OpenEdit:
    """The state of a story's edit form: unsaved drafts, and the edits that were sent last.

    `drafts` were typed before and fill the form if `is_taken_up`. `sent` are the actions of the
    form that was sent last, each with its outcome.
    """

    drafts: Sequence[Draft] = ()
    is_taken_up: bool = False
    sent: Sequence[QueuedAction] = ()

    @property
    def unsaved(self) -> list[QueuedAction]:
        """Return the sent edits that are not saved in the story."""
        return [each for each in self.sent if each.state != "done"]


def render_side(pages: Pages, name: str) -> bytes:
    """Return the HTML of a story for the view beside the queue."""
    found = story_page.read_story_page(pages.opened.newsroom, pages.opened.queue, name)
    return pages.fragment("side.html", story=_describe_story(pages, found))


def _describe_story(pages: Pages, found: story_page.StoryPage) -> _story_view.View:
    """Return a story for the templates of its page, and of the view beside the queue."""
    told = found.explanation
    return {
        **pages.views.short(found.seen),
        **_story_view.describe_why(told),
        "places": _story_view.describe_places(pages.views, told),
        "passages": _story_view.describe_passages(found),
        "is_behind": found.row.leader.name != found.seen.name,
        "on_front": _link_front(pages, found.seen),
        "has_text": bool(found.text),
        "has_marks": any(passage.marks for passage in found.passages),
    }


def render_story(pages: Pages, name: str, texts_view: str = "") -> bytes:
    """Return the page of a story: its queue row, the reasons for its status, its text.

    `texts_view` is the id of the view of a model's texts that the editor comes from.
    """
    found = story_page.read_story_page(pages.opened.newsroom, pages.opened.queue, name)
    view = _describe_story(pages, found)
    return pages.page(
        "story.html",
        title=view["title"],
        back=pages.address(queue.QueueQuestion(view="all")),
        row=next(iter(pages.rows([found.row], f"{view['href']}"))),
        story=view,
        posts=pages.counts.store.posts.list_latest(20, story=name),
        texts=describe_texts(pages, found, texts_view),
    )


def describe_texts(pages: Pages, found: story_page.StoryPage, view: str) -> _story_view.View | None:
    """Return a model's texts on a story for the template, None if it was never asked for any.

    `view` is the id of the page that the editor comes from, "" for a new one.
    """
    log, name = pages.counts.store.model_calls, found.seen.name
    texts = [_describe_text(pages, found, field, view) for field in TEXT_USES]
    texts = [one for one in texts if any((one["kept"], one["rule"], one["call"]))]
    remarks = [call for call in log.list_of(name, "remark", 1) if call.state == "taken"]
    if not [*texts, *remarks]:
        return None
    day = pages.opened.newsroom.now.replace(hour=0, minute=0, second=0, microsecond=0)
    return {
        "view": view or uuid4().hex,
        "is_open": bool(view),
        "texts": texts,
        "remark": msgspec.json.decode(remarks[0].text) if remarks else None,
        "spent": {"text_today": log.sum_up(day), "text_month": log.sum_up(day.replace(day=1))},
        "topics": found.seen.story.topics,
        "time": pages.views.time,
        "address": pages.views.address,
        "style": pages.asset("texts.css"),
    }


def _describe_text(
    pages: Pages, found: story_page.StoryPage, field: Literal["summary", "translation"], view: str
) -> _story_view.View:
    """Return a summary or a translated headline, its sources, and what an editor may do with it."""
    newsroom, log, name = pages.opened.newsroom, pages.counts.store.model_calls, found.seen.name
    kept, use = getattr(found.seen.story, field), TEXT_USES[field]
    rule = find_field_rule(name, field, newsroom.beat.rulings)
    key = bind_view(view, name, kept.text, pages.editor.name) if kept else ""
    opened, is_wanted = log.list_openings(key), (use, name) in log.list_wishes()
    is_ruled = rule is not None or (kept is not None and kept.author == "person")
    return {
        "field": field,
        "kept": kept,
        "rule": rule,
        "call": next(iter(log.list_of(name, use, 1)), None),
        "sources": {
            one: {**pages.name_story(one), "number": number, "is_opened": one in opened}
            for number, one in enumerate(list_citations(kept) if kept else (), 1)
        },
        "is_wanted": is_wanted,
        "may_want": newsroom.settings.model.has(use) and not (is_ruled or is_wanted),
    }


def _link_front(pages: Pages, seen: queue.QueueStory) -> str:
    """Return the link to the page that explains a story's rank on the front page, "" for none."""
    if seen.standing is not Standing.PUBLISHED:
        return ""
    return f"{pages.views.root}front/?story={quote(seen.name, safe='')}"


def render_trail(pages: Pages, name: str) -> bytes:
    """Return the page with the history of the story with a name."""
    newsroom = pages.opened.newsroom
    seen = story_page.read_queue_story(newsroom, pages.opened.queue, name)
    short = pages.views.short(seen)
    title = pages.strings.say("trail_of", title=short["title"])
    told = _story_view.describe_trail(pages.views, trace_story(newsroom, seen.story.path))
    return pages.page("trail.html", title=title, story=short, trail=told)


def render_neighbours(pages: Pages, name: str) -> bytes:
    """Return the page of the stories that are most similar to the story with a name."""
    newsroom = pages.opened.newsroom
    seen = story_page.read_queue_story(newsroom, pages.opened.queue, name)
    found = list_neighbours(newsroom, seen.story.path)
    short = pages.views.short(seen)
    title = pages.strings.say("neighbours_of", title=short["title"])
    told = {
        "rows": [_story_view.describe_neighbour(pages.views, row) for row in found.rows],
        "note": found.note,
    }
    return pages.page("neighbours.html", title=title, story=short, neighbours=told)


def render_edit(pages: Pages, found: story_page.StoryPage, opened: OpenEdit) -> bytes:
    """Return the edit form of a story; a field that two people changed shows both versions."""
    short = pages.views.short(found.seen)
    values = read_fields(found)
    typed = _http.find_draft(opened.drafts, list_texts(values))
    draft = typed if opened.is_taken_up else _http.FoundDraft()
    sent = [queued.action for queued in opened.unsaved]
    mine = _put_in(draft, change_fields(values, sent))
    fields_in_two = [*_find_conflicts(opened.unsaved), *_find_stale_drafts(draft, values)]
    versions = _describe_versions(pages, fields_in_two, values, mine)
    view = {
        **short,
        **dict.fromkeys(("why", "other_picture"), ""),
        **draft.fields,
        **({"why": sent[0].why} if sent else {}),
        **msgspec.structs.asdict(mine),
        "quoted": quote(found.seen.name, safe=""),
        "was": msgspec.json.encode(values).decode(),
        "mine": msgspec.json.encode(mine).decode(),
        "topics": pages.topic_choices(mine.topics),
        "pictures": _pictures(pages, found, mine.picture),
        "note_characters": editing.note_characters(found.seen.story),
        "versions": versions,
        "has_two": any(versions.values()),
        "outcomes": list(_describe_outcomes(pages, opened)),
    }
    return pages.page(
        "edit.html",
        title=pages.strings.say("edit_title", title=short["title"]),
        id=str(uuid4()),
        story=view,
        draft=pages.describe_draft(
            found.seen.name,
            None if sent else typed.at,
            "" if opened.is_taken_up or sent else f"{short['href']}edit/?draft",
        ),
    )


def render_sent_edit(pages: Pages, sent: Sequence[QueuedAction], problem: str = "") -> bytes:
    """Return a page with the values of an edit that is not saved yet, or whose story is gone."""
    return pages.page(
        "edit_sent.html",
        title=problem or pages.strings.say("edit_waits"),
        is_gone=bool(problem),
        fields=[
            {"word": pages.strings.say(FIELD_WORDS[field]), "text": _write_value(queued.action)}
            for queued in sent
            if (field := name_field(queued.action))
        ],
    )


def link_edit(root: str, action: EditorAction) -> str:
    """Return the URL of the page that shows the outcome of a story's edit, or its conflict."""
    return f"{root}story/{quote(action.stories[0], safe='')}/edit/?sent={quote(action.id, safe='')}"


def _put_in(draft: _http.FoundDraft, fields: StoryFields) -> StoryFields:
    """Return a story's fields, replaced by the texts of an unsaved draft."""
    typed = {name: text for name, text in draft.fields.items() if name in FIELD_WORDS}
    return msgspec.structs.replace(fields, **typed)


def _find_conflicts(unsaved: Sequence[QueuedAction]) -> Iterator[str]:
    """Yield the story fields that somebody changed before these actions were carried out."""
    for queued in unsaved:
        conflicts = queued.outcome.conflicts if queued.outcome else ()
        field = name_field(queued.action)
        if any(conflict.field == field for conflict in conflicts):
            yield field


def _find_stale_drafts(draft: _http.FoundDraft, now: StoryFields) -> Iterator[str]:
    """Yield the story fields that somebody changed after their draft was typed."""
    for field, was in draft.was.items():
        if field in draft.fields and getattr(now, field).strip() != was.strip():
            yield field


def _describe_versions(
    pages: Pages, in_two: Collection[str], theirs: StoryFields, mine: StoryFields
) -> dict[str, _story_view.View | None]:
    """Return both versions of each story field that has two, None for the other fields."""
    describe = {NO_PICTURE: pages.strings.say("picture_none")}

    def write(fields: StoryFields, name: str) -> str:
        value = getattr(fields, name)
        return ", ".join(value) if isinstance(value, list) else describe.get(value, value)

    return {
        name: {"mine": write(mine, name), "theirs": write(theirs, name)}
        if name in in_two and getattr(mine, name) != getattr(theirs, name)
        else None
        for name in FIELD_WORDS
    }


def _describe_outcomes(pages: Pages, opened: OpenEdit) -> Iterator[_story_view.View]:
    """Yield the outcome of each sent field: saved, refused, or its story was removed."""
    say = pages.strings.say
    for queued in opened.sent:
        word = say(FIELD_WORDS[field]) if (field := name_field(queued.action)) else ""
        outcome = queued.outcome
        if outcome is None or not word:
            continue
        if outcome.state == "done":
            yield {"word": word, "text": say("saved"), "is_saved": True}
        elif outcome.state == "refused":
            why = ": ".join(filter(None, (outcome.what, outcome.hint)))
            yield {"word": word, "text": say("not_saved", what=why), "is_saved": False}
    removals = {
        conflict.now
        for queued in opened.unsaved
        for conflict in (queued.outcome.conflicts if queued.outcome else ())
        if conflict.field == "verdict"
    }
    for verdict in sorted(removals):
        yield {"word": say("edit_removed"), "text": verdict, "is_saved": False}


def _write_value(action: EditorAction) -> str:
    values = action.values[1:] if action.said == "set" else action.values
    return ", ".join(values)


def read_fields(found: story_page.StoryPage) -> StoryFields:
    """Return the values for a story's edit form."""
    story = found.seen.story
    return StoryFields(
        title=text.fold(story.title),
        excerpt=text.fold(story.excerpt),
        topics=list(story.topics),
        note=story.note,
        picture=story.images[0].url if story.images else NO_PICTURE,
        url=story.web_url,
    )


def _pictures(pages: Pages, found: story_page.StoryPage, chosen: str) -> list[_story_view.View]:
    figures = [figure for figure in found.figures if figure.url != chosen][:_FIGURES]
    listed = [(NO_PICTURE, pages.strings.say("picture_none"))]
    if chosen != NO_PICTURE:
        listed.insert(0, (chosen, _short_address(chosen)))
    listed += [
        (figure.url, text.fold(figure.alt) or _short_address(figure.url)) for figure in figures
    ]
    return [
        {"value": value, "word": text.shorten(word, 80), "is_chosen": value == chosen}
        for value, word in listed
    ]


def _short_address(url: str) -> str:
    return url.rsplit("/", 1)[-1] or url


_NAMED_BY_VALUE = frozenset({"write", "file", "list"})  # the first value is a headline or a name
# rules that set a field of a story, with that field
_EDITS = {"rename": "title", "retopic": "topics", "set": ""}
_CHANGED_WORDS = {**FIELD_WORDS, "summary": "text_summary", "translation": "text_translation"}
_SHOWN_VALUE = 300  # characters of a value
_UNDONE_KINDS = frozenset({"verdict", "rule", "correct", "write", "list", "snooze"})


def describe_actions(
    pages: Pages, shown: Sequence[QueuedAction], done: Sequence[QueuedAction]
) -> list[_story_view.View]:
    """Return editors' actions for the template, with outcomes and whether each can be undone.

    `done` are all actions of that time: among them are undos, and what these undo.
    """
    undone = {
        value
        for queued in done
        if queued.action.kind == "undo" and queued.state == "done"
        for value in queued.action.values
    }
    known = {queued.action.id: queued for queued in done}
    return [_describe(pages, queued, undone, known) for queued in shown]


def describe_settings(
    pages: Pages, commits: Sequence[settings.SettingsCommit]
) -> list[_story_view.View]:
    """Return git commits of settings for the template, and whether each is undone."""
    return [
        {
            "id": commit.id,
            "time": pages.views.clock(commit.at),
            "word": pages.strings.say("said_undo") if commit.is_undo else "",
            "subject": text.fold(commit.lines[0] if commit.is_undo else commit.subject),
            "lines": [text.fold(line) for line in commit.lines[commit.is_undo :]],
            "state": pages.strings.say("taken_back") if commit.is_undone else "",
        }
        for commit in commits
    ]


def _describe(
    pages: Pages, queued: QueuedAction, undone: Collection[str], known: Mapping[str, QueuedAction]
) -> _story_view.View:
    action, outcome, state = queued.action, queued.outcome, queued.state
    say = pages.strings.say
    is_undone = action.id in undone
    about = known.get("".join(action.values[:1]), queued) if action.kind == "undo" else queued
    names = () if about.action.kind == "list" else about.action.stories or _list_new_records(about)
    problem = state in {"refused", "conflict"} and outcome is not None
    word = _say_what(pages, action)
    return {
        "id": action.id,
        "word": word if about is queued else f"{word}: {_say_what(pages, about.action)}",
        "time": pages.views.clock(action.at),
        "stories": [pages.name_story(name, about.action.id) for name in names],
        "about": _name_by_values(about.action, names),
        "changes": _list_changes(pages, action),
        "why": action.why,
        "state": say("taken_back" if is_undone else f"state_{state}"),
        "what": " · ".join((outcome.what, outcome.hint)) if problem and outcome else "",
        "retry": _link_retry(pages, queued),
        "may_undo": not problem and not is_undone and action.kind in _UNDONE_KINDS,
    }


def _say_what(pages: Pages, action: EditorAction) -> str:
    """Return what an editor did in a word or two, such as "Rejected"."""
    known = pages.strings.words
    return next((pages.strings.say(key) for key in _list_words(action) if key in known), "")


def _link_retry(pages: Pages, queued: QueuedAction) -> str:
    """Return the URL where the editor resolves a conflict of an action, "" for none."""
    action, root = queued.action, pages.views.root
    if (action.kind, action.said, queued.state) == ("list", "set", "conflict"):
        return f"{root}list/?action={action.id}"
    if name_field(action) and queued.state in {"conflict", "refused"}:
        return link_edit(root, action)
    return ""


def _list_words(action: EditorAction) -> Iterator[str]:
    """Yield the keys of texts for an editor's action, the most exact first."""
    if (action.kind, action.said) == ("rule", "undo"):
        yield f"said_undo_{action.values[0] if action.values else ''}"
    if action.kind == "list":
        yield f"said_list_{action.said}"
    elif action.said in _EDITS:
        yield "said_edit"
    yield f"said_{action.said or action.kind}"
    yield f"said_{action.kind}"


def _name_by_values(action: EditorAction, names: Collection[str]) -> str:
    """Return the subject of an action that names no story: a headline, URL or blocked words."""
    if names or not (action.kind in _NAMED_BY_VALUE or action.said == "block"):
        return ""
    return ", ".join(action.values if action.said == "block" else action.values[:1])


def _list_changes(pages: Pages, action: EditorAction) -> list[_story_view.View]:
    """Return the story fields that an action changed or, if unknown, was to change."""
    if not _is_edit(action):
        return []
    changes = [
        (edited.field, edited.was, edited.now)
        for edited in applying.list_edited_fields(pages.opened.newsroom, action.id)
    ]
    if not changes and action.said == "set" and len(action.values) > 1:
        changes = [(action.values[0], "", action.values[1])]
    if not changes and action.said in _EDITS:
        changes = [(_EDITS[action.said], "", ", ".join(action.values))]
    say = pages.strings.say
    return [
        {"field": say(_CHANGED_WORDS[field]), "was": _shorten(was), "now": _shorten(now)}
        for field, was, now in changes
        if field in _CHANGED_WORDS
    ]


def _is_edit(action: EditorAction) -> bool:
    return action.kind == "correct" or (action.kind == "rule" and action.said in _EDITS)


def _shorten(value: str) -> str:
    return text.shorten(text.fold(value), _SHOWN_VALUE)


def _list_new_records(queued: QueuedAction) -> Sequence[str]:
    """Return the names of the story records that an action created."""
    if queued.action.kind != "write" or queued.outcome is None:
        return ()
    return [path.rsplit("/", 1)[-1].removesuffix(".md") for path in queued.outcome.paths]


# Serve the pages of one story: the story, its history, similar stories, and its edit form.


async def show_story(visit: Visit) -> Response:
    """Answer with the page of a story, or with its parts beside the queue (`?side`)."""
    asked, name = visit.request.query_params, visit.request.path_params["name"]
    if "side" in asked:
        return await visit.draw(render_side, name)
    return await visit.draw(render_story, name, asked.get("view", "")[:100])


async def show_trail(visit: Visit) -> Response:
    """Answer with the page of a story's history."""
    return await visit.draw(render_trail, visit.request.path_params["name"])


async def show_neighbours(visit: Visit) -> Response:
    """Answer with the page of the stories that are most similar to a story."""
    return await visit.draw(render_neighbours, visit.request.path_params["name"])


async def show_edit(visit: Visit) -> Response:
    """Answer with the edit form of a story, or with the outcome of edits that were sent."""
    editor, name = visit.editor, visit.request.path_params["name"]
    if "sent" in visit.request.query_params:
        return await _answer_outcome(visit, editor, name, visit.request.query_params["sent"])
    takes_up = "draft" in visit.request.query_params
    return await _show_form(visit, editor, name, takes_up=takes_up)


async def _show_form(
    visit: Visit,
    editor: Editor,
    name: str,
    sent: Sequence[QueuedAction] = (),
    *,
    takes_up: bool = False,
) -> Response:
    """Answer with the edit form of a story.

    With `takes_up` the editor's unsaved draft fills it. What was `sent` from it and is not filed
    fills it, too, or is shown on a page of its own if the story is gone.
    """
    drafts = await visit.desk.list_drafts(editor, name)

    def make(pages: Pages) -> bytes:
        try:
            found = story_page.read_story_page(pages.opened.newsroom, pages.opened.queue, name)
        except RecordError as error:
            if not sent:
                raise
            return render_sent_edit(pages, sent, str(error))
        return render_edit(pages, found, OpenEdit(drafts, takes_up, sent))

    return await visit.draw(make)


async def _answer_outcome(visit: Visit, editor: Editor, name: str, first: str) -> Response:
    """Redirect to the story if its edit is saved; else show the outcome, or a waiting page."""
    sent = await _find_actions(visit, editor, name, first)
    if any(queued.outcome is None for queued in sent):
        answer = await visit.draw(render_sent_edit, sent)
        answer.headers["Refresh"] = "1"  # in a second, to wait for the outcome again
        return answer
    filed = [one.action for one in sent if one.state == "done"]
    inputs = _actions.list_inputs(filed)
    await _http.drop_filed_drafts(visit.desk.store, editor.name, name, inputs)
    if sent and len(filed) == len(sent):
        return _lead_to_story(visit, name)
    return await _show_form(visit, editor, name, sent)


async def _find_actions(visit: Visit, editor: Editor, name: str, first: str) -> list[QueuedAction]:
    """Return the actions that an editor sent from a form, after a short wait for outcomes."""
    ids = _actions.list_edit_ids(first)
    states = await visit.desk.filer.await_outcomes(ids)
    own = (editor.name, (name,))
    told = (states[each] for each in ids if each in states)
    return [one for one in told if (one.action.by, one.action.stories) == own]


async def put_edit(visit: Visit) -> Response:
    """Store the edits in a story's form; redirect to the page that shows their outcome."""
    editor, name = visit.editor, visit.request.path_params["name"]
    fields, store = await _http.read_form(visit.request), visit.desk.store
    was, _ = _actions.read_versions(fields)
    typed = _http.draft_form(name, dict(fields), _actions.list_texts(was), now())
    await _http.keep_drafts(store, editor.name, typed)
    actions = _actions.read_edit(name, fields, editor.name, now())
    if not actions:
        await _http.drop_filed_drafts(store, editor.name, name, dict(fields))
        return _lead_to_story(visit, name)
    known = await asyncio.to_thread(store.actions.state, [one.id for one in actions])
    if _actions.has_other_values(actions, [queued.action for queued in known.values()]):
        actions = _actions.name_anew(actions)
    await visit.desk.put(actions)
    return RedirectResponse(link_edit(visit.desk.path, actions[0]), 303)


def _lead_to_story(visit: Visit, name: str) -> Response:
    return visit.redirect(f"story/{quote(name, safe='')}/")


STORY_PAGES: tuple[Page, ...] = (
    Page("GET", "/story/{name}/", show_story, "viewer"),
    Page("GET", "/story/{name}/neighbours/", show_neighbours, "viewer"),
    Page("GET", "/story/{name}/trail/", show_trail, "viewer"),
    Page("GET", "/story/{name}/edit/", show_edit, "editor"),
    Page("POST", "/story/{name}/edit/", put_edit, "editor"),
)
