"""A desk in German: what it says itself is German, and what is English by nature says so."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from world.desk import NAMES, desk_newsroom, stories
from world.numbers import SOURCE, fill_numbers
from world.served_desk import Browser
from world.served_newsroom import drop_lead, serve_newsroom

pytestmark = pytest.mark.slow

# words that no German sentence has, and hardly an English one does without
ENGLISH = frozenset(
    {"the", "of", "is", "are", "it", "its", "and", "to", "not", "be", "been", "by", "with", "that"}
    | {"which", "would", "from"}
)
VOID = frozenset({"br", "img", "input", "link", "meta", "hr", "wbr", "rect"})
PUBLISHERS = ("The Gull", "The Herald")
PAGES = (
    *("?view=all", "sources/", "topics/", "topics/one/?name=Coast&suggest=1", "organizations/"),
    *("what-if/", "numbers/", "recall/", "dropped/", "write/", "file/", "stash/", "list/"),
    *("today/", "account/", "people/", "topics/one/?name=Nowhere", "sources/add/"),
    *(f"story/{NAMES[0]}/{part}" for part in ("", "edit/", "trail/", "neighbours/")),
    f"sources/one/?url={SOURCE}",
)


class _Words(HTMLParser):
    """Gather the texts of a page that are in its own language."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._open: list[tuple[str, bool]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = dict(attrs)
        is_other = tag in {"script", "style", "code", "textarea", "title"}
        is_other |= tag != "html" and known.get("lang") is not None
        if not self._is_hidden() and not is_other:
            self.texts += [known[name] or "" for name in ("aria-label", "title") if name in known]
        if tag not in VOID:
            self._open.append((tag, is_other))

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if data.strip() and not self._is_hidden():
            self.texts.append(data.strip())

    def _is_hidden(self) -> bool:
        return any(is_other for _, is_other in self._open)


@pytest.fixture(scope="module")
def anna(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    root = tmp_path_factory.mktemp("languages") / "beat"
    filed = [
        replace(story, title=f"Möwe {number}", excerpt="Kreischt.", language="de", note="")
        for number, story in enumerate(stories(2))
    ]
    desk_newsroom(root, filed, more='locale = "de-DE"')
    fill_numbers(root)
    drop_lead(root, "https://gull.example/x", "off-beat", "it is nearest to the coast")
    with serve_newsroom(root) as served:
        yield served.owner()


def test_what_is_english_on_a_german_page_says_that_it_is(anna: Browser) -> None:
    strange = []
    for path in PAGES:
        words = _Words()
        words.feed(anna.get(f"/desk/{path}", {"Accept": "text/html"}).body)
        assert len(words.texts) > 15, path
        strange += [
            (path, text)
            for text in words.texts
            if text not in PUBLISHERS
            and ENGLISH & set(text.lower().replace(",", " ").replace(":", " ").split())
        ]

    assert strange == []
