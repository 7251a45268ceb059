"""Leave: a letter ends, by the page's button or by one click in a mail program (RFC 8058)."""

from __future__ import annotations

from starlette.responses import PlainTextResponse, Response

from copydesk import engine
from copydesk.subscriptions._visit import Visit


def show_leave(visit: Visit) -> Response:
    """Answer with the page that asks whether somebody wants to leave."""
    view, pages = visit.look("unsubscribe"), visit.pages
    if view.kind != "good":
        return visit.refuse_link(view.kind)
    others = [one for one in view.letters if one.is_subscribed and one != view.letter]
    return pages.answer(
        "mail_leave.html",
        "readers_leave_title",
        address=view.address,
        letter=pages.name_letter(view.letter) if view.letter else "",
        has_others=bool(others),
    )


def leave(visit: Visit) -> Response:
    """End the link's letter or, by the page's other button, all; a program gets a plain word.

    Whatever else was sent counts as one click: nobody who wants to leave is asked again.
    """
    is_all = visit.form.first("act") == "all"
    end = engine.leave_all_letters if is_all else engine.leave_letter
    answer = end(visit.newsroom, visit.store, visit.token)
    if "page" not in visit.form:
        return _answer_program(answer)
    if answer.outcome in {"forged", "over"}:
        return visit.refuse_link(answer.outcome)
    return tell_departure(visit, answer, is_all=is_all)


def tell_departure(visit: Visit, answer: engine.LeaveAnswer, *, is_all: bool) -> Response:
    """Return the page that says which letters ended."""
    pages, has_form = visit.pages, bool(visit.newsroom.beat.subscribe_url)
    if answer.outcome == "again":
        return pages.notice("left", pages.say("readers_left_again_text"), has_form=has_form)
    if is_all or len(answer.letters) != 1:
        return pages.notice("left", has_form=has_form)
    letter = pages.name_letter(answer.letters[0])
    words = pages.phrase("readers_left_one_text", letter=letter)
    return pages.notice("left", words, has_form=has_form)


def _answer_program(answer: engine.LeaveAnswer) -> Response:
    if answer.outcome == "forged":
        return PlainTextResponse("no such link\n", 404)
    if answer.outcome == "over":
        return PlainTextResponse("this link is over\n", 410)
    return PlainTextResponse("unsubscribed\n")
