"""The routes of checks: who edits has them made, an owner overrules what they found."""

from __future__ import annotations

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from copydesk import engine
from copydesk.desk._answers import must_edit, page_answer, read_form, status_of, with_errors
from copydesk.desk._desk import Desk
from copydesk.desk._pages import Editor
from copydesk.desk.mailing._checks_page import ChecksState, render_checks
from copydesk.desk.mailing._keeper import change_mail, examine_mail
from copydesk.desk.sign_in import require_role, visitor_of
from copydesk.errors import CopydeskError


def list_check_routes(desk: Desk, editor_of: Callable[[Request], Editor]) -> list[Route]:
    """Return the routes of an open desk on which it is looked whether letters would arrive."""
    handlers = _CheckHandlers(desk, editor_of)
    return [
        Route("/mailing/checks/", with_errors(handlers.show)),
        Route("/mailing/checks/", with_errors(handlers.decide), methods=["POST"]),
    ]


class _CheckHandlers:
    """What each route does."""

    def __init__(self, desk: Desk, editor_of: Callable[[Request], Editor]) -> None:
        self._desk = desk
        self._editor_of = editor_of

    async def show(self, request: Request) -> Response:
        """Answer with what was found last."""
        return await self._show(request)

    async def decide(self, request: Request) -> Response:
        """Make the checks, or overrule what they found, and lead to what they say."""
        must_edit(self._editor_of(request))
        form = dict(await read_form(request))
        try:
            if "overrule" in form:
                owner = require_role(request, "owner")
                kind, why = form["overrule"][:80], form.get("why", "")[:1_000]
                await change_mail(
                    self._desk,
                    lambda newsroom, store: engine.overrule_check(
                        newsroom, store, kind, why, owner.name
                    ),
                )
            else:
                await examine_mail(self._desk)
        except CopydeskError as error:
            answer = await self._show(request, error)
            answer.status_code = status_of(error)
            return answer
        return RedirectResponse(f"{self._desk.path}mailing/checks/", 303)

    async def _show(self, request: Request, problem: CopydeskError | None = None) -> Response:
        state = ChecksState(
            editor=must_edit(self._editor_of(request)),
            is_owner=visitor_of(request).may("owner"),
            problem=problem,
        )
        return page_answer(
            await self._desk.draw(
                lambda opened, pages, counts: render_checks(opened, pages, counts, state)
            )
        )
