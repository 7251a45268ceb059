"""Choice: which blocks are the article, by what speaks for and against each."""

from __future__ import annotations

import math

from copydesk.extract.text._blocks import Block
from copydesk.extract.text._evidence import Page, evidence
from copydesk.extract.text._furniture import is_furniture

# Points of a logistic model, fitted on open pages (docs/design/extract-text.md): over 0 is in.
_POINTS = {
    "agreed": 3.8,
    "quoted": 2.8,
    "three": 1.9,
    "near behind": 1.6,
    "clean inside": 1.3,
    "two": 1.3,
    "sentence": 1.1,
    "in embed": 1.0,
    "embed inside": 0.9,
    "row": 0.9,
    "paragraph tag": 0.5,
    "in hidden": -0.3,
    "linked": -0.5,
    "in related": -0.5,
    "in lead": -0.9,
    "in aside": -1.0,
    "ahead": -1.3,
    "behind": -1.4,
    "in comment": -1.5,
    "in letter": -3.2,
    "in caption": -3.2,
    "styled": -4.2,
    "in byline": -3.5,
}
_BIAS = -4.0
_FAR = -6.0  # what no reader took, before or behind the article; the most common score of such
# More for what stands between two paragraphs of the article, and some readers leave out.
_INSIDE = {"row": 1.5, "item": 0.5, "code": 2.0}


def chosen(page: Page) -> list[Block]:
    """Give the blocks of the article, in the page's order."""
    scores = [_score(page, at) for at in range(len(page.blocks))]
    _as_one(page, scores)
    _headings(page, scores)
    picked = [block for block, score in zip(page.blocks, scores, strict=True) if score > 0]
    return _without_loose_headings(picked)


def taken_by(page: Page, reader: str) -> list[Block]:
    """Give the blocks that one reader took, without headline and furniture."""
    said = page.votes[reader]
    taken = [at for at, share in enumerate(said) if share >= 0.5 and not _is_never(page, at)]
    return _without_loose_headings([page.blocks[at] for at in taken])


def _is_never(page: Page, at: int) -> bool:
    """Say whether a block is no part of any article: furniture, or the headline again."""
    block = page.blocks[at]
    if block.kind != "row" and is_furniture(block.text):
        return True
    return page.is_title(at) and (at < page.first or block.kind == "heading")


def _score(page: Page, at: int) -> float:
    if _is_never(page, at):
        return -math.inf
    if not page.count[at] and not page.first < at < page.last:
        return _FAR
    known = evidence(page, at)
    return _BIAS + sum(_POINTS.get(name, 0.0) * value for name, value in known.items())


def _as_one(page: Page, scores: list[float]) -> None:
    """Give the rows of a table, or the items of a list, one score: their mean; code is its own.

    Within the article most tables and lists are its own, though readers leave many out.
    """
    wholes: dict[int, list[int]] = {}
    for at, block in enumerate(page.blocks):
        if block.kind in _INSIDE and block.whole is not None and scores[at] > -math.inf:
            wholes.setdefault(id(block.whole), []).append(at)
    for parts in wholes.values():
        mean = sum(scores[at] for at in parts) / len(parts)
        inside = page.first < parts[0] and parts[-1] < page.last
        for at in parts:
            scores[at] = mean + (_INSIDE[page.blocks[at].kind] if inside else 0.0)


def _headings(page: Page, scores: list[float]) -> None:
    """Take in a heading within the article that its text follows, where most of its kind are in.

    Readers lose some of a row of headings: those that are links, or stand above a short paragraph.
    """
    tags: dict[str, list[int]] = {}
    for at in range(page.first + 1, page.last):
        if page.blocks[at].kind == "heading" and scores[at] > -math.inf:
            tags.setdefault(page.blocks[at].tag, []).append(at)
    for headings in tags.values():
        if 2 * sum(scores[at] > 0 for at in headings) >= len(headings):
            for at in headings:
                if scores[at + 1] > 0 and page.count[at] > 0:
                    scores[at] = max(scores[at], 1.0)


def _without_loose_headings(blocks: list[Block]) -> list[Block]:
    """Drop the headings that nothing follows."""
    while blocks and blocks[-1].kind == "heading":
        blocks.pop()
    return blocks
