"""Make feeds (Atom, RSS 2.0, JSON Feed 1.1) of site, topics, publishers, lists, newsletters.

Also the short forms in which newsletters show stories and other records.

A feed has the newest 30 stories: title, excerpt, credit, the summary of the event with its label,
the editors' note, and a link to the original. The id of an entry is the URL of our page for the
story, which never changes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import islice

import orjson

from copydesk.catalogue.page_entries import LETTER
from copydesk.kit import dates, text, urls
from copydesk.news import Record, Story
from copydesk.news.letter import IssueLink, IssuePicture, IssueStory
from copydesk.placement import Coverage, addresses
from copydesk.publish import _pictures, _story_reader
from copydesk.publish._pictures import Picture
from copydesk.publish._plan import (
    Output,
    SitePlan,
    make,
    of_matters,
    of_publishers,
    of_reading_lists,
    of_topics,
)
from copydesk.publish.developments import say_label
from copydesk.publish.issues import ShelvedIssue
from copydesk.publish.writing import Sheet
from copydesk.rendering import (
    Strings,
    escape_xml,
    language_tag,
    load_strings,
    quote_xml,
    render_note,
)

__all__ = ["OUTPUTS", "change_files", "sheets", "tell_records", "tell_story"]

_NEWEST = 30
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_HEAD = '<?xml version="1.0" encoding="utf-8"?>\n'
_MEDIA = ' xmlns:media="http://search.yahoo.com/mrss/"'


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    """A story as all feed formats show it: plain text, absolute URLs, times in UTC.

    `names` are its publisher, then its authors.
    """

    page: str
    link: str
    title: str
    excerpt: str
    names: tuple[str, ...]
    domain: str
    published: datetime
    updated: datetime
    topics: tuple[str, ...]
    language: str
    picture: Picture | None
    content: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Feed:
    """The values of a feed that all three formats share; `folder` is the folder of the
    three files.
    """

    folder: str
    title: str
    home: str
    language: str
    hub: str
    about: str
    entries: tuple[_Entry, ...]

    @property
    def updated(self) -> datetime:
        """Return the time of the feed's newest entry. It stays the same while no entry changes."""
        return max((entry.updated for entry in self.entries), default=_NEVER)


class Feeds:
    """Makes the feeds of a site; the feed entry of each story is made only once.

    `strings` are the site's own words; without them those of its language are used.
    """

    def __init__(self, plan: SitePlan, strings: Strings | None = None) -> None:
        self.plan, self.strings = plan, strings
        self._made: dict[str, _Entry] = {}

    def of_topic(self, id_: str) -> Iterator[Sheet]:
        """Yield the feed files of a topic."""
        topic = next(topic for topic in self.plan.topics if topic.id == id_)
        title = f"{topic.name} – {self.plan.beat.title}"
        return self.files(addresses.topic_folder(id_), title, self.plan.by_topic.get(id_, ()))

    def of_source(self, domain: str) -> Iterator[Sheet]:
        """Yield the feed files of a publisher."""
        stories = self.plan.by_publisher[domain]
        title = f"{stories.entries[0].publisher or domain} – {self.plan.beat.title}"
        return self.files(addresses.source_folder(domain), title, stories)

    def of_list(self, list_id: str) -> Iterator[Sheet]:
        """Yield the feed files of an editors' reading list: its first stories, in the
        list's order.
        """
        plan, listed = self.plan, self.plan.lists[list_id]
        title = f"{listed.title} – {plan.beat.title}"
        stories = [story for story, _ in plan.read_list(listed)]
        return self.files(addresses.list_folder(list_id), title, stories)

    def of_matter(self, name: str) -> Iterator[Sheet]:
        """Yield the feed files of a matter: its events, each by its main story."""
        title = f"{self.plan.matters.title(name)} – {self.plan.beat.title}"
        entries = self.plan.events_of(name)
        return self.files(addresses.matter_folder(name), title, self.plan.stories_of(entries))

    def of_letters(self) -> Iterator[Sheet]:
        """Yield the feed of all newsletter issues, and one for each newsletter if there are
        several.
        """
        shelf, title = self.plan.letters, self.plan.beat.title
        if not shelf.issues or not self.plan.wanted.of_key(LETTER.name):
            return
        issues = map(self._issue, shelf.issues[:_NEWEST])
        yield from self.write_files("newsletters/", title, issues)
        for letter, name in shelf.listed_titles.items():
            issues = map(self._issue, shelf.of_letter(letter)[:_NEWEST])
            yield from self.write_files(addresses.letter_folder(letter), name, issues)

    def files(self, folder: str, title: str, stories: Sequence[Story]) -> Iterator[Sheet]:
        """Yield an Atom, an RSS and a JSON feed of the given stories, in one folder."""
        return self.write_files(folder, title, map(self._entry, stories[:_NEWEST]))

    def write_files(self, folder: str, title: str, entries: Iterable[_Entry]) -> Iterator[Sheet]:
        """Yield an Atom, an RSS and a JSON feed of the given entries, in one folder."""
        plan = self.plan
        feed = _Feed(
            folder=folder,
            title=text.fold(title),
            home=plan.links.page(folder),
            language=plan.beat.locale if _LANGUAGE.fullmatch(plan.beat.locale) else "",
            hub=plan.beat.hub,
            about="" if folder else text.fold(plan.beat.description),
            entries=tuple(entries),
        )
        for name, write in (("feed.xml", _atom), ("rss.xml", _rss), ("feed.json", _json)):
            yield Sheet(folder + name, write(feed, plan.links.page(folder + name)))

    def _issue(self, issue: ShelvedIssue) -> _Entry:
        """Return a newsletter issue as a feed entry that links to its page."""
        record = issue.record
        page = self.plan.links.page(_story_reader.page_folder(record))
        sent, topics = (record.fields.get(key) for key in ("publishedDateTime", "topics"))
        at = dates.utc(sent).replace(microsecond=0) if isinstance(sent, datetime) else _NEVER
        letter = self.plan.letters.listed_titles.get(issue.letter, "")
        named = topics if isinstance(topics, list) else []
        return _Entry(
            page=page,
            link=page,
            title=issue.subject or _story_reader.first_text(record, "title") or "Untitled",
            excerpt=_story_reader.first_text(record, "excerpt"),
            names=(letter,) if issue.subject and letter else (),
            domain="",
            published=at,
            updated=at,
            topics=tuple(folded for name in named if (folded := text.fold(str(name)))),
            language="",
            picture=None,
            content="",
        )

    def _entry(self, story: Story) -> _Entry:
        if story.path not in self._made:
            self._made[story.path] = _entry(story, self.plan, self.strings)
        return self._made[story.path]


OUTPUTS: tuple[Output[Feeds], ...] = (
    of_topics(addresses.topic_folder, Feeds.of_topic),
    of_publishers(addresses.source_folder, Feeds.of_source),
    of_reading_lists(addresses.list_folder, Feeds.of_list),
    of_matters(addresses.matter_folder, Feeds.of_matter),
)


def sheets(plan: SitePlan, strings: Strings | None = None) -> Iterator[Sheet]:
    """Yield feeds (Atom, RSS, JSON) of site, topics, publishers, reading lists, newsletters."""
    made = Feeds(plan, strings)
    yield from made.files("", plan.beat.title, plan.stories)
    yield from made.of_letters()
    for output in OUTPUTS:
        yield from make(output, made, plan)


def change_files(
    plan: SitePlan, folder: str, title: str, changes: Iterable[tuple[datetime, Story, str]]
) -> Iterator[Sheet]:
    """Yield an Atom, an RSS and a JSON feed of changes of stories: when, which, a sentence."""
    entries = (_change(*change, plan) for change in islice(changes, _NEWEST))
    return Feeds(plan).write_files(folder, title, entries)


def _change(at: datetime, story: Story, words: str, plan: SitePlan) -> _Entry:
    entry, at = _entry(story, plan), dates.utc(at).replace(microsecond=0)
    page = f"{entry.page}#{dates.rfc3339(at)}"
    return replace(
        entry, page=page, excerpt=words, published=at, updated=at, picture=None, content=""
    )


def _entry(story: Story, plan: SitePlan, strings: Strings | None = None) -> _Entry:
    page = plan.links.page(addresses.story_folder(story.path))
    published = dates.utc(story.published_at or _NEVER).replace(microsecond=0)
    updated = dates.utc(story.updated_at or published).replace(microsecond=0)
    domain = addresses.addressable_domain(story.provider.domain) if story.provider else ""
    publisher = text.fold(story.provider.name if story.provider else "") or domain
    names = (publisher, *(author.name for author in story.authors))
    return _Entry(
        page=page,
        link=urls.fetchable(story.web_url) or page,
        title=text.fold(story.title) or "Untitled",
        excerpt=text.fold(story.excerpt),
        names=tuple(dict.fromkeys(filter(None, map(text.fold, names)))),
        domain=domain,
        published=published,
        updated=max(published, updated),
        topics=tuple(folded for name in story.topics if (folded := text.fold(name))),
        language=story.language if _LANGUAGE.fullmatch(story.language) else "",
        picture=_pictures.of(story, plan),
        content=_content(story, plan, strings),
    )


def _content(story: Story, plan: SitePlan, strings: Strings | None) -> str:
    """Return a story's feed HTML: excerpt, summary, note; "" without summary and note."""
    note, summary = render_note(story.note) if story.note else "", plan.find_summary(story)
    parts = [f"<p>{escape_xml(story.excerpt)}</p>" if text.fold(story.excerpt) else ""]
    if summary:
        label = say_label(summary, strings or load_strings(plan.beat.locale))
        parts += [f"<p>{escape_xml(summary.text)}</p><p><small>{escape_xml(label)}</small></p>"]
    if note:
        parts += [f"<p><strong>{escape_xml(plan.beat.title)}:</strong></p>{note}"]
    return "".join(parts) if len(parts) > 1 else ""


def _atom(feed: _Feed, own: str) -> bytes:
    """Encode a feed as Atom (RFC 4287)."""
    language = f" xml:lang={quote_xml(feed.language)}" if feed.language else ""
    head = (
        f'{_HEAD}<feed xmlns="http://www.w3.org/2005/Atom"{_MEDIA}{language}>\n'
        f"  <id>{escape_xml(own)}</id>\n"
        f"  <title>{escape_xml(feed.title)}</title>\n"
        + (f"  <subtitle>{escape_xml(feed.about)}</subtitle>\n" if feed.about else "")
        + f"  <updated>{dates.rfc3339(feed.updated)}</updated>\n"
        f'  <link rel="self" type="application/atom+xml" href={quote_xml(own)}/>\n'
        f'  <link rel="alternate" type="text/html" href={quote_xml(feed.home)}/>\n'
        f"{_hub(feed, 'link', '  ')}"
        f"  <author><name>{escape_xml(feed.title)}</name></author>\n"
        "  <generator>copydesk</generator>\n"
    )
    return (head + "".join(map(_atom_entry, feed.entries)) + "</feed>\n").encode()


def _atom_entry(entry: _Entry) -> str:
    """Encode an entry. `self` comes first, as Bridgy Fed takes the first link for its address."""
    credit = "".join(
        f"    <author><name>{escape_xml(name)}</name></author>\n" for name in entry.names
    )
    summary = f"    <summary>{escape_xml(entry.excerpt)}</summary>\n" if entry.excerpt else ""
    html = escape_xml(entry.content)
    content = f'    <content type="html">{html}</content>\n' if html else ""
    return (
        "  <entry>\n"
        f"    <id>{escape_xml(entry.page)}</id>\n"
        f"    <title>{escape_xml(entry.title)}</title>\n"
        f"    <published>{dates.rfc3339(entry.published)}</published>\n"
        f"    <updated>{dates.rfc3339(entry.updated)}</updated>\n"
        f'    <link rel="self" type="text/html" href={quote_xml(entry.page)}/>\n'
        f'    <link rel="alternate" href={quote_xml(entry.link)}/>\n'
        f'    <link rel="related" type="text/html" href={quote_xml(entry.page)}/>\n'
        f"{credit}{summary}{content}"
        + "".join(f"    <category term={quote_xml(name)}/>\n" for name in entry.topics)
        + _media(entry.picture, "    ")
        + "  </entry>\n"
    )


def _hub(feed: _Feed, element: str, indent: str) -> str:
    """Return the link to the feed's hub (WebSub, W3C 2018, section 4)."""
    return f'{indent}<{element} rel="hub" href={quote_xml(feed.hub)}/>\n' if feed.hub else ""


def _rss(feed: _Feed, own: str) -> bytes:
    """Encode a feed as RSS 2.0, with the link to itself that the feed validator requires."""
    language = feed.language.lower()
    language = f"    <language>{language}</language>\n" if language else ""
    head = (
        f'{_HEAD}<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"'
        f' xmlns:dc="http://purl.org/dc/elements/1.1/"{_MEDIA}>\n'
        "  <channel>\n"
        f"    <title>{escape_xml(feed.title)}</title>\n"
        f"    <link>{escape_xml(feed.home)}</link>\n"
        f"    <description>{_describe(feed.about or feed.title)}</description>\n"
        f"{language}"
        f"    <lastBuildDate>{_rfc822(feed.updated)}</lastBuildDate>\n"
        "    <generator>copydesk</generator>\n"
        f'    <atom:link rel="self" type="application/rss+xml" href={quote_xml(own)}/>\n'
    )
    items = "".join(map(_rss_item, feed.entries))
    return f"{head}{_hub(feed, 'atom:link', '    ')}{items}  </channel>\n</rss>\n".encode()


def _rss_item(entry: _Entry) -> str:
    credit = "".join(f"      <dc:creator>{escape_xml(name)}</dc:creator>\n" for name in entry.names)
    return (
        "    <item>\n"
        f"      <title>{escape_xml(entry.title)}</title>\n"
        f"      <link>{escape_xml(entry.link)}</link>\n"
        f'      <guid isPermaLink="true">{escape_xml(entry.page)}</guid>\n'
        f"      <pubDate>{_rfc822(entry.published)}</pubDate>\n"
        f"{credit}"
        f"      <description>{_rss_content(entry)}</description>\n"
        + "".join(f"      <category>{escape_xml(name)}</category>\n" for name in entry.topics)
        + _media(entry.picture, "      ")
        + "    </item>\n"
    )


def _rss_content(entry: _Entry) -> str:
    """Return a feed entry's HTML, or its excerpt as text, as a description."""
    return escape_xml(entry.content) if entry.content else _describe(entry.excerpt)


def _describe(value: str) -> str:
    """Escape text for a description, which feed readers take for HTML."""
    return escape_xml(escape_xml(value))


def _media(picture: Picture | None, indent: str) -> str:
    """Return a picture as Media RSS 1.5.1, with its credit."""
    if picture is None:
        return ""
    shared = picture.shared
    attributes = {"url": shared.address, "medium": "image", "type": shared.type}
    if shared.width:
        attributes |= {"width": str(shared.width), "height": str(shared.height)}
    marks = "".join(f" {name}={quote_xml(value)}" for name, value in attributes.items() if value)
    inner = [
        f'{indent}  <media:{name} type="plain">{escape_xml(value)}</media:{name}>\n'
        if name == "description"
        else f"{indent}  <media:{name}>{escape_xml(value)}</media:{name}>\n"
        for name, value in (("description", picture.alt), ("credit", picture.credit))
        if value
    ]
    if not inner:
        return f"{indent}<media:content{marks}/>\n"
    return f"{indent}<media:content{marks}>\n{''.join(inner)}{indent}</media:content>\n"


def _rfc822(moment: datetime) -> str:
    """Format a time with a numeric zone, as the RSS profile requires."""
    return dates.rfc5322(moment).replace("GMT", "+0000")


def _json(feed: _Feed, own: str) -> bytes:
    """Encode a feed as JSON Feed 1.1. `url` is our page of a story, `external_url` the original
    page.
    """
    made: dict[str, object] = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "home_page_url": feed.home,
        "feed_url": own,
        **({"description": feed.about} if feed.about else {}),
        **({"language": feed.language} if feed.language else {}),
        **({"hubs": [{"type": "WebSub", "url": feed.hub}]} if feed.hub else {}),
        "items": [_json_item(entry) for entry in feed.entries],
    }
    return orjson.dumps(made, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def _json_item(entry: _Entry) -> dict[str, object]:
    item: dict[str, object] = {
        "id": entry.page,
        "url": entry.page,
        "title": entry.title,
        "content_text": entry.excerpt,
        "date_published": dates.rfc3339(entry.published),
        "date_modified": dates.rfc3339(entry.updated),
    }
    if entry.content:
        item["content_html"] = entry.content
    if entry.link != entry.page:
        item["external_url"] = entry.link
    if entry.picture:
        item["image"] = entry.picture.shared.address
    if entry.names:
        item["authors"] = authors = [{"name": name} for name in entry.names]
        authors[0] |= {"url": f"https://{entry.domain}/"} if entry.domain else {}
    if entry.topics:
        item["tags"] = list(entry.topics)
    if entry.language:
        item["language"] = entry.language
    return item


# The short forms of stories and other records in newsletters.

_EXCERPT = 300
_NEWSROOMS = 5  # that are named as having a story, too
_WIDEST = 600  # pixels of a newsletter's column
_SHOWN_BY_ALL = frozenset({"image/jpeg", "image/png", "image/gif"})  # Outlook knows no WebP


def tell_story(story: Story, plan: SitePlan) -> IssueStory:
    """Return the short form (title, link, excerpt, picture, …) of a story for newsletters."""
    page = plan.links.page(addresses.story_folder(story.path))
    provider = story.provider
    return IssueStory(
        name=addresses.record_name(story.path),
        title=text.fold(story.title),
        url=urls.fetchable(story.web_url) or page,
        page=page,
        excerpt=text.shorten(text.fold(story.excerpt), _EXCERPT),
        source=text.fold(provider.name or provider.domain) if provider else "",
        language=language_tag(story.language),
        published_at=story.published_at,
        picture=_find_picture(story, plan),
        coverage=tuple(_list_links(plan.coverages.of(story))),
        topics=tuple(text.fold(name) for name in story.topics if name != plan.beat.topic),
        note=story.note,
        minutes=-(-dates.parse_length(story.length) // 60),
    )


def tell_records(plan: SitePlan, collection: str) -> Iterator[tuple[IssueStory, float]]:
    """Yield a collection's records in the form for newsletters, hottest first, with their heat
    (score of current interest).

    Records without a title or a page are left out.
    """
    for record in _story_reader.rank(plan.records.get(collection, ())):
        title = _story_reader.first_text(record, "title", "name")
        page = _story_reader.page_address(record, plan.links) or ""
        url = page or _story_reader.address(record, "webUrl")
        if title and url:
            excerpt = text.shorten(_story_reader.prose(record), _EXCERPT)
            told = IssueStory(name=_name(record), title=title, url=url, page=page, excerpt=excerpt)
            yield told, _story_reader.heat(record)


def _name(record: Record) -> str:
    return addresses.record_folder(record.path).rstrip("/")


def _list_links(coverage: Coverage) -> Iterator[IssueLink]:
    for voice in coverage.voices[:_NEWSROOMS]:
        if url := urls.fetchable(voice.article.web_url):
            yield IssueLink(name=voice.name, url=url)


def _find_picture(story: Story, plan: SitePlan) -> IssuePicture | None:
    """Return a story's picture if the site has a copy in a format that every mail program shows."""
    picture = _pictures.of(story, plan)
    if picture is None or picture.is_remote or picture.shared.type not in _SHOWN_BY_ALL:
        return None
    shared = picture.shared
    scale = min(1.0, _WIDEST / shared.width)
    return IssuePicture(
        url=shared.address,
        width=round(shared.width * scale),
        height=max(1, round(shared.height * scale)),
        alt=picture.alt,
    )
