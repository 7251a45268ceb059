"""Who published it, and under which names the site goes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from copydesk.extract.origin._amp import unwrapped
from copydesk.extract.page import Declared, json_ld
from copydesk.kit import text, urls
from copydesk.news import Provider

if TYPE_CHECKING:
    from copydesk.extract.page import Document
    from copydesk.news import Beat, Lead, Organization, Source

_MAX_NAME = 60  # characters
_PLATFORMS = frozenset({"youtube.com", "youtu.be", "vimeo.com"})
_MAX_WORDS = 7  # templates put the headline where the site's name belongs


def find(
    web_url: str, document: Document, declared: Declared, lead: Lead, beat: Beat
) -> tuple[Provider, str]:
    """Give the publisher of a page and where its name came from.

    The domain is that of the longest organization file that covers the host (`aws.amazon.com`
    before `amazon.com`), else the registrable one. Logos come with the domain. Where `web_url` is
    on another site than the page, the page's own name is not its publisher's.
    """
    organization = _on_a_platform(web_url, lead, beat) or _organization(urls.host(web_url), beat)
    domain = organization.domain if organization else urls.registrable_domain(web_url)
    is_own = urls.same_site(web_url, unwrapped(document.address))
    declared_names = tuple(_declared_names(declared)) if is_own else ()
    name, origin = _name(web_url, organization, declared_names, _source(lead, beat))
    logo = beat.logos.get(domain)
    return Provider(name=name or domain, domain=domain, images=(logo,) if logo else ()), origin


def _name(
    web_url: str,
    organization: Organization | None,
    declared_names: Iterable[tuple[str, str]],
    source: Source | None,
) -> tuple[str, str]:
    if organization:
        return organization.name, "organization"
    # a search or an aggregator lists other people's pages under its own name
    if source and source.name and urls.same_site(source.url, web_url):
        return source.name, "source"
    for found, origin in declared_names:
        if 0 < len(found) <= _MAX_NAME and "://" not in found and len(found.split()) <= _MAX_WORDS:
            return found, origin
    return "", "domain"


def _declared_names(declared: Declared) -> Iterator[tuple[str, str]]:
    yield text.plain(declared.first("og:site_name")[0]), "og:site_name"
    for name in json_ld.names(declared.article.get("publisher"), declared.nodes):
        yield name, "json-ld"


def _organization(host: str, beat: Beat) -> Organization | None:
    """Give the organization whose domain is the longest end of the host's name."""
    labels = host.split(".")
    for start in range(len(labels) - 1):
        found = beat.organizations.get(".".join(labels[start:]))
        if found:
            return found
    return None


def _on_a_platform(web_url: str, lead: Lead, beat: Beat) -> Organization | None:
    """Give the organization behind a video platform's page: the one its source is named after.

    SPEC 2.7: an item of a channel is its owner's and not the platform's.
    """
    source = _source(lead, beat)
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


def _source(lead: Lead, beat: Beat) -> Source | None:
    return next((source for source in beat.sources if source.url == lead.source), None)


def site_names(web_url: str, declared: Declared, lead: Lead, beat: Beat) -> Iterator[str]:
    """Give every name of the site that may stand beside a headline in a title."""
    organization = _organization(urls.host(web_url), beat)
    if organization:
        yield organization.name
        yield from organization.other_names
    source = _source(lead, beat)
    if source and urls.same_site(source.url, web_url):
        yield source.name
    yield from (name for name, _ in _declared_names(declared))
    yield declared.first("application-name")[0]
    for node in declared.nodes:
        if json_ld.kinds(node) & {"website", "newsmediaorganization"}:
            yield from json_ld.names(node)
            yield from json_ld.strings(node.get("alternateName"))
    domain = urls.registrable_domain(web_url)
    yield domain
    yield domain.split(".", maxsplit=1)[0]
    yield urls.host(web_url)
