"""Choice: which blocks are the article, by what speaks for and against each."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

from copydesk.extract.text._blocks import Block
from copydesk.extract.text._edges import trim
from copydesk.extract.text._evidence import AGAINST, VotedPage, evidence
from copydesk.extract.text._furniture import is_furniture, is_path
from copydesk.kit import tables


@dataclass(frozen=True, slots=True, kw_only=True)
class _BlockPoint:
    """A row of `tables/block_points.toml`."""

    points: float
    why: str
    by_hand: bool = False


_POINTS = {
    name: row.points
    for name, row in tables.read_rows(
        "copydesk.extract.text", "block_points.toml", _BlockPoint
    ).items()
}
_BIAS = -4.0  # of the same model: what nothing speaks for is out; over 0 is in
_SECTION = 30  # items of a list that is a section of its own
_NO_HEADING = AGAINST - {"share"}  # of what stories are about, "sharing" is in their headings' ids
_FAR = -6.0  # what no reader took, before or behind the article; the most common score of such
# More for what stands between two paragraphs of the article, and some readers leave out.
_INSIDE = {"row": 1.5, "item": 0.5, "code": 2.0}


def choose_blocks(page: VotedPage) -> list[Block]:
    """Choose the blocks of the article, in the page's order."""
    scores = [_score(page, at) for at in range(len(page.blocks))]
    _score_wholes(page, scores)
    _take_headings(page, scores)
    _take_lists(page, scores)
    return trim(page, [at for at, score in enumerate(scores) if score > 0])


def take_blocks_of(page: VotedPage, reader: str) -> list[Block]:
    """Take the blocks that one reader took, without headline and furniture."""
    said = page.votes[reader]
    taken = [at for at, share in enumerate(said) if share >= 0.5 and not _is_never(page, at)]
    return trim(page, taken)


def _is_never(page: VotedPage, at: int) -> bool:
    """Decide whether a block is no part of any article: furniture, or the headline again."""
    block = page.blocks[at]
    if block.kind != "row" and (
        is_furniture(block.text) or is_path(block.text, page.squashed[at], page.titles)
    ):
        return True
    return page.is_title(at) and (at < page.first or block.kind == "heading")


def _score(page: VotedPage, at: int) -> float:
    if not page.count[at] and not page.first < at < page.last:
        return _FAR
    if _is_never(page, at):
        return -math.inf
    known = evidence(page, at)
    return _BIAS + sum(_POINTS.get(name, 0.0) * value for name, value in known.items())


def _score_wholes(page: VotedPage, scores: list[float]) -> None:
    """Set one score for the rows of a table, or the items of a list: their mean; code is its own.

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


def _take_headings(page: VotedPage, scores: list[float]) -> None:
    """Take in a heading within the article that its text follows, where most of its kind are in.

    Readers lose some of a row of headings: those that are links, or stand above a short paragraph.
    """
    tags: dict[str, list[int]] = {}
    for at in _headings_within(page):
        if scores[at] > -math.inf:
            tags.setdefault(page.blocks[at].tag, []).append(at)
    for headings in tags.values():
        are_most_in = 2 * sum(scores[at] > 0 for at in headings) >= len(headings)
        for at in headings:
            is_taken = are_most_in and page.count[at] > 0
            if scores[at + 1] > 0 and (is_taken or _is_heading_of_text(page, at)):
                scores[at] = max(scores[at], 1.0)


def _headings_within(page: VotedPage) -> list[int]:
    """Return the places of the headings that stand within the article."""
    return [at for at in range(page.first + 1, page.last) if page.blocks[at].kind == "heading"]


def _is_heading_of_text(page: VotedPage, at: int) -> bool:
    """Decide whether a heading stands right above what most readers took, and is no link away."""
    block = page.blocks[at]
    is_link = 2 * block.linked >= len(block.text)
    return page.count[at + 1] >= page.two and not is_link and not page.hints(at) & _NO_HEADING


def _take_lists(page: VotedPage, scores: list[float]) -> None:
    """Take in the list below a heading within the article, where nothing else stands below it.

    Readers leave out lists of links, and so whole sections of an article that are nothing else.
    """
    for at, end in pairwise([*_headings_within(page), page.last]):
        below = range(at + 1, end)
        is_empty = scores[at] > 0 and all(scores[place] <= 0 for place in below)
        is_list = len(below) <= _SECTION and all(_is_free_item(page, place) for place in below)
        if is_empty and is_list:
            for place in below:
                scores[place] = 1.0


def _is_free_item(page: VotedPage, at: int) -> bool:
    """Decide whether a block is an item of a list that nothing around it speaks against."""
    block = page.blocks[at]
    return block.kind == "item" and not _is_never(page, at) and not page.hints(at) & AGAINST
