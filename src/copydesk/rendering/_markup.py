"""Render editors' notes as HTML, escape text for XML, mark stories and sections in newsletter HTML.

The marks are HTML comments. They allow to read a filed issue again: for the day's digest, and to
remove a story.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator
from itertools import groupby

import nh3

from copydesk.kit import text, urls

_TAGS = {"p", "ul", "ol", "li", "blockquote", "a", "em", "strong"}
_RELATION = "nofollow noopener"
_LONGEST = 20_000  # characters; a record written by hand may hold a longer note
_QUOTE = re.compile(r" {0,3}> ?")
_BULLET = re.compile(r" {0,3}[-*+] +(?=\S)")
_NUMBER = re.compile(r" {0,3}[0-9]{1,9}[.)] +(?=\S)")
_LINK = re.compile(r"\[([^\[\]\n]{1,500})\]\(\s*([^()\s]{1,2000})\s*\)")
_STRONG = re.compile(r"(\*\*|__)(?=\S)([^*_\n]{1,1000}?)(?<=\S)\1")
_EMPHASIS = re.compile(r"(?<!\w)([*_])(?=\S)([^*_\n]{1,1000}?)(?<=\S)\1(?!\w)")
SECTION_END = "<!--/section-->"
STORY_END = "<!--/story-->"
NOTE_BEGIN = "<!--note-->"
NOTE_END = "<!--/note-->"
# words hold no < or >, as `_quote` replaces them, so that a broken comment ends at the next tag
MARK = re.compile(r"<!--(?P<end>/?)(?P<kind>section|story|note)(?: (?P<words>[^<>\n]*?))?-->")
# what might end a comment, or be read as markup by a parser that is no browser
_UNSAFE = re.compile(r"[^\w .,:;?!-]|-(?=-)|-\Z")
_FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def render_note(note: str) -> str:
    """Return an editor's note (a small part of Markdown) as clean HTML, "" for an empty note."""
    blocks = re.split(r"\n\s*\n", text.tidy(note[:_LONGEST]))
    made = "".join(part for block in blocks for part in _render_block(block.split("\n")))
    return nh3.clean(made, tags=_TAGS, attributes={"a": {"href"}}, link_rel=_RELATION)


def strip_note(note: str) -> str:
    """Return an editor's note as plain text on one line, without its Markdown."""
    made = re.sub(r"</(?:p|li)>", " ", render_note(note))
    return text.fold(html.unescape(nh3.clean(made, tags=set())))


def _render_block(lines: Iterable[str]) -> Iterable[str]:
    """Yield the HTML of each paragraph, list and quotation in lines without a gap."""
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
    """Return a line as HTML, with its links and emphasis."""
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


def story_mark(name: str) -> str:
    """Return the HTML comment that marks where a story begins in a newsletter issue."""
    return f"<!--story {_quote(name)}-->"


def section_mark(kind: str, title: str) -> str:
    """Return the HTML comment that marks where a section begins in a newsletter issue."""
    return f"<!--section {kind} {_quote(title)}-->"


def read_mark(words: str) -> str:
    """Return the story name or section title in an HTML comment from `story_mark` or
    `section_mark`.
    """
    return html.unescape(words)


def list_story_names(body: str) -> Iterator[str]:
    """Yield the record names of the stories that a newsletter issue's HTML contains."""
    for mark in MARK.finditer(body):
        if mark["kind"] == "story" and not mark["end"]:
            yield read_mark(mark["words"] or "")


def _quote(words: str) -> str:
    return _UNSAFE.sub(lambda match: f"&#{ord(match.group())};", words)


def escape_xml(value: str) -> str:
    """Return a text escaped for use between XML tags, with white space folded."""
    return html.escape(text.fold(_FORBIDDEN.sub("", value)), quote=False)


def quote_xml(value: str) -> str:
    """Return a text escaped and quoted as an XML attribute value, with white space folded."""
    return f'"{html.escape(text.fold(_FORBIDDEN.sub("", value)))}"'
