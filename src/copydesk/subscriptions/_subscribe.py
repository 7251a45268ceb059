"""Subscribe: the form, and what is answered where it is sent off: the same for every address."""

from __future__ import annotations

from datetime import timedelta

from starlette.responses import Response

from copydesk import engine
from copydesk.subscriptions._pages import count_hours
from copydesk.subscriptions._visit import Visit

_TRAP = "comment"  # a field that people do not see: who fills it is a program
_LONGEST = 300  # characters of what is shown again


def show_form(visit: Visit) -> Response:
    """Answer with the form; `?letter=` names letters that are chosen already."""
    return _show(visit, visit.sent.query.all("letter"))


def send_form(visit: Visit) -> Response:
    """Let a mail go to an address that wants letters; say what is wrong with the form otherwise."""
    pages, form = visit.pages, visit.form
    if not visit.newsroom.beat.subscribe_url:
        return show_form(visit)
    address, letters = form.first("address"), form.all("letter")
    if form.first(_TRAP):
        return _tell_to_look(visit, address)
    request = engine.SubscribeRequest(
        address=address, letters=letters, client=visit.sent.client, language=pages.language
    )
    answer = engine.request_subscription(visit.newsroom, visit.store, request)
    if answer.outcome == "no-address":
        return _show(visit, letters, address, phrase_fault(visit, answer.hint))
    if answer.outcome == "no-letter":
        return _show(visit, letters, address, letter_fault=pages.say("readers_fault_letter"))
    if answer.outcome == "asked":
        return _tell_to_look(visit, address)
    return refuse_for_now(visit, answer.outcome, answer.wait)


def phrase_fault(visit: Visit, fault: engine.AddressFault) -> str:
    """Return what is wrong with an address, in words."""
    return visit.pages.say(f"readers_fault_{fault.replace('-', '_')}")


def refuse_for_now(visit: Visit, outcome: str, wait: timedelta | None) -> Response:
    """Return the answer to what may be tried again later."""
    if outcome == "wait":
        words = visit.pages.phrase_wait("readers_wait", wait)
        answer = visit.pages.notice("wait", words, status=429)
    else:
        answer = visit.pages.notice("busy", status=503)
    answer.headers["Retry-After"] = str(count_hours(wait) * 3600)
    return answer


def _tell_to_look(visit: Visit, address: str) -> Response:
    pages = visit.pages
    shown = pages.phrase_link_hours("readers_look_text", address=address.strip()[:_LONGEST])
    return pages.notice("look", shown, pages.say("readers_look_hint"))


def _show(
    visit: Visit,
    chosen: tuple[str, ...],
    address: str = "",
    fault: str = "",
    letter_fault: str = "",
) -> Response:
    pages, offer = visit.pages, engine.read_offer(visit.newsroom)
    if not visit.newsroom.beat.subscribe_url or not offer.letters:
        return pages.notice("missing", pages.say("readers_closed_text"), status=404)
    known = {letter.id for letter in offer.letters}.intersection(chosen)
    if not known and not letter_fault:
        known = {offer.letters[0].id}
    letters = [
        {"id": letter.id, "title": pages.name_letter(letter), "is_chosen": letter.id in known}
        for letter in offer.letters
    ]
    return pages.answer(
        "mail_subscribe.html",
        "readers_subscribe_title",
        400 if fault or letter_fault else 200,
        letters=letters,
        address=address[:_LONGEST],
        fault=fault,
        letter_fault=letter_fault,
        consent=offer.consent,
    )
