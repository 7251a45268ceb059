"""Turn a newsletter issue's stored page into the mail to send, with a footer and plain text.

filed HTML -- cut to what Gmail shows --> stories by their marks -- footer --> HTML
                                                `-- tell_letter, footer --> plain text

The HTML is edited as text and never parsed and rewritten, so subscribers get what the site shows.
"""

from __future__ import annotations

import html
import re
from binascii import b2a_qp
from bisect import bisect_right
from dataclasses import dataclass

from copydesk.errors import MailError
from copydesk.kit import text, urls
from copydesk.news.letter import CHOICES, UNSUBSCRIBE, OutgoingIssue
from copydesk.newsletters.composing import _plain_text
from copydesk.newsletters.composing.drafts import SUBJECT_CHARACTERS
from copydesk.rendering import Strings

_HEAD_BYTES = 4_000  # of MOST_BYTES, for the message's header and the values of placeholders
# placeholders in other people's text: in a URL one would disclose a reader's own links
_FORGED = re.compile(
    r"%(?=(?:unsubscribe|choices|recipient|tag_unsubscribe|mailing_list)[\w.-]*%)", re.IGNORECASE
)
_CAN_SPAM = "{can-spam}"  # everyday.cc's placeholder for the postal address
_UNREADABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")
_LIQUID = re.compile(r"\{(?=[{%])")
_SMALL = re.compile(r'<p class="small soft"[^<>]*>')
_LINK_STYLE = re.compile(r'<a [^<>]*?style="([^"<>]*)"')
_PLAIN_SMALL = (
    '<p class="small soft" style="margin:7px 0 0;font:13px/19px sans-serif;color:#5f5a52;">'
)
_PLAIN_LINK = "color:#5f5a52;text-decoration:underline;"
_BLOCK = (
    '<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0"><tr>'
    '<td align="center" style="padding:12px 20px 32px;text-align:center;">{foot}</td></tr></table>'
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FiledMail:
    """A newsletter issue as stored on the site (`html`), with the values for its mail footer.

    `page` is its URL on the site or "". `counts_views` says whether visits to that page are
    counted.
    """

    subject: str
    html: str
    page: str = ""
    postal_address: str = ""
    counts_views: bool = False


def make_outgoing(
    filed: FiledMail, strings: Strings, *, most_bytes: int = _plain_text.MOST_BYTES
) -> OutgoingIssue:
    """Turn a stored newsletter issue into the mail to send (HTML and text), in the site's language.

    HTML, text and headers together have at most `most_bytes`, and so has the HTML in
    quoted-printable, which Gmail may count: the last stories are left out and counted; the issue's
    page has them all. An issue without marks stays whole. The placeholders appear in the footer
    only. Raises MailError for an empty issue.
    """
    body = text.guard_liquid(_defuse(_UNREADABLE.sub("\ufffd", filed.html)))
    if not text.plain(body):
        raise MailError("the saved issue has no text", subject=text.fold(filed.subject))
    parts = _plain_text.part_letter(body)
    foot = _Foot(filed, strings)

    def make(most: int) -> OutgoingIssue:
        kept, cut = parts.keep_first(most)
        return foot.put_below(kept, cut)

    def weigh(most: int) -> int:
        made = make(most)
        page = made.html.encode()
        return max(len(page) + len(made.text.encode()), len(b2a_qp(page))) + _HEAD_BYTES

    whole = parts.count
    if weigh(whole) <= most_bytes:
        return make(whole)
    # the first number of stories that is too many, less one
    return make(max(0, bisect_right(range(whole), most_bytes, key=weigh) - 1))


class _Foot:
    """The footer of a sent newsletter: why it was sent, how to unsubscribe, who sends it."""

    def __init__(self, filed: FiledMail, strings: Strings) -> None:
        self._strings = strings
        self._subject = text.shorten(_defuse(text.fold(filed.subject)), SUBJECT_CHARACTERS)
        self._page = _defuse(urls.fetchable(filed.page) or "")
        self._why = strings.say("letter_why")
        self._links = (
            _plain_text.NamedLink(name=strings.say("letter_leave"), href=UNSUBSCRIBE),
            _plain_text.NamedLink(name=strings.say("letter_choices"), href=CHOICES),
        )
        postal = _defuse(text.fold(filed.postal_address.replace("\n", ", ")))
        counted = strings.say("letter_counted") if filed.counts_views else ""
        self._notes = tuple(filter(None, (counted, postal)))

    def put_below(self, parts: _plain_text.FiledParts, cut: int) -> OutgoingIssue:
        """Return the issue with this footer and the number of stories left out."""
        more = self._strings.say("letter_cut", count=cut) if cut else ""
        more_told = _plain_text.tell_link(more, self._page, self._strings) if more else ""
        told = _guard(_defuse(_plain_text.tell_letter(parts, more_told, self._strings)))
        return OutgoingIssue(
            subject=self._subject,
            html=self._put_into(parts, more),
            text=told + self._tell(has_signature="\n-- \n" in told),
        )

    def _tell(self, *, has_signature: bool) -> str:
        links = (_plain_text.tell_link(link.name, link.href, self._strings) for link in self._links)
        notes = map(_plain_text.wrap, map(_guard, self._notes))
        blocks = [] if has_signature else ["-- "]
        return "\n\n" + _plain_text.join_blocks(
            [*blocks, _plain_text.wrap(self._why), *links, *notes]
        )

    def _put_into(self, parts: _plain_text.FiledParts, more: str) -> str:
        """Insert the footer into the table cell of the issue's small print, or at the end."""
        body = parts.markup
        small = list(_SMALL.finditer(body, parts.tail_start))
        opening = small[-1][0] if small else _PLAIN_SMALL
        link = _LINK_STYLE.search(body, small[0].end()) if small else None
        style = link[1] if link else _PLAIN_LINK
        foot = self._write(opening, style)
        above = self._write_more(opening, style, more)
        end = body.find("</p>", small[-1].end()) if small else -1
        if end >= 0:
            end += len("</p>")
            start = small[0].start()
            return body[:start] + above + body[start:end] + foot + body[end:]
        end = body.lower().rfind("</body")
        end = len(body) if end < 0 else end
        return body[:end] + _BLOCK.format(foot=above + foot) + body[end:]

    def _write(self, opening: str, style: str) -> str:
        links = " · ".join(_write_link(link.href, link.name, style) for link in self._links)
        lines = [_escape(self._why), links, *map(_escape, self._notes)]
        return "".join(f"{opening}{line}</p>" for line in lines)

    def _write_more(self, opening: str, style: str, more: str) -> str:
        if not more:
            return ""
        words = _write_link(self._page, more, style) if self._page else _escape(more)
        return f"{opening}<b>{words}</b></p>"


def _write_link(href: str, name: str, style: str) -> str:
    return f'<a href="{html.escape(href)}" style="{style}">{_escape(name)}</a>'


def _escape(words: str) -> str:
    return text.guard_liquid(html.escape(words, quote=False))


def _defuse(words: str) -> str:
    """Remove the sender's placeholders from other people's text.

    A blank replaces each, so that the text around it cannot form another.
    """
    return _FORGED.sub("%25", words).replace(_CAN_SPAM, " ")


def _guard(words: str) -> str:
    """Return plain text without template tags, which some newsletter services would fill in."""
    return _LIQUID.sub("{ ", words)
