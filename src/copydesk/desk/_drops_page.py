"""The page of what rounds dropped, each to be taken in all the same."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import get_args
from urllib.parse import urlencode
from uuid import uuid4

from copydesk import engine
from copydesk.desk import _query
from copydesk.desk._counts import Counts
from copydesk.desk._pages import Editor, Pages
from copydesk.desk._story_view import View
from copydesk.kit import text, urls
from copydesk.news import DropReason

_DAYS = (*_query.DAYS, 90)  # that the page of numbers has
_MORE = 50  # rows that a page has, and the next one has more
_MOST = 1_000
_REASONS: tuple[DropReason, ...] = get_args(DropReason)


def read_drop_question(query: Mapping[str, str]) -> engine.DropQuestion:
    """Return the question of an address; what nobody can mean asks for nothing."""
    days, most = query.get("days", ""), query.get("most", "")
    return engine.DropQuestion(
        reason=next((reason for reason in _REASONS if reason == query.get("reason")), None),
        days=next((known for known in _DAYS if str(known) == days), engine.DROP_DAYS),
        limit=min(_MOST, max(_MORE, int(most))) if most.isdecimal() and len(most) < 5 else _MORE,
    )


def render_drops(
    pages: Pages,
    editor: Editor,
    counts: Counts,
    question: engine.DropQuestion,
    found: engine.DropPage,
) -> bytes:
    """Return the page of dropped leads."""
    total = found.total(question.reason)
    has_more = len(found.drops) < min(total, _MOST)
    return pages.page(
        "dropped.html",
        editor,
        counts,
        title=pages.strings.say("view_dropped"),
        view="dropped",
        total=total,
        filters=_list_filters(pages, question, found),
        rows=[_describe(pages, drop) for drop in found.drops],
        here=_address(pages, question, question.limit),
        next=_address(pages, question, question.limit + _MORE) if has_more else "",
    )


def _list_filters(
    pages: Pages, question: engine.DropQuestion, found: engine.DropPage
) -> list[View]:
    say, make = pages.strings.say, pages.filters.make_filter
    common = sorted(found.counts.items(), key=lambda pair: (-pair[1], pair[0]))
    reasons = [
        (reason, f"{say(f'drop_{reason}')} ({count:,})")
        for reason, count in common
        if reason in _REASONS
    ]
    ages = [(str(days), say(f"days_{days}")) for days in _DAYS]
    return [
        make("reason", question.reason or "", reasons),
        make("days", str(question.days), ages, may_be_any=False),
    ]


def _describe(pages: Pages, drop: engine.QueueDrop) -> View:
    say = pages.strings.say
    host, _, rest = text.fold(drop.url).partition("://")[2].partition("/")
    return {
        "id": str(uuid4()),
        "event": f"drop-{_digest(drop.url)}",
        "url": drop.url,
        "origin": urls.fetchable(drop.url) or "",
        "domain": urls.host(drop.url),
        "host": host,
        "rest": f"/{rest}",
        "source": text.fold(drop.source),
        "time": pages.views.time(drop.at),
        "word": say(f"drop_{drop.reason}") if drop.reason in _REASONS else drop.reason,
        "detail": text.shorten(text.fold(drop.detail), 600),
        "waits": drop.waits,
    }


def _digest(url: str) -> str:
    return hashlib.blake2b(url.encode("utf-8", "replace"), digest_size=8).hexdigest()


def _address(pages: Pages, question: engine.DropQuestion, most: int) -> str:
    parts = {
        "reason": question.reason or "",
        "days": "" if question.days == engine.DROP_DAYS else str(question.days),
        "most": "" if most == _MORE else str(most),
    }
    query = urlencode({name: value for name, value in parts.items() if value})
    return f"{pages.views.root}dropped/" + (f"?{query}" if query else "")
