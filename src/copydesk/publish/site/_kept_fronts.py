"""Make the pages that show earlier front pages, and the files that let anyone check the site.

front/                   all kept front pages and editions, newest first
front/2026-11-20T0800/   the front page at that time (UTC)
edition/2026-11-20/      the edition of a day: its last front page, or that of its newsletter
editions.txt             a line for each of them: its time, and the SHA-256 of its line in git
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

import orjson

from copydesk.kit import dates, text
from copydesk.news import Story
from copydesk.news.edition import FrontPlace, KeptFront, SiteOrigin
from copydesk.placement import choose_editions
from copydesk.publish._plan import FRONT, SitePlan
from copydesk.publish.site._cards import ListCards
from copydesk.publish.site._frame import Frame, Head
from copydesk.publish.writing import Sheet

FOLDER = "front/"
_RECENT_DAYS = 3  # on which the last 48 hours lie
VERIFY = "verify.json"
EDITIONS = "editions.txt"
_LOG_HEAD = (
    "# The kept front pages of this site: time (UTC), and SHA-256 of the line in _data/fronts.\n"
    "# Keep a copy of this file: copydesk verify --log compares it with the site of a later day.\n"
)


def sheets(cards: ListCards) -> Iterator[Sheet]:
    """Yield the pages of kept front pages that the build has to make, their list and the log."""
    plan, wanted = cards.frame.plan, cards.frame.plan.wanted
    if not plan.fronts:
        return
    for folder, (front, day) in plan.front_pages.items():
        if wanted(FRONT, folder):
            yield _page(cards, front, folder, day)
    yield _index(cards.frame)
    log = (f"{dates.rfc3339(front.at)} {front.digest}\n" for front in plan.fronts)
    yield Sheet(EDITIONS, (_LOG_HEAD + "".join(log)).encode())


def describe_origin(plan: SitePlan) -> Sheet | None:
    """Return the file with which anyone can check the site, None if front pages are not kept."""
    if plan.origin is None or not plan.origin.commit:
        return None
    told = {
        "format": 1,
        "copydesk": plan.origin.version,
        "commit": plan.origin.commit,
        "clock": dates.rfc3339(plan.at),
        "records": plan.origin.records,
        "editions": plan.links.page(EDITIONS) if plan.fronts else "",
    }
    return Sheet(VERIFY, orjson.dumps(told, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))


def _page(cards: ListCards, front: KeptFront, folder: str, day: date | None) -> Sheet:
    """Return the page of a kept front page, or of the edition of a day."""
    frame, local = cards.frame, cards.frame.plan.local(front.at)
    moment = frame.strings.format_date("moment", local)
    spelled = frame.strings.format_date("day", day) if day else moment
    heading = frame.strings.say("edition_of" if day else "front_at", time=spelled)
    shown = [place for place in front.places if place.rule != "new"]
    newest = [] if day else [place for place in front.places if place.rule == "new"]
    return frame.page(
        "kept_front.html",
        Head(path=folder, title=heading, indexed=False),
        heading=heading,
        iso=dates.rfc3339(front.at),
        moment=moment,
        all=frame.href(FOLDER),
        digest=cards.digest_of(day) if day else "",
        places=[_place(cards, place) for place in shown],
        newest=[_place(cards, place) for place in newest],
    )


def _place(cards: ListCards, place: FrontPlace) -> Mapping[str, object]:
    """Return a place of a kept front page for its template; `line` is "" for a story that is no
    longer on the site.
    """
    say, story = cards.frame.strings.say, _find_story(cards.frame.plan, place.story)
    others = say("front_others", count=place.newsrooms) if place.newsrooms else ""
    return {
        "line": cards.render_many("line.html", [story]) if story else "",
        "why": text.fold(" · ".join(filter(None, (say(f"kept_{place.rule}"), others)))),
    }


def _find_story(plan: SitePlan, name: str) -> Story | None:
    """Return the public story with a record's name, or the one that leads its group now."""
    entry, known = plan.groups.public(name), plan.index.by_name(name)
    if entry is None and known is not None and known.group and not known.is_removed:
        entry = plan.groups.leader(known.group)
    return plan.read(entry.path) if entry else None


def _index(frame: Frame) -> Sheet:
    """Return the page that lists the kept front pages of the last days, and all editions."""
    strings, plan = frame.strings, frame.plan
    days: defaultdict[date, list[Mapping[str, object]]] = defaultdict(list)
    months: defaultdict[date, list[Mapping[str, object]]] = defaultdict(list)
    for folder, (front, day) in sorted(plan.front_pages.items(), reverse=True):
        local = plan.local(front.at)
        name = strings.format_date("day_in_month" if day else "clock", day or local)
        count = sum(place.rule != "new" for place in front.places)
        entry = frame.link(name, folder, count=count)
        (months[day.replace(day=1)] if day else days[local.date()]).append(entry)
    recent = [(strings.format_date("day", day), days[day]) for day in list(days)[:_RECENT_DAYS]]
    past = [(strings.format_date("month", month), some) for month, some in months.items()]
    return frame.page(
        "calendar.html",
        Head(path=FOLDER, title=strings.say("fronts"), indexed=False),
        heading=strings.say("fronts"),
        above=frame.link(strings.say("archive"), "archive/"),
        groups=[
            *({"heading": heading, "entries": some} for heading, some in recent),
            *(
                {"heading": strings.say("editions_of", month=month), "entries": some}
                for month, some in past
            ),
        ],
        numbers=[],
    )


def show_fronts(plan: SitePlan, fronts: Sequence[KeptFront], origin: SiteOrigin | None) -> SitePlan:
    """Return the plan with the pages of these kept front pages, and with what the site is made
    from.
    """
    pages = {f"front/{_name_front(front.at)}/": (front, None) for front in fronts}
    editions = {
        f"edition/{day}/": (front, day) for day, front in find_editions(plan, fronts).items()
    }
    return replace(plan, fronts=tuple(fronts), front_pages={**pages, **editions}, origin=origin)


def find_editions(plan: SitePlan, fronts: Sequence[KeptFront]) -> Mapping[date, KeptFront]:
    """Return which of the kept front pages is the edition of each day, in the site's time zone."""
    issues = {day: issue.at for day, issue in plan.letters.digests.items() if issue.at}
    return choose_editions(fronts, plan.local, issues)


def _name_front(at: datetime) -> str:
    """Return the name of a front page's folder, from its time in UTC: `2026-11-20T0800`."""
    return f"{dates.utc(at):%Y-%m-%dT%H%M}"
