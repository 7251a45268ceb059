"""What programs read on the site besides stories: who publishes it, its rules, its profiles."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from lxml import etree, html

from copydesk.news import Beat
from copydesk.publish import Look, crawlers, feeds, plan_site, site
from copydesk.rendering import Renderer
from world import editions

AT_ROOT = replace(editions.beat(), url="https://desk.example")
PAGE = "news/2026-11-24-robots-may-vote/index.html"


def pages(beat: Beat) -> dict[str, html.HtmlElement]:
    plan = plan_site(editions.edition([editions.story()], on=beat), Look(show="none"))
    made = {sheet.path: sheet.data.decode() for sheet in site.sheets(plan, Renderer())}
    return {path: html.document_fromstring(made[path]) for path in (PAGE, "index.html", "404.html")}


def robots(beat: Beat, days: int = 0) -> str:
    at = editions.AT + timedelta(days=days)
    plan = plan_site(editions.edition([editions.story()], on=beat, at=at), Look(show="none"))
    made = {sheet.path: sheet.data.decode() for sheet in crawlers.program_files(plan, ())}
    return made["robots.txt"]


def publisher(beat: Beat) -> dict[str, Any]:
    (data,) = pages(beat)[PAGE].xpath("//script[@type='application/ld+json']")
    return dict(json.loads(data.text)["publisher"])


def test_a_page_allows_large_pictures_in_results_and_a_hidden_one_nothing() -> None:
    made = pages(editions.beat())

    robots_of = {path: page.xpath("//meta[@name='robots']/@content") for path, page in made.items()}
    assert ["max-image-preview:large"] == robots_of[PAGE]
    assert ["noindex"] == robots_of["404.html"]


def test_pages_name_the_account_and_the_profiles_of_the_site() -> None:
    profiles = ("https://social.example/@desk", "https://code.example/desk")
    beat = replace(editions.beat(), fediverse="@desk@social.example", profiles=profiles)
    page = pages(beat)[PAGE]

    assert ["@desk@social.example"] == page.xpath("//meta[@name='fediverse:creator']/@content")
    assert list(profiles) == page.xpath("//link[@rel='me']/@href")
    assert [] == pages(editions.beat())[PAGE].xpath("//link[@rel='me']")


def marked(element: html.HtmlElement, name: str) -> list[html.HtmlElement]:
    """Return the elements inside an element that have a class of microformats2."""
    return list(element.xpath(f".//*[contains(concat(' ', @class, ' '), ' {name} ')]"))


def marks_of(entry: html.HtmlElement) -> dict[str, list[str]]:
    """Return the microformats2 properties of an h-entry: addresses and times, else texts."""
    names = ("p-name", "u-url", "dt-published", "p-summary", "p-author", "p-category")
    return {
        name: [
            one.get("value" if one.tag == "data" else "href")
            if name == "u-url"
            else one.get("datetime") or one.text_content().strip()
            for one in marked(entry, name)
        ]
        for name in names
    }


def test_a_storys_page_is_an_h_entry() -> None:
    page = pages(editions.beat())[PAGE]

    (entry,) = marked(page, "h-entry")
    assert {
        "p-name": ["Robots may vote"],
        "u-url": [f"{editions.SITE}/news/2026-11-24-robots-may-vote/"],
        "dt-published": ["2026-11-24T09:30:00Z"],
        "p-summary": ["A court said so on Tuesday."],
        "p-author": ["The Herald"],
        "p-category": [],
    } == marks_of(entry)
    (author,) = marked(entry, "p-author")
    assert {"p-author", "h-card"} <= set(author.get("class").split())
    assert "/robots/sources/herald.example/" == author.get("href")
    assert [author] == marked(page, "h-card")


def test_the_topics_of_a_story_are_the_categories_of_its_entry() -> None:
    plan = plan_site(editions.edition([editions.story(topics=("Robots", "Courts"))]), Look())
    made = {sheet.path: sheet.data.decode() for sheet in site.sheets(plan, Renderer())}

    assert ["Courts"] == marks_of(html.document_fromstring(made[PAGE]))["p-category"]


def test_the_front_page_is_an_h_feed_below_the_card_of_the_site() -> None:
    page = pages(AT_ROOT)["index.html"]

    (feed,) = marked(page, "h-feed")
    (entry,) = marked(feed, "h-entry")
    marks = marks_of(entry)
    assert (["Robots may vote"], ["/news/2026-11-24-robots-may-vote/"]) == (
        marks["p-name"],
        marks["u-url"],
    )
    assert ["The Herald"] == marks["p-author"]
    (card,) = [one for one in marked(page, "h-card") if one not in marked(entry, "h-card")]
    assert feed not in card.iterancestors()
    # a card whose uid and url are the page's own address represents it
    (own,) = marked(card, "u-uid")
    assert ("/", "Robots & Rules") == (own.get("href"), own.text_content())
    assert [own] == marked(card, "u-url") == marked(card, "p-name")


def test_a_newsroom_with_policies_is_a_news_organization() -> None:
    assert "Organization" == publisher(editions.beat())["@type"]
    beat = replace(editions.beat(), corrections_policy="https://desk.example/corrections")
    told = publisher(beat)

    assert "NewsMediaOrganization" == told["@type"]
    assert "https://desk.example/corrections" == told["correctionsPolicy"]
    assert "ethicsPolicy" not in told


@pytest.mark.parametrize(
    ("reuse", "line"),
    [
        ("unstated", ""),
        ("search", "Content-Signal: search=yes, ai-input=no, ai-train=no\n"),
        ("answer", "Content-Signal: search=yes, ai-input=yes, ai-train=no\n"),
        ("train", "Content-Signal: search=yes, ai-input=yes, ai-train=yes\n"),
    ],
)
def test_robots_txt_says_what_programs_may_do(reuse: Any, line: str) -> None:
    told = robots(replace(AT_ROOT, reuse=reuse))

    assert told.startswith(f"User-agent: *\n{line}Allow: /\n")


def test_a_sitemap_without_a_story_is_not_listed() -> None:
    assert "sitemap-google-news.xml" in robots(AT_ROOT)
    assert "sitemap-google-news.xml" not in robots(AT_ROOT, days=10)


def test_the_feeds_of_the_site_say_what_it_is() -> None:
    beat = replace(editions.beat(), description="News on <robots>")
    plan = plan_site(editions.edition([editions.story()], on=beat), Look(show="none"))
    made = {sheet.path: sheet.data for sheet in feeds.sheets(plan)}

    space = "{http://www.w3.org/2005/Atom}"
    assert "News on <robots>" == etree.fromstring(made["feed.xml"]).findtext(f"{space}subtitle")
    (about,) = etree.fromstring(made["rss.xml"]).xpath("channel/description")
    assert "News on &lt;robots&gt;" == about.text
    assert "News on <robots>" == json.loads(made["feed.json"])["description"]
    assert "description" not in json.loads(made["topics/law/feed.json"])
