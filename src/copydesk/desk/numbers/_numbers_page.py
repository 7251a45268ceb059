"""Render the page of statistics of the last days, with one section for each figure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime

from copydesk import catalogue
from copydesk.desk._pages import Pages
from copydesk.desk._story_view import View
from copydesk.desk.numbers._section import (
    Column,
    Part,
    Section,
    Wording,
    draw_columns,
    make_cell,
    measure_shares,
)
from copydesk.editing import queue
from copydesk.editing.queue.numbers import Delay, DropCount, OwnerCount, StoryDay, read_numbers
from copydesk.kit import text, urls
from copydesk.news.source import DROP_REASONS
from copydesk.newsroom import standings

DAYS = (7, 30, 90)


def read_days(query: Mapping[str, str]) -> int:
    """Return the number of days in a URL query: 7, 30 or 90, by default 30."""
    return next((days for days in DAYS if str(days) == query.get("days")), 30)


def render_numbers(pages: Pages, days: int) -> bytes:
    """Return the page of statistics of the last days."""
    wording, newsroom = Wording(pages), pages.opened.newsroom
    numbers = read_numbers(newsroom, pages.opened.queue.catalogue, days)
    first = numbers.days[0].day
    ages = [(str(known), wording.say(f"days_{known}")) for known in DAYS]
    period = pages.filters.make_filter("days", str(days), ages, may_be_any=False)
    counted = numbers.counted_since
    return pages.page(
        "numbers.html",
        title=pages.strings.say("numbers_title"),
        style=pages.asset("numbers.css"),
        filters=[{**period, "name": wording.say("period")}],
        since=wording.name_day(counted) if counted and counted > first else "",
        sections=[
            show_stories(wording, numbers.days),
            show_drops(wording, numbers.drops, days),
            show_filing(wording, numbers.filing),
            show_sources(wording, numbers.sources, first),
            show_reviews(wording, numbers.reviews, first),
            show_agreement(wording, numbers.decisions, newsroom.beat.scoring.publish_at, first),
            show_owners(wording, numbers.owners, first),
        ],
    )


def show_stories(wording: Wording, days: Sequence[StoryDay]) -> View:
    """Return the section that counts stories by day: published, waiting, and all."""
    filed, published = sum(day.filed for day in days), sum(day.published for day in days)
    links = [_DayLinks(wording, day.day, is_last=day is days[-1]) for day in days]
    shown = [*zip(days, links, strict=True)]
    return Section(
        name="stories_by_day",
        words=wording.say(
            "stories_by_day_words", filed=f"{filed:,}", count=filed, published=f"{published:,}"
        ),
        plot=draw_columns([_draw_day(*day) for day in shown]),
        legend=(("full", "view_published"), ("mark", "view_waiting"), ("pale", "others_filed")),
        head=("filter_day", "filed_in_all", "view_published", "view_waiting"),
        rows=[_list_day(*day) for day in reversed(shown)],
    ).show(wording)


@dataclass(frozen=True, slots=True)
class _DayLinks:
    """Links to the stories of one day. The last day also has stories dated in the future."""

    wording: Wording
    day: date
    is_last: bool

    def link(self, view: queue.QueueView = "all", number: queue.StoryNumber = "") -> str:
        """Return the URL of the queue page with one day's stories of a view or counted number."""
        until = None if self.is_last else self.day
        question = queue.QueueQuestion(view=view, since=self.day, until=until, number=number)
        return self.wording.pages.address(question)


def _draw_day(day: StoryDay, links: _DayLinks) -> Column:
    wording, others = links.wording, day.filed - day.published - day.waiting
    parts = (
        wording.count("full", day.published, "view_published", links.link("published")),
        wording.count("mark", day.waiting, "view_waiting", links.link("waiting")),
        wording.count("pale", others, "others_filed", links.link(number="others")),
    )
    return Column(name=wording.name_day(day.day), parts=parts)


def _list_day(day: StoryDay, links: _DayLinks) -> View:
    cells = (
        make_cell(day.filed, links.link()),
        make_cell(day.published, links.link("published")),
        make_cell(day.waiting, links.link("waiting")),
    )
    return {"name": links.wording.name_day(day.day), "cells": cells}


def show_drops(wording: Wording, drops: Sequence[DropCount], days: int) -> View:
    """Return the section that counts the fetched pages which became no story, by reason."""
    shares = measure_shares([drop.pages for drop in drops])
    rows = []
    for drop, share in zip(drops, shares, strict=True):
        is_known = drop.reason in DROP_REASONS
        worst = max(drop.days, key=lambda day: (drop.days[day], day))
        cells = (
            make_cell(drop.pages, wording.link_drops(drop.reason, days) if is_known else ""),
            make_cell(f"{wording.name_day(worst)} ({drop.days[worst]:,})"),
        )
        name = wording.say(f"drop_{drop.reason}") if is_known else drop.reason
        rows.append({"name": name, "share": share, "part": share, "cells": cells})
    pages = sum(drop.pages for drop in drops)
    return Section(
        name="drops_by_reason",
        words=wording.say("drops_by_reason_words", count=f"{pages:,}"),
        head=("filter_reason", "dropped_pages", "worst_day"),
        rows=rows,
    ).show(wording)


def show_filing(wording: Wording, delays: Sequence[Delay]) -> View:
    """Return the section on the delay from a story's publication to its filing here, by day."""

    def link(delay: Delay) -> str:
        day = date.fromisoformat(delay.of)
        return _link_filing(wording, delay, queue.QueueQuestion(since=day, until=day))

    def name(day: str) -> str:
        return wording.name_day(date.fromisoformat(day))

    return _show_delays(wording, "filing_delay", delays, "filter_day", (name, link))


def _link_filing(wording: Wording, delay: Delay, question: queue.QueueQuestion) -> str:
    """Return the URL of the stories with a delay, "" if they are unknown."""
    if not delay.is_listed:
        return ""
    return wording.pages.address(replace(question, view="all", number="filing"))


def show_reviews(wording: Wording, delays: Sequence[Delay], since: date) -> View:
    """Return the section on how long stories waited for an editor's decision, by week."""

    naming = (str, lambda delay: _link_week(wording, delay.of, since, "review"))
    return _show_delays(wording, "review_delay", delays, "filter_week", naming)


def _show_delays(
    wording: Wording,
    section: str,
    delays: Sequence[Delay],
    of: str,
    naming: tuple[Callable[[str], str], Callable[[Delay], str]],
) -> View:
    """Return the section on delays by day or week: the median and the 90th percentile."""
    name, link = naming
    columns, rows = [], []
    for delay in delays:
        median, p90 = delay.median_seconds, delay.p90_seconds
        words = f"{wording.span(median)}, {wording.say('ninety')} {wording.span(p90)}"
        parts = (
            Part(value=median, shade="full", words=words, href=link(delay)),
            Part(value=p90 - median, shade="pale", words=words, href=link(delay)),
        )
        columns.append(Column(name=name(delay.of), parts=parts))
        cells = (
            make_cell(delay.stories, link(delay)),
            make_cell(wording.span(median)),
            make_cell(wording.span(p90)),
        )
        rows.append({"name": name(delay.of), "cells": cells})
    stories = sum(delay.stories for delay in delays)
    slowest = max((delay.p90_seconds for delay in delays), default=0)
    return Section(
        name=section,
        words=wording.say(f"{section}_words", count=f"{stories:,}"),
        plot=draw_columns(columns, wording.span(slowest)),
        legend=(("full", "median"), ("pale", "ninety")),
        head=(of, "stories_told", "median", "ninety"),
        rows=rows[::-1],
    ).show(wording)


def show_sources(wording: Wording, delays: Sequence[Delay], since: date) -> View:
    """Return the section on the delay from a story's publication to its filing here, by source."""
    rows = []
    shares = measure_shares([delay.median_seconds for delay in delays])
    for delay, share in zip(delays, shares, strict=True):
        question = queue.QueueQuestion(source=delay.of, since=since)
        href = _link_filing(wording, delay, question) if delay.of else ""
        cells = (
            make_cell(wording.span(delay.median_seconds), href),
            make_cell(wording.span(delay.p90_seconds)),
            make_cell(delay.stories, href),
        )
        name = text.fold(delay.of.partition("://")[2].removeprefix("www.") or delay.of)
        rows.append({"name": name, "share": share, "part": share, "cells": cells})
    return Section(
        name="source_delay",
        words=wording.say("source_delay_words", count=len(delays)),
        head=("filter_source", "median", "ninety", "stories_told"),
        rows=rows,
    ).show(wording)


def show_agreement(
    wording: Wording, decided: Sequence[catalogue.DecidedStory], publish_at: int, since: date
) -> View:
    """Return the section on how often the publishing threshold agreed with editors, and which
    threshold would have agreed best.

    Stories count that had waited for a decision.
    """
    columns, rows, agreed, waited = [], [], 0, 0
    for period in standings.count_agreement(decided, publish_at):
        agreed, waited = agreed + period.agreed, waited + period.waited
        parts, cells = _show_period(wording, period, since)
        columns.append(Column(name=period.period, parts=parts))
        rows.append({"name": period.period, "cells": cells})
    words = wording.say("gate_agreement_none")
    if waited:
        share = f"{agreed / waited:.0%}"
        words = wording.say("gate_agreement_words", share=share, count=f"{waited:,}")
    advice, is_advised = _advise(wording, decided, publish_at)
    return Section(
        name="gate_agreement",
        words=words,
        advice=advice,
        try_href=f"{wording.pages.views.root}what-if/" if is_advised else "",
        plot=draw_columns(columns),
        legend=(("full", "gate_agrees"), ("pale", "gate_differs")),
        head=("filter_week", "had_waited", "gate_agrees", "share_told", "taken_up"),
        rows=rows[::-1],
    ).show(wording)


def _advise(
    wording: Wording, decided: Sequence[catalogue.DecidedStory], publish_at: int
) -> tuple[str, bool]:
    """Return in words which threshold agrees best with editors, and whether one was chosen."""
    decisions, choice = standings.choose_gate(decided, publish_at)
    if choice is None:
        wanted = sum(one.is_wanted for one in decisions)
        counts = {"published": f"{wanted:,}", "others": f"{len(decisions) - wanted:,}"}
        return wording.say("gate_choice_none", **standings.GATE_CHOICE_NEEDS, **counts), False
    kind = "same" if choice.publish_at == publish_at else "sure" if choice.is_sure else "unsure"
    numbers = {**asdict(choice), "current": publish_at, "decided": len(decisions)}
    shown = {name: f"{number:,}" for name, number in numbers.items()}
    return wording.say(f"gate_choice_{kind}", **shown), True


def _show_period(
    wording: Wording, period: standings.AgreementCount, since: date
) -> tuple[Sequence[Part], Sequence[Mapping[str, str]]]:
    """Return the parts of a period's column, and the cells of its table row."""
    same, differing = period.agreed, period.waited - period.agreed
    every, agreed_on, other = (
        _link_week(wording, period.period, since, number)
        for number in ("gate", "gate-agrees", "gate-differs")
    )
    parts = (
        wording.count("full", same, "gate_agrees", agreed_on),
        wording.count("pale", differing, "gate_differs", other),
    )
    cells = (
        make_cell(period.waited, every),
        make_cell(same, agreed_on),
        make_cell(f"{round(same / period.waited, 4):.0%}" if period.waited else "–"),
        make_cell(period.picked),
    )
    return parts, cells


def _link_week(wording: Wording, period: str, since: date, number: queue.StoryNumber) -> str:
    """Return the URL of the stories of a week, which begins at `since`; "" for a month."""
    try:
        monday = datetime.strptime(f"{period}-1", "%G-W%V-%u").date()  # noqa: DTZ007 - a day alone
    except ValueError:
        return ""
    first = since if since > monday else None  # the period begins within this week
    question = queue.QueueQuestion(view="all", decided=monday, since=first, number=number)
    return wording.pages.address(question)


def show_owners(wording: Wording, owners: Sequence[OwnerCount], since: date) -> View:
    """Return the section that counts stories by the owner of their publisher."""
    rows = []
    most = max((owner.filed for owner in owners), default=0)
    shares = measure_shares([owner.filed for owner in owners], most)
    parts = measure_shares([owner.published for owner in owners], most)
    for owner, share, part in zip(owners, shares, parts, strict=True):
        name = owner.owner or wording.say("nobody_known")
        cells = (
            make_cell(owner.filed, _link_owner(wording, owner.owner, "all", since)),
            make_cell(owner.published, _link_owner(wording, owner.owner, "published", since)),
            make_cell(", ".join(map(urls.site_name, owner.domains))[:300]),
        )
        rows.append({"name": text.fold(name), "share": share, "part": part, "cells": cells})
    return Section(
        name="owner_coverage",
        words=wording.say("owner_coverage_words", count=len(owners)),
        legend=(("full", "view_published"), ("pale", "filed_in_all")),
        head=("owner", "filed_in_all", "view_published", "publishers"),
        rows=rows,
    ).show(wording)


def _link_owner(wording: Wording, owner: str, view: queue.QueueView, since: date) -> str:
    if not owner:
        return ""
    return wording.pages.address(queue.QueueQuestion(view=view, owner=owner, since=since))
