"""The route by which an editor takes or refuses what a program proposed."""

from __future__ import annotations

from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from copydesk.desk._answers import NEVER_KEPT, must_edit, read_form, with_errors
from copydesk.desk._desk import Desk
from copydesk.desk._pages import Editor
from copydesk.desk.proposals._decide import refuse_proposal, take_proposal
from copydesk.errors import UsageError


def list_proposal_routes(desk: Desk, editor_of: Callable[[Request], Editor]) -> list[Route]:
    """Return the route of an open desk on which proposals are decided."""

    async def decide(request: Request) -> Response:
        editor = must_edit(editor_of(request))
        form = dict(await read_form(request))
        do, proposal_id = form.get("do", ""), form.get("proposal", "")
        if do == "take":
            await take_proposal(desk, proposal_id, editor.name)
        elif do == "refuse":
            await refuse_proposal(desk, proposal_id, editor.name)
        else:
            raise UsageError("the form does not say what is to be done", subject=do[:80])
        if "application/json" in request.headers.get("accept", ""):
            return JSONResponse({"became": do}, headers=NEVER_KEPT)
        return RedirectResponse(desk.own_page(form.get("return", "")), 303)

    return [Route("/proposal", with_errors(decide), methods=["POST"])]
