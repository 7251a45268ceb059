"""Find texts and pictures that a site repeats on many of its pages, and remove them from articles.

    finished articles | learn > what their site has shown so far | settle > articles without it

Newsletter boxes, slogans and promises of the author that no rule knows are in the text of page
after page; a site's logo is declared as the picture of each. Both are recognised by how often they
occur. Passages in the middle of an article are never removed: follow-ups repeat their background.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit

from copydesk.extract.pictures import figure_key
from copydesk.kit import text, urls
from copydesk.news import Article
from copydesk.news.article import Figure
from copydesk.news.beat import ExcerptRule

_PAGES = 6  # a passage on fewer pages of a site may be chance, or news told twice
_SHARE = 3  # and it is boilerplate if every third page has it
_PICTURE_SHARE = 2  # a picture on six pages may be a face in the news: half of them must have it
_COMMON_PAGES = 12  # or it is on so many,
_COMMON_SHARE = 10  # and on a tenth
_TOP, _END = 2, 6  # blocks at the ends of a text, in which long passages may be boilerplate
_LABEL = 12  # words; a shorter block may be boilerplate anywhere
_SHOWN = frozenset({"hero", "img"})  # origins of pictures that the article itself shows
_OWN = 5  # an article keeps at least a fifth of its words, else it is a copy of others
_BLOCKS = 200  # of a page that are compared
MOST_HABITS = 1_000  # passages and pictures that are stored for a site
_WEIGHT = 400  # pages after which the older half counts half
_DIGITS = re.compile(r"\d+")
_OWNER = re.compile(r"^/[@~][^/]+")  # the owner of the pages, on a host of many blogs

Counts = dict[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """The passages and pictures that a site repeats on many pages, as hashes."""

    passages: frozenset[str] = frozenset()
    pictures: frozenset[str] = frozenset()


NONE = Habits()


@dataclass(slots=True, kw_only=True)
class _SiteCounts:
    """Counts of a site: its pages, and on how many each mark (hash) was, last seen at the end."""

    pages: int = 0
    passages: Counts = field(default_factory=dict)
    pictures: Counts = field(default_factory=dict)


def site_of(article: Article) -> str:
    """Return the name of an article's site: its host, plus the blog's owner on a shared host.

    Blogs that share a domain (`ada.blogs.example`, `blogs.example/@ada`) are separate sites.
    """
    parts = urlsplit(article.web_url)
    owner = _OWNER.match(parts.path)
    return urls.host(article.web_url).removeprefix("www.") + (owner[0] if owner else "")


def learn(kept: bytes | None, articles: Iterable[Article]) -> bytes:
    """Add a site's articles to its stored counts of repeated passages; return the new counts.

    `kept` None or damaged means no counts. The order of the articles does not matter; of several
    with the same headline one is counted: they are copies of one page.
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
    """Add one to the count of each mark and move it to the end, so that old marks come first."""
    for mark in dict.fromkeys(marks):
        counts[mark] = counts.pop(mark, 0) + 1


def habits(kept: bytes | None) -> Habits:
    """Return the passages and pictures that a site repeats on many pages, by its stored counts."""
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
    """Return an article without the passages and pictures that its site repeats on many pages.

    An article that would lose nearly all its words is a copy of others and is not changed. Its
    picture becomes the best of those that are not repeated, if there is one.
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
    """Return an article with the beginning of its own text as excerpt, if it may be quoted."""
    from copydesk.extract import terms, words  # late, so that a run with news begins sooner

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
    """Drop headings that have lost all text below them when boilerplate was removed."""
    bare = set(_bare_headings(own)) - set(_bare_headings(blocks))
    return [block for block in own if block not in bare]


def _bare_headings(blocks: list[str]) -> Iterable[str]:
    for block, below in zip(blocks, [*blocks[1:], "#"], strict=False):
        if block.startswith("#") and below.startswith("#"):
            yield block


def _is_declared(figure: Figure) -> bool:
    """Return whether a picture is only declared by the page, and not shown in the article."""
    return not _SHOWN & set(figure.origin.split(" + "))


def _picture_mark(figure: Figure) -> str:
    return figure_key(figure.url)


def _marks(blocks: Sequence[str]) -> Iterator[tuple[int, str]]:
    """Yield positions and hashes of blocks that may be boilerplate: short ones and end ones."""
    for at, block in enumerate(blocks[:_BLOCKS]):
        told = text.words(_DIGITS.sub("0", block))
        at_an_end = at < _TOP or at >= len(blocks) - _END
        if told and not block.startswith("#") and (at_an_end or len(told) < _LABEL):
            yield at, _mark(told)


def _mark(told: Sequence[str]) -> str:
    """Return the hash of a passage, the same for any numbers in it."""
    return hashlib.blake2b(" ".join(told).encode("utf-8", "replace"), digest_size=6).hexdigest()


def _load(kept: bytes | None) -> _SiteCounts:
    import msgspec

    try:
        return msgspec.json.decode(kept or b"{}", type=_SiteCounts)
    except (msgspec.MsgspecError, RecursionError):
        return _SiteCounts()


def _dump(shown: _SiteCounts) -> bytes:
    told = {
        "pages": shown.pages,
        "passages": _drop_rarest(shown.passages),
        "pictures": _drop_rarest(shown.pictures),
    }
    return json.dumps(told, separators=(",", ":")).encode()


def _drop_rarest(counts: Counts) -> Counts:
    """Drop marks over the limit: first those on the fewest pages, of these the longest unseen."""
    over = len(counts) - MOST_HABITS
    rare = set(sorted(counts, key=counts.__getitem__)[: max(0, over)])  # stable: in their order
    return {mark: pages for mark, pages in counts.items() if mark not in rare}


def _fade(shown: _SiteCounts) -> _SiteCounts:
    return _SiteCounts(
        pages=shown.pages // 2,
        passages={mark: n // 2 for mark, n in shown.passages.items() if n > 1},
        pictures={mark: n // 2 for mark, n in shown.pictures.items() if n > 1},
    )
