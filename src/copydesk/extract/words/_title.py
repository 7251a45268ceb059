"""Find the headline of an article without the site's name, and its section and keywords."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from copydesk.extract import json_ld
from copydesk.extract.page import visible_text
from copydesk.kit import tables, text, urls

if TYPE_CHECKING:
    from copydesk.extract.declared import Declared
    from copydesk.extract.page import Document
    from copydesk.news import Lead

_PACKAGE = "copydesk.extract.words"

MAX_CHARACTERS = 300
_MAX_RAW = 1_000  # characters that are read
_MAX_NAME_WORDS = 7  # templates may have the headline in place of the site's name
_SEPARATOR = re.compile(r"\s+[|»«‹›·•–—:/~>]+\s+|\s+-{1,2}\s+|\s*[|｜_]\s*|\s*::\s*")
# Words around a site's name that do not make it another site.
_AROUND = frozenset(tables.read_lines(_PACKAGE, "site_words.txt"))
_BRACKETED = re.compile(r"\[([^\[\]]{2,60})\]$")
# Names of sites by their form: `-某某网` at the end, and what follows the last bar or angle in a
# page's own title.
_ASIAN_SITE = re.compile(
    r"\s*[-_—–|｜]\s*[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]{1,8}"
    r"(?:网|網|网站|报|報|新闻|新聞|新闻网|频道|頻道|日报|在线|ニュース|新聞社|뉴스|신문|일보)$"
)
_BEHIND_BAR = re.compile(r"\s[|｜‹›«»]\s[^|｜‹›«»\s]++(?:\s[^|｜‹›«»\s]++){0,7}+$")
# Names before or after a headline that are clearly a site's.
_BLOG_BEFORE = re.compile(r"^(?:[^\s:|]{1,20}\s){1,3}Blog\s[:|–—-]\s(?=\S)")
_DOMAIN_BEHIND = re.compile(r"\s+\[(?:[\w-]{1,40}\.){1,3}[a-z]{2,10}\]$")
_MIN_LABEL = 4  # letters of a domain by which a name is recognised
_MIN_INITIALS = 3
_MAX_KICKER = 4  # words before a headline: `Opinion | …`
_MIN_LEFT = 8  # letters of a headline that must remain after a cut by form
_CUT_AT = 90  # characters: search engines show 110, and some templates cut here without a mark
_ENTITY = re.compile(r"&(?:#\d+|#x[0-9a-fA-F]+|[a-zA-Z]{2,8});")
# Texts of walls and templates in place of a headline.
_PREFIX = re.compile(r"(?i)^(?:become an? \w+ subscriber to read|subscribe to read)\s*:\s*")
_CLEAN = frozenset({"json-ld", "h1", "lead"})  # places whose headline often has nothing behind it
_BY_NAME = re.compile(
    r"[\s|,–—-]+(?i:by|von|par|por|di|door|av|af)(?:\s(?:[^\W\d_a-z][\w.’'-]*|van|von|de|da|al)){2,4}"
)
_EMPTY = re.compile(rf"(?i)^{tables.read_pattern(_PACKAGE, 'empty_titles.txt')}\W*$")


def title(
    document: Document, declared: Declared, lead: Lead, site_names: Iterable[str]
) -> tuple[str, str]:
    """Return the headline of an article and where it was found, ("", "") for none.

    It is the first candidate that another one, or the URL, confirms: a mistake of a template is
    never confirmed. If nothing is confirmed, it is the first.
    """
    names = _site_forms(site_names)
    raw = [
        (clean_title(candidate), origin)
        for candidate, origin in _title_candidates(document, declared, lead)
    ]
    heads = frozenset(
        text.squash(candidate) for candidate, origin in raw if origin in {"h1", "lead"}
    )
    around = names | frozenset(_beside(declared))
    label = urls.registrable_domain(document.address).split(".")[0].replace("-", "")
    raw = [(_cut_behind(item, raw, around), item[1]) for item in raw]
    candidates = [(_strip_candidate(item, around, heads, label), item[1]) for item in raw]
    titles = [(candidate, origin) for candidate, origin in candidates if is_title(candidate, names)]
    if not titles:
        return "", ""
    candidate, origin = _choose(titles, document.address)
    return text.shorten(_complete(candidate, titles), MAX_CHARACTERS), origin


def _site_forms(site_names: Iterable[str]) -> frozenset[str]:
    """Return the spellings of the site's names; a longer text may be a headline."""
    short = (name for name in site_names if len(name.split()) <= _MAX_NAME_WORDS)
    return frozenset(chain.from_iterable(map(forms, short)))


def _cut_behind(
    item: tuple[str, str], others: list[tuple[str, str]], around: frozenset[str]
) -> str:
    """Cut off the site's name or "by NAME" behind a headline that another place has without it."""
    title, origin = item
    for clean, other in others:
        rest = title[len(clean) :]
        is_longer = other in _CLEAN and other != origin and title.startswith(f"{clean} ")
        if is_longer and (text.squash(rest) in around or _BY_NAME.fullmatch(rest)):
            return clean
    return title


def _strip_candidate(
    candidate: tuple[str, str], around: frozenset[str], heads: frozenset[str], label: str
) -> str:
    """Strip a candidate of the names on the page, or by its form if there are none."""
    title, origin = candidate
    bare = strip_site(title, around, heads)
    if bare != title:
        return bare
    return strip_site(_cut_by_form(title, heads, label, origin), around, heads)


def _choose(titles: list[tuple[str, str]], address: str) -> tuple[str, str]:
    """Return the first title that another one or the URL confirms, else the first."""
    slug = " ".join(re.split(r"[\W_]+", address.rstrip("/").rsplit("/", 1)[-1]))
    others = [*titles, (slug, "address")]
    return next((title for title in titles if _is_confirmed(title, others)), titles[0])


def _beside(declared: Declared) -> Iterator[str]:
    """Yield the keys of names that templates put beside a headline: its section, its authors."""
    node = declared.article
    sections = json_ld.strings(node.get("articleSection"))
    authors = json_ld.names(node.get("author"), declared.nodes)
    authors += declared.meta.get("author", ())
    for section in (*declared.meta.get("article:section", ()), *sections):
        if len(section.split()) <= _MAX_NAME_WORDS:
            yield text.squash(section)
    for author in authors:
        name = text.squash(author)
        yield from (name, f"by{name}")


def is_title(found: str, names: frozenset[str] = frozenset()) -> bool:
    """Return whether a text can be a headline: not empty, a placeholder or the site's name."""
    return bool(text.squash(found)) and not _EMPTY.match(found) and text.squash(found) not in names


def _is_confirmed(title: tuple[str, str], others: list[tuple[str, str]]) -> bool:
    """Return whether a candidate of another origin shares half of the shorter one's words.

    One word in common is chance (`Harbour Times`, `Good Morning Harbour`), unless it is all.
    """
    own = set(text.words(title[0]))
    for other, origin in others:
        words = set(text.words(other))
        enough = max(2, min(len(own), len(words)) / 2)
        if origin != title[1] and (own == words or len(own & words) >= enough):
            return True
    return False


def _complete(title: str, others: list[tuple[str, str]]) -> str:
    """Complete an incomplete headline by another candidate that begins with it."""
    begun = re.sub(r"\s*(?:…|\.{3})$", "", title)
    if len(begun) < 20 or (begun == title and len(title) < _CUT_AT):
        return title
    return next(
        (longer for longer, _ in others if longer != title and longer.startswith(begun)), title
    )


def _title_candidates(
    document: Document, declared: Declared, lead: Lead
) -> Iterator[tuple[str, str]]:
    yield json_ld.string(declared.article.get("headline")), "json-ld"
    yield declared.first("og:title")[0], "og:title"
    yield from (
        (title, "title") for title in visible_text(document, "//title[not(ancestor::svg)]", 1)
    )
    yield from ((heading, "h1") for heading in visible_text(document, "//h1"))
    yield declared.first("twitter:title")[0], "twitter:title"
    yield json_ld.string(declared.video.get("name")), "json-ld"
    yield json_ld.string(declared.article.get("name")), "json-ld"
    yield lead.title, "lead"


def clean_title(raw: str) -> str:
    """Return a headline as plain text, with entities decoded that were encoded repeatedly."""
    raw = raw[:_MAX_RAW]
    once = text.plain(raw) if "<" in raw or "&" in raw else text.fold(raw)
    twice = text.plain(once) if _ENTITY.search(once) else once
    return _halve_double(_PREFIX.sub("", twice))


def _halve_double(title: str) -> str:
    """Reduce `A A` and `A | A` to `A`: hidden copies for screen readers, doubled templates."""
    half, odd = divmod(len(title), 2)
    if odd and half > 10 and title[half] == " " and title[:half] == title[half + 1 :]:
        return title[:half]
    parts = _SEPARATOR.split(title)
    if len(parts) == 2 and text.squash(parts[0]) == text.squash(parts[1]):
        return parts[0].strip()
    return title


def strip_site(title: str, names: frozenset[str], heads: frozenset[str] = frozenset()) -> str:
    """Remove the site's name from both ends of a title.

    `names` are the names of the site, squashed. A part before a separator that equals one of
    `heads` (the headlines that the page shows) is the headline, whatever follows.
    """
    while True:
        cut = _cut_once(title, names, heads)
        if cut == title:
            return title
        title = cut


def _cut_once(title: str, names: frozenset[str], heads: frozenset[str]) -> str:
    marks = list(_SEPARATOR.finditer(title))
    if not marks or text.squash(title) in heads:
        return _cut_names(title, marks, names)
    for mark in marks:
        if text.squash(title[: mark.start()]) in heads and not title[mark.end() :][:1].islower():
            return title[: mark.start()].strip()
    first = marks[0]
    kicker, rest = title[: first.start()], title[first.end() :]
    if text.squash(rest) in heads and len(kicker.split()) < min(_MAX_KICKER, len(rest.split())):
        return rest.strip()
    return _cut_names(title, marks, names)


def _cut_names(title: str, marks: list[re.Match[str]], names: frozenset[str]) -> str:
    """Cut the site's name, a section or an author off an end, as long as possible."""
    for mark in marks:
        if _is_site(title[mark.end() :], names):
            return title[: mark.start()].strip()
    if marks and _is_site(title[: marks[0].start()], names):
        return title[marks[0].end() :].strip()
    bracketed = _BRACKETED.search(title)
    if bracketed and forms(bracketed[1]) & names:
        return title[: bracketed.start()].strip() or title
    return title


def _cut_by_form(title: str, heads: frozenset[str], label: str, origin: str) -> str:
    """Cut off a site's name recognised by its form, unless the page shows it as headline.

    After a dash it must be a name that matches the domain; after a bar, any name.
    """
    if text.squash(title) in heads:
        return title
    bare = _DOMAIN_BEHIND.sub("", _ASIAN_SITE.sub("", title))
    if origin == "title":
        bare = _BLOG_BEFORE.sub("", _cut_label(bare, label))
        bare = _BEHIND_BAR.sub("", bare)
        last = next(reversed(list(_SEPARATOR.finditer(bare))), None)
        if last and _is_behind(label, bare[last.end() :]):
            bare = bare[: last.start()].strip()
    return bare if len(text.squash(bare)) >= _MIN_LEFT else title


def _cut_label(title: str, label: str) -> str:
    """Cut off the site's name before a colon, if it is the domain's label in several words."""
    name, _, rest = title.partition(": ")
    if " " in name and len(label) >= _MIN_LABEL and text.squash(name) == label:
        return rest if rest[:1].isupper() else title
    return title


def _is_behind(label: str, part: str) -> bool:
    """Return whether a domain's label is short for a name: `nyt` for `New York Times`."""
    words = [word for word in part.split() if word[:1].isupper()]
    initials = "".join(word[0].lower() for word in words)
    if len(words) >= _MIN_INITIALS and initials == label:
        return True
    short = len(part.split()) <= _MAX_KICKER and len(label) >= _MIN_LABEL
    return short and text.squash(part).startswith(label)


def _is_site(part: str, names: frozenset[str]) -> bool:
    """Return whether a part of a title names the site: `BBC News`, `theverge.com`."""
    if len(part) > 60:
        return False
    bracketed = _BRACKETED.search(part)
    if bracketed and forms(bracketed[1]) & names:
        return True
    return not text.squash(part) or bool(forms(part) & names)


def forms(name: str) -> frozenset[str]:
    """Return keys to compare a site's name by: whole, and without common words such as "news"."""
    words = re.sub(r"[\W_]+", " ", name.lower()).split()
    core = [word for word in words if word not in _AROUND]
    return frozenset({"".join(words), "".join(core) or "".join(words)} - {""})


# Find the section and the keywords under which the publisher files an article.

# Names that are not sections: home pages, everything on a site, other entries of menus.
_GENERAL = frozenset(tables.read_lines(_PACKAGE, "sections_general.txt"))
_MENU = frozenset(tables.read_lines(_PACKAGE, "sections_menu.txt"))
_KNOWN = frozenset(tables.read_lines(_PACKAGE, "sections_known.txt"))
_JOINING = frozenset({"and", "und", "et", "y", "e", "en", "news"})
_CAPITALS = frozenset({"diy", "usa", "nfl", "nba"})
_META = tables.read_rows(_PACKAGE, "meta_names.toml", tuple[str, ...])["section"]
_MAX_CHARACTERS = 60
_MAX_WORDS = 5
_MAX_CRUMBS = 12
_PIECES = re.compile(r"\s*[,;|>»›/]\s*|\s+[-–—]\s+")
_MIN_TITLE_WORDS = 3  # of a step that is taken for a part of the headline
_FOLDER = re.compile(r"^[a-z]{3,20}(?:-[a-z]{1,20}){0,3}$")
_SLUG = re.compile(r"^[a-z]{3,}(?:[-_][a-z]{2,})+$")
_MIN_SHOUTED = 4  # letters: fewer are an abbreviation
_CUT = re.compile(r"(?:…|\.{2,3})$")
# Entries of menus: `About the paper`, `Advanced search`, `Log in`.
_MENU_WORDS = re.compile(
    r"(?i)^(?:about|über uns|à propos|acerca de|contact us|advanced search|erweiterte suche|log ?in"
    r"|sign|register|subscribe|unsubscribe|skip|zum inhalt|(?:show|view|see) all|alle anzeigen)\b"
)
_STEP = (
    "//a[not(contains(@href, 'mailto:') or contains(@href, 'javascript:')"
    " or contains(@href, 'search') or contains(@href, 'suche') or contains(@href, '?s='))]"
)
# What a page with such crumbs has in its markup, and where they are. An XPath over attributes costs
# a third of one over elements.
_CRUMBS = (
    ("BreadcrumbList", "//@itemtype[contains(., 'BreadcrumbList')]/..//*[@itemprop='name']"),
    (
        "readcrumb",
        "(//@class[contains(., 'breadcrumb') or contains(., 'Breadcrumb')])[1]/.." + _STEP,
    ),
    ("breadcrumb", f"(//@id[contains(., 'breadcrumb')])[1]/..{_STEP}"),
)
_CATEGORY = "//a[contains(concat(' ', @rel, ' '), ' category ')]"


def section(document: Document, declared: Declared) -> tuple[str, str]:
    """Return the newspaper section of an article and where it was found, ("", "") for none.

    It is the most specific of a path of sections; the first folder of the URL only if nothing else
    names one. No section is better than a wrong one.
    """
    own = own_names(document, declared)
    label = urls.registrable_domain(document.address).split(".")[0]
    site = own | _bare_names(declared, label)
    for names, origin in _section_candidates(document, declared):
        for name in names:
            found = _tidy(name, site)
            if found and (origin != "breadcrumbs" or _is_a_step(found, own, label)):
                return _spell(found), origin
    return "", ""


def _bare_names(declared: Declared, label: str) -> frozenset[str]:
    """Return the keys of the site's names without the words around them."""
    values = [label, *declared.meta.get("og:site_name", ())]
    values += json_ld.names(declared.article.get("publisher"), declared.nodes)
    return frozenset(form for value in values for form in forms(value))


def _is_a_step(step: str, own: frozenset[str], label: str) -> bool:
    """Return whether a step of a breadcrumb path is a section, not an action, headline or site."""
    key = text.squash(step)
    if _CUT.search(step) or (step[0].islower() and key not in _KNOWN):
        return False
    if len(text.squash(label)) >= _MIN_LABEL and key.startswith(text.squash(label)):
        return False
    is_long = len(step.split()) >= _MIN_TITLE_WORDS
    return not (is_long and any(key in title for title in own))


def _spell(name: str) -> str:
    """Spell a section as a reader would: `crime-safety` becomes `Crime safety`."""
    if _SLUG.match(name):
        name = re.sub("[-_]", " ", name)
    if name in _CAPITALS:
        return name.upper()
    is_shouted = name.isupper() and len(name) >= _MIN_SHOUTED and text.squash(name) in _KNOWN
    return name[0].upper() + name[1:].lower() if name.islower() or is_shouted else name


def _section_candidates(
    document: Document, declared: Declared
) -> Iterator[tuple[Iterable[str], str]]:
    for name in _META:
        yield declared.meta.get(name, ()), name
    yield json_ld.names(declared.article.get("articleSection")), "json-ld"
    yield reversed(_crumbs(declared)), "breadcrumbs"
    for sign, xpath in _CRUMBS:
        if sign not in document.html:
            continue
        yield reversed(list(visible_text(document, xpath, _MAX_CRUMBS))), "breadcrumbs"
    yield visible_text(document, _CATEGORY), "category"
    yield _in_address(document.address), "address"


def own_names(document: Document, declared: Declared) -> frozenset[str]:
    """Return keys of the headlines and site names of a page, which are no section or keyword."""
    host = (urlsplit(document.address).hostname or "").removeprefix("www.")
    values = [host, host.split(".")[0], *declared.meta.get("og:site_name", ())]
    values += json_ld.names(declared.article.get("publisher"), declared.nodes)
    heads = [*declared.meta.get("og:title", ())]
    heads += json_ld.strings(declared.article.get("headline"))
    heads += visible_text(document, "//h1")
    titles = list(visible_text(document, "//title[not(ancestor::svg)]", 1))
    if not heads:
        heads = [_PIECES.split(title)[0] for title in titles]
    return frozenset(filter(None, map(text.squash, [*values, *heads, *titles])))


def _tidy(name: str, own: frozenset[str]) -> str:
    """Return the first section in a name that may be a list or path, "" for none."""
    plain = text.plain(name)
    pieces = () if text.squash(plain) in own else _PIECES.split(plain)
    for piece in pieces:
        key = text.squash(piece)
        if key and not is_general(piece) and not _forms(piece) & own and _is_name(piece):
            return piece.strip()
    return ""


def _forms(piece: str) -> set[str]:
    """Return the keys of a name, with `ö` also spelled as in domains."""
    key = text.squash(piece)
    spelled = key.translate({228: "ae", 246: "oe", 252: "ue", 223: "ss"})
    return {key, spelled}


def is_general(name: str) -> bool:
    """Return whether a section's name says nothing, such as `Home`, `News` or `None`."""
    return text.squash(name) in _GENERAL


def _is_name(piece: str) -> bool:
    short = len(piece) <= _MAX_CHARACTERS and len(piece.split()) <= _MAX_WORDS
    if _MENU_WORDS.match(piece) or text.squash(piece) in _MENU:
        return False
    return short and "://" not in piece and not piece.replace(".", "").isdigit()


def _crumbs(declared: Declared) -> list[str]:
    """Return the names in the page's BreadcrumbList, the home page first."""
    path = next((node for node in declared.nodes if "breadcrumblist" in json_ld.kinds(node)), None)
    items = path.get("itemListElement") if path else None
    found: list[str] = []
    for item in items[:_MAX_CRUMBS] if isinstance(items, list) else []:
        if isinstance(item, Mapping):
            inner = item.get("item")
            found += (json_ld.names(item) or json_ld.names(inner))[:1]
    return found


def _in_address(address: str) -> Iterator[str]:
    """Yield the first folder of a URL if newspapers use its words for sections."""
    for folder in unquote(urlsplit(address).path).strip("/").lower().split("/")[:-1][:3]:
        words = folder.split("-")
        if not _FOLDER.match(folder) or is_general(folder):
            continue
        if all(word in _KNOWN or word in _JOINING for word in words):
            yield folder.replace("-", " ")
            return


# Keywords are hints of the publisher; they never decide our topics.

_MAX_KEYWORDS = 20
_MAX_KEYWORD_WORDS = 6  # a keyword with more is a sentence
_MAX_LINKS = 40  # a page with more has all tags of the site on it
_KEYWORD_META = tables.read_rows(_PACKAGE, "meta_names.toml", tuple[str, ...])["keywords"]
_TAG_LINK = (
    "//a[contains(concat(' ', @rel, ' '), ' tag ')"
    " and not(contains(concat(' ', @rel, ' '), ' category '))]"
)
_SPLIT = re.compile(r"\s*[,;|，、；\n]\s*")
# `type:article`, `section=world`, `tone/news`, numbers: for machines
_FOR_MACHINES = re.compile(
    r"(?i)^[\w-]{1,30}[:=/_]\S|^(?:section|type|tone|format)\s*[-:]|^[/@]|^[\d\W_]+$|://"
    r"|^#?[0-9a-f]{8,}$|^_|^[\w-]+-\d{5,}$|&$"
    r"|^(?:no|hide|disable)[ _-]?(?:auto ?link|ads?|index|follow|amp|apple[ -]?news|homepage|feed)$"
)
# `Ada Holm GOVERNMENT_FIGURE PERSON`
_CLASSES = re.compile(r"(?:\s+[A-Z]{3,})*\s+[A-Z]{2,}(?:_[A-Z]+)+(?:\s+[A-Z_]{3,})*$")
_LABEL = re.compile(r"(?i)^(?:category|topic|tag|subject|keyword)s?\s*:\s+")
_SPOKEN = re.compile(r"[.!?]\s|[!?]$")


def keywords(document: Document, declared: Declared) -> tuple[tuple[str, ...], str]:
    """Return the keywords of a page and where they were found, ((), "") for none.

    It is the first list that a page has, declared before shown, followed by the names that its
    JSON-LD says the article is about.
    """
    own = own_names(document, declared)
    about = _names(declared, "about") + _names(declared, "mentions")
    for values, origin in _keyword_candidates(document, declared):
        found = _tidy_keywords(values, own)
        if found:
            return _tidy_keywords([*found, *about], own), origin
    found = _tidy_keywords(about, own)
    return found, "json-ld about" if found else ""


def _keyword_candidates(document: Document, declared: Declared) -> Iterator[tuple[list[str], str]]:
    for node in (declared.article, declared.video):
        yield json_ld.names(node.get("keywords")), "json-ld"
    for name in _KEYWORD_META:
        yield list(declared.meta.get(name, ())), name
    links = list(visible_text(document, _TAG_LINK, _MAX_LINKS))
    yield links if len(links) < _MAX_LINKS else [], "rel=tag"
    yield list(declared.meta.get("keywords", ())), "keywords"


def _names(declared: Declared, key: str) -> list[str]:
    return json_ld.names(declared.article.get(key), declared.nodes)


def _tidy_keywords(values: Iterable[str], own: frozenset[str]) -> tuple[str, ...]:
    found: dict[str, str] = {}
    for value in values:
        for part in _SPLIT.split(text.plain(value)):
            bare = _CLASSES.sub("", _LABEL.sub("", part))
            keyword = bare.strip(" .\"'“”„‟‘’‚«»‹›`´#*·™®-")
            if _is_keyword(keyword) and text.squash(keyword) not in own:
                found.setdefault(text.squash(keyword), keyword)
            if len(found) == _MAX_KEYWORDS:
                return tuple(found.values())
    return tuple(found.values())


def _is_keyword(keyword: str) -> bool:
    """Return whether a text is a keyword: short, not a sentence, not a label for machines."""
    if (
        not text.squash(keyword)
        or len(keyword) > _MAX_CHARACTERS
        or len(keyword.split()) > _MAX_KEYWORD_WORDS
    ):
        return False
    if (len(keyword) == 1 and keyword.isascii()) or is_general(keyword):
        return False
    return not _FOR_MACHINES.search(keyword) and not _SPOKEN.search(keyword)
