"""Confirm: the pages of links that prove an address: letters begin, or it takes another's place."""

from __future__ import annotations

from starlette.responses import Response

from copydesk import engine
from copydesk.subscriptions._visit import Visit


def show_confirmation(visit: Visit) -> Response:
    """Answer with what a link would begin, and the button that does it."""
    view, pages = visit.look("confirm"), visit.pages
    if view.kind != "good":
        return visit.refuse_link(view.kind)
    return pages.answer(
        "mail_confirm.html",
        "readers_confirm_title",
        text=pages.phrase("readers_confirm_text", address=view.address),
        letters=pages.name_letters(view.letters),
        consent=engine.read_offer(visit.newsroom).consent,
        button=pages.say("readers_confirm_button"),
    )


def confirm(visit: Visit) -> Response:
    """Let letters begin."""
    answer, pages = (
        engine.confirm_subscription(visit.newsroom, visit.store, visit.token),
        visit.pages,
    )
    letters = pages.name_letters(answer.letters)
    if answer.outcome == "confirmed":
        return pages.notice("confirmed", letters=letters)
    if answer.outcome == "again":
        return pages.notice("confirmed_again")
    return visit.refuse_link(answer.outcome)


def show_change(visit: Visit) -> Response:
    """Answer with which address would take another's place, and the button that does it."""
    view, pages = visit.look("change"), visit.pages
    if view.kind != "good":
        return visit.refuse_link(view.kind)
    return pages.answer(
        "mail_confirm.html",
        "readers_change_confirm_title",
        text=pages.phrase("readers_change_confirm_text", new=view.new_address, old=view.address),
        letters=[],
        consent="",
        button=pages.say("readers_change_confirm_button"),
    )


def change(visit: Visit) -> Response:
    """Let a new address be the reader's."""
    answer = engine.confirm_address_change(visit.newsroom, visit.store, visit.token)
    pages = visit.pages
    if answer.outcome == "changed":
        return pages.answer(
            "mail_notice.html",
            "readers_change_confirm_title",
            paragraphs=[pages.say("readers_changed_text")],
            letters=[],
            has_form=False,
        )
    if answer.outcome == "taken":
        return pages.notice("taken", status=409)
    return visit.refuse_link(answer.outcome)
