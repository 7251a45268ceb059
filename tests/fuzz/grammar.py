"""A small grammar of pages: any bytes are read as choices, and every choice makes a page.

So whoever makes bytes makes pages: a fuzzer that learns which bytes reach new code, and hypothesis,
which shrinks them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from extract.given import SENTENCES, document

_MAX_CHARACTERS = 300_000

TAGS = (
    *("p", "div", "article", "main", "section", "h1", "h2", "a", "b", "ul", "li", "table", "tr"),
    *("td", "th", "blockquote", "pre", "code", "figure", "figcaption", "img", "picture", "source"),
    *("time", "span", "header", "footer", "aside", "nav", "form", "button", "video", "audio"),
    *("iframe", "br", "hr", "title", "head", "body", "html", "base", "link", "meta", "noscript"),
    *("template", "svg", "math", "select", "option", "textarea", "style", "script", "plaintext"),
)
ATTRIBUTES = (
    *("class", "id", "href", "src", "srcset", "data-src", "alt", "content", "name", "property"),
    *("rel", "type", "datetime", "itemprop", "itemscope", "itemtype", "style", "hidden", "lang"),
    *("dir", "width", "height", "colspan", "role", "aria-hidden", "http-equiv", "charset", "title"),
)
VALUES = (
    *("", "article-body", "byline author", "related", "newsletter", "paywall", "caption", "date"),
    *("https://www.harbour.example/a.jpg", "//b.example/1", "javascript:alert(1)", "http://[", "#"),
    *("/2026/03/ferry-runs-aground", "/a.jpg 1x, /b.jpg 640w,,", "data:image/gif;base64,R0", "?"),
    *("2026-03-09T22:30:00+02:00", "0000-00-00", "9999-12-31T23:59:59-23:59", "March 9, 2026"),
    *("09/03/2026", "yesterday", "1773000000000", "canonical", "amphtml", "alternate", "license"),
    *("text/html; charset=utf-16", "utf-7", "0;url=/", "noai, nosnippet, max-snippet:10", "true"),
    *("https://schema.org/NewsArticle", "headline", "datePublished", "author", "articleBody"),
    *(
        "display:none",
        "100%",
        "-1",
        "99999999999999999999",
        "nan",
        "rtl",
        "en",
        "zh-Hant",
        "\u202e",
    ),
)
METAS = (
    *("og:title", "og:description", "og:image", "og:type", "og:url", "og:site_name", "og:locale"),
    *("article:published_time", "article:modified_time", "article:author", "article:section"),
    *("author", "description", "keywords", "date", "robots", "news_keywords", "twitter:player"),
    *("og:video", "og:audio", "tdm-reservation", "parsely-pub-date", "sailthru.date", "viewport"),
)
TEXTS = (
    *SENTENCES,
    *("By Ada Holm and Ben Aske", "(Reuters) - ", "Read more: ", "Follow us on ", "Photo: AP"),
    *("Published 9 March 2026 at 10:30 pm", "Subscribe to keep reading", "Accept all cookies"),
    *(
        "渡船清晨四点在沙洲搁浅。",
        "جنحت العبارة على حاجز رملي",
        "ферри сел на мель",
        "\u202eטקסט\u202c",
    ),
    *("# ", "- ", "| a | b |", "```", "> ", "1. ", "\\", "&amp;", "&#0;", "&#xD800;", "&bogus"),
    *(
        "\x00",
        "\ufeff",
        "\u200b",
        "\u0301",
        "👩\u200d🚒",
        "\n\n",
        "\t",
        "  ",
        "<",
        ">",
        "]]>",
        "-->",
    ),
)
KEYS = (
    *("@type", "@id", "@graph", "@context", "headline", "name", "author", "datePublished", "image"),
    *("dateModified", "articleBody", "publisher", "mainEntityOfPage", "url", "isAccessibleForFree"),
    *("hasPart", "cssSelector", "video", "duration", "contentUrl", "keywords", "articleSection"),
    *("license", "creditText", "width", "height", "caption", "inLanguage", "itemListElement"),
)
TYPES = (
    *("NewsArticle", "Person", "Organization", "VideoObject", "ImageObject", "WebPage", "ItemList"),
    *("LiveBlogPosting", "BreadcrumbList", "AudioObject", "Product", "Event", "", "PT1H2M", "P"),
)
CODECS = ("utf-8", "utf-16", "cp1252", "gb18030", "utf-8", "shift_jis")
CONTENT_TYPES = (
    *(
        "text/html",
        "text/html; charset=utf-8",
        "text/html; charset=gb2312",
        "",
        "a/b; charset=\x00",
    ),
    *("application/xhtml+xml", "text/html;charset=utf-16", "image/png"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What a server says: bytes and headers."""

    body: bytes
    headers: Mapping[str, str]


@dataclass(slots=True)
class _Choices:
    """Bytes as choices; when they have run out, always the first."""

    data: bytes
    at: int = 0
    open_tags: list[str] = field(default_factory=list)

    @property
    def is_over(self) -> bool:
        return self.at >= len(self.data)

    def below(self, count: int) -> int:
        if self.is_over:
            return 0
        self.at += 1
        return self.data[self.at - 1] % count

    def one(self, values: Sequence[str]) -> str:
        return values[self.below(len(values))]

    def raw(self) -> str:
        count = self.below(32)
        self.at += count
        return self.data[self.at - count : self.at].decode("utf-8", "replace")

    def value(self) -> str:
        return self.raw() if self.below(5) == 4 else self.one(VALUES)


def page(data: bytes) -> Made:
    """Make the page that these bytes choose."""
    choices = _Choices(data)
    codec = choices.one(CODECS)
    headers = {"content-type": choices.one(CONTENT_TYPES)}
    if choices.below(4) == 3:
        headers["x-robots-tag"] = choices.value()
    is_ordinary = choices.below(3)
    parts: tuple[list[str], list[str]] = ([], [])  # head and body
    where = 0
    while not choices.is_over and sum(map(len, parts[where])) < 100_000:
        if choices.below(8) == 7:
            where = 1 - where
        _add(choices, parts[where])
    head, body = ("".join(one)[:_MAX_CHARACTERS] for one in parts)
    html = document(head, body + SENTENCES_BODY) if is_ordinary else head + body
    return Made(body=html.encode(codec, "replace"), headers=headers)


SENTENCES_BODY = "".join(f"<p>{sentence}</p>" for sentence in SENTENCES)


def _add(choices: _Choices, parts: list[str]) -> None:
    match choices.below(12):
        case 0 | 1 | 2:
            parts.append(_open(choices))
        case 3:
            tag = choices.open_tags.pop() if choices.open_tags else choices.one(TAGS)
            parts.append(f"</{tag}>")
        case 4 | 5:
            parts.append(choices.one(TEXTS))
        case 6:
            kind = choices.one(("name", "property", "itemprop"))
            value = choices.value().replace("'", "")
            parts.append(f"<meta {kind}='{choices.one(METAS)}' content='{value}'>")
        case 7:
            parts.append(_json_ld(choices))
        case 8:
            parts.append(f"<p>{choices.one(TEXTS)}{choices.one(TEXTS)}</p>")
        case 9:
            _repeat(choices, parts)
        case 10:
            parts.append(choices.raw())
        case _:
            parts.append(
                choices.one(("<!--", "<![CDATA[", "<script>", "<!doctype x [", "<?xml ?>"))
            )


def _open(choices: _Choices) -> str:
    tag = choices.one(TAGS)
    choices.open_tags.append(tag)
    quote = choices.one(('"', "'", ""))
    said = "".join(
        f" {choices.one(ATTRIBUTES)}={quote}{choices.value()}{quote}"
        for _ in range(choices.below(4))
    )
    return f"<{tag}{said}>"


def _repeat(choices: _Choices, parts: list[str]) -> None:
    """Say the last pieces again and again, as far as a page may grow."""
    last = parts[-1 - choices.below(4) :]
    length = sum(map(len, last)) or 1
    most = (
        _MAX_CHARACTERS if choices.below(8) == 7 else _MAX_CHARACTERS // 20
    )  # rarely, to be quick
    times = min(2 ** choices.below(15), (most - sum(map(len, parts))) // length)
    parts.extend(last * max(0, times))


def _json_ld(choices: _Choices) -> str:
    said = json.dumps(_node(choices, 0), ensure_ascii=bool(choices.below(2)))
    if choices.below(4) == 3:
        said = said[: choices.below(256)]  # cut off
    return f'<script type="application/ld+json">{said}</script>'


def _node(choices: _Choices, depth: int) -> object:
    kind = choices.below(8) if depth < 6 else choices.below(4)
    match kind:
        case 0 | 1:
            return choices.value()
        case 2:
            return choices.one((*TYPES, *TEXTS))
        case 3:
            return (None, True, -1, 1e308, 10**30, [], {})[choices.below(7)]
        case 4:
            return [_node(choices, depth + 1) for _ in range(choices.below(6))]
    made: dict[str, object] = {"@type": choices.one(TYPES)}
    for _ in range(choices.below(8)):
        made[choices.one(KEYS)] = _node(choices, depth + 1)
    return made
