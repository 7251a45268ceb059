"""The HTML pages: where they lie, what they show, what never reaches them."""

from __future__ import annotations

import gzip
import itertools
import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from lxml import etree, html

from copydesk.news import Image, Provider, Reason, Record, Story, Verdict
from copydesk.news.edition import Show, Thumbnail
from copydesk.news.story import Related
from copydesk.publish import Look, PublishOptions, plan_site, publish, site
from copydesk.rendering import Renderer
from world import editions
from world.manifests import MemoryManifest

PAGE = "news/2026-11-24-robots-may-vote/index.html"
EMBED = (
    '<iframe width="800" height="500" frameborder="0" src="https://www.youtube.com/embed/'
    'abcDEF_-123" allow="accelerometer; autoplay" allowfullscreen></iframe>'
)
SCRIPT = "<script>alert(1)</script>"
ALLOWED_SCRIPT = "application/ld+json"
OUR_SCRIPT = (None, "/robots/site.js")
SEARCH_SCRIPT = (None, "/robots/search.js")


def pages(
    *stories: Story,
    records: tuple[Record, ...] = (),
    zone: str = "UTC",
    show: Show = "cached",
    shows: dict[str, Show] | None = None,
    pictures: dict[str, Thumbnail] | None = None,
) -> dict[str, str]:
    edition = editions.edition(stories, records, on=editions.beat(timezone=zone))
    plan = plan_site(edition, Look(pictures=pictures or {}, show=show, shows=shows or {}))
    return {sheet.path: sheet.data.decode() for sheet in site.sheets(plan, Renderer())}


def tree(page: str) -> html.HtmlElement:
    return html.document_fromstring(page)


def text(page: str, path: str) -> list[str]:
    return [" ".join(found.text_content().split()) for found in tree(page).cssselect(path)]


def everything() -> tuple[Story, ...]:
    """Return stories that use every part of every template."""
    image = Image(url="https://herald.example/a.jpg", width=2000, height=1000, title="A robot")
    wire = editions.story(
        "2026-11-24-wire",
        published=False,
        heat=-1,
        copy_of="2026-11-24-robots-may-vote",
        provider=Provider(name="Wire", domain="wire.example"),
    )
    gone = replace(editions.story("2026-11-20-gone", heat=1), access="gone")
    others = tuple(
        Related(
            title=f"Take {n}",
            published_at=editions.AT,
            web_url=f"https://o{n}.example/",
            provider=Provider(name=f"Other {n}", domain=f"o{n}.example"),
        )
        for n in range(2)
    )
    full = editions.story(
        topics=("Robots", "Law"),
        images=(image,),
        related=(*others, Related(title="W", published_at=editions.AT, web_url=wire.web_url)),
        language="de",
        updated_at=editions.AT,
        reasons=(
            Reason(about="quality", why='keyword "robot" in title', points=15),
            Reason(about="title", why="set by Ed <ed@desk.example>"),
        ),
        verdict=Verdict(by="ed@desk.example", at=editions.AT, said="publish", why="inside joke"),
    )
    bare = editions.story(
        "2026-11-02-bare", title="", excerpt="", provider=None, published_at=None, topics=()
    )
    video = editions.story(
        "2026-11-23-film", web_url="", type="video", featured_content=EMBED, heat=70
    )
    return full, wire, bare, video, gone


RECORDS = (
    editions.record("_learning/videos/v.md", title="V", featuredContent=EMBED, heat=1),
    editions.record("_learning/courses/c.md", title="C", webUrl="https://c.example/"),
    editions.record("_learning/collections/p.md", title="P", items=["videos/v", "courses/c"]),
    replace(editions.record("_samples/s.md", title="S"), body=f"<p>Hi {SCRIPT}<b>there</b></p>"),
    editions.record("_people/ada.md", name="Ada", bio="Wrote the first."),
)


@pytest.fixture(scope="module")
def whole() -> dict[str, str]:
    return pages(
        *everything(),
        records=RECORDS,
        pictures={
            "https://herald.example/a.jpg": editions.thumbnail("ab", ("webp", "avif", "jpg"))
        },
    )


def test_pages_lie_where_the_contract_says(whole: dict[str, str]) -> None:
    expected = {
        "index.html",
        PAGE,
        "topics/law/index.html",
        "2026/11/24/index.html",
        "sources/herald.example/index.html",
        "archive/1/index.html",
        "404.html",
        "style.css",
    }

    assert expected <= set(whole)
    assert "news/2026-11-24-wire/index.html" not in whole


def test_every_page_is_html_without_an_error(whole: dict[str, str]) -> None:
    html5 = {"header", "main", "nav", "section", "article", "footer", "figure", "figcaption"}
    html5 |= {"time", "details", "summary", "picture", "source", "svg", "path"}
    pages = {path: page for path, page in whole.items() if path.endswith(".html")}
    plain = {
        path: re.sub(rf"</?(?:{'|'.join(html5)})\b", lambda m: _as_div(m[0]), page)
        for path, page in pages.items()
    }

    assert dict.fromkeys(pages, "") == {path: _find_error(page) for path, page in plain.items()}


def _find_error(page: str) -> str:
    try:
        etree.fromstring(page.encode(), etree.HTMLParser(recover=False))
    except etree.XMLSyntaxError as error:
        return str(error)
    return ""


def _as_div(tag: str) -> str:
    """Write div or span for what the parser's HTML 4 does not know."""
    if tag == "<source":
        return "<img"
    is_inline = tag.endswith(("time", "summary", "picture", "svg", "path"))
    name = "span" if is_inline else "div"
    return f"</{name}" if tag.startswith("</") else f"<{name}"


def test_every_page_has_its_landmarks_one_h1_and_headings_in_order(whole: dict[str, str]) -> None:
    for path, page in whole.items():
        if not path.endswith(".html") or 'http-equiv="refresh"' in page:
            continue
        root = tree(page)
        assert root.get("lang") == "en-US", path
        assert len(root.cssselect("main")) == 1, path
        assert root.cssselect("body > a.skip")[0].get("href") == "#main", path
        levels = [int(found.tag[1]) for found in root.iter("h1", "h2", "h3", "h4")]
        assert levels.count(1) == 1, path
        assert levels[0] == 1, path
        steps = itertools.pairwise(levels)
        assert all(after - before <= 1 for before, after in steps), path


def test_ids_are_unique_and_labels_point_to_them(whole: dict[str, str]) -> None:
    for path, page in whole.items():
        if path.endswith(".html"):
            root = tree(page)
            ids = [found.get("id") for found in root.iter() if found.get("id")]
            assert len(ids) == len(set(ids)), path
            for found in root.cssselect("[aria-labelledby]"):
                assert found.get("aria-labelledby") in ids, path


def test_every_picture_has_an_alt_text_and_its_size(whole: dict[str, str]) -> None:
    images = [found for page in whole.values() for found in _images(page)]

    assert images
    assert all(found.get("alt") is not None for found in images)
    assert {(i.get("width"), i.get("height")) for i in images} == {("640", "320")}


def _images(page: str) -> list[html.HtmlElement]:
    return list(tree(page).iter("img")) if page.startswith("<!doctype") else []


def test_every_link_within_the_site_leads_to_a_page(whole: dict[str, str]) -> None:
    base = urlsplit(editions.SITE).path
    feeds = {"feed.xml", "rss.xml", "feed.json", "site.webmanifest", "opensearch.xml"}
    for path, page in whole.items():
        if not path.endswith(".html"):
            continue
        for found in tree(page).xpath("//@href"):
            if found.startswith(base):
                target = found.removeprefix(base + "/")
                name = target.rsplit("/", 1)[-1]
                assert name in feeds or target + ("" if name else "index.html") in whole, found
            else:
                assert found.startswith(("https://", "#")), (path, found)


def scripts(root: html.HtmlElement) -> set[tuple[str | None, str | None]]:
    return {(found.get("type"), found.get("src")) for found in root.iter("script")}


def test_a_page_runs_our_script_alone_and_asks_no_other_host(whole: dict[str, str]) -> None:
    for page in whole.values():
        if page.startswith("<!doctype"):
            root = tree(page)
            policy = root.cssselect("meta[http-equiv=Content-Security-Policy]")[0].get("content")
            assert "default-src 'none'; style-src 'self'; script-src 'self';" in policy
            assert "https:" not in policy.replace("https://www.youtube-nocookie.com", "")
            assert scripts(root) <= {(ALLOWED_SCRIPT, None), OUR_SCRIPT, SEARCH_SCRIPT}
            assert not root.xpath("//@onclick | //@onload | //@onerror | //@style | //style")


def test_the_front_page_leads_to_feeds_and_names_its_own_address(whole: dict[str, str]) -> None:
    root = tree(whole["index.html"])

    assert root.cssselect("link[rel=canonical]")[0].get("href") == f"{editions.SITE}/"
    types = [found.get("type") for found in root.cssselect("link[rel=alternate]")]
    assert types == ["application/atom+xml", "application/rss+xml", "application/feed+json"]


def test_a_story_page_says_who_wrote_it_and_leads_there(whole: dict[str, str]) -> None:
    page = whole[PAGE]

    (read,) = tree(page).cssselect("p.read a")
    assert read.text_content() == "Read at The Herald"
    assert read.get("href") == "https://herald.example/2026-11-24-robots-may-vote"
    assert text(page, "main .chips a") == ["Law"]
    assert text(page, ".story > header h1[lang=de]") == ["Robots may vote"]


def test_copies_are_one_line_and_other_newsrooms_a_list(whole: dict[str, str]) -> None:
    page = whole[PAGE]

    assert text(page, "p.reruns") == ["The same text also appeared at Wire."]
    assert text(page, "#others ~ ul a") == ["Take 0", "Take 1"]
    assert text(page, "#others") == ["Also covered by 2 independent publishers"]
    assert text(whole["index.html"], ".lead summary") == ["Also covered by Other 0 and Other 1"]
    assert text(whole["index.html"], ".reports li > a") == ["Take 0", "Take 1"]


def test_reasons_are_told_and_an_editor_is_not_named(whole: dict[str, str]) -> None:
    page = whole[PAGE]

    assert text(page, "details li") == [
        'quality +15: keyword "robot" in title',
        "title: set by an editor",
        "chosen for publication by an editor on 24 November 2026, 18:00 UTC",
    ]
    assert "ed@desk.example" not in page
    assert "inside joke" not in page


def test_structured_data_calls_the_story_a_note_on_the_original(whole: dict[str, str]) -> None:
    (block,) = tree(whole[PAGE]).cssselect(f"script[type='{ALLOWED_SCRIPT}']")
    note = json.loads(block.text_content())

    assert note["isBasedOn"]["publisher"]["name"] == "The Herald"
    assert note["publisher"]["name"] == "Robots & Rules"
    assert "author" not in note


def test_a_video_is_played_by_our_own_frame(whole: dict[str, str]) -> None:
    (frame,) = tree(whole["news/2026-11-23-film/index.html"]).iter("iframe")

    assert frame.get("src") == "https://www.youtube-nocookie.com/embed/abcDEF_-123"
    assert frame.get("title") == "Robots may vote"


@pytest.mark.parametrize(
    "featured",
    [
        EMBED.replace("www.youtube.com", "evil.example"),
        EMBED.replace("https://", "javascript://"),
        EMBED + SCRIPT,
        EMBED.replace("abcDEF_-123", "abc%22onload"),
        '<iframe src="https://www.youtube.com/embed/abcdef"><script>1</script></iframe>',
        SCRIPT,
    ],
)
def test_any_other_featured_content_is_left_out(featured: str) -> None:
    page = pages(editions.story(featured_content=featured))[PAGE]

    assert not list(tree(page).iter("iframe"))
    assert "alert(1)" not in page
    assert "evil.example" not in page


def test_a_hostile_story_stays_text() -> None:
    evil = f'"><img src=x onerror=alert(1)> {SCRIPT}'
    story = editions.story(
        title=evil,
        excerpt=evil,
        web_url="javascript:alert(1)",
        provider=Provider(name=evil, domain='../evil"><b>'),
        topics=(evil, "Law"),
        language='"><b>',
        images=(Image(url="javascript:alert(1)", title=evil),),
        related=(Related(title=evil, published_at=editions.AT, web_url="data:text/html,<b>x"),),
        reasons=(Reason(about=evil, why=evil),),
    )

    for path, page in pages(story, show="hotlink").items():
        if not path.endswith(".html"):
            continue
        root = tree(page)
        assert scripts(root) <= {(ALLOWED_SCRIPT, None), OUR_SCRIPT, SEARCH_SCRIPT}
        assert not list(root.iter("img")), path
        assert not root.xpath("//@onerror")
        addresses = root.xpath("//@href | //@src | //@cite")
        assert all(urlsplit(found).scheme in {"", "https"} for found in addresses)


def test_foreign_html_of_a_record_is_cleaned(whole: dict[str, str]) -> None:
    page = whole["sample/s/index.html"]

    assert "<b>there</b>" in page
    assert "alert(1)" not in page


def test_a_learning_path_leads_to_its_items(whole: dict[str, str]) -> None:
    links = tree(whole["learning/collections/p/index.html"]).cssselect("ol a")

    assert [found.get("href") for found in links] == [
        "/robots/learning/videos/v/",
        "https://c.example/",
    ]


def test_a_day_is_a_day_in_the_zone_of_the_site() -> None:
    late = editions.story(published_at=datetime(2026, 11, 24, 2, 0, tzinfo=UTC))

    assert "2026/11/24/index.html" in pages(late)
    assert "2026/11/23/index.html" in pages(late, zone="America/Los_Angeles")


def test_the_archive_is_numbered_from_its_oldest_page() -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    stories = [
        editions.story(f"2026-01-01-{n:03}", published_at=start + timedelta(hours=n))
        for n in range(150)
    ]
    before = pages(*stories)
    newest = editions.story("2026-02-01-new", published_at=start + timedelta(days=31))

    after = pages(*stories, newest)

    assert before["archive/1/index.html"] == after["archive/1/index.html"]
    assert "2026-02-01-new" in after["archive/2/index.html"]


def test_a_new_story_touches_a_dozen_pages() -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    stories = [
        editions.story(f"2026-01-01-{n:03}", published_at=start + timedelta(hours=n))
        for n in range(150)
    ]
    before = pages(*stories)

    after = pages(*stories, editions.story(topics=("Robots", "Law")))

    changed = {path for path in after if after[path] != before.get(path)}
    index = {"search/index.json", "search/2026-11-1.json"}
    assert changed >= index
    assert len(changed - index) <= 12


def test_time_passing_changes_no_page() -> None:
    stories = [editions.story("2026-11-24-a", heat=90), editions.story("2026-11-23-b", heat=200)]

    def built(at: datetime) -> dict[str, bytes]:
        plan = plan_site(editions.edition(stories, at=at), Look(show="cached"))
        return {sheet.path: sheet.data for sheet in site.sheets(plan, Renderer())}

    assert built(editions.AT) == built(editions.AT + timedelta(days=9))


@pytest.mark.parametrize("name", ["..", ".", "a\\b", "a\nb", "x" * 300])
def test_a_record_whose_name_is_no_address_is_left_out_and_named(tmp_path: Path, name: str) -> None:
    story = replace(editions.story(), path=f"_news/{name}.md")

    done = publish(editions.edition([story]), tmp_path, MemoryManifest(), PublishOptions())

    assert done.skipped == (story.path,)
    assert done.stories == 0


def test_a_name_in_any_script_has_its_page_and_a_quoted_address(tmp_path: Path) -> None:
    story = editions.story("2026-11-24-로봇 투표")

    publish(editions.edition([story]), tmp_path, MemoryManifest(), PublishOptions())

    assert (tmp_path / "news" / "2026-11-24-로봇 투표" / "index.html").is_file()
    assert "/robots/news/2026-11-24-%EB%A1%9C" in (tmp_path / "index.html").read_text()


def test_times_at_the_ends_of_the_calendar_break_nothing() -> None:
    first = editions.story("a", published_at=datetime(1, 1, 1, tzinfo=UTC))
    last = editions.story("b", published_at=datetime(9999, 12, 31, 23, 59, tzinfo=UTC))

    for zone in ("Pacific/Kiritimati", "Pacific/Niue"):
        assert {"news/a/index.html", "news/b/index.html"} <= set(pages(first, last, zone=zone))


def test_topics_in_a_circle_and_twice_break_nothing() -> None:
    circle = (
        editions.topic("A", parent="B"),
        editions.topic("B", parent="A"),
        editions.topic("A", parent="C"),
        replace(editions.topic("Evil"), id="../evil"),
    )
    edition = editions.edition([editions.story(topics=("A",))], on=editions.beat(topics=circle))

    made = {s.path for s in site.sheets(plan_site(edition, Look(show="none")), Renderer())}

    assert {"topics/a/index.html", "topics/b/index.html"} <= made
    assert not [path for path in made if "evil" in path]


def test_a_removed_story_is_not_named_as_coverage_of_another() -> None:
    gone = editions.story(
        "2026-11-24-gone",
        published=False,
        verdict=Verdict(by="d@example.org", at=editions.AT, said="remove", why="asked"),
    )
    stays = editions.story(
        related=(Related(title="Gone", published_at=editions.AT, web_url=gone.web_url),)
    )

    assert "Gone" not in pages(gone, stays)[PAGE]


def test_a_copy_that_was_published_names_its_original() -> None:
    copy = editions.story("2026-11-24-copy", copy_of="2026-11-24-robots-may-vote")

    made = pages(editions.story(), copy)

    assert text(made["news/2026-11-24-copy/index.html"], "p.reruns a") == ["Robots may vote"]


def test_an_empty_site_says_so() -> None:
    made = pages()

    assert "No stories yet" in made["index.html"]
    assert "topics/law/index.html" in made


def test_a_story_whose_page_is_gone_says_so_and_links_there_quietly() -> None:
    here, gone = (
        pages(replace(editions.story(), access=access))[PAGE] for access in ("free", "gone")
    )
    assert text(here, ".gone") == []
    (said,) = text(gone, ".gone")
    assert said.startswith("This article is no longer available at The Herald.")
    assert tree(gone).cssselect(".gone a")[0].get("rel") == "nofollow noopener"
    assert text(gone, ".read") == []
    assert "access:" not in gone


def test_the_scripts_are_small_and_send_nothing(whole: dict[str, str]) -> None:
    scripts = [whole[name] for name in whole if name.endswith(".js")]

    assert sum(len(gzip.compress(script.encode())) for script in scripts) < 12_000
    forbidden = r"https?:|fetch\(|XMLHttp|Beacon|WebSocket|cookie|innerHTML|eval"
    assert not re.findall(forbidden, whole["site.js"])
