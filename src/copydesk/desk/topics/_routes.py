"""Serve the pages of topics: editors try keywords, owners change topics."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from copydesk.desk._desk import Desk
from copydesk.desk._http import must_edit, page_answer, read_form, with_errors
from copydesk.desk._newsroom_thread import Counts, OpenNewsroom
from copydesk.desk._pages import Editor, Pages
from copydesk.desk.sign_in import require_role, visitor_of
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
from copydesk.newsroom import Newsroom, settings

_SUGGESTED = 20
_JUST_NOW = timedelta(hours=1)


def list_topic_routes(desk: Desk, editor_of: Callable[[Request], Editor]) -> list[Route]:
    """Return the routes of an open desk on which topics are edited."""
    handlers = _TopicHandlers(desk, editor_of)
    posts = {
        "/topics/one/": handlers.write,
        "/topics/try": handlers.begin_trial,
        "/topics/words": handlers.answer_suggestion,
        "/topics/new": handlers.file,
        "/topics/move": handlers.move,
        "/topics/end": handlers.end,
    }
    return [
        Route("/topics/", with_errors(handlers.show_all)),
        Route("/topics/one/", with_errors(handlers.show_one)),
        Route("/topics/matches", with_errors(handlers.show_matches)),
        *(Route(path, with_errors(handler), methods=["POST"]) for path, handler in posts.items()),
    ]


class _TopicHandlers:
    """Handle each route."""

    def __init__(self, desk: Desk, editor_of: Callable[[Request], Editor]) -> None:
        self._desk = desk
        self._editor_of = editor_of

    async def show_all(self, request: Request) -> Response:
        """Answer with all topics."""
        editor, may_write = must_edit(self._editor_of(request)), _may_write(request)
        asked = request.query_params

        def make(opened: OpenNewsroom, pages: Pages, counts: Counts) -> bytes:
            newsroom, moved = opened.newsroom, None
            rows = topics.list_topic_rows(newsroom, opened.queue.catalogue)
            if "moved" in asked:
                commit = _find_own_commit(newsroom, asked.get("commit", ""), editor)
                moved = MovedTopic(name=asked["moved"], commit=commit.id if commit else "")
            seen = SeenTopics(rows=rows, moved=moved)
            return render_topics(pages, editor, counts, seen, may_write=may_write)

        return page_answer(await self._desk.draw(make))

    async def show_one(self, request: Request) -> Response:
        """Answer with one topic, and on request with matching stories and suggestions."""
        editor, asked = must_edit(self._editor_of(request)), request.query_params
        name, suggestions = asked.get("name", ""), None
        if asked.get("suggest"):
            question = topic_suggestions.SuggestQuestion(topic=name, limit=_SUGGESTED)
            suggestions = await self._desk.thread.change(
                lambda newsroom: topic_suggestions.suggest_keywords(newsroom, question)
            )

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
                saved=_find_own_commit(opened.newsroom, asked.get("saved", ""), editor),
            )

        return await self._show(request, see)

    async def show_matches(self, request: Request) -> Response:
        """Answer with the stories that have some words alone, for an open page."""
        must_edit(self._editor_of(request))
        words = request.query_params.get("q", "")

        def make(opened: OpenNewsroom, pages: Pages, _counts: Counts) -> bytes:
            matches = topics.match_words(opened.newsroom, opened.queue.catalogue, words)
            return pages.fragment("topic_matches.html", matches=show_matches(pages, matches))

        return page_answer(await self._desk.draw(make))

    async def write(self, request: Request) -> Response:
        """Commit the changes to a topic; a refused form is shown again with the conflict."""
        owner, form = require_role(request, "owner"), dict(await read_form(request))
        name, seen, edit = form.get("name", ""), form.get("seen", ""), read_topic_edit(form)
        try:
            done = await self._desk.thread.change(
                lambda newsroom: topics.edit_topic(newsroom, name, edit, owner.name, seen)
            )
        except (UsageError, RecordError) as error:
            return await self._refuse(request, form, edit, error)
        saved = {"saved": done.commit} if done.commit else {}
        return RedirectResponse(link_topic(self._desk.path, name, **saved), 303)

    async def _refuse(
        self, request: Request, form: dict[str, str], edit: topics.TopicEdit, error: CopydeskError
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

        return await self._show(request, see, status=409)

    async def begin_trial(self, request: Request) -> Response:
        """Begin to try new keywords on the last 30 days, and redirect to the trial."""
        editor, form = must_edit(self._editor_of(request)), dict(await read_form(request))
        edit, name = read_topic_edit(form), form.get("name", "")

        def compare(opened: OpenNewsroom) -> what_if.RuleChange:
            topic, _, _ = topics.see_topic(opened.newsroom, name)
            added, dropped = topics.compare_keywords(topic, edit.keywords)
            words = what_if.KeywordEdit(added=added, dropped=dropped)
            return what_if.RuleChange(keywords={topic.name: words})

        trial = self._desk.trials.begin(editor.name, await self._desk.thread.ask(compare))
        return RedirectResponse(f"{self._desk.path}what-if/?trial={trial.id}", 303)

    async def answer_suggestion(self, request: Request) -> Response:
        """Add a suggested keyword to a topic, or stop suggesting it."""
        owner, form = require_role(request, "owner"), dict(await read_form(request))
        name, word = form.get("name", ""), form.get("word", "")

        def answer(newsroom: Newsroom) -> None:
            if form.get("do") == "dismiss":
                topics.dismiss_words(newsroom, name, [word], owner.name)
            else:
                topics.add_keywords(newsroom, name, [word], owner.name)

        await self._desk.thread.change(answer)
        return RedirectResponse(link_topic(self._desk.path, name, suggest="1"), 303)

    async def file(self, request: Request) -> Response:
        """Create a topic, and redirect to it."""
        owner, form = require_role(request, "owner"), dict(await read_form(request))
        name, parent = form.get("name", "").strip(), form.get("parent", "")
        await self._desk.thread.change(
            lambda newsroom: topics.file_topic(newsroom, name, parent, owner.name)
        )
        return RedirectResponse(link_topic(self._desk.path, name), 303)

    async def move(self, request: Request) -> Response:
        """Move a topic below another one, and redirect to all topics."""
        owner, form = require_role(request, "owner"), dict(await read_form(request))
        name, parent, seen = (form.get(field, "") for field in ("name", "parent", "seen"))
        done = await self._desk.thread.change(
            lambda newsroom: topics.move_topic(newsroom, name, parent, owner.name, seen)
        )
        told = urlencode({"moved": name, "commit": done.commit or ""})
        return RedirectResponse(f"{self._desk.path}topics/?{told}", 303)

    async def end(self, request: Request) -> Response:
        """End a topic, and redirect to the others."""
        owner, form = require_role(request, "owner"), dict(await read_form(request))
        if "sure" not in form:
            raise UsageError("a topic ends only when you say that this is meant", subject="topic")
        name, seen = form.get("name", ""), form.get("seen", "")
        await self._desk.thread.change(
            lambda newsroom: topics.end_topic(newsroom, name, owner.name, seen)
        )
        return RedirectResponse(f"{self._desk.path}topics/", 303)

    async def _show(
        self, request: Request, see: Callable[[OpenNewsroom], SeenTopic], status: int = 200
    ) -> Response:
        editor, may_write = self._editor_of(request), _may_write(request)
        answer = page_answer(
            await self._desk.draw(
                lambda opened, pages, counts: render_topic(
                    pages, editor, counts, see(opened), may_write=may_write
                )
            )
        )
        answer.status_code = status
        return answer


def _may_write(request: Request) -> bool:
    return visitor_of(request).may("owner")


def _find_own_commit(
    newsroom: Newsroom, commit: str, editor: Editor
) -> settings.SettingsCommit | None:
    """Return an editor's last commit of settings if it has this id and is recent, else None.

    A link from somebody else must not offer to undo a commit that the editor did not mean.
    """
    since = newsroom.now - _JUST_NOW
    own = settings.list_settings_commits(newsroom, editor.name, since) if commit else []
    return own[0] if own and own[0].id == commit else None


def _compare(was: str, today: tuple[str, ...]) -> tuple[str, ...]:
    """Return how somebody else changed keywords meanwhile, a signed line for each."""
    before = dict.fromkeys(filter(None, map(str.strip, was.splitlines())))
    gone = (f"- {word}" for word in before if word not in today)
    return (*(f"+ {word}" for word in today if word not in before), *gone)
