"""What pages tell of changes and of an event's coverage: which words, and which not."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import timedelta

import pytest
from lxml import html

from copydesk.news import Beat, Reason, ReasonKind, Source, Story, Verdict
from copydesk.news.beat import Organization
from copydesk.news.story import Event, EventKind, Related
from copydesk.publish import Look, api, feeds, plan_site, site
from copydesk.publish.api import v2
from copydesk.rendering import Renderer
from copydesk.review.corrections import add_to_history
from world import editions


def pages(*stories: Story, on: Beat | None = None) -> dict[str, html.HtmlElement]:
    """Give the front page and the stories' pages."""
    plan = plan_site(editions.edition(stories, on=on or editions.beat()), Look())
    made = {sheet.path: sheet.data.decode() for sheet in site.sheets(plan, Renderer())}
    return {
        path: html.document_fromstring(page) for path, page in made.items() if path.endswith("html")
    }


def said(page: html.HtmlElement, path: str) -> list[str]:
    return [" ".join(found.text_content().split()) for found in page.cssselect(path)]


def led(*related: Related, **fields: object) -> Story:
    return editions.story(related=related, **fields)  # type: ignore[arg-type]


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
        ("Previous headline: “Robots want ballots”.", "Alpha"),
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
    (line,) = said(pages(*changed_group())["index.html"], ".lead .why")

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
        "08:00 Robots rest Previous headline: “Robots want ballots”. The Herald",
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
        "Previous headline: “Robots want ballots”.",
        "The publisher changed the text.",
        "A number in the text changed: 12 → 19.",
    ] == re.split(r"(?<=\.) ", words)


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
        if not line.startswith(("only one publisher so far", "first report"))
    ]
    return [*lines, *(words for _, _, words in whole.describe_changes()[1])]


def renamed(old: str, **fields: object) -> Story:
    return led(history=(f'2026-11-24T12:00:00Z title was "{old}"',), **fields)


def test_a_former_headline_stands_on_all_pages_that_tell_changes() -> None:
    page, card, listed, feed = shown_changes(renamed("Robots want ballots"))

    assert page.startswith("Previous headline: “Robots want ballots”.")
    assert "headline changed 12:00, before: “Robots want ballots”" == card
    assert listed.startswith("Previous headline: “Robots want ballots”.")
    assert "Previous headline: “Robots want ballots”." == feed


def test_a_name_that_was_taken_out_of_a_headline_is_shown_nowhere() -> None:
    lines = shown_changes(renamed("Robots may vote, says Livia van Brandt of Bremen"))

    assert "Previous headline: “Robots may vote, says … van … of …”." == lines[-1]
    assert not [line for line in lines if "Livia" in line or "Bremen" in line]


@pytest.mark.parametrize(
    "old", ["Livia Brandt Arrested", "livia brandt arrested", "LIVIA BRANDT", "リヴィア逮捕"]
)
def test_where_names_cannot_be_told_from_words_no_former_word_is_shown(old: str) -> None:
    lines = shown_changes(renamed(old))

    assert "The headline changed." == lines[-1]
    assert not [line for line in lines if "brandt" in line.lower() or "リヴィア" in line]


def test_of_headlines_that_an_editor_did_not_take_over_only_the_last_is_shown() -> None:
    kept = "at its publisher, kept as edited"
    lines = (
        f'2026-11-24T12:00:00Z title is "Livia Brandt votes" {kept}',
        f'2026-11-24T13:00:00Z title is "Woman votes" {kept}',
    )
    page = pages(led(history=lines))["news/2026-11-24-robots-may-vote/index.html"]

    shown = said(page, "[aria-labelledby=changes] .line")
    assert [True, True] == [
        shown[0].startswith("The headline changed."),
        "changed its headline to: Woman votes" in shown[1],
    ]


def test_markup_in_a_former_headline_is_text() -> None:
    lines = shown_changes(renamed("Robots <b>want</b> ballots"))

    assert all("<b>want</b>" in line for line in lines)
    assert 4 == len(lines)


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
    page = pages(replace(story, reasons=(ruled,)))["news/2026-11-24-robots-may-vote/index.html"]
    assert [] == said(page, ".reasons")  # nor that something is hidden
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

    headlines = [line for line in lines if line.startswith("Previous headline: “Robots want ")]
    assert 12 * 3 == len(headlines)
    assert "Previous headline: “Robots want 399 ballots”." == lines[12 * 2 + 1]


# ---- the second API --------------------------------------------------------------------------

CORRECTED = "2026-11-24T13:00:00Z corrected here: we had it wrong"


def api_changes(
    *stories: Story, on: Beat | None = None
) -> tuple[list[dict[str, object]], list[dict[str, object]]]:
    """Give the changes of the first story, and the list of all, as the second API has them."""
    plan = plan_site(editions.edition(stories, on=on or editions.beat()), Look())
    shapes = api.Shapes(plan)
    made = {sheet.path: sheet.data for sheet in (*v2.page(1, shapes), *v2.lists(shapes))}
    name = stories[0].path.removeprefix("_news/").removesuffix(".md")
    own = json.loads(made.get(f"api/v2/stories/{name}.json", b'{"changes": []}'))["changes"]
    return own, json.loads(made["api/v2/changes/index.json"])["changes"]


CHANGE_LINES = {
    OLD_HEADLINE: ("headline-changed", "Robots want ballots", None, None),
    'title was "Livia Brandt arrested"': ("headline-changed", "… arrested", None, None),
    "excerpt changed": ("excerpt-changed", None, None, None),
    "text changed (5 % of its words)": ("text-changed", None, None, None),
    "text changed (12 became 19: people)": ("number-changed", "12", "19 people", None),
    "moved to https://b.example/x from https://a.example/x": ("moved", None, None, None),
    "gone from its publisher": ("gone", None, None, None),
    "leads its group no longer: Ed said so": ("deposed", None, None, None),
    "corrected here: we had it wrong": ("corrected", None, None, "we had it wrong"),
    "looked\u202e at by\u0000 hand": ("other", None, None, "looked at by hand"),
}


@pytest.mark.parametrize(("line", "expected"), CHANGE_LINES.items(), ids=range(len(CHANGE_LINES)))
def test_the_api_tells_a_change_by_its_kind_and_the_words_of_the_page(
    line: str, expected: tuple[str | None, ...]
) -> None:
    (told,), _ = api_changes(led(history=(f"2026-11-24T12:00:00+01:00 {line}",)))

    assert "2026-11-24T11:00:00Z" == told["at"]
    assert expected == tuple(told[key] for key in ("kind", "old", "new", "words"))


def test_a_change_without_a_time_has_none_in_the_api() -> None:
    (told,), _ = api_changes(led(history=("text changed",)))

    assert (None, "text-changed") == (told["at"], told["kind"])


def test_the_api_lists_the_changes_of_all_stories_the_newest_first() -> None:
    early, late = "2026-11-23T08:00:00Z text changed", f"2026-11-24T12:00:00Z {FIGURE}"
    deposed = "2026-11-24T14:00:00Z leads its group no longer"
    other = editions.story("2026-11-22-other", title="Robots rest", history=(early,))
    _, listed = api_changes(led(history=(late, CORRECTED, deposed)), other)

    assert (
        [("corrected", "Robots may vote"), ("number-changed", "Robots may vote")]
        == [
            (change["kind"], change["story"]["title"])  # type: ignore[index]
            for change in listed[:2]
        ]
    )
    assert (
        [("text-changed", f"{editions.API}/api/v2/stories/2026-11-22-other.json")]
        == [
            (change["kind"], change["story"]["api_url"])  # type: ignore[index]
            for change in listed[2:]
        ]
    )


def test_a_site_without_changes_has_an_empty_list_in_the_api() -> None:
    assert ([], []) == api_changes(led())
    assert ([], []) == api_changes(replace(led(), published=False))


def test_the_api_conceals_what_the_pages_conceal() -> None:
    quiet = Source(url="https://herald.example/feed", show_changes=False)
    ruled = Reason.of_rule(ReasonKind.CHANGES_RULED, editions.pin("x"))
    story = renamed("Robots want ballots")
    on = replace(editions.beat(), sources=(quiet,))

    assert ([], []) == api_changes(story, on=on)
    assert ([], []) == api_changes(replace(story, reasons=(ruled,)))
    removed = Verdict(said="remove", by="ed@desk.example", at=editions.AT, why="asked")
    assert ([], []) == api_changes(replace(story, verdict=removed))
    both = replace(story, reasons=(ruled,), history=(*story.history, CORRECTED))
    own, listed = api_changes(both)
    assert ["corrected"] == [change["kind"] for change in own]
    assert ["corrected"] == [change["kind"] for change in listed]
    (gone,), _ = api_changes(replace(story, access="gone"))
    assert ("headline-changed", None) == (gone["kind"], gone["old"])


# ---- the coverage bar ------------------------------------------------------------------------

SISTER = Organization(domain="sister.example", name="Sister", owner="The Herald House")
HERALD = Organization(domain="herald.example", name="The Herald", owner="The Herald House")
MINISTRY = Source(url="https://ministry.example/feed", official=True, topics=("Law",))


def coverage_of(*stories: Story, sources: tuple[Source, ...] = ()) -> tuple[list[str], list[int]]:
    """Give the words beside the bar of the first story's page, and the blocks of each part."""
    houses = {house.domain: house for house in (SISTER, HERALD)}
    on = replace(editions.beat(), organizations=houses, sources=sources)
    page = pages(*stories, on=on)["news/2026-11-24-robots-may-vote/index.html"]
    words = said(page, ".coverage span")
    assert [", ".join(words)] * bool(words) == said(page, ".coverage svg title")
    blocks = [path.get("d", "").count("M") for path in page.cssselect(".coverage path")]
    return words, blocks


def related_to(*names: str) -> tuple[Related, ...]:
    return tuple(editions.related(f"{name}.example") for name in names)


def test_the_bar_tells_independent_publishers_from_one_owners_and_copies() -> None:
    copy = editions.story(
        "2026-11-24-copy",
        web_url="https://copy.example/take",
        provider=editions.related("copy.example").provider,
        published=False,
        copy_of="2026-11-24-robots-may-vote",
        heat=-1,
    )

    words, blocks = coverage_of(led(*related_to("alpha", "beta", "sister")), copy)

    assert [
        "3 publishers",
        "1 more report of the same publishers or owners",
        "1 copy of the same text",
    ] == words
    assert [3, 1, 1] == blocks


def test_the_bar_says_if_all_reports_are_of_one_owner() -> None:
    words, _ = coverage_of(led(*related_to("sister")))

    assert "all reports are of one owner" == words[-1]


def test_a_report_of_an_unknown_publisher_is_no_sign_of_one_owner() -> None:
    unknown = replace(editions.related("x.example"), provider=None)

    assert ([], []) == coverage_of(led(unknown))
    words, _ = coverage_of(led(*related_to("sister"), unknown))
    assert "all reports are of one owner" not in words


def test_the_bar_knows_of_an_official_source_only_what_the_settings_say() -> None:
    lawful = led(*related_to("alpha"), topics=("Robots", "Law"))
    told = led(*related_to("ministry"), topics=("Robots", "Law"))

    assert ["2 publishers"] == coverage_of(lawful)[0]
    silent, _ = coverage_of(lawful, sources=(MINISTRY,))
    assert "no report of an official source so far" == silent[-1]
    assert "an official source is among them" == coverage_of(told, sources=(MINISTRY,))[0][-1]
    other = led(*related_to("alpha"), topics=("Toys",))
    assert ["2 publishers"] == coverage_of(other, sources=(MINISTRY,))[0]


def test_a_story_of_one_publisher_and_one_of_a_hundred_have_no_endless_bar() -> None:
    assert ([], []) == coverage_of(led())
    many_reports = led(*related_to(*(f"h{n}" for n in range(100))))
    assert (["101 publishers"], [40]) == coverage_of(many_reports)


def test_the_lead_has_the_bar_where_it_says_more_than_the_line() -> None:
    houses = {house.domain: house for house in (SISTER, HERALD)}
    on = replace(editions.beat(), organizations=houses)

    assert [] == said(pages(led(*related_to("alpha")))["index.html"], ".lead .coverage")
    page = pages(led(*related_to("alpha", "sister")), on=on)["index.html"]
    assert 1 == len(page.cssselect(".lead .coverage svg[role=img]"))
