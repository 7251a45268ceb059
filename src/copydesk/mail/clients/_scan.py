"""The marks by which features of HTML and CSS are known in a letter, each with its line.

`element:table`, `element:meta[name=color-scheme]`, `attribute:align`, `link:mailto`, `image:png`,
`property:margin`, `value:margin:auto`, `negative:margin`, `unit:px`, `function:rgb`, `at:media`,
`media:hover`, `selector:class`, `pseudo:hover`, `keyword:important`, `comment`, `css-comment`,
`doctype`. What stands in a comment for Outlook alone is seen for Outlook alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import PurePosixPath
from typing import Any

from copydesk.kit import urls

_OUTLOOK = "outlook.windows"
_TOLD_APART = {"meta": "name", "input": "type", "button": "type"}  # one name, several features
_PICTURES = frozenset({"src", "background", "poster"})
_COMBINATORS = frozenset("+>~")
_NAMED_SIGNS = {"*": "universal", ",": "grouping", "&": "nesting", "[": "attribute"}
_STYLED_RULES = frozenset({"media", "supports", "layer", "container"})
_MEDIA_FEATURE = re.compile(r"\(\s*([a-z-]+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenMark:
    """A mark in a line; `program` is the only one that reads it, "" where all do."""

    mark: str
    line: int
    program: str = ""


def scan(page: str) -> list[SeenMark]:
    """Return all marks of a letter in their order, each as often as it is there."""
    scanner = _Scanner()
    scanner.read(page)
    return scanner.seen


class _Scanner(HTMLParser):
    """Collect the marks of markup, and of the style sheets and `style` attributes in it."""

    def __init__(self, program: str = "", lines_above: int = 0) -> None:
        super().__init__()
        self.seen: list[SeenMark] = []
        self._program = program
        self._lines_above = lines_above
        self._is_style = False

    def read(self, markup: str) -> None:
        self.feed(markup)
        self.close()

    def handle_decl(self, decl: str) -> None:
        self._see("doctype")

    def handle_comment(self, data: str) -> None:
        self._see("comment")
        if data.startswith("[if") and "mso" in data.partition("]")[0]:
            inner = _Scanner(_OUTLOOK, self._line() - 1)
            inner.read(data.partition("]>")[2].removesuffix("<![endif]").removesuffix("<!"))
            self.seen += inner.seen

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._see(f"element:{tag}")
        if name := _TOLD_APART.get(tag):
            self._see(f"element:{tag}[{name}={(dict(attrs).get(name) or '').lower()}]")
        self._is_style = tag == "style"
        for attribute, value in attrs:
            self._see_attribute(attribute, (value or "").strip())

    def handle_endtag(self, tag: str) -> None:
        self._is_style = False

    def handle_data(self, data: str) -> None:
        if self._is_style:
            for mark, line in _scan_sheet(data):
                self._see(mark, line - 1)

    def _see_attribute(self, attribute: str, value: str) -> None:
        self._see(f"attribute:{attribute}")
        if attribute == "style":
            for mark, _ in _scan_declarations(value):
                self._see(mark)
        elif attribute in _PICTURES:
            self._see(f"image:{_picture_kind(value)}")
        elif attribute == "href" and value.startswith("#"):
            self._see("link:anchor")
        elif attribute == "href" and value.lower().startswith("mailto:"):
            self._see("link:mailto")

    def _see(self, mark: str, lines_below: int = 0) -> None:
        line = self._line() + lines_below
        self.seen.append(SeenMark(mark=mark, line=line, program=self._program))

    def _line(self) -> int:
        return self._lines_above + self.getpos()[0]


def _picture_kind(address: str) -> str:
    """Return the kind of a picture by its address: `png`, `base64`; "" where it says none."""
    if address.lower().startswith("data:"):
        return "base64"
    return PurePosixPath(urls.path(address)).suffix.lower().lstrip(".")


def _scan_sheet(sheet: str) -> Iterator[tuple[str, int]]:
    """Yield the marks of a style sheet with their lines in it."""
    import tinycss2

    return _scan_rules(tinycss2.parse_stylesheet(sheet, skip_whitespace=True))


def _scan_rules(rules: Iterable[Any]) -> Iterator[tuple[str, int]]:
    for rule in rules:
        if rule.type == "comment":
            yield "css-comment", rule.source_line
        elif rule.type == "qualified-rule":
            for mark in _scan_selector(rule.prelude):
                yield mark, rule.source_line
            yield from _scan_declarations(rule.content)
        elif rule.type == "at-rule":
            yield from _scan_at_rule(rule)


def _scan_at_rule(rule: Any) -> Iterator[tuple[str, int]]:
    import tinycss2

    keyword = rule.lower_at_keyword
    yield f"at:{keyword}", rule.source_line
    if keyword == "media":
        for feature in _MEDIA_FEATURE.findall(tinycss2.serialize(rule.prelude).lower()):
            yield f"media:{feature}", rule.source_line
    if rule.content and keyword in _STYLED_RULES:
        yield from _scan_rules(tinycss2.parse_rule_list(rule.content, skip_whitespace=True))
    elif rule.content and not keyword.endswith("keyframes"):
        yield from _scan_declarations(rule.content)


def _scan_declarations(content: Any) -> Iterator[tuple[str, int]]:
    import tinycss2

    for item in tinycss2.parse_blocks_contents(content, skip_whitespace=True):
        line = item.source_line
        if item.type == "comment":
            yield "css-comment", line
        elif item.type == "qualified-rule":
            yield "selector:nesting", line
            yield from _scan_rules([item])
        elif item.type == "declaration":
            name = item.lower_name
            yield f"property:{'--' if name.startswith('--') else name}", line
            if item.important:
                yield "keyword:important", line
            for mark in _scan_value(name, item.value):
                yield mark, line


def _scan_value(name: str, tokens: Iterable[Any]) -> Iterator[str]:
    for token in tokens:
        if token.type == "ident":
            yield f"value:{name}:{token.lower_value}"
            yield f"keyword:{token.lower_value}"
        elif token.type == "function":
            yield f"function:{token.lower_name}"
            yield from _scan_value(name, token.arguments)
        elif token.type == "url":
            yield f"image:{_picture_kind(token.value)}"
        elif token.type in {"dimension", "percentage"}:
            yield f"unit:{token.lower_unit if token.type == 'dimension' else '%'}"
            if token.value < 0:
                yield f"negative:{name}"


def _scan_selector(tokens: Iterable[Any]) -> Iterator[str]:
    """Yield what a selector asks for, and how its parts are put together."""
    parts = [token for token in tokens if token.type != "comment"]
    while parts and parts[-1].type == "whitespace":
        parts.pop()
    for before, token, after in zip([None, *parts], parts, [*parts[1:], None], strict=False):
        yield from _scan_part(before, token, after)


def _scan_part(before: Any, token: Any, after: Any) -> Iterator[str]:
    left, sign, right = map(_sign, (before, token, after))
    if token.type in {"ident", "function"}:
        yield from _scan_name(left, token, right)
    elif token.type == "whitespace":
        if before is not None and not {left, right} & {*_COMBINATORS, ","}:
            yield "selector:descendant"
    elif token.type == "hash":
        yield "selector:id"
    elif sign in {*_COMBINATORS, *_NAMED_SIGNS}:
        yield f"selector:{_NAMED_SIGNS.get(sign, sign)}"


def _scan_name(left: str, token: Any, right: str) -> Iterator[str]:
    """Yield what a name in a selector is, by the sign before it."""
    if left == ":":
        yield f"pseudo:{token.lower_value if token.type == 'ident' else token.lower_name}"
        return
    yield "selector:class" if left == "." else "selector:type"
    if right in {".", ":", "["}:
        yield "selector:chaining"


def _sign(token: Any) -> str:
    """Return the sign that a part of a selector is, "" where it is a word or none."""
    if token is None:
        return ""
    if token.type == "[] block":
        return "["
    return str(token.value) if token.type == "literal" else ""
