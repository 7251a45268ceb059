"""Our own letters on the site: their lists and feeds, pages of issues, and the days in brief."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from xml.etree import ElementTree

from lxml import html

from copydesk.news import Record, Story
from copydesk.news.letter import Issue, LetterSeries
from copydesk.publish import Look, api, crawlers, feeds, plan_site, site
from copydesk.rendering import Renderer
from world import editions
from world.letters import issue as make_issue
from world.letters import issue_story, mail

DAILY = LetterSeries(id="daily", title="Robots Daily", stems=("robots", "daily"))
WEEKLY = LetterSeries(id="weekly", title="Robots Weekly", stems=("weekly",))
NAMES = ("2026-11-23-near", "2026-10-01-old")
ATOM = "{http://www.w3.org/2005/Atom}"


def told(*names: str) -> Issue:
    """Return an issue that tells these stories, each by its page."""
    pages = (f"{editions.SITE}/news/{name}/" for name in names)
    words = "Beaches are closed. " * 40
    return make_issue(
        *(
            issue_story(name, page=page, excerpt=words)
            for name, page in zip(names, pages, strict=True)
        )
    )


def letter(name: str, issue: Issue | None = None, *, ago: int = 0, **more: object) -> Record:
    """Return a filed issue; its time is so many days before the edition's."""
    fields = {
        "title": f"Robots ({name[-10:]})",
        "excerpt": "This / That",
        "publishedDateTime": editions.AT - timedelta(days=ago),
        "webUrl": f"{editions.SITE}/newsletter/{name}/",
        "type": "article",
        "topics": ["Robots"],
        **more,
    }
    record = editions.record(f"_newsletters/{name}.html", **fields)
    return replace(record, body=mail(issue or told(*NAMES)).html)


def stories() -> list[Story]:
    near, old = (editions.story(name) for name in NAMES)
    old = replace(old, published_at=editions.AT - timedelta(days=54))
    return [replace(near, published_at=editions.AT - timedelta(days=1)), old]


def built(
    records: Sequence[Record],
    series: Sequence[LetterSeries] = (DAILY, WEEKLY),
    filed: Sequence[Story] | None = None,
) -> dict[str, str]:
    edition = editions.edition(stories() if filed is None else filed, records=tuple(records))
    plan = plan_site(replace(edition, letters=tuple(series)), Look(show="none"))
    sheets = [
        *site.sheets(plan, Renderer()),
        *feeds.sheets(plan),
        *crawlers.sitemap_files(plan, site.OUTPUTS),
        *api.sheets(plan),
    ]
    return {sheet.path: sheet.data.decode() for sheet in sheets}


def hrefs(page: str, where: str) -> list[str | None]:
    return [a.get("href") for a in html.document_fromstring(page).cssselect(where)]


def words(page: str, where: str) -> list[str]:
    found = html.document_fromstring(page).cssselect(where)
    return [" ".join(element.text_content().split()) for element in found]


def test_a_day_s_first_issue_of_the_first_letter_is_its_digest() -> None:
    made = built(
        [
            letter("robots-2026-11-24", replace(told(*NAMES), note="Good *morning*")),
            letter("robots-2026-11-24-2", told("2026-11-23-other")),
            letter("daily-2026-11-22", ago=2),
            letter("weekly-2026-11-23", ago=1),
        ]
    )

    assert ["digest/2026/11/22/index.html", "digest/2026/11/24/index.html"] == sorted(
        path for path in made if path.startswith("digest/20")
    )
    page = made["digest/2026/11/24/index.html"]
    assert ["Tuesday, 24 November 2026"] == words(page, "h1")
    assert ["2 stories, 2 minutes"] == words(page, "header .meta")[1:]
    assert ["Title of 2026-11-23-near", "Title of 2026-10-01-old"] == words(page, ".told h3")
    assert ["Good *morning*"] == words(page, ".note")
    assert ["/robots/digest/2026/11/22/"] == hrefs(page, ".pages a")
    assert ["/robots/newsletter/robots-2026-11-24/"] == hrefs(page, "header .chips a")
    assert "/robots/digest/2026/11/24/" in made["digest/index.html"]
    (listed,) = [path for path in made if path == "sitemap-pages.xml"]
    assert f"{editions.SITE}/digest/2026/11/22/" in made[listed]


def test_a_story_older_than_a_week_is_led_to_by_its_name() -> None:
    made = built([letter("robots-2026-11-24")])
    for page in ("digest/2026/11/24/index.html", "newsletter/robots-2026-11-24/index.html"):
        assert [f"/robots/news/{name}/" for name in NAMES] == hrefs(made[page], ".told h3 a")
        assert ["The Herald"] * 2 == words(made[page], ".told .by")


def test_what_is_published_no_more_is_told_without_a_link() -> None:
    made = built([letter("robots-2026-11-24")], filed=stories()[:1])
    assert [f"/robots/news/{NAMES[0]}/"] == hrefs(
        made["digest/2026/11/24/index.html"], ".told h3 a"
    )


def test_no_issue_no_digest_and_an_empty_one_is_none() -> None:
    empty, other = letter("robots-2026-11-24", told()), letter("other-2026-11-24")
    for made in (built([empty, other]), built([letter("robots-2026-11-24")], series=())):
        assert [] == [path for path in made if path.startswith("digest/")]
        assert not any("/digest/" in page for page in made.values())


def test_days_lead_to_their_digest_where_there_is_one() -> None:
    near = replace(stories()[0], published_at=editions.AT)
    made = built([letter("robots-2026-11-24")], filed=[near, stories()[1]])
    for page in ("index.html", "2026/11/24/index.html", "newsletter/robots-2026-11-24/index.html"):
        assert "/robots/digest/2026/11/24/" in made[page]
    assert "digest/" not in made["2026/10/01/index.html"]
    digest = made["digest/2026/11/24/index.html"]
    assert "/robots/2026/11/24/" in hrefs(digest, ".onward a")


def test_several_letters_have_a_list_and_feeds_each() -> None:
    records = [
        letter("robots-2026-11-24"),
        letter("weekly-2026-11-23", ago=1),
        letter("gone-2026-11-20", ago=4, title="A former letter (2026-11-20)"),
    ]
    made = built(records)

    front = made["newsletters/index.html"]
    assert [f"/robots/letters/{one}/" for one in ("daily", "weekly", "gone")] == hrefs(
        front, ".opening .chips a"
    )
    assert ["Robots Daily", "Robots Weekly", "A former letter"] == words(front, ".opening .chips a")
    assert ["Robots Daily", "Robots Weekly", "A former letter"] == words(
        front, ".lines .meta > span"
    )
    weekly = made["letters/weekly/index.html"]
    assert ["/robots/newsletter/weekly-2026-11-23/"] == hrefs(weekly, ".lines a")
    assert ["/robots/newsletters/"] == hrefs(weekly, ".opening .chips a")
    assert [] == words(weekly, ".lines .meta > span")
    assert "/robots/letters/weekly/feed.xml" in weekly
    issue = made["newsletter/weekly-2026-11-23/index.html"]
    assert ["/robots/letters/weekly/"] == hrefs(issue, "header .chips a")
    assert [] == hrefs(issue, ".pages a")  # the issues of other letters are not beside it

    for folder, count in (("newsletters/", 3), ("letters/weekly/", 1)):
        atom = ElementTree.fromstring(made[f"{folder}feed.xml"])
        assert count == len(atom.findall(f"{ATOM}entry"))
        assert count == len(json.loads(made[f"{folder}feed.json"])["items"])
    entry = ElementTree.fromstring(made["letters/weekly/rss.xml"]).find("channel/item")
    assert entry is not None
    assert f"{editions.SITE}/newsletter/weekly-2026-11-23/" == entry.findtext("link")
    assert "Title of 2026-11-23-near" == entry.findtext("title")
    assert f"{editions.SITE}/letters/weekly/" in made["sitemap-pages.xml"]
    assert f"{editions.SITE}/newsletter/weekly-2026-11-23/" in made["newsletter-sitemap.xml"]
    (first, *_) = json.loads(made["api/newsletters/index.json"])["value"]
    assert f"{editions.SITE}/newsletter/robots-2026-11-24/" == first["webUrl"]


def test_one_letter_has_no_list_beside_that_of_all() -> None:
    made = built([letter("robots-2026-11-24"), letter("daily-2026-11-20", ago=4)], [DAILY])
    assert [] == [path for path in made if path.startswith("letters/")]
    assert [] == hrefs(made["newsletters/index.html"], ".opening .chips a")


def test_a_site_without_letters_has_nothing_of_them() -> None:
    made = built([])
    assert [] == [path for path in made if path.startswith(("digest", "letter", "newsletter"))]
    assert all("digest" not in page for path, page in made.items() if path.endswith(".html"))
