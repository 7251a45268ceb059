"""A subscriber's web request with its form, and the templates that render the answer."""

from __future__ import annotations

import html
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property, partial
from pathlib import Path
from urllib.parse import parse_qsl

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from copydesk import newsletters, rendering
from copydesk.kit import dates, text, urls
from copydesk.mail_store import links
from copydesk.newsletters.readers import consent, outcomes
from copydesk.newsroom import Newsroom
from copydesk.placement.addresses import local_time
from copydesk.rendering import Renderer

MOST_BYTES = 16_384
_MOST_FIELDS = 1_000
FORM_TYPE = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Form:
    """The fields of a submitted HTML form in order. A field may occur several times."""

    fields: Sequence[tuple[str, str]] = ()

    def __contains__(self, name: str) -> bool:
        return any(name == field for field, _ in self.fields)

    def first(self, name: str) -> str:
        """Return the first value of a form field, "" if it was not sent."""
        return next((value for field, value in self.fields if field == name), "")

    def all(self, name: str) -> tuple[str, ...]:
        """Return all values of a form field."""
        return tuple(value for field, value in self.fields if field == name)


NO_FORM = Form()


async def read_body(request: Request, most: int = MOST_BYTES) -> bytes:
    """Return the body of a web request. If it exceeds `most` bytes, answer with status 413."""
    body = bytearray()
    try:
        async for part in request.stream():
            body += part
            if len(body) > most:
                raise HTTPException(413, headers={"Connection": "close"})
    except ClientDisconnect as error:
        raise HTTPException(400) from error
    return bytes(body)


async def read_form(request: Request) -> Form:
    """Parse the form in a request's body. Answer 415 if it is no form, 400 if it is too large."""
    if not is_form(request):
        raise HTTPException(415)
    try:
        body = (await read_body(request)).decode("utf-8", "replace")
        fields = parse_qsl(body, keep_blank_values=True, max_num_fields=_MOST_FIELDS)
    except ValueError as error:
        raise HTTPException(400) from error
    return Form(fields)


def is_form(request: Request) -> bool:
    """Return whether a request's content type is that of an HTML form."""
    kind = request.headers.get("Content-Type", "").partition(";")[0]
    return kind.strip().lower() == FORM_TYPE


# ---- Pages

_FOLDER = Path(__file__).parent
_LINK_HOURS = 48  # for which a link mailed to prove an address is valid


class ReaderPages:
    """Renders the pages for newsletter subscribers. The owner's `_templates/` may override them."""

    def __init__(self, newsroom: Newsroom) -> None:
        self._templates = newsroom.templates
        self._beat = newsroom.beat
        self._zone = dates.find_zone(newsroom.beat.timezone)
        self._public_url = newsroom.settings.serve.public_url
        strings = _FOLDER / "strings"
        self.strings = rendering.load_site_strings(
            newsroom.beat.locale, self._templates, more=strings
        )
        self._renderer = Renderer(self._templates, folder=_FOLDER / "templates")
        self._renderer.set_strings(self.strings)

    @property
    def title(self) -> str:
        """Return the site's title."""
        return text.fold(self._beat.title)

    @property
    def language(self) -> str:
        """Return the language tag of the subscribers' pages, such as `de`."""
        return rendering.language_tag(self._beat.locale) or "en"

    @cached_property
    def root(self) -> str:
        """Return the URL path below which all subscribers' pages are, such as `/tide/mail/`."""
        return f"{urls.path(self._public_url).rstrip('/')}/mail/"

    def say(self, key: str, **values: object) -> str:
        """Return a translated text in the site's language, as plain text, by its key."""
        return self.strings.say(key, **values)

    def phrase(self, key: str, **values: object) -> str:
        """Return a translated text as HTML, by its key. Inserted values are escaped and isolated
        (`<bdi>`).
        """
        apart = {
            name: f"<bdi>{html.escape(value)}</bdi>" if isinstance(value, str) else value
            for name, value in values.items()
        }
        return rendering.mark_safe(self.strings.escape().say(key, **apart))

    def phrase_link_hours(self, key: str, **values: str) -> str:
        """Return a translated text, as HTML, that says for how many hours a mailed link
        is valid.
        """
        return self.phrase(key, hours=_LINK_HOURS, **values)

    def phrase_wait(self, key: str, wait: timedelta | None) -> str:
        """Return a translated text, as HTML, that says how many hours to wait."""
        return self.phrase(key, count=count_hours(wait))

    def name_letter(self, letter: outcomes.LetterChoice) -> str:
        """Return a newsletter's title, or the site's title if it has none."""
        return text.fold(letter.title) or self.title

    def name_letters(self, letters: Sequence[outcomes.LetterChoice]) -> list[str]:
        """Return the titles of some newsletters."""
        return [self.name_letter(letter) for letter in letters]

    def say_day(self, at: datetime) -> str:
        """Return a moment's date, written in the site's time zone and language."""
        return self.strings.format_date("short", local_time(at, self._zone).date())

    def answer(self, template: str, title: str, status: int = 200, **values: object) -> Response:
        """Render a template as an HTML page. `title` is its title's key. Raises PublishError."""
        site = {
            "title": self.title,
            "language": self.language,
            "is_turned": self.strings.direction == "rtl",
            "root": self.root,
            "home": f"{self._beat.url.rstrip('/')}/" if self._beat.url else "",
        }
        body = self._renderer.render_page(template, site=site, title=self.say(title), **values)
        return Response(body, status, media_type="text/html")

    def notice(self, name: str, *paragraphs: str, status: int = 200, **more: object) -> Response:
        """Return an HTML page with only a message. The default message belongs to the title."""
        usual: Mapping[str, object] = {"letters": [], "has_form": False}
        told = paragraphs or (self.say(f"readers_{name}_text"),)
        context = {**usual, **more, "paragraphs": list(told)}
        return self.answer("mail_notice.html", f"readers_{name}_title", status, **context)

    def refuse_link(self, closed: consent.ClosedLinkError) -> Response:
        """Return the page for an invalid link, which has expired or is forged."""
        if closed.kind == "over":
            words = self.phrase_link_hours("readers_over_text")
            has_form = bool(self._beat.subscribe_url)
            return self.notice("over", words, status=410, has_form=has_form)
        return self.notice("forged", status=404)

    def style_sheet(self) -> str:
        """Return the CSS of the subscribers' pages: the site's, their own, then the
        owner's rules.
        """
        read = partial(rendering.read_template, overrides=self._templates)
        site, theme = (read(name) or "" for name in ("style.css", "theme.css"))
        site += rendering.accent_style(self._beat.accent, read)
        own = (_FOLDER / "assets" / "mail.css").read_text(encoding="utf-8")
        return f"{site}{own}\n{theme}"


def count_hours(wait: timedelta | None) -> int:
    """Round a waiting time up to whole hours, at least 1."""
    return max(-(-int((wait or timedelta()).total_seconds()) // 3600), 1)


# ---- Requests


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """The data of a subscriber's web request: method, link token in the URL, query and form.

    `client` is the network that it comes from.
    """

    method: str = "GET"
    token: str = field(default="", repr=False)
    query: Form = NO_FORM
    form: Form = field(default=NO_FORM, repr=False)
    client: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """A subscriber's web request, with the settings, database and templates to answer it."""

    newsroom: Newsroom
    store: newsletters.MailStore
    pages: ReaderPages
    sent: Sent

    @property
    def token(self) -> str:
        """Return the link token in the request's URL, such as TOKEN in `/mail/leave/TOKEN`."""
        return self.sent.token

    @property
    def form(self) -> Form:
        """Return the form sent with the request, empty if there was none."""
        return self.sent.form

    def look(self, purpose: links.LinkPurpose) -> outcomes.LinkView:
        """Return the data that the page may show for this request's mailed link."""
        return consent.look_at_link(self.newsroom, self.store, self.token, purpose)


Answer = Callable[[Visit], Response]
"""Return the response to a request; it reads the database, so it is called in a thread."""
