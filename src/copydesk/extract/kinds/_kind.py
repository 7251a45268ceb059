"""Decide whether a page is an article: by its bytes, URL, metadata and text."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from copydesk.extract import json_ld
from copydesk.extract.json_ld import Node
from copydesk.extract.kinds import _listing, _media
from copydesk.extract.kinds._look import SHORT, TINY, PageLook
from copydesk.extract.origin import is_home
from copydesk.extract.page import visible_text
from copydesk.kit import dates, tables, text, urls

if TYPE_CHECKING:
    from copydesk.extract.declared import Declared
    from copydesk.extract.page import Document
    from copydesk.news import Lead, Page

_PACKAGE = "copydesk.extract.kinds"

_MAGIC = (
    (b"%PDF-", "a PDF"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"PK\x03\x04", "an archive or office file"),
    (b"\x1f\x8b", "compressed data"),
    (b"{\\rtf", "an office file"),
    (b"\xd0\xcf\x11\xe0", "an office file"),
)
_XML_ROOT = re.compile(
    rb"\A[\s\xef\xbb\xbf]*(?:<\?xml[^>]*\?>\s*)?(?>(?:<!--.*?-->\s*)*)"
    rb"<(?:\w+:)?(rss|feed|rdf|urlset|sitemapindex|opml|svg)\b",
    re.IGNORECASE | re.DOTALL,
)
_HTML = re.compile(
    rb"<!doctype html|<html|<head|<body|<title|<meta|<p\b|<div\b|<article\b", re.IGNORECASE
)
_OTHER_TYPES = re.compile(
    r"^(?:image|audio|video|font)/|^application/(?:pdf|zip|msword|vnd\.|json|ld\+json)"
)
_SNIFF = 4_096

# A heading that asks for a human says nothing else; with next to no text it may go on freely.
_ROBOT_CHECK = tables.read_pattern(_PACKAGE, "robot_checks.txt")
_WALL = re.compile(
    r"(?i)\A\W*(?:(?:sorry|oops|one more step)\W+)?"
    rf"(?P<says>{_ROBOT_CHECK})"
    r"(?P<more> (?:before accessing|while (?:we|your|the page)|to continue|by|from)\b.{0,80})?"
    r"\W*(?P<rest>.{0,200})"
)
_GALLERIES = frozenset({"imagegallery", "mediagallery"})
_FEW = 5  # pictures
_LONGEST = 300  # characters of a heading that is compared
_PLEA = re.compile(rf"(?i){tables.read_pattern(_PACKAGE, 'browser_pleas.txt')}")
_ROOTS = "//*[@id='root' or @id='app' or @id='__next' or @id='__nuxt' or @id='___gatsby']"


def name_other_format(page: Page) -> str:
    """Return the format of a response that is not HTML ("a PDF"), "" if it may be HTML.

    The bytes decide before the label: servers call PDFs HTML and HTML plain text.
    """
    body = page.body[:_SNIFF]
    if not page.body.strip(b" \t\r\n\x00"):
        return "an empty page"
    what = _name_by_bytes(body)
    if what or _HTML.search(body.replace(b"\x00", b"")):
        return what
    declared = page.headers.get("content-type", "").split(";")[0].strip().lower()
    if _OTHER_TYPES.match(declared):
        return f"not HTML but {declared}"
    return "" if b"<" in page.body else "not HTML"


def _name_by_bytes(body: bytes) -> str:
    for magic, what in _MAGIC:
        if body.startswith(magic):
            return what
    if body.lstrip()[:1] in {b"{", b"["} and b"<html" not in body.lower():
        return "JSON"
    root = _XML_ROOT.match(body)
    if root is None:
        return ""
    return "a picture" if root[1].lower() == b"svg" else "a feed or sitemap"


def look_at(document: Document, declared: Declared, lead: Lead, title: str, body: str) -> PageLook:
    """Return a page prepared for deciding its kind; `body` is its text in Markdown."""
    words = text.prose(body)
    return PageLook(document=document, declared=declared, lead=lead, title=title, words=words)


def name_other_kind(look: PageLook) -> str:
    """Return the kind of an HTML page that is no article ("a home page"), "" for an article.

    Conservative: a source listed the page, so only clear evidence counts. A page that surely
    declares itself an article is one, however short; so is a page with a player.
    """
    if is_home(look.address):
        return "a home page"
    found = name_missing(look) or name_gate(look)
    if found:
        return found
    if _media.kind(look.document, look.declared, look.lead, look.words) != "article":
        return ""
    return name_subject(look) or _listing.name_list(look) or _name_gallery(look)


def _name_gallery(look: PageLook) -> str:
    """Name a page that is a picture gallery without text by its metadata, "" for another."""
    if look.is_article or look.length >= TINY:
        return ""
    told = any(json_ld.kinds(node) & _GALLERIES for node in look.declared.nodes)
    pictures = len(look.document.tree.xpath("//img")[: _FEW + 1])
    return "pictures without text" if told and pictures >= _FEW else ""


def is_robot_wall(look: PageLook) -> bool:
    """Return whether a page is a check that its visitor is human, such as a captcha.

    A heading must be that question and nothing else: "Access denied: how the port kept out
    reporters" is news. On a page with next to no text it may begin with it.
    """
    if look.length >= SHORT or look.declared.article or look.says_article or look.is_as_listed:
        return False
    is_bare = look.length < TINY and not look.is_brief
    found = (_WALL.match(heading[:_LONGEST]) for heading in look.whole_headings)
    return any(match and (is_bare or not match["rest"]) for match in found)


def name_empty(look: PageLook) -> str:
    """Return "an empty page" or the like for a page with nothing to read, "" otherwise.

    A paywalled stub, a video and a page rendered by scripts have little text, but declare what they
    are or have a description in their feed; a brief has what only articles have. An empty shell
    declares nothing but its site's name.
    """
    if look.length >= TINY or _is_promised(look):
        return ""
    is_drawn = _is_drawn_by_scripts(look) or _asks_for_a_browser(look)
    is_shell = is_drawn and _is_the_site(look)
    is_described = bool(look.declared.first("og:description", "description")[0])
    if (look.says_article or is_described) and not is_shell:
        return ""
    return "a page rendered by scripts" if is_drawn else "an empty page"


def _is_promised(look: PageLook) -> bool:
    """Return whether a page or its feed entry says that there is something to read, see or hear."""
    declared, lead = look.declared, look.lead
    if declared.article or declared.video or lead.excerpt or lead.media or look.is_brief:
        return True
    return _media.kind(look.document, declared, lead, look.words) != "article"


def _asks_for_a_browser(look: PageLook) -> bool:
    """Return whether a page tells its visitor to use another browser, or to allow scripts."""
    shown = (look.words, *visible_text(look.document, "//p | //noscript", 5))
    return any(_PLEA.search(words[:500]) for words in shown)


def _is_drawn_by_scripts(look: PageLook) -> bool:
    """Return whether the page has an empty element that scripts fill."""
    tree = look.document.tree
    roots = tree.xpath(_ROOTS)[:_FEW]
    return bool(tree.xpath("(//script)[1]")) and any(
        not root.text_content().strip() and not len(root) for root in roots
    )


def _is_the_site(look: PageLook) -> bool:
    """Return whether a page has the title of its site, as pages that scripts fill have."""
    name = look.declared.first("og:site_name", "application-name")[0].lower()
    return (
        bool(name)
        and look.declared.first("og:title")[0].lower() in {name, ""}
        and any(heading.lower() == name for heading in look.headings[:1])
    )


# Pages about something else by their own JSON-LD: an event, a product, a job, …

_NO_EVENTS = frozenset({"broadcastevent", "publicationevent", "onlineevent", "deliveryevent"})
_EVENTS = frozenset({"festival", "hackathon", "courseinstance", "eventseries"})
_PRODUCTS = frozenset({"product", "productgroup", "individualproduct", "productmodel", "vehicle"})
_APPS = frozenset({"softwareapplication", "mobileapplication", "webapplication", "videogame"})
_APP_SAYS = ("offers", "operatingSystem", "applicationCategory", "downloadUrl", "installUrl")
_PRICES = ("product:price:amount", "og:price:amount", "product:price")
_OF_THE_SITE = frozenset({"aboutpage", "contactpage", "checkoutpage"})
_FIRST = 8  # nodes: a page describes itself before other things
_MAX_NODES = 200
_LONG = 1_500  # of prose in one place; descriptions of goods are shorter
_TOLD = 0.5  # share of a page's text that is also in its JSON-LD
_BESIDE_A_JOB = 0.5  # of a title's words: "Harbour pilot (all genders)"
_VOTES = ("upvoteCount", "suggestedAnswer")


class _Thing(StrEnum):
    """The subject of a page that is no article, in words for a person."""

    PRODUCT = "a product page"
    APP = "an app page"
    JOB = "a job posting"
    QUESTION = "a forum question"
    EVENT = "an event page"


def name_subject(look: PageLook) -> str:
    """Return the kind of a page that is clearly no article ("an event page"), "" if unclear.

    A page that declares itself an article is one, and so is a long text: a review has a product in
    its JSON-LD, a report the match. Otherwise a title of the page must be the name of the thing and
    nothing else: "Tide Clock tested" is not an app. A recipe and a forum post are articles; a
    question with its answers is not.
    """
    if look.is_article:
        return ""
    for node in look.declared.nodes[:_MAX_NODES]:
        thing = _thing_of(node)
        if thing and _is_titled(look, node, thing) and _is_whole(look, node, thing):
            return thing.value
    is_product = look.declared.first("og:type")[0].lower().startswith("product")
    if is_product and _has_price(look) and not _is_long(look):
        return _Thing.PRODUCT.value
    return _name_site_page(look)


def _thing_of(node: Node) -> _Thing | None:
    """Return the subject that a JSON-LD object of these types gives its page, None for none."""
    kinds = json_ld.kinds(node)
    if kinds & _PRODUCTS:
        return _Thing.PRODUCT
    if kinds & _APPS:
        return _Thing.APP
    if "jobposting" in kinds:
        return _Thing.JOB
    if "qapage" in kinds:
        return _Thing.QUESTION
    is_event = kinds & _EVENTS or any(kind.endswith("event") for kind in kinds - _NO_EVENTS)
    return _Thing.EVENT if is_event else None


def _is_titled(look: PageLook, node: Node, thing: _Thing) -> bool:
    """Return whether a title of the page is the name of what a JSON-LD object describes."""
    beside = _BESIDE_A_JOB if thing is _Thing.JOB else 0
    told = (node, *_questions(node))
    names = (json_ld.string(thing.get(key)) for thing in told for key in ("name", "title"))
    return any(look.is_called(name, beside) for name in names if name)


def _is_whole(look: PageLook, node: Node, thing: _Thing) -> bool:
    """Return whether a JSON-LD object has enough detail to be the page's subject."""
    if thing is _Thing.JOB:
        told = json_ld.string(node.get("description"))
        return len(told) >= _TOLD * look.length or not _is_long(look)
    if thing is _Thing.QUESTION:
        return _is_of_a_forum(look, node)
    if _is_long(look):
        return False
    if thing is _Thing.PRODUCT:
        return bool(node.get("offers")) or _has_price(look)
    if thing is _Thing.APP:
        return any(node.get(key) for key in _APP_SAYS)
    return _is_to_come(look, node)


def _is_to_come(look: PageLook, node: Node) -> bool:
    """Return whether an event has a place and a time, and is not over when its source lists it.

    A match must have tickets, since reports and tickers describe it as well.
    """
    has_place = bool(node.get("offers"))
    if "sportsevent" not in json_ld.kinds(node):
        has_place = has_place or bool(node.get("location"))
    if not node.get("startDate") or not has_place:
        return False
    last = json_ld.string(node.get("endDate")) or json_ld.string(node.get("startDate"))
    end, written = dates.parse(last), look.lead.published_at
    return end is None or written is None or end >= dates.utc(written)


def _is_of_a_forum(look: PageLook, node: Node) -> bool:
    """Return whether a page is one question with votes, or is short and has its answers as data."""
    questions = _questions(node)
    if len(questions) != 1:
        return False
    if any(questions[0].get(key) for key in _VOTES):
        return True
    return bool(questions[0].get("answerCount")) and not _is_long(look)


def _questions(node: Node) -> list[Node]:
    about = node.get("mainEntity")
    listed = about if isinstance(about, list) else [about]
    return [question for question in listed[:_FIRST] if isinstance(question, Mapping)]


def _is_long(look: PageLook) -> bool:
    """Return whether a page has more running text than a product page."""
    return look.length >= 5 * SHORT or _listing.prose(look) >= _LONG


def _has_price(look: PageLook) -> bool:
    return bool(look.declared.first(*_PRICES)[0])


def _name_site_page(look: PageLook) -> str:
    """Name a page about the site itself by schema.org's types of pages, "" for another."""
    if look.says_article or look.length >= 5 * SHORT:
        return ""
    for node in look.declared.nodes[:_FIRST]:
        if json_ld.kinds(node) & _OF_THE_SITE:
            name = json_ld.string(node.get("name"))
            if look.is_here(node) or (name and look.is_called(name, 0)):
                return "a page about the site itself"
    return ""


# Recognise pages shown instead of an article: logins, cookie questions, redirects, error pages.

_LOGIN = re.compile(rf"(?i)\A\W*{tables.read_pattern(_PACKAGE, 'login_headings.toml')}\W*\Z")
_LOGIN_SEGMENTS = frozenset(tables.read_lines(_PACKAGE, "login_folders.txt"))
_LOGIN_HOSTS = frozenset(
    {"login", "signin", "auth", "account", "accounts", "sso", "id", "konto", "identity", "secure"}
)
_CONSENT = re.compile(rf"(?i)\A\W*{tables.read_pattern(_PACKAGE, 'consent_headings.toml')}\W*\Z")
_CONSENT_WORDS = re.compile(r"(?i)cookie|consent|privacy|datenschutz|privacidad|données|prywatno")
_CONSENT_SEGMENTS = frozenset(
    {"consent", "collectconsent", "cookiewall", "cookie-wall", "cookie-consent", "privacy-gate"}
)
_CONSENT_HOSTS = frozenset({"consent", "cmp", "cookiewall", "myprivacy", "privacygate"})
_PARKED = re.compile(rf"(?i)\b{tables.read_pattern(_PACKAGE, 'parked_domains.toml')}\b")
_MOSTLY = 0.6  # of a heading's letters
_LOGIN_WORDS = 6  # "Log in to read the story"
_FIELD = "(//input[@type='password' or @type='PASSWORD'])[position() <= 5]"
_FIELD_OF_ITS_OWN = f"{_FIELD}[not(ancestor::header or ancestor::nav or ancestor::aside)]"
_REFRESH = re.compile(r"""(?i)\A\s*(\d{0,6})(?:\.\d*)?\s*[;,]?\s*(?:url\s*=\s*)?['"]?([^'"]*)""")
_SOON = 30  # seconds; a page that waits longer has its own content
_SCRIPT = re.compile(
    r"(?:\b(?:window|document|self|top|parent)\.)?\blocation(?:\.href)?\s*=(?!=)"
    r"|\blocation\.(?:replace|assign)\s*\("
)
_MAX_SCRIPT = 2_000  # characters; a script that only redirects is short
_MAX_SCRIPTS = 3
_BEGINNING = 300
_MANY = 2_500


def name_gate(look: PageLook) -> str:
    """Return what a page shows instead of an article ("a login page"), "" if it is not blocked.

    A page that declares itself an article is one, whatever else it has: a paywalled stub has a
    login, too. So is a page with the headline that its source gave.
    """
    if look.is_article:
        return ""
    return ("" if look.is_as_listed else _name_demand(look)) or _name_redirect(look)


def _name_demand(look: PageLook) -> str:
    """Name what a page demands before it shows anything: a login, consent, money; else ""."""
    if _is_login(look):
        return "a login page"
    if _is_consent(look):
        return "a cookie consent page"
    return "a parked domain" if _is_parked(look) else ""


def _is_login(look: PageLook) -> bool:
    """Return whether two of three signs are of a login page: headings, URL, a password field.

    Without the URL there must be next to no text, and the field must not be in the page's header.
    """
    if look.length >= SHORT:
        return False
    label = urls.host(look.address).split(".")[0]
    is_named = any(map(_is_of_a_login, look.whole_headings))
    if _LOGIN_SEGMENTS & set(look.segments) or label in _LOGIN_HOSTS:
        return is_named or bool(look.document.tree.xpath(_FIELD))
    is_bare = look.length < SHORT / 2 and not look.is_timed and not look.is_spelt
    return is_named and is_bare and bool(look.document.tree.xpath(_FIELD_OF_ITS_OWN))


def _is_of_a_login(heading: str) -> bool:
    """Return whether a heading asks to log in, and says nothing else."""
    return len(heading.split()) <= _LOGIN_WORDS and bool(_LOGIN.match(heading))


def _is_consent(look: PageLook) -> bool:
    """Return whether a page asks for consent to cookies, by its URL, or by a heading and its text.

    Every page has a banner about cookies, so beside a heading only the text counts.
    """
    if look.length >= _MANY:
        return False
    label = urls.host(look.address).split(".")[0]
    is_there = bool(_CONSENT_SEGMENTS & set(look.segments)) or label in _CONSENT_HOSTS
    if not is_there and not any(map(_CONSENT.match, look.whole_headings)):
        return False
    shown: tuple[str, ...] = (look.words[:_MANY],)
    if is_there or look.length < TINY:
        shown = (*shown, *look.headings, *visible_text(look.document, "//p | //button", 5))
    return any(_CONSENT_WORDS.search(words) for words in shown)


def _is_parked(look: PageLook) -> bool:
    if look.length >= 2 * SHORT:
        return False
    host = urls.host(look.address).removeprefix("www.")
    for heading in look.whole_headings:
        found = _PARKED.search(heading[:_BEGINNING])
        if found and (len(found[0]) >= _MOSTLY * len(heading) or host in heading.lower()):
            return True
    named = [heading.lower().removeprefix("www.") for heading in look.headings]
    if {f"{host} is for sale", f"{host} may be for sale"} & set(named):
        return True
    shown = (look.words[:_BEGINNING], *visible_text(look.document, "//p", 3))
    return host in named and any(_PARKED.search(words[:_BEGINNING]) for words in shown)


def _name_redirect(look: PageLook) -> str:
    """Name a page without text that only redirects or reloads itself, "" for any other page."""
    if look.length >= TINY or look.says_article or look.is_brief:
        return ""
    refreshes = (_REFRESH.match(value[:_MANY]) for value in look.declared.meta.get("refresh", ()))
    soon = (refresh[2] for refresh in refreshes if refresh and int(refresh[1] or 0) <= _SOON)
    address = next(soon, None)
    if address is not None:
        return _name_refresh(look, address)
    return "a page that only redirects by a script" if _has_such_script(look) else ""


def _name_refresh(look: PageLook, address: str) -> str:
    """Describe where a page redirects to."""
    target = urls.fetchable(address, look.document.base) if address.strip() else ""
    if target and urls.identity(target) != urls.identity(look.address):
        return f"a page that only redirects to {_shorten_address(target)}"
    return "a page that only reloads itself"


def _shorten_address(target: str) -> str:
    parts = urlsplit(target)
    return f"{parts.scheme}://{parts.netloc}{parts.path}"[:200]


def _has_such_script(look: PageLook) -> bool:
    """Return whether the page is nothing but a short script that redirects."""
    if look.length or look.document.tree.xpath("(//h1 | //article | //main)[1]"):
        return False
    scripts = look.document.tree.xpath("//script[not(@src)]")
    texts = [script.text or "" for script in scripts[: _MAX_SCRIPTS + 1]]
    return 0 < len(texts) <= _MAX_SCRIPTS and any(
        len(script) <= _MAX_SCRIPT and _SCRIPT.search(script) for script in texts
    )


# Error pages with status 200, and notes in place of an article that was removed.

# Words before the sentence itself: a status, an apology, "the page that you wanted".
_BEFORE = r"""
    (?:(?:error|erreur|fehler|errore|erro|fout|błąd|ошибка)?\W*(?:404|410)\W+)?
    (?:(?:oops|ups|hoppla|oups|whoops|uh[ -]?oh|ops|(?:we(?:['’]re|\ are)\ )?(?:very\ )?sorry
      |désolés?|lo\ sentimos|helaas|leider|przepraszamy|entschuldigung|scusa|siamo\ spiacenti
      |spiacenti|desculpe|lamentamos)(?:,\ but)?\W+)?
"""
_SENTENCE = re.compile(
    rf"(?xi)\A\W*{_BEFORE}{tables.read_pattern(_PACKAGE, 'missing_pages.toml')}\W*\Z"
)
_REMOVED = re.compile(rf"(?i)\b{tables.read_pattern(_PACKAGE, 'removed_words.txt')}\b|削除|删除")
# Complete headings of error pages in English, as servers and templates have them.
_CODE = r"(?:(?:http|error|status)\W*){0,2}(?:400|401|403|404|405|410|429|500|502|503|504)"
_REASON = tables.read_pattern(_PACKAGE, "error_reasons.txt")
_ERROR = re.compile(
    rf"(?i)\A\W*(?:(?:sorry|oops)\W+)?(?:{_CODE}\W*(?:{_REASON}|error|page)?|{_REASON}\W*{_CODE}?)\W*\Z"
)
_NAMES = frozenset({"error", "forbidden", "gone", "unauthorized", "maintenance", "oops"})
# Classes of the body in large content systems, and metadata for prerenderers.
_CLASSES = frozenset({"error404", "error-404", "page-404", "page-not-found", "http-error-404"})
_CODES = ("prerender-status-code", "render:status_code", "status-code")
_LONGEST_SENTENCE = 160  # characters of a sentence that is compared


def name_missing(look: PageLook) -> str:
    """Return "an error page" or the like for an error page with status 200, "" for other pages.

    A heading, or the first sentence of a page with almost no text, must be such a note and nothing
    else. On a page that declares itself an article only the note itself counts, and below the
    headline that its source gave only a note in the text.
    """
    if look.length >= SHORT:
        return ""
    if look.declared.first(*_CODES)[0].strip() in {"404", "410"} or look.classes & _CLASSES:
        return "an error page with status 200"
    if not look.is_as_listed:
        if not look.is_sure and _is_error(look):
            return "an error page with status 200"
        for heading in (look.title,) if look.is_sure else look.whole_headings:
            if found := _name_note(heading):
                return found
    return _find_note(look)


def _is_error(look: PageLook) -> bool:
    """Return whether the page's title is that of an error page and nothing else.

    A word that may be a title of something else counts on a page with little text only.
    """
    title = look.title.strip()[: _LONGEST_SENTENCE + 1]
    if text.squash(title) in _NAMES:
        return look.length < SHORT / 2
    return len(title) <= _LONGEST_SENTENCE and bool(_ERROR.match(title))


def _find_note(look: PageLook) -> str:
    if look.length >= (TINY if look.is_sure else SHORT / 2):
        return ""
    shown = [*look.words.split("\n")[:2], *visible_text(look.document, "//h2 | //main//p", 3)]
    sentences = (
        re.split(r"(?<=[.!?。])\s", passage[: 2 * _LONGEST_SENTENCE])[0] for passage in shown
    )
    return next(filter(None, map(_name_note, sentences)), "")


def _name_note(sentence: str) -> str:
    folded = sentence.strip()
    if not folded or len(folded) > _LONGEST_SENTENCE or not _SENTENCE.match(folded):
        return ""
    return "a removed article" if _REMOVED.search(folded) else "an error page with status 200"
