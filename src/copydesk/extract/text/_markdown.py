"""Markdown: blocks written down as small clean Markdown, which kit.text.prose takes off again."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from copydesk.extract.text._blocks import Block

_FENCE = "```"
_LOWEST = 6  # level of a heading
# A paragraph that begins like this would be read as a heading, a list, a quote, a table or code.
_MARK = re.compile(r"(?:#{1,6}(?= |$)|[-*+](?= |$)|>|\||```|~~~|\\)")
_NUMBER = re.compile(r"([0-9]{1,9})(?=\\|[.)](?: |$))")


def escape(line: str) -> str:
    """Escape a line so that Markdown reads it as the paragraph that it is."""
    if _MARK.match(line):
        return f"\\{line}"
    number = _NUMBER.match(line)
    return f"{number[1]}\\{line[number.end() :]}" if number else line


def write(blocks: Iterable[Block], limit: int) -> str:
    """Write blocks as Markdown of at most `limit` characters, set apart by empty lines.

    Items that follow each other are one list, rows one table, quotes one quote.
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
    """Yield blocks whose headings have the levels that they use, one after the other from 2."""
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
    """Yield each block with what it shares with the others of its list, table or quote."""
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
    return f"\\{kept}" if kept and not kept.strip("-") else kept  # no rule below a head


def _table(rows: Sequence[Block]) -> Iterator[str]:
    """Write rows as a table whose first row is its head; rows of one cell alone as paragraphs."""
    wide = max(len(row.cells) for row in rows)
    for at, row in enumerate(rows):
        cells = [_cell(cell) for cell in row.cells]
        yield f"| {' | '.join(cells + [''] * (wide - len(cells)))} |"
        if at == 0:
            yield f"|{' --- |' * wide}"
