"""The sitemaps, the reference's and ours."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from lxml import etree

from copydesk.news import Record, Story
from copydesk.publish import Look, Sizes, crawlers, plan_site, site
from world import editions

SPACE = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


def files(*stories: Story, records: tuple[Record, ...] = (), zone: str = "UTC") -> dict[str, bytes]:
    edition = editions.edition(stories, records, on=editions.beat(timezone=zone))
    return {
        sheet.path: sheet.data
        for sheet in crawlers.sitemap_files(plan_site(edition, Look(show="none")), site.OUTPUTS)
    }


def locations(data: bytes) -> list[str | None]:
    return [found.text for found in etree.fromstring(data).iter(f"{SPACE}loc")]


def test_the_news_sitemap_has_the_bytes_of_the_reference() -> None:
    story = editions.story("2026-11-24-video", web_url="", type="video")

    assert files(story)["news-sitemap.xml"].decode() == (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
        "  <url>\n"
        "    <loc>https://desk.example/robots/news/2026-11-24-video/</loc>\n"
        "    <lastmod>2026-11-24T09:30:00+00:00</lastmod>\n"
        "    <changefreq>hourly</changefreq>\n"
        "    <priority>1</priority>\n"
        "  </url>\n"
        "</urlset>"
    )


def test_a_sitemap_of_nothing_is_one_closed_element() -> None:
    data = files(editions.story())["news-sitemap.xml"]

    assert data.endswith(b'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" />')


def test_records_that_the_site_hosts_have_theirs_and_others_none() -> None:
    records = (
        editions.record(
            "_learning/videos/v.md",
            title="V",
            publishedDateTime=datetime(2026, 7, 1, 12, tzinfo=UTC),
        ),
        editions.record("_learning/courses/c.md", title="C", webUrl="https://c.example/"),
        editions.record("_learning/videos/own.md", webUrl=f"{editions.SITE}/learning/videos/own/"),
        editions.record("_learning/videos/gone.md", title="G", removed=True),
        editions.record("_people/ada.md", name="Ada"),
    )

    made = files(records=records, zone="America/Los_Angeles")

    assert locations(made["learning-sitemap.xml"]) == [
        f"{editions.SITE}/learning/videos/own/",
        f"{editions.SITE}/learning/videos/v/",
    ]
    assert b"<lastmod>2026-07-01T05:00:00-07:00</lastmod>" in made["learning-sitemap.xml"]
    assert b"lastmod" not in made["people-sitemap.xml"]


def test_story_pages_are_listed_by_month() -> None:
    made = files(
        editions.story("2026-11-24-a"),
        editions.story("2026-10-31-b", published_at=datetime(2026, 10, 31, 23, tzinfo=UTC)),
        zone="Asia/Tokyo",
    )

    assert locations(made["sitemap-news-2026-11.xml"]) == [
        f"{editions.SITE}/news/2026-11-24-a/",
        f"{editions.SITE}/news/2026-10-31-b/",
    ]


def test_google_news_gets_the_last_two_days() -> None:
    def story(name: str, age: timedelta) -> Story:
        return editions.story(name, published_at=editions.AT - age, title="A & B")

    data = files(
        story("new", timedelta(hours=1)),
        story("old", timedelta(days=2, seconds=1)),
        story("tomorrow", timedelta(hours=-5)),
    )["sitemap-google-news.xml"]

    assert locations(data) == [f"{editions.SITE}/news/new/"]
    assert b"<news:title>A &amp; B</news:title>" in data
    assert b"<news:language>en</news:language>" in data


def test_the_index_names_every_sitemap_that_has_a_page() -> None:
    made = files(editions.story())

    assert locations(made["sitemap.xml"]) == [
        f"{editions.SITE}/sitemap-news-2026-11.xml",
        f"{editions.SITE}/sitemap-pages.xml",
    ]


def test_pages_of_lists_are_named_once() -> None:
    found = locations(files(editions.story(topics=("Law",)))["sitemap-pages.xml"])

    expected = [
        "",
        "topics/",
        "archive/",
        "sources/",
        "topics/law/",
        "sources/herald.example/",
        "2026/11/24/",
        "archive/1/",
    ]
    assert {f"{editions.SITE}/{path}" for path in expected} <= set(found)
    assert len(found) == len(set(found))


def test_a_sitemap_holds_no_more_than_the_protocol_allows() -> None:
    stories = [editions.story(f"2026-11-24-{number}") for number in range(3)]
    look = Look(show="none", sizes=Sizes(sitemap=2))
    plan = plan_site(editions.edition(stories), look)

    made = {sheet.path: sheet.data for sheet in crawlers.sitemap_files(plan, site.OUTPUTS)}

    assert 50_000 == Sizes().sitemap
    assert len(locations(made["sitemap-news-2026-11.xml"])) == 2
    assert len(locations(made["sitemap-news-2026-11-2.xml"])) == 1
    assert f"{editions.SITE}/sitemap-news-2026-11-2.xml" in locations(made["sitemap.xml"])
