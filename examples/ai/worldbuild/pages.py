"""Sets articles, fronts and small pages in their publisher's layout."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import minijinja

from worldbuild import pictures
from worldbuild.sources import Article, Publisher, Version, World, curly


class Press:
    """Prints pages; the layouts are read once."""

    def __init__(self, world: World, layouts: Path) -> None:
        self._world = world
        self._by_id = {a.id: a for a in world.articles}
        templates = {p.name: p.read_text("utf-8") for p in sorted(layouts.glob("*.html"))}
        # values are escaped below: minijinja would also escape every slash
        self._layouts = minijinja.Environment(
            templates=templates, auto_escape_callback=lambda _: False
        )

    def article(self, article: Article, moment: datetime) -> str:
        """Print one article as it stands at a moment."""
        version = article.version(moment)
        publisher = article.publisher
        fields = self._fields(article, version)
        return self._print(publisher, moment, article, a=fields)

    def front(self, publisher: Publisher, moment: datetime, heading: str) -> str:
        """Print a page that lists what is new."""
        return self._print(publisher, moment, None, heading=heading)

    def _print(
        self, publisher: Publisher, moment: datetime, article: Article | None, **fields: Any
    ) -> str:
        title = fields["a"]["raw_title"] if article else f"{fields['heading']} - {publisher.name}"
        return (
            self._layouts.render_template(
                f"{publisher.layout}.html",
                p=_escaped(
                    {
                        "id": publisher.id,
                        "name": publisher.name,
                        "locale": publisher.locale,
                        "nav": [{"name": s, "path": section_path(s)} for s in publisher.sections],
                    }
                ),
                page_title=html.escape(title + (publisher.suffix if article else "")),
                teasers=self._teasers(publisher, moment, article),
                year=str(moment.year),
                **fields,
            )
            + "\n"
        )

    def _teasers(
        self, publisher: Publisher, moment: datetime, article: Article | None
    ) -> list[dict[str, str]]:
        others = [
            a for a in self._world.of(publisher, moment) if a.reachable and a is not article
        ]
        return [
            _escaped(
                {
                    "url": a.url,
                    "title": a.version(moment).title,
                    "stand": a.version(moment).stand,
                    "section": a.section.title(),
                }
            )
            for a in others[: 4 if article else 30]
        ]

    def _fields(self, article: Article, version: Version) -> dict[str, Any]:
        publisher = article.publisher
        blocks = to_html(version.body, self._address)
        middle = 2 if len(blocks) > 3 else len(blocks)
        local = article.at.astimezone(publisher.zone_info)
        updated = version.at if version.at != article.at else None
        fields = _escaped(
            {
                "url": article.url,
                "title": version.title,
                "stand": version.stand,
                "byline": article.byline,
                "section": article.section.title(),
                "iso": stamp(article.at),
                "local_iso": local.isoformat(),
                "date": local.strftime(publisher.dateline),
                "day_slashed": f"{article.at:%Y/%m/%d}",
                "modified": stamp(updated) if updated else "",
                "modified_date": (
                    updated.astimezone(publisher.zone_info).strftime(publisher.dateline)
                    if updated
                    else ""
                ),
                "number": str(article.number),
                "tags": list(article.topics) or ["Technology"],
                "duration": _clock(article.duration),
                "picture": pictures.described(article, self._world),
            }
        )
        fields |= {
            "raw_title": version.title,
            "paywalled": article.access == "paywalled",
            "html": "\n".join(blocks),
            "first_html": "\n".join(blocks[:middle]),
            "rest_html": "\n".join(blocks[middle:]),
            "json_ld": _json_ld(article, version, pictures.described(article, self._world)),
        }
        return fields

    def _address(self, article_id: str) -> str:
        return self._by_id[article_id].url


def section_path(name: str) -> str:
    """Give the path of a section: a part of the front page."""
    return f"/#{name.lower().replace(' ', '-')}"


def stamp(moment: datetime) -> str:
    """Give a time as pages and feeds write it."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def to_html(body: str, address: Callable[[str], str]) -> list[str]:
    """Turn a body's paragraphs, subheads and lists into blocks of HTML."""
    return [_block(block.strip(), address) for block in body.split("\n\n") if block.strip()]


def _block(block: str, address: Callable[[str], str]) -> str:
    if block.startswith("## "):
        return f"<h2>{_inline(block[3:], address)}</h2>"
    if block.startswith("- "):
        items = "".join(f"<li>{_inline(line[2:], address)}</li>" for line in block.split("\n"))
        return f"<ul>{items}</ul>"
    lines = "<br>".join(_inline(line, address) for line in block.split("\n"))
    return f"<p>{lines}</p>"


def _inline(text: str, address: Callable[[str], str]) -> str:
    text = html.escape(text, quote=False)
    text = re.sub(r"\*\*(.+?)\*\*", r"<strong>\1</strong>", text)
    text = re.sub(r"\*(.+?)\*", r"<em>\1</em>", text)
    return re.sub(
        r"\[\[([\w-]+)\|(.+?)\]\]",
        lambda m: f'<a href="{address(m.group(1))}">{m.group(2)}</a>',
        text,
    )


def _json_ld(article: Article, version: Version, picture: dict[str, Any] | None) -> str:
    publisher = article.publisher
    data: dict[str, Any] = {"@context": "https://schema.org"}
    if article.kind == "video":
        data |= {
            "@type": "VideoObject",
            "name": version.title,
            "description": version.stand,
            "uploadDate": stamp(article.at),
            "duration": article.duration,
            "embedUrl": f"{publisher.site}/embed/{article.number}",
            "thumbnailUrl": [picture["url"]] if picture else [],
        }
    else:
        data |= {
            "@type": "NewsArticle",
            "mainEntityOfPage": article.url,
            "headline": version.title,
            "description": version.stand,
            "datePublished": stamp(article.at),
            "dateModified": stamp(version.at),
            "author": [{"@type": "Person", "name": article.byline}],
            "inLanguage": publisher.locale.replace("_", "-"),
            "isAccessibleForFree": article.access == "free",
        }
        if picture:
            data["image"] = {
                "@type": "ImageObject",
                "url": picture["url"],
                "width": picture["width"],
                "height": picture["height"],
            }
    data["publisher"] = {"@type": "NewsMediaOrganization", "name": publisher.name}
    return json.dumps(data, ensure_ascii=False).replace("</", "<\\/")


def _escaped(value: Any) -> Any:
    if isinstance(value, str):
        return html.escape(value)
    if isinstance(value, list):
        return [_escaped(v) for v in value]
    if isinstance(value, dict):
        return {k: _escaped(v) for k, v in value.items()}
    return value


def _clock(duration: str) -> str:
    found = re.fullmatch(r"PT(\d+)M(\d+)S", duration)
    return f"{found.group(1)}:{int(found.group(2)):02}" if found else ""


__all__ = ["Press", "curly", "section_path", "stamp", "to_html"]
