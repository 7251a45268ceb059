"""The page of all sources: how each stands, what it brought by day, the troubled ones first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from copydesk import engine
from copydesk.desk._command_view import show_command
from copydesk.desk._counts import Counts
from copydesk.desk._pages import Editor, Pages, asset_name
from copydesk.desk._story_view import View
from copydesk.desk.sources._advice import say_advice
from copydesk.desk.sources._sparkline import draw_sparkline
from copydesk.kit import dates, text

_ADDRESS = 300  # characters of one that is shown


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardState:
    """What the page of sources shows beside them: may this editor change any, how a round stands.

    `owed` are the listeners that have not heard of the site's news, `owed_calls` says which
    webhooks have not; `round` is None where no round may run on demand,
    `is_recorded` says that a recorded web is why.
    """

    may_write: bool
    round: engine.DemandedCommand | None
    runs_rounds: bool = False
    is_recorded: bool = False
    owed: Sequence[engine.OwedPing] = ()
    owed_calls: Sequence[str] = ()


def render_board(
    pages: Pages, editor: Editor, counts: Counts, board: engine.SourceBoard, state: BoardState
) -> bytes:
    """Return the page of all sources."""
    rows = [show_source(pages, row) for row in board.rows]
    return pages.page(
        "sources.html",
        editor,
        counts,
        title=pages.strings.say("sources_title"),
        style=f"{pages.views.root}assets/{asset_name('numbers.css')}",
        own_style=f"{pages.views.root}assets/{asset_name('sources.css')}",
        sources=rows,
        sum=_sum_up(pages, board),
        may_write=state.may_write,
        runs_rounds=state.runs_rounds,
        is_recorded=state.is_recorded,
        demanded=show_round(pages, state.round),
        owed=[
            {
                "url": ping.url[:_ADDRESS],
                "count": pages.strings.say("owed_pages", count=ping.pages),
                "time": pages.views.time(ping.since),
            }
            for ping in state.owed
        ],
        owed_calls=state.owed_calls,
        missing=pages.describe_missing(),
    )


def _sum_up(pages: Pages, board: engine.SourceBoard) -> str:
    say, rows = pages.strings.say, board.rows
    parts = [say("sources_count", count=len(rows))]
    dying, idle = (sum(row.is_dying for row in rows), sum(row.is_idle for row in rows))
    parts += [say("sources_dying", count=dying)] if dying else []
    parts += [say("sources_idle", count=idle)] if idle else []
    return " · ".join(parts)


def show_source(pages: Pages, row: engine.BoardRow) -> View:
    """Return a source as the templates show it."""
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


def name_source(row: engine.BoardRow) -> str:
    """Return what a source is called, its address where it has no name."""
    return text.fold(row.source.name) or row.source.url.partition("://")[2][:_ADDRESS]


def _tell_days(pages: Pages, row: engine.BoardRow) -> str:
    sums = {
        name: f"{sum(getattr(day, name) for day in row.days):,}"
        for name in ("leads", "filed", "dropped", "failed")
    }
    return pages.strings.say("source_month", **sums)


def show_round(pages: Pages, demanded: engine.DemandedCommand | None) -> View | None:
    """Return the round that somebody asked for as the template shows it."""
    if demanded is None:
        return None
    say = pages.strings.say
    about = text.fold(demanded.source)[:_ADDRESS] or say("round_of_all")
    return show_command(pages, demanded, f"{say('round_now')}: {about}")
