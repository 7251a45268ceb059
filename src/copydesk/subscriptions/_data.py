"""Data: what is kept of somebody, as a page and as a file; another address; all of it deleted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from urllib.parse import quote

import msgspec
from starlette.responses import Response

from copydesk import engine
from copydesk.kit import text
from copydesk.subscriptions._pages import ReaderPages
from copydesk.subscriptions._subscribe import phrase_fault, refuse_for_now
from copydesk.subscriptions._visit import Visit

_MOST_ROWS = 20  # of each kind; the file has all
_LONGEST = 300
_NOT_YET = datetime.max.replace(tzinfo=UTC)


def show_data(visit: Visit) -> Response:
    """Answer with what is kept of a reader."""
    return _show(visit)


def download_data(visit: Visit) -> Response:
    """Answer with all that is kept of a reader as JSON, for their disk."""
    answer = engine.read_reader_data(visit.newsroom, visit.store, visit.token)
    if answer.data is None:
        return visit.refuse_link(answer.kind)
    body = msgspec.json.format(msgspec.json.encode(answer.data), indent=2) + b"\n"
    headers = {"Content-Disposition": 'attachment; filename="data.json"'}
    return Response(body, headers=headers, media_type="application/json")


def manage(visit: Visit) -> Response:
    """Change the address or delete everything, by the form that was sent off."""
    act = visit.form.first("act")
    if act == "address":
        return _change_address(visit)
    if act != "erase":
        return visit.pages.notice("refused", status=400)
    if not visit.form.first("sure"):
        return _show(visit, erase_fault=visit.pages.say("readers_erase_unsure"))
    answer = engine.erase_reader(visit.newsroom, visit.store, visit.token)
    if answer.outcome == "erased":
        return visit.pages.notice("erased")
    return visit.refuse_link(answer.outcome)


def _change_address(visit: Visit) -> Response:
    new, pages = visit.form.first("address"), visit.pages
    answer = engine.request_address_change(visit.newsroom, visit.store, visit.token, new)
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
    answer, pages = engine.read_reader_data(visit.newsroom, visit.store, visit.token), visit.pages
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


def _list_facts(data: engine.ReaderData, pages: ReaderPages) -> Iterator[dict[str, object]]:
    """Yield what is known of somebody in single words; nothing of what is not."""
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


def _list_parts(data: engine.ReaderData, visit: Visit) -> Iterator[dict[str, object]]:
    offer = engine.read_offer(visit.newsroom)
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
    """Return the newest rows of a kind as the page has them; what has no time yet comes first."""
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
