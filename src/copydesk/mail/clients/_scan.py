"""The marks by which features of HTML and CSS are known in a letter, each with its line.

`element:table`, `element:meta[name=color-scheme]`, `attribute:align`, `link:mailto`, `image:png`,
`property:margin`, `value:margin:auto`, `negative:margin`, `unit:px`, `function:rgb`, `at:media`,
`media:hover`, `selector:class`, `pseudo:hover`, `keyword:important`, `comment`, `css-comment`,
`doctype`. What stands in a comment for Outlook alone is seen for Outlook alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from copydesk.errors import MailError
from copydesk.kit import urls

if TYPE_CHECKING:
    from lxml.html import HtmlElement

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
    """Return all marks of a letter in their order, each as often as it is there.

    Raises MailError for what is nested so deep that nobody can mean it.
    """
    try:
        return list(_scan_markup(page))
    except RecursionError as error:
        raise MailError("nested too deep to be read", hint="look for what is not closed") from error


def _scan_markup(markup: str, program: str = "", lines_above: int = 0) -> Iterator[SeenMark]:
    root = _parse(markup)
    if root is None:
        return
    if root.getroottree().docinfo.doctype:
        yield SeenMark(mark="doctype", line=lines_above + 1, program=program)
    added = _list_extra_tags(markup)
    for element in _walk(root):
        line = lines_above + (element.sourceline or 1)
        if not isinstance(element.tag, str):
            yield from _scan_comment(element.text or "", line, program)
        elif element.tag not in added:
            for mark, lines_below in _scan_element(element):
                yield SeenMark(mark=mark, line=line + lines_below, program=program)


def _list_extra_tags(markup: str) -> set[str]:
    """Return the elements that the parser adds to a fragment, which are not in the letter."""
    return {tag for tag in ("html", "head", "body", "p") if f"<{tag}" not in markup.lower()}


def _walk(root: HtmlElement) -> Iterator[HtmlElement]:
    """Yield what is in a document, and the comments around it."""
    yield from reversed([*root.itersiblings(preceding=True)])
    yield from root.iter()
    yield from root.itersiblings()


def _scan_comment(words: str, last_line: int, program: str) -> Iterator[SeenMark]:
    """Yield the mark of a comment, and those of what stands in it for Outlook alone."""
    line = last_line - words.count("\n")
    yield SeenMark(mark="comment", line=line, program=program)
    if words.startswith("[if") and "mso" in words.partition("]")[0]:
        inner = words.partition("]>")[2].removesuffix("<![endif]").removesuffix("<!")
        yield from _scan_markup(inner, _OUTLOOK, line - 1)


def _parse(markup: str) -> HtmlElement | None:
    """Parse markup, None where there is none."""
    from lxml import etree
    from lxml import html as parsing

    parser = parsing.HTMLParser(default_doctype=False, huge_tree=True, encoding="utf-8")
    content = markup.replace("\0", " ").encode(errors="replace")
    for frame in (b"", b"<html></html>"):  # a comment alone is no document to the parser
        with suppress(etree.ParserError):
            return parsing.document_fromstring(content + frame, parser=parser)
    return None


def _scan_element(element: HtmlElement) -> Iterator[tuple[str, int]]:
    """Yield the marks of an element, and how many lines below it each is."""
    tag = element.tag
    yield f"element:{tag}", 0
    if name := _TOLD_APART.get(tag):
        yield f"element:{tag}[{name}={element.get(name, '').lower()}]", 0
    for attribute, value in element.attrib.items():
        yield f"attribute:{attribute}", 0
        for mark in _scan_attribute(attribute, value.strip()):
            yield mark, 0
    if tag == "style":
        for mark, line in _scan_sheet(element.text or ""):
            yield mark, line - 1


def _scan_attribute(attribute: str, value: str) -> Iterator[str]:
    if attribute == "style":
        for mark, _ in _scan_declarations(value):
            yield mark
    elif attribute in _PICTURES:
        yield f"image:{_picture_kind(value)}"
    elif attribute == "href" and value.startswith("#"):
        yield "link:anchor"
    elif attribute == "href" and value.lower().startswith("mailto:"):
        yield "link:mailto"


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
