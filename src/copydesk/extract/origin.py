"""Find the URL of a page to show to readers (canonical URL, AMP copy), and its publisher."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from itertools import product
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

from copydesk.extract import json_ld, terms
from copydesk.extract.page import visible_text
from copydesk.kit import text, urls
from copydesk.news import Provider

if TYPE_CHECKING:
    from copydesk.extract.declared import Declared
    from copydesk.extract.page import Document
    from copydesk.news import Beat, Lead
    from copydesk.news.beat import Organization

# Canonical URLs: a page's own claim is believed only with care.

_PAGING = re.compile(r"(?i)/page/\d+/?$|[?&](?:page|paged|pg)=\d+")
_VERSION = re.compile(r"^(?:(?:www\d?|m|mobile|amp|edition|touch|wap)\.)+")
_MIN_SLUG_WORDS = 3
_SHARED_WORDS = 2  # shared by a slug on another site and the title, as a sign of the same subject


def canonical(document: Document, declared: Declared, title: str, beat: Beat) -> tuple[str, str]:
    """Return the URL of a page to link to (its canonical URL if trusted), and where it was found.

    It is the page's own canonical link or og:url if that is on the same site, and is neither the
    home page, a section above the page, another page of a series, an AMP copy nor the URL of an
    obviously different article (a template's mistake). It is the original on another site if the
    page is trusted (`_is_syndicated`). Otherwise it is where the page was found, without an AMP
    cache.
    """
    own = unwrap(urls.canonical(document.address) or document.address)
    candidates = [(address, "canonical") for address in declared.links.get("canonical", ())]
    candidates += [(address, "og:url") for address in declared.meta.get("og:url", ())]
    for raw, origin in candidates:
        address = urls.canonical(raw, document.base)
        if not address:
            continue
        address = unwrap(address)
        if is_trusted(address, own, title):
            return _keep_scheme(address, own), origin
        if origin == "canonical" and _is_syndicated(address, own, title, declared, beat):
            return address, "canonical of the original"
    return own, "final-url"


def _is_syndicated(address: str, own: str, title: str, declared: Declared, beat: Beat) -> bool:
    """Return whether a page may send its readers to the original article on another site.

    Anybody can declare anything: an unknown page could pass its own text off as another
    publisher's. So the page's site must be in the settings, a second declaration must name the
    other site, and the URL must match the title.
    """
    if is_home(address) or is_amp(address) or _PAGING.search(address):
        return False
    if not _is_known(own, beat) or not _is_telling(address, own, title):
        return False
    return any(urls.same_site(other, address) for other in _original_addresses(declared))


def _is_known(address: str, beat: Beat) -> bool:
    """Return whether a URL's site belongs to the sources or organizations of the settings."""
    labels = urls.host(address).split(".")
    ends = (".".join(labels[start:]) for start in range(len(labels) - 1))
    if any(end in beat.organizations for end in ends):
        return True
    own = _bare_host(address)
    return any(_bare_host(source.url) == own for source in beat.sources)


def _is_telling(address: str, own: str, title: str) -> bool:
    """Return whether a URL spells the title, or ends as the page's own URL does."""
    slug = _slug_words(_path(address))
    if slug and slug == _slug_words(_path(own)):
        return True
    return len(slug & set(text.words(title))) >= _SHARED_WORDS


def _original_addresses(declared: Declared) -> Iterator[str]:
    """Yield the URLs by which a page names its original, besides its canonical link."""
    yield from declared.meta.get("og:url", ())
    for address, _ in terms.origins(declared):
        yield address
    yield from json_ld.addresses(declared.article.get("sameAs"))[:5]
    yield from json_ld.addresses(declared.article.get("publisher"))[:5]


def is_trusted(address: str, own: str, title: str = "") -> bool:
    """Return whether a page at the URL `own` may name `address` as its canonical URL."""
    if urls.identity(address) == urls.identity(own):
        return True
    if _bare_host(address) != _bare_host(own) or is_home(address) or is_amp(address):
        return False
    if _PAGING.search(address) and not _PAGING.search(own):
        return False
    path, here = _path(address), _path(own)
    if here.startswith(f"{path}/") and not is_amp(own):
        return False  # a section above the page
    return not _is_other_article(path, here, title)


def _bare_host(address: str) -> str:
    """Return a URL's host without a prefix for a version; another user's blog is another site."""
    return _VERSION.sub("", urls.host(address))


def _is_other_article(path: str, here: str, title: str) -> bool:
    """Return whether two paths spell different headlines, of which only one is the title."""
    theirs, ours = _slug_words(path), _slug_words(here)
    if min(len(theirs), len(ours)) < _MIN_SLUG_WORDS:
        return False
    return not theirs & ours and not theirs & set(text.words(title))


def _slug_words(path: str) -> set[str]:
    last = max(path.split("/"), key=len)
    return {word for word in re.split(r"[\W_]+", last.lower()) if len(word) >= 3 and word.isalpha()}


def _path(address: str) -> str:
    return urlsplit(address).path.rstrip("/")


def _keep_scheme(address: str, own: str) -> str:
    """Return a URL with the scheme under which the page was found, if only that differs."""
    if urls.identity(address) == urls.identity(own) and own.startswith("https:"):
        return re.sub(r"^http:", "https:", address)
    return address


def is_home(address: str) -> bool:
    """Return whether a URL is a site's home page."""
    parts = urlsplit(address)
    bare = re.sub(r"(?i)/(?:index|default|home)\.[a-z]{3,5}$", "", parts.path).strip("/")
    return not bare and not parts.query


def amp(document: Document, declared: Declared, web_url: str) -> str:
    """Return the URL of the page's AMP copy, "" if none is declared on its own site."""
    own = unwrap(document.address)
    for raw in declared.links.get("amphtml", ()):
        address = unwrap(raw)
        if urls.same_site(address, own) and urls.identity(address) != urls.identity(web_url):
            return urls.canonical(address) or address
    if is_amp_page(document) and urls.identity(own) != urls.identity(web_url):
        return urls.canonical(own) or ""
    return ""


# AMP: copies of a page on its own site, and caches on another one.

_AMP = re.compile(
    r"(?i)^https?://amp[.-]|/amp(?:/|$)|[./]amp(?:\.html)?$|[?&](?:amp|outputtype=amp)\b"
)
_CACHES = (".cdn.ampproject.org", ".bing-amp.com")
_CACHED = re.compile(r"https?://[^/]+/(?:[acvr]|wp|[acv]/wp)/(s/)?([^/?#]+)(/[^#]*)?")
_VIEWED = re.compile(r"https?://[^/]+/amp/(s/)?([^/?#]+\.[^/?#]+)(/[^#]*)?")
_VIEWER = re.compile(r"(?:www\.)?google\.[a-z]{2,3}(?:\.[a-z]{2})?")


def is_amp(address: str) -> bool:
    """Return whether a URL looks like an AMP version of a page."""
    return bool(_AMP.search(address)) or is_cached(address)


def is_cached(address: str) -> bool:
    """Return whether a URL is in an AMP cache, such as Google's."""
    return urls.host(address).endswith(_CACHES)


def is_amp_page(document: Document) -> bool:
    """Return whether a page is written in AMP (Accelerated Mobile Pages HTML)."""
    return document.tree.get("amp") is not None or document.tree.get("⚡") is not None


def unwrap(address: str) -> str:
    """Return the publisher's URL inside a URL of an AMP cache or Google's `/amp/s/`, else the URL.

    A cache names the publisher twice, in its host and in its path; if the two differ, the URL is
    not a cache's.
    """
    host = urls.host(address)
    if host.endswith(_CACHES):
        found = _CACHED.match(address)
        if found and host.split(".", 1)[0] != found[2].lower().replace("-", "--").replace(".", "-"):
            found = None
    else:
        found = _VIEWED.match(address) if _VIEWER.fullmatch(host) else None
    if found is None:
        return address
    secure, publisher, rest = found.groups()
    return urls.canonical(f"http{'s' if secure else ''}://{publisher}{rest or '/'}") or address


# The publisher: its name and domain, and the names of the site.

_MAX_NAME = 60  # characters
_PLATFORMS = frozenset({"youtube.com", "youtu.be", "vimeo.com"})
_MAX_NAME_WORDS = 7  # templates may have the headline in place of the site's name
_TITLE = "//title[not(ancestor::svg)]"
# URLs of web archives: the time of the copy, then the original URL
_KEPT = re.compile(
    r"(?i)^https?://[^/]*/(?:[^/]+/){0,3}(?:\d{8,14}(?:[a-z]{2}_)?|\d{4}\.\d\d\.\d\d-\d{6})/"
    r"(https?):?/{1,2}([^/]+\..*)"
)
_KEPT_BARE = re.compile(r"(?i)^https?://web\.archive\.org/web/\d{8,14}(?:[a-z]{2}_)?/([^/:]+\..*)")


def provider(
    web_url: str, document: Document, declared: Declared, lead: Lead, beat: Beat
) -> tuple[Provider, str]:
    """Return the publisher of a page, and where the publisher's name was found.

    The domain is that of the longest organization that covers the host (`aws.amazon.com` before
    `amazon.com`), else the registrable domain. Logos come with the domain. If `web_url` is on
    another site than the page, the page's own site name is not used.
    """
    place = _find_original(web_url, declared)
    organization = _find_channel_owner(place, lead, beat) or _find_organization(
        urls.host(place), beat
    )
    domain = organization.domain if organization else urls.registrable_domain(place)
    source = beat.source(lead.source)
    if organization:
        name, origin = organization.name, "organization"
    # a search or aggregator lists other publishers' pages under its own name
    elif source and source.name and urls.same_site(source.url, place):
        name, origin = source.name, "source"
    elif urls.same_site(web_url, unwrap(document.address)):
        name, origin = _find_own_name(place, document, declared)
    else:
        name, origin = "", "domain"
    logo = beat.logos.get(domain)
    return Provider(name=name or domain, domain=domain, images=(logo,) if logo else ()), origin


def _find_original(web_url: str, declared: Declared) -> str:
    """Return the original URL of a copy in a web archive, else the page's own."""
    for address in (web_url, *declared.links.get("canonical", ())):
        if not urls.same_site(address, web_url):
            continue
        if found := _KEPT.match(address):
            return urls.fetchable(f"{found[1]}://{found[2]}") or web_url
        if found := _KEPT_BARE.match(address):
            return urls.fetchable(f"http://{found[1]}") or web_url
    return web_url


def _find_own_name(place: str, document: Document, declared: Declared) -> tuple[str, str]:
    """Return the name that a page gives its site: the first that matches its host.

    Templates fill og:site_name with a section ("World") or with the URL itself: such a name is used
    only if no other one matches.
    """
    said = [pair for pair in _list_declared_names(declared) if _is_name(pair[0])]
    bare = {urls.registrable_domain(place), urls.host(place)}
    for name, origin in said:
        if name not in bare and fit_name(name, place):
            return name, origin
    title = next(iter(visible_text(document, _TITLE, 1)), "")
    ended = in_title(title, place)
    if ended:
        return ended, "title"
    return said[0] if said else ("", "domain")


def _is_name(said: str) -> bool:
    is_short = 0 < len(said) <= _MAX_NAME and len(said.split()) <= _MAX_NAME_WORDS
    return is_short and not is_web_address(said)


def _list_declared_names(declared: Declared) -> Iterator[tuple[str, str]]:
    yield text.plain(declared.first("og:site_name")[0]), "og:site_name"
    for name in json_ld.names(declared.article.get("publisher"), declared.nodes):
        yield name, "json-ld"


def _find_organization(host: str, beat: Beat) -> Organization | None:
    """Return the organization with the longest domain that is the end of the host, or None."""
    labels = host.split(".")
    for start in range(len(labels) - 1):
        found = beat.organizations.get(".".join(labels[start:]))
        if found:
            return found
    return None


def _find_channel_owner(web_url: str, lead: Lead, beat: Beat) -> Organization | None:
    """Return the organization behind a page of a video platform, by the name of its source.

    An item in a channel belongs to the channel's owner and not to the platform (SPEC 2.7).
    """
    source = beat.source(lead.source)
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


def site_names(web_url: str, declared: Declared, lead: Lead, beat: Beat) -> Iterator[str]:
    """Yield all names of a page's site that its title may contain next to the headline."""
    organization = _find_organization(urls.host(web_url), beat)
    if organization:
        yield organization.name
        yield from organization.other_names
    source = beat.source(lead.source)
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


# Names of sites: in titles, and compared with the domain.

Fit = Literal["", "loose", "exact"]

_MAX_TITLE = 500  # characters
_MAX_PARTS = 12
_MAX_LOOSE_WORDS = 5  # of a part of a title that matches loosely
_EDGES = " .,-–—|"
_SHORT = 3  # letters; shorter names match too much
_LONG = 5  # letters of a first word that alone matches a full name
_SPACED = re.compile(r"\s+[|ǀ–—―·•:›»‹«~-]+\s+|\s*[|ǀ›»‹«]+\s*")
_COLON = re.compile(r":\s+")
_SCHEME = re.compile(r"(?i)^(?:https?:/|www\.)")
_ARTICLES = frozenset({"the", "die", "der", "das", "la", "le", "les", "el", "los", "il", "de"})
_JOINING = _ARTICLES | {"of", "and", "for", "und", "für", "et", "y", "e", "in", "von", "du", "des"}
_GERMAN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
_GENERIC = frozenset(
    {"news", "online", "blog", "web", "media", "magazine", "magazin", "zeitung", "info", "live"}
)
_OUTER = frozenset({"www", "com", "co", "net", "org", "gov", "ac", "edu"})


def is_web_address(name: str) -> bool:
    """Return whether a name is only a URL: `www.harbour.example`, `http://harbour.example`."""
    return bool(_SCHEME.match(name)) or "://" in name


def fit_name(name: str, web_url: str) -> Fit:
    """Return how well a name matches the host of a site: "exact", "loose" or "" for not at all.

    "exact" means the same letters, without a leading article and with or without the domain's
    ending. "loose" means a longer name that begins so, or one whose words begin as the host's
    parts: `The New York Times` and nytimes.com.
    """
    words = [word for word in re.split("[\\W_]+", name.lower()[:100]) if word]
    if not words:
        return ""
    labels = _labels(web_url)
    spelt = {_squash(urls.registrable_domain(web_url)), *labels}
    has_article = words[0] in _ARTICLES and len(words) > 1
    variants = (words, words[1:]) if has_article else (words,)
    if any(form in spelt for variant in variants for form in _forms("".join(variant))):
        return "exact"
    is_loose = any(_is_loose(variant, label) for variant, label in product(variants, labels))
    return "loose" if is_loose else ""


def in_title(title: str, web_url: str) -> str:
    """Return the part of a page's title that is the name of its site, "" if that is unclear.

    An exact match may be anywhere, a loose one only at the end.
    """
    parts = [part for part in _SPACED.split(title[:_MAX_TITLE].strip()) if part.strip()]
    finer = [part for whole in parts for part in _COLON.split(whole)]
    if len(finer) < 2:
        return ""
    for part in (*parts[::-1][:_MAX_PARTS], *finer[:_MAX_PARTS]):
        name = part.strip(_EDGES)
        if _fits_as_a_name(name, web_url) == "exact":
            return name
    last = parts[-1].strip(_EDGES[0] + _EDGES[2:])
    is_name = len(parts) > 1 and _reads_as_a_name(last) and _fits_as_a_name(last, web_url)
    return last if is_name else ""


def _fits_as_a_name(name: str, web_url: str) -> Fit:
    """Return how well a name matches a host, as `fit_name` does; "" for a name that is a URL."""
    if is_web_address(name) or name == urls.registrable_domain(web_url):
        return ""
    return fit_name(name, web_url)


def _reads_as_a_name(words: str) -> bool:
    """Return whether words look like a name: few, no numbers, capitals but for joining words."""
    some = words.split()
    if not 0 < len(some) <= _MAX_LOOSE_WORDS or any(letter.isdigit() for letter in words):
        return False
    big = [word for word in some if word.lower() not in _JOINING and not word.endswith(".V.")]
    return not any(word[0].islower() for word in big[1:])


def _labels(web_url: str) -> frozenset[str]:
    """Return the parts of a host that may spell a name."""
    labels = urls.host(web_url).split(".")[:-1]
    return frozenset(
        _squash(label) for label in labels if label not in _OUTER and len(label) >= _SHORT - 1
    )


def _forms(letters: str) -> Iterator[str]:
    """Yield the spellings of letters in a URL: `koeln` and `koln`."""
    yield _squash(letters.translate(_GERMAN))
    yield _squash(letters)


def _squash(letters: str) -> str:
    plain = unicodedata.normalize("NFKD", letters.lower())
    return "".join(letter for letter in plain if letter.isalnum())


def _is_loose(words: list[str], label: str) -> bool:
    if len(label) < _SHORT:
        return False
    folded = [next(_forms(word)) for word in words]
    if _is_beginning(folded, label):
        return True
    return len(words) > 1 and _is_composed([word for word in folded if word], label)


def _is_beginning(words: list[str], label: str) -> bool:
    """Return whether a host's part is the words' beginning, or the first plus an ending."""
    first, whole = words[0], "".join(words)
    if first == label or (len(label) > _SHORT and whole.startswith(label)):
        return True
    return len(first) >= _LONG and label.removeprefix(first) in _GENERIC


def _is_composed(words: list[str], label: str) -> bool:
    """Return whether a host's part is composed of the beginnings of all words in their order."""
    reached = {0}
    for word in words[: 2 * _MAX_LOOSE_WORDS]:
        after = set(reached) if word in _JOINING else set()
        for at in reached:
            for length in range(1, len(word) + 1):
                if label.startswith(word[:length], at):
                    after.add(at + length)
        reached = after
    return len(label) in reached


def find_declared_address(html: bytes) -> str:
    """Return the URL that a saved HTML page gives as its own, "" if it has none.

    For fetched pages use `canonical`, which checks the declaration.
    """
    from lxml import etree
    from lxml.html import HTMLParser, document_fromstring

    try:
        root = document_fromstring(html, parser=HTMLParser(encoding="utf-8"))
    except (etree.ParserError, ValueError, AssertionError):
        return ""
    said = root.xpath("//link[@rel='canonical']/@href | //meta[@property='og:url']/@content")
    return next((address for address in map(urls.fetchable, map(str, said)) if address), "")
