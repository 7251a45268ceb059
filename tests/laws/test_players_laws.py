"""Laws of players: what we write we can read, and what anybody else wrote is never copied."""

from __future__ import annotations

import html

from hypothesis import given
from hypothesis import strategies as st

from copydesk.kit import dates, embeds

PARTS = st.sampled_from(
    [
        *(
            "https://",
            "www.youtube.com",
            "/embed/",
            "/watch?v=",
            "AbC-_fGhIj0",
            "vimeo.com/",
            "123",
        ),
        *("open.spotify.com/", "episode/", "4rOoJ6Egrf8K2IrywzwOMk", "soundcloud.com/", "a/b", "?"),
        *("player.vimeo.com/video/", "?h=", "abcdef12", "&", '"', "<", ">", " ", "%22", "#", "@"),
        *(
            "a.example/e.mp3",
            "<iframe src=",
            "<audio src=",
            "</iframe>",
            "</audio>",
            "onload=",
            "'",
        ),
    ]
)
ADDRESSES = st.lists(PARTS | st.text(max_size=5), max_size=8).map("".join)
KINDS = st.sampled_from(["video", "audio"])


@given(ADDRESSES)
def test_a_player_is_read_back_from_its_markup(address: str) -> None:
    player = embeds.find(address)

    if player is not None:
        assert player == embeds.read(embeds.write(player))
        assert player == embeds.find(player.src) == embeds.find(player.quiet or player.src)
        assert not set(player.src) & set("\"'<> \\")


@given(KINDS, ADDRESSES)
def test_a_file_is_read_back_from_its_markup(kind: embeds.Kind, address: str) -> None:
    file = embeds.file(kind, address)

    if file is not None:
        markup = embeds.write(file)
        assert file == embeds.read(markup)
        assert markup.count("<") == markup.count(">") == 2


@given(ADDRESSES)
def test_whatever_markup_came_only_ours_goes_out(markup: str) -> None:
    found = embeds.read(markup)

    if found is not None:
        ours = html.unescape(embeds.write(found))
        assert found.src in ours
        assert "onload" not in ours.replace(found.src, "")


@given(st.integers(0, 7 * 24 * 3_600))
def test_a_length_is_read_back_as_it_was_written(seconds: int) -> None:
    assert seconds == dates.parse_length(dates.format_length(seconds))


@given(st.text(max_size=50) | st.floats() | st.integers() | st.none() | st.lists(st.integers()))
def test_any_length_is_none_or_within_a_week(said: object) -> None:
    assert 0 <= dates.parse_length(said) <= 7 * 24 * 3_600
