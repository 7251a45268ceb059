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

from copydesk.memory import Memory
from world.command import copydesk
from world.desk import desk_newsroom, stories
from world.numbers import ODD, fill_numbers
from world.served_desk import Browser
from world.served_newsroom import ServedNewsroom, serve_newsroom, until

pytestmark = pytest.mark.slow

LINK = re.compile(r'<td class="number"><a href="([^"]+)">([\d,]+)</a>')


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedNewsroom]:
    root = tmp_path_factory.mktemp("numbers") / "beat"
    now = datetime.now(UTC)  # the server's clock says which days are counted
    filed = [
        replace(story, published_at=now - timedelta(days=number, hours=1))
        for number, story in enumerate(stories(4))
    ]
    desk_newsroom(root, filed)
    fill_numbers(root)
    with serve_newsroom(root) as served:
        yield served


@pytest.fixture(scope="module")
def anna(served: ServedNewsroom) -> Browser:
    return served.owner()


def section(body: str, name: str) -> str:
    start = body.index(f'<section aria-labelledby="{name}"')
    return body[start : body.index("</section>", start)]


def test_each_number_leads_to_as_many_stories(anna: Browser) -> None:
    body = anna.get("/desk/numbers/?days=90").body

    for name in ("stories_by_day", "owner_coverage"):
        links = LINK.findall(section(body, name))
        assert links
        for href, count in links:
            page = anna.get(html.unescape(href)).body
            assert f"{count} stor" in page[page.index("<h1>") : page.index("</h1>")], href
    assert "4 filed" in section(body, "stories_by_day")
    assert "/desk/dropped/?reason=off-beat&amp;days=90" in section(body, "drops_by_reason")
    assert "source=https%3A%2F%2Fgull.example%2Ffeed.xml" in section(body, "source_delay")


def test_each_plot_has_its_words_and_a_table_for_who_does_not_see_it(anna: Browser) -> None:
    body = anna.get("/desk/numbers/?days=90").body

    for name in ("stories_by_day", "filing_delay"):
        part = section(body, name)
        assert '<svg viewBox="0 0 1000 100"' in part
        assert f'aria-labelledby="{name}-name {name}-words"' in part
        assert f'<title id="{name}-name">' in part
        assert f'<desc id="{name}-words">' in part
        assert part.index("<svg") < part.index("<details>") < part.index("<table>")
    assert "27 pages." in section(body, "drops_by_reason")
    assert "59 min" in section(body, "source_delay")
    assert "Nothing counted yet." in section(body, "review_delay")
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
    assert "off the beat" in body
    assert "its page failed (status 500)" in body
    assert "no &lt;list&gt;" in body

    form = {"do": "file", "value": "https://tern.example/keeper", "return": "/desk/recall/"}
    answer = anna.post("/desk/act", form)

    assert (303, "/desk/recall/") == (answer.status, answer.headers["location"])
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
