"""The pages: a template and what was found go in, HTML in the site's words and looks comes out."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path

from starlette.responses import Response

from copydesk import engine
from copydesk.kit import dates, text, urls
from copydesk.placement import local_time
from copydesk.rendering import (
    Renderer,
    language_tag,
    load_site_strings,
    mark_safe,
    read_template,
)

_FOLDER = Path(__file__).parent
_LINK_HOURS = 48  # for which a link that was mailed to prove an address is good


class ReaderPages:
    """Render the pages of a newsroom's readers; its `_templates/` may replace any of them."""

    def __init__(self, newsroom: engine.Newsroom) -> None:
        self._templates = newsroom.templates
        self._beat = newsroom.beat
        self._zone = dates.find_zone(newsroom.beat.timezone)
        self._public_url = newsroom.settings.serve.public_url
        strings = _FOLDER / "strings"
        self.strings = load_site_strings(newsroom.beat.locale, self._templates, more=strings)
        self._renderer = Renderer(self._templates, folder=_FOLDER / "templates")
        self._renderer.set_strings(self.strings)

    @property
    def title(self) -> str:
        """Return the site's title."""
        return text.fold(self._beat.title)

    @property
    def language(self) -> str:
        """Return the tag of the language of the pages."""
        return language_tag(self._beat.locale) or "en"

    @cached_property
    def root(self) -> str:
        """Return the path below which all pages lie, as browsers see it: `/tide/mail/`."""
        return f"{urls.path(self._public_url).rstrip('/')}/mail/"

    def say(self, key: str, **values: object) -> str:
        """Return words as plain text."""
        return self.strings.say(key, **values)

    def phrase(self, key: str, **values: object) -> str:
        """Return words as HTML; what fills their gaps is set apart, whichever way it is written."""
        apart = {
            name: f"<bdi>{html.escape(value)}</bdi>" if isinstance(value, str) else value
            for name, value in values.items()
        }
        return mark_safe(self.strings.escape().say(key, **apart))

    def phrase_link_hours(self, key: str, **values: str) -> str:
        """Return words as HTML that say for how long a mailed link is good."""
        return self.phrase(key, hours=_LINK_HOURS, **values)

    def phrase_wait(self, key: str, wait: timedelta | None) -> str:
        """Return words for how long somebody has to wait, in whole hours."""
        return self.phrase(key, count=count_hours(wait))

    def name_letter(self, letter: engine.LetterChoice) -> str:
        """Return what readers call a letter: by itself as the site."""
        return text.fold(letter.title) or self.title

    def name_letters(self, letters: Sequence[engine.LetterChoice]) -> list[str]:
        """Return what readers call some letters."""
        return [self.name_letter(letter) for letter in letters]

    def say_day(self, at: datetime) -> str:
        """Return a moment's day in the site's zone, in words."""
        return self.strings.format_date("short", local_time(at, self._zone).date())

    def answer(self, template: str, title: str, status: int = 200, **values: object) -> Response:
        """Return a page of a template; `title` names its words. Raises PublishError."""
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
        """Return a page that says something: by itself the text that belongs to its title."""
        usual: Mapping[str, object] = {"letters": [], "has_form": False}
        told = paragraphs or (self.say(f"readers_{name}_text"),)
        context = {**usual, **more, "paragraphs": list(told)}
        return self.answer("mail_notice.html", f"readers_{name}_title", status, **context)

    def style_sheet(self) -> str:
        """Return the site's style sheet with what these pages need; the owner's rules come last."""
        site, theme = (
            read_template(name, self._templates) or "" for name in ("style.css", "theme.css")
        )
        own = (_FOLDER / "assets" / "mail.css").read_text(encoding="utf-8")
        return f"{site}{own}\n{theme}"


def count_hours(wait: timedelta | None) -> int:
    """Return how many hours somebody has to wait, at least one."""
    return max(-(-int((wait or timedelta()).total_seconds()) // 3600), 1)
