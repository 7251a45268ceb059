"""Players: which addresses lead to one, what it is, and what is left out."""

from __future__ import annotations

import pytest

from copydesk.kit import embeds

ID = "AbC-_fGhIj0"
UUID = "8f0e2c1b-1111-2222-3333-444455556666"
EPISODE = "4rOoJ6Egrf8K2IrywzwOMk"

KNOWN = {
    f"https://www.youtube.com/watch?v={ID}": f"https://www.youtube.com/embed/{ID}",
    f"https://m.youtube.com/watch?app=desktop&v={ID}&t=4": f"https://www.youtube.com/embed/{ID}",
    f"https://youtu.be/{ID}?si=x": f"https://www.youtube.com/embed/{ID}",
    f"https://www.youtube.com/shorts/{ID}": f"https://www.youtube.com/embed/{ID}",
    f"https://www.youtube.com/live/{ID}": f"https://www.youtube.com/embed/{ID}",
    f"https://www.youtube.com/v/{ID}?version=3": f"https://www.youtube.com/embed/{ID}",
    f"https://www.youtube-nocookie.com/embed/{ID}": f"https://www.youtube.com/embed/{ID}",
    "https://vimeo.com/123": "https://player.vimeo.com/video/123",
    "https://vimeo.com/channels/boats/123": "https://player.vimeo.com/video/123",
    "https://vimeo.com/123/abcdef12": "https://player.vimeo.com/video/123?h=abcdef12",
    "https://player.vimeo.com/video/123?h=abcdef12&app_id=1": (
        "https://player.vimeo.com/video/123?h=abcdef12"
    ),
    "https://www.dailymotion.com/video/x8abcd_a-title": (
        "https://geo.dailymotion.com/player.html?video=x8abcd"
    ),
    "https://dai.ly/x8abcd": "https://geo.dailymotion.com/player.html?video=x8abcd",
    "https://www.ted.com/talks/lang/de/jane_doe_how": "https://embed.ted.com/talks/jane_doe_how",
    "https://www.tiktok.com/@a.b/video/1234567890123456789": (
        "https://www.tiktok.com/player/v1/1234567890123456789"
    ),
    "https://rumble.com/embed/v4abcd/?pub=4": "https://rumble.com/embed/v4abcd/",
    f"https://www.loom.com/share/{'a1' * 16}": f"https://www.loom.com/embed/{'a1' * 16}",
    "https://streamable.com/o/abc12": "https://streamable.com/e/abc12",
    "https://www.nicovideo.jp/watch/sm9": "https://embed.nicovideo.jp/watch/sm9",
    "https://www.bilibili.com/video/BV1xx411c7mD/": (
        "https://player.bilibili.com/player.html?bvid=BV1xx411c7mD"
    ),
    "https://media.ccc.de/v/12-talk": "https://media.ccc.de/v/12-talk/oembed",
    "https://archive.org/embed/ferry-1931": "https://archive.org/embed/ferry-1931",
    f"https://open.spotify.com/intl-de/episode/{EPISODE}?si=1": (
        f"https://open.spotify.com/embed/episode/{EPISODE}"
    ),
    f"https://open.spotify.com/album/{EPISODE}": f"https://open.spotify.com/embed/album/{EPISODE}",
    "https://soundcloud.com/harbour/fog-horn": (
        "https://w.soundcloud.com/player/?url=https%3A//soundcloud.com/harbour/fog-horn"
    ),
    "https://w.soundcloud.com/player/?url=https%3A//api.soundcloud.com/tracks/123&color=0": (
        "https://w.soundcloud.com/player/?url=https%3A//api.soundcloud.com/tracks/123"
    ),
    "https://podcasts.apple.com/us/podcast/tides/id123?i=456": (
        "https://embed.podcasts.apple.com/us/podcast/id123?i=456"
    ),
    "https://bandcamp.com/EmbeddedPlayer/v=2/track=123/size=large/": (
        "https://bandcamp.com/EmbeddedPlayer/track=123/size=large/tracklist=false/artwork=small/"
    ),
    "https://shows.acast.com/tides/episodes/one": "https://embed.acast.com/tides/one",
    "https://embed.acast.com/$/tides/one?feed=true": "https://embed.acast.com/$/tides/one",
    "https://playlist.megaphone.fm?e=GLT1234567890": (
        "https://playlist.megaphone.fm/?e=GLT1234567890"
    ),
    f"https://player.simplecast.com/{UUID}?dark=true": f"https://player.simplecast.com/{UUID}",
    "https://www.buzzsprout.com/140447/episodes/8195846-tides": (
        "https://www.buzzsprout.com/140447/8195846?client_source=small_player&iframe=true"
    ),
    "https://share.transistor.fm/s/e83b42d0": "https://share.transistor.fm/e/e83b42d0",
    f"https://player.captivate.fm/episode/{UUID}/": f"https://player.captivate.fm/episode/{UUID}",
    "https://www.spreaker.com/episode/tides--123": (
        "https://widget.spreaker.com/player?episode_id=123"
    ),
    "https://www.podbean.com/player-v2/?from=x&i=abc12-def34-pb": (
        "https://www.podbean.com/player-v2/?i=abc12-def34-pb"
    ),
    "https://play.libsyn.com/embed/episode/id/123/height/90/": (
        "https://html5-player.libsyn.com/embed/episode/id/123/"
    ),
    "https://omny.fm/shows/tides/one": "https://omny.fm/shows/tides/one/embed",
    f"https://art19.com/shows/tides/episodes/{UUID}": (
        f"https://art19.com/shows/tides/episodes/{UUID}/embed"
    ),
    "https://www.deezer.com/fr/episode/123": "https://widget.deezer.com/widget/auto/episode/123",
}


@pytest.mark.parametrize(("address", "src"), KNOWN.items(), ids=list(KNOWN))
def test_an_address_leads_to_its_player(address: str, src: str) -> None:
    player = embeds.find(address)

    assert player is not None
    assert src == player.src


@pytest.mark.parametrize("address", KNOWN)
def test_a_players_own_address_leads_to_itself(address: str) -> None:
    player = embeds.find(address)

    assert player is not None
    assert player == embeds.find(player.src)
    assert player == embeds.find(player.quiet or player.src)


@pytest.mark.parametrize(
    "address",
    [
        "https://www.youtube.com/watch?v=short",
        "https://www.youtube.com/@harbour",
        f"https://www.youtube.com/watch/{ID}",
        f"https://youtube.example/watch?v={ID}",
        'https://www.youtube.com/watch?v="><script>1',
        f"https://www.youtube.com.evil.example/embed/{ID}",
        f"https://evil.example/www.youtube.com/embed/{ID}",
        f"https://www.youtube.com:8443/embed/{ID}",
        f"javascript://www.youtube.com/embed/{ID}",
        f"https://www.youtube.com/embed/{ID}٣",
        "https://vimeo.com/features",
        "https://soundcloud.com/harbour",
        "https://soundcloud.com/harbour/sets",
        "https://soundcloud.com/discover/sets",
        "https://podcasts.apple.com/us/podcast/tides/id123",
        "https://open.spotify.com/show/4rOoJ6Egrf8K2IrywzwOMk",
        "https://omny.fm/shows/tides/playlists",
        "https://www.twitch.tv/videos/123456789",
        "https://archive.org/details/ferry-1931",
        "https://www.youtube.com/watch?v=" + "a" * 3_000,
        "no address",
        "",
    ],
)
def test_any_other_address_leads_to_none(address: str) -> None:
    assert embeds.find(address) is None
