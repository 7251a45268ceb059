"""The page of a story says why it stands where it does, and what befell it."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

import pytest

from copydesk import building, newsroom
from copydesk.rounds.rejudging import neighbours
from world.command import copydesk
from world.later import SEALS_RECORD, WALL_RECORD
from world.lived import SEALS_NAME, WALL_NAME, lived_newsroom
from world.newsroom import NOW
from world.served_desk import Browser
from world.served_newsroom import ServedNewsroom, serve_newsroom

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedNewsroom]:
    with serve_newsroom(lived_newsroom(tmp_path_factory.mktemp("lived"))) as served:
        yield served


@pytest.fixture(scope="module")
def anna(served: ServedNewsroom) -> Browser:
    return served.owner()


def plain(words: str) -> str:
    return html.unescape(re.sub(r"<[^>]*>", "", words)).strip()


def entries_of(page: str) -> list[dict[str, str]]:
    """Return what stands in each entry of a page's trail."""
    parts = {
        "what": r'<span class="what" lang="en">(.*?)</span>',
        "by": r'<b class="by">(.*?)</b>',
        "why": r'<p class="said">(.*?)</p>',
        "fields": r'<p class="held"><span>(.*?)</span>',
        "commit": r"<code>(.*?)</code>",
    }
    return [
        {
            name: plain(match[1]) if (match := re.search(pattern, entry, re.DOTALL)) else ""
            for name, pattern in parts.items()
        }
        for entry in re.findall(r'<li class="[\w-]+">(.*?)</li>', page, re.DOTALL)
    ]


def test_the_desk_and_the_command_line_tell_the_same_trail(
    served: ServedNewsroom, anna: Browser
) -> None:
    told = copydesk("-C", served.root, "explain", WALL_RECORD, "--json").json()["trail"]

    page = anna.get(f"/desk/story/{WALL_NAME}/trail/")

    assert 15 == len(told)
    assert [
        {
            "what": entry["what"],
            "by": entry["by"],
            "why": entry["why"],
            "fields": ", ".join(entry["fields"]),
            "commit": entry["commit"][:10],
        }
        for entry in told
    ] == entries_of(page.body)


def test_a_story_of_nobody_has_no_trail(anna: Browser) -> None:
    assert 404 == anna.get("/desk/story/nobody/trail/").status


def test_the_page_has_the_parts_the_place_and_the_words_that_earned_them(
    served: ServedNewsroom, anna: Browser
) -> None:
    told = copydesk("-C", served.root, "explain", SEALS_RECORD, "--json").json()

    page = anna.get(f"/desk/story/{SEALS_NAME}/").body

    [place] = told["places"]
    rank = f"rank {place['place']} by quality among the last 2 stories on Coast"
    assert f"{rank} (median quality {place['median']}" in page
    for part in told["parts"]:
        assert f'<th scope="row" lang="en">{part["part"]}</th>' in page
    marks = re.findall(r'<mark class="keyword" title="(\w+)">(.*?)</mark>', page)
    assert ("Coast", "coast") in marks
    assert '<mark class="matter">' in page
    assert f'data-fetch="/desk/story/{SEALS_NAME}/trail/"' in page


def test_a_text_that_is_kept_no_more_has_no_marks(anna: Browser) -> None:
    page = anna.get(f"/desk/story/{WALL_NAME}/").body  # it was removed for a while

    assert "<mark" not in page
    assert "The text of this article is not stored." in page


def test_what_a_story_is_most_like_is_a_page_that_is_fetched_when_it_is_opened(
    served: ServedNewsroom, anna: Browser
) -> None:
    where = f"/desk/story/{WALL_NAME}/neighbours/"

    page = anna.get(where)

    assert 200 == page.status
    assert f'data-fetch="{where}"' in anna.get(f"/desk/story/{WALL_NAME}/").body
    assert "data-part" in page.body
    with newsroom.open_newsroom(served.root, NOW, {}) as opened:
        rows = neighbours.list_neighbours(opened, WALL_RECORD).rows
    shown = re.findall(r'<p class="reason" lang="en">(.*?)</p>', page.body)
    assert [row.why for row in rows] == [plain(words) for words in shown]
    assert 404 == anna.get("/desk/story/nobody/neighbours/").status


def test_a_published_story_leads_to_why_the_front_page_is_as_it_is(
    served: ServedNewsroom, anna: Browser
) -> None:
    story = anna.get(f"/desk/story/{WALL_NAME}/").body
    (where,) = re.findall(r'data-fetch="([^"]+/front/[^"]+)"', story)

    page = anna.get(html.unescape(where))

    assert 200 == page.status
    with newsroom.open_newsroom(served.root, NOW, {}) as opened:
        found = building.explain_front(opened)
    shown = re.findall(r'<th scope="row"><a href="/desk/story/([^/"]+)/"', page.body)
    assert [one.story.path[6:-3] for one in (*found.stories, *found.near)] == shown
    marked = page.body.partition('class="wanted"')[2].partition("</tr>")[0]
    assert f"/desk/story/{WALL_NAME}/" in marked
    assert 'class="wanted"' not in anna.get("/desk/front/?story=nobody").body
