"""The sign-up form, and the page of a subscriber's data: see it, download it, have it deleted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import msgspec
from starlette.responses import Response

from copydesk.kit import text
from copydesk.newsletters import readers
from copydesk.newsletters.reader_pages._visit import ReaderPages, Visit, count_hours
from copydesk.newsletters.readers import addresses, consent, subscribe
from copydesk.newsletters.readers.manage import (
    erase_reader,
    read_reader_data,
    request_address_change,
)

_MOST_ROWS = 20  # of each kind; the file has all
_LONGEST = 300
_NOT_YET = datetime.max.replace(tzinfo=UTC)


def show_data(visit: Visit) -> Response:
    """Show everything that is stored about a newsletter subscriber."""
    return _show(visit)


def download_data(visit: Visit) -> Response:
    """Return everything that is stored about a newsletter subscriber as a JSON file."""
    answer = read_reader_data(visit.newsroom, visit.store, visit.token)
    if answer.data is None:
        return visit.refuse_link(answer.kind)
    body = msgspec.json.format(msgspec.json.encode(answer.data), indent=2) + b"\n"
    headers = {"Content-Disposition": 'attachment; filename="data.json"'}
    return Response(body, headers=headers, media_type="application/json")


def manage(visit: Visit) -> Response:
    """Change the subscriber's address or delete all their data, by the form that was sent."""
    act = visit.form.first("act")
    if act == "address":
        return _change_address(visit)
    if act != "erase":
        return visit.pages.notice("refused", status=400)
    if not visit.form.first("sure"):
        return _show(visit, erase_fault=visit.pages.say("readers_erase_unsure"))
    answer = erase_reader(visit.newsroom, visit.store, visit.token)
    if answer.outcome == "erased":
        return visit.pages.notice("erased")
    return visit.refuse_link(answer.outcome)


def _change_address(visit: Visit) -> Response:
    new, pages = visit.form.first("address"), visit.pages
    answer = request_address_change(visit.newsroom, visit.store, visit.token, new)
    if answer.outcome == "asked":
        shown = new.strip()[:_LONGEST]
        return pages.notice("look", pages.phrase("readers_change_asked_text", address=shown))
    if answer.outcome == "no-address":
        return _show(visit, new, phrase_fault(visit, answer.hint))
    if answer.outcome == "same":
        return _show(visit, new, pages.say("readers_fault_same"))
    if answer.outcome in {"wait", "busy"}:
        return refuse_for_now(visit, answer.outcome, answer.wait)
    return visit.refuse_link(answer.outcome)


def _show(visit: Visit, address: str = "", fault: str = "", erase_fault: str = "") -> Response:
    answer, pages = read_reader_data(visit.newsroom, visit.store, visit.token), visit.pages
    if answer.data is None:
        return visit.refuse_link(answer.kind)
    token = quote(visit.token, safe="")
    return pages.answer(
        "mail_data.html",
        "readers_data_title",
        400 if fault or erase_fault else 200,
        facts=list(_list_facts(answer.data, pages)),
        parts=list(_list_parts(answer.data, visit)),
        data_link=f"{pages.root}manage/{token}/data.json",
        choices_link=f"{pages.root}choices/{token}",
        address=address[:_LONGEST],
        fault=fault,
        erase_fault=erase_fault,
    )


def _list_facts(data: readers.ReaderData, pages: ReaderPages) -> Iterator[dict[str, object]]:
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


def _list_parts(data: readers.ReaderData, visit: Visit) -> Iterator[dict[str, object]]:
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
    """Return the newest rows of one kind of data; those without a time come first."""
    newest = sorted(rows, key=lambda row: row[1] or _NOT_YET, reverse=True)[:_MOST_ROWS]
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
    """Show the newsletter sign-up form; `?letter=` preselects newsletters."""
    return _show_form(visit, visit.sent.query.all("letter"))


def send_form(visit: Visit) -> Response:
    """Send a confirmation mail, or show what is wrong with the sign-up form."""
    pages, form = visit.pages, visit.form
    if not visit.newsroom.beat.subscribe_url:
        return show_form(visit)
    address, letters = form.first("address"), form.all("letter")
    if form.first(_TRAP):
        return _show_mail_notice(visit, address)
    request = readers.SubscribeRequest(
        address=address, letters=letters, client=visit.sent.client, language=pages.language
    )
    answer = subscribe.request_subscription(visit.newsroom, visit.store, request)
    if answer.outcome == "no-address":
        return _show_form(visit, letters, address, phrase_fault(visit, answer.hint))
    if answer.outcome == "no-letter":
        return _show_form(visit, letters, address, letter_fault=pages.say("readers_fault_letter"))
    if answer.outcome == "asked":
        return _show_mail_notice(visit, address)
    return refuse_for_now(visit, answer.outcome, answer.wait)


def phrase_fault(visit: Visit, fault: addresses.AddressFault) -> str:
    """Return a sentence that says what is wrong with an e-mail address."""
    return visit.pages.say(f"readers_fault_{fault.replace('-', '_')}")


def refuse_for_now(visit: Visit, outcome: str, wait: timedelta | None) -> Response:
    """Answer that a request was refused for now: too many from this network, or too many today."""
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
