"""Serve the pages of topics: editors test keywords, owners change topics."""

from __future__ import annotations

from collections.abc import Callable

from starlette.responses import RedirectResponse, Response

from copydesk.desk._desk import Page, Visit
from copydesk.desk._newsroom_thread import OpenNewsroom
from copydesk.desk._pages import Pages
from copydesk.desk._queue_routes import find_own_commit
from copydesk.desk.topics._topic_page import (
    MovedTopic,
    SeenTopic,
    SeenTopics,
    link_topic,
    read_topic_edit,
    render_topic,
    render_topics,
    show_matches,
)
from copydesk.editing import topic_suggestions, topics, what_if
from copydesk.errors import CopydeskError, RecordError, UsageError

_SUGGESTED = 20


async def show_all(visit: Visit) -> Response:
    """Answer with the page of all topics."""
    asked = visit.request.query_params

    def make(pages: Pages) -> bytes:
        newsroom, moved = pages.opened.newsroom, None
        rows = topics.list_topic_rows(newsroom, pages.opened.queue.catalogue)
        if "moved" in asked:
            commit = find_own_commit(newsroom, asked.get("commit", ""), visit.editor)
            moved = MovedTopic(name=asked["moved"], commit=commit.id if commit else "")
        seen = SeenTopics(rows=rows, moved=moved)
        return render_topics(pages, seen)

    return await visit.draw(make)


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
