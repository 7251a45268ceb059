"""The front page as readers see it: ranks, who else has the lead, the river by day."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from lxml import html

from copydesk.news import Beat, Story
from copydesk.news.story import Related
from copydesk.publish import Look, plan_site, site
from copydesk.rendering import Renderer
from world import editions


def pages(*stories: Story, on: Beat | None = None) -> dict[str, html.HtmlElement]:
    plan = plan_site(editions.edition(stories, on=on or editions.beat()), Look())
    made = {sheet.path: sheet.data.decode() for sheet in site.sheets(plan, Renderer())}
    return {
        path: html.document_fromstring(page) for path, page in made.items() if path.endswith("html")
    }


def front(*stories: Story) -> html.HtmlElement:
    return pages(*stories)["index.html"]


def said(page: html.HtmlElement, path: str) -> list[str]:
    return [" ".join(found.text_content().split()) for found in page.cssselect(path)]


def led(*related: Related, **fields: object) -> Story:
    return editions.story(related=related, **fields)  # type: ignore[arg-type]


def many(count: int) -> list[Story]:
    return [
        editions.story(
            f"2026-11-{24 - n // 4:02}-story-{n}",
            title=f"Story {n}",
            heat=100 - n,
            published_at=editions.AT - timedelta(hours=6 * n),
        )
        for n in range(count)
    ]


def test_the_lead_names_two_newsrooms_and_shows_eight_reports() -> None:
    names = ("alpha", "beta", "gamma", "delta", "eps", "zeta", "eta", "theta", "iota", "kappa")

    page = front(led(*(editions.related(f"{name}.example") for name in names)))

    assert ["Also covered by Alpha, Beta and 8 more"] == said(page, ".lead .reports summary")
    assert "https://alpha.example/take" == page.cssselect(".reports li a")[0].get("href")
    assert 9 == len(page.cssselect(".lead .reports li"))
    assert "2 more articles cover this event." == said(page, ".lead .reports li")[-1]


def test_a_newsroom_with_a_page_of_its_own_is_linked_there() -> None:
    own = editions.story("2026-11-20-own", provider=editions.related("alpha.example").provider)

    page = front(led(editions.related("alpha.example")), own)

    assert "/robots/sources/alpha.example/" == page.cssselect(".reports .by")[0].get("href")


def test_a_lead_that_nobody_else_has_says_nothing_of_others() -> None:
    assert [] == said(front(led()), ".reports, .also")


def test_two_stories_stand_beside_the_lead_and_the_rest_below() -> None:
    houses = [editions.related(f"h{n}.example").provider for n in range(8)]
    stories = [
        editions.story(f"2026-11-24-{n}", title=f"{n}", heat=90 - n, provider=houses[n])
        for n in range(8)
    ]

    page = front(*stories)

    ranks = [len(page.cssselect(f".front > .{rank} .card")) for rank in ("lead", "second", "cards")]
    assert [1, 2, 5] == ranks


def test_the_river_stands_under_its_days_the_latest_first() -> None:
    page = front(*many(30))

    days = said(page, ".day h3")
    assert days == sorted(days, key=lambda day: -int(day.split()[1]))
    assert "/robots/2026/11/20/" in [each.get("href") for each in page.cssselect(".day h3 a")]
    times = said(page.cssselect(".day")[0], ".brief time")
    assert times == sorted(times, reverse=True)


def test_a_story_without_a_time_ends_the_river() -> None:
    bare = editions.story("2026-01-01-bare", title="Bare", published_at=None)

    page = front(led(), bare)

    assert ["Undated"] == said(page, ".day h3")
    assert ["Bare The Herald"] == said(page, ".brief")


def topical(count: int, *topics: str) -> list[Story]:
    """Give stories of a publisher each, whose topics alternate."""
    return [
        replace(
            one,
            topics=(topics[n % len(topics)],),
            provider=editions.related(f"h{n}.example").provider,
        )
        for n, one in enumerate(many(count))
    ]


def test_stories_below_the_lead_stand_once_each_under_their_topic() -> None:
    page = front(*topical(15, "Courts", "Toys", "Robots"))

    assert ["Law", "Toys", "More stories"] == said(page, ".section h2")
    headlines = said(page, "main .card h3")
    assert len(headlines) == len(set(headlines)) == 15
    assert ["Story 3", "Story 6"] == said(page, "[aria-labelledby=section-law] .major h3")


def test_a_brief_on_an_event_of_three_publishers_stands_in_the_strip_and_nowhere_else() -> None:
    stories = topical(15, "Courts", "Toys", "Robots")
    others = (editions.related("x.example"), editions.related("y.example"))
    stories[:3] = [replace(story, related=others) for story in stories[:3]]
    stories[4] = replace(stories[4], excerpt="So said a court.", related=others)
    stories[5] = replace(stories[5], excerpt="So said a court.", related=others[:1])
    stories[6] = replace(stories[6], excerpt="A court said so. " * 9, related=others)

    page = front(*stories)

    assert ["In brief", "Law", "Toys", "More stories"] == said(page, ".section h2")
    assert ["Story 4"] == said(page, "[aria-labelledby=briefs] .line > a")
    assert 14 == len(page.cssselect("main .card h3"))


def test_a_site_of_one_topic_has_no_sections() -> None:
    assert [] == said(front(*topical(12, "Toys")), ".section h2")


def test_the_line_below_a_headline_says_who_was_first_and_what_changed() -> None:
    early = editions.AT - timedelta(days=1)
    first = replace(editions.related("alpha.example"), published_at=early)
    changed = f'{editions.AT:%Y-%m-%dT%H:%M:%SZ} title was "Old words"'

    page = front(led(first, history=(changed,)))

    line = said(page, ".lead .why")[0]
    assert line.startswith("2 publishers · first report ")
    assert ", Alpha · headline changed " in line


def test_a_story_of_one_publisher_says_so() -> None:
    line = said(front(led()), ".lead .why")[0]
    assert line.startswith("only one publisher so far · first report ")


def test_the_line_says_first_why_a_story_stands_there() -> None:
    at, *others = led().published_at, 60, 40
    stories = [
        led(),
        *(editions.story(f"2026-11-23-{heat}", heat=heat, published_at=at) for heat in others),
    ]
    reasons = said(front(*stories), ".why span:first-child")

    ahead = "ahead of the next stories: strong"
    assert [f"First, {ahead}est report", f"A{ahead[1:]}er report"] == reasons[:2]
    pinned = replace(editions.beat(), rulings=(editions.pin("2026-11-23-40"),))
    placed = pages(*stories, on=pinned)["index.html"]
    assert "placed here by an editor" == said(placed, ".lead .why span")[0]


def test_the_page_is_dated_by_its_newest_story() -> None:
    (line,) = said(front(led()), ".dateline")

    assert "Newest story" in line


def test_no_line_ends_within_a_name() -> None:
    page = front(led(title="Brightwater-2 sails well-known seas"))

    assert ["Brightwater-\u20602 sails well-known seas"] == said(page, ".lead h3")
