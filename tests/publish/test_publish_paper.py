"""The front page as readers see it: ranks, who else has the lead, the river by day."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import timedelta

import pytest
from lxml import html

from copydesk.news import Beat, Reason, ReasonKind, Source, Story, Verdict
from copydesk.news.event import Event, EventKind
from copydesk.news.story import Related
from copydesk.publish import Look, feeds, plan_site, site
from copydesk.rendering import Renderer
from copydesk.review.corrections import add_to_history
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
    assert ["only one publisher so far"] == said(front(led()), ".lead .why")


def test_the_line_says_first_why_a_story_stands_there() -> None:
    at, *others = led().published_at, 60, 40
    stories = [
        led(),
        *(editions.story(f"2026-11-23-{heat}", heat=heat, published_at=at) for heat in others),
    ]
    reasons = said(front(*stories), ".why span:first-child")

    assert ["Ranked first: strongest report", "Ranked lower: fewer points for quality"] == [
        reasons[0],
        reasons[-1],
    ]
    pinned = replace(editions.beat(), rulings=(editions.pin("2026-11-23-40"),))
    placed = pages(*stories, on=pinned)["index.html"]
    assert "placed here by an editor" == said(placed, ".lead .why span")[0]


def test_the_page_is_dated_by_its_newest_story() -> None:
    (line,) = said(front(led()), ".dateline")

    assert "Newest story" in line


def test_no_line_ends_within_a_name() -> None:
    page = front(led(title="Brightwater-2 sails well-known seas"))

    assert ["Brightwater-\u20602 sails well-known seas"] == said(page, ".lead h3")


OLD_HEADLINE = 'title was "Robots want ballots"'
FIGURE = "text changed (12 became 19)"


def changed_group(*lines: str, **fields: str) -> list[Story]:
    """Give a story, and a report of another publisher on its event whose history has the lines."""
    other = replace(editions.related("alpha.example"), published_at=editions.AT - timedelta(days=1))
    member = editions.story(
        "2026-11-23-as-alpha-has-it",
        web_url=other.web_url,
        provider=other.provider,
        published=False,
        group="2026-11-23-as-alpha-has-it",
        history=lines,
        **fields,  # type: ignore[arg-type]
    )
    own = f"2026-11-24T12:00:00Z {FIGURE}"
    return [led(other, group=member.group, history=(own,)), member]


def development(*stories: Story) -> list[str]:
    page = pages(*stories)["news/2026-11-24-robots-may-vote/index.html"]
    lines = page.cssselect("[aria-labelledby=changes] .line")
    return [" ".join(line.text_content().split()) for line in lines]


def test_a_story_tells_the_changes_of_all_its_publishers_in_order() -> None:
    deposed = "2026-11-24T13:00:00Z leads its group no longer"
    lines = development(*changed_group(f"2026-11-24T11:00:00Z {OLD_HEADLINE}", deposed))

    assert [
        ("First report on this event.", "Alpha"),
        ("Previous headline: Robots want ballots", "Alpha"),
        ("A number in the text changed: 12 → 19.", "The Herald"),
    ] == [
        (line.partition(f" {by} ")[0], by)
        for line, by in zip(lines, ("Alpha", "Alpha", "The Herald"), strict=True)
    ]


def test_what_an_editor_removed_is_in_no_development() -> None:
    leader, member = changed_group(f"2026-11-24T11:00:00Z {OLD_HEADLINE}")
    removed = Verdict(said="remove", by="ed@desk.example", at=editions.AT, why="asked")

    lines = development(leader, replace(member, verdict=removed))

    assert 1 == len(lines)
    assert lines[0].startswith("A number in the text changed: 12 → 19.")


def test_the_front_page_says_which_number_changed() -> None:
    (line,) = said(front(*changed_group()), ".lead .why")

    assert line.endswith(" · figure changed from 12 to 19, 12:00")


def test_all_changes_stand_on_a_page_by_day_and_in_a_feed() -> None:
    leader, member = changed_group(f"2026-11-24T11:00:00Z {OLD_HEADLINE}")
    earlier = f"2026-11-23T08:00:00Z {OLD_HEADLINE}"
    other = editions.story("2026-11-22-other", title="Robots rest", history=(earlier,))
    plan = plan_site(editions.edition([leader, member, other]), Look())
    whole = site.Site(plan, Renderer())
    made = {sheet.path: sheet.data.decode() for sheet in whole.beside_the_walk()}
    page = html.document_fromstring(made["changes/index.html"])
    feed = feeds.change_files(plan, site.CHANGES_FOLDER, *whole.describe_changes())

    assert ["Tuesday, 24 November 2026", "Monday, 23 November 2026"] == said(page, ".day h2")
    assert [
        "12:00 Robots may vote A number in the text changed: 12 → 19. The Herald",
        "08:00 Robots rest Previous headline: Robots want ballots The Herald",
    ] == said(page, ".brief")
    items = json.loads([sheet.data for sheet in feed][-1])["items"]
    assert ["2026-11-24T12:00:00Z", "2026-11-23T08:00:00Z"] == [i["date_published"] for i in items]
    assert "A number in the text changed: 12 → 19." == items[0]["content_text"]
    assert items[0]["id"].endswith("/news/2026-11-24-robots-may-vote/#2026-11-24T12:00:00Z")


def test_what_changed_at_one_moment_is_one_entry_of_the_feed() -> None:
    at = "2026-11-24T12:00:00Z"
    lines = (f"{at} {OLD_HEADLINE}", f"{at} text changed (5 % of its words)", f"{at} {FIGURE}")
    whole = site.Site(plan_site(editions.edition([led(history=lines)]), Look()), Renderer())

    _, ((_, _, words),) = whole.describe_changes()

    assert [
        "Previous headline: Robots want ballots",
        "The publisher changed the text.",
        "A number in the text changed: 12 → 19.",
    ] == re.split(r"(?<=ballots) |(?<=\.) ", words)


# ---- what is shown of a change, and what not ------------------------------------------------


def shown_changes(*stories: Story, on: Beat | None = None) -> list[str]:
    """Give what a story's page, the front page, the page of all changes and its feed show."""
    plan = plan_site(editions.edition(stories, on=on or editions.beat()), Look())
    whole = site.Site(plan, Renderer())
    made = {sheet.path: sheet.data.decode() for sheet in whole.beside_the_walk()}
    made |= {sheet.path: sheet.data.decode() for sheet in site.sheets(plan, Renderer())}
    places = {
        "news/2026-11-24-robots-may-vote/index.html": "[aria-labelledby=changes] .line",
        "index.html": ".lead .why span:last-child",
        "changes/index.html": ".what",
    }
    lines = [
        line
        for path, place in places.items()
        if path in made
        for line in said(html.document_fromstring(made[path]), place)
        if "publisher so far" not in line
    ]
    return [*lines, *(words for _, _, words in whole.describe_changes()[1])]


def renamed(old: str, **fields: object) -> Story:
    return led(history=(f'2026-11-24T12:00:00Z title was "{old}"',), **fields)


def test_a_former_headline_stands_on_all_pages_that_tell_changes() -> None:
    page, card, listed, feed = shown_changes(renamed("Robots want ballots"))

    assert page.startswith("Previous headline: Robots want ballots")
    assert "headline changed 12:00, before: Robots want ballots" == card
    assert listed.startswith("Previous headline: Robots want ballots")
    assert "Previous headline: Robots want ballots" == feed


def test_a_name_that_was_taken_out_of_a_headline_is_shown_nowhere() -> None:
    lines = shown_changes(renamed("Robots may vote, says Livia van Brandt of Bremen"))

    assert "Previous headline: Robots may vote, says … van … of …" == lines[-1]
    assert not [line for line in lines if "Livia" in line or "Bremen" in line]


@pytest.mark.parametrize(
    "old", ["Livia Brandt Arrested", "livia brandt arrested", "LIVIA BRANDT", "リヴィア逮捕"]
)
def test_where_names_cannot_be_told_from_words_no_former_word_is_shown(old: str) -> None:
    lines = shown_changes(renamed(old))

    assert "The headline changed." == lines[-1]
    assert not [line for line in lines if "brandt" in line.lower() or "リヴィア" in line]


def test_commas_and_spelling_are_told_nowhere() -> None:
    assert [] == shown_changes(renamed("Robots may vote!"))
    respelled = led(history=("2026-11-24T12:00:00Z excerpt respelled",))
    assert [] == shown_changes(respelled)


def test_of_a_page_that_is_gone_no_former_words_are_shown() -> None:
    gone = renamed("Robots want ballots", access="gone")
    lines = shown_changes(replace(gone, history=(*gone.history, f"2026-11-24T12:30:00Z {FIGURE}")))

    assert not [line for line in lines if "ballots" in line or "19" in line]
    assert {"The headline changed.", "The publisher changed the text."} == set(lines[-2:])


def test_the_changes_of_a_source_or_a_story_can_be_switched_off() -> None:
    quiet = Source(url="https://herald.example/feed", show_changes=False)
    ruled = Reason.of_rule(ReasonKind.CHANGES_RULED, editions.pin("x"))
    story = renamed("Robots want ballots")
    corrected = "2026-11-24T13:00:00Z corrected here: we had it wrong"

    assert [] == shown_changes(story, on=replace(editions.beat(), sources=(quiet,)))
    assert [] == shown_changes(replace(story, reasons=(ruled,)))
    own = replace(story, reasons=(ruled,), history=(*story.history, corrected))
    assert "Corrected by the editors: we had it wrong" == shown_changes(own)[-1]


def test_what_an_editor_removed_is_in_no_list_of_changes() -> None:
    removed = Verdict(said="remove", by="ed@desk.example", at=editions.AT, why="asked")
    story = renamed("Robots want ballots")

    assert [] == shown_changes(replace(story, verdict=removed, published=False))


def test_a_headline_that_changed_400_times_is_told_in_twelve_lines() -> None:
    story = led()
    for n in range(400):
        at = editions.AT + timedelta(minutes=n)
        event = Event.of(EventKind.HEADLINE_CHANGED, title=f"Robots want {n} ballots")
        story = add_to_history(story, at, [event])

    lines = shown_changes(story)

    headlines = [line for line in lines if line.startswith("Previous headline: Robots want ")]
    assert 12 * 3 == len(headlines)
    assert "Previous headline: Robots want 399 ballots" == lines[12 * 2 + 1]
