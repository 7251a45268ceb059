"""A person's way in a real Chromium: from the desk through glewlwyd's own pages to the queue."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from world.browsing import (
    DESKTOP,
    PHONE,
    Window,
    come_in,
    find_faults,
    new_context,
    origin_of,
)
from world.glewlwyd import PASSWORD, SECRET, Glewlwyd, serve_glewlwyd
from world.served_newsroom import ServedNewsroom, serve_newsroom
from world.waiting import waiting_newsroom

pytestmark = [pytest.mark.browser, pytest.mark.slow]

AXE = (Path(__file__).parent / "vendor/axe.min.js").read_text("utf-8")
RULE = 'groups = ["desk"]'


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Glewlwyd]:
    with serve_glewlwyd(tmp_path_factory.mktemp("glewlwyd")) as served:
        yield served


@contextlib.contextmanager
def serve(folder: Path, provider: Glewlwyd, client: str, rule: str) -> Iterator[ServedNewsroom]:
    root = waiting_newsroom(folder / "beat", 3)
    with (root / "beat.toml").open("a", encoding="utf-8") as beat:
        beat.write(provider.settings(client, rule))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COPYDESK_OIDC_SECRET", SECRET)
        with serve_newsroom(root) as served:
            provider.register(client, origin_of(served))
            yield served


@pytest.fixture(scope="module")
def served(
    tmp_path_factory: pytest.TempPathFactory, provider: Glewlwyd, chromium: Browser
) -> Iterator[ServedNewsroom]:
    with serve(tmp_path_factory.mktemp("desk"), provider, "desk", RULE) as served:
        with new_context(chromium) as context:
            come_in(Window.open(context, origin_of(served)), served, "Olga")
        yield served


def come_from_provider(window: Window, name: str) -> None:
    """Go from the desk's page of signing in to the provider, sign in there, and come back."""
    window.go("/desk/")
    window.page.click("main a.button")
    window.page.fill("#username", name)
    window.page.fill("#password", PASSWORD)
    window.page.keyboard.press("Enter")
    for scope in ("profile", "email", "groups"):
        window.page.check(f"#grant-{scope}")
    window.page.click("text=Grant access")
    go_on(window)


def come_again(window: Window) -> None:
    """Go the same way in a browser that the provider knows."""
    window.go("/desk/sign-in")
    window.page.click("main a.button")
    go_on(window)


def go_on(window: Window) -> None:
    """Let the provider lead back to the desk."""
    window.page.click("button:has-text('Continue')")
    window.page.wait_for_url("**/desk/**")


def check_looks(window: Window) -> None:
    """Look at a page of the desk: wide and narrow, light and dark."""
    for size in (DESKTOP, PHONE):
        for scheme in ("light", "dark"):
            window.page.set_viewport_size({"width": size[0], "height": size[1]})
            window.page.emulate_media(color_scheme=scheme)
            assert [] == find_faults(window, AXE)


def test_a_member_of_the_group_comes_to_the_queue(
    served: ServedNewsroom, provider: Glewlwyd, chromium: Browser
) -> None:
    provider.put("eva", groups=["desk"])
    with new_context(chromium) as context:
        window = Window.open(context, origin_of(served))
        window.go("/desk/sign-in")
        check_looks(window)
        come_from_provider(window, "eva")

        assert "/desk/" == window.page.evaluate("location.pathname")
        assert 3 == window.page.locator(".row").count()
        window.go("/desk/account/")
        assert "Eva Reed, viewer" in window.page.inner_text("main")


def test_who_may_not_come_in_reads_why(
    served: ServedNewsroom, provider: Glewlwyd, chromium: Browser
) -> None:
    provider.put("ida", groups=["sport"])
    with new_context(chromium) as context:
        window = Window.open(context, origin_of(served))
        come_from_provider(window, "ida")
        assert "No account of this desk belongs to you" in window.page.inner_text("main")
        check_looks(window)

        provider.put("ida", groups=["desk"])
        come_again(window)
        assert 3 == window.page.locator(".row").count()
        context.clear_cookies(domain="localhost")
        provider.put("ida", groups=["sport"])
        come_again(window)
        assert "no longer lists you" in window.page.inner_text("main")
        check_looks(window)


def test_with_the_provider_alone_no_page_asks_for_anything_else(
    tmp_path: Path, provider: Glewlwyd, chromium: Browser
) -> None:
    with (
        serve(tmp_path, provider, "only", f"{RULE}\nonly = true") as served,
        new_context(chromium) as context,
    ):
        window = Window.open(context, origin_of(served))
        come_in(window, served, "Olga")
        for page in ("account", "people"):
            window.go(f"/desk/{page}/")
            assert 0 == window.page.locator("input[type=password], [data-passkey]").count()
            check_looks(window)
        context.clear_cookies()
        window.go("/desk/sign-in")
        assert 0 == window.page.locator("form").count()
        check_looks(window)
