"""Habits: what a site repeats on many of its pages, and so belongs to no article of it.

finished articles | learn > what their site has shown so far | settle > articles without it

A newsletter box, a slogan or an author's promise that no rule knows stands in the text of page
after page; a site's logo is declared as the picture of each. Both are known by their number. What
an article tells in its middle is its own, however often: follow-ups repeat their background.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit

from copydesk.extract.pictures import figure_key
from copydesk.kit import text, urls
from copydesk.news import Article, ExcerptRule, Figure

_PAGES = 6  # what stands on fewer pages of a site may be chance, or news told twice
_SHARE = 3  # and it is boilerplate where every third page has it
_PICTURE_SHARE = 2  # a picture on six pages may be a face in the news: half of them must have it
_COMMON_PAGES = 12  # or it stands on so many,
_COMMON_SHARE = 10  # and on a tenth
_TOP, _END = 2, 6  # blocks at either end of a text, in which long passages are looked at
_LABEL = 12  # words; a shorter block is looked at wherever it stands
_SHOWN = frozenset({"hero", "img"})  # origins of what the article itself shows
_OWN = 5  # a fifth of an article's words are its own, else it is a copy of others
_BLOCKS = 200  # of a page that are looked at
MOST_HABITS = 1_000  # passages and pictures that are kept of a site
_WEIGHT = 400  # pages after which the older half counts half
_DIGITS = re.compile(r"\d+")
_OWNER = re.compile(r"^/[@~][^/]+")  # whose pages these are, on a host of many

Counts = dict[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """What one site repeats: the marks of passages and of pictures."""

    passages: frozenset[str] = frozenset()
    pictures: frozenset[str] = frozenset()


NONE = Habits()


@dataclass(slots=True, kw_only=True)
class _SiteCounts:
    """What a site has shown so far: pages, and on how many each thing stood, latest seen last."""

    pages: int = 0
    passages: Counts = field(default_factory=dict)
    pictures: Counts = field(default_factory=dict)


def site_of(article: Article) -> str:
    """Return the name under which an article's site is known: its host, on a shared one the owner.

    Strangers who share a domain (`ada.blogs.example`, `blogs.example/@ada`) share no habits.
    """
    parts = urlsplit(article.web_url)
    owner = _OWNER.match(parts.path)
    return urls.host(article.web_url).removeprefix("www.") + (owner[0] if owner else "")


def learn(kept: bytes | None, articles: Iterable[Article]) -> bytes:
    """Count what a site shows on these pages of it as well; return it in a form to be kept.

    `kept` is what was known before, None or damaged for nothing. The order of the articles counts
    for nothing; of several with one headline only one does: they are copies of a page.
    """
    shown = _load(kept)
    by_title = {
        article.title: article for article in sorted(articles, key=lambda article: article.url)
    }
    for article in by_title.values():
        shown.pages += 1
        _count(shown.passages, (mark for _, mark in _marks(article.text.split("\n\n"))))
        _count(shown.pictures, map(_picture_mark, filter(_is_declared, article.figures)))
    if shown.pages > _WEIGHT:
        shown = _fade(shown)
    return _dump(shown)


def _count(counts: Counts, marks: Iterable[str]) -> None:
    """Count each mark once more, and bring it to the end: the first are those not seen longest."""
    for mark in dict.fromkeys(marks):
        counts[mark] = counts.pop(mark, 0) + 1


def habits(kept: bytes | None) -> Habits:
    """Decide what a site repeats, by what is known of it."""
    shown = _load(kept)
    return Habits(
        passages=frozenset(
            mark
            for mark, pages in shown.passages.items()
            if pages >= _PAGES and pages * _SHARE >= shown.pages
        ),
        pictures=frozenset(
            mark for mark, pages in shown.pictures.items() if _is_logo(pages, shown.pages)
        ),
    )


def _is_logo(pages: int, of: int) -> bool:
    if pages >= _COMMON_PAGES and pages * _COMMON_SHARE >= of:
        return True
    return pages >= _PAGES and pages * _PICTURE_SHARE >= of


def settle(article: Article, site: Habits, rule: ExcerptRule) -> Article:
    """Return an article without what its site repeats; `rule` bounds an excerpt from the text.

    One that would lose nearly all of its words is a copy of others and stays as it is. Its picture
    is the best of those that stand for no other article, if there is one.
    """
    if not site.passages and not site.pictures:
        return article
    figures = tuple(figure for figure in article.figures if not _is_repeated(figure, site))
    if figures != article.figures:
        article = _replace_figures(article, figures)
    kept = _own_text(article.text, site)
    if kept == article.text or len(text.words(kept)) * _OWN < len(text.words(article.text)):
        return article
    if article.origins.get("excerpt") == "text":
        article = _replace_excerpt(article, kept, rule)
    return replace(article, text=kept)


def _replace_excerpt(article: Article, own_text: str, rule: ExcerptRule) -> Article:
    """Return an article with the beginning of its own text, where that may be quoted."""
    from copydesk.extract import terms, words  # a round with news begins sooner without them

    if not terms.is_quotable_anywhere(article.signals):
        return article
    own_rule = terms.limit_excerpt(rule, article.access, article.signals, article.type)
    return replace(article, excerpt=words.beginning(own_text, own_rule))


def _is_repeated(figure: Figure, site: Habits) -> bool:
    return _is_declared(figure) and _picture_mark(figure) in site.pictures


def _own_text(passage: str, site: Habits) -> str:
    """Return a text without the blocks that its site repeats."""
    blocks = passage.split("\n\n")
    repeated = {at for at, mark in _marks(blocks) if mark in site.passages}
    own = [block for at, block in enumerate(blocks) if at not in repeated]
    return "\n\n".join(_drop_bare_headings(blocks, own))


def _replace_figures(article: Article, figures: tuple[Figure, ...]) -> Article:
    first = figures[0] if figures else Figure(url="")
    origins = {name: origin for name, origin in article.origins.items() if name != "image"}
    if first.origin:
        origins["image"] = first.origin
    return replace(article, figures=figures, image=first.url, image_alt=first.alt, origins=origins)


def _drop_bare_headings(blocks: list[str], own: list[str]) -> list[str]:
    """Drop the headings that have nothing below them, where they had something before."""
    bare = set(_bare_headings(own)) - set(_bare_headings(blocks))
    return [block for block in own if block not in bare]


def _bare_headings(blocks: list[str]) -> Iterable[str]:
    for block, below in zip(blocks, [*blocks[1:], "#"], strict=False):
        if block.startswith("#") and below.startswith("#"):
            yield block


def _is_declared(figure: Figure) -> bool:
    """Decide whether a page only declares a picture; one that its article shows is its own."""
    return not _SHOWN & set(figure.origin.split(" + "))


def _picture_mark(figure: Figure) -> str:
    return figure_key(figure.url)


def _marks(blocks: Sequence[str]) -> Iterator[tuple[int, str]]:
    """Yield the places and marks of the blocks that may be boilerplate: short, or at an end."""
    for at, block in enumerate(blocks[:_BLOCKS]):
        told = text.words(_DIGITS.sub("0", block))
        at_an_end = at < _TOP or at >= len(blocks) - _END
        if told and not block.startswith("#") and (at_an_end or len(told) < _LABEL):
            yield at, _mark(told)


def _mark(told: Sequence[str]) -> str:
    """Compute the mark of a passage's words, the same whatever numbers stand in it."""
    return hashlib.blake2b(" ".join(told).encode("utf-8", "replace"), digest_size=6).hexdigest()


def _load(kept: bytes | None) -> _SiteCounts:
    try:
        told = json.loads(kept or b"{}")
        return _SiteCounts(
            pages=int(told.get("pages", 0)),
            passages=_load_counts(told.get("passages", {})),
            pictures=_load_counts(told.get("pictures", {})),
        )
    except (ValueError, TypeError, AttributeError, OverflowError, RecursionError):
        return _SiteCounts()


def _load_counts(told: Mapping[str, int]) -> Counts:
    return {str(mark): int(pages) for mark, pages in told.items()}


def _dump(shown: _SiteCounts) -> bytes:
    told = {
        "pages": shown.pages,
        "passages": _drop_rarest(shown.passages),
        "pictures": _drop_rarest(shown.pictures),
    }
    return json.dumps(told, separators=(",", ":")).encode()


def _drop_rarest(counts: Counts) -> Counts:
    """Drop what is over the bound: of what stood on the fewest pages, the longest unseen."""
    over = len(counts) - MOST_HABITS
    rare = set(sorted(counts, key=counts.__getitem__)[: max(0, over)])  # stable: in their order
    return {mark: pages for mark, pages in counts.items() if mark not in rare}


def _fade(shown: _SiteCounts) -> _SiteCounts:
    return _SiteCounts(
        pages=shown.pages // 2,
        passages={mark: n // 2 for mark, n in shown.passages.items() if n > 1},
        pictures={mark: n // 2 for mark, n in shown.pictures.items() if n > 1},
    )
