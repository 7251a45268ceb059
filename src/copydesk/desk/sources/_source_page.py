"""Render the page of one source: its stories by day, and its settings in beat.toml."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import get_args
from urllib.parse import urlencode

from copydesk.desk._pages import Pages
from copydesk.desk._story_view import View
from copydesk.desk.numbers import Column, Part, Section, Shade, Wording, draw_columns, make_cell
from copydesk.desk.sources._board_page import BoardState, name_source, show_round, show_source
from copydesk.editing import source_edits
from copydesk.errors import UsageError
from copydesk.kit import urls
from copydesk.news.source import Trust
from copydesk.rounds import sources

_BROUGHT: tuple[tuple[str, Shade], ...] = (
    ("filed", "full"),
    ("dropped", "half"),
    ("failed", "mark"),
)
_MOST_WORDS = 500
_MOST_CHARACTERS = 2_000  # of an address
_NUMBER = re.compile("[0-9]{1,5}")


def render_source(pages: Pages, url: str, state: BoardState) -> bytes:
    """Return the page of the source with a URL; raises UsageError for an unknown URL."""
    board = sources.read_source_board(pages.opened.newsroom)
    row = board.find(url)
    if row is None:
        raise UsageError("no source in beat.toml has this URL", subject=url[:200])
    wording, source = Wording(pages), row.source
    return pages.page(
        "source.html",
        title=name_source(row),
        style=pages.asset("numbers.css"),
        own_style=pages.asset("sources.css"),
        source=show_source(pages, row),
        sections=[_show_outcomes(wording, row), *_show_delay(wording, row)],
        runs_rounds=state.runs_rounds,
        is_left=state.is_left,
        demanded=show_round(pages, state.round),
        seen=board.seen,
        address=source.url,
        look=_address_look(pages.views.root, row),
        name=source.name,
        every_minutes=source.every_minutes,
        include="\n".join(source.include),
        exclude="\n".join(source.exclude),
        trusts=_list_trusts(pages, source.trust),
        topics=pages.topic_choices(source.topics),
    )


def _address_look(root: str, row: sources.BoardRow) -> str:
    """Return the link that looks for a source's new URL: from its page, or the home page."""
    url = row.source.url
    start = url if row.health.failure == "html" else urls.fetchable("/", url) or url
    return f"{root}sources/add/?{urlencode({'url': start, 'instead': url})}"


def _list_trusts(pages: Pages, chosen: Trust) -> list[View]:
    return [
        {"value": trust, "word": pages.strings.say(f"trust_{trust}"), "is_chosen": trust == chosen}
        for trust in get_args(Trust)
    ]


def _show_outcomes(wording: Wording, row: sources.BoardRow) -> View:
    """Return the section that counts a source's pages, by day: stored, dropped, failed."""
    columns, rows = [], []
    for day in row.days:
        shown = wording.name_day(day.day)
        values = [getattr(day, name) for name, _ in _BROUGHT]
        parts = [
            wording.count(shade, value, f"brought_{name}")
            for value, (name, shade) in zip(values, _BROUGHT, strict=True)
        ]
        columns.append(Column(name=shown, parts=parts))
        rows.append({"name": shown, "cells": [make_cell(day.leads), *map(make_cell, values)]})
    names = [f"brought_{name}" for name, _ in _BROUGHT]
    return Section(
        name="source_brought",
        words=wording.say("source_brought_words"),
        plot=draw_columns(columns),
        head=("filter_day", "brought_leads", *names),
        legend=[(shade, f"brought_{name}") for name, shade in _BROUGHT],
        rows=rows[::-1],
    ).show(wording)


def _show_delay(wording: Wording, row: sources.BoardRow) -> list[View]:
    """Return the sections on a source's delays and failed requests, by day."""
    days = [wording.name_day(day.day) for day in row.days]
    delays = [day.delay_seconds or 0 for day in row.days]
    unanswered = [float(day.unanswered) for day in row.days]
    return [
        _show_one(wording, "source_delays", list(zip(days, delays, strict=True)), wording.span),
        _show_one(wording, "source_unanswered", list(zip(days, unanswered, strict=True)), _count),
    ]


def _count(value: float) -> str:
    return f"{value:,.0f}"


def _show_one(
    wording: Wording,
    name: str,
    days: Sequence[tuple[str, float]],
    write: Callable[[float], str],
) -> View:
    """Return the section on one number of a source, by day."""
    shown = [(day, value, write(value) if value else "–") for day, value in days]
    columns = [
        Column(name=day, parts=[Part(value=value, shade="full", words=words)])
        for day, value, words in shown
    ]
    highest = max(value for _, value in days)
    return Section(
        name=name,
        words=wording.say(f"{name}_words"),
        plot=draw_columns(columns, write(highest) if highest else "0"),
        head=("filter_day", f"{name}_title"),
        rows=[{"name": day, "cells": [make_cell(words)]} for day, _, words in reversed(shown)],
    ).show(wording)


def read_source_edit(fields: Iterable[tuple[str, str]]) -> source_edits.SourceEdit:
    """Return the new settings of a source in a form; raises UsageError for invalid numbers."""
    listed = list(fields)
    form: Mapping[str, str] = dict(listed)
    minutes = form.get("every_minutes", "").strip() or "0"
    if not _NUMBER.fullmatch(minutes):
        raise UsageError(
            "expected a number of minutes", subject=minutes[:20], hint="0 means automatic"
        )
    trust = form.get("trust", "gate")
    if trust not in get_args(Trust):
        raise UsageError('expected "gate", "publish" or "hold"', subject=f"trust = {trust[:20]}")
    to = form.get("to", "").strip()[:_MOST_CHARACTERS]
    return source_edits.SourceEdit(
        url="" if to == form.get("url", "") else to,
        name=form.get("name", "").strip(),
        trust=trust,  # type: ignore[arg-type]
        every_minutes=int(minutes),
        include=read_lines(form.get("include", "")),
        exclude=read_lines(form.get("exclude", "")),
        topics=tuple(dict.fromkeys(value for name, value in listed if name == "topic" and value)),
    )


def read_lines(written: str) -> tuple[str, ...]:
    """Return the lines of a form field, each once; raises UsageError for more than 500."""
    lines = tuple(dict.fromkeys(filter(None, map(str.strip, written.splitlines()))))
    if len(lines) > _MOST_WORDS:
        raise UsageError(f"expected at most {_MOST_WORDS} lines", subject=f"{len(lines):,}")
    return lines
