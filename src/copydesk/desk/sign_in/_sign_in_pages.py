"""The pages of sign-in, in the site's language."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from starlette.responses import HTMLResponse

from copydesk.news import Beat
from copydesk.rendering import Renderer, language_tag, load_strings

_DESK = Path(__file__).parents[1]
STRINGS = Path(__file__).parent / "strings"
ASSETS = {
    "desk.css": (_DESK / "assets" / "desk.css", "text/css; charset=utf-8"),
    "desk.svg": (_DESK / "assets" / "desk.svg", "image/svg+xml"),
    "sign_in.css": (_DESK / "assets" / "sign_in.css", "text/css; charset=utf-8"),
    "passkey.js": (_DESK / "assets" / "passkey.js", "text/javascript; charset=utf-8"),
}


class SignInPages:
    """Render the pages of sign-in for one site; `root` is the desk's path."""

    def __init__(self, beat: Beat, root: str) -> None:
        self.title = beat.title
        self.root = root
        self._language = language_tag(beat.locale)
        self._strings = load_strings(beat.locale, more=STRINGS)
        self._renderer = Renderer(folder=_DESK / "templates")
        self._renderer.set_strings(self._strings)

    def say(self, key: str, **values: object) -> str:
        """Return a word of sign-in as plain text."""
        return self._strings.say(key, **values)

    def say_wait(self, wait: timedelta) -> str:
        """Return words for how long somebody has to wait."""
        return self.say("sign_in_wait", count=int(wait.total_seconds()) // 60 + 1)

    def answer(
        self, template: str, title: str, status: int = 200, problem: str = "", **values: object
    ) -> HTMLResponse:
        """Return a page as an answer; `title` names its word, `problem` says what went wrong."""
        page = self._renderer.render_page(
            template,
            site={
                "title": self.title,
                "language": self._language,
                "root": self.root,
                "is_turned": self._strings.direction == "rtl",
            },
            title=self.say(title),
            problem=problem,
            **values,
        )
        return HTMLResponse(page, status)
