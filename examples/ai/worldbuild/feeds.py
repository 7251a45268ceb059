"""Writes what a publisher lists: RSS, RDF, Atom, JSON Feed, a news sitemap."""

from __future__ import annotations

import html
import json
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime

from worldbuild import pictures
from worldbuild.pages import stamp, to_html
from worldbuild.sources import Article, Publisher, World

ATOM = "http://www.w3.org/2005/Atom"


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One line of a feed; `at` is None where the feed gives no date."""

    link: str
    guid: str
    year: int
    title: str
    stand: str
    byline: str
    at: datetime | None
    updated: datetime
    picture: dict[str, object] | None
    body: str


def listed_at(article: Article) -> list[str]:
    """Give the addresses under which a publisher lists an article."""
    trouble = article.trouble
    address = article.url
    tracking = article.publisher.feed.get("tracking")
    if tracking:
        address = f"{article.url}?{tracking}"
    if trouble.get("listed") == "short":
        address = f"{article.publisher.site}/r/{article.number:x}"
    if trouble.get("listed") == "http":
        address = "http" + article.url.removeprefix("https")
    if trouble.get("listed") == "twice":
        return [address, f"{article.url}?utm_source=feed&utm_campaign=again"]
    return [address]


def feed(world: World, publisher: Publisher, moment: datetime) -> tuple[str, str]:
    """Give (content type, text) of a publisher's feed at a moment."""
    writers = {
        "rss": _rss,
        "rss-full": _rss,
        "rdf": _rdf,
        "atom": _atom,
        "json": _json,
        "news-sitemap": _news_sitemap,
    }
    by_id = {a.id: a for a in world.articles}
    items = [
        item
        for article in world.of(publisher, moment)
        for item in _items(world, article, moment, by_id)
    ]
    return writers[publisher.feed["format"]](publisher, items, moment)


def _items(
    world: World, article: Article, moment: datetime, by_id: dict[str, Article]
) -> list[Item]:
    version = article.version(moment)
    at: datetime | None = article.at
    claimed = article.trouble.get("feed_date")
    if claimed is not None:
        at = None if claimed == "none" else claimed
    return [
        Item(
            link=link,
            guid=f"{article.number}" if n == 0 else f"{article.number}-again",
            year=article.at.year,
            title=version.title,
            stand=version.stand,
            byline=article.byline,
            at=at,
            updated=version.at,
            picture=pictures.described(article, world),
            body="\n".join(to_html(version.body, lambda key: by_id[key].url)),
        )
        for n, link in enumerate(listed_at(article))
    ]


def _rss(publisher: Publisher, items: list[Item], moment: datetime) -> tuple[str, str]:
    full = publisher.feed["format"] == "rss-full"
    space = ' xmlns:content="http://purl.org/rss/1.0/modules/content/"' if full else ""
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"{space}>',
        "<channel>",
        f"<title>{_x(publisher.name)}</title>",
        f"<link>{publisher.site}/</link>",
        f"<description>{_x(publisher.about)}</description>",
        f"<language>{publisher.locale.replace('_', '-').lower()}</language>",
    ]
    for item in items:
        lines += ["<item>", f"<title>{_x(item.title)}</title>", f"<link>{_x(item.link)}</link>"]
        lines.append(f'<guid isPermaLink="false">{publisher.id}:{item.guid}</guid>')
        lines.append(f"<dc:creator>{_x(item.byline)}</dc:creator>")
        if item.at:
            local = item.at.astimezone(publisher.zone_info)
            lines.append(f"<pubDate>{format_datetime(local)}</pubDate>")
        lines.append(f"<description>{_x(item.stand)}</description>")
        if item.picture and publisher.feed.get("pictures"):
            kind = item.picture["type"]
            lines.append(f'<enclosure url="{item.picture["url"]}" type="{kind}" length="0"/>')
        if full:
            lines.append(f"<content:encoded><![CDATA[{item.body}]]></content:encoded>")
        lines.append("</item>")
    lines += ["</channel>", "</rss>"]
    return "application/rss+xml; charset=utf-8", "\n".join(lines) + "\n"


def _rdf(publisher: Publisher, items: list[Item], moment: datetime) -> tuple[str, str]:
    sequence = "".join(f'<rdf:li rdf:resource="{_x(i.link)}"/>' for i in items)
    lines = [
        '<?xml version="1.0" encoding="utf-8"?>',
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns="http://purl.org/rss/1.0/">',
        f'<channel rdf:about="{publisher.site}{publisher.feed["path"]}">',
        f"<title>{_x(publisher.name)}</title><link>{publisher.site}/</link>",
        f"<description>{_x(publisher.about)}</description>",
        f"<items><rdf:Seq>{sequence}</rdf:Seq></items>",
        "</channel>",
    ]
    for item in items:
        date = f"<dc:date>{stamp(item.at)}</dc:date>" if item.at else ""
        lines.append(
            f'<item rdf:about="{_x(item.link)}"><title>{_x(item.title)}</title>'
            f"<link>{_x(item.link)}</link><description>{_x(item.stand)}</description>{date}</item>"
        )
    lines.append("</rdf:RDF>")
    return "text/xml", "\n".join(lines) + "\n"


def _atom(publisher: Publisher, items: list[Item], moment: datetime) -> tuple[str, str]:
    updated = max((i.updated for i in items), default=moment)
    lines = [
        '<?xml version="1.0" encoding="utf-8"?>',
        f'<feed xmlns="{ATOM}">',
        f"<id>{publisher.site}/</id>",
        f"<title>{_x(publisher.name)}</title>",
        f"<updated>{stamp(updated)}</updated>",
        f'<link rel="self" href="{publisher.site}{publisher.feed["path"]}"/>',
    ]
    for item in items:
        date = f"<published>{stamp(item.at)}</published>" if item.at else ""
        lines.append(
            f"<entry><id>tag:{publisher.host},{item.year}:{item.guid}</id>"
            f'<title>{_x(item.title)}</title><link rel="alternate" href="{_x(item.link)}"/>'
            f"{date}<updated>{stamp(item.updated)}</updated>"
            f"<author><name>{_x(item.byline)}</name></author>"
            f"<summary>{_x(item.stand)}</summary></entry>"
        )
    lines.append("</feed>")
    return "application/atom+xml", "\n".join(lines) + "\n"


def _json(publisher: Publisher, items: list[Item], moment: datetime) -> tuple[str, str]:
    data = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": publisher.name,
        "home_page_url": f"{publisher.site}/",
        "feed_url": publisher.site + publisher.feed["path"],
        "items": [
            {
                "id": i.guid,
                "url": i.link,
                "title": i.title,
                "summary": i.stand,
                "content_html": i.body,
                **({"date_published": stamp(i.at)} if i.at else {}),
                **({"image": i.picture["url"]} if i.picture else {}),
                "authors": [{"name": i.byline}],
            }
            for i in items
        ],
    }
    return "application/feed+json", json.dumps(data, ensure_ascii=False, indent=1) + "\n"


def _news_sitemap(publisher: Publisher, items: list[Item], moment: datetime) -> tuple[str, str]:
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
        ' xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">',
    ]
    for item in items:
        date = stamp(item.at or item.updated)
        lines.append(
            f"<url><loc>{_x(item.link)}</loc><news:news><news:publication>"
            f"<news:name>{_x(publisher.name)}</news:name><news:language>en</news:language>"
            f"</news:publication><news:publication_date>{date}</news:publication_date>"
            f"<news:title>{_x(item.title)}</news:title></news:news></url>"
        )
    lines.append("</urlset>")
    return "application/xml", "\n".join(lines) + "\n"


def _x(text: str) -> str:
    return html.escape(text)
