"""What an editor types in a real Chromium is kept, and comes back in another one."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from world.browsing import Window
from world.newsroom import run_git
from world.served_newsroom import ServedNewsroom, serve_newsroom, until
from world.waiting import name_of, waiting_newsroom

pytestmark = [pytest.mark.browser, pytest.mark.slow]

EDIT = f"/desk/story/{name_of(0)}/edit/"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedNewsroom]:
    root = waiting_newsroom(tmp_path_factory.mktemp("own") / "beat", 4)
    with serve_newsroom(root) as served:
        yield served


@pytest.fixture
def window(signed_in: Window) -> Iterator[Window]:
    signed_in.noted.clear()
    yield signed_in
    assert [] == signed_in.noted


def test_what_was_typed_is_kept_and_gone_once_it_is_filed(window: Window) -> None:
    window.go("/desk/write/")
    window.page.fill("[name=title]", "What we saw")
    window.page.fill("[name=text]", "It *holds*.")
    window.wait_for("document.querySelector('[data-kept]').textContent === 'Draft saved'")

    window.go("/desk/")
    window.go("/desk/write/")
    assert "It *holds*." == window.page.input_value("[name=text]")
    window.page.focus("[name=text]")
    window.press("Control+Enter")
    window.page.wait_for_url("**/desk/today/")
    window.go("/desk/write/")
    assert "" == window.page.input_value("[name=text]")


def test_what_was_typed_just_now_is_kept_when_the_page_is_left(window: Window) -> None:
    window.go(EDIT)
    window.page.fill("[name=note]", "We were there.")
    window.go("/desk/")
    window.wait_for("true")
    window.go(EDIT)
    window.page.click(".draft a")
    assert "We were there." == window.page.input_value("[name=note]")
    window.page.click(".draft button")
    assert 0 == window.page.locator(".draft").count()


def test_a_picture_is_uploaded_and_its_address_put_into_the_form(
    window: Window, tmp_path: Path
) -> None:
    Image.new("RGB", (300, 200), (40, 90, 160)).save(tmp_path / "a.png")
    window.go(EDIT)
    window.page.set_input_files("[name=file]", tmp_path / "a.png")
    window.wait_for("document.querySelector('[name=other_picture]').value")

    address = window.page.input_value("[name=other_picture]")
    assert re.search(r"/assets/images/uploads/[0-9a-f]{64}\.webp$", address), address


def test_t_takes_the_row_under_the_hand_into_the_stash(window: Window) -> None:
    window.go("/desk/")
    window.press("t")
    window.wait_for("document.querySelector('.toast')?.textContent.includes('My collection')")
    assert 0 == window.page.locator(".row[data-state]").count()
    window.page.locator(".row").nth(1).hover()
    window.page.locator(".row").nth(1).locator("[data-stash]").click()
    window.wait_for("document.querySelectorAll('.toast').length === 2")
    window.go("/desk/stash/")
    assert 2 == window.page.locator(".stash li").count()


def test_a_picture_is_uploaded_while_a_story_is_written_and_kept_in_its_draft(
    window: Window, served: ServedNewsroom, tmp_path: Path
) -> None:
    Image.new("RGB", (300, 200), (160, 90, 40)).save(tmp_path / "b.png")
    window.go("/desk/write/")
    window.page.fill("[name=title]", "A red wall")
    window.page.fill("[name=text]", "It is red.")
    window.page.set_input_files("[name=file]", tmp_path / "b.png")
    window.wait_for("document.querySelector('[name=other_picture]').value")
    window.page.fill("[name=alt]", "A wall at noon")
    address = window.page.input_value("[name=other_picture]")
    window.go("/desk/")

    def is_there() -> bool:
        window.go("/desk/write/")
        return "A wall at noon" == window.page.input_value("[name=alt]")

    until(is_there)  # what is sent when a page is left may come after the next one
    assert address == window.page.input_value("[name=other_picture]")
    window.page.focus("[name=text]")
    window.press("Control+Enter")
    window.page.wait_for_url("**/desk/today/")
    until(lambda: [*(served.root / "_news").glob("*-a-red-wall.md")] != [])
    (file,) = (served.root / "_news").glob("*-a-red-wall.md")
    assert address in file.read_text("utf-8")
    until(lambda: run_git(served.root, "status", "--short", str(file)) == "")


def test_the_stories_of_a_list_are_moved_by_keys_and_by_the_mouse(
    window: Window, served: ServedNewsroom
) -> None:
    file = served.root / "_data" / "lists" / "best.yaml"
    file.parent.mkdir()
    stories = "".join(f"- story: {name_of(number)}\n" for number in range(3))
    file.write_text(f"title: The best\nstories:\n{stories}", "utf-8")
    run_git(served.root, "add", "-A")
    run_git(served.root, "commit", "-qm", "a list")

    window.go("/desk/list/?id=best")
    window.page.locator("[name=place]").nth(2).focus()
    window.press("Alt+ArrowUp", "Alt+ArrowUp", "Alt+ArrowUp")
    places = "[...document.querySelectorAll('[name=place]')].map((place) => place.value).join()"
    names = "[...document.querySelectorAll('[name=story]')].map((story) => story.value)"
    assert [name_of(2), name_of(0), name_of(1)] == window.page.evaluate(names)
    assert "1,2,3" == window.page.evaluate(places)
    assert "1" == window.page.evaluate("document.activeElement.value")

    boxes = [window.page.locator("[data-order] li").nth(at).bounding_box() for at in (0, 1)]
    (first, second), mouse = boxes, window.page.mouse
    assert first
    assert second
    mouse.move(first["x"] + 80, first["y"] + 4)
    mouse.down()
    mouse.move(second["x"] + 80, second["y"] + second["height"] - 4, steps=8)
    mouse.up()
    window.wait_for(f"({names})[0] === {json.dumps(name_of(0))}")
    assert "1,2,3" == window.page.evaluate(places)
    window.page.fill("[name=title]", "The very best")
    window.press("Control+Enter")
    window.page.wait_for_url("**/desk/today/")
    until(lambda: "The very best" in file.read_text("utf-8"))
    text = file.read_text("utf-8")
    assert text.index(name_of(0)) < text.index(name_of(2)) < text.index(name_of(1))
