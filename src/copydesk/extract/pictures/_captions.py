"""Find the description and the credit of a picture on its page."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING

from copydesk.extract.pictures._mention import Mention
from copydesk.kit import tables, text

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_PACKAGE = "copydesk.extract.pictures"

MAX_ALT = 300
MAX_CREDIT = 120
_MAX_CAPTION = 2_000
_MAX_PIECES = 500  # of text in one caption
_MAX_ELEMENTS = 2_000  # of a block with a picture and its caption
_MOST_SHOWN = 3  # elements with the same picture that are read
_LEVELS = 4  # above a picture, in which its caption may be
_CAPTION_CHARACTERS = 600  # a longer block is the article, not a caption
_NO_WORDS = re.compile(
    r"""(?xi)^\W*(?:(?:the|a|an|das|der|die|la|le|el)\s)?(?:
      (?:featured|lead|main|hero|article|cover|header|post|news|story|default|thumbnail
        |preview|open\ graph)?
      [\s_-]*(?:image|img|photo(?:graph)?|picture|pic|thumbnail|banner|cover|logo|icon|placeholder
        |foto|bild|imagen|imagem|immagine|afbeelding|figure|graphic|illustration|teaser(?:bild)?
        |beitragsbild|titelbild|symbolbild|null|undefined|none|untitled|alt(?:\ text)?)s?
      [\s_-]*(?:\d{1,4}|caption|description|of)?
    | \d+ | image\ (?:not\ )?available )\W*$"""
)
_FILE = re.compile(
    r"(?i)\.(?:jpe?g|png|webp|gif|svg|avif|tiff?|bmp)\b.{0,40}$|^https?://|^\S{0,80}[\d_]\S{0,80}$"
)
_OPEN = re.compile(r"(?i)^(?:open|view|show|click|zoom|tap|enlarge)\b.{0,40}$")
_EDGES = " ([|•·–—:;,/"
_SENTENCE = 4  # words without a capital; a name has fewer
_JOINING = frozenset(
    {
        *("von", "van", "de", "der", "den", "di", "da", "du", "la", "le", "and", "und", "et", "y"),
        *("for", "of", "the", "on", "in", "by", "via", "from", "courtesy"),
    }
)
_WHOLE = frozenset({"body", "article", "main", "html"})
_DATED = re.compile(r"\d{1,2}:\d\d|(?i:\b(?:mon|tues|wednes|thurs|fri|satur|sun)day\b.*\b20\d\d\b)")
_CREDIT_NAMES = re.compile(r"(?i)credit|copyright|photographer|attribution|rights|source\b")
_CAPTION_NAMES = re.compile(
    r"(?i)caption|legend|description|bildunterschrift|cutline|\bbu\b|credit"
)
_LABEL = (
    r"(?:(?:photo(?:graph)?s?|image|picture|illustration|graphic|video)?\s?credits?(?:\sline)?"
    r"|photo(?:graph)?s?|image|picture|illustration|graphic|fotos?|bild(?:quelle|nachweis|rechte)?"
    r"|quelle|cr[ée]dits?(?:\s(?:photo|foto))?|copyright|source|©|\(c\))"
)
_COURTESY = r"(?:provided|supplied)\sby|courtesy(?:\sof)?:"
_AGENCY = re.compile(rf"\b{tables.read_pattern(_PACKAGE, 'agencies.txt')}\b")
_BEFORE_NAME = re.compile(r"\.\s+|\s*[|(\[–—;•]\s*|\s-\s")
_BY = r"(?:(?:by|via|von|par|de|di)\s|[:/]\s?|(?:\.{2,3}|…)\s?|(?=©|\(c\)))"
_LABELLED = re.compile(
    rf"(?i)(?:^|[\s(\[|•·.,;–—-])(?<!file\s)({_LABEL}\s?{_BY}|©\s?|\(c\)\s|copyright\s)"
)
_END = re.compile(r"[)\]|•]|\.(?=\s+[A-ZÄÖÜ])|\.$|\s{2,}")
_LEADING = re.compile(
    rf"(?i)^[\s(\[|•·–—:/-]*(?:(?:file\s)?{_LABEL}\s?{_BY}|©\s?|\(c\)\s|(?:{_COURTESY})\s)+"
)
# a label without a colon counts before an agency: `Photo Reuters`
_BARE_LABEL = re.compile(rf"(?i:^(?:photos?|fotos?|bild|image)\s)(?={_AGENCY.pattern})")
_HANDLE = re.compile(r"^@\w+$")
_SAME_WORDS = 0.6  # of a credit's words that are also in the headline, which it then is
_FEW_WORDS = 4


def words_of(group: list[Mention], title: str, sites: Sequence[str] = ()) -> tuple[str, str]:
    """Return the description and credit of a picture from all places where a page has it.

    The description is the first real one, without the site's name before it; the headline only if
    there is no other.
    """
    elements = _elements(group)
    alts = [*(mention.alt for mention in group), *(element.get("alt") for element in elements)]
    described = [split_credit(text.plain(words[:_MAX_CAPTION])) for words in filter(None, alts)]
    caption, beside = next(filter(any, map(_find_caption, elements)), ("", ""))
    credit = _first(clean_credit(mention.credit) for mention in _filter_by_credit(group, title))
    credit = credit or ("" if _is_headline(beside, title) else beside)
    credit = credit or _first(named for _, named in described)
    words = [*(words for words, _ in described), caption]
    return text.shorten(_choose_words(words, title, credit, sites), MAX_ALT), credit


def _elements(group: list[Mention]) -> list[HtmlElement]:
    """Return the first elements that show a picture."""
    return [mention.element for mention in group if mention.element is not None][:_MOST_SHOWN]


def _first(values: Iterable[str]) -> str:
    return next(filter(None, values), "")


def _filter_by_credit(group: list[Mention], title: str) -> Iterator[Mention]:
    """Yield the mentions whose credit is not the headline."""
    return (mention for mention in group if not _is_headline(mention.credit, title))


def _choose_words(described: Iterable[str], title: str, credit: str, sites: Sequence[str]) -> str:
    """Return the first words that describe a picture; those of the headline only if need be."""
    bare = (_cut_site(_LEADING.sub("", words).lstrip(_EDGES), sites) for words in described)
    real = [words for words in filter(is_description, bare) if _squash(words) != _squash(credit)]
    own = (words for words in real if _squash(words) != _squash(title))
    return _first(own) or _first(real)


def _cut_site(words: str, sites: Sequence[str]) -> str:
    """Cut the name of the site and a separator off the front of a description."""
    for name in sites:
        rest = words[len(name) :]
        if name and words.startswith(name) and rest[:1] in {".", ":", "|"}:
            return rest.lstrip(f".{_EDGES}-")
    return words


def _is_headline(credit: str, title: str) -> bool:
    """Return whether a credit is the headline, which templates may put in its place."""
    said = text.words(credit[:_MAX_CAPTION])
    if len(said) < _FEW_WORDS:
        return bool(credit) and _squash(credit) == _squash(title)
    known = set(text.words(title))
    return sum(word in known for word in said) >= _SAME_WORDS * len(said)


def is_description(words: str) -> bool:
    """Return whether a text can describe a picture: not a file name or a template's text."""
    return (
        len(words) > 2
        and any(letter.isalpha() for letter in words)
        and not (
            _NO_WORDS.match(words[:80]) or _FILE.search(words[:300]) or _OPEN.match(words[:60])
        )
    )


def _squash(words: str) -> str:
    return re.sub(r"[\W_]+", "", words.lower())


def _find_caption(element: HtmlElement) -> tuple[str, str]:
    """Return the caption of a picture, and its credit."""
    captions, makers = [""], [element.get("data-credit") or element.get("data-copyright") or ""]
    for part, names in _around(element):
        words = _short_words(part)
        is_credit = _CREDIT_NAMES.search(names) and len(words) <= MAX_CREDIT
        (makers if is_credit else captions).append(words)
    makers = [words for words in makers if words]
    caption = max(captions, key=len)
    for words in makers:
        caption = caption.replace(words, " ") if caption != words else caption
    shown, named = split_credit(text.fold(caption))
    return shown, _first(map(clean_credit, makers)) or named


def _short_words(part: HtmlElement) -> str:
    """Return the words of an element that may be a caption, "" if it is long or has a date."""
    pieces = islice(part.itertext(), _MAX_PIECES)
    words = text.fold(" ".join(piece[:_MAX_CAPTION] for piece in pieces)[:_MAX_CAPTION])
    return "" if len(words) > _CAPTION_CHARACTERS or _DATED.search(words) else words


def _around(element: HtmlElement) -> Iterator[tuple[HtmlElement, str]]:
    """Yield the caption-like elements in the blocks around a picture, with their names."""
    above = element.getparent()
    for _ in range(_LEVELS):
        if above is None or above.tag in _WHOLE or _is_long(above):
            return
        found = list(_parts(above))
        if found:
            yield from found
            return
        if above.tag == "figure":
            yield from _beside(above)
            return
        above = above.getparent()


def _beside(figure: HtmlElement) -> Iterator[tuple[HtmlElement, str]]:
    """Yield the caption after a figure, or after a block with nothing else.

    A paragraph is a caption if it is short and ends in a credit.
    """
    block = figure
    for _ in range(2):
        after = block.getnext()
        if after is not None and (after.tag == "figcaption" or _ends_in_a_credit(after)):
            yield after, ""
            yield from _parts(after)
            return
        above = block.getparent()
        if above is None or len(above) > 1 or above.tag in _WHOLE:
            return
        block = above


def _ends_in_a_credit(block: HtmlElement) -> bool:
    if block.tag != "p":
        return False
    words = text.fold(" ".join(block.itertext())[:_MAX_CAPTION])
    if len(words) > _CAPTION_CHARACTERS // 2:
        return False
    end = words.rstrip(f"{_EDGES})].")
    return any(end.endswith(name.rstrip(")")) for name in split_credit(words)[1:] if name)


def _is_long(block: HtmlElement) -> bool:
    """Return whether a block contains more than a picture and its caption."""
    if next(islice(block.iter(), _MAX_ELEMENTS, None), None) is not None:
        return True
    characters = 0
    for words in block.itertext():
        characters += len(words.strip())
        if characters > 2 * _CAPTION_CHARACTERS:
            return True
    return False


def _parts(block: HtmlElement) -> Iterator[tuple[HtmlElement, str]]:
    for at, part in enumerate(block.iter("figcaption", "div", "p", "span", "cite", "small", "li")):
        if at > 40:
            return
        names = f"{part.get('class') or ''} {part.get('itemprop') or ''}"[:200]
        if part is block:
            continue
        if part.tag == "figcaption" or _CAPTION_NAMES.search(names) or _CREDIT_NAMES.search(names):
            yield part, names if part.tag != "figcaption" else ""


def split_credit(caption: str) -> tuple[str, str]:
    """Split a picture's caption into (description, credit); either may be ""."""
    labelled = _LABELLED.search(caption[:_MAX_CAPTION])
    if labelled:
        behind = caption[labelled.end() :]
        end = _END.search(behind)
        name = behind[: end.start() if end else None]
        if 0 < len(name) <= MAX_CREDIT and _is_name(name):
            rest = f"{caption[: labelled.start()]} {behind[end.end() if end else len(behind) :]}"
            return text.fold(rest).strip(_EDGES), clean_credit(name)
    return _split_agency(caption)


def _split_agency(caption: str) -> tuple[str, str]:
    """Split an agency and its photographer without a label off the end of a caption."""
    start = max(0, len(caption) - MAX_CREDIT)
    tail = caption[start:]
    if not _AGENCY.search(tail):
        return caption, ""
    starts = [gap.end() for gap in _BEFORE_NAME.finditer(tail)][-1:] or [0] * (start == 0)
    slash = tail.rfind(" / ")
    for at in [*starts, *([slash + 3] if slash >= 0 else [])]:
        name = tail[at:].strip(f"{_EDGES})]")
        is_whole = name.count(")") <= name.count("(")
        if is_whole and _AGENCY.search(name) and not _small_words(_AGENCY.sub("", name)):
            return text.fold(caption[: start + at]).strip(_EDGES), clean_credit(name)
    return caption, ""


def _is_name(words: str) -> bool:
    """Return whether words after a label are a name: at most one of several begins small."""
    small, many = len(_small_words(words)), len(words.split())
    if _AGENCY.search(words) or many == 1:
        return small < _SENTENCE
    return small <= 1 and 2 * small < many


def _is_sentence(words: str) -> bool:
    """Return whether words are a sentence, not a name: `Image: The ferry lies on a bank`."""
    return len(_small_words(words)) >= _SENTENCE


def _small_words(words: str) -> list[str]:
    plain = (word.strip(",.;:'\"’") for word in words.split())
    return [word for word in plain if word.isalpha() and word.islower() and word not in _JOINING]


def clean_credit(words: str) -> str:
    """Return the credit of a picture without its label ("Photo:"), "" if nothing is left.

    If a caption is before the label, only the words after it are returned.
    """
    bare = _BARE_LABEL.sub("", _LEADING.sub("", text.plain(words[:_MAX_CAPTION])))
    bare = _cut_to_label(bare).strip(f"{_EDGES})]-")
    if bare.count("(") > bare.count(")"):
        bare += ")"
    is_name = len(bare) >= 2 and any(letter.isalpha() for letter in bare)
    if not is_name or bare.startswith("http") or _HANDLE.match(bare) or _is_sentence(bare):
        return ""
    return bare if len(bare) <= MAX_CREDIT else text.shorten(bare, MAX_CREDIT)


def _cut_to_label(words: str) -> str:
    """Return the name after a label; an agency before the label stays."""
    labelled = _LABELLED.search(words)
    if labelled is None or not words[labelled.end() :].strip():
        return words
    before = words[: labelled.start()].strip(_EDGES)
    behind = words[labelled.end() :]
    is_caption = before.endswith((".", "!", "?", "…")) or len(before.split()) >= _FEW_WORDS
    if not is_caption and before:
        return f"{before}, {behind}"
    return behind
