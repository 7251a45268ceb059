"""Serve the pages of issues that are sent, and of mail checks; editors decide."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from copydesk import newsletters
from copydesk.desk._desk import Desk
from copydesk.desk._http import (
    NEVER_KEPT,
    must_edit,
    page_answer,
    read_form,
    status_of,
    with_errors,
)
from copydesk.desk._pages import Editor
from copydesk.desk.mailing._issue_pages import (
    IssueAsked,
    MailingState,
    link_issue,
    render_issue,
    render_mailing,
    show_fresh,
    show_fresh_issue,
)
from copydesk.desk.mailing._keeper import ReaderKeeper, change_mail, examine_mail, let_go
from copydesk.desk.mailing._reader_pages import ChecksState, render_checks
from copydesk.desk.sign_in import require_role, visitor_of
from copydesk.errors import CopydeskError, UsageError
from copydesk.newsletters import checks, delivery_log, sending
from copydesk.newsroom import Newsroom

_EXAMPLE = "reader@example.org"
_Do = Callable[[Newsroom, newsletters.MailStore, str, str], None]


def list_mailing_routes(desk: Desk, editor_of: Callable[[Request], Editor]) -> list[Route]:
    """Return the routes of an open desk on which issues are sent and checked."""
    handlers = _SendingHandlers(desk, editor_of)
    gets = {
        "/mailing/": handlers.show_all,
        "/mailing/now": handlers.show_fresh,
        "/mailing/{issue}/": handlers.show,
        "/mailing/{issue}/now": handlers.show_fresh_issue,
        "/mailing/{issue}/letter.eml": handlers.show_letter,
    }
    posts = {
        "/mailing/{issue}/": handlers.decide,
        "/mailing/{issue}/who": handlers.look_for,
        "/mailing/{issue}/test": handlers.try_out,
    }
    return [
        *list_check_routes(desk, editor_of),
        *(Route(path, with_errors(handler)) for path, handler in gets.items()),
        *(Route(path, with_errors(handler), methods=["POST"]) for path, handler in posts.items()),
    ]


class _SendingHandlers:
    """Handle each route."""

    def __init__(self, desk: Desk, editor_of: Callable[[Request], Editor]) -> None:
        self._desk = desk
        self._editor_of = editor_of

    async def show_all(self, request: Request) -> Response:
        """Answer with all sendings."""
        state = MailingState(
            editor=self._editor_of(request),
            is_owner=visitor_of(request).may("owner"),
            before=request.query_params.get("before", "")[:200],
        )
        return page_answer(
            await self._desk.draw(
                lambda opened, pages, counts: render_mailing(opened, pages, counts, state)
            )
        )

    async def show_fresh(self, request: Request) -> Response:
        """Answer with the sendings alone, for a page that is open."""
        viewer = self._editor_of(request), visitor_of(request).may("owner")
        return page_answer(
            await self._desk.draw(lambda opened, pages, _: show_fresh(opened, pages, viewer))
        )

    async def show(self, request: Request) -> Response:
        """Answer with the page of an issue."""
        asked, after = request.query_params, request.query_params.get("after", "")
        return await self._show(
            request,
            IssueAsked(
                issue=request.path_params["issue"],
                state=asked.get("state", "")[:40],
                after=int(after) if after.isdecimal() and len(after) < 16 else 0,
            ),
        )

    async def show_fresh_issue(self, request: Request) -> Response:
        """Answer with the sending of an issue alone, for a page that is open."""
        viewer = must_edit(self._editor_of(request)), visitor_of(request).may("owner")
        issue = request.path_params["issue"]
        return page_answer(
            await self._desk.draw(
                lambda opened, pages, _: show_fresh_issue(opened, pages, viewer, issue)
            )
        )

    async def show_letter(self, request: Request) -> Response:
        """Answer with the letter as a mail file, to an example address."""
        must_edit(self._editor_of(request))
        issue = request.path_params["issue"]
        data = await change_mail(
            self._desk,
            lambda newsroom, store: sending.make_eml(newsroom, store, issue, _EXAMPLE),
        )
        name = "".join(letter for letter in issue if letter.isalnum() or letter in "-_")
        told = {"Content-Disposition": f'attachment; filename="{name or "letter"}.eml"'}
        return Response(data, media_type="message/rfc822", headers={**NEVER_KEPT, **told})

    async def decide(self, request: Request) -> Response:
        """Send, pause, continue or end an issue, and redirect to its page."""
        editor, form = must_edit(self._editor_of(request)), dict(await read_form(request))
        issue = request.path_params["issue"]
        asked = IssueAsked(issue=issue)
        try:
            do = _find_decision(form)
            if form["do"] == "again":
                require_role(request, "owner")
            await change_mail(
                self._desk, lambda newsroom, store: do(newsroom, store, issue, editor.name)
            )
        except CopydeskError as error:
            return await self._tell(request, replace(asked, problem=error))
        address = self._desk.own_page(form.get("return") or link_issue(self._desk.path, issue))
        return RedirectResponse(address, 303)

    async def look_for(self, request: Request) -> Response:
        """Answer with the delivery to one address; the search is logged."""
        must_edit(self._editor_of(request))
        typed = dict(await read_form(request)).get("address", "")[:400]
        issue = request.path_params["issue"]
        found = await self._keeper(request).find_line(issue, typed)
        lines = [] if found is None else [found]
        return await self._show(request, IssueAsked(issue=issue, found=lines))

    async def try_out(self, request: Request) -> Response:
        """Send a test letter, and answer with the server's reply."""
        must_edit(self._editor_of(request))
        visitor = visitor_of(request)
        address = dict(await read_form(request)).get("address", "").strip()[:400]
        asked = IssueAsked(issue=request.path_params["issue"])
        try:
            if "@" not in address:
                raise UsageError("that is no address", hint="write it as reader@example.org")
            wish = checks.TrialRequest(address=address, by=visitor.name, network=visitor.address)
            answer = await change_mail(
                self._desk,
                lambda newsroom, store: sending.send_test(newsroom, store, asked.issue, wish),
            )
        except CopydeskError as error:
            return await self._tell(request, replace(asked, problem=error))
        return await self._show(request, replace(asked, tried=answer))

    async def _tell(self, request: Request, asked: IssueAsked) -> Response:
        """Answer with a problem on the issue's page; raises it where that page fails."""
        problem = asked.problem
        assert problem is not None
        if "text/html" not in request.headers.get("Accept", "text/html"):
            raise problem
        try:
            answer = await self._show(request, asked)
        except CopydeskError:
            raise problem from None
        answer.status_code = status_of(problem)
        return answer

    async def _show(self, request: Request, asked: IssueAsked) -> Response:
        viewer = must_edit(self._editor_of(request)), visitor_of(request).may("owner")
        return page_answer(
            await self._desk.draw(
                lambda opened, pages, counts: render_issue(opened, pages, counts, viewer, asked)
            )
        )

    def _keeper(self, request: Request) -> ReaderKeeper:
        return ReaderKeeper(self._desk, visitor_of(request))


def _find_decision(form: Mapping[str, str]) -> _Do:
    """Return the decision in a form; raises UsageError for an unknown one."""
    do = form.get("do", "")
    if do not in {*_DECISIONS, "again"}:
        raise UsageError("the form does not say what is to be done", subject=do[:80])
    if do == "end" and "sure" not in form:
        raise UsageError("an issue is ended only when you say that this is meant")
    if do == "again":
        return _read_again(form)
    return _DECISIONS[do]


def _read_again(form: Mapping[str, str]) -> _Do:
    """Return the decision to send to uncertain readers again, with their number in the form."""
    count = form.get("count", "")
    if "sure" not in form or not (count.isascii() and count.isdigit() and len(count) < 16):
        raise UsageError("an issue goes to anybody again only when you say that this is meant")

    def go(newsroom: Newsroom, store: newsletters.MailStore, issue: str, by: str) -> None:
        sending.send_again(newsroom, store, issue, by, int(count))

    return go


def _pause(_: Newsroom, store: newsletters.MailStore, issue: str, by: str) -> None:
    delivery_log.stop_sending(store, issue, "paused", by)


def _end(_: Newsroom, store: newsletters.MailStore, issue: str, by: str) -> None:
    delivery_log.stop_sending(store, issue, "ended", by)


_DECISIONS: Mapping[str, _Do] = {"send": let_go, "pause": _pause, "end": _end}


def list_check_routes(desk: Desk, editor_of: Callable[[Request], Editor]) -> list[Route]:
    """Return the routes of an open desk for mail checks."""
    handlers = _CheckHandlers(desk, editor_of)
    return [
        Route("/mailing/checks/", with_errors(handlers.show)),
        Route("/mailing/checks/", with_errors(handlers.decide), methods=["POST"]),
    ]


class _CheckHandlers:
    """Handle each route."""

    def __init__(self, desk: Desk, editor_of: Callable[[Request], Editor]) -> None:
        self._desk = desk
        self._editor_of = editor_of

    async def show(self, request: Request) -> Response:
        """Answer with the last findings."""
        return await self._show(request)

    async def decide(self, request: Request) -> Response:
        """Run the checks or overrule a finding, and redirect to the findings."""
        must_edit(self._editor_of(request))
        form = dict(await read_form(request))
        try:
            if "overrule" in form:
                owner = require_role(request, "owner")
                kind, why = form["overrule"][:80], form.get("why", "")[:1_000]
                await change_mail(
                    self._desk,
                    lambda newsroom, store: checks.overrule_check(
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
