"""The desk's numbers: each leads to the stories that it counts; and what was missed of a list."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from copydesk.memory import Fate, Memory
from copydesk.news import Reason, Story, Verdict
from copydesk.news.ruling import Said
from world import editions
from world.command import copydesk
from world.desk import desk_newsroom, stories
from world.numbers import ODD, fill_numbers
from world.served_desk import Browser
from world.served_newsroom import ServedNewsroom, serve_newsroom, until

pytestmark = pytest.mark.slow

SECTIONS = (
    *("stories_by_day", "owner_coverage", "filing_delay", "source_delay", "review_delay"),
    "gate_agreement",
)
BAR = re.compile(r'<a href="([^"]+)" tabindex="-1" aria-label="[^:]+: ([\d,]+) ')
LINK = re.compile(r'<td class="number"><a href="([^"]+)">([\d,]+)</a>')


def date_stories(now: datetime) -> list[Story]:
    """Return a story that is dated after today, three of the last days, and five that were decided.

    Of these four had waited, and what today's gate says differs for one. Two were decided around
    the first second of the last seven days, mostly in one week.
    """
    made = [
        replace(story, published_at=now - timedelta(days=2 * number - 1, hours=1))
        for number, story in enumerate(stories(4))
    ]
    held = (Reason.parse("held: every story waits for an editor"),)
    decided: list[tuple[str, Said, int, tuple[Reason, ...], datetime]] = [
        ("agreed", "publish", 90, held, now),
        ("differed", "reject", 90, held, now - timedelta(minutes=1)),
        ("picked", "publish", 20, (), now - timedelta(minutes=2)),
        ("first", "publish", 90, held, first_second(now) + timedelta(minutes=1)),
        ("before", "publish", 90, held, first_second(now) - timedelta(minutes=1)),
    ]
    for name, said, quality, reasons, at in decided:
        story = editions.story(f"2026-11-19-{name}", topics=("Coast",), published_at=now)
        made.append(
            replace(
                story,
                provider=made[0].provider,
                verdict=Verdict(by="Anna", at=at, said=said, why="so"),
                quality=quality,
                heat=quality,
                published=said == "publish",
                reasons=reasons,
            )
        )
    return made


def first_second(now: datetime) -> datetime:
    """Return when the first of the last seven days began."""
    return now.replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=6)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedNewsroom]:
    root = tmp_path_factory.mktemp("numbers") / "beat"
    now = datetime.now(UTC)  # the server's clock says which days are counted
    filed = date_stories(now)
    desk_newsroom(root, filed)
    fill_numbers(root, paths=[story.path for story in filed[:4]])
    with closing(Memory(root / ".copydesk/memory.sqlite")) as memory:
        for story in filed[4:]:
            fate = Fate(identity=story.path, url=story.web_url, state="filed", at=now)
            memory.keep_fate(replace(fate, at=now - timedelta(days=9), path=story.path))
    with serve_newsroom(root) as served:
        yield served


@pytest.fixture(scope="module")
def anna(served: ServedNewsroom) -> Browser:
    return served.owner()


def section(body: str, name: str) -> str:
    start = body.index(f'<section aria-labelledby="{name}"')
    return body[start : body.index("</section>", start)]


def count_stories(anna: Browser, href: str) -> str:
    """Return of how many stories the page at an address tells."""
    page = anna.get(html.unescape(href)).body
    found = re.search(r"([\d,]+) stor", page[page.index("<h1>") : page.index("</h1>")])
    assert found, href
    return found[1]


@pytest.mark.parametrize("days", [7, 90])
def test_each_number_leads_to_exactly_the_stories_that_it_counts(anna: Browser, days: int) -> None:
    body = anna.get(f"/desk/numbers/?days={days}").body

    for name in SECTIONS:
        told = LINK.findall(section(body, name))
        assert told, name
        assert told == [(href, count_stories(anna, href)) for href, _ in told]
    for name in ("stories_by_day", "gate_agreement"):
        bars = BAR.findall(section(body, name))
        assert len({href for href, _ in bars}) == len(bars) > 1
        assert bars == [(href, count_stories(anna, href)) for href, _ in bars]
    for name in ("filing_delay", "review_delay"):  # each bar tells of the stories of its row
        drawn = set(re.findall(r'<a href="([^"]+)" tabindex', section(body, name)))
        assert drawn == {href for href, _ in LINK.findall(section(body, name))}


def test_what_an_earlier_version_counted_leads_nowhere(anna: Browser) -> None:
    body = anna.get("/desk/numbers/?days=90").body

    row = section(body, "source_delay").partition("heron.example")[2].partition("</tr>")[0]
    assert "<a " not in row
    assert "/desk/dropped/?reason=off-beat&amp;days=90" in section(body, "drops_by_reason")
    assert 'value="90" selected' in anna.get("/desk/dropped/?reason=off-beat&days=90").body
    assert "source=https%3A%2F%2Fgull.example%2Ffeed.xml" in section(body, "source_delay")
    asked = "/desk/?view=all&number=gate&decided=1970-01-05"
    assert "decided by an editor" in anna.get(asked).body
    assert anna.get("/desk/?view=all&number=review&since=9999-01-01").status == 200


def test_each_plot_has_its_words_and_a_table_for_who_does_not_see_it(anna: Browser) -> None:
    body = anna.get("/desk/numbers/?days=90").body

    for name in ("stories_by_day", "filing_delay"):
        part = section(body, name)
        assert '<svg viewBox="0 0 1000 100"' in part
        assert f'aria-labelledby="{name}-name {name}-words"' in part
        assert f'<title id="{name}-name">' in part
        assert f'<desc id="{name}-words">' in part
        assert part.index("<svg") < part.index("<details>") < part.index("<table>")
    assert "30 fetched pages were not saved." in section(body, "drops_by_reason")
    assert "59 min" in section(body, "source_delay")
    assert "style=" not in body
    assert "<style" not in body


@pytest.mark.parametrize("days", ["7", "30", "90"])
def test_a_period_is_as_long_as_asked_for(anna: Browser, days: str) -> None:
    body = anna.get(f"/desk/numbers/?days={days}").body

    assert int(days) + 1 == section(body, "stories_by_day").count("<tr>")


@pytest.mark.parametrize("query", ["", "?days=0", "?days=1e9", "?days=%C2%B3&x=y"])
def test_a_period_that_there_is_not_is_a_month(anna: Browser, query: str) -> None:
    answer = anna.get(f"/desk/numbers/{query}")

    assert 200 == answer.status
    assert 31 == section(answer.body, "stories_by_day").count("<tr>")


def test_a_threshold_is_suggested_only_from_enough_decisions(anna: Browser, tmp_path: Path) -> None:
    few = section(anna.get("/desk/numbers/").body, "gate_agreement")
    assert "at least 30 stories" in few
    assert "In this period 3 were published and 1 were not." in few
    assert "what-if/" not in few

    now = datetime.now(UTC)
    held = (Reason.parse("held: every story waits for an editor"),)
    words: list[tuple[Said, int]] = [("publish", 55), ("reject", 20), ("publish", 90)]
    decided = [
        replace(
            editions.story(f"2026-11-19-{said}-{quality}-{number}", published_at=now),
            verdict=Verdict(by="Anna", at=now, said=said, why="so"),
            quality=quality,
            reasons=held,
            published=said == "publish",
        )
        for said, quality in words
        for number in range(12)
    ]
    root = desk_newsroom(tmp_path / "beat", decided, more="[scoring]\npublish_at = 70\n")
    with serve_newsroom(root) as served:
        owner = served.owner()
        many = section(owner.get("/desk/numbers/").body, "gate_agreement")
        settings = owner.get("/desk/settings/").body

    assert "Suggested threshold: 55. It would agree with the most decisions: 36 of 36" in many
    assert "Thresholds from 21 to 55 agree nearly as well" in many
    assert 'href="/desk/what-if/"' in many
    assert 'href="/desk/numbers/?days=90#gate_agreement"' in settings


def test_what_was_missed_of_a_list_is_taken_in_by_a_button(
    served: ServedNewsroom, anna: Browser
) -> None:
    body = anna.get("/desk/recall/").body

    assert "80%" in body
    assert ODD not in body
    assert ODD in html.unescape(body)
    link = re.search(r'href="(/desk/sources/add/[^"]*)"', body)
    assert link
    assert 'value="https://tern.example/"' in anna.get(html.unescape(link[1])).body
    assert "off topic" in body
    assert "fetching the page failed (status 500)" in body
    assert "no &lt;list&gt;" in body

    form = {"do": "file", "value": "https://tern.example/keeper", "return": "/desk/recall/"}
    answer = anna.post("/desk/act", form)

    assert (303, "/desk/recall/") == (answer.status, answer.headers["location"].partition("?")[0])
    until(lambda: "tern.example/keeper" in waiting_tips(served.root))


def waiting_tips(root: Path) -> list[str]:
    with closing(Memory(root / ".copydesk/memory.sqlite")) as memory:
        return memory.tips.keys()


def test_who_may_only_look_sees_the_numbers_and_takes_nothing_in(
    served: ServedNewsroom,
) -> None:
    made = copydesk("-C", served.root, "desk", "user", "add", "Gus", "--role", "viewer", "--json")
    assert 0 == made.code, made.err
    guest = served.browser()
    assert (
        303 == guest.post(made.json()["link"].partition("/desk")[2].join(["/desk", ""]), {}).status
    )

    assert "Stories by day" in guest.get("/desk/numbers/").body
    page = guest.get("/desk/recall/").body
    assert "Keeper" in page or "keeper" in page
    assert 'value="file"' not in page
    assert "sources/add/" not in page
