"""The page of numbers: what the last days brought, in sections that each link to their stories."""

from __future__ import annotations

from collections.abc import Mapping

from copydesk import engine
from copydesk.desk._counts import Counts
from copydesk.desk._pages import Editor, Pages, asset_name
from copydesk.desk.numbers import _sections
from copydesk.desk.numbers._section import Wording
from copydesk.news import Beat

DAYS = (7, 30, 90)


def read_days(query: Mapping[str, str]) -> int:
    """Return how many days an address asks for; 30 where it asks for none that there are."""
    return next((days for days in DAYS if str(days) == query.get("days")), 30)


def render_numbers(
    pages: Pages, editor: Editor, counts: Counts, beat: Beat, numbers: engine.Numbers
) -> bytes:
    """Return the page of numbers."""
    wording, days = Wording(pages), len(numbers.days)
    first = numbers.days[0].day
    ages = [(str(known), wording.say(f"days_{known}")) for known in DAYS]
    period = pages.filters.make_filter("days", str(days), ages, may_be_any=False)
    counted = numbers.counted_since
    return pages.page(
        "numbers.html",
        editor,
        counts,
        title=pages.strings.say("numbers_title"),
        style=f"{pages.views.root}assets/{asset_name('numbers.css')}",
        filters=[{**period, "name": wording.say("period")}],
        since=wording.name_day(counted) if counted and counted > first else "",
        sections=[
            _sections.show_stories(wording, numbers.days),
            _sections.show_drops(wording, numbers.drops, days),
            _sections.show_filing(wording, numbers.filing),
            _sections.show_sources(wording, numbers.sources, first),
            _sections.show_reviews(wording, numbers.reviews, first),
            _sections.show_agreement(wording, numbers.decisions, beat.scoring.publish_at, first),
            _sections.show_owners(wording, numbers.owners, first),
        ],
    )
