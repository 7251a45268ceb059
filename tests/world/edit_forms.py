"""The form in which a story is edited, as a browser without a script fills it in and sends it."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

import lxml.html

from world.command import copydesk
from world.served_desk import Answer, Browser
from world.served_newsroom import ServedNewsroom


def edit_path(name: str) -> str:
    """Return where the form of a story is."""
    return f"/desk/story/{name}/edit/"


def add_editor(served: ServedNewsroom, name: str) -> str:
    """Add an editor's account, and return the path of the link that lets them in once."""
    said = copydesk("-C", served.root, "desk", "user", "add", name, "--role", "editor").out.strip()
    return said[said.index("/desk/") :]


def come_in_as(served: ServedNewsroom, name: str) -> Browser:
    """Return the browser of an editor who has just come in."""
    browser = served.browser()
    browser.post(add_editor(served, name))
    return browser


@dataclass
class EditForm:
    """An open form: a tab of its own, which knows nothing of what others do."""

    browser: Browser
    name: str
    page: str

    def __post_init__(self) -> None:
        forms = lxml.html.fromstring(self.page).forms
        self._form = next(form for form in forms if form.get("data-draft"))

    @classmethod
    def open(cls, browser: Browser, name: str, query: str = "") -> EditForm:
        """Open the form of a story."""
        return cls(browser, name, browser.get(edit_path(name) + query).body)

    @property
    def versions(self) -> dict[str, list[str]]:
        """The two versions of each field that has two: mine and theirs."""
        return {
            str(group.get("data-versions")): [
                " ".join(text.text_content().split())
                for text in group.xpath(".//*[@class='version']")
            ]
            for group in self._form.xpath(".//fieldset[@data-versions]")
        }

    def value(self, field: str) -> str:
        """Return what stands in a field."""
        return str(self._form.fields[field])

    def save(self, **fields: str) -> Answer:
        """Change fields and send the form; return the page that tells the outcome."""
        for field, value in fields.items():
            self._form.fields[field] = value
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        body = urlencode(self._form.form_values()).encode()
        at = edit_path(self.name)
        answer = self.browser.post(edit_path(self.name), body, kind)
        while answer.status == 303 or "refresh" in answer.headers:
            at = answer.headers.get("location", "") or at
            answer = self.browser.get(at)
        return Answer(answer.status, {**answer.headers, "at": at}, answer.body, answer.cookies)

    def save_again(self, answer: Answer) -> EditForm:
        """Return the form of a page that tells an outcome."""
        return EditForm(self.browser, self.name, answer.body)
