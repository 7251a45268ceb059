"""The routes of the page on rules: an editor may try some, an owner may write them."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from copydesk.desk._answers import NEVER_KEPT, must_edit, read_commit, read_form, with_errors
from copydesk.desk._counts import Counts
from copydesk.desk._desk import Desk
from copydesk.desk._newsroom_thread import OpenNewsroom
from copydesk.desk._pages import Editor, Pages
from copydesk.desk.live import Trial
from copydesk.desk.rules._form import read_change
from copydesk.desk.rules._what_if_page import WhatIfState, render_what_if
from copydesk.desk.sign_in import require_role, visitor_of
from copydesk.errors import UsageError

_PATH = "what-if/"
_LOOK_AGAIN = {"Refresh": "1"}  # seconds: while a trial is under way, with a script or without


def list_rule_routes(desk: Desk, editor_of: Callable[[Request], Editor]) -> list[Route]:
    """Return the routes of an open desk on which rules are tried and written."""
    handlers = _RuleHandlers(desk, editor_of)
    return [
        Route("/what-if/", with_errors(handlers.show)),
        Route("/what-if/try", with_errors(handlers.begin), methods=["POST"]),
        Route("/what-if/cancel", with_errors(handlers.give_up), methods=["POST"]),
        Route("/what-if/write", with_errors(handlers.write), methods=["POST"]),
        Route("/what-if/undo", with_errors(handlers.undo), methods=["POST"]),
        Route("/what-if/rejudge", with_errors(handlers.rejudge), methods=["POST"]),
    ]


class _RuleHandlers:
    """What each route does."""

    def __init__(self, desk: Desk, editor_of: Callable[[Request], Editor]) -> None:
        self._desk = desk
        self._editor_of = editor_of

    async def show(self, request: Request) -> Response:
        """Answer with the page, looked at again by itself while a trial is under way."""
        editor, asked = must_edit(self._editor_of(request)), request.query_params
        trial = self._desk.trials.find(asked.get("trial", ""), editor.name)
        again = self._desk.trials.find(asked.get("again", ""), editor.name)
        rejudging = self._desk.rejudging.last if self._desk.rejudging else None

        def make(opened: OpenNewsroom, pages: Pages, counts: Counts) -> bytes:
            state = WhatIfState(
                trial=trial,
                half_life_today=opened.newsroom.settings.front.half_life_hours,
                may_write=visitor_of(request).may("owner"),
                written=asked.get("written", "")[:40],
                undone=asked.get("undone", "")[:40],
                again=again,
                rejudging=rejudging,
            )
            return render_what_if(pages, editor, counts, opened.newsroom.beat, state)

        is_judged = "rejudging" in asked and rejudging is not None and rejudging.code is None
        waits = is_judged or (trial is not None and not trial.is_over)
        headers = {**NEVER_KEPT, **(_LOOK_AGAIN if waits else {})}
        return Response(await self._desk.draw(make), media_type="text/html", headers=headers)

    async def begin(self, request: Request) -> Response:
        """Begin to try what a form says, and lead to the page that waits for it."""
        editor = must_edit(self._editor_of(request))
        fields = await read_form(request)
        settings = await self._desk.thread.ask(lambda opened: opened.newsroom.settings)
        change = read_change(fields, settings.beat, settings.front)
        trial = self._desk.trials.begin(editor.name, change)
        return self._lead(trial=trial.id)

    async def give_up(self, request: Request) -> Response:
        """Give up a trial, and lead to its page."""
        trial, _ = await self._find(request)
        trial.is_given_up = trial.is_given_up or not trial.is_over
        return self._lead(trial=trial.id)

    async def write(self, request: Request) -> Response:
        """Commit what was tried, under the owner's name."""
        owner = require_role(request, "owner")
        trial, form = await self._find(request)
        if trial.tried is None:
            raise UsageError("try the rules before they are written", subject="what if")
        if trial.tried.summary.is_extreme and "sure" not in form:
            raise UsageError(
                "by these rules everything would be published, or nothing",
                subject="what if",
                hint="say that this is meant, or try others",
            )
        change, stands, why = trial.change, form.get("stands", ""), form.get("why", "")
        done = await self._desk.trials.ask(
            lambda bench: bench.write(change, owner.name, stands, why)
        )
        return self._lead(again=trial.id, written=done.commit or "-")

    async def undo(self, request: Request) -> Response:
        """Take a commit of rules back."""
        owner = require_role(request, "owner")
        form = dict(await read_form(request))
        commit = read_commit(form)
        await self._desk.trials.ask(lambda bench: bench.undo(commit, owner.name))
        return self._lead(undone=commit, again=form.get("again", "")[:40])

    async def rejudge(self, request: Request) -> Response:
        """Begin to judge filed stories again, and lead to where it is told."""
        owner = require_role(request, "owner")
        if self._desk.rejudging is None:
            hint = "use copydesk rejudge --apply"
            raise UsageError("stories are not judged again here", subject="serve", hint=hint)
        self._desk.rejudging.begin(owner.name)
        return self._lead(rejudging="1")

    async def _find(self, request: Request) -> tuple[Trial, dict[str, str]]:
        editor = must_edit(self._editor_of(request))
        form = dict(await read_form(request))
        trial = self._desk.trials.find(form.get("trial", ""), editor.name)
        if trial is None:
            raise UsageError("this trial is over", subject="what if", hint="try the rules again")
        return trial, form

    def _lead(self, **query: str) -> Response:
        return RedirectResponse(f"{self._desk.path}{_PATH}?{urlencode(query)}", 303)
