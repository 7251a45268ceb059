"""The front page as readers see it: ranks, who else has the lead, the river by day."""

from __future__ import annotations

from datetime import timedelta

from lxml import html

from copydesk.news import Story
from copydesk.news.story import Related
from copydesk.publish import Look, plan_site, site
from copydesk.rendering import Renderer
from world import editions


def front(*stories: Story) -> html.HtmlElement:
    plan = plan_site(editions.edition(stories), Look())
    made = {sheet.path: sheet.data.decode() for sheet in site.sheets(plan, Renderer())}
    return html.document_fromstring(made["index.html"])


def said(page: html.HtmlElement, path: str) -> list[str]:
    return [" ".join(found.text_content().split()) for found in page.cssselect(path)]


def led(*related: Related, **fields: str) -> Story:
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


def test_the_lead_names_four_newsrooms_with_a_way_to_each_and_counts_the_others() -> None:
    names = ("alpha", "beta", "gamma", "delta", "epsilon", "zeta")

    page = front(led(*(editions.related(f"{name}.example") for name in names)))

    voices = said(page, ".lead .voices")
    assert ["Also covered by Alpha, Beta, Gamma, Delta and 2 more"] == voices
    assert "https://alpha.example/take" == page.cssselect(".voices a")[0].get("href")


def test_a_newsroom_with_a_page_of_its_own_is_linked_there() -> None:
    own = editions.story("2026-11-20-own", provider=editions.related("alpha.example").provider)

    page = front(led(editions.related("alpha.example")), own)

    assert "/robots/sources/alpha.example/" == page.cssselect(".voices a")[0].get("href")


def test_under_the_lead_stand_three_headlines_of_others_and_none_that_repeats() -> None:
    takes = [editions.related(f"{n}.example", title=f"Take {n}") for n in "abcde"]
    same = editions.related("same.example", title="ROBOTS may vote")

    page = front(led(same, *takes))

    assert ["Take a A", "Take b B", "Take c C"] == said(page, ".takes li")


def test_a_lead_that_nobody_else_has_says_nothing_of_others() -> None:
    assert [] == said(front(led()), ".voices, .takes, .also")


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
