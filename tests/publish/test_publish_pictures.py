"""Pictures wherever a reader or a machine may meet one: as cached, hot-linked, or not at all."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from lxml import etree, html

from copydesk.news import Image, Provider, Story
from copydesk.news.edition import Edition, PictureFile, Poster, Show, Thumbnail
from copydesk.publish import Look, PublishOptions, SharePictures, plan_site, publish
from world import editions
from world.manifests import MemoryManifest

ORIGIN = "https://herald.example/a.jpg"
STEM = "ab"
WHOLE = editions.thumbnail(STEM, ("webp", "avif", "jpg"))
STORY = editions.story(
    images=(
        Image(
            url=ORIGIN,
            width=2400,
            height=1200,
            is_cached=True,
            title="A robot at a ballot box",
            attribution="A. Nilsson / North Wire",
        ),
    )
)
PAGE = "news/2026-11-24-robots-may-vote/index.html"
MEDIA = "{http://search.yahoo.com/mrss/}"


def built(
    folder: Path,
    *stories: Story,
    pictures: dict[str, Thumbnail] | None = None,
    show: Show = "cached",
    shows: dict[str, Show] | None = None,
    lost: tuple[str, ...] = (),
) -> dict[str, str]:
    """Publish stories whose pictures lie in a cache, but for the lost ones; give all text."""
    cache = folder / "cache"
    cache.mkdir(exist_ok=True)
    named = {ORIGIN: WHOLE} if pictures is None else pictures
    for thumbnail in named.values():
        for form in thumbnail.forms:
            if form.name not in lost and "/" not in form.name:
                (cache / form.name).write_bytes(b"a picture")
    options = PublishOptions(pictures_folder=cache, look=Look(show=show, shows=shows or {}))
    edition = editions.edition(stories or (STORY,), pictures=named)
    publish(edition, folder / "out", MemoryManifest(), options)
    return {
        path.relative_to(folder / "out").as_posix(): path.read_text()
        for path in (folder / "out").rglob("*")
        if path.is_file() and "pictures" not in path.parts
    }


def copies(folder: Path) -> list[str]:
    return sorted(path.name for path in (folder / "out").glob("pictures/*"))


def one(page: str, path: str) -> html.HtmlElement:
    (found,) = html.document_fromstring(page).cssselect(path)
    return found


def item(made: dict[str, str], path: str, key: str = "items") -> Any:
    (found,) = json.loads(made[path])[key]
    return found


def linked(page: str) -> Any:
    return json.loads(one(page, 'script[type="application/ld+json"]').text or "")


def meta(page: str) -> dict[str, str]:
    found = html.document_fromstring(page).cssselect("meta[property^='og:image']")
    return {tag.get("property", "")[8:]: tag.get("content", "") for tag in found}


def test_a_page_offers_both_widths_and_avif_first(tmp_path: Path) -> None:
    page = built(tmp_path)[PAGE]
    source, image = one(page, "picture source"), one(page, "picture img")

    base = "/robots/pictures/ab"
    assert f"{base}-320.avif 320w, {base}.avif 640w" == source.get("srcset")
    assert "image/avif" == source.get("type")
    assert f"{base}-320.webp 320w, {base}.webp 640w" == image.get("srcset")
    assert source.get("sizes") == image.get("sizes")
    assert [f"{base}.webp", "640", "320"] == [image.get(n) for n in ("src", "width", "height")]
    assert ["ab-320.avif", "ab-320.webp", "ab.avif", "ab.jpg", "ab.webp"] == copies(tmp_path)


def test_a_picture_says_what_it_shows_and_whose_it_is(tmp_path: Path) -> None:
    page = built(tmp_path)[PAGE]

    assert "A robot at a ballot box" == one(page, "article img").get("alt")
    assert "Picture: A. Nilsson / North Wire" == one(page, "figcaption").text_content()


@pytest.mark.parametrize(
    ("provider", "attribution", "on_page", "on_card"),
    [
        (editions.HERALD, "A. Nilsson", "Picture: A. Nilsson", "A. Nilsson"),
        (editions.HERALD, "", "Picture: The Herald", None),
        (editions.HERALD, "the herald", "Picture: the herald", None),
        (Provider(name="", domain="herald.example"), "", "Picture: herald.example", None),
        (None, "", None, None),
    ],
)
def test_a_credit_stands_on_the_page_and_on_a_card_where_it_says_more_than_its_byline(
    tmp_path: Path,
    provider: Provider | None,
    attribution: str,
    on_page: str | None,
    on_card: str | None,
) -> None:
    image = replace(STORY.images[0], attribution=attribution)
    first = editions.story("2026-11-24-first", heat=900)
    story = replace(STORY, provider=provider, images=(image,), heat=1)

    made = built(tmp_path, first, story)

    def captions(page: str) -> list[str]:
        found = html.document_fromstring(page).cssselect("figcaption")
        return [caption.text_content() for caption in found]

    assert [text for text in (on_page,) if text] == captions(made[PAGE])
    assert [text for text in (on_card,) if text] == captions(made["index.html"])


def test_the_first_picture_comes_first_and_the_others_when_they_are_near(tmp_path: Path) -> None:
    stories = [
        replace(
            STORY, path=f"_news/2026-11-24-{n}.md", heat=90 - n, web_url=f"https://x.example/{n}"
        )
        for n in range(3)
    ]
    root = html.document_fromstring(built(tmp_path, *stories)["index.html"])

    found = [(tag.get("loading"), tag.get("fetchpriority")) for tag in root.iter("img")]
    assert [(None, "high"), ("lazy", None), ("lazy", None)] == found
    assert len({tag.get("sizes") for tag in root.iter("img")}) == 2


def test_the_mean_colour_stands_behind_a_picture_without_a_style(tmp_path: Path) -> None:
    page = built(tmp_path)[PAGE]

    assert "#4a6b8c" == one(page, ".shot svg path").get("fill")
    assert not re.search(r"style=|<style|data:", page)
    assert not html.document_fromstring(
        built(tmp_path, pictures={ORIGIN: replace(WHOLE, colour="")})[PAGE]
    ).cssselect(".shot svg")


@pytest.mark.parametrize(
    ("size", "expected"), [((640, 960), (373, 560)), ((200, 150), (200, 150)), ((640, 200), None)]
)
def test_a_picture_takes_the_room_that_it_will_fill(
    tmp_path: Path, size: tuple[int, int], expected: tuple[int, int] | None
) -> None:
    page = built(tmp_path, pictures={ORIGIN: editions.thumbnail(STEM, size=size)})[PAGE]

    image = one(page, "article img")
    assert tuple(map(str, expected or size)) == (image.get("width"), image.get("height"))


def test_a_picture_of_one_width_is_offered_without_a_choice(tmp_path: Path) -> None:
    small = editions.thumbnail(STEM, size=(300, 200))

    assert one(built(tmp_path, pictures={ORIGIN: small})[PAGE], "img").get("srcset") is None


def test_what_the_cache_lost_is_not_offered(tmp_path: Path) -> None:
    page = built(tmp_path, lost=("ab-320.avif", "ab.jpg"))[PAGE]

    assert [] == html.document_fromstring(page).cssselect("source")
    assert f"{editions.SITE}/pictures/ab.webp" == meta(page)[""]
    assert 1 == page.count("<img")


def test_a_picture_that_the_cache_lost_is_not_shown(tmp_path: Path) -> None:
    outside = editions.thumbnail("../secret")

    for pictures, lost in (({ORIGIN: WHOLE}, ("ab.webp",)), ({ORIGIN: outside}, ()), ({}, ())):
        made = built(tmp_path, pictures=pictures, lost=lost)
        for file in (tmp_path / "cache").iterdir():
            file.unlink()
        assert "<img" not in made[PAGE]
        assert [] == copies(tmp_path)


def test_links_and_feeds_get_a_jpeg_which_all_of_them_can_show(tmp_path: Path) -> None:
    made = built(tmp_path)
    address = f"{editions.SITE}/pictures/ab.jpg"

    assert meta(made[PAGE]) == {
        "": address,
        ":type": "image/jpeg",
        ":width": "640",
        ":height": "320",
        ":alt": "A robot at a ballot box",
    }
    assert linked(made[PAGE])["image"] == {
        "@type": "ImageObject",
        "url": address,
        "width": 640,
        "height": 320,
        "caption": "A robot at a ballot box",
        "creditText": "A. Nilsson / North Wire",
    }
    assert address == item(made, "feed.json")["image"]


@pytest.mark.parametrize("path", ["feed.xml", "rss.xml"])
def test_feeds_say_what_a_picture_shows_and_whose_it_is(tmp_path: Path, path: str) -> None:
    root = etree.fromstring(built(tmp_path)[path].encode())

    (content,) = root.iter(f"{MEDIA}content")
    expected = {"url": f"{editions.SITE}/pictures/ab.jpg", "medium": "image", "type": "image/jpeg"}
    assert {**expected, "width": "640", "height": "320"} == dict(content.attrib)
    assert "A robot at a ballot box" == content.findtext(f"{MEDIA}description")
    assert "A. Nilsson / North Wire" == content.findtext(f"{MEDIA}credit")


def test_the_api_tells_of_the_origin(tmp_path: Path) -> None:
    (image,) = api_images(built(tmp_path))

    assert image == {
        "url": ORIGIN,
        "width": 2400,
        "height": 1200,
        "title": "A robot at a ballot box",
        "attribution": "A. Nilsson / North Wire",
        "isCached": True,
    }


def api_images(made: dict[str, str]) -> list[dict[str, object]]:
    return item(made, "api/news/index.json", "value")["images"] or []


def nowhere(made: dict[str, str]) -> bool:
    """Decide whether no page, feed or list shows a picture or names where one is."""
    words = ("<img", "og:image", "media:content", ORIGIN, "pictures/ab", "ImageObject")
    return not [(path, word) for path, text in made.items() for word in words if word in text]


@pytest.mark.parametrize(
    ("refuses", "show", "shows"),
    [
        ((), "none", {}),
        ((), "cached", {STORY.path: "none"}),
        ((), "hotlink", {STORY.path: "none"}),
        (("image",), "cached", {}),
        (("image",), "hotlink", {STORY.path: "cached"}),
    ],
)
def test_a_picture_that_may_not_be_shown_is_nowhere(
    tmp_path: Path, refuses: tuple[str, ...], show: Show, shows: dict[str, Show]
) -> None:
    made = built(tmp_path, replace(STORY, refuses=refuses), show=show, shows=shows)

    assert nowhere(made)
    assert [] == api_images(made)
    assert [] == copies(tmp_path)


def test_a_rule_for_one_story_leaves_the_others(tmp_path: Path) -> None:
    other = replace(STORY, path="_news/2026-11-24-other.md", web_url="https://herald.example/o")

    made = built(tmp_path, STORY, other, shows={other.path: "none"})

    assert "<img" in made[PAGE]
    assert "<img" not in made["news/2026-11-24-other/index.html"]


def test_one_story_may_be_shown_where_no_other_is(tmp_path: Path) -> None:
    made = built(tmp_path, show="none", shows={STORY.path: "cached"})

    assert "/robots/pictures/ab.webp" == one(made[PAGE], "article img").get("src")
    assert copies(tmp_path)


def test_hot_linking_shows_the_origin_small_and_keeps_no_copy(tmp_path: Path) -> None:
    made = built(tmp_path, show="hotlink")
    image = one(made[PAGE], "article img")

    assert [ORIGIN, "640", "320"] == [image.get(name) for name in ("src", "width", "height")]
    assert "strict-origin-when-cross-origin" == image.get("referrerpolicy")
    assert "img-src 'self' https:;" in unescape(made[PAGE])
    assert ORIGIN == meta(made[PAGE])[""]
    assert ORIGIN == item(made, "feed.json")["image"]
    assert [False] == [image["isCached"] for image in api_images(made)]
    assert [] == copies(tmp_path)


def test_one_story_may_be_hot_linked_alone(tmp_path: Path) -> None:
    made = built(tmp_path, shows={STORY.path: "hotlink"})

    assert ORIGIN == one(made[PAGE], "article img").get("src")
    assert "img-src 'self' https:;" in unescape(made[PAGE])
    assert [] == copies(tmp_path)


@pytest.mark.parametrize(
    "url",
    [
        "http://herald.example/a.jpg",
        "https://127.0.0.1/a.jpg",
        "https://[::1]/a.jpg",
        "https://printer.local/a.jpg",
    ],
)
def test_only_what_nobody_reads_along_and_is_no_ones_own_is_hot_linked(
    tmp_path: Path, url: str
) -> None:
    image = replace(STORY.images[0], url=url)
    made = built(tmp_path, replace(STORY, images=(image,)), show="hotlink")

    assert nowhere(made)
    assert [] == api_images(made)


def test_a_size_that_is_none_claims_no_room(tmp_path: Path) -> None:
    image = replace(STORY.images[0], width=0, height=10**9)
    page = built(tmp_path, replace(STORY, images=(image,)), show="hotlink")[PAGE]

    assert one(page, "article img").get("width") is None
    assert "og:image:width" not in page


@pytest.mark.parametrize("is_noted", [True, False])
def test_an_older_story_has_its_card_where_git_says_so(is_noted: bool) -> None:
    stories = [
        editions.story(f"2026-11-01-told-{hour}", published_at=editions.AT - timedelta(hours=hour))
        for hour in range(301)
    ]
    cards = frozenset({"2026-11-01-told-300"} if is_noted else ())
    edition = Edition(beat=editions.beat(), at=editions.AT, stories=stories)
    plan = plan_site(edition, Look(cards=cards))

    def draw(poster: Poster, *, anew: bool) -> PictureFile | None:
        name = f"{'own' if poster.headline else 'site'}.png"
        return PictureFile(name=name, width=1200, height=630, type="image/png") if anew else None

    shared = SharePictures(plan, draw).of_story(stories[-1])

    assert shared is not None
    assert shared.address.endswith("own.png" if is_noted else "site.png")
