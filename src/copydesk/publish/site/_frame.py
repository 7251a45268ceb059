"""Render the parts that all pages share: head, masthead, topics, footer, subscription form.

Structured data (schema.org) of stories and lists has the publishers as authors.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, get_args

import orjson

from copydesk.kit import dates, embeds, text, urls
from copydesk.news import Story, Topic
from copydesk.news.letter import LetterDay, LetterSeries
from copydesk.placement import addresses
from copydesk.placement.addresses import sections, topics_below
from copydesk.publish import _pictures, _story_reader
from copydesk.publish._pictures import Picture, Shared
from copydesk.publish.writing import Sheet
from copydesk.rendering import (
    STRINGS_FILE,
    Renderer,
    Strings,
    language_tag,
    load_strings,
    mark_safe,
    text_direction,
)

if TYPE_CHECKING:
    from copydesk.publish._pictures import Picture
    from copydesk.publish._plan import AnyOutput, SitePlan


_ESCAPED = ((b"<", b"\\u003c"), (b">", b"\\u003e"), (b"&", b"\\u0026"))
_CONTEXT = "https://schema.org"
_FOR_FREE = {"free": True, "paywalled": False}
_MEDIA = {"video": "VideoObject", "audio": "AudioObject"}
_LISTED = 30  # entries of a list; the page links to the others


def script(value: Mapping[str, object]) -> str:
    """Return a safe HTML script element that contains structured data as JSON."""
    data = orjson.dumps(value)
    for char, escaped in _ESCAPED:
        data = data.replace(char, escaped)
    return mark_safe(f'<script type="application/ld+json">{data.decode()}</script>')


def front(stories: Sequence[Story], plan: SitePlan) -> Mapping[str, object]:
    """Return structured data (schema.org) of the front page: site, search, first stories."""
    search = plan.links.page("search/") + "?q={search_term_string}"
    site = {
        **_site(plan),
        "inLanguage": plan.beat.locale,
        "publisher": publisher(plan),
        "potentialAction": {
            "@type": "SearchAction",
            "target": {"@type": "EntryPoint", "urlTemplate": search},
            "query-input": "required name=search_term_string",
        },
    }
    page = listing(stories, plan, "", text.fold(plan.beat.title))
    return {
        "@context": _CONTEXT,
        "@graph": [site, {key: said for key, said in page.items() if key != "@context"}],
    }


def listing(
    stories: Sequence[Story], plan: SitePlan, path: str, heading: str
) -> Mapping[str, object]:
    """Return structured data (schema.org) of a page that lists stories, with the first ones."""
    return {
        "@context": _CONTEXT,
        "@type": "CollectionPage",
        "url": plan.links.page(path),
        "name": heading,
        "isPartOf": {"@id": _site(plan)["@id"]},
        "mainEntity": {
            "@type": "ItemList",
            "numberOfItems": len(stories),
            "itemListElement": [
                {
                    "@type": "ListItem",
                    "position": position,
                    "url": plan.links.page(addresses.story_folder(story.path)),
                }
                for position, story in enumerate(stories[:_LISTED], 1)
            ],
        },
    }


def _site(plan: SitePlan) -> dict[str, object]:
    home = plan.links.page("")
    name = text.fold(plan.beat.title)
    return {"@type": "WebSite", "@id": f"{home}#site", "url": home, "name": name}


def publisher(plan: SitePlan) -> Mapping[str, object]:
    """Return structured data (schema.org) of the organization that publishes the site."""
    beat = plan.beat
    policies = {
        "correctionsPolicy": beat.corrections_policy,
        "ethicsPolicy": beat.ethics_policy,
        "ownershipFundingInfo": beat.ownership,
    }
    given = {name: address for name, address in policies.items() if address}
    kind = "NewsMediaOrganization" if given else "Organization"
    return {"@type": kind, "name": text.fold(beat.title), "url": plan.links.page(""), **given}


def story(
    story: Story, plan: SitePlan, excerpt: str, picture: Picture | None
) -> Mapping[str, object]:
    """Return structured data (schema.org) of a story page: a note on a publisher's article."""
    page = plan.links.page(addresses.story_folder(story.path))
    note: dict[str, object] = {
        "@context": _CONTEXT,
        "@type": "NewsArticle",
        "headline": text.fold(story.title),
        "url": page,
        "mainEntityOfPage": page,
        "isPartOf": {"@id": _site(plan)["@id"]},
        "publisher": publisher(plan),
    }
    if story.excerpt:
        note["abstract"] = excerpt
    if story.published_at:
        note |= _describe_times(story.published_at, story.updated_at)
    if language_tag(story.language):
        note["inLanguage"] = story.language
    if picture:
        note["image"] = _picture(picture)
    if topics := [text.fold(name) for name in story.topics]:
        note["about"] = [{"@type": "Thing", "name": name} for name in topics]
    # a video that the site plays itself has no other URL than its original one
    if origin := urls.fetchable(story.web_url) or urls.fetchable(story.original_url):
        note["isBasedOn"] = _original(story, origin)
    return note


def _describe_times(published: datetime, updated: datetime | None) -> dict[str, object]:
    """Describe when a story was published and changed; a change is never earlier."""
    times: dict[str, object] = {"datePublished": dates.rfc3339(published)}
    if updated:
        times["dateModified"] = dates.rfc3339(max(dates.utc(updated), dates.utc(published)))
    return times


def _picture(picture: Picture) -> Mapping[str, object]:
    shared = picture.shared
    shown: dict[str, object] = {"@type": "ImageObject", "url": shared.address}
    if shared.width:
        shown |= {"width": shared.width, "height": shared.height}
    if picture.alt:
        shown["caption"] = picture.alt
    if picture.credit:
        shown["creditText"] = picture.credit
    return shown


def _original(story: Story, origin: str) -> Mapping[str, object]:
    kind = _MEDIA.get(story.type, "NewsArticle")
    named = "name" if story.type in _MEDIA else "headline"
    original: dict[str, object] = {"@type": kind, "url": origin, named: text.fold(story.title)}
    if story.type in _MEDIA:
        original |= _describe_player(story)
    if story.access in _FOR_FREE:
        original["isAccessibleForFree"] = _FOR_FREE[story.access]
    if story.authors:
        original["author"] = [
            {"@type": "NewsMediaOrganization" if by.kind else "Person", "name": text.fold(by.name)}
            for by in story.authors
        ]
    if story.provider:
        publisher = {"@type": "Organization", "name": text.fold(story.provider.name)}
        if domain := addresses.addressable_domain(story.provider.domain):
            publisher["url"] = f"https://{domain}/"
        original["publisher"] = publisher
    return original


def _describe_player(story: Story) -> Mapping[str, object]:
    """Return the length of a video or sound, and the player on our page."""
    played: dict[str, object] = {}
    if length := dates.format_length(dates.parse_length(story.length)):
        played["duration"] = length
    shown = embeds.read(story.featured_content)
    if shown is not None:
        played["contentUrl" if isinstance(shown, embeds.MediaFile) else "embedUrl"] = shown.src
    return played


_IN_THE_BAR = 9
_TONGUES, _POLICIES = 1024, 64  # cached, as records may have any language, and players any policy
_WEEK: tuple[LetterDay, ...] = get_args(LetterDay)
_WORKDAYS = _WEEK[:5]


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The values for a page's HTML head; `path` is the page's folder, `feeds` the folder of its
    feeds.

    `picture` is the story's own, `shared` the share picture of a page without one; without both the
    site's share picture is used. `frames` is the origin of a player, "" for none. `plays_files`
    says that the browser itself plays a video or a sound, `searches` that the page runs our script.
    `subscribes` says that it has the subscription form, if the site has one; `letter` is the id of
    the page's newsletter, `ninjs` the URL of the story's ninjs document.
    """

    path: str
    title: str = ""
    description: str = ""
    feeds: str = ""
    feeds_title: str = ""
    structured: Mapping[str, object] | None = None
    kind: str = "website"
    picture: Picture | None = None
    shared: Shared | None = None
    indexed: bool = True
    frames: str = ""
    plays_files: bool = False
    searches: bool = False
    subscribes: bool = False
    letter: str = ""
    ninjs: str = ""


@dataclass(slots=True)
class Frame:
    """Renders pages with the parts that are the same on all pages of a site.

    `outputs` are those of the site; the foot of a page links to their indexes.
    """

    plan: SitePlan
    renderer: Renderer
    share_pictures: _pictures.SharePictures
    outputs: Sequence[AnyOutput] = ()
    strings: Strings = field(init=False)
    tongue: Callable[[str], str] = field(init=False)
    _site: Mapping[str, object] = field(init=False)
    _policy: Callable[[str, bool, str], str] = field(init=False)
    _feeds: Callable[[str], Mapping[str, str]] = field(init=False)

    def __post_init__(self) -> None:
        self.strings = load_strings(self.plan.beat.locale, self.renderer.read_source(STRINGS_FILE))
        self.renderer.set_strings(self.strings)
        self.tongue = lru_cache(_TONGUES)(self._tongue)
        self._policy = lru_cache(_POLICIES)(self._content_policy)
        self._feeds = lru_cache(_POLICIES)(self._feeds_of_page)
        self._site = self._common()

    def page(self, template: str, head: Head, **context: object) -> Sheet:
        """Render a template to a page of the site, at `index.html` in the page's folder
        or by name.
        """
        path = head.path if head.path.endswith(".html") else f"{head.path}index.html"
        data = self.renderer.render_page(
            template, site=self._site, page=self._head(head), **context
        )
        return Sheet(path, data)

    def href(self, path: str) -> str:
        """Return the link to a page of the site, without the host."""
        return self.plan.links.href(path)

    def link(self, name: str, path: str, **more: object) -> dict[str, object]:
        """Return a named link to a page of the site, as lists of links show it."""
        return {"name": name, "href": self.href(path), **more}

    def _tongue(self, tag: str) -> str:
        """Return the HTML attributes for a language, "" for the site's own or an unknown one."""
        language = language_tag(tag)
        if not language or language == language_tag(self.plan.beat.locale):
            return ""
        way = text_direction(language)
        turned = f' dir="{way}"' if way != self.strings.direction else ""
        return mark_safe(f' lang="{language}"{turned}')

    def _common(self) -> Mapping[str, object]:
        beat, logo = self.plan.beat, self.plan.beat.logo_name
        return {
            "title": text.fold(beat.title),
            "language": language_tag(beat.locale) or "en",
            "turned": mark_safe(' dir="rtl"') if self.strings.direction == "rtl" else "",
            "home": self.href(""),
            "style": self.href("style.css"),
            "script": self.href("site.js"),
            "icon": self.href("icon.svg"),
            "logo": self.href(logo) if logo in self.share_pictures.icons else "",
            "profiles": beat.profiles,
            "fediverse": beat.fediverse,
            "colour": beat.accent or "#9c1c1f",
            "icons": {name: self.href(name) for name in self.share_pictures.icons},
            "manifest": self.href("site.webmanifest"),
            "search_description": self.href("opensearch.xml"),
            "topics_page": self.href("topics/"),
            "sources_page": self.href("sources/"),
            "archive_page": self.href("archive/"),
            "fronts_page": self.href("front/") if self.plan.fronts else "",
            "about_page": self.href("about/"),
            "method_page": self.href("method/"),
            "search_page": self.href("search/"),
            "topics": self._bar(),
            "shelves": self._shelves(),
            "subscribe": describe_form(self.plan, self.strings),
        }

    def topics(self) -> Sequence[Mapping[str, str]]:
        """Return all topics of the site but the main one, each with a link."""
        plan = self.plan
        return [self._topic(topic) for topic in topics_below(plan.topics, plan.beat.topic)]

    def _topic(self, topic: Topic, name: str = "") -> Mapping[str, str]:
        folder = addresses.topic_folder(topic.id)
        named = text.fold(name or topic.name)
        return {"path": folder, "name": named, "href": self.href(folder)}

    def _bar(self) -> Sequence[Mapping[str, str]]:
        """Return the sections of the site for the navigation bar, as many as fit on a line."""
        top = sections(self.plan.topics, self.plan.beat.topic)
        return [self._topic(topic, topic.shortname) for topic in top[:_IN_THE_BAR]]

    def _shelves(self) -> Sequence[Mapping[str, object]]:
        names = (*_story_reader.SHELVES, "newsletters", "sponsorships")
        shelves = {
            name: f"{name}/"
            for name in names
            if _story_reader.is_shown(self.plan.records.get(name, ()))
        }
        named = [output for output in self.outputs if output.index_name]
        indexes = {o.index_name: o.index for o in named if o.has_index(self.plan)}
        return [
            self.link(self.strings.say(name), folder)
            for name, folder in (indexes | shelves).items()
        ]

    @property
    def hotlinks(self) -> bool:
        """Return whether pages load any picture from its publisher's server."""
        return "hotlink" in {self.plan.look.show, *self.plan.look.shows.values()}

    def _content_policy(self, frames: str, plays_files: bool, forms: str) -> str:
        """Return a page's Content-Security-Policy: our own files, the page's players, and `forms`.

        Files of podcasts are redirected from host to host, and the policy applies to each of these.
        """
        hotlinks = " https:" if self.hotlinks else ""
        rules = ["default-src 'none'", "style-src 'self'", "script-src 'self'"]
        rules += [f"img-src 'self'{hotlinks}", "manifest-src 'self'", "connect-src 'self'"]
        if frames:
            rules.append(f"frame-src {frames}")
        if plays_files:
            rules.append("media-src https:")
        return "; ".join([*rules, "base-uri 'none'", f"form-action {forms}"])

    def _forms_of(self, head: Head) -> str:
        """Return the allowed target of a page's forms, as a source of the policy."""
        if head.searches:
            return "'self'"
        address = self.plan.beat.subscribe_url if head.subscribes else ""
        return urls.origin(address) if address else "'none'"

    def _share_picture(self, head: Head) -> Shared | None:
        if not head.indexed:
            return None
        own = head.picture.shared if head.picture else head.shared
        return own or self.share_pictures.of_page("")

    def _feeds_of_page(self, folder: str) -> Mapping[str, str]:
        files = {"atom": "feed.xml", "rss": "rss.xml", "json": "feed.json"}
        return {kind: self.href(folder + name) for kind, name in files.items()}

    def _head(self, head: Head) -> Mapping[str, object]:
        links = self.plan.links
        site = text.fold(self.plan.beat.title)
        return {
            "path": head.path,
            "policy": self._policy(head.frames, head.plays_files, self._forms_of(head)),
            "letter": head.letter,
            "ninjs": head.ninjs,
            "subscribe": "#subscribe" if head.subscribes else f"{self.href('')}#subscribe",
            "title": f"{head.title} – {site}" if head.title else site,
            "description": head.description,
            "canonical": links.page(head.path) if head.indexed else "",
            "indexed": head.indexed,
            "kind": head.kind,
            "picture": head.picture,
            "shared": self._share_picture(head),
            "feeds_title": head.feeds_title or site,
            **self._feeds(head.feeds),
            "structured": script(head.structured) if head.structured else "",
        }


def describe_site(plan: SitePlan) -> str:
    """Return the owner's description of the site, else that of its main topic."""
    beat = plan.beat
    if beat.description:
        return text.fold(beat.description)
    main = next((topic for topic in beat.topics if topic.name == beat.topic), None)
    return text.fold(main.description) if main else ""


def describe_form(plan: SitePlan, strings: Strings) -> Mapping[str, object] | None:
    """Return URL and newsletters of the subscription form, None if the site has no form."""
    address, offered = plan.beat.subscribe_url, plan.letters.series
    if not address or not offered:
        return None
    letters = [
        {"id": series.id, "title": series.title, "rhythm": _tell_rhythm(series, strings)}
        for series in offered
    ]
    return {"action": address, "letters": letters}


def _tell_rhythm(series: LetterSeries, strings: Strings) -> str:
    """Return how often a newsletter comes ("daily"), in the site's language; "" if unknown."""
    if series.is_prompt:
        return strings.say("letter_when_new")
    days = tuple(day for day in _WEEK if day in series.days)
    if days == _WEEK:
        return strings.say("letter_daily")
    if days == _WORKDAYS:
        return strings.say("letter_workdays")
    names = tuple(strings.say(f"letter_{day}") for day in days)
    if len(names) == 1:
        return strings.say("letter_weekly", day=names[0])
    return strings.join_names(names, len(names))
