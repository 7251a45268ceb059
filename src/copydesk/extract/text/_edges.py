"""Edges: what stands around and between the chosen blocks and is no text, whoever took it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from copydesk.extract.text._blocks import Block
from copydesk.extract.text._evidence import CORE, VotedPage, ends_a_sentence
from copydesk.extract.text._furniture import asks, begins_comments

_STANDFIRST = 120  # characters; a longer heading above the first paragraph introduces the article
_CAPTION = 150  # characters; a longer line behind a picture is a paragraph
_LABEL = 100  # characters of what ends with a colon and has nothing to introduce
_LINE = 30  # letters; what is shorter above the text and no sentence is a date, a name, a kicker
_OPENING = 0.25  # of the words; more before the first long paragraph, and it is the text
_LINK = 0.9  # of the characters of a line that is a link to something else
_SPACES = 3  # in a headline; less is a name
_ABOVE = 0.6  # of the words, that stand above the readers' comments
_LEADS = 3  # blocks that may be said again in the text
_OFTEN = 3  # times that an article says no short line
_LETTERS = 25  # of a paragraph that can be told from a chance likeness


def trim(page: VotedPage, picked: Sequence[int]) -> list[Block]:
    """Return the chosen blocks, by their places on the page, without what is loose among them."""
    kept = _drop_links(page, _drop_repeats(page, picked))
    kept = _cut_at_comments(page, kept)
    kept = _trim_end(page, _trim_opening(page, kept))
    return _drop_empty_headings(_turn_headings([page.blocks[at] for at in kept]))


def _find_refrains(page: VotedPage, picked: Sequence[int]) -> set[str]:
    """Find the short lines that stand behind whole sentences more often than an article's do."""
    short = Counter(
        page.squashed[at]
        for above, at in pairwise(picked)
        if _is_short(page.blocks[at]) and ends_a_sentence(page.blocks[above].text)
    )
    return {line for line, times in short.items() if times >= _OFTEN}


def _drop_repeats(page: VotedPage, picked: Sequence[int]) -> list[int]:
    """Drop the short lines that a page says again and again, and a lead said again in the text."""
    refrains = _find_refrains(page, picked)
    kept = [
        at
        for at in picked
        if not (page.squashed[at] in refrains and _is_short(page.blocks[at]))
        and not _is_caption(page.blocks[at])
    ]
    return [
        at
        for place, at in enumerate(kept)
        if place >= _LEADS or not _is_repeated(page, at, kept[place + 1 :])
    ]


def _is_repeated(page: VotedPage, at: int, later: Sequence[int]) -> bool:
    """Decide whether a paragraph stands word for word in one below it."""
    letters = page.squashed[at]
    if len(letters) < _LETTERS or page.blocks[at].quoted or page.blocks[at].kind == "item":
        return False
    return any(letters in page.squashed[below] for below in later)


def _cut_at_comments(page: VotedPage, kept: list[int]) -> list[int]:
    """End where the readers' comments begin, with the rules for them."""
    whole = sum(page.words[at] for at in kept)
    for begin, block in enumerate(page.blocks):
        if block.kind == "heading" and begins_comments(block.text):
            above = [at for at in kept if at < begin]
            if sum(page.words[at] for at in above) > _ABOVE * whole:
                return above
    return kept


def _trim_opening(page: VotedPage, kept: list[int]) -> list[int]:
    """Leave nothing before the first long paragraph but sentences, lists and its own heading."""
    core = _find_core(page, kept)
    if core is None:
        return kept
    opening = [at for at in kept[:core] if _is_of_text(page.blocks[at])]
    if core and page.blocks[kept[core - 1]].kind == "heading" and kept[core - 1] not in opening:
        opening.append(kept[core - 1])
    lost = sum(page.words[at] for at in kept[:core]) - sum(page.words[at] for at in opening)
    whole = sum(page.words[at] for at in kept)
    return opening + kept[core:] if lost <= _OPENING * whole else kept


def _trim_end(page: VotedPage, kept: list[int]) -> list[int]:
    """Drop from the end what introduces nothing and what asks the reader for something."""
    end = len(kept)
    while end and _is_loose(page.blocks[kept[end - 1]]):
        end -= 1
    return kept[:end]


def _is_loose(block: Block) -> bool:
    if block.kind == "heading":
        return True
    if block.kind != "paragraph":
        return False
    if len(block.text) <= _LABEL and block.text[-1] in ":：":
        return True
    return asks(block.text)


def _find_core(page: VotedPage, kept: Sequence[int]) -> int | None:
    """Find where the first long paragraph stands among the kept blocks, None for nowhere."""
    for place, at in enumerate(kept):
        block = page.blocks[at]
        if block.kind == "paragraph" and block.size >= CORE and 2 * block.linked < len(block.text):
            return place
    return None


def _drop_links(page: VotedPage, kept: list[int]) -> list[int]:
    """Drop two or more lines in a row that are headlines of something else: whole links."""
    are = [_is_headline_elsewhere(page.blocks[at]) for at in kept]
    beside = zip(are, [False, *are], [*are[1:], False], strict=False)
    return [
        at
        for at, (own, above, below) in zip(kept, beside, strict=True)
        if not (own and (above or below))
    ]


def _is_headline_elsewhere(block: Block) -> bool:
    if block.kind != "paragraph" or block.quoted or block.linked < _LINK * len(block.text):
        return False
    is_said = ends_a_sentence(block.text) or "://" in block.text
    return block.text.count(" ") >= _SPACES and not is_said


def _is_caption(block: Block) -> bool:
    """Decide whether a line stands right behind its picture and is no sentence."""
    is_line = block.kind == "paragraph" and len(block.text) <= _CAPTION
    return block.pictured and is_line and not ends_a_sentence(block.text)


def _is_short(block: Block) -> bool:
    return block.kind == "paragraph" and block.size < CORE and not ends_a_sentence(block.text)


def _is_of_text(block: Block) -> bool:
    """Decide whether a block above the text is part of it: whole sentences or a list, no links."""
    if block.kind in {"row", "code"}:
        return True
    if block.kind == "paragraph" and block.size >= CORE and ends_a_sentence(block.text):
        return True
    if 2 * block.linked >= len(block.text):
        return False
    if block.kind == "heading":
        return len(block.text) > _STANDFIRST or block.text[-1] in ".。"
    return block.kind != "paragraph" or _is_sentence(block)


def _is_sentence(block: Block) -> bool:
    """Decide whether a short paragraph is a greeting, a sentence, or more than a name or a date."""
    is_line = block.size >= _LINE or ends_a_sentence(block.text)
    return block.text[-1] in ",，" or (is_line and block.text[-1] not in ":：")


def _turn_headings(blocks: Sequence[Block]) -> list[Block]:
    """Turn the sentences that stand as a heading above the first paragraph to a paragraph."""
    found = list(blocks)
    for place, block in enumerate(found):
        if block.kind == "paragraph":
            break
        if block.kind == "heading" and _is_of_text(block):
            found[place] = replace(block, kind="paragraph", level=0)
    return found


def _drop_empty_headings(blocks: Sequence[Block]) -> list[Block]:
    """Drop the headings that nothing follows but another of their level, or of a higher one."""
    kept: list[Block] = []
    for block in reversed(blocks):
        below = kept[-1] if kept else None
        is_empty = below is None or (below.kind == "heading" and below.level <= block.level)
        if block.kind != "heading" or not is_empty:
            kept.append(block)
    return kept[::-1]
