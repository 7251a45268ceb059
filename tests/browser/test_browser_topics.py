"""Topics in a real Chromium: put below each other by drag and by keys; and logos that are sent."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from world.browsing import PHONE, Window
from world.desk import desk_newsroom, stories
from world.newsroom import run_git
from world.served_newsroom import ServedNewsroom, serve_newsroom

pytestmark = [pytest.mark.browser, pytest.mark.slow]

AXE = (Path(__file__).parent / "vendor/axe.min.js").read_text("utf-8")
TREE = """[...document.querySelectorAll("li[data-name]")].map((row) =>
  row.dataset.name + (row.dataset.parent && " < " + row.dataset.parent)).join(", ")"""
RUN_AXE = "axe.run().then((found) => found.violations.map(({ id }) => id))"
FOCUS = "document.activeElement.closest('li')?.dataset.name"
SAID = "document.getElementById('moved').textContent"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedNewsroom]:
    root = tmp_path_factory.mktemp("tree") / "beat"
    desk_newsroom(root, stories(2))
    for number, name in enumerate(("Dunes", "Ebb", "Flood"), 1):
        written = f"_id: {name.lower()}\nname: {name}\nkeywords:\n  - {name.lower()}\n"
        (root / f"_data/topics/0{number}-{name.lower()}.yaml").write_text(written)
    (root / "_data/organizations").mkdir()
    (root / "_data/organizations/gull.example.md").write_text("---\nname: The Gull\n---\n")
    run_git(root, "add", "-A")
    run_git(root, "commit", "-qm", "topics")
    with serve_newsroom(root) as served:
        yield served


def find_faults(window: Window) -> list[str]:
    """Return what axe finds on the page as it is, and "too wide" where it is that."""
    window.page.evaluate(AXE)
    found: list[str] = window.page.evaluate(RUN_AXE)
    width = window.page.evaluate("document.documentElement.scrollWidth - innerWidth")
    return [*found, *(["too wide"] if width > 0 else [])]


def middle_of(window: Window, selector: str) -> tuple[float, float]:
    box = window.page.locator(selector).bounding_box()
    assert box
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def drag(window: Window, name: str, onto: str) -> None:
    mouse, (x, y) = window.page.mouse, middle_of(window, f"li[data-name={name}] .grip")
    mouse.move(x, y)
    mouse.down()
    mouse.move(x + 10, y + 2, steps=2)  # only then there is a place for the top
    mouse.move(*middle_of(window, onto), steps=4)


def test_topics_are_moved_by_keys_and_by_drag(served: ServedNewsroom, signed_in: Window) -> None:
    window, page = signed_in, signed_in.page
    window.go("/desk/topics/")
    page.focus("li[data-name=Flood] .grip")
    window.press("Alt+ArrowRight")
    window.wait_for(f"{TREE} === 'Coast, Dunes, Ebb, Flood < Ebb'")
    window.wait_for(f"{SAID} === 'Flood is now a subtopic of Ebb.' && {FOCUS} === 'Flood'")
    assert "by Anna" in run_git(served.root, "log", "-1", "--format=%B")
    window.press("Alt+ArrowRight")
    window.wait_for(f"{SAID}.includes('no topic comes before it')")
    window.press("Alt+ArrowUp")
    window.wait_for(f"{SAID}.includes('files')")

    drag(window, "Ebb", "li[data-name=Flood]")  # which stands below it
    assert page.evaluate(f"!document.querySelector('.onto') && {SAID} === ''")
    page.mouse.up()
    drag(window, "Ebb", "li[data-name=Dunes]")
    assert page.evaluate(SAID) == "Ebb is now a subtopic of Dunes."
    window.press("Escape")
    page.mouse.up()
    drag(window, "Ebb", "li[data-name=Dunes]")
    page.mouse.up()
    window.wait_for(f"{TREE} === 'Coast, Dunes, Ebb < Dunes, Flood < Ebb'")
    window.press("Alt+ArrowLeft")
    window.wait_for(f"{TREE} === 'Coast, Dunes, Ebb, Flood < Ebb'")
    window.wait_for(f"{SAID} === 'Ebb is now a top-level topic.'")
    drag(window, "Flood", ".to-top")
    page.mouse.up()
    window.wait_for(f"{TREE} === 'Coast, Dunes, Ebb, Flood'")
    assert page.url.endswith("/desk/topics/")  # no grip was followed as a link
    page.click("#take-back button")
    page.wait_for_url("**/desk/today/")
    assert "parent: Ebb" in (served.root / "_data/topics/03-flood.yaml").read_text()
    assert [] == window.noted


def test_a_refused_move_is_told_and_the_list_is_as_it_is(
    served: ServedNewsroom, signed_in: Window
) -> None:
    window, page = signed_in, signed_in.page
    window.go("/desk/topics/")
    file = served.root / "_data/topics/01-dunes.yaml"
    file.write_text(file.read_text().replace("keywords:", "shortname: Sand\nkeywords:"))
    run_git(served.root, "commit", "-qam", "by hand")
    page.focus("li[data-name=Dunes] .grip")
    window.press("Alt+ArrowRight")
    window.wait_for(f"{SAID}.includes('somebody has changed the file in the meantime')")
    window.wait_for(f"{FOCUS} === 'Dunes'")
    window.press("Alt+ArrowRight")
    window.wait_for(f"{SAID} === 'Dunes is now a subtopic of Coast.'")
    assert "parent: Coast" in file.read_text()
    page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    assert [] == find_faults(window)
    page.click("li[data-name=Ebb] .grip")  # without a drag it is a link to the form
    page.wait_for_url("**/desk/topics/one/?name=Ebb#parent")
    assert [note for note in window.noted if not note.startswith("400")] == []


def test_a_logo_is_sent_and_shown(tmp_path: Path, signed_in: Window) -> None:
    window, page = signed_in, signed_in.page
    window.noted.clear()
    Image.new("RGB", (300, 90), "navy").save(tmp_path / "logo.png")
    window.go("/desk/organizations/")
    page.click("details summary")
    page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    page.set_input_files("details [name=file]", tmp_path / "logo.png")
    page.click("details button")

    window.wait_for("document.querySelector('img.logo')?.naturalWidth === 50")
    page.click("details summary")
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        assert [] == find_faults(window)
    assert [] == window.noted
