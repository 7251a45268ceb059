"""Serve the pages of statistics, of the front page's order, of missed stories, and of faults."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import PurePosixPath
from uuid import uuid4

from starlette.responses import Response

from copydesk import background, building
from copydesk.desk._desk import Page, Visit
from copydesk.desk._pages import Pages
from copydesk.desk._story_view import View
from copydesk.desk.numbers._numbers_page import read_days, render_numbers
from copydesk.desk.numbers._section import Column, Section, Shade, Wording, draw_columns, make_cell
from copydesk.kit import dates, text, urls
from copydesk.news.source import DROP_REASONS
from copydesk.news.story import RecallKind
from copydesk.rounds import recall


async def show_numbers(visit: Visit) -> Response:
    """Answer with the page of statistics of the last days."""
    return await visit.draw(render_numbers, read_days(visit.request.query_params))


async def show_recall(visit: Visit) -> Response:
    """Answer with the page of stories that other sites list and this site missed."""
    return await visit.draw(render_recall)


async def show_front(visit: Visit) -> Response:
    """Answer with the page that explains the order of the site's front page."""
    story = visit.request.query_params.get("story", "")
    async with visit.desk.explaining:  # one at a time: it waits for a build
        found = await visit.desk.thread.change(visit.desk.front.explain)
    return await visit.draw(render_front, found, story)


async def show_doctor(visit: Visit) -> Response:
    """Answer with the page of what is wrong with the newsroom, and how to mend it."""
    async with visit.desk.looking:  # a few at once
        found = await visit.desk.thread.change(background.examine)

    def make(pages: Pages) -> bytes:
        return pages.page(
            "doctor.html",
            title=pages.strings.say("doctor_title"),
            style=pages.asset("mailing.css"),
            faults=[one for one in found if one.state == "fault"],
            remarks=[one for one in found if one.state == "remark"],
        )

    return await visit.draw(make)


NUMBER_PAGES: tuple[Page, ...] = (
    Page("GET", "/doctor/", show_doctor, "owner"),
    Page("GET", "/front/", show_front, "viewer"),
    Page("GET", "/numbers/", show_numbers, "viewer"),
    Page("GET", "/recall/", show_recall, "viewer"),
)


def render_front(pages: Pages, found: building.FrontExplanation, story: str) -> bytes:
    """Return the page that explains the front page's order; `story` is highlighted in it."""
    limits, say = found.limits, pages.strings.say
    known = {"hours": f"{limits.known_hours:.10g}", "trust": limits.known_trust}
    known["points"] = limits.known_points
    return pages.page(
        "front_page.html",
        title=say("front_title"),
        rules=[
            say("front_half_life", hours=(hours := f"{found.half_life_hours:.10g}"), count=hours),
            say("front_alone", share=f"{limits.alone:.0%}"),
            say("front_lead", hours=f"{limits.lead_hours:.10g}"),
            *([say("front_known", **known)] if limits.known_hours else []),
            say("front_caps", owner=limits.of_an_owner, topic=limits.of_a_topic),
        ],
        led_firmly=found.is_led_firmly,
        shown=[_show(pages, one, story) for one in found.stories],
        near=[_show(pages, one, story) for one in found.near],
    )


def _show(pages: Pages, one: building.FrontStory, wanted: str) -> Mapping[str, object]:
    name = PurePosixPath(one.story.path).stem
    return {
        "place": one.place,
        "title": text.fold(one.story.title) or name,
        "tongue": pages.views.tongue(one.story),
        "href": pages.views.address(name),
        "is_wanted": name == wanted,
        "heat": f"{one.heat:,}" + (f" + {one.reads:,}" if one.reads else ""),
        "hours": f"{one.hours:,.0f}{_minus(one.aged)}",
        "warmth": f"{one.warmth:,.0f}",
        "voices": f"{_tell_voices(pages, one)}{_minus(one.sole)}",
        "is_pinned": one.is_pinned,
        "why_out": pages.strings.say(f"front_out_{one.why_out}") if one.why_out else "",
    }


def _minus(points: int) -> str:
    return f" (−{points:,})" if points else ""


def _tell_voices(pages: Pages, one: building.FrontStory) -> str:
    if one.newsrooms:
        return pages.strings.say("front_voices", count=one.newsrooms)
    return pages.strings.say("front_trusted" if one.is_firm else "front_one_voice")


_PARTS: tuple[tuple[RecallKind, Shade], ...] = (
    (RecallKind.HAVE, "full"),
    (RecallKind.COVERED, "half"),
)
_LEGEND: tuple[tuple[Shade, str], ...] = (
    *((shade, f"recall_{kind}") for kind, shade in _PARTS),
    ("pale", "recall_missed"),
)
_DETAIL = 300  # characters of the detail of a drop or failure
_OTHER_REASONS = frozenset({"failed", "waiting", "deleted"})


def render_recall(pages: Pages) -> bytes:
    """Return the page that compares the site's stories with those that other sites list."""
    wording, kept = Wording(pages), recall.read_kept_recall(pages.opened.newsroom)
    return pages.page(
        "recall.html",
        title=pages.strings.say("recall_title"),
        style=pages.asset("numbers.css"),
        here=f"{pages.views.root}recall/",
        may_add=pages.editor.is_owner,
        lists=[_show_list(wording, number, one) for number, one in enumerate(kept, 1)],
    )


def _show_list(wording: Wording, number: int, kept: recall.KeptRecall) -> View:
    return {
        "id": f"list-{number}",
        "name": text.fold(kept.list.partition("://")[2] or kept.list),
        "href": kept.list,
        "time": wording.pages.views.time(kept.asked_at),
        "failed": text.fold(kept.failed),
        "kinds": [
            {"word": wording.say(f"recall_{kind}"), "count": f"{kept.kinds.get(kind, 0):,}"}
            for kind in RecallKind
        ],
        "share": _share(kept.kinds),
        "section": _show_days(wording, f"list-{number}-days", kept.days),
        "missed": [_show_gap(wording, trace) for trace in kept.missed],
    }


def _share(kinds: Mapping[RecallKind, int]) -> str:
    """Return the share of another site's list that this site has or covers, "–" for no stories."""
    total = sum(kinds.values())
    had = sum(kinds.get(kind, 0) for kind, _ in _PARTS)
    return f"{had / total:.0%}" if total else "–"


def _show_days(wording: Wording, name: str, days: Sequence[recall.RecallDay]) -> View:
    """Return the section on how many stories of a list the site had, by day of reading."""
    columns, rows = [], []
    for day in days:
        shown, total = wording.name_day(date.fromisoformat(day.day)), sum(day.kinds.values())
        parts = [
            wording.count(shade, day.kinds.get(kind, 0), f"recall_{kind}") for kind, shade in _PARTS
        ]
        missed = total - sum(part.value for part in parts)
        parts.append(wording.count("pale", missed, "recall_missed"))
        columns.append(Column(name=shown, parts=parts))
        counts = (make_cell(day.kinds.get(kind, 0)) for kind in RecallKind)
        rows.append({"name": shown, "cells": (make_cell(_share(day.kinds)), *counts)})
    return Section(
        id=name,
        name="recall_days",
        words=wording.say("recall_days_words", count=len(days)),
        plot=draw_columns(columns),
        legend=_LEGEND,
        head=("filter_day", "share_told", *(f"recall_{kind}" for kind in RecallKind)),
        rows=rows[::-1],
    ).show(wording)


def _show_gap(wording: Wording, trace: recall.RecallTrace) -> View:
    """Return a missed story for the template: the reason, and what an editor can do about it."""
    published = dates.parse(trace.published_at)
    return {
        "id": str(uuid4()),
        "url": trace.url,
        "title": text.fold(trace.title) or trace.url,
        "domain": urls.host(trace.url),
        "time": wording.pages.views.time(published),
        "kind": wording.say(f"recall_{trace.kind}"),
        "why": _explain(wording, trace),
        "site": _find_site(trace),
        "waits": trace.reason == "waiting",
    }


def _find_site(trace: recall.RecallTrace) -> str:
    """Return the site to suggest as a source for a missed story, "" for none."""
    is_unknown = trace.kind is RecallKind.UNSEEN and not trace.source
    return f"https://{urls.registrable_domain(trace.url)}/" if is_unknown else ""


def _explain(wording: Wording, trace: recall.RecallTrace) -> str:
    """Return the reason why this site lacks a story of another site's list."""
    if trace.reason in DROP_REASONS:
        word = wording.say(f"drop_{trace.reason}")
    elif trace.reason in _OTHER_REASONS:
        word = wording.say(f"recall_{trace.reason}")
    else:
        return wording.say("recall_known_site" if trace.source else "recall_no_source")
    detail = text.shorten(text.fold(trace.detail), _DETAIL)
    return f"{word} ({detail})" if detail else word
