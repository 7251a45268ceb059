"""The article's text: three readers vote on the page's blocks, and their choice is written down."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING

from copydesk.extract.page import Declared, json_ld
from copydesk.extract.text import _markdown
from copydesk.extract.text._blocks import Block, cut
from copydesk.extract.text._choice import choose_blocks, take_blocks_of
from copydesk.extract.text._evidence import VotedPage
from copydesk.extract.text._furniture import is_furniture, is_shell
from copydesk.extract.text._readers import LINEAR, READERS, PreparedPage, Reader, ask, prepare
from copydesk.extract.text._votes import agreement, squash, votes
from copydesk.kit import text

if TYPE_CHECKING:
    from copydesk.extract.page import Document

MAX_CHARACTERS = 200_000
_MIN_CHARACTERS = 200  # less than this from every reader, and JSON-LD's articleBody is asked
_AGREED = 0.96  # of the words; two readers that agree so far need no third
_MAX_READING = 2 * MAX_CHARACTERS  # of a heavy page: some lines of it are left out
_MAX_THIRD = 1_000_000  # of cleaned markup, for a third reader
_MAX_TITLE = 500  # characters
_LEAST = 0.5  # of what the best reader found; a choice of less has gone wrong

Field = tuple[str, str]


def find(
    document: Document,
    declared: Declared,
    readers: Mapping[str, Reader] = READERS,
    max_third: int = _MAX_THIRD,
) -> Field:
    """Find the article's text as small clean Markdown, and who read it: "a+b" where both agree.

    The publisher's own `articleBody` only where all readers find next to nothing. ("", "") for
    none. `readers` vote; the third only on a page of at most `max_third` characters.
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
    """Choose what the readers agree on, or where that is too little, what the most trusted took."""
    best = max(page.trust, key=lambda name: page.trust[name])
    least = _LEAST * len(readings[best].split())
    picked = choose_blocks(page) if len(readings) > 1 else take_blocks_of(page, best)
    if _words(picked) < least:
        picked = take_blocks_of(page, best)
    if _words(picked) < least:
        return _paragraphs(readings[best], page.titles), best
    return _markdown.write(picked, MAX_CHARACTERS), "+".join(_readers_behind(page, picked))


def _ask_readers(
    readers: Mapping[str, Reader],
    page: PreparedPage,
    blocks: Sequence[Block],
    squashed: Sequence[str],
) -> tuple[dict[str, str], dict[str, list[float]]]:
    """Ask the readers for readings and votes; the last only where the first two disagree."""
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
    """Yield the readers that took at least half of what was picked, in the order of their names."""
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
    """Return a text that no block of the page stands for, a paragraph for each of its lines.

    Where all of it is furniture, all of it is given: what kind of page that is others judge.
    """
    lines = [line for line in map(text.fold, found.split("\n")) if line]
    own = [line for line in lines if not is_furniture(line) and squash(line) not in titles]
    blocks = (Block(text=line, kind="paragraph") for line in own or lines)
    return _markdown.write(blocks, MAX_CHARACTERS)
