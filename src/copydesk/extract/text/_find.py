"""Find the text of an article by the vote of three extraction libraries, in Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby, islice
from typing import TYPE_CHECKING

from copydesk.extract import json_ld
from copydesk.extract.text._blocks import Block, cut
from copydesk.extract.text._choice import choose_blocks, take_blocks_of
from copydesk.extract.text._evidence import VotedPage, is_furniture, is_shell
from copydesk.extract.text._readers import (
    LINEAR,
    READERS,
    PreparedPage,
    Reader,
    agreement,
    ask,
    prepare,
    squash,
    votes,
)
from copydesk.kit import text

if TYPE_CHECKING:
    from copydesk.extract.declared import Declared
    from copydesk.extract.page import Document

MAX_CHARACTERS = 200_000
_MIN_CHARACTERS = 200  # with less than this from every reader, JSON-LD's articleBody is used
_AGREED = 0.96  # of the words; if two readers agree as far, a third is not asked
_MAX_READING = 2 * MAX_CHARACTERS  # of a heavy page, some lines of which are left out
_MAX_THIRD = 1_000_000  # of cleaned markup, for a third reader
_MAX_TITLE = 500  # characters
_LEAST = 0.5  # of what the best reader found; a choice with less is wrong

Field = tuple[str, str]


def find(
    document: Document,
    declared: Declared,
    readers: Mapping[str, Reader] = READERS,
    max_third: int = _MAX_THIRD,
) -> Field:
    """Return the article's text as Markdown, and the libraries that found it: "a+b" if both agree.

    The publisher's own `articleBody` is used only if all libraries find next to nothing. ("", "")
    means no text. `readers` are the libraries; the third is asked on a page of at most `max_third`
    characters only.
    """
    page = prepare(document)
    asked = readers if len(page.html) <= max_third else dict(islice(readers.items(), 2))
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
    body = document.tree.find("body")
    blocks = cut(document.tree if body is None else body)
    squashed = [squash(block.text) for block in blocks]
    readings, said = _ask_readers(readers, page, blocks, squashed)
    if not readings:
        return "", ""
    return _choose_by_votes(
        VotedPage(blocks=blocks, squashed=squashed, votes=said, titles=titles), readings
    )


def _choose_by_votes(page: VotedPage, readings: Mapping[str, str]) -> Field:
    """Choose the blocks that the libraries agree on; if they are few, the most trusted one's."""
    best = max(page.trust, key=lambda name: page.trust[name])
    least = _LEAST * len(readings[best].split())
    picked = choose_blocks(page) if len(readings) > 1 else take_blocks_of(page, best)
    if _words(picked) < least:
        picked = take_blocks_of(page, best)
    if _words(picked) < least:
        return _paragraphs(readings[best], page.titles), best
    return write(picked, MAX_CHARACTERS), "+".join(_readers_behind(page, picked))


def _ask_readers(
    readers: Mapping[str, Reader],
    page: PreparedPage,
    blocks: Sequence[Block],
    squashed: Sequence[str],
) -> tuple[dict[str, str], dict[str, list[float]]]:
    """Return the texts and votes of the libraries; the last is asked if the first two disagree."""
    readings: dict[str, str] = {}
    said: dict[str, list[float]] = {}
    words = [len(block.text.split()) for block in blocks]
    for name, reader in readers.items():
        if len(said) > 1 and _do_agree(said, words):
            break
        reading = ask(reader, page)
        if reading.strip():
            readings[name], said[name] = reading, votes(blocks, squashed, reading)
    return readings, said


def _do_agree(said: Mapping[str, Sequence[float]], words: Sequence[int]) -> bool:
    one, other = said.values()
    return agreement(one, other, words) >= _AGREED


def _words(blocks: Sequence[Block]) -> int:
    return sum(len(block.text.split()) for block in blocks)


def _readers_behind(page: VotedPage, picked: Sequence[Block]) -> Iterator[str]:
    """Yield the libraries that chose at least half of the chosen text, by name."""
    own = {id(block) for block in picked}
    inside = [at for at, block in enumerate(page.blocks) if id(block) in own]
    whole = sum(page.words[at] for at in inside)
    for name in sorted(page.votes):
        if 2 * sum(page.votes[name][at] * page.words[at] for at in inside) >= whole:
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
    """Escape a line so that Markdown reads it as a paragraph."""
    if _MARK.match(line):
        return f"\\{line}"
    number = _NUMBER.match(line)
    return f"{number[1]}\\{line[number.end() :]}" if number else line


def write(blocks: Iterable[Block], limit: int) -> str:
    """Write blocks as Markdown of at most `limit` characters, separated by empty lines.

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
