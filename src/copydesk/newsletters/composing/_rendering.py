"""Render a newsletter issue as HTML and plain text, in the colours and fonts of the site's theme.

Issue -- view_issue --> view -- letter.mjml --> MJML -- mrml, css-inline --> HTML
                             `-- render_text --> plain text
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from copydesk.errors import MailError
from copydesk.news.letter import Issue
from copydesk.newsletters.composing._issue_view import (
    MOST_BYTES,
    IssueView,
    NamedLink,
    count_stories,
    keep_first,
    own_hosts,
    view_issue,
)
from copydesk.newsletters.composing._plain_text import render_text
from copydesk.newsletters.composing._template import check_letter, check_template, find_open_tag
from copydesk.rendering import (
    NOTE_BEGIN,
    NOTE_END,
    SECTION_END,
    STORY_END,
    Renderer,
    Strings,
    mark_safe,
    read_template,
)

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
    """A newsletter issue as it is mailed, as HTML and plain text."""

    subject: str
    preheader: str
    html: str
    text: str

    @property
    def bytes(self) -> int:
        """Return the size of HTML and plain text together, in bytes."""
        return len(self.html.encode()) + len(self.text.encode())


def render(
    issue: Issue,
    renderer: Renderer,
    strings: Strings,
    *,
    most_bytes: int = MOST_BYTES,
) -> RenderedIssue:
    """Render a newsletter issue in a site's theme and language.

    Above `most_bytes` the last stories are left out and counted; the issue's page has them all.
    Raises MailError and PublishError that name the owner's template and its line.
    """
    hosts = own_hosts(issue)
    letter = _IssueRenderer(renderer, strings, hosts)
    view = view_issue(issue, strings)
    whole = letter.render_view(view)
    check_letter(whole.html, TEMPLATE, hosts)
    if whole.bytes <= most_bytes:
        return whole
    most = range(count_stories(view))
    # the first number of stories that is too many, less one
    fitting = bisect_right(
        most, most_bytes, key=lambda number: letter.render_view(keep_first(view, number)).bytes
    )
    return letter.render_view(keep_first(view, max(0, fitting - 1)))


class _IssueRenderer:
    """Render newsletter issues in one theme and language."""

    def __init__(self, renderer: Renderer, strings: Strings, hosts: Collection[str]) -> None:
        renderer.set_strings(strings)
        self._renderer = renderer
        self._strings = strings
        self._brand = _read_brand(renderer)
        self._source = renderer.read_source(TEMPLATE) or ""
        check_template(self._source, TEMPLATE, hosts)

    def render_view(self, view: IssueView) -> RenderedIssue:
        links = tuple(self._list_links(view))
        closing = self._strings.say("colophon")
        mjml = self._renderer.render(
            TEMPLATE,
            letter=view,
            brand=self._brand,
            links=links,
            closing=closing,
            gap=_GAP,
            note_begin=mark_safe(NOTE_BEGIN),
            note_end=mark_safe(NOTE_END),
            story_end=mark_safe(STORY_END),
            section_end=mark_safe(SECTION_END),
        )
        return RenderedIssue(
            subject=view.subject,
            preheader=view.preheader,
            html=self._make_html(mjml),
            text=render_text(view, links, closing, self._strings),
        )

    def _list_links(self, view: IssueView) -> Iterator[NamedLink]:
        """Yield the links at the end of an issue."""
        if view.archive:
            yield NamedLink(name=self._strings.say("letter_archive"), href=view.archive)
        if view.home:
            yield NamedLink(name=view.site, href=view.home)

    def _make_html(self, mjml: str) -> str:
        try:
            return _make_html(mjml)
        except ValueError as error:  # mrml and css-inline raise subclasses
            where = find_open_tag(self._source)
            what = f"a template is no MJML{': ' if where else ''}{where}"
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


def _read_brand(renderer: Renderer) -> Brand:
    """Return a theme's colours and fonts; the font lists are marked as safe HTML."""
    ours = read_template("style.css") or ""
    own = [renderer.read_source(name) or "" for name in ("style.css", "theme.css")]
    brand = read_brand(ours, "\n".join(own))
    return replace(
        brand,
        serif=mark_safe(brand.serif),
        sans=mark_safe(brand.sans),
        headline=mark_safe(brand.headline),
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
    """The colours of a newsletter, in light or dark mode, as `#rrggbb`."""

    paper: str
    ink: str
    soft: str
    rule: str
    accent: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Brand:
    """Colours and fonts of a newsletter; fonts as `font-family` lists in single quotes."""

    light: Shade
    dark: Shade
    serif: str
    sans: str
    headline: str


def read_brand(style: str, theme: str = "") -> Brand:
    """Read a newsletter's colours and fonts from our style sheet, then from the owner's `theme`.

    Raises MailError for a theme nested too deep.
    """
    day, night = _read_sheet(style)
    try:
        own_day, own_night = _read_sheet(theme)
    except RecursionError as error:
        what, hint = "nested too deep to be read", "look for a bracket that is not closed"
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
        **faces,
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
    """Return a colour as `#rrggbb`; None for anything else or a transparent one."""
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
