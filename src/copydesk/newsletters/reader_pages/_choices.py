"""The subscribers' pages about their newsletters: confirm, choose, pause, unsubscribe."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from starlette.responses import PlainTextResponse, Response

from copydesk.kit import dates
from copydesk.newsletters import readers
from copydesk.newsletters.reader_pages._visit import Form, Visit
from copydesk.newsletters.readers import consent, manage, subscribe
from copydesk.newsletters.readers.choices import choose_letters, leave_all_letters, leave_letter
from copydesk.placement import local_time

_LONGEST_PAUSE = timedelta(days=365)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wish:
    """The choices form as sent; `pause` is the typed text, `until` None if that is no date."""

    letters: dict[str, tuple[str, ...]]
    pause: str = ""
    until: date | None = None


def show_choices(visit: Visit) -> Response:
    """Show a reader's newsletters, topics and pause as a form."""
    return _show(visit)


def act(visit: Visit) -> Response:
    """Store the choices, unsubscribe from all, or mail a manage link: by the button pressed."""
    acts = {"choose": _choose, "leave": _leave_all, "manage": _mail_manage_link}
    chosen = acts.get(visit.form.first("act"))
    return chosen(visit) if chosen else visit.pages.notice("refused", status=400)


def _choose(visit: Visit) -> Response:
    wish = _read_wish(visit.form)
    if wish.pause and wish.until is None:
        return _show(visit, wish=wish)
    choices = readers.ReaderChoices(letters=wish.letters, paused_until=wish.until)
    answer = choose_letters(visit.newsroom, visit.store, visit.token, choices)
    match answer.outcome:
        case "kept":
            kept = "readers_choices_kept" if wish.letters else "readers_choices_none"
            made = _show(visit, note=visit.pages.say(kept))
        case "asked":
            made = visit.pages.notice("look", visit.pages.say("readers_asked_again_text"))
        case "no-date":
            made = _show(visit, wish=wish)
        case "no-letter":
            made = visit.pages.notice("refused", status=400)
        case closed:
            made = visit.refuse_link(closed)
    return made


def _read_wish(form: Form) -> _Wish:
    letters = {letter: form.all(f"topic:{letter}") for letter in form.all("letter")}
    pause = form.first("pause").strip()[:40]
    try:
        until = date.fromisoformat(pause) if pause else None
    except ValueError:
        until = None
    return _Wish(letters=letters, pause=pause, until=until)


def _show(visit: Visit, note: str = "", wish: _Wish | None = None) -> Response:
    """Show the choices page; `wish` is a form with an invalid date, which is shown again."""
    view, pages = visit.look("choices"), visit.pages
    if view.kind != "good":
        return visit.refuse_link(view.kind)
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
    letter: readers.LetterChoice, view: readers.LinkView, visit: Visit, wish: _Wish | None
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
    if answer.outcome in {"forged", "over"}:
        return visit.refuse_link(answer.outcome)
    return tell_departure(visit, answer, is_all=True)


def _mail_manage_link(visit: Visit) -> Response:
    answer = manage.ask_for_manage_link(visit.newsroom, visit.store, visit.token)
    pages = visit.pages
    if answer.outcome == "asked":
        return pages.notice("look", pages.phrase_link_hours("readers_data_asked_text"))
    if answer.outcome == "wait":
        words = pages.phrase_wait("readers_wait_for_link", answer.wait)
        return pages.notice("wait", words, status=429)
    return visit.refuse_link(answer.outcome)


# ---- Links that prove an address: subscribe, or change the address


def show_confirmation(visit: Visit) -> Response:
    """Show which newsletters a confirmation link subscribes to, and the button that does it."""
    view, pages = visit.look("confirm"), visit.pages
    if view.kind != "good":
        return visit.refuse_link(view.kind)
    return pages.answer(
        "mail_confirm.html",
        "readers_confirm_title",
        text=pages.phrase("readers_confirm_text", address=view.address),
        letters=pages.name_letters(view.letters),
        consent=consent.read_offer(visit.newsroom).consent,
        button=pages.say("readers_confirm_button"),
    )


def confirm(visit: Visit) -> Response:
    """Confirm a newsletter subscription by its mailed link."""
    answer, pages = (
        subscribe.confirm_subscription(visit.newsroom, visit.store, visit.token),
        visit.pages,
    )
    letters = pages.name_letters(answer.letters)
    if answer.outcome == "confirmed":
        return pages.notice("confirmed", letters=letters)
    if answer.outcome == "again":
        return pages.notice("confirmed_again")
    return visit.refuse_link(answer.outcome)


def show_change(visit: Visit) -> Response:
    """Show which e-mail address would replace the reader's old one, and the button that does it."""
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
    """Change the reader's e-mail address to the confirmed one."""
    answer = manage.confirm_address_change(visit.newsroom, visit.store, visit.token)
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


# ---- Unsubscribe, by a button or by one click in a mail program (RFC 8058)


def show_leave(visit: Visit) -> Response:
    """Ask whether the reader wants to unsubscribe from a newsletter."""
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
    """Unsubscribe from the link's newsletter or, by the page's other button, from all newsletters.

    Any other body counts as one click: nobody who unsubscribes is asked again. Mail programs get a
    plain-text answer.
    """
    is_all = visit.form.first("act") == "all"
    end = leave_all_letters if is_all else leave_letter
    answer = end(visit.newsroom, visit.store, visit.token)
    if "page" not in visit.form:
        return _answer_program(answer)
    if answer.outcome in {"forged", "over"}:
        return visit.refuse_link(answer.outcome)
    return tell_departure(visit, answer, is_all=is_all)


def tell_departure(visit: Visit, answer: readers.LeaveAnswer, *, is_all: bool) -> Response:
    """Show which newsletters a reader has just unsubscribed from."""
    pages, has_form = visit.pages, bool(visit.newsroom.beat.subscribe_url)
    if answer.outcome == "again":
        return pages.notice("left", pages.say("readers_left_again_text"), has_form=has_form)
    if is_all or len(answer.letters) != 1:
        return pages.notice("left", has_form=has_form)
    letter = pages.name_letter(answer.letters[0])
    words = pages.phrase("readers_left_one_text", letter=letter)
    return pages.notice("left", words, has_form=has_form)


def _answer_program(answer: readers.LeaveAnswer) -> Response:
    if answer.outcome == "forged":
        return PlainTextResponse("no such link\n", 404)
    if answer.outcome == "over":
        return PlainTextResponse("this link is over\n", 410)
    return PlainTextResponse("unsubscribed\n")
