"""Make structured data (schema.org) for stories and lists, with the publishers as authors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import orjson

from copydesk.kit import dates, embeds, text, urls
from copydesk.news import Story
from copydesk.placement import addresses
from copydesk.rendering import language_tag, mark_safe

if TYPE_CHECKING:
    from copydesk.publish._pictures import Picture
    from copydesk.publish._plan import SitePlan

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
