"""Check a newsletter's template and its output against the lists of allowed tags and attributes.

mrml passes on whatever it does not know. So a tag that is not listed, a script, a file loaded from
another site and a link that no subscriber can follow are refused, with their line.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from html.parser import HTMLParser
from typing import Any

from copydesk import rendering
from copydesk.errors import MailError
from copydesk.kit import tables, urls
from copydesk.news.letter import Issue
from copydesk.newsletters.composing import _plain_text
from copydesk.rendering import Renderer, Strings

_MJML_TAGS = frozenset(tables.read_lines("copydesk.newsletters.composing", "mjml_tags.txt"))
_HTML_TAGS = frozenset(tables.read_lines("copydesk.newsletters.composing", "html_tags.txt"))
_PAGE_TAGS = frozenset(tables.read_lines("copydesk.newsletters.composing", "page_tags.txt"))
_HINTS = {
    "mj-include": "include files of `_templates/` with {% include %}",
    "mj-font": "name fonts that subscribers have installed; mail programs should not load fonts",
    "link": "write style rules in <mj-style>",
    "script": "remove the script; mail programs run no scripts",
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
    """Check that a newsletter template has only allowed tags and attributes, and pictures of
    `hosts`.

    Raises MailError that names the line of the first fault.
    """
    readable = _JINJA.sub(_blank, source)
    if start := _find_open_end(readable):
        line = readable.count("\n", 0, start.start()) + 1
        what = f"{start[0]} is never closed, in line {line}"
        raise MailError(what, subject=name, hint="close the tag or comment with > or -->")
    _Inspector(name, _MJML_TAGS | _HTML_TAGS, hosts).inspect(readable)


def check_letter(page: str, name: str, hosts: Collection[str]) -> None:
    """Check that rendered newsletter HTML has only allowed tags and attributes, else raise
    MailError.
    """
    made = f"the output of {name}"
    _Inspector(made, _PAGE_TAGS | _HTML_TAGS, hosts).inspect(page)


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
            hint = _HINTS.get(tag, "use a tag that docs/guides/newsletter-template.md lists")
            self._refuse(f"<{tag}> is not allowed in a newsletter", hint)
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
            self._refuse(
                f"event handlers are not allowed in a newsletter: {attribute}",
                "remove the attribute",
            )
        if attribute == "http-equiv" and value.lower() not in _KNOWN_HEADERS:
            self._refuse("<meta http-equiv> is not allowed in a newsletter", "remove the tag")
        if attribute == "style":
            self._check_style(value)
        elif attribute in _FETCHED:
            self._check_load(value)
        elif attribute in _FOLLOWED and _FILLED_IN not in value:
            self._check_link(value)

    def _check_link(self, address: str) -> None:
        if address and not urls.as_browsers_read(address).lower().startswith(_SCHEMES):
            self._refuse(
                f"not a complete web address: {address[:80]}", "write the address with https://"
            )

    def _check_load(self, address: str) -> None:
        """Refuse a picture from another host."""
        if not address or _FILLED_IN in address:
            return
        if urls.host(urls.as_browsers_read(address)) not in self._hosts:
            hint = f"use pictures at {min(self._hosts, default='the site')}"
            self._refuse(f"newsletters load pictures from your own site only: {address[:80]}", hint)

    def _check_style(self, rules: str) -> None:
        if word := _STYLE_WORD.search(rules):
            self._refuse(
                f"{word[0]} is not allowed in a newsletter", "name fonts that subscribers have"
            )
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
            self._found = f"<{tag}> in line {line} is never closed"
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
            opened = f", while <{last}> of line {line} is open" if last else ""
            self._found = f"</{tag}> in line {self.getpos()[0]} closes no open tag{opened}"


# Render a newsletter issue as HTML and plain text, in the colours and fonts of the site's theme.
#
# Issue -- view_issue --> view -- letter.mjml --> MJML -- mrml, css-inline --> HTML
#                                                           `-- tell_letter --> plain text

TEMPLATE = "letter.mjml"
# a comment, or a tag with its attributes, in which other people's text may look like a comment
_COMMENT_OR_TAG = re.compile(
    r"""<!--.*?-->|<[a-z][^<>"']*(?:"[^"]*"[^<>"']*)+>""", re.I | re.DOTALL
)
_QUOTED = re.compile(r'"[^"]*"')
_INLINE_STYLE = re.compile(r'<mj-style inline="inline">(.*?)</mj-style>', re.DOTALL)
# keeps the text below out of the preview that mail programs show next to the subject
_GAP = "\u034f\u200c\u00a0" * 90


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderedIssue:
    """A newsletter issue rendered as HTML and as plain text, ready to be mailed."""

    subject: str
    preheader: str
    html: str
    text: str

    @property
    def bytes(self) -> int:
        """Return the size in bytes of the HTML and plain text together."""
        return len(self.html.encode()) + len(self.text.encode())


def render(
    issue: Issue,
    renderer: Renderer,
    strings: Strings,
    *,
    accent: str = "",
    logo: str = "",
    most_bytes: int = _plain_text.MOST_BYTES,
) -> RenderedIssue:
    """Render a newsletter issue as HTML and plain text, in the site's theme and language.

    `accent` is the site's colour, `logo` the URL of its logo; "" for none.
    Above `most_bytes` the last stories are left out and counted; the issue's page has them all.
    Raises MailError and PublishError that name the owner's template and its line.
    """
    hosts = _plain_text.own_hosts(issue)
    letter = _IssueRenderer(renderer, strings, hosts, _read_brand(renderer, accent, logo))
    view = _plain_text.view_issue(issue, strings)
    whole = letter.render_view(view)
    check_letter(whole.html, TEMPLATE, hosts)
    if whole.bytes <= most_bytes:
        return whole
    most = range(_plain_text.count_stories(view))
    # the first number of stories that is too many, less one
    fitting = bisect_right(
        most,
        most_bytes,
        key=lambda number: letter.render_view(_plain_text.keep_first(view, number)).bytes,
    )
    return letter.render_view(_plain_text.keep_first(view, max(0, fitting - 1)))


class _IssueRenderer:
    """Render newsletter issues in one theme and language."""

    def __init__(
        self, renderer: Renderer, strings: Strings, hosts: Collection[str], brand: Brand
    ) -> None:
        renderer.set_strings(strings)
        self._renderer = renderer
        self._strings = strings
        self._brand = brand
        self._source = renderer.read_source(TEMPLATE) or ""
        check_template(self._source, TEMPLATE, hosts)

    def render_view(self, view: _plain_text.IssueView) -> RenderedIssue:
        links = tuple(self._list_links(view))
        closing = self._strings.say("colophon")
        mjml = self._renderer.render(
            TEMPLATE,
            letter=view,
            brand=self._brand,
            links=links,
            closing=closing,
            gap=_GAP,
            note_begin=rendering.mark_safe(rendering.NOTE_BEGIN),
            note_end=rendering.mark_safe(rendering.NOTE_END),
            story_end=rendering.mark_safe(rendering.STORY_END),
            section_end=rendering.mark_safe(rendering.SECTION_END),
        )
        html = self._make_html(mjml)
        told = _plain_text.tell_letter(_plain_text.part_letter(html), "", self._strings)
        return RenderedIssue(
            subject=view.subject, preheader=view.preheader, html=html, text=f"{told}\n"
        )

    def _list_links(self, view: _plain_text.IssueView) -> Iterator[_plain_text.NamedLink]:
        """Yield the links at the end of an issue."""
        if view.archive:
            yield _plain_text.NamedLink(name=self._strings.say("letter_archive"), href=view.archive)
        if view.home:
            yield _plain_text.NamedLink(name=view.site, href=view.home)

    def _make_html(self, mjml: str) -> str:
        try:
            return _make_html(mjml)
        except ValueError as error:  # mrml and css-inline raise subclasses
            where = _Balance().find(_JINJA.sub(_blank, self._source))
            what = f"the template is not valid MJML{': ' if where else ''}{where}"
            raise MailError(what, subject=TEMPLATE, hint=str(error)) from error


def _make_html(mjml: str) -> str:
    """Compile MJML to HTML, and inline the rules of `mj-style inline`.

    Loads nothing: by default mrml links to Google's fonts and css-inline fetches style sheets.
    """
    import css_inline
    import mjml as mrml

    rules = "\n".join(_INLINE_STYLE.findall(mjml))
    inliner = css_inline.CSSInliner(
        load_remote_stylesheets=False,
        keep_style_tags=True,
        inline_style_tags=False,  # for programs that support them: dark mode, narrow screens
        extra_css=rules,
    )
    page = inliner.inline(mrml.mjml2html(_INLINE_STYLE.sub("", mjml), fonts={}))
    return _COMMENT_OR_TAG.sub(_escape_attributes, page) + "\n"


def _escape_attributes(found: re.Match[str]) -> str:
    """Escape < and > in a tag's attributes, which mrml leaves as they are."""
    if found[0].startswith("<!--"):
        return found[0]
    return _QUOTED.sub(lambda value: value[0].replace("<", "&lt;").replace(">", "&gt;"), found[0])


def _read_brand(renderer: Renderer, accent: str, logo: str) -> Brand:
    """Return a theme's colours and fonts. The font lists are marked as safe HTML."""
    ours = rendering.read_template("style.css") or ""
    style, theme = (renderer.read_source(name) or "" for name in ("style.css", "theme.css"))
    brand = read_brand(
        ours + rendering.accent_style(accent), f"{style if style != ours else ''}\n{theme}"
    )
    return replace(
        brand,
        logo=logo,
        has_accent=bool(accent),
        serif=rendering.mark_safe(brand.serif),
        sans=rendering.mark_safe(brand.sans),
        headline=rendering.mark_safe(brand.headline),
    )


# ---- Colours and fonts
#
# Most mail programs ignore custom properties, so their values are written out. A value that is no
# plain colour or list of fonts (`color-mix()`, a web font) is replaced by our own style's.

_FACE_NAMES = ("serif", "sans", "headline")
_DARK = re.compile(r"prefers-color-scheme\s*:\s*dark")
_REFERENCE = re.compile(r"var\(\s*--([\w-]+)\s*(?:,[^()]*)?\)")
_MOST_REFERENCES = 8  # resolved in one value, so that a cycle ends
_FACE = re.compile(r"[\w .-]{1,60}")
_GENERIC = frozenset({"serif", "sans-serif", "monospace"})
_MOST_FACES = 4  # each is repeated in every paragraph of a mail
_ONLY_BROWSERS = re.compile(r"system-ui|ui-[a-z-]+")  # CSS font names unknown to mail programs


@dataclass(frozen=True, slots=True, kw_only=True)
class Shade:
    """The colours of a newsletter in light or in dark mode, each as `#rrggbb`."""

    paper: str
    ink: str
    soft: str
    rule: str
    accent: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Brand:
    """The colours and fonts of a newsletter. Fonts are CSS `font-family` lists in single quotes.

    `logo` is the URL of the site's logo, "" for none; `has_accent` says that links have its colour.
    """

    light: Shade
    dark: Shade
    serif: str
    sans: str
    headline: str
    logo: str = ""
    has_accent: bool = False


def read_brand(style: str, theme: str = "") -> Brand:
    """Read a newsletter's colours and fonts from the default style sheet and the owner's `theme`.

    Raises MailError for a theme nested too deep.
    """
    day, night = _read_sheet(style)
    try:
        own_day, own_night = _read_sheet(theme)
    except RecursionError as error:
        what, hint = "style rules are nested too deeply", "look for a bracket that is not closed"
        raise MailError(what, subject="theme.css", hint=hint) from error
    theirs = day | own_day
    faces = {
        name: _faces(_resolve(theirs[name], theirs)) or _faces(_resolve(day[name], day))
        for name in _FACE_NAMES
    }
    # as in CSS a later rule counts, in dark mode, too
    return Brand(
        light=_read_shade(theirs, day),
        dark=_read_shade(day | night | own_day | own_night, day | night),
        serif=faces["serif"],
        sans=faces["sans"],
        headline=faces["headline"],
    )


def _read_shade(values: Mapping[str, str], ours: Mapping[str, str]) -> Shade:
    colours = {
        field.name: _colour(_resolve(values[field.name], values)) or _colour(ours[field.name]) or ""
        for field in fields(Shade)
    }
    return Shade(**colours)


def _read_sheet(sheet: str) -> tuple[dict[str, str], dict[str, str]]:
    """Return the custom properties of `:root` in a style sheet, for light and for dark mode."""
    import tinycss2

    day: dict[str, str] = {}
    night: dict[str, str] = {}
    for rule in tinycss2.parse_stylesheet(sheet, skip_comments=True, skip_whitespace=True):
        if rule.type == "qualified-rule":
            day |= _properties([rule])
        elif _is_for_the_dark(rule):
            night |= _properties(tinycss2.parse_rule_list(rule.content, True, True))
    return day, night


def _is_for_the_dark(rule: Any) -> bool:
    import tinycss2

    if rule.type != "at-rule" or rule.lower_at_keyword != "media" or not rule.content:
        return False
    return _DARK.search(tinycss2.serialize(rule.prelude).lower()) is not None


def _properties(rules: Iterable[Any]) -> dict[str, str]:
    import tinycss2

    found: dict[str, str] = {}
    for rule in rules:
        if rule.type != "qualified-rule" or not _is_root(rule):
            continue
        for item in tinycss2.parse_blocks_contents(rule.content):
            if item.type == "declaration" and item.name.startswith("--"):
                found[item.name[2:]] = tinycss2.serialize(item.value).strip()
    return found


def _is_root(rule: Any) -> bool:
    import tinycss2

    return tinycss2.serialize(rule.prelude).strip() in {":root", "html"}


def _colour(value: str) -> str | None:
    """Return a colour as `#rrggbb`, None for anything else or a transparent colour."""
    import tinycss2.color3

    colour = tinycss2.color3.parse_color(value)
    if not isinstance(colour, tinycss2.color3.RGBA) or colour.alpha < 1:
        return None
    parts = (round(max(0.0, min(1.0, part)) * 255) for part in colour[:3])
    return "#" + "".join(f"{part:02x}" for part in parts)


def _resolve(value: str, values: Mapping[str, str]) -> str:
    for _ in range(_MOST_REFERENCES):
        reference = _REFERENCE.search(value)
        if reference is None:
            break
        known = values.get(reference[1], "")
        value = value[: reference.start()] + known + value[reference.end() :]
    return value


def _faces(value: str) -> str:
    """Return a font list that fits a `style` attribute, "" if there is none."""
    names = list(_face_names(value))
    if not names:
        return ""
    generic = [name for name in names if name in _GENERIC][:1] or ["serif"]
    names = [name for name in names if name not in _GENERIC][:_MOST_FACES] + generic
    return ", ".join(name if name in _GENERIC or "-" in name[:1] else f"'{name}'" for name in names)


def _face_names(value: str) -> Iterator[str]:
    for part in value.split(","):
        name = part.strip().strip("\"'").strip()
        if _FACE.fullmatch(name) and not _ONLY_BROWSERS.fullmatch(name):
            yield name
