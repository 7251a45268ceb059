"""The JSON API in the reference's shapes."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from copydesk.news import Image, Provider, Record, Story
from copydesk.news.article import Author
from copydesk.publish import Look, api, plan_site
from world import editions

NEWS_KEYS = [
    "path",
    "title",
    "excerpt",
    "sourceUrl",
    "webUrl",
    "originalUrl",
    "featuredContent",
    "highlight",
    "heat",
    "tags",
    "images",
    "content",
    "type",
    "ampWebUrl",
    "cdnAmpWebUrl",
    "publishedDateTime",
    "updatedDateTime",
    "provider",
    "locale",
    "categories",
    "topics",
]
VIDEO = {
    "title": "A robot in court",
    "excerpt": "See it.",
    "originalUrl": "https://tube.example/1",
    "type": "video",
    "price": "Free",
    "publishedDateTime": datetime(2026, 7, 1, 12, 0, tzinfo=UTC),
    "heat": 70,
    "provider": {
        "name": "Tube",
        "domain": "tube.example",
        "images": [{"url": "/logo.jpg", "width": 50, "height": 50}],
    },
    "topics": ["Robots"],
    "secured": "x;y",
}


def files(
    *stories: Story, records: tuple[Record, ...] = (), timezone: str = "UTC"
) -> dict[str, bytes]:
    on = editions.beat(timezone=timezone)
    plan = plan_site(editions.edition(stories, records, on=on), Look(show="cached"))
    return {sheet.path: sheet.data for sheet in api.sheets(plan)}


def read(made: dict[str, bytes], path: str) -> Any:
    return json.loads(made[path])


def test_a_news_item_has_the_keys_of_the_reference_in_order_and_its_nulls() -> None:
    (item,) = read(files(editions.story()), "api/news/index.json")["value"]

    assert list(item) == NEWS_KEYS
    assert [key for key in NEWS_KEYS if item[key] is None] == [
        "sourceUrl",
        "featuredContent",
        "highlight",
        "tags",
        "images",
        "ampWebUrl",
        "cdnAmpWebUrl",
        "updatedDateTime",
    ]
    assert item["publishedDateTime"] == "2026-11-24T09:30:00Z"
    assert item["provider"] == {
        "name": "The Herald",
        "domain": "herald.example",
        "images": None,
        "publishers": None,
        "authors": None,
    }


def test_authors_are_what_they_are() -> None:
    authors = (Author(name="Ada Holm"), Author(name="AP", kind="agency"))
    (item,) = read(files(replace(editions.story(), authors=authors)), "api/news/index.json")[
        "value"
    ]

    told = item["provider"]["authors"]
    assert [(each["name"], each["title"], each["type"]) for each in told] == [
        ("Ada Holm", "Ada Holm", "profile"),
        ("AP", "AP", "agency"),
    ]


def test_pictures_have_every_key_and_a_logo_is_not_cached() -> None:
    logo = Image(url="https://api.desk.example/logo.jpg", width=50, height=50)
    story = editions.story(
        provider=Provider(name="The Herald", domain="herald.example", images=(logo,)),
        images=(Image(url="https://herald.example/a.jpg", width=2, height=1, is_cached=True),),
    )

    (item,) = read(files(story), "api/news/index.json")["value"]

    empty = {"title": None, "attribution": None}
    assert item["images"] == [
        {"url": "https://herald.example/a.jpg", "width": 2, "height": 1, **empty, "isCached": True}
    ]
    assert item["provider"]["images"] == [
        {"url": logo.url, "width": 50, "height": 50, **empty, "isCached": False}
    ]


def test_what_is_not_for_readers_is_not_in_the_api() -> None:
    data = files(editions.story())["api/news/index.json"].decode()

    assert not [word for word in ("quality", "related", 'published"', "secured") if word in data]


def test_lists_are_indented_and_single_records_compact_without_a_last_line_feed() -> None:
    made = files(editions.story(), records=(editions.record("_learning/videos/v.md", **VIDEO),))

    for path, data in made.items():
        value = json.loads(data)
        indented = json.dumps(value, indent=2, ensure_ascii=False).encode()
        compact = json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()
        assert data == (compact if path == "api/learning/videos/v/index.json" else indented)


def test_news_comes_newest_first_and_equal_times_by_path() -> None:
    moment = datetime(2026, 11, 20, tzinfo=UTC)
    stories = [
        editions.story("2026-11-20-b", published_at=moment),
        editions.story("2026-11-20-a", published_at=moment),
        editions.story("2026-11-21-c", published_at=moment + timedelta(days=1)),
        editions.story("2026-11-19-undated", published_at=None),
    ]

    value = read(files(*stories), "api/news/index.json")["value"]

    assert [item["path"][len("_news/2026-11-") : -len(".md")] for item in value] == [
        "21-c",
        "20-a",
        "20-b",
        "19-undated",
    ]


def test_news_is_cut_into_pages_of_25_that_name_the_next() -> None:
    made = files(*(editions.story(f"2026-11-24-{n:02}") for n in range(50)))

    assert made["api/news/index.json"] == made["api/news/page/1/index.json"]
    first = read(made, "api/news/page/1/index.json")
    last = read(made, "api/news/page/2/index.json")
    assert (list(first), len(first["value"]), first["nextPage"]) == (
        ["page", "value", "nextPage"],
        25,
        2,
    )
    assert (len(last["value"]), last["nextPage"]) == (25, None)
    assert "api/news/page/3/index.json" not in made


def test_an_empty_site_has_an_empty_page() -> None:
    made = files()

    assert made["api/news/index.json"] == b'{\n  "page": 1,\n  "value": [],\n  "nextPage": null\n}'


def test_unpublished_news_is_in_no_list() -> None:
    made = files(editions.story(published=False), editions.story("2026-11-01-x", published=None))

    assert read(made, "api/news/index.json")["value"] == []


def test_a_topic_has_a_list_only_where_it_lists_the_service() -> None:
    made = files(editions.story(topics=("Robots", "Law", "Courts")))

    assert len(read(made, "api/news/law/index.json")["value"]) == 1
    assert not [path for path in made if "courts" in path or "api/news/robots" in path]


def test_a_story_off_the_beat_has_an_empty_list_of_topics() -> None:
    (item,) = read(files(editions.story(topics=())), "api/news/index.json")["value"]

    assert item["topics"] == []


def test_learning_is_listed_by_heat_and_then_path_without_nulls() -> None:
    records = tuple(
        editions.record(f"_learning/videos/{name}.md", **{**VIDEO, "heat": heat})
        for name, heat in (("b", 70), ("a", 70), ("c", 90))
    )

    listed = read(files(records=records), "api/learning/index.json")

    assert list(listed) == ["title", "path", "page", "value"]
    assert [item["path"][-4] for item in listed["value"]] == ["c", "a", "b"]
    assert None not in listed["value"][0].values()
    assert listed["value"][0]["sourceUrl"] == f"{editions.API}/api/learning/videos/c/index.json"
    assert listed["value"][0]["webUrl"] == f"{editions.SITE}/learning/videos/c/"


def test_learning_pages_hold_30_and_the_last_names_no_next() -> None:
    records = tuple(editions.record(f"_learning/videos/{n:02}.md", **VIDEO) for n in range(31))

    made = files(records=records)

    assert read(made, "api/learning/page/1/index.json")["nextPage"] == 2
    assert "nextPage" not in read(made, "api/learning/page/2/index.json")


def test_a_single_record_says_null_and_hides_the_sealed_part() -> None:
    single = read(
        files(records=(editions.record("_learning/videos/v.md", **VIDEO),)),
        "api/learning/videos/v/index.json",
    )

    assert single["ratings"] is None
    assert single["content"] == "\r\n"
    assert "secured" not in single
    assert single["provider"]["images"][0]["url"] == f"{editions.API}/logo.jpg"


@pytest.mark.parametrize("body", ["One.\nTwo.\n", "One.\r\nTwo.\r\n", "One.\r\nTwo.\n"])
def test_a_body_ends_its_lines_once_however_its_record_does(body: str) -> None:
    record = replace(editions.record("_learning/videos/v.md", **VIDEO), body=body)

    single = read(files(records=(record,)), "api/learning/videos/v/index.json")

    assert single["content"] == "One.\r\nTwo.\r\n"


def test_a_removed_record_is_off_the_lists_but_its_own_file_stays() -> None:
    record = editions.record("_learning/videos/v.md", **VIDEO, removed=True, published=False)

    made = files(records=(record,))

    assert read(made, "api/learning/index.json")["value"] == []
    assert "api/learning/videos/v/index.json" in made


def test_times_of_learning_are_local_to_the_site() -> None:
    record = editions.record("_learning/videos/v.md", **VIDEO)

    def told(zone: str) -> object:
        made = files(records=(record,), timezone=zone)
        return read(made, "api/learning/videos/v/index.json")["publishedDateTime"]

    assert told("UTC") == "2026-07-01T12:00:00Z"
    assert told("America/Los_Angeles") == "2026-07-01T05:00:00-07:00"


def test_a_learning_path_shows_its_first_four_items_and_lists_all_that_exist() -> None:
    names = ["v0", "v1", "v2", "v3", "v4", "lost"]
    path = editions.record(
        "_learning/collections/p.md",
        title="A path",
        type="collection",
        heat=60,
        items=[f"videos/{name}" for name in names],
    )
    videos = [editions.record(f"_learning/videos/{name}.md", **VIDEO) for name in names[:5]]

    made = files(records=(path, *videos))

    (shown,) = read(made, "api/learning/collections/index.json")["value"]
    assert (len(shown["topItems"]), shown["size"]) == (4, 5)
    own = read(made, "api/learning/collections/p/index.json")
    assert list(own) == ["title", "path", "page", "value"]
    assert [item["path"][-5:-3] for item in own["value"]] == names[:5]


def test_a_person_is_told_under_the_names_of_the_reference() -> None:
    record = editions.record(
        "_people/ada.md", name="Ada", bio="Wrote the first.", type="profile", heat=5
    )

    (item,) = read(files(records=(record,)), "api/people/index.json")["value"]

    assert (item["title"], item["excerpt"]) == ("Ada", "Wrote the first.")
    assert item["webUrl"] == f"{editions.SITE}/people/ada/"


def test_a_whole_average_is_written_as_a_fraction() -> None:
    record = editions.record(
        "_learning/courses/c.md", title="C", ratings={"count": 9, "average": 5}
    )

    made = files(records=(record,))

    assert b'"average":5.0' in made["api/learning/courses/c/index.json"]


def test_newsletters_come_20_a_page_with_the_next_as_text() -> None:
    letters = tuple(
        editions.record(
            f"_newsletters/letter-2026-01-{day:02}.html",
            title=f"Letter {day}",
            excerpt="<b>One</b> / Two",
            publishedDateTime=datetime(2026, 1, day, tzinfo=UTC),
            type="article",
            topics=["Robots"],
        )
        for day in range(1, 22)
    )

    made = files(records=letters)

    first = read(made, "api/newsletters/index.json")
    assert (first["title"], first["page"], first["nextPage"]) == ("Robots Newsletters", 1, "2")
    assert first["value"][0]["title"] == "Letter 21"
    assert first["value"][0]["excerpt"] == "One / Two"
    assert read(made, "api/newsletters/page2/index.json")["nextPage"] is None


def test_topics_are_listed_with_their_services() -> None:
    value = read(files(), "api/topics/index.json")["value"]

    assert value[1] == {
        "name": "Law",
        "shortname": "Law",
        "id": "law",
        "parent": "Robots",
        "services": [{"name": "news", "endpoint": f"{editions.API}/api/news/law/"}],
    }


def test_a_sponsor_is_shown_on_the_days_it_paid_for() -> None:
    def sponsor(name: str, day: str) -> Record:
        return editions.record(
            f"_sponsorships/{name}.md",
            sponsor={"name": name, "url": "https://a.example", "logoForLightTheme": "/a.png"},
            messages=[{"title": "Buy", "description": "<i>now</i>", "url": "https://a.example"}],
            schedules=[day],
            placements=["TodayNewsPage"],
        )

    made = files(records=(sponsor("today", "2026-11-24"), sponsor("later", "2026-11-25")))

    (shown,) = read(made, "api/sponsorships/today/index.json")["value"]
    assert shown["sponsor"]["name"] == "today"
    assert shown["sponsor"]["logoForLightTheme"] == f"{editions.API}/a.png"
    assert shown["messages"][0]["description"] == "now"


def test_fields_of_the_wrong_kind_break_nothing() -> None:
    odd: dict[str, object] = dict.fromkeys(
        ("title", "excerpt", "heat", "provider", "images", "topics", "items", "ratings", "authors"),
        7,
    )
    paths = ["_learning/videos/x.md", "_people/x.md", "_samples/x.md", "_newsletters/x.html"]
    paths += ["_sponsorships/x.md", "_events/x.md", "_companies/x.md", "_unheard/x.md"]

    made = files(records=tuple(editions.record(path, **odd) for path in paths))

    assert all(json.loads(data) for data in made.values())
    assert not [path for path in made if "unheard" in path]


def test_numbers_beyond_64_bits_and_half_surrogates_are_written() -> None:
    made = files(editions.story(title="A \ud83d B", heat=10**30))

    (item,) = read(made, "api/news/index.json")["value"]
    assert item["heat"] == 10**30
    assert item["title"] == "A ? B"
