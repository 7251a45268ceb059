"""A real Chromium (Debian's) at a served desk, which notes whatever a desk must never do to it."""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Error,
    Page,
    Playwright,
    Response,
)

from world.command import copydesk
from world.machine import PATIENCE_SECONDS
from world.served_newsroom import ServedNewsroom

CHROMIUM = "/usr/bin/chromium"
# The same without windows, where it is installed: pages are what they are, for half the work.
HEADLESS = shutil.which("chromium-headless-shell") or CHROMIUM
DESKTOP, PHONE = (1360, 900), (360, 740)
_RUN_AXE = """axe.run(document,
  {resultTypes: ["violations"], rules: {"target-size": {enabled: true}}}).then((found) =>
  found.violations.map(({ id, nodes }) => [id, ...nodes.map((node) => node.html.slice(0, 200))]))"""
_WATCH = """
globalThis.ran = [];
for (const name of ["alert", "confirm", "prompt", "print"]) globalThis[name] = () => ran.push(name);
document.addEventListener("securitypolicyviolation", (event) =>
  console.error(`policy: ${event.violatedDirective} ${event.blockedURI} ${event.sample}`));
"""


@dataclass
class Window:
    """A page of Chromium, and what was noted of it."""

    page: Page
    origin: str
    noted: list[str] = field(default_factory=list)
    presses: int = 0

    @classmethod
    def open(cls, context: BrowserContext, origin: str) -> Window:
        """Return a new window whose errors, dialogs and requests to other hosts are noted."""
        window = cls(context.new_page(), origin)
        page = window.page
        page.set_default_timeout(PATIENCE_SECONDS * 1000)
        page.on("console", window._note_words)
        page.on("pageerror", lambda error: window.noted.append(f"error: {error}"))
        page.on("dialog", lambda dialog: window.noted.append(f"dialog: {dialog.message}"))
        page.on("request", lambda request: window._note_address(request.url))
        page.on("response", window._note_answer)
        return window

    def go(self, path: str) -> None:
        """Open a page of the desk."""
        self.page.goto(self.origin + path)

    def press(self, *keys: str) -> None:
        """Press keys, one after the other."""
        for key in keys:
            self.presses += 1
            self.page.keyboard.press(key)

    def write(self, words: str) -> None:
        """Write words, a press for each character."""
        self.presses += len(words)
        self.page.keyboard.type(words)

    def wait_for(self, condition: str) -> None:
        """Wait until JavaScript says that something is so.

        Playwright's own way evaluates words in the page, which the desk's policy forbids.
        """
        end = time.monotonic() + PATIENCE_SECONDS
        while not self._says(condition):
            assert time.monotonic() < end, f"{condition}\n{self.page.url}\n{self.noted}"
            self.page.wait_for_timeout(15)

    def _says(self, condition: str) -> bool:
        try:
            return bool(self.page.evaluate(condition))
        except Error:  # the page is on its way to another
            return False

    def _note_words(self, message: ConsoleMessage) -> None:
        is_answer = message.text.startswith("Failed to load resource")  # noted with its address
        if message.type in {"error", "warning"} and not is_answer:
            self.noted.append(f"{message.type}: {message.text}")

    def _note_answer(self, answer: Response) -> None:
        if answer.status >= 400:
            self.noted.append(f"{answer.status}: {answer.url}")

    def _note_address(self, url: str) -> None:
        if not url.startswith((f"{self.origin}/", "data:", "blob:")):
            self.noted.append(f"asked: {url}")


@contextmanager
def start_chromium(playwright: Playwright, *words: str) -> Iterator[Browser]:
    """Run Chromium for the block, with these words of a command line."""
    browser = playwright.chromium.launch(executable_path=HEADLESS, args=list(words))
    try:
        yield browser
    finally:
        browser.close()


@contextmanager
def new_context(
    browser: Browser, size: tuple[int, int] = DESKTOP, **more: object
) -> Iterator[BrowserContext]:
    """Open a context of its own, with no cookies, for the block."""
    viewport = {"width": size[0], "height": size[1]}
    context = browser.new_context(viewport=viewport, **more)  # type: ignore[arg-type]
    context.add_init_script(_WATCH)
    try:
        yield context
    finally:
        context.close()


def origin_of(served: ServedNewsroom) -> str:
    """Return where a desk is used: passkeys want a name, and take no address."""
    return f"http://localhost:{served.port}"


def setup_path(served: ServedNewsroom) -> str:
    """Return the path of the link that the server printed for its first owner."""
    return str(re.findall(r"http://localhost:\d+(/desk/enter/\S+)", served.said)[-1])


def add_authenticator(window: Window) -> None:
    """Give a window's machine a device that makes passkeys, as a telephone does."""
    devtools = window.page.context.new_cdp_session(window.page)
    devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def come_in(window: Window, served: ServedNewsroom, name: str = "Anna") -> None:
    """Sign the first owner in by the link that was printed."""
    window.go(setup_path(served))
    window.page.fill("[name=name]", name)
    window.page.keyboard.press("Enter")
    window.page.wait_for_url("**/desk/account/")


def come_in_by_link(window: Window, served: ServedNewsroom, name: str) -> None:
    """Add another editor and sign them in by the link that the command prints."""
    said = copydesk("-C", served.root, "desk", "user", "add", name)
    window.go(re.findall(r"(/desk/enter/\S+)", said.out + said.err)[-1])
    window.page.click("main button")
    window.page.wait_for_url("**/desk/account/")


def find_faults(window: Window, axe: str) -> list[Any]:
    """Return what axe (its script) finds in a page, and whether it is wider than its window."""
    window.page.evaluate(axe)
    window.page.evaluate("scrollTo(0, 0)")  # what the bar covers is too small a target
    width = window.page.evaluate("document.documentElement.scrollWidth - innerWidth")
    return [*window.page.evaluate(_RUN_AXE), *([["too wide", width]] if width > 0 else [])]
