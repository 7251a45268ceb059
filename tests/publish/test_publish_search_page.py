"""The search page in a real browser: what it finds, how it tells, what hostile words can do."""

from __future__ import annotations

import functools
import subprocess
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlencode

import pytest
from lxml import html

from copydesk.news import Provider, Story
from copydesk.publish import Look, PublishOptions, Sizes, publish
from world import editions
from world.machine import PATIENCE_SECONDS
from world.manifests import MemoryManifest

pytestmark = [pytest.mark.browser, pytest.mark.slow]

EVIL = "<script>document.title='harmed'</script><img src=x onerror=\"document.title='harmed'\">"
TURNED = "\u202eladder\u202c \u2066robots\u2069"
WIRE = Provider(name="Wörter & Co", domain="wire.example")
STORIES = (
    editions.story("2026-11-24-a", title="Café robots: naïveté forbidden", topics=("Courts",)),
    editions.story("2026-11-23-b", title="機械規則が変わる", language="ja", excerpt="東京の裁判所"),
    editions.story("2026-10-02-c", title="Robotics rest", provider=WIRE, topics=("Toys",)),
    editions.story("2026-10-01-d", title="A ballot for all", excerpt="No robot in the hall."),
    editions.story(
        "2026-09-01-e", title=EVIL, excerpt=EVIL, provider=Provider(name=EVIL, domain="e.example")
    ),
    editions.story("2026-09-01-f", title=f"{TURNED} {'long ' * 2000}"),
    editions.story("2026-09-01-g", title="Undated robots", published_at=None),
)
Ask = Callable[..., "Answer"]


class Answer:
    """The page as the browser left it."""

    def __init__(self, page: str) -> None:
        self.root = html.document_fromstring(page)
        self.found = [one.text_content() for one in self.root.cssselect(".found a")]
        self.told = self.root.cssselect(".told")[0].text_content()
        self.buttons = self.root.cssselect(".further button:not([hidden])")


@pytest.fixture(scope="module")
def ask(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ask]:
    folder = tmp_path_factory.mktemp("search")
    build(dated(STORIES), folder)
    yield from served(folder)


def dated(stories: tuple[Story, ...]) -> list[Story]:
    return [
        replace(one, published_at=datetime.fromisoformat(f"{one.path[6:16]}T09:30Z"))
        if one.published_at
        else one
        for one in stories
    ]


def build(stories: list[Story], folder: Path, part: int = 500) -> None:
    publish(
        editions.edition(stories),
        folder / "robots",
        MemoryManifest(),
        PublishOptions(look=Look(sizes=Sizes(search=part))),
    )


class Quiet(SimpleHTTPRequestHandler):
    """Serve files and say nothing."""

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


def served(folder: Path) -> Iterator[Ask]:
    """Yield what asks the search page of the site below a folder with a browser."""
    handler = functools.partial(Quiet, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()

        def ask(**values: str) -> Answer:
            return Answer(browsed(server.server_port, folder, urlencode(values)))

        yield ask
        server.shutdown()


def browsed(port: int, folder: Path, query: str) -> str:
    command = ("chromium", "--headless", "--no-sandbox", "--disable-gpu", "--dump-dom")
    own = (f"--user-data-dir={folder}/profile", "--virtual-time-budget=8000")
    address = f"http://127.0.0.1:{port}/robots/search/?{query}"
    done = subprocess.run(
        (*command, *own, address),
        check=True,
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
    )
    return done.stdout


CASES = {
    "without accents": ({"q": "cafe naivete"}, ["Café robots: naïveté forbidden"]),
    "with accents": ({"q": "RÓBOTICS"}, ["Robotics rest"]),
    "beginnings, newest first": (
        {"q": "robot"},
        ["Café robots: naïveté forbidden", "Robotics rest", "A ballot for all", "Undated robots"],
    ),
    "no middles": ({"q": "obot"}, []),
    "all words": ({"q": "robot hall"}, ["A ballot for all"]),
    "another form of a word": ({"q": "ballots"}, ["A ballot for all"]),
    "a topic by its name": ({"q": "law"}, ["Café robots: naïveté forbidden"]),
    "a phrase": ({"q": '"ballot for"'}, ["A ballot for all"]),
    "no such phrase": ({"q": '"ballot all"'}, []),
    "without a word": ({"q": "robot -forbidden -ballot -undated"}, ["Robotics rest"]),
    "no blanks between words": ({"q": "規則"}, ["機械規則が変わる"]),
    "a topic holds those below it": ({"topic": "law"}, ["Café robots: naïveté forbidden"]),
    "a source by its name": ({"source": "worter"}, ["Robotics rest"]),
    "a source by its domain": ({"q": "rob", "source": "wire.example"}, ["Robotics rest"]),
    "a month": ({"from": "2026-10-01", "to": "2026-10-31"}, ["Robotics rest", "A ballot for all"]),
    "a topic that is none": ({"q": "rest", "topic": "nowhere"}, ["Robotics rest"]),
}


@pytest.mark.sample(
    "without accents",
    "a phrase",
    "without a word",
    "a topic holds those below it",
    "a source by its domain",
)
@pytest.mark.parametrize("case", CASES)
def test_a_search_finds(ask: Ask, case: str) -> None:
    values, titles = CASES[case]

    answer = ask(**values)

    found = [one for one in answer.found if "long" not in one]
    assert found == titles
    assert answer.told.startswith("Stories found:" if answer.found else "No matching stories")


def test_without_a_question_nothing_is_listed(ask: Ask) -> None:
    answer = ask()

    assert answer.found == []
    assert answer.told == "Enter a search word, or choose a topic, a source or a date."


def test_a_story_links_to_its_page_and_says_who_and_when(ask: Ask) -> None:
    (item,) = ask(q="rest").root.cssselect(".found li")

    assert item.cssselect("a")[0].get("href") == "/robots/news/2026-10-02-c/"
    assert item.cssselect("time")[0].get("datetime") == "2026-10-02T09:30+00:00"
    assert item.cssselect(".by")[0].text_content() == "Wörter & Co"


@pytest.mark.sample("script")
@pytest.mark.parametrize("word", ["script", "long", "ladder", "harmed"])
def test_hostile_words_stay_words(ask: Ask, word: str) -> None:
    answer = ask(q=word)

    assert answer.found
    assert answer.root.cssselect("title")[0].text == "Search – Robots & Rules"
    assert [one.get("src") for one in answer.root.iter("script")] == [
        "/robots/site.js",
        "/robots/search.js",
    ]
    assert not list(answer.root.iter("img"))
    assert all(len(one) <= 200 for one in answer.found)
    assert all(link.get("dir") == "auto" for link in answer.root.cssselect(".found a"))


def test_a_hostile_question_stays_a_question(ask: Ask) -> None:
    answer = ask(q=EVIL, topic=EVIL, source=EVIL, **{"from": EVIL})

    assert answer.root.cssselect("title")[0].text == "Search – Robots & Rules"
    assert [one.get("src") for one in answer.root.iter("script")] == [
        "/robots/site.js",
        "/robots/search.js",
    ]


PRESSED = """
const { dataset } = document.body, button = document.querySelector(".further button");
const key = (key) =>
  document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
setTimeout(() => {
  dataset.told = document.querySelector(".told").textContent;
  dataset.offered = button.textContent;
  button.click();
}, 2000);
setTimeout(() => {
  dataset.first = document.activeElement.textContent;
  key("ArrowUp"); dataset.up = document.activeElement.name;
  key("ArrowDown"); dataset.down = document.activeElement.textContent;
  key("Escape"); dataset.out = document.activeElement.name;
}, 4000);
"""


def test_older_stories_are_read_when_asked_for_and_keys_lead_through_them(tmp_path: Path) -> None:
    start = datetime(2026, 11, 1, tzinfo=UTC)
    stories = [
        editions.story(f"n{n:02}", title=f"Number {n}", published_at=start + timedelta(hours=n))
        for n in range(30)
    ]
    build(stories, tmp_path, part=2)
    page = tmp_path / "robots" / "search" / "index.html"
    more = '<script src="/robots/press.js" defer></script></main>'
    page.write_text(page.read_text().replace("</main>", more))
    (tmp_path / "robots" / "press.js").write_text(PRESSED)

    (answer,) = (ask(q='"number 3"') for ask in served(tmp_path))

    said = answer.root.cssselect("body")[0].attrib
    assert said["data-told"].endswith("Stories searched: 20 of 30, back to 1 Nov 2026.")
    assert said["data-offered"] == "Search older stories"
    assert (said["data-first"], said["data-down"]) == ("Number 3", "Number 3")
    assert (said["data-up"], said["data-out"]) == ("q", "q")
    assert answer.found == ["Number 3"]
    assert answer.told == "Stories found: 1."
    assert not answer.buttons
