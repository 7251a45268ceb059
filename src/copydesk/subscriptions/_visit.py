"""A visit: one request of a reader's, with everything that answers it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from starlette.responses import Response

from copydesk import engine
from copydesk.subscriptions._form import NO_FORM, Form
from copydesk.subscriptions._pages import ReaderPages


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What came with a request: its method, its address's token, its query and form.

    `client` is the network that it came from.
    """

    method: str = "GET"
    token: str = field(default="", repr=False)
    query: Form = NO_FORM
    form: Form = field(default=NO_FORM, repr=False)
    client: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """What somebody sent, and the newsroom as of now that they sent it to."""

    newsroom: engine.Newsroom
    store: engine.MailStore
    pages: ReaderPages
    sent: Sent

    @property
    def token(self) -> str:
        """Return the token of the page's address."""
        return self.sent.token

    @property
    def form(self) -> Form:
        """Return the form that was sent, an empty one where none was."""
        return self.sent.form

    def look(self, purpose: engine.LinkPurpose) -> engine.LinkView:
        """Return what this visit's link opens."""
        return engine.look_at_link(self.newsroom, self.store, self.token, purpose)

    def refuse_link(self, kind: str) -> Response:
        """Return the answer to a link that opens nothing: too old, or made up."""
        if kind == "over":
            words = self.pages.phrase_link_hours("readers_over_text")
            has_form = bool(self.newsroom.beat.subscribe_url)
            return self.pages.notice("over", words, status=410, has_form=has_form)
        return self.pages.notice("forged", status=404)


Answer = Callable[[Visit], Response]
"""Answer a visit; it touches the disk: for a thread."""
