"""The providers whose players we know: their addresses, as players.find reads them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["video", "audio"]

_SIXTEEN_TO_NINE = 450
_UUID = r"(?P<id>[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})"
_SLUG = r"[A-Za-z0-9][A-Za-z0-9_.~-]{0,199}"
_NUMBER = r"(?P<id>\d{1,12})"
_YOUTUBE = r"(?P<id>[A-Za-z0-9_-]{11})"
_DAILYMOTION = r"(?P<id>[A-Za-z0-9]{5,30})"
_BILIBILI = r"(?P<id>BV[A-Za-z0-9]{10})"
_SPOTIFY = r"open\.spotify\.com/(?:intl-[a-z]{2,3}/|embed/)?"
_MEGAPHONE = r"(?P<id>[A-Z]{2,12}\d{6,14})"
_SOUNDCLOUD = r"w\.soundcloud\.com/player url=https?://"
_APPLE = r"(?:embed\.)?podcasts\.apple\.com/(?P<country>[a-z]{2})"
_NO_USER = r"(?!(?:discover|search|you|pages|upload|charts|stations|tags|jobs|settings|player)/)"
_NO_TRACK = (
    r"(?!(?:tracks|popular-tracks|sets|albums|likes|reposts|following|followers|comments)/?$)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Player:
    """What plays an address: whose it is, its own https address, its height in pixels at 800 wide.

    `quiet` is the address of the same player that leaves no mark on a visitor before it plays, ""
    where its provider has none.
    """

    provider: str
    kind: Kind
    src: str
    height: int = _SIXTEEN_TO_NINE
    quiet: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbedRule:
    """A player, its addresses with `{names}` in them, and the forms that fill these in.

    A form is a pattern of the host (without www) and the path; after a blank, the parameter that
    it needs and a pattern of its value.
    """

    player: Player
    forms: tuple[str, ...]


RULES: tuple[EmbedRule, ...] = (
    EmbedRule(
        player=Player(
            provider="YouTube",
            kind="video",
            src="https://www.youtube.com/embed/{id}",
            quiet="https://www.youtube-nocookie.com/embed/{id}",
            height=500,  # SPEC 2.11
        ),
        forms=(
            rf"(?:gaming\.)?youtube\.com/watch v={_YOUTUBE}",
            rf"youtube\.com/(?:embed|shorts|live|v)/{_YOUTUBE}(?:&.*)?",
            rf"youtube-nocookie\.com/embed/{_YOUTUBE}",
            rf"youtu\.be/{_YOUTUBE}",
        ),
    ),
    EmbedRule(
        player=Player(
            provider="Vimeo",
            kind="video",
            src="https://player.vimeo.com/video/{id}?h={h}",
            quiet="https://player.vimeo.com/video/{id}?h={h}&dnt=1",
        ),
        forms=(  # unlisted videos, which their hash opens
            rf"vimeo\.com/{_NUMBER}/(?P<h>[0-9a-f]{{6,20}})",
            rf"player\.vimeo\.com/video/{_NUMBER} h=(?P<h>[0-9a-f]{{6,20}})",
        ),
    ),
    EmbedRule(
        player=Player(
            provider="Vimeo",
            kind="video",
            src="https://player.vimeo.com/video/{id}",
            quiet="https://player.vimeo.com/video/{id}?dnt=1",
        ),
        forms=(
            rf"vimeo\.com/(?:channels/[\w-]+/|groups/[\w-]+/videos/|video/)?{_NUMBER}",
            rf"player\.vimeo\.com/video/{_NUMBER}",
        ),
    ),
    EmbedRule(
        player=Player(
            provider="Dailymotion",
            kind="video",
            src="https://geo.dailymotion.com/player.html?video={id}",
        ),
        forms=(
            rf"dailymotion\.com/(?:embed/)?video/{_DAILYMOTION}(?:_[^/]*)?",
            rf"dai\.ly/{_DAILYMOTION}",
            rf"geo\.dailymotion\.com/player(?:/[A-Za-z0-9]+)?\.html video={_DAILYMOTION}",
        ),
    ),
    EmbedRule(
        player=Player(provider="TED", kind="video", src="https://embed.ted.com/talks/{id}"),
        forms=(rf"(?:embed(?:-ssl)?\.)?ted\.com/talks/(?:lang/[a-z-]+/)?(?P<id>{_SLUG})",),
    ),
    EmbedRule(
        player=Player(
            provider="TikTok",
            kind="video",
            src="https://www.tiktok.com/player/v1/{id}",
            height=740,
        ),
        forms=(r"tiktok\.com/(?:@[\w.-]+/video|player/v1|embed(?:/v2)?)/(?P<id>\d{10,25})",),
    ),
    EmbedRule(
        player=Player(provider="Rumble", kind="video", src="https://rumble.com/embed/{id}/"),
        forms=(r"rumble\.com/embed/(?P<id>v[a-z0-9]{3,12})",),
    ),
    EmbedRule(
        player=Player(provider="Loom", kind="video", src="https://www.loom.com/embed/{id}"),
        forms=(r"loom\.com/(?:share|embed)/(?:[\w-]+-)?(?P<id>[0-9a-f]{32})",),
    ),
    EmbedRule(
        player=Player(provider="Streamable", kind="video", src="https://streamable.com/e/{id}"),
        forms=(r"streamable\.com/[eo]/(?P<id>[a-z0-9]{4,12})",),
    ),
    EmbedRule(
        player=Player(
            provider="Niconico", kind="video", src="https://embed.nicovideo.jp/watch/{id}"
        ),
        forms=(r"(?:embed\.)?nicovideo\.jp/watch/(?P<id>(?:sm|nm|so)\d{1,12})",),
    ),
    EmbedRule(
        player=Player(
            provider="Bilibili",
            kind="video",
            src="https://player.bilibili.com/player.html?bvid={id}",
        ),
        forms=(
            rf"bilibili\.com/video/{_BILIBILI}",
            rf"player\.bilibili\.com/player\.html bvid={_BILIBILI}",
        ),
    ),
    EmbedRule(
        player=Player(
            provider="media.ccc.de", kind="video", src="https://media.ccc.de/v/{id}/oembed"
        ),
        forms=(rf"media\.ccc\.de/v/(?P<id>{_SLUG})(?:/oembed)?",),
    ),
    EmbedRule(
        player=Player(
            provider="Internet Archive", kind="video", src="https://archive.org/embed/{id}"
        ),
        forms=(rf"archive\.org/embed/(?P<id>{_SLUG})",),
    ),
    EmbedRule(
        player=Player(
            provider="Spotify",
            kind="audio",
            src="https://open.spotify.com/embed/{what}/{id}",
            height=152,
        ),
        forms=(rf"{_SPOTIFY}(?P<what>episode|track)/(?P<id>[A-Za-z0-9]{{22}})(?:/video)?",),
    ),
    EmbedRule(
        player=Player(
            provider="Spotify",
            kind="audio",
            src="https://open.spotify.com/embed/album/{id}",
            height=352,
        ),
        forms=(rf"{_SPOTIFY}album/(?P<id>[A-Za-z0-9]{{22}})",),
    ),
    EmbedRule(
        player=Player(
            provider="SoundCloud",
            kind="audio",
            src="https://w.soundcloud.com/player/?url=https%3A//{api}soundcloud.com/{id}",
            height=166,
        ),
        forms=(
            rf"soundcloud\.com/{_NO_USER}(?P<id>{_SLUG}/{_NO_TRACK}{_SLUG})",
            rf"{_SOUNDCLOUD}(?P<api>api\.)soundcloud\.com/(?P<id>tracks/\d{{1,12}})",
            rf"{_SOUNDCLOUD}soundcloud\.com/{_NO_USER}(?P<id>{_SLUG}/{_NO_TRACK}{_SLUG})/?",
        ),
    ),
    EmbedRule(
        player=Player(
            provider="Apple Podcasts",
            kind="audio",
            src="https://embed.podcasts.apple.com/{country}/podcast/id{show}?i={id}",
            height=175,
        ),
        forms=(rf"{_APPLE}/podcast/(?:[^/]+/)?id(?P<show>\d{{1,12}}) i=(?P<id>\d{{1,15}})",),
    ),
    EmbedRule(
        player=Player(
            provider="Bandcamp",
            kind="audio",
            src="https://bandcamp.com/EmbeddedPlayer/{what}={id}/size=large/tracklist=false/artwork=small/",
            height=120,
        ),
        forms=(rf"bandcamp\.com/EmbeddedPlayer/(?:v=\d/)?(?P<what>track|album)={_NUMBER}(?:/.*)?",),
    ),
    EmbedRule(
        player=Player(
            provider="Acast", kind="audio", src="https://embed.acast.com/{show}/{id}", height=190
        ),
        forms=(
            rf"embed\.acast\.com/(?P<show>(?:\$/)?{_SLUG})/(?P<id>{_SLUG})",
            rf"play\.acast\.com/s/(?P<show>{_SLUG})/(?P<id>{_SLUG})",
            rf"shows\.acast\.com/(?P<show>{_SLUG})/episodes/(?P<id>{_SLUG})",
        ),
    ),
    EmbedRule(
        player=Player(
            provider="Megaphone",
            kind="audio",
            src="https://playlist.megaphone.fm/?e={id}",
            height=200,
        ),
        forms=(
            rf"playlist\.megaphone\.fm e={_MEGAPHONE}",
            rf"player\.megaphone\.fm/{_MEGAPHONE}",
        ),
    ),
    EmbedRule(
        player=Player(
            provider="Simplecast",
            kind="audio",
            src="https://player.simplecast.com/{id}",
            height=200,
        ),
        forms=(rf"player\.simplecast\.com/{_UUID}",),
    ),
    EmbedRule(
        player=Player(
            provider="Buzzsprout",
            kind="audio",
            src="https://www.buzzsprout.com/{show}/{id}?client_source=small_player&iframe=true",
            height=200,
        ),
        forms=(rf"buzzsprout\.com/(?P<show>\d{{1,9}})/(?:episodes/)?{_NUMBER}(?:-[^/]*)?",),
    ),
    EmbedRule(
        player=Player(
            provider="Transistor",
            kind="audio",
            src="https://share.transistor.fm/e/{id}",
            height=180,
        ),
        forms=(r"share\.transistor\.fm/[se]/(?P<id>[0-9a-f]{6,12})",),
    ),
    EmbedRule(
        player=Player(
            provider="Captivate",
            kind="audio",
            src="https://player.captivate.fm/episode/{id}",
            height=200,
        ),
        forms=(rf"player\.captivate\.fm/episode/{_UUID}",),
    ),
    EmbedRule(
        player=Player(
            provider="Spreaker",
            kind="audio",
            src="https://widget.spreaker.com/player?episode_id={id}",
            height=200,
        ),
        forms=(
            rf"spreaker\.com/episode/(?:[^/]*--)?{_NUMBER}",
            rf"widget\.spreaker\.com/player episode_id={_NUMBER}",
        ),
    ),
    EmbedRule(
        player=Player(
            provider="Podbean",
            kind="audio",
            src="https://www.podbean.com/player-v2/?i={id}",
            height=150,
        ),
        forms=(r"podbean\.com/player-v2 i=(?P<id>[a-z0-9]{3,12}-[a-z0-9]{3,12}(?:-pb)?)",),
    ),
    EmbedRule(
        player=Player(
            provider="Libsyn",
            kind="audio",
            src="https://html5-player.libsyn.com/embed/episode/id/{id}/",
            height=192,
        ),
        forms=(rf"(?:html5-player|play)\.libsyn\.com/embed/episode/id/{_NUMBER}(?:/.*)?",),
    ),
    EmbedRule(
        player=Player(
            provider="Omny",
            kind="audio",
            src="https://omny.fm/shows/{show}/{id}/embed",
            height=180,
        ),
        forms=(rf"omny\.fm/shows/(?P<show>{_SLUG})/(?!playlists/?$)(?P<id>{_SLUG})(?:/embed)?",),
    ),
    EmbedRule(
        player=Player(
            provider="ART19",
            kind="audio",
            src="https://art19.com/shows/{show}/episodes/{id}/embed",
            height=200,
        ),
        forms=(rf"art19\.com/shows/(?P<show>{_SLUG})/episodes/{_UUID}(?:/embed)?",),
    ),
    EmbedRule(
        player=Player(
            provider="Deezer",
            kind="audio",
            src="https://widget.deezer.com/widget/auto/{what}/{id}",
            height=150,
        ),
        forms=(
            rf"deezer\.com/(?:[a-z]{{2}}/)?(?P<what>episode|track)/{_NUMBER}",
            rf"widget\.deezer\.com/widget/(?:auto|light|dark)/(?P<what>episode|track)/{_NUMBER}",
        ),
    ),
)
