"""Check a newsletter's template and its output against the lists of allowed tags and attributes.

mrml passes on whatever it does not know. So a tag that is not listed, a script, a file loaded from
another site and a link that no reader can follow are refused, with their line.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from html.parser import HTMLParser

from copydesk.errors import MailError
from copydesk.kit import tables, urls

_MJML_TAGS = frozenset(tables.read_lines("copydesk.newsletters.composing", "mjml_tags.txt"))
_HTML_TAGS = frozenset(tables.read_lines("copydesk.newsletters.composing", "html_tags.txt"))
_PAGE_TAGS = frozenset(tables.read_lines("copydesk.newsletters.composing", "page_tags.txt"))
_HINTS = {
    "mj-include": "what a newsroom has in `_templates/` is included by {% include %}",
    "mj-font": "no mail program needs to ask a stranger for a face; name some that readers have",
    "link": "rules stand in <mj-style>",
    "script": "no mail program runs scripts",
}
_FETCHED = frozenset({"src", "srcset", "background", "background-url", "poster", "data"})
_FOLLOWED = frozenset({"href", "action", "formaction", "xlink:href"})
_SCHEMES = ("http://", "https://", "mailto:", "tel:", "%")  # % begins a placeholder
_KNOWN_HEADERS = frozenset({"x-ua-compatible", "content-type"})  # mrml writes these
_JINJA = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)
_OPEN_TAG = re.compile(r"</?[a-zA-Z][\w:-]*(?=[^<>]*(?:<[a-zA-Z/!]|\Z))")
_COMMENT = re.compile(r"<!--")
_FILLED_IN = "\ufffc"  # stands for what a template prints, which is checked in its output
_STYLE_ADDRESS = re.compile(r"url\(\s*[\"']?([^\"')]*)", re.IGNORECASE)
_STYLE_WORD = re.compile(r"@import|@font-face|expression\s*\(|behavior\s*:|-moz-binding", re.I)


def check_template(source: str, name: str, hosts: Collection[str]) -> None:
    """Check the source of a newsletter template; pictures may come from `hosts` only.

    Raises MailError that names the line of the first fault.
    """
    readable = _JINJA.sub(_blank, source)
    if start := _find_open_end(readable):
        line = readable.count("\n", 0, start.start()) + 1
        what = f"nothing ends {start[0]}, in line {line}"
        raise MailError(what, subject=name, hint="close it with > or -->")
    _Inspector(name, _MJML_TAGS | _HTML_TAGS, hosts).inspect(readable)


def check_letter(page: str, name: str, hosts: Collection[str]) -> None:
    """Check the HTML that a newsletter template made; raises MailError as `check_template` does."""
    made = f"what {name} made"
    _Inspector(made, _PAGE_TAGS | _HTML_TAGS, hosts).inspect(page)


def find_open_tag(source: str) -> str:
    """Describe a template's first unbalanced MJML tag, with its line; "" if all are balanced."""
    return _Balance().find(_JINJA.sub(_blank, source))


def _find_open_end(source: str) -> re.Match[str] | None:
    """Find a tag or comment that never ends, which the parser does not report."""
    if tag := _OPEN_TAG.search(source):
        return tag
    return _COMMENT.search(source, source.rfind("-->") + 1)


def _blank(match: re.Match[str]) -> str:
    """Replace a Jinja expression by as many lines, with a placeholder where it prints something."""
    lines = "\n" * match[0].count("\n")
    return _FILLED_IN + lines if match[0].startswith("{{") else " " + lines


class _Inspector(HTMLParser):
    """Parse markup, and raise MailError at the first tag or attribute that is not allowed."""

    def __init__(self, name: str, tags: frozenset[str], hosts: Collection[str]) -> None:
        super().__init__()
        self._name = name
        self._tags = tags
        self._hosts = hosts
        self._lines_above = 0
        self._is_style = False

    def inspect(self, markup: str, lines_above: int = 0) -> None:
        self._lines_above = lines_above
        self.feed(markup)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in self._tags and not tag.startswith("o:"):
            hint = _HINTS.get(tag, "write-a-letter.md lists the tags that can be used")
            self._refuse(f"<{tag}> cannot be in a letter", hint)
        self._is_style = tag in {"style", "mj-style"}
        for attribute, value in attrs:
            self._check_attribute(attribute, value or "")

    def handle_endtag(self, tag: str) -> None:
        self._is_style = False

    def handle_data(self, data: str) -> None:
        if self._is_style:
            self._check_style(data)

    def handle_comment(self, data: str) -> None:
        """Check the markup in conditional comments, which only Outlook reads."""
        if data.startswith("[if"):
            inner = data.partition("]>")[2].removesuffix("<![endif]")
            lines_above = self._lines_above + self.getpos()[0] - 1
            _Inspector(self._name, self._tags | _PAGE_TAGS, self._hosts).inspect(inner, lines_above)

    def _check_attribute(self, attribute: str, value: str) -> None:
        if attribute.startswith("on"):
            self._refuse(f"an event handler cannot be in a letter: {attribute}", "leave it out")
        if attribute == "http-equiv" and value.lower() not in _KNOWN_HEADERS:
            self._refuse("<meta http-equiv> cannot be in a letter", "leave it out")
        if attribute == "style":
            self._check_style(value)
        elif attribute in _FETCHED:
            self._check_load(value)
        elif attribute in _FOLLOWED and _FILLED_IN not in value:
            self._check_link(value)

    def _check_link(self, address: str) -> None:
        if address and not urls.as_browsers_read(address).lower().startswith(_SCHEMES):
            self._refuse(f"no address for a reader: {address[:80]}", "give a whole one of the web")

    def _check_load(self, address: str) -> None:
        """Refuse a picture from another host."""
        if not address or _FILLED_IN in address:
            return
        if urls.host(urls.as_browsers_read(address)) not in self._hosts:
            hint = f"pictures of a letter are at {min(self._hosts, default='the site')}"
            self._refuse(f"not fetched from one's own site: {address[:80]}", hint)

    def _check_style(self, rules: str) -> None:
        if word := _STYLE_WORD.search(rules):
            self._refuse(f"{word[0]} cannot be in a letter", "name faces that readers have")
        for address in _STYLE_ADDRESS.findall(rules):
            self._check_load(address.strip())

    def _refuse(self, what: str, hint: str) -> None:
        line = self._lines_above + self.getpos()[0]
        raise MailError(f"{what}, in line {line}", subject=self._name, hint=hint)


class _Balance(HTMLParser):
    """Find the first unbalanced MJML tag."""

    def __init__(self) -> None:
        super().__init__()
        self._open: list[tuple[str, int]] = []
        self._found = ""

    def find(self, markup: str) -> str:
        self.feed(markup)
        self.close()
        if not self._found and self._open:
            tag, line = self._open[-1]
            self._found = f"nothing closes <{tag}> of line {line}"
        return self._found

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _MJML_TAGS:
            self._open.append((tag, self.getpos()[0]))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Ignore a tag that closes itself."""

    def handle_endtag(self, tag: str) -> None:
        if tag not in _MJML_TAGS or self._found:
            return
        last, line = self._open.pop() if self._open else ("", 0)
        if last != tag:
            opened = f", where <{last}> of line {line} is open" if last else ""
            self._found = f"</{tag}> in line {self.getpos()[0]} closes nothing{opened}"
