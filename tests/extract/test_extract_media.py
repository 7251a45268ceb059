"""Videos and sounds: which pages are one, whatever their templates say, and what plays them."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from copydesk import extract
from copydesk.kit import embeds
from copydesk.news import Article
from copydesk.news.article import Media
from extract.given import BEAT, BODY, SENTENCES, document, lead, page

ID = "AbC-_fGhIj0"
LONG = BODY * 12
SOUND = Media(url="https://media.harbour.example/e.mp3", kind="audio", type="audio/mpeg")


def read(head: str = "", body: str = BODY, url: str = "", media: tuple[Media, ...] = ()) -> Article:
    """Read a page with a lead that offers these videos and sounds."""
    address = url or lead().url
    found = extract.read(
        page(document(head, body), url=address), replace(lead(address), media=media), BEAT
    )
    assert isinstance(found, Article), found
    return found


def data(**node: object) -> str:
    return f'<script type="application/ld+json">{json.dumps(node)}</script>'


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        (f"https://www.youtube.com/watch?v={ID}", "video"),
        (f"https://www.youtube.com/shorts/{ID}", "video"),
        ("https://www.dailymotion.com/video/x8abcd", "video"),
        ("https://soundcloud.com/harbour/fog-horn", "audio"),
        ("https://www.youtube.com/@harbour", "article"),
        (f"https://youtube.example/watch?v={ID}", "article"),
    ],
)
def test_a_page_of_a_known_provider_is_what_its_address_says(url: str, kind: str) -> None:
    assert kind == read(url=url).type


@pytest.mark.parametrize(
    ("head", "body", "kind"),
    [
        ('<meta property="og:type" content="video.other">', LONG, "video"),
        (data(**{"@type": "VideoObject"}), BODY, "video"),
        (data(**{"@type": "VideoObject"}), LONG, "article"),
        (data(**{"@type": "AudioObject"}), BODY, "audio"),
        (data(**{"@type": "AudioObject"}), LONG, "article"),
        (data(**{"@type": "PodcastEpisode"}), LONG, "audio"),
        (f'<meta name="twitter:player" content="https://youtu.be/{ID}">', BODY, "video"),
        (f'<meta name="twitter:player" content="https://youtu.be/{ID}">', LONG, "article"),
        ('<meta name="twitter:player" content="https://player.example/1">', BODY, "article"),
    ],
)
def test_a_page_is_a_video_or_a_sound_by_its_own_word(head: str, body: str, kind: str) -> None:
    assert kind == read(head, body).type


@pytest.mark.parametrize(
    ("seconds", "body", "kind"),
    [
        (1_800, BODY, "audio"),  # half an hour, and the text takes half a minute
        (60, LONG, "article"),
        (240, LONG, "article"),  # the text takes nearly as long: it is read aloud
        (0, f"<p>{SENTENCES[0]}</p>", "audio"),
        (0, LONG, "article"),
    ],
)
def test_a_feeds_sound_counts_by_its_length_beside_the_text(
    seconds: int, body: str, kind: str
) -> None:
    assert kind == read(body=body, media=(replace(SOUND, seconds=seconds),)).type


def test_a_known_player_goes_before_a_file() -> None:
    head = data(
        **{
            "@type": "VideoObject",
            "contentUrl": "https://media.harbour.example/v.mp4",
            "embedUrl": "https://player.vimeo.com/video/123",
        }
    )

    assert "https://player.vimeo.com/video/123" in read(head).featured_content


def test_a_file_of_the_other_kind_plays_nothing() -> None:
    head = data(**{"@type": "VideoObject", "contentUrl": "https://media.harbour.example/v.mp3"})

    assert read(head).featured_content == ""


def test_a_relative_file_is_found_where_the_page_stands() -> None:
    head = data(**{"@type": "AudioObject", "contentUrl": "/v.mp3", "duration": "PT12M"})
    found = read(head)

    assert 'src="https://www.harbour.example/v.mp3"' in found.featured_content
    assert found.seconds == 720
    assert found.origins["seconds"] == found.origins["featured_content"] == "json-ld"


@pytest.mark.parametrize(
    "address",
    [
        'https://player.example/1"><script>alert(1)</script>',
        "javascript:alert(1)",
        "data:video/mp4;base64,AA",
        "https://www.youtube.com/embed/%22onload",
        '//evil.example/v.mp4?"onload=',
        "x" * 100_000,
    ],
)
def test_nothing_of_a_hostile_address_is_copied(address: str) -> None:
    head = data(**{"@type": "VideoObject", "embedUrl": address, "contentUrl": address})
    featured = read(head).featured_content

    assert "<script" not in featured
    assert featured == "" or embeds.read(featured) is not None
