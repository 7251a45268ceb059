"""All sources of the recorded news web, read as a polite round reads them."""

from __future__ import annotations

import asyncio
import functools
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from copydesk import watch
from copydesk.fetch import Replay, VirtualClock
from copydesk.fetch.polite import Polite
from copydesk.kit import urls
from copydesk.news import Lead, NotModified, Page, Refused, Request, Source
from copydesk.news.options import FetchOptions
from copydesk.watch import schedule
from copydesk.watch.entry import SourceReading
from copydesk.watch.schedule.state import SourceState
from world.shared import SHARED, needs_shared

NOW = datetime(2018, 2, 7, 6, tzinfo=UTC)
FOLDER = SHARED / "data/web"
Answer = Page | NotModified | Refused


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """What a whole round saw: an answer a source, a lead a page, an answer a lead."""

    sources: dict[str, Answer]
    readings: dict[str, SourceReading]
    leads: dict[str, Lead]
    pages: dict[str, Answer]


@functools.cache
def whole_round() -> Round:
    """Ask every source and every lead, once for all tests."""
    listed = json.loads((FOLDER / "newswire.json").read_text("utf-8"))["sources"]

    async def work() -> Round:
        clock = VirtualClock(NOW)
        fetcher = Polite(Replay(FOLDER / "newswire.warc.gz", NOW), FetchOptions(), clock)
        seen = Round(sources={}, readings={}, leads={}, pages={})
        for source in (Source(url=entry["url"]) for entry in listed):
            answer = await fetcher.fetch(Request(url=source.url, purpose="source"))
            seen.sources[source.url] = answer
            if isinstance(answer, Page):
                reading = watch.read(answer, source, NOW)
                seen.readings[source.url] = reading
                seen.leads.update((urls.identity(lead.url), lead) for lead in reading.leads)
        for key, lead in seen.leads.items():
            seen.pages[key] = await fetcher.fetch(Request(url=lead.url))
        return seen

    return asyncio.run(work())


def gold() -> list[dict[str, object]]:
    lines = (FOLDER / "newswire_gold.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines]


@needs_shared
def test_every_expected_page_is_listed() -> None:
    expected = {urls.identity(str(line["url"])) for line in gold() if line["expected"]}

    assert len(expected) == 165
    assert expected <= set(whole_round().leads) | _redirected()


def _redirected() -> set[str]:
    """Give the identities of the pages where leads ended up."""
    answers = whole_round().pages.values()
    return {urls.identity(answer.final_url) for answer in answers if isinstance(answer, Page)}


@needs_shared
def test_every_expected_page_is_had_and_no_other() -> None:
    expected = {urls.identity(str(line["canonical"])) for line in gold() if line["expected"]}

    assert _redirected() == expected


@needs_shared
def test_no_item_of_any_source_is_lost_but_the_one_listed_twice() -> None:
    lost = {
        url: reading.listed - len(reading.leads)
        for url, reading in whole_round().readings.items()
        if reading.listed != len(reading.leads)
    }

    assert len(whole_round().readings) == 60
    assert lost == {"https://www.washingtonpost.com/feed.xml": 1}


@needs_shared
def test_sources_are_told_apart_by_their_bytes() -> None:
    kinds = {url: reading.kind for url, reading in whole_round().readings.items()}

    assert kinds.pop("https://www.usatoday.com/news-sitemap.xml") == "sitemap"
    assert kinds.pop("https://www.independent.co.uk/news/") == "listing"
    assert set(kinds.values()) == {"feed"}


@needs_shared
def test_sources_that_want_to_be_left_alone_are() -> None:
    refused = {
        urls.host(url): answer.reason
        for url, answer in whole_round().sources.items()
        if isinstance(answer, Refused)
    }

    assert refused == {
        "uk.pcmag.com": "robots",
        "www.cetusnews.com": "gone",
        "www.gamespot.com": "slow-down",
    }


@needs_shared
def test_pages_that_robots_forbid_are_refused() -> None:
    refused = {
        urls.host(answer.url): answer.reason
        for answer in whole_round().pages.values()
        if isinstance(answer, Refused)
    }

    assert refused == {
        "www.dailymail.co.uk": "gone",
        "www.express.co.uk": "robots",
        "www.thesun.co.uk": "robots",
    }


@needs_shared
def test_a_wrong_encoding_label_costs_no_quotation_mark() -> None:
    titles = "".join(
        lead.title for lead in whole_round().readings["https://www.rt.com/feed.xml"].leads
    )

    assert titles.count("‘") == 3
    assert titles.count("’") == 4
    assert "\ufffd" not in titles


@needs_shared
def test_a_feed_that_moved_for_good_is_remembered() -> None:
    url = "https://www.theguardian.com/feed.xml"
    answer, reading = whole_round().sources[url], whole_round().readings[url]
    assert isinstance(answer, Page)

    state = schedule.after_page(SourceState(), answer, reading, 1, NOW)
    state = schedule.after_page(state, answer, reading, 0, NOW + timedelta(days=7))

    assert state.moved_to == "https://www.theguardian.com/world/rss"


@needs_shared
def test_only_what_has_no_date_has_none() -> None:
    undated = sorted(
        urls.host(lead.url) for lead in whole_round().leads.values() if lead.published_at is None
    )

    assert undated == ["www.independent.co.uk", "www.independent.co.uk", "www.npr.org"]
