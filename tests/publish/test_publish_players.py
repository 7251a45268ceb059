"""Videos and sounds on pages: our own players, what their pages may load, what they say."""

from __future__ import annotations

import json

import pytest
from lxml import html

from copydesk.kit import embeds
from copydesk.kit.embeds import MediaFile
from copydesk.news import Image, Record, Story
from copydesk.publish import Look, plan_site, site
from copydesk.rendering import Renderer
from world import editions

PAGE = "news/2026-11-24-robots-may-vote/index.html"
SOUND = embeds.write(MediaFile(kind="audio", src="https://cdn.example/e.mp3?a=1&b=2"))
FILM = embeds.write(MediaFile(kind="video", src="https://cdn.example/v.mp4"))


def embed(address: str) -> str:
    player = embeds.find(address)
    assert player is not None
    return embeds.write(player)


def built(story: Story, records: tuple[Record, ...] = ()) -> dict[str, html.HtmlElement]:
    edition = editions.edition((story,), records)
    plan = plan_site(edition, Look(show="hotlink"))
    pages = {sheet.path: sheet.data.decode() for sheet in site.sheets(plan, Renderer())}
    return {
        path: html.document_fromstring(page) for path, page in pages.items() if path[-5:] == ".html"
    }


def page(story: Story) -> html.HtmlElement:
    return built(story)[PAGE]


def policy(root: html.HtmlElement) -> str:
    return str(root.cssselect("meta[http-equiv=Content-Security-Policy]")[0].get("content"))


def test_a_player_that_leaves_no_mark_stands_open() -> None:
    root = page(editions.story(type="video", featured_content=embed("https://vimeo.com/123")))

    (frame,) = root.cssselect(".player > iframe")
    assert frame.get("src") == "https://player.vimeo.com/video/123?dnt=1"
    assert frame.get("loading") == "lazy"
    assert frame.get("title") == "Robots may vote"
    assert not root.cssselect("details.ask")


def test_any_other_player_waits_behind_a_fold() -> None:
    address = "https://open.spotify.com/episode/4rOoJ6Egrf8K2IrywzwOMk"
    root = page(editions.story(type="audio", featured_content=embed(address)))

    (frame,) = root.cssselect("details.ask:not([open]) iframe.sound[loading=lazy]")
    assert frame.get("src") == "https://open.spotify.com/embed/episode/4rOoJ6Egrf8K2IrywzwOMk"
    assert "from Spotify" in root.cssselect("details.ask summary")[0].text_content()


@pytest.mark.parametrize(
    ("featured", "allowed"),
    [
        (embed("https://youtu.be/AbC-_fGhIj0"), "frame-src https://www.youtube-nocookie.com;"),
        (embed("https://vimeo.com/123"), "frame-src https://player.vimeo.com;"),
        (embed("https://playlist.megaphone.fm/?e=GLT1234567890"), "https://playlist.megaphone.fm;"),
        (SOUND, "media-src https:;"),
        (FILM, "media-src https:;"),
    ],
)
def test_a_page_may_load_what_plays_in_it_and_no_other_page_may(
    featured: str, allowed: str
) -> None:
    pages = built(editions.story(featured_content=featured))

    assert allowed in policy(pages.pop(PAGE))
    assert not [path for path, root in pages.items() if "-src https:" in policy(root)[60:]]


def test_a_page_without_a_player_may_load_no_frame_and_no_media() -> None:
    said = policy(page(editions.story(featured_content="<iframe></iframe>")))

    assert "frame-src" not in said
    assert "media-src" not in said
    assert "default-src 'none'" in said


def test_a_file_is_played_by_the_browser_and_asks_nobody_before() -> None:
    root = page(editions.story(type="audio", featured_content=SOUND))

    (sound,) = root.cssselect(".player > audio[controls][preload=none]")
    assert sound.get("src") == "https://cdn.example/e.mp3?a=1&b=2"
    assert sound.get("aria-label") == "Robots may vote"


def test_a_film_has_the_storys_picture_as_its_poster() -> None:
    images = (Image(url="https://herald.example/p.jpg", width=800, height=450),)
    film = page(editions.story(type="video", featured_content=FILM, images=images))
    sound = page(editions.story(type="audio", featured_content=SOUND, images=images))

    assert film.cssselect("video")[0].get("poster") == "https://herald.example/p.jpg"
    assert not film.cssselect(".story figure")
    assert sound.cssselect(".story figure img")


@pytest.mark.parametrize(
    ("kind", "length", "label", "verb"),
    [
        ("video", "PT12M5S", "Video, 12 min", "Watch"),
        ("audio", "PT1H2M", "Audio, 1 h 2 min", "Listen"),
        ("video", "", "Video", "Watch"),
        ("video", "soon", "Video", "Watch"),
        ("article", "PT12M", "", "Read"),
    ],
)
def test_a_story_says_what_it_is_and_how_long(
    kind: str, length: str, label: str, verb: str
) -> None:
    pages = built(editions.story(type=kind, length=length))
    story, front = pages[PAGE], pages["index.html"]

    said = [one.text_content() for one in story.cssselect("header .meta span")]
    assert (label in said) == bool(label)
    assert story.cssselect("p.read a")[0].text_content() == f"{verb} at The Herald"
    assert (label in front.cssselect("main")[0].text_content()) or not label


@pytest.mark.parametrize(
    ("kind", "featured", "based_on"),
    [
        (
            "video",
            embed("https://vimeo.com/123"),
            {"@type": "VideoObject", "embedUrl": "https://player.vimeo.com/video/123"},
        ),
        (
            "audio",
            SOUND,
            {"@type": "AudioObject", "contentUrl": "https://cdn.example/e.mp3?a=1&b=2"},
        ),
    ],
)
def test_structured_data_names_what_our_page_is_based_on(
    kind: str, featured: str, based_on: dict[str, str]
) -> None:
    root = page(editions.story(type=kind, length="PT12M", featured_content=featured))
    note = json.loads(root.cssselect("script[type='application/ld+json']")[0].text)

    assert note["@type"] == "NewsArticle"
    found = note["isBasedOn"]
    assert based_on == {key: found[key] for key in based_on}
    assert (found["name"], found["duration"]) == ("Robots may vote", "PT12M")
    assert "headline" not in found


def test_a_video_that_the_site_shows_itself_names_where_it_was_found() -> None:
    story = editions.story(
        type="video",
        web_url="",
        original_url="https://vimeo.com/123",
        featured_content=embed("https://vimeo.com/123"),
    )
    note = json.loads(page(story).cssselect("script[type='application/ld+json']")[0].text)

    assert note["isBasedOn"]["url"] == "https://vimeo.com/123"
