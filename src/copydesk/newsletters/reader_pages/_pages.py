"""The pages where subscribers confirm, choose or pause newsletters, unsubscribe, and see their
data.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import quote

import msgspec
from starlette.responses import PlainTextResponse, Response

from copydesk.kit import dates, text
from copydesk.newsletters.reader_pages._visit import Form, ReaderPages, Visit, count_hours
from copydesk.newsletters.readers import addresses, consent, manage, outcomes
from copydesk.newsletters.readers.choices import choose_letters, leave_all_letters, leave_letter
from copydesk.newsletters.readers.manage import (
    erase_reader,
    read_reader_data,
    request_address_change,
    request_subscription,
)
from copydesk.placement.addresses import local_time

_LONGEST_PAUSE = timedelta(days=365)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wish:
    """The choices form as sent. `pause` is the typed text, `until` the date in it, None if it is
    invalid.
    """

    letters: dict[str, tuple[str, ...]]
    pause: str = ""
    until: date | None = None


def act(visit: Visit) -> Response:
    """Process the choices form by its pressed button: store the choices, unsubscribe, or mail a
    link.
    """
    acts = {"choose": _choose, "leave": _leave_all, "manage": _mail_manage_link}
    chosen = acts.get(visit.form.first("act"))
    return chosen(visit) if chosen else visit.pages.notice("refused", status=400)


def _choose(visit: Visit) -> Response:
    wish = _read_wish(visit.form)
    if wish.pause and wish.until is None:
        return show_choices(visit, wish=wish)
    choices = outcomes.ReaderChoices(letters=wish.letters, paused_until=wish.until)
    match choose_letters(visit.newsroom, visit.store, visit.token, choices):
        case "kept":
            kept = "readers_choices_kept" if wish.letters else "readers_choices_none"
            return show_choices(visit, note=visit.pages.say(kept))
        case "asked":
            return visit.pages.notice("look", visit.pages.say("readers_asked_again_text"))
        case "no-date":
            return show_choices(visit, wish=wish)
        case "no-letter":
            return visit.pages.notice("refused", status=400)


def _read_wish(form: Form) -> _Wish:
    letters = {letter: form.all(f"topic:{letter}") for letter in form.all("letter")}
    pause = form.first("pause").strip()[:40]
    try:
        until = date.fromisoformat(pause) if pause else None
    except ValueError:
        until = None
    return _Wish(letters=letters, pause=pause, until=until)


def show_choices(visit: Visit, note: str = "", wish: _Wish | None = None) -> Response:
    """Show the form with a subscriber's newsletters, topics and pause.

    `wish` is a form with an invalid date, which is shown again.
    """
    view, pages = visit.look("choices"), visit.pages
    today = _local_day(visit, visit.newsroom.now)
    paused_until = _local_day(visit, view.paused_until).isoformat() if view.paused_until else ""
    return pages.answer(
        "mail_choices.html",
        "readers_choices_title",
        400 if wish else 200,
        note=note,
        address=view.address,
        letters=[_show_letter(letter, view, visit, wish) for letter in view.letters],
        pause=wish.pause if wish else paused_until,
        first_day=(today + timedelta(days=1)).isoformat(),
        last_day=(today + _LONGEST_PAUSE).isoformat(),
        date_fault=pages.say("readers_fault_date") if wish else "",
        is_paused_without_end=view.is_paused and view.paused_until is None,
        is_suppressed=view.is_suppressed,
    )


def _show_letter(
    letter: outcomes.LetterChoice, view: outcomes.LinkView, visit: Visit, wish: _Wish | None
) -> dict[str, object]:
    wanted = {letter.id: letter.topics} if letter.is_subscribed else {}
    gets = wanted if wish is None else wish.letters
    chosen = gets.get(letter.id, ())
    return {
        "id": letter.id,
        "title": visit.pages.name_letter(letter),
        "is_subscribed": letter.id in gets,
        "has_chosen": bool(chosen),
        "topics": [{"name": name, "is_chosen": name in chosen} for name in view.topics],
    }


def _local_day(visit: Visit, at: datetime) -> date:
    return local_time(at, dates.find_zone(visit.newsroom.beat.timezone)).date()


def _leave_all(visit: Visit) -> Response:
    answer = leave_all_letters(visit.newsroom, visit.store, visit.token)
    return tell_departure(visit, answer, is_all=True)


def _mail_manage_link(visit: Visit) -> Response:
    wait, pages = manage.ask_for_manage_link(visit.newsroom, visit.store, visit.token), visit.pages
    if wait is None:
        return pages.notice("look", pages.phrase_link_hours("readers_data_asked_text"))
    words = pages.phrase_wait("readers_wait_for_link", wait)
    return pages.notice("wait", words, status=429)


# ---- Links that prove an address: subscribe, or change the address


def show_confirmation(visit: Visit) -> Response:
    """Show which newsletters a confirmation link subscribes to, with a button to confirm."""
    view, pages = visit.look("confirm"), visit.pages
    return pages.answer(
        "mail_confirm.html",
        "readers_confirm_title",
        text=pages.phrase("readers_confirm_text", address=view.address),
        letters=pages.name_letters(view.letters),
        consent=consent.read_offer(visit.newsroom).consent,
        button=pages.say("readers_confirm_button"),
    )


def confirm(visit: Visit) -> Response:
    """Confirm a newsletter subscription by the link in the confirmation mail."""
    answer = manage.confirm_subscription(visit.newsroom, visit.store, visit.token)
    pages = visit.pages
    if answer.outcome == "again":
        return pages.notice("confirmed_again")
    return pages.notice("confirmed", letters=pages.name_letters(answer.letters))


def show_change(visit: Visit) -> Response:
    """Show which new e-mail address would replace the subscriber's, with a button to confirm."""
    view, pages = visit.look("change"), visit.pages
    return pages.answer(
        "mail_confirm.html",
        "readers_change_confirm_title",
        text=pages.phrase("readers_change_confirm_text", new=view.new_address, old=view.address),
        letters=[],
        consent="",
        button=pages.say("readers_change_confirm_button"),
    )


def change(visit: Visit) -> Response:
    """Replace a subscriber's e-mail address by the new one that was confirmed."""
    answer = manage.confirm_address_change(visit.newsroom, visit.store, visit.token)
    pages = visit.pages
    if answer.outcome == "taken":
        return pages.notice("taken", status=409)
    return pages.answer(
        "mail_notice.html",
        "readers_change_confirm_title",
        paragraphs=[pages.say("readers_changed_text")],
        letters=[],
        has_form=False,
    )


# ---- Unsubscribe, by a button or by one click in a mail program (RFC 8058)


def show_leave(visit: Visit) -> Response:
    """Ask whether the subscriber wants to unsubscribe from a newsletter."""
    view, pages = visit.look("unsubscribe"), visit.pages
    others = [one for one in view.letters if one.is_subscribed and one != view.letter]
    return pages.answer(
        "mail_leave.html",
        "readers_leave_title",
        address=view.address,
        letter=pages.name_letter(view.letter) if view.letter else "",
        has_others=bool(others),
    )


def leave(visit: Visit) -> Response:
    """Unsubscribe from the link's newsletter, or from all newsletters if that button was pressed.

    Any other body counts as one click: nobody who unsubscribes is asked again. Mail programs get a
    plain-text answer.
    """
    is_all, is_page = visit.form.first("act") == "all", "page" in visit.form
    end = leave_all_letters if is_all else leave_letter
    try:
        answer = end(visit.newsroom, visit.store, visit.token)
    except consent.ClosedLinkError as closed:
        if is_page:
            raise
        if closed.kind == "forged":
            return PlainTextResponse("this link is not valid\n", 404)
        return PlainTextResponse("this link has expired\n", 410)
    if is_page:
        return tell_departure(visit, answer, is_all=is_all)
    return PlainTextResponse("unsubscribed\n")


def tell_departure(visit: Visit, answer: outcomes.LeaveAnswer, *, is_all: bool) -> Response:
    """Show which newsletters a subscriber has just unsubscribed from."""
    pages, has_form = visit.pages, bool(visit.newsroom.beat.subscribe_url)
    if answer.outcome == "again":
        return pages.notice("left", pages.say("readers_left_again_text"), has_form=has_form)
    if is_all or len(answer.letters) != 1:
        return pages.notice("left", has_form=has_form)
    letter = pages.name_letter(answer.letters[0])
    words = pages.phrase("readers_left_one_text", letter=letter)
    return pages.notice("left", words, has_form=has_form)


# The sign-up form, and the page of a subscriber's data: see it, download it, have it deleted.

_MOST_ROWS = 20  # of each kind; the file has all
_LONGEST = 300


def download_data(visit: Visit) -> Response:
    """Return everything that is stored about a newsletter subscriber as a JSON file."""
    data = read_reader_data(visit.newsroom, visit.store, visit.token)
    body = msgspec.json.format(msgspec.json.encode(data), indent=2) + b"\n"
    headers = {"Content-Disposition": 'attachment; filename="data.json"'}
    return Response(body, headers=headers, media_type="application/json")


def change_data(visit: Visit) -> Response:
    """Process the form of a subscriber's data page: change the address, or delete all data."""
    act = visit.form.first("act")
    if act == "address":
        return _change_address(visit)
    if act != "erase":
        return visit.pages.notice("refused", status=400)
    if not visit.form.first("sure"):
        return show_data(visit, erase_fault=visit.pages.say("readers_erase_unsure"))
    erase_reader(visit.newsroom, visit.store, visit.token)
    return visit.pages.notice("erased")


def _change_address(visit: Visit) -> Response:
    new, pages = visit.form.first("address"), visit.pages
    answer = request_address_change(visit.newsroom, visit.store, visit.token, new)
    if answer.outcome == "asked":
        shown = new.strip()[:_LONGEST]
        return pages.notice("look", pages.phrase("readers_change_asked_text", address=shown))
    if answer.outcome == "no-address":
        return show_data(visit, new, phrase_fault(visit, answer.hint))
    if answer.outcome == "same":
        return show_data(visit, new, pages.say("readers_fault_same"))
    return refuse_for_now(visit, answer.outcome, answer.wait)


def show_data(visit: Visit, address: str = "", fault: str = "", erase_fault: str = "") -> Response:
    """Show everything that is stored about a newsletter subscriber."""
    data, pages = read_reader_data(visit.newsroom, visit.store, visit.token), visit.pages
    token = quote(visit.token, safe="")
    return pages.answer(
        "mail_data.html",
        "readers_data_title",
        400 if fault or erase_fault else 200,
        facts=list(_list_facts(data, pages)),
        parts=list(_list_parts(data, visit)),
        data_link=f"{pages.root}manage/{token}/data.json",
        choices_link=f"{pages.root}choices/{token}",
        address=address[:_LONGEST],
        fault=fault,
        erase_fault=erase_fault,
    )


def _list_facts(data: outcomes.ReaderData, pages: ReaderPages) -> Iterator[dict[str, object]]:
    """Yield what is known about a subscriber, as names and values for the template."""
    suppressed = data.suppressed_since
    facts = (
        ("address", data.address),
        ("state", pages.say(f"readers_state_{data.state}")),
        ("since", pages.say_day(data.made)),
        ("language", data.language),
        ("pause", pages.say_day(data.paused_until) if data.paused_until else ""),
        ("new_address", data.new_address),
        ("address_changes", ", ".join(map(pages.say_day, data.address_changes))),
        ("suppressed", f"{pages.say_day(suppressed)} ({data.suppressed})" if suppressed else ""),
    )
    for name, value in facts:
        if value:
            is_address = name in {"address", "new_address"}
            words = pages.say(f"readers_data_{name}")
            yield {"name": words, "value": value, "is_address": is_address}


def _list_parts(data: outcomes.ReaderData, visit: Visit) -> Iterator[dict[str, object]]:
    offer = consent.read_offer(visit.newsroom)
    titles = {letter.id: visit.pages.name_letter(letter) for letter in offer.letters}
    parts: dict[str, list[tuple[str, datetime | None, str]]] = {
        "letters": [
            (titles.get(kept.letter, kept.letter), kept.since, ", ".join(kept.topics))
            for kept in data.subscriptions
        ],
        "consents": [
            (titles.get(kept.letter, kept.letter), kept.at, kept.words or kept.proof)
            for kept in data.consents
        ],
        "deliveries": [(kept.issue, kept.at, kept.words) for kept in data.deliveries],
        "returns": [(kept.issue, kept.at, kept.words) for kept in data.returns],
    }
    for name, rows in parts.items():
        if rows or name in {"letters", "consents"}:
            yield _show_part(name, rows, visit.pages)


def _show_part(
    name: str, rows: Sequence[tuple[str, datetime | None, str]], pages: ReaderPages
) -> dict[str, object]:
    """Return the newest rows of one kind of data. Rows without a time come first."""
    newest = sorted(rows, key=lambda row: row[1] or dates.LATEST, reverse=True)[:_MOST_ROWS]
    return {
        "name": pages.say(f"readers_data_{name}"),
        "rows": [
            {
                "what": what,
                "at": pages.say_day(at) if at else "",
                "iso": at.isoformat() if at else "",
                "words": text.fold(words),
            }
            for what, at, words in newest
        ],
        "more": len(rows) - len(newest),
    }


# ---- The sign-up form; its answer is the same for every address

_TRAP = "comment"  # a field that people do not see: who fills it is a program


def show_form(visit: Visit) -> Response:
    """Show the newsletter sign-up form. `?letter=` in the URL preselects newsletters."""
    return _show_form(visit, visit.sent.query.all("letter"))


def send_form(visit: Visit) -> Response:
    """Send a confirmation mail, or show what is wrong with the sign-up form."""
    pages, form = visit.pages, visit.form
    if not visit.newsroom.beat.subscribe_url:
        return show_form(visit)
    address, letters = form.first("address"), form.all("letter")
    if form.first(_TRAP):
        return _show_mail_notice(visit, address)
    request = outcomes.SubscribeRequest(
        address=address, letters=letters, client=visit.sent.client, language=pages.language
    )
    answer = request_subscription(visit.newsroom, visit.store, request)
    if answer.outcome == "no-address":
        return _show_form(visit, letters, address, phrase_fault(visit, answer.hint))
    if answer.outcome == "no-letter":
        return _show_form(visit, letters, address, letter_fault=pages.say("readers_fault_letter"))
    if answer.outcome == "asked":
        return _show_mail_notice(visit, address)
    return refuse_for_now(visit, answer.outcome, answer.wait)


def phrase_fault(visit: Visit, fault: addresses.AddressFault) -> str:
    """Return a sentence for the sign-up form on what is wrong with an e-mail address."""
    return visit.pages.say(f"readers_fault_{fault.replace('-', '_')}")


def refuse_for_now(visit: Visit, outcome: str, wait: timedelta | None) -> Response:
    """Return the page for a request refused by a rate limit, of its network or for the day."""
    if outcome == "wait":
        words = visit.pages.phrase_wait("readers_wait", wait)
        answer = visit.pages.notice("wait", words, status=429)
    else:
        answer = visit.pages.notice("busy", status=503)
    answer.headers["Retry-After"] = str(count_hours(wait) * 3600)
    return answer


def _show_mail_notice(visit: Visit, address: str) -> Response:
    pages = visit.pages
    shown = pages.phrase_link_hours("readers_look_text", address=address.strip()[:_LONGEST])
    return pages.notice("look", shown, pages.say("readers_look_hint"))


def _show_form(
    visit: Visit,
    chosen: tuple[str, ...],
    address: str = "",
    fault: str = "",
    letter_fault: str = "",
) -> Response:
    pages, offer = visit.pages, consent.read_offer(visit.newsroom)
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
