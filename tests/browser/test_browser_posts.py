"""The page of posts in a real Chromium: axe finds nothing, and a post is approved by keyboard."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from copydesk.desk_store import open_desk
from world.browsing import DESKTOP, PHONE, Window, find_faults
from world.post_desk import SEALS, WALL, fill_posts, post_newsroom
from world.served_newsroom import ServedNewsroom, serve_newsroom

pytestmark = [pytest.mark.browser, pytest.mark.slow]

AXE = (Path(__file__).parent / "vendor/axe.min.js").read_text("utf-8")
PAGES = ["/desk/posts/", f"/desk/posts/?story={WALL}", f"/desk/story/{WALL}/"]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedNewsroom]:
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, context) as process:  # playwright runs an event loop in this one
        root = process.submit(post_newsroom, tmp_path_factory.mktemp("posts")).result()
    fill_posts(root)
    with serve_newsroom(root) as served:
        yield served


@pytest.mark.sample("light-desktop", "dark-phone")
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_and_a_phone_shows_the_whole(
    signed_in: Window, size: tuple[int, int], scheme: str
) -> None:
    page = signed_in.page
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    for path in PAGES:
        signed_in.go(path)
        if "story/" in path:
            page.click("#posts > summary")
            signed_in.wait_for("document.querySelector('#posts .post')")
        assert [] == find_faults(signed_in, AXE), path
        page.evaluate("document.querySelectorAll('main .confirm').forEach((one) => one.open = 1)")
        assert [] == find_faults(signed_in, AXE), path
    assert [] == signed_in.noted


def test_a_post_is_approved_by_keyboard_from_its_story(
    served: ServedNewsroom, signed_in: Window
) -> None:
    signed_in.page.set_viewport_size({"width": DESKTOP[0], "height": DESKTOP[1]})
    signed_in.go(f"/desk/story/{SEALS}/")
    signed_in.page.focus("#posts > summary")
    signed_in.press("Enter")
    signed_in.wait_for("document.querySelector('#posts button.main')")
    signed_in.page.focus("#posts button.main")
    signed_in.press("Enter")
    signed_in.wait_for("location.hash.startsWith('#post-')")
    with closing(open_desk(served.root / ".copydesk")) as desk:
        (post,) = desk.posts.list_latest(9, "coast", SEALS)
    assert ("planned", "Anna") == (post.state, post.by)
    assert [] == signed_in.noted
