"""Answers of APIs, full of hostile words and opened as pages: they are data, and run nothing."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Response

from world import editions
from world.hostile import NAMES
from world.hostile_site import build_site, make_edition, make_stories
from world.payloads import PAYLOADS
from world.unguarded import Lookout, open_lookout, serve_site

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PATH = "robots"
JSON = "application/json"
FOLDERS = ("api/news", "api/v2/stories", "api/v2/ninjs/stories")
NOTHING: tuple[tuple[str, ...], ...] = ((), (), ())


class _PlainHandler(SimpleHTTPRequestHandler):
    """A static host: the type is by the file's extension, and no other header is set."""

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class _TypelessHandler(_PlainHandler):
    """A static host that names no type, so that the browser guesses it."""

    def send_header(self, keyword: str, value: str) -> None:
        """Leave the type out."""
        if keyword != "Content-type":
            super().send_header(keyword, value)


@contextmanager
def host_plainly(folder: Path, handler: type[_PlainHandler]) -> Iterator[str]:
    """Serve a folder as a static host does, for the block; give its address."""
    made = partial(handler, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), made) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("answers") / "site"
    edition = editions.edition(list(make_stories(str)), on=make_edition(str).beat)
    build_site(edition, folder)
    return folder


@pytest.fixture(scope="module")
def lookout(chromium: Browser) -> Iterator[Lookout]:
    with ExitStack() as stack:
        yield stack.enter_context(open_lookout(chromium))


@pytest.fixture(scope="module")
def served(site: Path) -> Iterator[str]:
    with serve_site(site, PATH) as address:
        yield address


def list_answers(site: Path) -> list[str]:
    """Return the paths of the answers of the site's API, by version: v1, v2 and ninjs."""
    return sorted(path.relative_to(site).as_posix() for path in site.glob("api/**/*.json"))


def choose_few(paths: list[str]) -> list[str]:
    """Return a path of each folder in which answers with strangers' words are."""
    latest = {path.rpartition("/")[0]: path for path in paths}
    return [latest[folder] for folder in FOLDERS]


def open_answer(lookout: Lookout, address: str) -> Response:
    """Open an answer as a page; fail if it is a page, runs something or asks for something."""
    lookout.asked.clear()
    response = lookout.window.page.goto(address, wait_until="load")
    assert response
    look = lookout.look()
    assert "html" not in look.type, address
    assert NOTHING == (look.ran, look.unsafe, look.asked), address
    return response


def must_be_data(lookout: Lookout, site: str, paths: list[str]) -> None:
    for path in paths:
        headers = open_answer(lookout, site + quote(path)).headers
        assert JSON == headers["content-type"].partition(";")[0], path
        assert "nosniff" == headers["x-content-type-options"], path


def test_answers_hold_markup_as_it_is(site: Path) -> None:
    """So that their type must hold: they have all versions, and each payload with a tag."""
    paths = list_answers(site)
    words = "".join((site / path).read_text("utf-8") for path in paths)

    assert "<script>alert(1)</script>" in words
    tags = [word for word in PAYLOADS if word.startswith("<img src=x") and word.isprintable()]
    assert [] == [word for word in tags if word not in words]


def test_an_answer_is_no_page(lookout: Lookout, site: Path, served: str) -> None:
    must_be_data(lookout, served, choose_few(list_answers(site)))


@pytest.mark.long
def test_no_answer_is_a_page(lookout: Lookout, site: Path, served: str) -> None:
    must_be_data(lookout, served, list_answers(site))


@pytest.mark.parametrize("path", ["api/v2/%3Cscript%3Enobody(1)%3C/script%3E.json", "api/"])
def test_what_is_not_there_is_said_without_the_words_of_the_address(
    lookout: Lookout, served: str, path: str
) -> None:
    lookout.go(served + path)
    look = lookout.look()

    assert NOTHING == (look.ran, look.unsafe, look.asked)
    assert "nobody(1)" not in lookout.window.page.content()


def test_on_a_static_host_the_extension_makes_an_answer_data(lookout: Lookout, site: Path) -> None:
    """No header of ours is there; each answer is a file whose name ends in .json."""
    with host_plainly(site, _PlainHandler) as address:
        for path in choose_few(list_answers(site)):
            headers = open_answer(lookout, address + quote(path)).headers
            assert JSON == headers["content-type"]
            assert "x-content-type-options" not in headers


def test_a_browser_that_guesses_the_type_takes_no_answer_for_a_page(
    lookout: Lookout, site: Path
) -> None:
    """It looks for a tag at the beginning, and an answer begins with a bracket."""
    paths = list_answers(site)
    assert {"{", "["} >= {(site / path).read_text("utf-8").lstrip()[0] for path in paths}
    with host_plainly(site, _TypelessHandler) as address:
        for path in choose_few(paths):
            assert "content-type" not in open_answer(lookout, address + quote(path)).headers


def test_a_host_that_calls_an_answer_a_page_is_caught(lookout: Lookout, site: Path) -> None:
    """The net has no holes: the same answer runs if it is sent as HTML."""
    answer = (site / f"api/v2/stories/{NAMES[1]}.json").read_text("utf-8")
    (site / "page.html").write_text(answer.replace("http-equiv", "x-equiv"), "utf-8")
    with host_plainly(site, _PlainHandler) as address:
        lookout.go(f"{address}page.html")
        look = lookout.look()

    assert "text/html" == look.type
    assert "alert" in look.ran
    assert look.unsafe
