"""Resources that are asked for as feeds and are odd ones, or none."""

from __future__ import annotations

from collections.abc import Iterable

from world.behaviours import feed, moves, stays
from world.resource import ANo, Leads, NoFeed, Outcome, Resource
from world.web import Behaviour, redirects, serves

DATE = "<pubDate>Thu, 19 Nov 2026 10:00:00 GMT</pubDate>"
CONSENT = b"<!doctype html><title>Before you go on</title><p>We value your privacy<form>"


def item(number: int, *, guid: str = "", more: str = DATE) -> str:
    """Give an item of RSS; its guid is its number unless one is given."""
    return (
        f"<item><title>Story {number}</title><link>http://papers.example/{number}</link>"
        f"<guid isPermaLink='false'>{guid or number}</guid>{more}</item>"
    )


def rss(items: Iterable[str], head: str = '<?xml version="1.0" encoding="utf-8"?>') -> bytes:
    """Give a feed of RSS 2.0."""
    channel = f"<channel><title>Papers</title>{''.join(items)}</channel>"
    return f"{head}<rss version='2.0'>{channel}</rss>".encode()


def one(name: str, behaviours: Behaviour | tuple[Behaviour, ...], makes: Outcome) -> Resource:
    """Give a resource whose /feed.xml answers so."""
    times = len(behaviours) if isinstance(behaviours, tuple) else 1
    paths = {"/feed.xml": behaviours}
    return Resource(name=name, makes=makes, paths=paths, path="/feed.xml", times=times)


_TWO = rss([item(1), item(2)])
_LATIN = rss(["<item><title>M\u00f6we</title><link>http://papers.example/1</link></item>"], "")
_LATIN_HEAD = b'<?xml version="1.0" encoding="iso-8859-1"?>'
_FAR = "<pubDate>Thu, 19 Nov 2893 10:00:00 GMT</pubDate>"


def _changing() -> tuple[Behaviour, ...]:
    """Serve the same two pages with other guids each time."""
    return tuple(feed(rss(item(n, guid=f"{turn}-{n}") for n in (1, 2))) for turn in range(2))


FEEDS = (
    one("page instead of a feed", serves(b"<!doctype html><p>so"), NoFeed(words="html page")),
    one("empty feed answer", serves(b""), NoFeed(words="empty")),
    one("white space instead of a feed", serves(b" \n\t\n"), NoFeed(words="empty")),
    one("consent page instead of a feed", serves(CONSENT), NoFeed(words="html page")),
    one("page that says it is a feed", feed(CONSENT), NoFeed(words="html page")),
    one("feed that is gone", serves(b"", status=410), ANo(reason="gone")),
    Resource(
        name="feed that moved for good",
        makes=Leads(count=2),
        paths={"/feed.xml": redirects("/new.xml", 301), "/new.xml": feed(_TWO)},
        path="/feed.xml",
    ),
    Resource(
        name="feed that moved with its method",
        makes=Leads(count=2),
        paths={"/feed.xml": moves("/new.xml", 308), "/new.xml": feed(_TWO)},
        path="/feed.xml",
    ),
    one("feed called a page", stays(serves(_TWO)), Leads(count=2)),
    one("feed without a type", serves(_TWO, content_type=""), Leads(count=2)),
    one("feed with a byte order mark", feed(b"\xef\xbb\xbf" + _TWO), Leads(count=2)),
    one("feed of utf-16", feed(rss([item(1)], "").decode().encode("utf-16")), Leads(count=1)),
    one(
        "feed with a wrong charset",
        serves(_LATIN_HEAD + _LATIN, content_type="text/xml; charset=iso-8859-1"),
        Leads(count=1),
    ),
    one(
        "feed with a charset nobody knows",
        serves(_TWO, content_type="text/xml; charset=martian"),
        Leads(count=2),
    ),
    one(
        "feed in latin without a word of it",
        serves(_LATIN.decode().encode("latin-1"), content_type="text/xml"),
        Leads(count=1),
    ),
    one(
        "feed with control characters",
        feed(_TWO.replace(b"Story", b"\x00\x0bStory")),
        Leads(count=2),
    ),
    one("feed cut off", feed(_TWO[:-30]), Leads(count=1)),
    one("feed after blank lines", feed(b"\n\n  " + _TWO), Leads(count=2)),
    one("feed with php warnings before it", feed(b"<b>Warning</b>: so\n" + _TWO), Leads(count=2)),
    one(
        "duplicate guids",
        feed(rss(item(n, guid="same") for n in range(3))),
        Leads(count=3, guids=1),
    ),
    one("the same page twice", feed(rss([item(1), item(1, guid="2")])), Leads(count=1)),
    one("changing guids", _changing(), Leads(count=2, guids=2)),
    one("undated items", feed(rss(item(n, more="") for n in range(3))), Leads(count=3, dated=0)),
    one("items in the far future", feed(rss([item(1, more=_FAR)])), Leads(count=1, dated=0)),
    one(
        "date that is none",
        feed(rss([item(1, more="<pubDate>noon</pubDate>")])),
        Leads(count=1, dated=0),
    ),
    one("five thousand items", feed(rss(map(item, range(5_000)))), Leads(count=5_000)),
    one("no items", feed(rss([])), Leads(count=0)),
    one(
        "items without links",
        feed(rss(["<item><title>So</title></item>", "<item><link>javascript:1</link></item>"])),
        Leads(count=0),
    ),
    one(
        "entities by the billion",
        feed(
            b"<!DOCTYPE r [<!ENTITY a 'ha'>"
            + b"".join(b"<!ENTITY %c '%s'>" % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9))
            + b"]>"
            + rss([item(1, more="<description>&j;</description>")], "")
        ),
        Leads(count=1),
    ),
    one(
        "a file of ours in an entity",
        feed(
            b"<!DOCTYPE r [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>"
            + rss([item(1, more="&x;")], "")
        ),
        Leads(count=1),
    ),
    one(
        "json that breaks off",
        serves(b'{"version": "https://jsonfeed.org/version/1.1", "items": ['),
        NoFeed(words="JSON"),
    ),
)
