"""Render the pages of sources: all of them, a single one, and the one where owners add some."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args
from urllib.parse import urlencode

from copydesk import background, building
from copydesk.building import channels
from copydesk.desk._desk import Visit
from copydesk.desk._pages import Pages, show_command
from copydesk.desk._story_view import View
from copydesk.desk.numbers import Column, Part, Section, Shade, Wording, draw_columns, make_cell
from copydesk.editing import source_edits
from copydesk.errors import UsageError
from copydesk.kit import dates, text, urls
from copydesk.news.source import Trust
from copydesk.rendering import Strings
from copydesk.rounds import sources

_ADDRESS = 300  # characters of a shown URL
_PLANNED = 20  # sources named of each group


def render_board(pages: Pages, visit: Visit) -> bytes:
    """Return the page of all sources."""
    newsroom = pages.opened.newsroom
    board = sources.read_source_board(newsroom)
    rows = [show_source(pages, row) for row in board.rows]
    return pages.page(
        "sources.html",
        title=pages.strings.say("sources_title"),
        style=pages.asset("numbers.css"),
        own_style=pages.asset("sources.css"),
        sources=rows,
        sum=_sum_up(pages, board),
        **_show_start(pages, visit),
        plan=_show_plan(pages, board),
        owed=[
            {
                "url": ping.url[:_ADDRESS],
                "count": pages.strings.say("owed_pages", count=ping.pages),
                "time": pages.views.time(ping.since),
            }
            for ping in building.list_owed_pings(newsroom.memory, newsroom.now)
        ],
        owed_calls=channels.describe_owed_calls(newsroom),
        missing=pages.describe_missing(),
    )


def _show_plan(pages: Pages, board: sources.SourceBoard) -> View:
    """Return which sources a run would fetch now, and why not the others."""
    say = pages.strings.say
    listed: dict[sources.AskPlan, list[sources.BoardRow]] = defaultdict(list)
    for row in board.rows:
        listed[row.plan].append(row)
    return {
        "all": board.at_most,
        "groups": [
            {
                "words": say(f"plan_{plan}", count=len(listed[plan])),
                "is_now": plan == "now",
                "sources": [show_source(pages, row) for row in listed[plan][:_PLANNED]],
                "more": max(0, len(listed[plan]) - _PLANNED),
            }
            for plan in get_args(sources.AskPlan)
            if listed[plan] or plan == "now"
        ],
    }


def _sum_up(pages: Pages, board: sources.SourceBoard) -> str:
    say, rows = pages.strings.say, board.rows
    parts = [say("sources_count", count=len(rows))]
    dying, idle = (sum(row.is_dying for row in rows), sum(row.is_idle for row in rows))
    parts += [say("sources_dying", count=dying)] if dying else []
    parts += [say("sources_idle", count=idle)] if idle else []
    return " · ".join(parts)


def show_source(pages: Pages, row: sources.BoardRow) -> View:
    """Return a source as values for the templates: its name, state, problems and numbers."""
    say, health, source = pages.strings.say, row.health, row.source
    share = row.loss_share
    return {
        "url": source.url[:_ADDRESS],
        "name": name_source(row),
        "href": f"{pages.views.root}sources/one/?{urlencode({'url': source.url})}",
        "state": say(f"source_{health.state}"),
        "is_troubled": health.needs_person or row.is_dying,
        "is_idle": row.is_idle,
        "last_ok": pages.views.time(dates.parse(health.last_ok)),
        "last_new": pages.views.time(dates.parse(health.last_new)),
        "next": pages.views.time(dates.parse(health.next)),
        "lost": "" if share is None else f"{share:.0%}",
        "trust": say(f"trust_{source.trust}"),
        "pace": say("pace_minutes", count=source.every_minutes) if source.every_minutes else "",
        "is_pushed": row.is_pushed,
        "findings": [
            {
                "words": text.fold(finding.words),
                "hint": say_advice(pages.strings, finding.kind, health.failure, finding.hint),
                "time": pages.views.time(finding.since),
                "is_grave": finding.needs_person,
            }
            for finding in health.findings
        ],
        "spark": draw_sparkline(row),
        "words": _tell_days(pages, row),
    }


def name_source(row: sources.BoardRow) -> str:
    """Return the name of a source, its URL if it has none."""
    return text.fold(row.source.name) or row.source.url.partition("://")[2][:_ADDRESS]


def _tell_days(pages: Pages, row: sources.BoardRow) -> str:
    sums = {
        name: f"{sum(getattr(day, name) for day in row.days):,}"
        for name in ("leads", "filed", "dropped", "failed")
    }
    return pages.strings.say("source_month", **sums)


def _show_start(pages: Pages, visit: Visit) -> Mapping[str, Any]:
    """Return the values of the form that starts a run (fetching and filing).

    `is_left` among them says that the last form changed beat.toml without a commit.
    """
    demand = visit.desk.on_demand
    return {
        "runs_rounds": demand is not None,
        "is_recorded": visit.desk.is_recorded,
        "demanded": _show_round(pages, demand.last) if demand and demand.last else None,
        "is_left": visit.request.query_params.get("changed") == "",
    }


def _show_round(pages: Pages, demanded: background.DemandedCommand) -> View:
    """Return the fetching run that somebody started, as values for the templates."""
    say = pages.strings.say
    about = text.fold(demanded.source)[:_ADDRESS] or say(
        "round_of_every" if demanded.all_due else "round_of_all"
    )
    result = pages.describe_result(demanded.began) if demanded.code is not None else ""
    return {**show_command(pages, demanded, f"{say('round_now')}: {about}"), "result": result}


_SHOWN_ROWS = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """The input of the page for adding sources, and its result: feeds, a preview or an error.

    `instead` is the address of the source that a feed replaces, `opml` an uploaded list of
    sources, `rows` what its import would do.
    """

    url: str = ""
    instead: str = ""
    lists: Sequence[sources.FoundList] = ()
    preview: sources.ListPreview | None = None
    problem: str = ""
    opml: str = ""
    rows: Sequence[source_edits.ImportRow] = ()


def render_add(pages: Pages, search: Search) -> bytes:
    """Return the page for adding sources, with what was found so far."""
    return pages.page(
        "source_add.html",
        title=pages.strings.say("source_look_anew" if search.instead else "source_add_title"),
        own_style=pages.asset("sources.css"),
        url=search.url,
        instead=search.instead,
        problem=search.problem,
        lists=[_show_list(pages, found) for found in search.lists],
        preview=_show_preview(search.preview),
        opml=search.opml,
        fresh=sum(row.becomes == "new" for row in search.rows),
        import_rows=[_show_row(row) for row in search.rows[:_SHOWN_ROWS]],
        more=max(0, len(search.rows) - _SHOWN_ROWS),
    )


def _show_list(pages: Pages, found: sources.FoundList) -> View:
    return {
        "url": found.url,
        "title": text.fold(found.title) or found.url,
        "kind": found.kind,
        "count": pages.strings.say("list_items", count=found.items),
        "time": pages.views.time(dates.parse(found.newest)),
        "samples": [text.fold(sample) for sample in found.samples],
    }


def _show_preview(preview: sources.ListPreview | None) -> View | None:
    if preview is None:
        return None
    return {
        "leads": [{"url": url, "title": title or url} for url, title in preview.leads],
        "judged": " · ".join(filter(None, preview.judged)),
    }


def _show_row(row: source_edits.ImportRow) -> View:
    becomes: Literal["new", "known"] = row.becomes
    return {
        "url": row.source.url,
        "name": text.fold(row.source.name) or row.source.url,
        "becomes": becomes,
        "topics": ", ".join(row.source.topics),
        "strange": text.fold(", ".join(row.strange)),
    }


_OF_FAILURES = frozenset({"broken", "gone", "address", "redirects", "too-big"})
_PASSING = frozenset({"too-slow", "server", "network"})


def say_advice(strings: Strings, kind: str, failure: str, hint: str) -> str:
    """Return advice on a problem of a source; `failure` is the kind of its last failure.

    For a failure without a text of its own it is the `hint`.
    """
    if kind != "failing":
        return strings.say(f"advice_{kind}")
    if failure in _OF_FAILURES:
        return strings.say(f"advice_{failure}")
    return strings.say("advice_wait") if failure in _PASSING else text.fold(hint)


WIDTH, HEIGHT = 120, 24
_PARTS = (("full", "filed"), ("half", "dropped"), ("mark", "failed"))


def draw_sparkline(row: sources.BoardRow) -> Mapping[str, str]:
    """Return an SVG path for each shade of a bar plot of a source's pages by day.

    The shades are stored, dropped and failed pages.
    """
    heights = [sum(getattr(day, name) for _, name in _PARTS) for day in row.days]
    highest = max(heights, default=0)
    paths: dict[str, str] = {shade: "" for shade, _ in _PARTS}
    if not highest:
        return paths
    place = WIDTH / len(row.days)
    for number, day in enumerate(row.days):
        ground = float(HEIGHT)
        for shade, name in _PARTS:
            height = HEIGHT * getattr(day, name) / highest
            if height:
                ground -= height
                paths[shade] += (
                    f"M{_write(number * place)} {_write(ground)}h{_write(place * 0.8)}"
                    f"v{_write(height)}h-{_write(place * 0.8)}z"
                )
    return paths


def _write(number: float) -> str:
    return f"{number:.2f}".rstrip("0").rstrip(".") or "0"


_BROUGHT: tuple[tuple[str, Shade], ...] = (
    ("filed", "full"),
    ("dropped", "half"),
    ("failed", "mark"),
)
_MOST_WORDS = 500
_MOST_CHARACTERS = 2_000  # of an address
_NUMBER = re.compile("[0-9]{1,5}")


def render_source(pages: Pages, visit: Visit) -> bytes:
    """Return the page of the source with a URL; raises UsageError for an unknown URL."""
    board = sources.read_source_board(pages.opened.newsroom)
    url = visit.request.query_params.get("url", "")
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
        **_show_start(pages, visit),
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
    wording: Wording, name: str, days: Sequence[tuple[str, float]], write: Callable[[float], str]
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
