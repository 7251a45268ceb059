"""Pages made to hurt a reader: huge, deep, broken, contradictory. Made by code, a name for each.

Each is made when it is read: whoever only wants the names waits for none.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from extract.given import BODY, SENTENCES, document

PARAGRAPH = f"<p>{' '.join(SENTENCES)}</p>"
MB = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Hostile:
    """A page; `survives` says that its article must still be found."""

    body: Callable[[], str | bytes]
    survives: bool = False
    headers: Mapping[str, str] = field(default_factory=lambda: {"content-type": "text/html"})

    def made(self) -> bytes:
        """Make its bytes."""
        body = self.body()
        return body if isinstance(body, bytes) else body.encode("utf-8", "surrogatepass")


def _page(
    head: Callable[[], str] = str, *, body: Callable[[], str] = str, survives: bool = True
) -> Hostile:
    return Hostile(body=lambda: document(head(), BODY + body()), survives=survives)


def _made(body: Callable[[], str | bytes], *, survives: bool = False) -> Hostile:
    return Hostile(body=body, survives=survives)


def _ld(value: object) -> str:
    said = value if isinstance(value, str) else json.dumps(value)
    return f'<script type="application/ld+json">{said}</script>'


def _deep(depth: int) -> str:
    return '{"@type":"NewsArticle","about":' * depth + "1" + "}" * depth


def _entities() -> str:
    levels = "".join(f'<!ENTITY e{level} "{f"&e{level - 1};" * 10}">' for level in range(1, 10))
    return f'<!DOCTYPE html [<!ENTITY e0 "ha">{levels}]>' + document("", f"{BODY}<p>&e9;</p>")


def _five_charsets() -> bytes:
    head = (
        '<meta charset="koi8-r"><meta http-equiv="content-type" content="text/html;charset=big5">'
        '<meta charset="utf-16"><meta name="charset" content="shift_jis">'
    )
    html = "<?xml version='1.0' encoding='iso-8859-7'?>" + document(head)
    return html.replace("ferry", "färja").encode()


def _many(piece: str, count: int) -> str:
    return piece * count


def _nested(tag: str, depth: int, inner: str) -> str:
    return f"<{tag}>" * depth + inner + f"</{tag.split(maxsplit=1)[0]}>" * depth


_NEWS = {"@type": "NewsArticle", "headline": "Ferry runs aground off Saltholm"}
_PEOPLE = [{"@type": "Person", "@id": f"#{n}", "name": f"Ada {n}"} for n in range(2_000)]
_BIDI = "\u202e\u2066\u202b"


def _referring(key: str) -> Hostile:
    """Name the same as this so often that whoever looks each up looks for an hour."""
    return _page(lambda: _ld({**_NEWS, key: [{"@id": "x"}] * 120_000}) + _ld(_PEOPLE))


DEEP = {
    "200k nested div": _made(lambda: document("", "<div>" * 200_000)),
    "200k nested b": _made(lambda: document("", "<b>" * 200_000)),
    "200k nested a": _made(lambda: document("", "<a href=/>" * 200_000)),
    "20k nested tables": _made(lambda: document("", "<table><tr><td>" * 20_000)),
    "20k nested lists": _made(lambda: document("", "<ul><li>" * 20_000)),
    "20k nested templates": _made(lambda: document("", BODY + "<template>" * 20_000)),
    "20k nested svg": _made(lambda: document("", BODY + "<svg><foreignObject>" * 20_000)),
    "240 levels under the limit": _made(
        lambda: document("", "<div>" * 120 + "<blockquote>" * 100 + BODY)
    ),
    "formatting left open in each of 5k paragraphs": _made(
        lambda: document("", "<p><b><i><a href=/>" * 5_000)
    ),
}

HUGE = {
    "20 MB of attributes": _made(lambda: document("", "<p " + "a='1' " * (20 * MB // 6) + ">")),
    "one attribute of 20 MB": _made(lambda: document("", f"<p title='{'x' * 20 * MB}'>{BODY}")),
    "9 MB of attributes": _made(lambda: document("", "<p a='1' b='2'>" * (9 * MB // 15))),
    "one attribute of 9 MB": _made(
        lambda: document("", f"<p title='{'x ' * (9 * MB // 2)}'></p>{BODY}"), survives=True
    ),
    "one word of 9 MB": _made(lambda: document("", f"{BODY}<p>{'x' * 9 * MB}")),
    "9 MB of one word without markup": _made(lambda: "x" * 9 * MB),
    "one paragraph of 5 MB": _made(lambda: document("", f"<p>{' '.join(SENTENCES) * 12_000}")),
    "a title of 1 MB": _made(lambda: document(title="Ferry aground " * (MB // 14))),
    "a headline of 1 MB": _made(
        lambda: document("", f"<h1>{'Ferry aground ' * (MB // 14)}</h1>{BODY}", title="")
    ),
    "a million p": _made(lambda: document("", "<p>" * MB)),
    "100k links": _made(lambda: document("", "<a href=/a>a link to more</a> " * 100_000)),
    "a cell over a billion columns": _page(
        body=lambda: "<table><tr><td colspan=1000000000 rowspan=1000000000>1</table>"
    ),
    "30k times": _made(
        lambda: document("", BODY + "<time datetime=2026-03-09>9 March 2026</time>" * 30_000)
    ),
    "10k frames": _made(
        lambda: document("", BODY + "<iframe src=https://v.example/embed/1></iframe>" * 10_000)
    ),
    "10k videos": _made(
        lambda: document("", BODY + "<video><source src=/a.mp4 type=video/mp4></video>" * 10_000)
    ),
    "5 MB of white space": _made(lambda: document("", BODY.replace(" ", " \n\t" * 20_000))),
    "srcset of 100k": _page(
        body=lambda: (
            f"<img src=/a.jpg srcset='{','.join(f'/p{n}.jpg {n}w' for n in range(100_000))}'>"
        )
    ),
    "srcset of 1 MB of commas": _page(
        body=lambda: f"<img srcset='{',' * MB}'><img srcset='{'a ' * MB}'>"
    ),
    "200 sources": _page(
        body=lambda: "<picture>" + "<source srcset='/a.webp 1x'>" * 200 + "<img src=/a>"
    ),
}

_LONG = "The ferry ran aground. " * 160_000
_SECTIONS = "".join(f"<div data-nosnippet>{n} {PARAGRAPH * 40}</div>" for n in range(200))

# Each cost up to 40 seconds once: everything in it was looked at once for each of its parts.
SLOW = {
    "200 sections in one another that must not be quoted": _made(
        lambda: document("", BODY + _nested("div data-nosnippet", 200, f"<p>{_LONG}</p>"))
    ),
    "200 sections beside 5k blocks": _made(
        lambda: document(
            "", "".join(f"<p>{n} {SENTENCES[n % 5]}</p>" for n in range(5_000)) + _SECTIONS
        )
    ),
    "25k marked sentences": _made(
        lambda: document(
            "", f"<p>{'It is no. ' * 10_000}<p data-nosnippet>{'No, it is. ' * 15_000}"
        )
    ),
    **{f"100k references as {key}": _referring(key) for key in ("author", "about", "publisher")},
    "nodes with many addresses": _page(
        lambda: _ld([{**_NEWS, "url": [f"h{n}" for n in range(160)]}] * 1_200)
    ),
    "200 bylines in one another": _made(
        lambda: document(
            "", BODY + _nested("div class=byline itemprop=author", 200, "By Ada Holm " * 300_000)
        )
    ),
    "39 tags in one another": _made(
        lambda: document("", f"{BODY}<div>{'<a rel=tag>' * 39}{'The ferry ' * 400_000}")
    ),
    "90k links 235 deep": _made(
        lambda: document("", BODY + "<div>" * 235 + "<a href=/a>news</a>" * 90_000)
    ),
}

MALFORMED = {
    "nothing but NUL": _made(lambda: b"\0" * MB),
    "NUL in every tag": _made(lambda: document().replace("<", "<\0").replace("e", "e\0")),
    "five charsets": Hostile(
        body=_five_charsets,
        survives=True,
        headers={"content-type": "text/html; charset=windows-1251"},
    ),
    "utf-16 without a mark": _made(lambda: document().encode("utf-16-le")),
    "utf-16, odd number of bytes": _made(lambda: document().encode("utf-16")[:-1], survives=True),
    "utf-32": _made(lambda: document().encode("utf-32")),
    "utf-7": _made(lambda: document("<meta charset=utf-7>").replace("<p>", "+ADw-p+AD4-")),
    "lone surrogates": _made(lambda: document("", BODY.replace("ferry", "f\ud800erry"))),
    "comment left open": _made(lambda: document("", BODY + "<!-- " + PARAGRAPH * 100)),
    "script left open": _made(lambda: document("", BODY + "<script>" + PARAGRAPH * 100)),
    "style left open": _made(lambda: document("", BODY + "<style>" + PARAGRAPH * 100)),
    "title left open": _made(lambda: "<title>Ferry runs aground" + BODY * 100),
    "textarea left open": _made(lambda: document("", BODY + "<textarea>" + PARAGRAPH * 100)),
    "CDATA left open": _made(lambda: document("", BODY + "<![CDATA[" + PARAGRAPH * 100)),
    "5 MB of <": _made(lambda: document("", BODY + "<" * 5 * MB)),
    "5 MB of </": _made(lambda: document("", BODY + "</" * (5 * MB // 2))),
    "5 MB of <!--": _made(lambda: document("", BODY + "<!--" * (5 * MB // 4))),
    "5 MB of <!-- -->": _made(lambda: document("", BODY + "<!---->" * (5 * MB // 7))),
    "5 MB of <a and a quote": _made(lambda: document("", BODY + "<a href='" * (5 * MB // 9))),
    "5 MB of <script": _made(lambda: document("", BODY + "<script" * (5 * MB // 7))),
    "5 MB of <meta": _made(lambda: "<meta name='date' content='" * (5 * MB // 27) + BODY),
    "5 MB of &": _made(lambda: document("", f"{BODY}<p>{'&' * 5 * MB}")),
    "1 MB of entities": _made(lambda: document("", f"{BODY}<p>{'&#x41;&amp;&lt;' * 70_000}")),
    "an entity of 1 MB": _page(body=lambda: f"<p>&{'a' * MB};&#{'9' * MB};&#x{'f' * MB};"),
    "entities of entities": _made(_entities),
    "plaintext": _made(lambda: document("", BODY + "<plaintext>" + PARAGRAPH * 1_000)),
    "frameset": _made(lambda: "<frameset>" + "<frame src=/a>" * 10_000 + "</frameset>" + BODY),
    "xmp and listing": _made(lambda: document("", BODY + ("<xmp>" + PARAGRAPH) * 100)),
    "closing tags alone": _made(lambda: "</div></p></table>" * 100_000 + document()),
    "refresh to itself": _page(
        lambda: '<meta http-equiv=refresh content="0;url=/2026/03/ferry">' * 50
    ),
    "many bodies": _made(lambda: document() * 500),
    "gzip inside": _made(lambda: gzip.compress(document().encode())),
    "random looking bytes": _made(lambda: bytes(n * n * 31 % 256 for n in range(MB))),
}

DECLARED = {
    "broken JSON-LD": _page(lambda: _ld('{"@type": "NewsArticle", "headline": "Ferry')),
    "JSON-LD of 5 MB": _page(lambda: _ld({**_NEWS, "articleBody": "The ferry. " * (5 * MB // 11)})),
    "JSON-LD 900 deep": _page(lambda: _ld(_deep(900))),
    "JSON-LD 10,000 deep": _page(lambda: _ld(_deep(10_000))),
    "JSON-LD lists 100,000 deep": _page(lambda: _ld("[" * 100_000)),
    "JSON-LD of 100k nodes": _page(
        lambda: _ld([{"@type": "Thing", "@id": f"#{n}"} for n in range(100_000)])
    ),
    "JSON-LD of 30k articles": _page(lambda: _ld([_NEWS] * 30_000), survives=False),
    "JSON-LD that points in circles": _page(
        lambda: _ld({"@graph": [{**_NEWS, "@id": "#a", "author": {"@id": "#a"}, "isPartOf": "#a"}]})
    ),
    "JSON-LD with 100k authors": _page(
        lambda: _ld(
            {**_NEWS, "author": [{"@type": "Person", "name": f"Ada {n}"} for n in range(100_000)]}
        )
    ),
    "JSON-LD with 100k pictures": _page(
        lambda: _ld({**_NEWS, "image": [f"https://a.example/{n}.jpg" for n in range(100_000)]})
    ),
    "JSON-LD with a number of 5,000 digits": _page(
        lambda: _ld(f'{{"@type":"NewsArticle","wordCount":{"9" * 5_000}}}')
    ),
    "JSON-LD with numbers for words": _page(
        lambda: _ld({"@type": "NewsArticle", "headline": 1, "author": [None, 2.5, {"name": []}]})
    ),
    "JSON-LD with infinite numbers": _page(
        lambda: _ld(
            '{"@type":"VideoObject","duration":1e999,"width":NaN,"datePublished":-Infinity}'
        )
    ),
    "3,000 JSON-LD": _page(lambda: _ld(_NEWS) * 3_000),
    "5 MB of script with dates": _page(
        lambda: (
            "<script>var a={"
            + '"datePublished":"2026-03-09","date":1773000000000,' * 100_000
            + "}</script>"
        )
    ),
    "5 MB of script without an end in sight": _page(
        lambda: f'<script>window.__STATE__={{"date{"Published" * 550_000}</script>'
    ),
    "description of 5 MB": _page(lambda: f"<meta name=description content='{'Word ' * MB}'>"),
    "author of 1 MB": _page(lambda: f"<meta name=author content='{'By Ada Holm and ' * 60_000}'>"),
    "byline of 1 MB": _page(body=lambda: f"<p class=byline>{'By Ada Holm, ' * 80_000}</p>"),
    "keywords of 1 MB": _page(lambda: f"<meta name=keywords content='{'a,' * (MB // 2)}'>"),
    "robots of 1 MB": _page(
        lambda: f"<meta name=robots content='{'noai,max-snippet:-1,' * 50_000}'>"
    ),
    "date of 1 MB of digits": _page(
        lambda: f"<meta property='article:published_time' content='{'2026-03-09' * (MB // 10)}'>"
    ),
    "canonical of 1 MB": _page(
        lambda: f"<link rel=canonical href='https://a.example/{'a/' * (MB // 2)}'>"
    ),
    "site name of 1 MB": _page(
        lambda: f"<meta property='og:site_name' content='{'Gull - ' * 140_000}'>"
    ),
    "title of dashes": _made(lambda: document(title="Ferry - " * 100_000)),
    "microdata 200 deep": _page(
        body=lambda: "<div itemscope itemtype=https://schema.org/NewsArticle itemprop=a>" * 120
    ),
    "inline style of 1 MB": _page(
        body=lambda: f"<p style='{'display:none;' * (MB // 13)}'>hidden</p>"
    ),
    "class of 1 MB": _page(
        body=lambda: f"<div class='{'article-body ' * (MB // 13)}'>{PARAGRAPH}</div>"
    ),
    "base as a script": _page(lambda: "<base href='javascript:alert(1)'>"),
    "base to a file": _page(lambda: "<base href='file:///etc/passwd'>"),
    "base of 1 MB": _page(lambda: f"<base href='https://a.example/{'a' * MB}'>"),
    "base that is broken": _page(lambda: "<base href='http://[::1'><base href='//'>"),
    "header of 1 MB": Hostile(
        body=document,
        survives=True,
        headers={
            "content-type": "text/html; charset=" + "x" * MB,
            "x-robots-tag": "noai, " * 200_000,
            "link": "</a>; rel=license, " * 50_000,
            "content-usage": "train-ai=n, " * 80_000,
            "tdm-reservation": "1" * MB,
        },
    ),
}


def _filled(piece: str) -> Hostile:
    """Fill three megabytes of a paragraph with one piece."""
    times = 3 * MB // len(piece.encode())
    return _page(body=lambda: f"<p>{piece * times}", survives=False)


WORDS = {
    name: _filled(piece)
    for name, piece in {
        "3 MB of By": "By ",
        "3 MB of dashes": " - ",
        "3 MB of digits": "2026-03-",
        "3 MB of dots": ". ",
        "3 MB of brackets": "([{",
        "3 MB of addresses": "https://a.example/ ",
        "3 MB of mail": "a@b.",
        "3 MB of combining marks": "\u0301",
        "3 MB of turned letters": "\u202eא",
        "3 MB of Chinese": "渡船在清晨搁浅",
        "3 MB of Thai": "เรือข้ามฟากเกยตื้น",
        "3 MB of joined emoji": "👩\u200d",
        "3 MB of credits": "(Reuters) - ",
        "3 MB of notices": "Read more: Follow us on ",
        "3 MB of capitals": "A.B. ",
        "3 MB of quotes": "“‘",
        "3 MB of pipes": "| ",
        "3 MB of backticks": "```\n",
        "3 MB of backslashes": "\\|",
        "3 MB of no-break spaces": "\u00a0",
        "3 MB of soft hyphens": "a\u00ad",
    }.items()
}

PAGES: dict[str, Hostile] = {**DEEP, **HUGE, **SLOW, **MALFORMED, **DECLARED, **WORDS}
