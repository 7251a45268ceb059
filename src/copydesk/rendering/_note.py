"""An editor's note as HTML: paragraphs, lists, quotes, emphasis, links of the Markdown that it is.

Everything else in it is text. What is made here is built of escaped text alone, and cleaned once
more as if a stranger had written it.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from itertools import groupby

import nh3

from copydesk.kit import text, urls

_TAGS = {"p", "ul", "ol", "li", "blockquote", "a", "em", "strong"}
_RELATION = "nofollow noopener"
_LONGEST = 20_000  # characters of one that was written into a record by hand
_QUOTE = re.compile(r" {0,3}> ?")
_BULLET = re.compile(r" {0,3}[-*+] +(?=\S)")
_NUMBER = re.compile(r" {0,3}[0-9]{1,9}[.)] +(?=\S)")
_LINK = re.compile(r"\[([^\[\]\n]{1,500})\]\(\s*([^()\s]{1,2000})\s*\)")
_STRONG = re.compile(r"(\*\*|__)(?=\S)([^*_\n]{1,1000}?)(?<=\S)\1")
_EMPHASIS = re.compile(r"(?<!\w)([*_])(?=\S)([^*_\n]{1,1000}?)(?<=\S)\1(?!\w)")


def render_note(note: str) -> str:
    """Return a note as clean HTML, "" for none."""
    blocks = re.split(r"\n\s*\n", text.tidy(note[:_LONGEST]))
    made = "".join(part for block in blocks for part in _render_block(block.split("\n")))
    return nh3.clean(made, tags=_TAGS, attributes={"a": {"href"}}, link_rel=_RELATION)


def strip_note(note: str) -> str:
    """Return the words of a note in one line, without its marks."""
    made = re.sub(r"</(?:p|li)>", " ", render_note(note))
    return text.fold(html.unescape(nh3.clean(made, tags=set())))


def _render_block(lines: Iterable[str]) -> Iterable[str]:
    """Yield the paragraphs, lists and quotes of lines that no empty line parts."""
    for kind, run in groupby(filter(str.strip, lines), _block_tag):
        if kind is None:
            yield f"<p>{_render_line(' '.join(map(str.strip, run)))}</p>"
        elif kind == "blockquote":
            quoted = " ".join(_QUOTE.sub("", line, count=1).strip() for line in run)
            yield f"<blockquote><p>{_render_line(quoted)}</p></blockquote>"
        else:
            mark = _BULLET if kind == "ul" else _NUMBER
            items = "".join(f"<li>{_render_line(mark.sub('', line, count=1))}</li>" for line in run)
            yield f"<{kind}>{items}</{kind}>"


def _block_tag(line: str) -> str | None:
    if _QUOTE.match(line):
        return "blockquote"
    if _BULLET.match(line):
        return "ul"
    return "ol" if _NUMBER.match(line) else None


def _render_line(words: str) -> str:
    """Render a line's links, and between and in them its emphasis."""
    made, end = [], 0
    for link in _LINK.finditer(words):
        made += [_render_emphasis(words[end : link.start()]), _render_link(link)]
        end = link.end()
    return "".join((*made, _render_emphasis(words[end:]))).strip()


def _render_link(link: re.Match[str]) -> str:
    label, target = link.groups()
    address = urls.fetchable(target)
    if address is None:
        return _render_emphasis(link.group())
    return f'<a href="{html.escape(address)}">{_render_emphasis(label)}</a>'


def _render_emphasis(words: str) -> str:
    strong = _STRONG.sub(r"<strong>\2</strong>", html.escape(words))
    return _EMPHASIS.sub(r"<em>\2</em>", strong)
