"""Serve the pages of sent newsletter issues and mail checks; editors decide on sending."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from starlette.responses import RedirectResponse, Response

from copydesk import newsletters
from copydesk.desk._desk import Page, Visit
from copydesk.desk._http import NEVER_KEPT, status_of
from copydesk.desk.mailing import _issue_pages
from copydesk.desk.mailing._keeper import change_mail, examine_mail, keeper_of, let_go
from copydesk.desk.mailing._reader_pages import render_checks
from copydesk.desk.sign_in import require_role, visitor_of
from copydesk.errors import CopydeskError, UsageError
from copydesk.newsletters import checks, delivery_log, sending
from copydesk.newsletters.sending import begin
from copydesk.newsroom import Newsroom

_EXAMPLE = "reader@example.org"
_Do = Callable[[Newsroom, newsletters.MailStore, str, str], None]


async def show_all(visit: Visit) -> Response:
    """Answer with the page of newsletter issues that were or are being sent."""
    before = visit.request.query_params.get("before", "")[:200]
    return await visit.draw(_issue_pages.render_mailing, before)


async def show_sendings(visit: Visit) -> Response:
    """Answer with the HTML of sent newsletter issues only, to update an open page."""
    return await visit.draw(_issue_pages.show_fresh)


async def show_issue(visit: Visit) -> Response:
    """Answer with the page of a newsletter issue: sending progress and deliveries."""
    asked, after = visit.request.query_params, visit.request.query_params.get("after", "")
    wanted = _issue_pages.IssueAsked(
        issue=visit.request.path_params["issue"],
        state=asked.get("state", "")[:40],
        after=int(after) if after.isdecimal() and len(after) < 16 else 0,
    )
    return await visit.draw(_issue_pages.render_issue, wanted)


async def show_sending(visit: Visit) -> Response:
    """Answer with the HTML of one issue's progress only, to update an open page."""
    issue = visit.request.path_params["issue"]
    return await visit.draw(_issue_pages.show_fresh_issue, issue)


async def show_letter(visit: Visit) -> Response:
    """Answer with a newsletter issue as a mail file (.eml) to an example address."""
    issue = visit.request.path_params["issue"]
    data = await change_mail(visit.desk, sending.make_eml, issue, _EXAMPLE)
    name = "".join(letter for letter in issue if letter.isalnum() or letter in "-_")
    told = {"Content-Disposition": f'attachment; filename="{name or "letter"}.eml"'}
    return Response(data, media_type="message/rfc822", headers={**NEVER_KEPT, **told})


async def decide_on_issue(visit: Visit) -> Response:
    """Send, pause, continue or end a newsletter issue, and redirect to its page."""
    editor, form = visit.editor, await visit.read_form()
    issue = visit.request.path_params["issue"]
    asked = _issue_pages.IssueAsked(issue=issue)
    try:
        do = _find_decision(form)
        if form["do"] == "again":
            require_role(visit.request, "owner")
        await change_mail(visit.desk, do, issue, editor.name)
    except CopydeskError as error:
        return await _tell(visit, replace(asked, problem=error))
    address = visit.desk.own_page(
        form.get("return") or _issue_pages.link_issue(visit.desk.path, issue)
    )
    return RedirectResponse(address, 303)


async def look_for(visit: Visit) -> Response:
    """Answer with the delivery of an issue to one mail address; the audit log notes this."""
    typed = (await visit.read_form()).get("address", "")[:400]
    issue = visit.request.path_params["issue"]
    found = await keeper_of(visit).find_line(issue, typed)
    lines = [] if found is None else [found]
    return await visit.draw(
        _issue_pages.render_issue, _issue_pages.IssueAsked(issue=issue, found=lines)
    )


async def try_out(visit: Visit) -> Response:
    """Send a newsletter issue as a test mail, and answer with the mail server's reply."""
    visitor = visitor_of(visit.request)
    address = (await visit.read_form()).get("address", "").strip()[:400]
    asked = _issue_pages.IssueAsked(issue=visit.request.path_params["issue"])
    try:
        if "@" not in address:
            raise UsageError("not an email address", hint="example: reader@example.org")
        wish = checks.TrialRequest(address=address, by=visitor.name, network=visitor.address)
        answer = await change_mail(visit.desk, sending.send_test, asked.issue, wish)
    except CopydeskError as error:
        return await _tell(visit, replace(asked, problem=error))
    return await visit.draw(_issue_pages.render_issue, replace(asked, tried=answer))


async def _tell(visit: Visit, asked: _issue_pages.IssueAsked) -> Response:
    """Answer with an error on the issue's page; raise the error if that page fails."""
    problem = asked.problem
    assert problem is not None
    if "text/html" not in visit.request.headers.get("Accept", "text/html"):
        raise problem
    try:
        answer = await visit.draw(_issue_pages.render_issue, asked)
    except CopydeskError:
        raise problem from None
    answer.status_code = status_of(problem)
    return answer


def _find_decision(form: Mapping[str, str]) -> _Do:
    """Return the function for a form's decision on an issue; raises UsageError if unknown."""
    do = form.get("do", "")
    if do not in {*_DECISIONS, "again"}:
        raise UsageError("unknown action in the form", subject=do[:80])
    if do == "end" and "sure" not in form:
        raise UsageError("select the checkbox to confirm that you want to stop the delivery")
    if do == "again":
        return _read_again(form)
    return _DECISIONS[do]


def _read_again(form: Mapping[str, str]) -> _Do:
    """Return the function that sends an issue again to uncertain subscribers."""
    count = form.get("count", "")
    if "sure" not in form or not (count.isascii() and count.isdigit() and len(count) < 16):
        raise UsageError("select the checkbox to confirm that you want to send the issue again")

    def go(newsroom: Newsroom, store: newsletters.MailStore, issue: str, by: str) -> None:
        begin.send_again(newsroom, store, issue, by, int(count))

    return go


def _pause(_: Newsroom, store: newsletters.MailStore, issue: str, by: str) -> None:
    delivery_log.stop_sending(store, issue, "paused", by)


def _end(_: Newsroom, store: newsletters.MailStore, issue: str, by: str) -> None:
    delivery_log.stop_sending(store, issue, "ended", by)


_DECISIONS: Mapping[str, _Do] = {"send": let_go, "pause": _pause, "end": _end}


async def show_checks(visit: Visit) -> Response:
    """Answer with the page of the mail checks' last findings (DNS, mail server, links)."""
    return await visit.draw(render_checks)


async def decide_on_checks(visit: Visit) -> Response:
    """Run the mail checks or overrule a finding, and redirect to the findings."""
    form = await visit.read_form()
    try:
        if "overrule" in form:
            owner = require_role(visit.request, "owner")
            kind, why = form["overrule"][:80], form.get("why", "")[:1_000]
            await change_mail(visit.desk, checks.overrule_check, kind, why, owner.name)
        else:
            await examine_mail(visit.desk)
    except CopydeskError as error:
        answer = await visit.draw(render_checks, error)
        answer.status_code = status_of(error)
        return answer
    return visit.redirect("mailing/checks/")


MAILING_PAGES: tuple[Page, ...] = (
    Page("GET", "/mailing/checks/", show_checks, "editor"),
    Page("POST", "/mailing/checks/", decide_on_checks, "editor"),
    Page("GET", "/mailing/", show_all, "viewer"),
    Page("GET", "/mailing/now", show_sendings, "viewer"),
    Page("GET", "/mailing/{issue}/", show_issue, "editor"),
    Page("GET", "/mailing/{issue}/now", show_sending, "editor"),
    Page("GET", "/mailing/{issue}/letter.eml", show_letter, "editor"),
    Page("POST", "/mailing/{issue}/", decide_on_issue, "editor"),
    Page("POST", "/mailing/{issue}/who", look_for, "editor"),
    Page("POST", "/mailing/{issue}/test", try_out, "editor"),
)
