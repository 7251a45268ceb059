"""Make files for crawlers: sitemaps, robots.txt, llms.txt, OpenSearch, web app manifest.

Sitemaps are everyday.cc's files, ours by month, and an index (SPEC 5.3):

    news-sitemap.xml              stories that the site itself hosts: those without a webUrl
    learning-, sample-, …         hosted records of the collections, as in everyday.cc
    sitemap-news-2026-11.xml      the story pages of a month
    sitemap-pages.xml             front, about, topics, sources, months, days, archive, the lists of
                                  collections, learning paths
    sitemap-pages-2.xml           pages beyond the 50,000 URLs that a file may have
    sitemap-google-news.xml       the stories of the last two days
    sitemap.xml                   the index of all but the last

In everyday.cc the `lastmod` of samples and people was the day of the last write, which no record
has. Here a sample has its publishing time, a person none.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import takewhile

import orjson

from copydesk.catalogue.page_entries import MONTH, StoryEntry
from copydesk.kit import dates, text
from copydesk.news import Beat, Record, Story
from copydesk.news.beat import Reuse
from copydesk.placement import addresses
from copydesk.publish._plan import AnyOutput, Output, SitePlan
from copydesk.publish._story_reader import (
    COLLECTIONS,
    SHELVES,
    is_shown,
    page_address,
    page_folder,
    rank,
)
from copydesk.publish.writing import Sheet
from copydesk.rendering import escape_xml, quote_xml

_HEAD = '<?xml version="1.0" encoding="utf-8"?>\n'
_SPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
_NEWS_SPACE = "http://www.google.com/schemas/sitemap-news/0.9"
_STORIES = "sitemap-news-"
PAGES = "sitemap-pages"  # the beginning of the names of files that list pages
OUTPUTS: tuple[Output[SitePlan], ...] = (
    Output(key=MONTH, place=lambda month: f"{_STORIES}{month}", is_split=True),
)
_GOOGLE_DAYS = 2
_GOOGLE_MOST = 1000


@dataclass(frozen=True, slots=True)
class _Page:
    """One entry of a sitemap: URL, time of the last change ("" if unknown), change frequency."""

    address: str
    changed: str = ""
    frequency: str = ""


_StoryPage = tuple[str, str]  # a story's name and when it changed


@dataclass(frozen=True, slots=True)
class _Map:
    """One sitemap file: its path and entries; `month` is that of its stories, "" for
    other pages.
    """

    path: str
    pages: Sequence[_Page | _StoryPage]
    month: str = ""


def sitemap_files(plan: SitePlan, outputs: Iterable[AnyOutput]) -> Iterator[Sheet]:
    """Yield all sitemaps and their index; `outputs` are the kinds of pages that the site has."""
    maps = list(_maps(plan, outputs))
    for sitemap in maps:
        if not sitemap.month or plan.wanted(MONTH.name, sitemap.month):
            yield Sheet(sitemap.path, _urlset(_page(page, plan) for page in sitemap.pages))
    yield Sheet("sitemap-google-news.xml", _google_news(plan))
    yield Sheet("sitemap.xml", _index(plan, maps))


def _page(page: _Page | _StoryPage, plan: SitePlan) -> _Page:
    """Return the complete sitemap entry of a page, which for a story is made only now."""
    if isinstance(page, _Page):
        return page
    name, changed = page
    return _Page(plan.links.page(addresses.story_folder(f"{name}.md")), changed)


def _maps(plan: SitePlan, outputs: Iterable[AnyOutput]) -> Iterator[_Map]:
    yield _Map(
        "news-sitemap.xml",
        [
            _Page(_address(story, plan), _offset(story.published_at), "hourly")
            for story in plan.stories_of(plan.index.only_here())
        ],
    )
    for collection, (name, frequency) in COLLECTIONS.items():
        records = plan.records.get(collection, ())
        if records:
            pages = [_record_page(record, plan, frequency) for record in rank(records)]
            yield _Map(f"{name}-sitemap.xml", [page for page in pages if page is not None])
    yield from _by_month(plan)
    listed = [_Page(plan.links.page(path)) for path in _pages(plan, outputs)]
    yield from (_Map(path, pages) for path, pages in _split(PAGES, listed, plan.look.sizes.sitemap))


def _record_page(record: Record, plan: SitePlan, frequency: str) -> _Page | None:
    """Return the sitemap entry of a record's own page; None for learning paths, as everyday.cc."""
    address = page_address(record, plan.links)
    if "items" in record.fields or address is None:
        return None
    published = record.fields.get("publishedDateTime")
    if not isinstance(published, datetime):
        return _Page(address, "", frequency)
    return _Page(address, plan.local(published).isoformat(timespec="seconds"), frequency)


def _by_month(plan: SitePlan) -> Iterator[_Map]:
    for month, count in plan.counts[MONTH.name].items():
        stories = plan.index.pages_under(MONTH.name, month, count)
        for path, pages in _split(f"{_STORIES}{month}", stories, plan.look.sizes.sitemap):
            yield _Map(path, pages, month)


def _split(
    name: str, pages: Sequence[_Page | _StoryPage], size: int
) -> Iterator[tuple[str, Sequence[_Page | _StoryPage]]]:
    """Yield the files for a list of pages: `NAME.xml`, `NAME-2.xml`, …"""
    for number, start in enumerate(range(0, len(pages), size), 1):
        yield f"{name}-{number}.xml" if start else f"{name}.xml", pages[start : start + size]


def _pages(plan: SitePlan, outputs: Iterable[AnyOutput]) -> Iterator[str]:
    shown = [output for output in outputs if output.is_on(plan.look)]
    indexes = (output.index for output in shown if output.index and output.has_index(plan))
    yield from ("", "about/", "method/", *indexes)
    for output in shown:
        yield from map(output.place, output.values(plan))
    yield from _record_pages(plan)


def _record_pages(plan: SitePlan) -> Iterator[str]:
    """Yield the list pages of each collection, and the pages of learning paths."""
    shelves = (*SHELVES, "newsletters", "sponsorships")
    yield from (f"{name}/" for name in shelves if is_shown(plan.records.get(name, ())))
    paths = (r for r in rank(plan.records.get("learning", ())) if "items" in r.fields)
    yield from (page_folder(record) for record in paths)
    yield from map(addresses.letter_folder, plan.letters.listed_titles)
    yield from map(addresses.digest_folder, plan.letters.digests)


def _address(story: Story, plan: SitePlan) -> str:
    return plan.links.page(addresses.story_folder(story.path))


def _offset(moment: datetime | None) -> str:
    return dates.utc(moment).isoformat(timespec="seconds") if moment else ""


def _urlset(pages: Iterable[_Page]) -> bytes:
    """Return a sitemap in everyday.cc's exact bytes: indented by two, no final line feed."""
    entries = "".join(_url(page) for page in pages)
    if not entries:
        return f'{_HEAD}<urlset xmlns="{_SPACE}" />'.encode()
    return f'{_HEAD}<urlset xmlns="{_SPACE}">\n{entries}</urlset>'.encode()


def _url(page: _Page) -> str:
    lines = [f"    <loc>{escape_xml(page.address)}</loc>\n"]
    if page.changed:
        lines.append(f"    <lastmod>{page.changed}</lastmod>\n")
    if page.frequency:
        lines.append(f"    <changefreq>{page.frequency}</changefreq>\n")
        lines.append("    <priority>1</priority>\n")
    return f"  <url>\n{''.join(lines)}  </url>\n"


def _google_news(plan: SitePlan) -> bytes:
    """Return the sitemap of the edition's last two days, in the form of Google News."""
    fresh = plan.stories_of(_list_recent(plan)[:_GOOGLE_MOST])
    entries = "".join(_google_entry(story, plan) for story in fresh)
    spaces = f'xmlns="{_SPACE}" xmlns:news="{_NEWS_SPACE}"'
    return f"{_HEAD}<urlset {spaces}>\n{entries}</urlset>\n".encode()


def _list_recent(plan: SitePlan) -> list[StoryEntry]:
    oldest = plan.at - timedelta(days=_GOOGLE_DAYS)
    since, until = dates.utc(oldest).timestamp(), dates.utc(plan.at).timestamp()
    newest = takewhile(lambda entry: entry.when > since, plan.stories.entries)
    return [entry for entry in newest if entry.is_dated and entry.when <= until]


def _google_entry(story: Story, plan: SitePlan) -> str:
    language = (story.language or plan.beat.locale).lower()
    if not language.startswith("zh-"):
        language = language.partition("-")[0]
    return (
        "  <url>\n"
        f"    <loc>{escape_xml(_address(story, plan))}</loc>\n"
        "    <news:news>\n"
        "      <news:publication>\n"
        f"        <news:name>{escape_xml(plan.beat.title)}</news:name>\n"
        f"        <news:language>{escape_xml(language)}</news:language>\n"
        "      </news:publication>\n"
        f"      <news:publication_date>{_offset(story.published_at)}</news:publication_date>\n"
        f"      <news:title>{escape_xml(story.title)}</news:title>\n"
        "    </news:news>\n"
        "  </url>\n"
    )


def _index(plan: SitePlan, maps: Iterable[_Map]) -> bytes:
    entries = "".join(
        f"  <sitemap>\n    <loc>{escape_xml(plan.links.page(path))}</loc>\n  </sitemap>\n"
        for path in (sitemap.path for sitemap in maps if sitemap.pages)
    )
    return f'{_HEAD}<sitemapindex xmlns="{_SPACE}">\n{entries}</sitemapindex>\n'.encode()


# Files for programs: llms.txt, OpenSearch, web manifest and robots.txt, made from a SitePlan.

_TERMS = (
    "Each story belongs to another publisher. This site shows its headline, a short excerpt, a "
    "link to the original article, other coverage, and the reasons why it was chosen. Credit and "
    "link to the original article, not to this site."
)
_SHORT, _LONG = 16, 48  # characters that OpenSearch allows for its two names
_LABEL = 24  # characters under an icon; phones cut longer names
# by the owner's choice, what programs may do (contentsignals.org)
_SIGNALS: Mapping[Reuse, str] = {
    "unstated": "",
    "search": "Content-Signal: search=yes, ai-input=no, ai-train=no\n",
    "answer": "Content-Signal: search=yes, ai-input=yes, ai-train=no\n",
    "train": "Content-Signal: search=yes, ai-input=yes, ai-train=yes\n",
}
_OPEN_SEARCH = "http://a9.com/-/spec/opensearch/1.1/"
_PAPER, _RED = "#fdfcf9", "#9c1c1f"


def program_files(plan: SitePlan, icons: Collection[str]) -> Iterator[Sheet]:
    """Yield llms.txt, opensearch.xml, site.webmanifest, robots.txt. `icons` are the icons' file
    names.
    """
    yield Sheet("llms.txt", _llms(plan))
    yield Sheet("opensearch.xml", _open_search(plan, "favicon.ico" in icons))
    yield Sheet("site.webmanifest", _manifest(plan, icons))
    if not plan.links.base:  # a robots.txt below a path would never be requested
        names = ["sitemap.xml", *["sitemap-google-news.xml"] * bool(_list_recent(plan))]
        maps = "".join(f"Sitemap: {plan.links.page(name)}\n" for name in names)
        signal = _SIGNALS[plan.beat.reuse]
        yield Sheet("robots.txt", f"User-agent: *\n{signal}Allow: /\n\n{maps}".encode())


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
        _link("Front page", plan.links.page(""), "the top stories now"),
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
        *([_api(plan, "v2/stories/latest.json", "the newest 100 stories in full")] * on.api_v2),
        *(
            [_api(plan, "news/index.json", "the newest stories, in the format of everyday.cc")]
            * on.api_v1
        ),
    ]
    if interfaces:
        lines += ["", "## API", "", *interfaces]
    return ("\n".join(lines) + "\n").encode()


def _describe_subject(beat: Beat) -> tuple[str, str]:
    """Return the site's description of its subject ("" if there is none), and a short phrase."""
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
        "theme_color": plan.beat.accent or _RED,
        "icons": images,
    }
    return orjson.dumps(made, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
