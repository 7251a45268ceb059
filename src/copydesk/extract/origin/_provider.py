"""Who published it, and under which names the site goes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from copydesk.extract.origin import _site_name
from copydesk.extract.origin._amp import unwrap
from copydesk.extract.page import Declared, json_ld, visible_text
from copydesk.kit import text, urls
from copydesk.news import Provider

if TYPE_CHECKING:
    from copydesk.extract.page import Document
    from copydesk.news import Beat, Lead, Organization, Source

_MAX_NAME = 60  # characters
_PLATFORMS = frozenset({"youtube.com", "youtu.be", "vimeo.com"})
_MAX_WORDS = 7  # templates put the headline where the site's name belongs
_TITLE = "//title[not(ancestor::svg)]"
# how archives of the web name a kept page: the moment, then its address
_KEPT = re.compile(
    r"(?i)^https?://[^/]*/(?:[^/]+/){0,3}(?:\d{8,14}(?:[a-z]{2}_)?|\d{4}\.\d\d\.\d\d-\d{6})/"
    r"(https?):?/{1,2}([^/]+\..*)"
)
_KEPT_BARE = re.compile(r"(?i)^https?://web\.archive\.org/web/\d{8,14}(?:[a-z]{2}_)?/([^/:]+\..*)")


def find(
    web_url: str, document: Document, declared: Declared, lead: Lead, beat: Beat
) -> tuple[Provider, str]:
    """Find the publisher of a page and where its name came from.

    The domain is that of the longest organization file that covers the host (`aws.amazon.com`
    before `amazon.com`), else the registrable one. Logos come with the domain. Where `web_url` is
    on another site than the page, the page's own name is not its publisher's.
    """
    place = _find_original(web_url, declared)
    organization = _find_channel_owner(place, lead, beat) or _find_organization(
        urls.host(place), beat
    )
    domain = organization.domain if organization else urls.registrable_domain(place)
    source = _find_source(lead, beat)
    if organization:
        name, origin = organization.name, "organization"
    # a search or an aggregator lists other people's pages under its own name
    elif source and source.name and urls.same_site(source.url, place):
        name, origin = source.name, "source"
    elif urls.same_site(web_url, unwrap(document.address)):
        name, origin = _find_own_name(place, document, declared)
    else:
        name, origin = "", "domain"
    logo = beat.logos.get(domain)
    return Provider(name=name or domain, domain=domain, images=(logo,) if logo else ()), origin


def _find_original(web_url: str, declared: Declared) -> str:
    """Return the address of which an archive of the web keeps a copy, else the page's own."""
    for address in (web_url, *declared.links.get("canonical", ())):
        if not urls.same_site(address, web_url):
            continue
        if found := _KEPT.match(address):
            return urls.fetchable(f"{found[1]}://{found[2]}") or web_url
        if found := _KEPT_BARE.match(address):
            return urls.fetchable(f"http://{found[1]}") or web_url
    return web_url


def _find_own_name(place: str, document: Document, declared: Declared) -> tuple[str, str]:
    """Return the name that a page has for its site, the first that fits its address.

    Templates fill og:site_name with a section ("World") or the address itself: such a name gives
    way to another that fits, and stands where there is none.
    """
    said = [pair for pair in _list_declared_names(declared) if _is_name(pair[0])]
    bare = {urls.registrable_domain(place), urls.host(place)}
    for name, origin in said:
        if name not in bare and _site_name.fit(name, place):
            return name, origin
    title = next(iter(visible_text(document, _TITLE, 1)), "")
    ended = _site_name.in_title(title, place)
    if ended:
        return ended, "title"
    return said[0] if said else ("", "domain")


def _is_name(said: str) -> bool:
    is_short = 0 < len(said) <= _MAX_NAME and len(said.split()) <= _MAX_WORDS
    return is_short and not _site_name.is_address(said)


def _list_declared_names(declared: Declared) -> Iterator[tuple[str, str]]:
    yield text.plain(declared.first("og:site_name")[0]), "og:site_name"
    for name in json_ld.names(declared.article.get("publisher"), declared.nodes):
        yield name, "json-ld"


def _find_organization(host: str, beat: Beat) -> Organization | None:
    """Return the organization whose domain is the longest end of the host's name."""
    labels = host.split(".")
    for start in range(len(labels) - 1):
        found = beat.organizations.get(".".join(labels[start:]))
        if found:
            return found
    return None


def _find_channel_owner(web_url: str, lead: Lead, beat: Beat) -> Organization | None:
    """Return the organization behind a video platform's page: the one its source is named after.

    SPEC 2.7: an item of a channel is its owner's and not the platform's.
    """
    source = _find_source(lead, beat)
    if source is None or urls.registrable_domain(web_url) not in _PLATFORMS:
        return None
    name = source.name.lower()
    return next(
        (
            known
            for known in beat.organizations.values()
            if name in {known.name.lower(), *(other.lower() for other in known.other_names)}
        ),
        None,
    )


def _find_source(lead: Lead, beat: Beat) -> Source | None:
    return next((source for source in beat.sources if source.url == lead.source), None)


def site_names(web_url: str, declared: Declared, lead: Lead, beat: Beat) -> Iterator[str]:
    """Yield every name of the site that may stand beside a headline in a title."""
    organization = _find_organization(urls.host(web_url), beat)
    if organization:
        yield organization.name
        yield from organization.other_names
    source = _find_source(lead, beat)
    if source and urls.same_site(source.url, web_url):
        yield source.name
    yield from (name for name, _ in _list_declared_names(declared))
    yield declared.first("application-name")[0]
    for node in declared.nodes:
        if json_ld.kinds(node) & {"website", "newsmediaorganization"}:
            yield from json_ld.names(node)
            yield from json_ld.strings(node.get("alternateName"))
    domain = urls.registrable_domain(web_url)
    yield domain
    yield domain.split(".", maxsplit=1)[0]
    yield urls.host(web_url)
