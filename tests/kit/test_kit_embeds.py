"""Embeds: our own markup, to the letter, and what is made of markup that is not."""

from __future__ import annotations

import pytest

from copydesk.kit import embeds
from copydesk.kit.embeds import MediaFile

ID = "AbC-_fGhIj0"
YOUTUBE = (
    '<iframe width="800" height="500" frameborder="0" src="https://www.youtube.com/embed/'
    f'{ID}" allow="accelerometer; autoplay; encrypted-media; gyroscope; picture-in-picture" '
    "allowfullscreen></iframe>"
)


def test_a_youtube_video_has_the_references_frame() -> None:
    player = embeds.find(f"https://youtu.be/{ID}")

    assert player is not None
    assert YOUTUBE == embeds.write(player)


def test_a_sound_has_a_frame_without_a_full_screen() -> None:
    player = embeds.find("https://www.buzzsprout.com/1/2")

    assert player is not None
    assert (
        '<iframe width="800" height="200" frameborder="0" '
        'src="https://www.buzzsprout.com/1/2?client_source=small_player&amp;iframe=true" '
        'allow="autoplay; encrypted-media"></iframe>' == embeds.write(player)
    )


@pytest.mark.parametrize(
    ("file", "markup"),
    [
        (
            MediaFile(kind="audio", src="https://a.example/e.mp3?a=1&b=2"),
            '<audio controls preload="none" src="https://a.example/e.mp3?a=1&amp;b=2"></audio>',
        ),
        (
            MediaFile(kind="video", src="https://a.example/v.mp4"),
            '<video width="800" controls preload="none" src="https://a.example/v.mp4"></video>',
        ),
    ],
)
def test_a_file_is_played_by_the_browser(file: MediaFile, markup: str) -> None:
    assert markup == embeds.write(file)
    assert file == embeds.read(markup)


@pytest.mark.parametrize(
    "markup",
    [
        YOUTUBE.replace("www.youtube.com", "evil.example"),
        YOUTUBE.replace("https://", "http://"),
        YOUTUBE.replace("https://", "javascript://"),
        YOUTUBE + "<script>1</script>",
        YOUTUBE.replace("></iframe>", "><script>1</script></iframe>"),
        YOUTUBE.replace(ID, "abc%22onload"),
        YOUTUBE.replace(' src="', ' data-src="'),
        '<iframe srcdoc="<b>1</b>"></iframe>',
        '<audio src="http://a.example/e.mp3"></audio>',
        '<audio src="data:audio/mpeg;base64,AA"></audio>',
        '<audio src="https://a.example/e.mp3"><source src="x"></audio>',
        '<object data="https://a.example/e.mp3"></object>',
        '<video src="https://127.0.0.1/v.mp4"></video>',
        '<video src="https://0x7f.1/v.mp4"></video>',
        '<video src="https://[::1]/v.mp4"></video>',
        '<video src="https://192.168.0.7:8443/v.mp4"></video>',
        '<audio src="https://localhost/e.mp3"></audio>',
        '<audio src="https://localhost./e.mp3"></audio>',
        '<audio src="https://router/e.mp3"></audio>',
        '<audio src="https://cast.local/e.mp3"></audio>',
        '<audio src="https://cast.office.internal/e.mp3"></audio>',
        '<audio src="https://a.example/' + "a" * 5_000 + '"></audio>',
        "https://www.youtube.com/embed/AbC-_fGhIj0",
        "",
    ],
)
def test_any_other_markup_plays_nothing(markup: str) -> None:
    assert embeds.read(markup) is None


@pytest.mark.parametrize(
    ("address", "mime_type", "kind"),
    [
        ("https://a.example/e.mp3", "", "audio"),
        ("https://a.example/E.MP3?x=1", "", "audio"),
        ("https://a.example/v.webm", "", "video"),
        ("https://a.example/play/7", "audio/mpeg", "audio"),
        ("https://a.example/play/7", "application/ogg", "audio"),
        ("https://a.example/play/7", "video/mp4; codecs=avc1", "video"),
        ("https://a.example/e.mp3", "application/octet-stream", "audio"),
        ("https://a.example/v.m3u8", "video/mp4", None),
        ("https://a.example/v", "application/vnd.apple.mpegurl", None),
        ("https://a.example/v", "video/x-flash", None),
        ("https://a.example/page.html", "text/html", None),
        ("", "audio/mpeg", None),
    ],
)
def test_a_file_is_known_by_its_type_or_its_ending(
    address: str, mime_type: str, kind: str | None
) -> None:
    assert kind == embeds.kind_of(address, mime_type)
