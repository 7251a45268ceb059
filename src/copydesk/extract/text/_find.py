"""Extract the text of an article by a vote of three readers, as Markdown."""

from __future__ import annotations

import math
import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, islice, pairwise
from typing import TYPE_CHECKING

from copydesk.extract import json_ld
from copydesk.extract.text.blocks import Block, Wrapper, cut
from copydesk.extract.text.evidence import (
    AGAINST,
    CORE,
    VotedPage,
    begins_comments,
    ends_a_sentence,
    evidence,
    is_caption,
    is_furniture,
    is_headline_elsewhere,
    is_linked_heading,
    is_loose,
    is_of_text,
    is_path,
    is_points,
    is_shell,
    is_short,
)
from copydesk.extract.text.readers import (
    LINEAR,
    READERS,
    PreparedPage,
    Reader,
    agreement,
    ask,
    cut_off,
    prepare,
    squash,
    vote_by_density,
    votes,
)
from copydesk.kit import tables, text

if TYPE_CHECKING:
    from copydesk.extract.declared import Declared
    from copydesk.extract.page import Document

MAX_CHARACTERS = 200_000
_MIN_CHARACTERS = 200  # with less than this from every reader, JSON-LD's articleBody is used
_AGREED = 0.975  # of the words; if two readers agree as far, a third is not asked
_ALONE = 0.6  # of the words; if our own reader agrees less with both others, another replaces it
_DENSITY = "density"  # the reader of our own
_REFEREE = "trafilatura"  # the slowest library but one
_SURE = (_DENSITY, LINEAR)
_MAX_LAST = 1_000_000  # characters of cleaned markup, for the last and slowest library
_MAX_READING = 2 * MAX_CHARACTERS  # of a heavy page, some lines of which are left out
_MAX_TITLE = 500  # characters
_LEAST = 0.5  # of the characters of what the best reader found; a choice with less is wrong

Field = tuple[str, str]


def find(
    document: Document,
    declared: Declared,
    readers: Mapping[str, Reader] = READERS,
    max_last: int = _MAX_LAST,
) -> Field:
    """Return the article's text as Markdown, and the names of the readers that found it ("a+b").

    The publisher's own `articleBody` is used only if all readers find next to nothing. ("", "")
    means no text. `readers` are the libraries that are asked in turn; the last is asked on a page
    of at most `max_last` characters only.
    """
    page = prepare(document)
    asked = readers if len(page.html) <= max_last else dict(islice(readers.items(), 2))
    found, origin = _read_blocks(document, declared, page, asked)
    found = "" if is_shell(found) else found
    if len(found) < _MIN_CHARACTERS:
        body = _paragraphs(json_ld.prose(declared.article.get("articleBody")))
        if len(body) > len(found):
            return body, "json-ld"
    return found, origin if found else ""


def _read_blocks(
    document: Document, declared: Declared, page: PreparedPage, readers: Mapping[str, Reader]
) -> Field:
    titles = [squash(title) for title in _titles(document, declared)]
    if page.is_heavy:
        found = ask(readers[LINEAR], page)[:_MAX_READING]
        return _paragraphs(found, titles), LINEAR
    body = page.tree.find("body")
    blocks = cut(page.tree if body is None else body)
    squashed = [squash(block.text) for block in blocks]
    ballots = VotedPage(blocks=blocks, squashed=squashed, votes={}, titles=titles)
    readings, voted = _ask_readers(readers, page, ballots)
    return _choose_by_votes(voted, readings) if readings else ("", "")


def _choose_by_votes(page: VotedPage, readings: Mapping[str, str]) -> Field:
    """Choose the blocks that the readers agree on; if they are few, the most trusted one's."""
    best = max(readings, key=lambda name: page.trust[name])
    lines = dict.fromkeys(readings[best].split("\n"))  # once, if the page shows its text twice
    least = _LEAST * sum(map(len, lines))
    picked = choose_blocks(page) if len(readings) > 1 else take_blocks_of(page, best)
    if _length(picked) < least:
        picked = take_blocks_of(page, best)
    if _length(picked) < least:
        return _paragraphs(readings[best], page.titles), best
    return write(picked, MAX_CHARACTERS), "+".join(_readers_behind(page, picked))


def _ask_readers(
    readers: Mapping[str, Reader], page: PreparedPage, ballots: VotedPage
) -> tuple[dict[str, str], VotedPage]:
    """Return the readers' texts, and the page with their votes.

    A library is not asked if two readers agree, or if its vote would not change the text.
    """
    blocks = ballots.blocks
    readings, said = _read_ourselves(blocks)
    for name, reader in readers.items():
        if _are_enough(said, ballots):
            break
        if len(said) == len(_SURE) and (sure := _find_sure(ballots, said)):
            return readings, sure
        if len(said) > 2:
            del said[_DENSITY], readings[_DENSITY]
        if name == _REFEREE:
            cut_off(blocks, said)
        reading = ask(reader, page)
        if reading.strip():
            readings[name], said[name] = reading, votes(blocks, ballots.squashed, reading)
    return readings, replace(ballots, votes=said)


def _read_ourselves(blocks: Sequence[Block]) -> tuple[dict[str, str], dict[str, list[float]]]:
    """Return the text and the vote of our own reader, by its name; nothing if it finds none."""
    dense = vote_by_density(blocks)
    taken = [block.text for block, share in zip(blocks, dense, strict=True) if share]
    return ({_DENSITY: "\n".join(taken)}, {_DENSITY: dense}) if taken else ({}, {})


def _find_sure(ballots: VotedPage, said: Mapping[str, Sequence[float]]) -> VotedPage | None:
    """Return the page with the votes of two readers and of a third that is not asked.

    None if the text would be another when the third agrees with the one than with the other.
    """
    first, second = (replace(ballots, votes={**said, "": votes}) for votes in said.values())
    texts = [[block.text for block in choose_blocks(page)] for page in (first, second)]
    return first if texts[0] == texts[1] else None


def _is_aside(block: Block) -> bool:
    """Return whether a block is never part of an article, even if readers vote for it."""
    is_named = not block.wrapper.hints.isdisjoint(("byline", "caption"))
    return is_named or is_caption(block) or is_furniture(block.text)


def _are_enough(said: Mapping[str, Sequence[float]], page: VotedPage) -> bool:
    """Return whether two readers agree, or three have voted and our own is not alone."""
    first, *others = said.values() if said else [()]
    if not others:
        return False
    words = [
        many if any(shares) and not _is_aside(block) else 0
        for many, block, *shares in zip(page.words, page.blocks, *said.values(), strict=True)
    ]
    least = _AGREED if len(others) == 1 else _ALONE
    return any(agreement(first, other, words) >= least for other in others)


def _length(blocks: Sequence[Block]) -> int:
    return sum(len(block.text) for block in blocks)


def _readers_behind(page: VotedPage, picked: Sequence[Block]) -> Iterator[str]:
    """Yield the readers that chose at least half of the chosen text, by name."""
    own = {id(block) for block in picked}
    inside = [at for at, block in enumerate(page.blocks) if id(block) in own]
    whole = sum(page.words[at] for at in inside)
    for name in sorted(page.votes):
        if name and 2 * sum(page.votes[name][at] * page.words[at] for at in inside) >= whole:
            yield name


def _titles(document: Document, declared: Declared) -> Iterator[str]:
    """Yield the headlines that a page declares for itself."""
    for name in ("og:title", "twitter:title", "title", "dc.title"):
        yield from declared.meta.get(name, ())
    yield from json_ld.strings(declared.article.get("headline"))
    yield from (title[:_MAX_TITLE] for title in document.tree.xpath("(//title)[1]/text()"))


def _paragraphs(found: str, titles: Sequence[str] = ()) -> str:
    """Return a text that no block of the page has, with a paragraph for each of its lines.

    If all of it is boilerplate, all is returned: `kinds` decides what such a page is.
    """
    lines = [line for line in map(text.fold, found.split("\n")) if line]
    own = [line for line in lines if not is_furniture(line) and squash(line) not in titles]
    blocks = (Block(text=line, kind="paragraph") for line in own or lines)
    return write(blocks, MAX_CHARACTERS)


# Markdown, small and clean; kit.text.prose removes it again.

_FENCE = "```"
_LOWEST = 6  # level of a heading
# A paragraph that begins like this would become a heading, a list, a quote, a table or code.
_MARK = re.compile(r"(?:#{1,6}(?= |$)|[-*+](?= |$)|>|\||```|~~~|\\)")
_NUMBER = re.compile(r"([0-9]{1,9})(?=\\|[.)](?: |$))")


def escape(line: str) -> str:
    """Escape a line so that Markdown shows it as a plain paragraph."""
    if _MARK.match(line):
        return f"\\{line}"
    number = _NUMBER.match(line)
    return f"{number[1]}\\{line[number.end() :]}" if number else line


def write(blocks: Iterable[Block], limit: int) -> str:
    """Return text blocks as Markdown of at most `limit` characters.

    Neighbouring items make one list, rows one table, quotes one quote.
    """
    parts: list[str] = []
    room = limit
    for part in _parts(_level_headings(list(blocks))):
        if parts and len(part) + 2 > room:
            break
        parts.append(part[:room])
        room -= len(part) + 2
    return "\n\n".join(parts)


def _level_headings(blocks: Sequence[Block]) -> Iterator[Block]:
    """Yield the blocks with headings renumbered to consecutive levels from 2."""
    used = sorted({block.level for block in blocks if block.kind == "heading"})
    for block in blocks:
        if block.kind == "heading":
            yield replace(block, level=min(used.index(block.level) + 2, _LOWEST))
        else:
            yield block


def _parts(blocks: Iterable[Block]) -> Iterator[str]:
    for _, group in groupby(_runs(blocks), key=lambda pair: pair[0]):
        run = [block for _, block in group]
        if run[0].kind == "row":
            lines: list[str] = list(_table(run))
        elif run[0].kind == "code":
            lines = [_FENCE, *(_fence(run[0].text)), _FENCE]
        else:
            lines = [_line(block) for block in run]
        if run[0].quoted:
            apart = "\n" if run[0].kind in {"row", "code", "item"} else "\n>\n"
            yield apart.join(f"> {line}" for line in lines)
        else:
            yield "\n".join(lines)


def _runs(blocks: Iterable[Block]) -> Iterator[tuple[object, Block]]:
    """Yield each block with a key that it shares with the others of its list, table or quote."""
    for at, block in enumerate(blocks):
        if block.kind == "row":
            yield ("row", id(block.whole)), block
        elif block.kind == "item":
            yield ("item", block.level > 0, block.quoted), block
        elif block.quoted and block.kind != "code":
            yield "quote", block
        else:
            yield at, block


def _line(block: Block) -> str:
    if block.kind == "heading":
        return f"{'#' * block.level} {escape(block.text)}"
    if block.kind == "item":
        return f"{block.level}. {escape(block.text)}" if block.level else f"- {escape(block.text)}"
    return escape(block.text)


def _fence(code: str) -> Iterator[str]:
    for line in code.split("\n"):
        yield f" {line}" if line.startswith(_FENCE) else line


def _cell(cell: str) -> str:
    kept = cell.replace("\\", "\\\\").replace("|", "\\|")
    return f"\\{kept}" if kept and not kept.strip("-") else kept  # not a rule below a table's head


def _table(rows: Sequence[Block]) -> Iterator[str]:
    """Write rows as a table with the first one as its head; rows of one cell as paragraphs."""
    wide = max(len(row.cells) for row in rows)
    for at, row in enumerate(rows):
        cells = [_cell(cell) for cell in row.cells]
        yield f"| {' | '.join(cells + [''] * (wide - len(cells)))} |"
        if at == 0:
            yield f"|{' --- |' * wide}"


# Choose the blocks of a page that are the article, and trim what is not its text.


@dataclass(frozen=True, slots=True, kw_only=True)
class _BlockPoint:
    """The points for one kind of evidence, a row of `tables/block_points.toml`."""

    points: float
    why: str
    by_hand: bool = False


_POINTS = {
    name: row.points
    for name, row in tables.read_rows(
        "copydesk.extract.text", "block_points.toml", _BlockPoint
    ).items()
}
_BIAS = -4.0  # of the same model: a block without evidence is out; over 0 is in
_SECTION = 30  # items of a list that is a section of its own
_NO_HEADING = AGAINST - {"share"}  # subjects of stories: "sharing" may be in their headings' ids
_FAR = -6.0  # of blocks that no reader took, before or after the article; their most common score
# Added for blocks between two paragraphs of the article, which some readers leave out.
_INSIDE = {"row": 1.5, "item": 0.5, "code": 2.0}


def choose_blocks(page: VotedPage) -> list[Block]:
    """Choose the text blocks of a page that belong to the article, in the page's order."""
    scores = [_score(page, at) for at in range(len(page.blocks))]
    _score_wholes(page, scores)
    _take_headings(page, scores)
    _take_lists(page, scores)
    return trim(page, [at for at, score in enumerate(scores) if score > 0])


def take_blocks_of(page: VotedPage, reader: str) -> list[Block]:
    """Return the text blocks that one extraction library chose, without headline, boilerplate."""
    said = page.votes[reader]
    taken = [at for at, share in enumerate(said) if share >= 0.5 and not _is_never(page, at)]
    return trim(page, taken)


def _is_never(page: VotedPage, at: int) -> bool:
    """Return whether a block is never part of an article: boilerplate, or the headline again."""
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
    """Give all rows of a table or items of a list their mean score; code keeps its own.

    Most tables and lists within the article belong to it, though the libraries leave many out.
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
    """Include a heading within the article before its text, if most of its kind are included.

    The libraries lose some headings: those that are links, or above a short paragraph.
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
    """Return the positions of the headings within the article."""
    return [at for at in range(page.first + 1, page.last) if page.blocks[at].kind == "heading"]


def _is_heading_of_text(page: VotedPage, at: int) -> bool:
    """Return whether a heading is right above text that most libraries chose, and is not a link."""
    block = page.blocks[at]
    is_link = 2 * block.linked >= len(block.text)
    return page.count[at + 1] >= page.two and not is_link and not page.hints(at) & _NO_HEADING


def _take_lists(page: VotedPage, scores: list[float]) -> None:
    """Include a list below a heading within the article, if nothing else is below it.

    The libraries leave out lists of links, and so whole sections that are nothing else.
    """
    for at, end in pairwise([*_headings_within(page), page.last]):
        below = range(at + 1, end)
        is_empty = scores[at] > 0 and all(scores[place] <= 0 for place in below)
        is_list = len(below) <= _SECTION and all(_is_free_item(page, place) for place in below)
        if is_empty and is_list:
            for place in below:
                scores[place] = 1.0


def _is_free_item(page: VotedPage, at: int) -> bool:
    """Return whether a block is an item of a list without evidence against it."""
    block = page.blocks[at]
    return block.kind == "item" and not _is_never(page, at) and not page.hints(at) & AGAINST


# Trimming: captions, links, comments and repeats that any reader may have taken.

_OPENING = 0.25  # of the words; more of them before the first long paragraph are the text
_ABOVE = 0.6  # of the words, which must be above the readers' comments
_COPIED = 0.5  # of a text that comes again; no article repeats as much of itself
_SEVERAL = 2  # paragraphs that come again
_POSTS = 2  # linked headings that make a list of other posts
_TEASER = 300  # characters of a post's teaser
_LEADS = 3  # blocks that may be repeated in the text
_OFTEN = 3  # times; no article repeats a short line as often
_LETTERS = 25  # of a paragraph that is long enough to be compared


def trim(page: VotedPage, picked: Sequence[int]) -> list[Block]:
    """Return the chosen blocks (by position) without those that are not the article's text."""
    kept = _drop_copies(page, _drop_adverts(page, _drop_points(page, picked)))
    kept = _drop_links(page, _drop_repeats(page, kept))
    kept = _cut_at_posts(page, _cut_at_comments(page, kept))
    kept = _trim_end(page, _trim_opening(page, kept))
    return _drop_empty_headings(_turn_headings([page.blocks[at] for at in kept]))


def _drop_adverts(page: VotedPage, picked: Sequence[int]) -> list[int]:
    """Drop a paragraph that stands in three containers, where most of the text stands in one."""
    homes: dict[str, set[int]] = {}
    for at in picked:
        if page.blocks[at].kind == "paragraph" and len(page.squashed[at]) >= _LETTERS:
            homes.setdefault(page.squashed[at], set()).add(id(page.blocks[at].container))
    adverts = {letters for letters, home in homes.items() if len(home) >= _OFTEN}
    rest = [at for at in picked if page.squashed[at] not in adverts]
    said = {page.squashed[at]: page.words[at] for at in picked}
    is_shown_once = sum(page.words[at] for at in rest) >= sum(map(said.__getitem__, adverts))
    return rest if is_shown_once else list(picked)


def _drop_copies(page: VotedPage, picked: Sequence[int]) -> list[int]:
    """Keep a text once that the page shows twice or more, such as for phones and for desktops.

    A line that comes again in its own container is the article's: a refrain, a filler.
    """
    seen: dict[str, Wrapper] = {}
    firsts: list[int] = []
    copied: set[str] = set()
    for at in picked:
        letters, container = page.squashed[at], page.blocks[at].container
        if seen.setdefault(letters, container) is container:
            firsts.append(at)
        elif len(letters) >= _LETTERS:
            copied.add(letters)
    left, whole = (sum(page.words[at] for at in kept) for kept in (firsts, picked))
    is_copied = len(copied) >= _SEVERAL and whole - left >= _COPIED * left
    return firsts if is_copied else list(picked)


def _drop_points(page: VotedPage, picked: Sequence[int]) -> list[int]:
    """Drop a box that sums up the article: a heading such as "Key points", and its list."""
    kept: list[int] = []
    is_box = False
    for at in picked:
        block = page.blocks[at]
        is_box = is_points(block.text) or (is_box and block.kind == "item")
        if not is_box:
            kept.append(at)
    return kept


def _cut_at_posts(page: VotedPage, kept: list[int]) -> list[int]:
    """End the text where a list of other posts begins: linked headings with short teasers."""
    heads = [at for at, block in enumerate(page.blocks) if is_linked_heading(block)]
    linked = frozenset(heads)
    whole = sum(page.words[at] for at in kept if at not in linked)
    for head, _ in zip(heads, heads[_POSTS - 1 :], strict=False):
        place = bisect_left(kept, head)  # kept is in the order of the page
        is_end = sum(page.words[at] for at in kept[:place]) > _ABOVE * whole
        if is_end and _are_teasers(page, kept[place:]):
            return kept[:place]
    return kept


def _are_teasers(page: VotedPage, below: Sequence[int]) -> bool:
    return bool(below) and all(page.blocks[at].size <= _TEASER for at in below)


def _find_refrains(page: VotedPage, picked: Sequence[int]) -> set[str]:
    """Return short lines that follow whole sentences more often than in any article."""
    short = Counter(
        page.squashed[at]
        for above, at in pairwise(picked)
        if is_short(page.blocks[at]) and ends_a_sentence(page.blocks[above].text)
    )
    return {line for line, times in short.items() if times >= _OFTEN}


def _drop_repeats(page: VotedPage, picked: Sequence[int]) -> list[int]:
    """Drop short lines that a page repeats often, and a lead paragraph repeated in the text."""
    refrains = _find_refrains(page, picked)
    kept = [
        at
        for at in picked
        if not (page.squashed[at] in refrains and is_short(page.blocks[at]))
        and not is_caption(page.blocks[at])
    ]
    return [at for at in kept if at not in kept[:_LEADS] or not _is_repeated(page, at, kept)]


def _is_repeated(page: VotedPage, at: int, kept: Sequence[int]) -> bool:
    """Return whether a paragraph is word for word in a later one, and is no filler."""
    letters = page.squashed[at]
    if len(letters) < _LETTERS or page.blocks[at].quoted or page.blocks[at].kind == "item":
        return False
    places = [place for place in kept if letters in page.squashed[place]]
    return len(places) < _OFTEN and places[-1] > at


def _cut_at_comments(page: VotedPage, kept: list[int]) -> list[int]:
    """End the text where the readers' comments begin, with the rules for them."""
    whole = sum(page.words[at] for at in kept)
    for begin, block in enumerate(page.blocks):
        if block.kind == "heading" and begins_comments(block.text):
            above = [at for at in kept if at < begin]
            if sum(page.words[at] for at in above) > _ABOVE * whole:
                return above
    return kept


def _trim_opening(page: VotedPage, kept: list[int]) -> list[int]:
    """Keep only sentences, lists and a heading before the first long paragraph."""
    core = _find_core(page, kept)
    if core is None:
        return kept
    opening = [at for at in kept[:core] if is_of_text(page.blocks[at])]
    if core and page.blocks[kept[core - 1]].kind == "heading" and kept[core - 1] not in opening:
        opening.append(kept[core - 1])
    lost = sum(page.words[at] for at in kept[:core]) - sum(page.words[at] for at in opening)
    whole = sum(page.words[at] for at in kept)
    return opening + kept[core:] if lost <= _OPENING * whole else kept


def _trim_end(page: VotedPage, kept: list[int]) -> list[int]:
    """Drop lines at the end that introduce nothing or ask the reader for something."""
    end = len(kept)
    while end and is_loose(page.blocks[kept[end - 1]]):
        end -= 1
    return kept[:end]


def _find_core(page: VotedPage, kept: Sequence[int]) -> int | None:
    """Return the position of the first long paragraph among the kept blocks, None for none."""
    for place, at in enumerate(kept):
        block = page.blocks[at]
        if block.kind == "paragraph" and block.size >= CORE and 2 * block.linked < len(block.text):
            return place
    return None


def _drop_links(page: VotedPage, kept: list[int]) -> list[int]:
    """Drop two or more lines in a row that are links as a whole: headlines of other articles."""
    are = [is_headline_elsewhere(page.blocks[at]) for at in kept]
    beside = zip(are, [False, *are], [*are[1:], False], strict=False)
    return [
        at
        for at, (own, above, below) in zip(kept, beside, strict=True)
        if not (own and (above or below))
    ]


def _turn_headings(blocks: Sequence[Block]) -> list[Block]:
    """Turn a sentence that is a heading above the first paragraph into a paragraph."""
    found = list(blocks)
    for place, block in enumerate(found):
        if block.kind == "paragraph":
            break
        if block.kind == "heading" and is_of_text(block):
            found[place] = replace(block, kind="paragraph", level=0)
    return found


def _drop_empty_headings(blocks: Sequence[Block]) -> list[Block]:
    """Drop headings that only another one of their level, or a higher one, follows."""
    kept: list[Block] = []
    for block in reversed(blocks):
        below = kept[-1] if kept else None
        is_empty = below is None or (below.kind == "heading" and below.level <= block.level)
        if block.kind != "heading" or not is_empty:
            kept.append(block)
    return kept[::-1]
