"""Places: where sites of a known make keep their feeds, told by their address or their page.

What a rule here says is certain for its kind of site; what may or may not be there is a guess
(`_candidates.guesses`) and costs a request that may be in vain.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import parse_qs, quote

from copydesk.kit import urls

_YOUTUBE = "https://www.youtube.com/feeds/videos.xml"
_CHANNELS = (  # the surest first: a page names other channels, too
    re.compile(r"feeds/videos\.xml\?channel_id=(UC[\w-]{22})"),
    re.compile(r"itemprop=\"(?:channelId|identifier)\"\s+content=\"(UC[\w-]{22})\""),
    re.compile(r"\"(?:externalId|externalChannelId)\"\s*:\s*\"(UC[\w-]{22})\""),
    re.compile(r"\"channelId\"\s*:\s*\"(UC[\w-]{22})\""),
)
_NO_OWNER = frozenset(
    {
        *("about", "apps", "blog", "collections", "contact", "customer-stories", "enterprise"),
        *("events", "explore", "features", "issues", "join", "login", "marketplace", "new"),
        *("notifications", "orgs", "pricing", "pulls", "search", "security", "settings", "site"),
        *("sponsors", "stars", "topics", "trending", "users"),
    }
)
_NAME = r"[A-Za-z0-9_.-]+"
# by the beginning of <meta name="generator">: the address of the feed from the site's root
_MAKES = {
    "ghost": "/rss/",
    "hugo": "/index.xml",
    "jekyll": "/feed.xml",
    "blogger": "/feeds/posts/default",
    "drupal": "/rss.xml",
    "discourse": "/latest.rss",
    "tumblr": "/rss",
    "wix.com": "/blog-feed.xml",
    "typo3": "/rss.xml",
}


def feeds_of_address(url: str) -> Iterator[str]:
    """Yield the feeds that an address alone tells."""
    parsed = urls.parse(url)
    if parsed is None:
        return
    host = str(parsed.hostname).removeprefix("www.")
    path, query = str(parsed.pathname), str(parsed.search)
    if host in {"youtube.com", "m.youtube.com", "music.youtube.com"}:
        yield from _youtube(path, parse_qs(query.removeprefix("?"), max_num_fields=50))
    elif host == "github.com":
        yield from _github(path)
    elif host in {"reddit.com", "old.reddit.com", "new.reddit.com"}:
        yield from _reddit(path)
    elif host == "medium.com":
        yield from _medium(path)
    else:
        yield from _own_host(f"{parsed.protocol}//{parsed.host}", host)


def _youtube(path: str, query: dict[str, list[str]]) -> Iterator[str]:
    if match := re.match(r"/channel/(UC[\w-]{22})(?:/|$)", path):
        yield f"{_YOUTUBE}?channel_id={match[1]}"
    elif match := re.match(r"/user/([\w-]+)(?:/|$)", path):
        yield f"{_YOUTUBE}?user={match[1]}"
    elif path == "/playlist" and query.get("list"):
        yield f"{_YOUTUBE}?playlist_id={quote(query['list'][0])}"


def _github(path: str) -> Iterator[str]:
    """Yield a repository's releases; the tags, where its address is that of its tags."""
    match = re.match(rf"/({_NAME})/({_NAME})(/tags)?(?:/|$)", path)
    if match and match[1].lower() not in _NO_OWNER:
        repository = f"https://github.com/{match[1]}/{match[2].removesuffix('.git')}"
        yield f"{repository}/tags.atom" if match[3] else f"{repository}/releases.atom"


def _reddit(path: str) -> Iterator[str]:
    match = re.match(r"/(r|user|u)/([\w+-]+)(?:/|$)", path)
    if match:
        kind = "r" if match[1] == "r" else "user"
        yield f"https://www.reddit.com/{kind}/{match[2]}/.rss"


def _medium(path: str) -> Iterator[str]:
    match = re.match(r"/(@?[\w.-]+)(?:/|$)", path)
    if match and match[1] not in {"feed", "m", "me", "search", "tag", "topics", "about"}:
        yield f"https://medium.com/feed/{match[1]}"


def _own_host(origin: str, host: str) -> Iterator[str]:
    """Yield the feed of a site that has a host of its own at a known service."""
    if host.endswith((".substack.com", ".medium.com")):
        yield f"{origin}/feed"
    elif ".blogspot." in host:
        yield f"{origin}/feeds/posts/default"
    elif host.endswith(".tumblr.com"):
        yield f"{origin}/rss"
    elif host.endswith((".wordpress.com", ".ghost.io")):
        yield f"{origin}/feed/" if host.endswith("wordpress.com") else f"{origin}/rss/"


def feeds_of_page(document: str, url: str, generator: str) -> Iterator[str]:
    """Yield the feeds that the make of a page tells; `document` may be its beginning."""
    parsed = urls.parse(url)
    if parsed is None:
        return
    origin = f"{parsed.protocol}//{parsed.host}"
    path = str(parsed.pathname)
    if urls.registrable_domain(url) in {"youtube.com", "youtu.be"}:
        match = next(filter(None, (pattern.search(document) for pattern in _CHANNELS)), None)
        if match is not None:
            yield f"{_YOUTUBE}?channel_id={match[1]}"
        return
    if re.fullmatch(r"/@[\w.]+/?", path) and _is_mastodon(document, generator):
        yield f"{origin}{path.rstrip('/')}.rss"
    if "substackcdn.com" in document:
        yield f"{origin}/feed"
    yield from _wordpress(document, url, generator)
    yield from (
        origin + feed for make, feed in _MAKES.items() if generator.lower().startswith(make)
    )


def _is_mastodon(document: str, generator: str) -> bool:
    return "mastodon" in generator.lower() or bool(
        re.search(r"id=[\"'](mastodon|initial-state)[\"']", document)
    )


_WP_API = re.compile(r"href=[\"']?([^\"'\s>]{1,500}?)/wp-json/[\"'\s>]")
_WP_MADE = re.compile(r"/wp-(?:content|includes)/", re.IGNORECASE)


def _wordpress(document: str, url: str, generator: str) -> Iterator[str]:
    """Yield WordPress' feed below the site's own root, which its API names."""
    api = _WP_API.search(document)
    root = urls.fetchable(f"{api[1]}/", url) if api else None
    if root is not None and urls.same_site(root, url):
        yield f"{root}feed/"
    elif generator.lower().startswith("wordpress") or _WP_MADE.search(document):
        home = urls.fetchable("/feed/", url)
        if home is not None:
            yield home
