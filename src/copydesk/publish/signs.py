"""Files for programs: llms.txt, OpenSearch, web manifest and robots.txt, made from a SitePlan."""

from __future__ import annotations

from collections.abc import Collection, Iterator

import orjson

from copydesk.kit import text
from copydesk.news import Beat
from copydesk.placement import addresses
from copydesk.publish._plan import SitePlan
from copydesk.publish.writing import Sheet
from copydesk.rendering import escape_xml, quote_xml

__all__ = ["sheets"]

_TERMS = (
    "Each story is another publisher's: a headline, a short excerpt, the link to the original, who "
    "else reports it, and the reasons why it is here. Headlines and excerpts belong to their "
    "publishers; credit and link to the original, not to this site."
)
_SHORT, _LONG = 16, 48  # characters that OpenSearch allows for its two names
_LABEL = 24  # characters under an icon; phones cut longer names
_OPEN_SEARCH = "http://a9.com/-/spec/opensearch/1.1/"
_PAPER, _RED = "#fdfcf9", "#9c1c1f"


def sheets(plan: SitePlan, icons: Collection[str]) -> Iterator[Sheet]:
    """Yield llms.txt, opensearch.xml, site.webmanifest, robots.txt; `icons` are existing icons."""
    yield Sheet("llms.txt", _llms(plan))
    yield Sheet("opensearch.xml", _open_search(plan, "favicon.ico" in icons))
    yield Sheet("site.webmanifest", _manifest(plan, icons))
    if not plan.links.base:  # a robots.txt below a path would never be requested
        maps = "".join(
            f"Sitemap: {plan.links.page(name)}\n"
            for name in ("sitemap.xml", "sitemap-google-news.xml")
        )
        yield Sheet("robots.txt", f"User-agent: *\nAllow: /\n\n{maps}".encode())


def _llms(plan: SitePlan) -> bytes:
    """Return the file of llmstxt.org: a title, a summary, lists of links."""
    title = _plain(plan.beat.title)
    about, subject = _describe_subject(plan.beat)
    lines = [
        f"# {title}",
        "",
        f"> {text.shorten(_plain(about), 300) or f'News on {subject}, chosen by {title}.'}",
        "",
        _TERMS,
        "",
        "## News",
        "",
        _link("Front page", plan.links.page(""), "what matters now"),
        _link("Archive", plan.links.page("archive/"), "every story by day"),
        _link("Sources", plan.links.page("sources/"), "every publisher"),
        _link("Newest stories", plan.links.page("feed.json"), "JSON Feed"),
        _link("Newest stories", plan.links.page("feed.xml"), "Atom"),
        _link("Sitemap", plan.links.page("sitemap.xml"), "every page"),
        "",
        "## Topics",
        "",
        *(
            _link(topic.name, plan.links.page(addresses.topic_folder(topic.id)), topic.description)
            for topic in plan.topics
        ),
    ]
    on = plan.look.outputs
    interfaces = [
        *([_api(plan, "v2/openapi.json", "OpenAPI 3.1 of the files below api/v2/")] * on.api_v2),
        *([_api(plan, "v2/stories/latest.json", "the newest hundred stories, whole")] * on.api_v2),
        *(
            [_api(plan, "news/index.json", "the newest stories, as everyday.cc had them")]
            * on.api_v1
        ),
    ]
    if interfaces:
        lines += ["", "## API", "", *interfaces]
    return ("\n".join(lines) + "\n").encode()


def _describe_subject(beat: Beat) -> tuple[str, str]:
    """Return the newsroom's description of its subject, "" for none, and a short phrase for it."""
    if beat.topic or not beat.topics:
        main = next((topic for topic in beat.topics if topic.name == beat.topic), None)
        return main.description if main else "", "one subject"
    names = ", ".join(topic.name for topic in beat.topics)
    return beat.description, text.shorten(_plain(names), 200)


def _api(plan: SitePlan, path: str, about: str) -> str:
    return _link(path, f"{plan.links.api}/api/{path}", about)


def _link(name: str, address: str, about: str) -> str:
    about = text.shorten(_plain(about), 200)
    return f"- [{_plain(name)}]({address}){f': {about}' if about else ''}"


def _plain(value: str) -> str:
    """Return a text on one line, without brackets that would end a link."""
    return text.fold(value).replace("[", "(").replace("]", ")")


def _open_search(plan: SitePlan, has_icon: bool) -> bytes:
    title = text.fold(plan.beat.title)
    search = quote_xml(plan.links.page("search/") + "?q={searchTerms}")
    own = quote_xml(plan.links.page("opensearch.xml"))
    icon = escape_xml(plan.links.page("favicon.ico"))
    image = (
        f'  <Image width="32" height="32" type="image/x-icon">{icon}</Image>\n' if has_icon else ""
    )
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        f'<OpenSearchDescription xmlns="{_OPEN_SEARCH}">\n'
        f"  <ShortName>{escape_xml(_within(title, _SHORT))}</ShortName>\n"
        f"  <LongName>{escape_xml(_within(title, _LONG))}</LongName>\n"
        f"  <Description>{escape_xml(_within(f'Search the stories of {title}', 1024))}"
        "</Description>\n"
        "  <InputEncoding>UTF-8</InputEncoding>\n"
        f"{image}"
        f'  <Url type="text/html" method="get" template={search}/>\n'
        f'  <Url type="application/opensearchdescription+xml" rel="self" template={own}/>\n'
        "</OpenSearchDescription>\n"
    ).encode()


def _within(value: str, most: int) -> str:
    return text.shorten(value, most)[:most]


def _manifest(plan: SitePlan, icons: Collection[str]) -> bytes:
    title = text.fold(plan.beat.title)
    images = [
        {"src": plan.links.href("icon.svg"), "sizes": "any", "type": "image/svg+xml"},
        *(
            {
                "src": plan.links.href(name),
                "sizes": f"{size}x{size}",
                "type": "image/png",
                "purpose": purpose,
            }
            for name, size, purpose in (
                ("icon-192.png", 192, "any"),
                ("icon-512.png", 512, "any"),
                ("icon-maskable.png", 512, "maskable"),
            )
            if name in icons
        ),
    ]
    made = {
        "id": plan.links.href(""),
        "name": title,
        "short_name": _within(title, _LABEL),
        "lang": plan.beat.locale,
        "start_url": plan.links.href(""),
        "scope": plan.links.href(""),
        "display": "browser",
        "background_color": _PAPER,
        "theme_color": _RED,
        "icons": images,
    }
    return orjson.dumps(made, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
