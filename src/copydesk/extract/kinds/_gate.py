"""Recognise pages shown instead of an article: logins, cookie questions, redirects, error pages."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from copydesk.extract.kinds._look import SHORT, TINY, PageLook
from copydesk.extract.page import visible_text
from copydesk.kit import tables, text, urls

_PACKAGE = "copydesk.extract.kinds"

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
    """Name what a page shows in place of an article ("a login page"), "" for nothing.

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
        return "a question about cookies"
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
    return "a page that only leads on by a script" if _has_such_script(look) else ""


def _name_refresh(look: PageLook, address: str) -> str:
    """Describe where a page redirects to."""
    target = urls.fetchable(address, look.document.base) if address.strip() else ""
    if target and urls.identity(target) != urls.identity(look.address):
        return f"a page that only leads on to {_shorten_address(target)}"
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
_LONGEST = 160  # characters of a sentence that is compared


def name_missing(look: PageLook) -> str:
    """Name an error page with status 200, or a note in place of an article, "" for neither.

    A heading, or the first sentence of a page with almost no text, must be such a note and nothing
    else. On a page that declares itself an article only the note itself counts, and below the
    headline that its source gave only a note in the text.
    """
    if look.length >= SHORT:
        return ""
    if look.declared.first(*_CODES)[0].strip() in {"404", "410"} or look.classes & _CLASSES:
        return "an error page in a 200"
    if not look.is_as_listed:
        if not look.is_sure and _is_error(look):
            return "an error page in a 200"
        for heading in (look.title,) if look.is_sure else look.whole_headings:
            if found := _name_note(heading):
                return found
    return _find_note(look)


def _is_error(look: PageLook) -> bool:
    """Return whether the page's title is that of an error page and nothing else.

    A word that may be a title of something else counts on a page with little text only.
    """
    title = look.title.strip()[: _LONGEST + 1]
    if text.squash(title) in _NAMES:
        return look.length < SHORT / 2
    return len(title) <= _LONGEST and bool(_ERROR.match(title))


def _find_note(look: PageLook) -> str:
    if look.length >= (TINY if look.is_sure else SHORT / 2):
        return ""
    shown = [*look.words.split("\n")[:2], *visible_text(look.document, "//h2 | //main//p", 3)]
    sentences = (re.split(r"(?<=[.!?。])\s", passage[: 2 * _LONGEST])[0] for passage in shown)
    return next(filter(None, map(_name_note, sentences)), "")


def _name_note(sentence: str) -> str:
    folded = sentence.strip()
    if not folded or len(folded) > _LONGEST or not _SENTENCE.match(folded):
        return ""
    return "a removed article" if _REMOVED.search(folded) else "an error page in a 200"
