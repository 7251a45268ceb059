"""A letter's issue as HTML and plain text.

Issue -- view_issue --> view -- letter.mjml --> MJML -- mrml, css-inline --> HTML
                             `-- render_text --> plain text
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

from copydesk.errors import MailError
from copydesk.mail._brand import Brand, read_brand
from copydesk.mail._issue_view import (
    MOST_BYTES,
    IssueView,
    NamedLink,
    count_stories,
    keep_first,
    own_hosts,
    view_issue,
)
from copydesk.mail._template_rules import check_letter, check_template, find_open_tag
from copydesk.mail._text_part import render_text
from copydesk.news.letter import Issue
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
# a comment, or a tag with what it quotes: in that a stranger's words may look like a comment
_COMMENT_OR_TAG = re.compile(
    r"""<!--.*?-->|<[a-z][^<>"']*(?:"[^"]*"[^<>"']*)+>""", re.I | re.DOTALL
)
_QUOTED = re.compile(r'"[^"]*"')
_INLINE_STYLE = re.compile(r'<mj-style inline="inline">(.*?)</mj-style>', re.DOTALL)
# keeps what stands below out of the line that mail programs show beside the subject
_GAP = "\u034f\u200c\u00a0" * 90


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderedIssue:
    """An issue as it is mailed: one letter in two forms."""

    subject: str
    preheader: str
    html: str
    text: str

    @property
    def bytes(self) -> int:
        """Return how many bytes both forms have."""
        return len(self.html.encode()) + len(self.text.encode())


def render(
    issue: Issue,
    renderer: Renderer,
    strings: Strings,
    *,
    most_bytes: int = MOST_BYTES,
) -> RenderedIssue:
    """Render an issue in a site's theme and language.

    Where it would have more than `most_bytes`, its last stories are left out, counted, and found on
    its page. Raises MailError and PublishError that name a template of the owner's and its line.
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
    """Write views of issues in one theme and language."""

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
        """Yield the links below a letter."""
        if view.archive:
            yield NamedLink(name=self._strings.say("letter_archive"), href=view.archive)
        if view.home:
            yield NamedLink(name=view.site, href=view.home)

    def _make_html(self, mjml: str) -> str:
        try:
            return _make_html(mjml)
        except ValueError as error:  # mrml's and css-inline's are such
            where = find_open_tag(self._source)
            what = f"a template is no MJML{': ' if where else ''}{where}"
            raise MailError(what, subject=TEMPLATE, hint=str(error)) from error


def _make_html(mjml: str) -> str:
    """Make HTML of MJML, with the rules of its `mj-style inline` in the elements.

    Nothing is fetched: by themselves mrml lets readers ask Google for faces, css-inline asks for
    style sheets.
    """
    import css_inline
    import mjml as mrml

    rules = "\n".join(_INLINE_STYLE.findall(mjml))
    inliner = css_inline.CSSInliner(
        load_remote_stylesheets=False,
        keep_style_tags=True,
        inline_style_tags=False,  # those are for programs that read them: the dark, narrow screens
        extra_css=rules,
    )
    page = inliner.inline(mrml.mjml2html(_INLINE_STYLE.sub("", mjml), fonts={}))
    return _COMMENT_OR_TAG.sub(_escape_attributes, page) + "\n"


def _escape_attributes(found: re.Match[str]) -> str:
    """Return a tag whose attributes have no signs of markup; mrml leaves them as they are read."""
    if found[0].startswith("<!--"):
        return found[0]
    return _QUOTED.sub(lambda value: value[0].replace("<", "&lt;").replace(">", "&gt;"), found[0])


def _read_brand(renderer: Renderer) -> Brand:
    """Return the brand of a theme, its lists of faces as safe to print as they were made to be."""
    ours = read_template("style.css") or ""
    own = [renderer.read_source(name) or "" for name in ("style.css", "theme.css")]
    brand = read_brand(ours, "\n".join(own))
    return replace(
        brand,
        serif=mark_safe(brand.serif),
        sans=mark_safe(brand.sans),
        headline=mark_safe(brand.headline),
    )
