"""Words of strangers in every view of the desk: none runs, none asks, none becomes a tag."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser

import copydesk
from world.browsing import DESKTOP, PHONE, Window, come_in, new_context, origin_of
from world.command import copydesk as run_copydesk
from world.hostile import NAMES, keep_hostile, make_hostile, payloads_of
from world.letter_desk import LETTERS
from world.payloads import PAYLOADS
from world.served_newsroom import ServedNewsroom, serve_newsroom
from world.unguarded import FIRE
from world.waiting import PAIRS, waiting_newsroom

pytestmark = [pytest.mark.browser, pytest.mark.slow]

EVIL = "<img src=x onerror=alert(1)>"
ASSETS = Path(copydesk.__file__).parent / "desk/assets"
SINKS = ("insertAdjacentHTML", "outerHTML", "document.write", "eval(", "Function(", "srcdoc")
# what no page of the desk has: elements by selector, and addresses that run
STRANGE = (
    "iframe:not([src^='/desk/letters/'][sandbox]), object, embed, math, style, base",
    "video, audio, marquee, frame, body body",
    "svg:not([viewBox])",  # the desk's charts have one
    "meta[http-equiv], [style], [formaction]:not([formaction^='/desk/'])",
    "form:not([action^='/desk/'], [method=dialog])",
    "script:not([src^='/desk/'], [type='application/json'])",
    "link:not([href^='/desk/']), img:not([src^='/desk/'])",
)
FOREIGN = f"""[...document.querySelectorAll("*")].filter((node) =>
  node.matches(`{", ".join(STRANGE)}`) || [...node.attributes].some(({{ name, value }}) =>
    name.startsWith("on") || (["href", "src", "action", "xlink:href"].includes(name)
      && /^\\s*(javascript|vbscript|data):/i.test(value))))
  .map((node) => node.outerHTML.slice(0, 200))"""
WORST = f"story/{quote(NAMES[1], safe='')}"
VIEWS = [*(f"{WORST}/{part}/" for part in ("edit", "trail", "neighbours"))]
VIEWS += [
    "dropped/",
    "stash/",
    "list/",
    "list/?id=worst",
    "write/",
    "file/",
    "people/",
    "numbers/",
    "sources/",
    "letters/",
    "letters/daily/?q=coast",
]
VIEWS += ["recall/", "today/", f"?q={quote(PAYLOADS[0])}", f"?topic={quote(PAYLOADS[30])}"]
SHAPES = """[...new Set([...document.querySelectorAll("article.row")].map((row) =>
  [...row.querySelectorAll("*")]
    .filter((node) => !node.closest(".note *, .others, .why, .note, .origin"))
    .map((node) => node.tagName).join(" ")))]"""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedNewsroom]:
    root = waiting_newsroom(tmp_path_factory.mktemp("hostile") / "beat", len(NAMES), make_hostile)
    keep_hostile(root)
    with (root / "beat.toml").open("a", encoding="utf-8") as settings:
        settings.write(LETTERS)
    with serve_newsroom(root) as served:
        yield served


@pytest.fixture(scope="module")
def window(served: ServedNewsroom, chromium: Browser) -> Iterator[Window]:
    with new_context(chromium) as context:
        window = Window.open(context, origin_of(served))
        come_in(window, served)
        yield window


def words_of(words: str) -> str:
    """Return words as a page shows them and a record keeps them: without blanks and controls."""
    return "".join(filter(str.isprintable, unicodedata.normalize("NFC", words))).replace(" ", "")


def must_be_harmless(window: Window) -> None:
    """Fire events at everything, and find nothing that ran, was asked for, or is not the desk's."""
    window.page.evaluate(FIRE)
    assert [] == window.page.evaluate("ran")
    assert [] == window.page.evaluate(FOREIGN)
    assert "undefined" == window.page.evaluate("typeof {}.ran")
    for size in (DESKTOP, PHONE):
        window.page.set_viewport_size({"width": size[0], "height": size[1]})
        assert window.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), size
    assert [] == window.noted


def test_the_queue_keeps_its_shape(window: Window) -> None:
    window.go("/desk/?view=all&order=time")
    window.wait_for("document.activeElement.matches('.row')")

    assert len(NAMES) - PAIRS == window.page.locator("article.row").count()
    assert 1 == len(window.page.evaluate(SHAPES))
    must_be_harmless(window)


def test_the_stories_together_show_hundreds_of_payloads() -> None:
    shown = {word for number in range(len(NAMES)) for word in payloads_of(number)}

    assert set(PAYLOADS) == shown
    assert len(shown) >= 300


@pytest.mark.sample("0", "7")
@pytest.mark.parametrize("number", range(len(NAMES)))
def test_a_story_shows_its_payloads_as_words(window: Window, number: int) -> None:
    window.go(f"/desk/story/{quote(NAMES[number], safe='')}/")

    assert 1 == window.page.locator("main").count()
    read = words_of(window.page.evaluate("document.body.textContent"))
    assert [] == [word for word in payloads_of(number) if words_of(word) not in read]
    must_be_harmless(window)


@pytest.mark.sample("1", "3", "6", "10", "15")
@pytest.mark.parametrize("view", range(len(VIEWS)))
def test_every_other_view_shows_them_as_words(window: Window, view: int) -> None:
    window.go(f"/desk/{VIEWS[view]}")

    assert 1 == window.page.locator("main").count(), VIEWS[view]
    must_be_harmless(window)


def test_reasons_that_are_typed_come_back_as_words(window: Window) -> None:
    window.go("/desk/?view=all&order=time")
    window.wait_for("document.activeElement.matches('.row.here')")
    window.press("r")
    window.page.fill("dialog input", EVIL)
    window.press("Enter")
    window.wait_for("document.querySelector('[data-state=saved]')")
    window.go("/desk/?view=all&order=time")  # reasons have their numbers as long as the page
    window.wait_for("document.activeElement.matches('.row.here')")
    window.press("r")
    window.wait_for("document.querySelector('dialog[open]')")
    assert window.page.locator("dialog .choices").get_by_text(EVIL).count()
    must_be_harmless(window)
    window.press("Escape", "Control+k")
    must_be_harmless(window)

    window.go("/desk/today/")
    assert window.page.get_by_text(EVIL).count()
    must_be_harmless(window)


def test_a_conflict_and_a_refusal_are_told_in_words(window: Window, served: ServedNewsroom) -> None:
    """Another's hostile word came in between; and a record of a hostile name is gone."""
    window.page.route("**/desk/events", lambda route: route.abort())
    window.go("/desk/?view=all&order=time")
    window.wait_for("document.activeElement.matches('.row.here')")
    window.noted.clear()
    window.press("j")
    name = window.page.evaluate("document.activeElement.dataset.name")
    other = ["--why", EVIL, "--as", "<script>alert(1)</script>"]
    done = run_copydesk("-C", served.root, "verdict", f"_news/{name}.md", "reject", *other)
    assert 0 == done.code, done.err
    window.press("p")
    window.wait_for("document.querySelector('dialog .conflict')")
    must_be_harmless(window)  # which presses each button, also the one that selects all stories
    window.go("/desk/?view=all&order=time")
    window.wait_for("document.activeElement.matches('.row.here')")
    window.noted.clear()
    window.press("j", "j")
    gone = window.page.evaluate("document.activeElement.dataset.name")
    (served.root / f"_news/{gone}.md").unlink()
    window.press("p")
    window.wait_for("document.querySelector('.toast.failed')")
    must_be_harmless(window)


def test_scripts_make_nothing_of_words() -> None:
    """HTML comes from the server alone, at one place, where it was escaped."""
    scripts = {path.name: path.read_text("utf-8") for path in ASSETS.glob("*.js")}

    assert {"desk.js": 1} == {
        name: script.count("innerHTML") for name, script in scripts.items() if "innerHTML" in script
    }
    assert [] == [sink for sink in SINKS for script in scripts.values() if sink in script]
