"""Serve the pages of topics: editors test keywords, owners change topics."""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

import msgspec
from starlette.responses import RedirectResponse, Response

from copydesk.desk._desk import Page, Visit
from copydesk.desk._newsroom_thread import OpenNewsroom
from copydesk.desk._pages import Pages
from copydesk.desk._queue_routes import find_own_commit
from copydesk.desk._story_view import View
from copydesk.editing import queue, topic_suggestions, topics, what_if
from copydesk.errors import CopydeskError, RecordError, UsageError
from copydesk.kit import text
from copydesk.news import Topic
from copydesk.newsroom import settings

_EXCERPT = 240  # characters
_STORIES = 5  # named stories of a suggestion


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenTopic:
    """The content of a topic's page: the topic, and what the editor searched for or typed.

    `seen` is the digest of the file. `written` has the values of a form that was refused for
    `problem`, `saved` the commit that was just made.
    """

    topic: Topic
    path: str
    seen: str
    matches: topics.WordMatches | None = None
    suggestions: topic_suggestions.SuggestReport | None = None
    written: topics.TopicEdit | None = None
    problem: str = ""
    meanwhile: Sequence[str] = ()
    saved: settings.SettingsCommit | None = None


def render_topics(pages: Pages, moved: str, commit: str) -> bytes:
    """Return the page of all topics; `moved` is the one that a `commit` has just moved."""
    newsroom = pages.opened.newsroom
    rows = topics.list_topic_rows(newsroom, pages.opened.queue.catalogue)
    names = {row.topic.name for row in rows}
    shown = [_show_row(pages, row, names) for row in rows]
    own = find_own_commit(newsroom, commit, pages.editor)
    return pages.page(
        "topics.html",
        title=pages.strings.say("topics_title"),
        own_style=pages.asset("topics.css"),
        own_script=pages.asset("topic_tree.js"),
        topics=shown,
        moved=_tell_move(pages, shown, moved, own.id if own else ""),
    )


def _tell_move(pages: Pages, shown: Sequence[View], moved: str, commit: str) -> View | None:
    """Return where a moved topic is now, with its undo; None if none was moved."""
    for topic in shown:
        if topic["name"] == moved:
            word = "topic_moved_below" if topic["parent"] else "topic_moved_top"
            told = pages.strings.say(word, name=moved, parent=topic["parent"])
            return {"name": moved, "words": told, "commit": commit}
    return None


def _show_row(pages: Pages, row: topics.TopicRow, names: Container[str]) -> View:
    parent = row.topic.parent
    question = queue.QueueQuestion(view="all", topic=row.topic.name)
    return {
        "name": row.topic.name,
        "href": link_topic(pages.views.root, row.topic.name),
        "depth": row.depth,
        "indent": min(row.depth, 6),
        "parent": parent if parent in names else "",
        "seen": row.seen,
        "keywords": pages.strings.say("topic_keywords", count=len(row.topic.keywords)),
        "stories": pages.strings.say("stories", count=row.stories),
        "recent": pages.strings.say("topic_recent", count=row.recent),
        "all": pages.address(question),
        "is_main": row.is_main,
    }


def link_topic(root: str, name: str, **query: str) -> str:
    """Return the URL of a topic's page."""
    return f"{root}topics/one/?{urlencode({'name': name, **query})}"


def render_topic(pages: Pages, seen: SeenTopic) -> bytes:
    """Return the page of one topic."""
    topic, root = seen.topic, pages.views.root
    written = seen.written or msgspec.convert(topic, topics.TopicEdit, from_attributes=True)
    return pages.page(
        "topic.html",
        title=topic.name,
        own_style=pages.asset("topics.css"),
        own_script=pages.asset("topics.js"),
        name=topic.name,
        path=seen.path,
        seen=seen.seen,
        problem=seen.problem,
        meanwhile=list(seen.meanwhile),
        keywords="\n".join(written.keywords),
        shortname=written.shortname,
        description=written.description,
        parents=_list_parents(pages, topic.name, written.parent),
        dismissed=", ".join(topic.dismissed),
        place=topic.place,
        suggest=link_topic(root, topic.name, suggest="1"),
        matches=show_matches(pages, seen.matches) if seen.matches else None,
        suggestions=_show_suggestions(pages, seen.suggestions, topic.name),
        saved=seen.saved,
    )


def _list_parents(pages: Pages, name: str, chosen: str) -> list[View]:
    choices = pages.topic_choices([chosen] if chosen else [])
    return [choice for choice in choices if choice["name"] != name]


def show_matches(pages: Pages, matches: topics.WordMatches) -> View:
    """Return the stories that contain a phrase, with its words marked, for the template."""
    marked = re.compile(
        "".join((r"\b", r"\W+".join(map(re.escape, matches.words.split())), r"\w*")), re.IGNORECASE
    )
    return {
        "words": matches.words,
        "total": pages.strings.say("stories", count=matches.total),
        "rest": _tell_rest(pages, len(matches.stories), matches.total),
        "stories": [
            {
                "href": pages.views.address(_name(story.path)),
                "title": _mark(marked, text.fold(story.title)),
                "excerpt": _mark(marked, text.shorten(text.fold(story.excerpt), _EXCERPT)),
                "topics": ", ".join(story.topics),
            }
            for story in matches.stories
        ],
    }


def _tell_rest(pages: Pages, shown: int, total: int) -> str:
    """Return a text that only the first stories are shown, "" if all are."""
    if shown >= total:
        return ""
    return pages.strings.say("topic_matches_first", shown=f"{shown:,}", total=f"{total:,}")


def _name(path: str) -> str:
    return path.rsplit("/", 1)[-1].removesuffix(".md")


def _mark(words: re.Pattern[str], passage: str) -> list[View]:
    """Return a passage in pieces, each marked or not."""
    parts: list[View] = []
    end = 0
    for found in words.finditer(passage):
        parts.append({"text": passage[end : found.start()], "is_marked": False})
        parts.append({"text": found[0], "is_marked": True})
        end = found.end()
    return [*parts, {"text": passage[end:], "is_marked": False}]


def _show_suggestions(
    pages: Pages, report: topic_suggestions.SuggestReport | None, topic: str
) -> View | None:
    if report is None:
        return None
    words = [word for topic in report.topics for word in topic.words]
    return {
        "read": pages.strings.say("stories", count=report.stories),
        "notes": [text.fold(note) for note in report.notes],
        "why_none": "" if words else _tell_why_none(pages, report),
        "find": pages.address(queue.QueueQuestion(view="all", search=topic)),
        "words": [
            {
                "word": text.fold(word.word),
                "wins": pages.strings.say("suggest_wins", count=len(word.wins)),
                "loses": pages.strings.say("suggest_loses", count=len(word.loses)),
                "won": _show_stories(pages, word.wins),
                "lost": _show_stories(pages, word.loses),
            }
            for word in words
        ],
    }


def _tell_why_none(pages: Pages, report: topic_suggestions.SuggestReport) -> str:
    """Return as text how many stories have the topic, and how many must use a word."""
    stories = sum(topic.stories for topic in report.topics)
    return pages.strings.say("suggest_few", count=stories, needed=f"{report.least_stories:,}")


def _show_stories(pages: Pages, stories: Sequence[topic_suggestions.AffectedStory]) -> list[View]:
    """Return the first stories that a keyword would add to the topic or remove from it."""
    return [
        {
            "title": text.fold(story.title) or _name(story.path),
            "href": pages.views.address(_name(story.path)),
        }
        for story in stories[:_STORIES]
    ]


def read_topic_edit(form: Mapping[str, str]) -> topics.TopicEdit:
    """Return the new values of a topic in a form; raises UsageError for too many keywords."""
    lines = form.get("keywords", "").splitlines()
    if len(lines) > 20_000:
        raise UsageError("expected at most 10,000 keywords", subject=f"{len(lines):,} lines")
    return topics.TopicEdit(
        keywords=tuple(filter(None, map(str.strip, lines))),
        shortname=form.get("shortname", ""),
        description=form.get("description", ""),
        parent=form.get("parent", ""),
    )


_SUGGESTED = 20


async def show_all(visit: Visit) -> Response:
    """Answer with the page of all topics."""
    asked = visit.request.query_params
    return await visit.draw(render_topics, asked.get("moved", ""), asked.get("commit", ""))


async def show_one(visit: Visit) -> Response:
    """Answer with the page of one topic, on request with keyword suggestions."""
    editor, asked = visit.editor, visit.request.query_params
    name, suggestions = asked.get("name", ""), None
    if asked.get("suggest"):
        question = topic_suggestions.SuggestQuestion(topic=name, limit=_SUGGESTED)
        suggestions = await visit.desk.thread.change(topic_suggestions.suggest_keywords, question)

    def see(opened: OpenNewsroom) -> SeenTopic:
        topic, path, seen = topics.see_topic(opened.newsroom, name)
        words = asked.get("try", "")
        catalogue = opened.queue.catalogue
        matches = topics.match_words(opened.newsroom, catalogue, words) if words else None
        return SeenTopic(
            topic=topic,
            path=path,
            seen=seen,
            matches=matches,
            suggestions=suggestions,
            saved=find_own_commit(opened.newsroom, asked.get("saved", ""), editor),
        )

    return await _show(visit, see)


async def show_matching(visit: Visit) -> Response:
    """Answer with the HTML of stories that contain a phrase, to update a topic page."""
    words = visit.request.query_params.get("q", "")

    def make(pages: Pages) -> bytes:
        matches = topics.match_words(pages.opened.newsroom, pages.opened.queue.catalogue, words)
        return pages.fragment("topic_matches.html", matches=show_matches(pages, matches))

    return await visit.draw(make)


async def write_topic(visit: Visit) -> Response:
    """Commit the changes to a topic; a conflict shows the form again."""
    owner, form = visit.editor, await visit.read_form()
    name, seen, edit = form.get("name", ""), form.get("seen", ""), read_topic_edit(form)
    try:
        done = await visit.desk.thread.change(topics.edit_topic, name, edit, owner.name, seen)
    except (UsageError, RecordError) as error:
        return await _refuse(visit, form, edit, error)
    saved = {"saved": done.commit} if done.commit else {}
    return RedirectResponse(link_topic(visit.desk.path, name, **saved), 303)


async def _refuse(
    visit: Visit, form: dict[str, str], edit: topics.TopicEdit, error: CopydeskError
) -> Response:
    problem = "; ".join(filter(None, (str(error), error.hint)))

    def see(opened: OpenNewsroom) -> SeenTopic:
        topic, path, seen = topics.see_topic(opened.newsroom, form.get("name", ""))
        is_stale = seen != form.get("seen")
        return SeenTopic(
            topic=topic,
            path=path,
            seen=seen,
            written=edit,
            problem=problem,
            meanwhile=_compare(form.get("was", ""), topic.keywords) if is_stale else (),
        )

    return await _show(visit, see, status=409)


async def begin_trial(visit: Visit) -> Response:
    """Start a test of new keywords on the stories of 30 days, and redirect to it."""
    editor, form = visit.editor, await visit.read_form()
    edit, name = read_topic_edit(form), form.get("name", "")

    def compare(opened: OpenNewsroom) -> what_if.RuleChange:
        topic, _, _ = topics.see_topic(opened.newsroom, name)
        added, dropped = topics.compare_keywords(topic, edit.keywords)
        words = what_if.KeywordEdit(added=added, dropped=dropped)
        return what_if.RuleChange(keywords={topic.name: words})

    trial = visit.desk.trials.begin(editor.name, await visit.desk.thread.ask(compare))
    return visit.redirect(f"what-if/?trial={trial.id}")


async def answer_suggestion(visit: Visit) -> Response:
    """Add a suggested keyword to a topic, or dismiss it for good."""
    owner, form = visit.editor, await visit.read_form()
    name, word = form.get("name", ""), form.get("word", "")

    answer = topics.dismiss_words if form.get("do") == "dismiss" else topics.add_keywords
    done = await visit.desk.thread.change(
        lambda newsroom: answer(newsroom, name, [word], owner.name)
    )
    return visit.show_commit("topics/one/", done.commit, name=name, suggest="1")


async def file_topic(visit: Visit) -> Response:
    """Create a topic, and redirect to its page."""
    owner, form = visit.editor, await visit.read_form()
    name, parent = form.get("name", "").strip(), form.get("parent", "")
    done = await visit.desk.thread.change(topics.file_topic, name, parent, owner.name)
    return visit.show_commit("topics/one/", done.commit, name=name)


async def move_topic(visit: Visit) -> Response:
    """Move a topic below another topic, and redirect to the page of all topics."""
    owner, form = visit.editor, await visit.read_form()
    name, parent, seen = (form.get(field, "") for field in ("name", "parent", "seen"))
    done = await visit.desk.thread.change(topics.move_topic, name, parent, owner.name, seen)
    return visit.redirect("topics/", moved=name, commit=done.commit or "")


async def end_topic(visit: Visit) -> Response:
    """Delete a topic in a git commit, and redirect to the page of all topics."""
    owner, form = visit.editor, await visit.read_form()
    if "sure" not in form:
        raise UsageError("select the checkbox to confirm that you want to delete the topic")
    name, seen = form.get("name", ""), form.get("seen", "")
    done = await visit.desk.thread.change(topics.end_topic, name, owner.name, seen)
    return visit.show_commit("topics/", done.commit)


async def _show(
    visit: Visit, see: Callable[[OpenNewsroom], SeenTopic], status: int = 200
) -> Response:
    answer = await visit.draw(lambda pages: render_topic(pages, see(pages.opened)))
    answer.status_code = status
    return answer


def _compare(was: str, today: tuple[str, ...]) -> tuple[str, ...]:
    """Return how somebody else changed keywords meanwhile, as lines "+ word" and "- word"."""
    before = dict.fromkeys(filter(None, map(str.strip, was.splitlines())))
    gone = (f"- {word}" for word in before if word not in today)
    return (*(f"+ {word}" for word in today if word not in before), *gone)


TOPIC_PAGES: tuple[Page, ...] = (
    Page("GET", "/topics/", show_all, "editor"),
    Page("GET", "/topics/one/", show_one, "editor"),
    Page("GET", "/topics/matches", show_matching, "editor"),
    Page("POST", "/topics/one/", write_topic, "owner"),
    Page("POST", "/topics/try", begin_trial, "editor"),
    Page("POST", "/topics/words", answer_suggestion, "owner"),
    Page("POST", "/topics/new", file_topic, "owner"),
    Page("POST", "/topics/move", move_topic, "owner"),
    Page("POST", "/topics/end", end_topic, "owner"),
)
