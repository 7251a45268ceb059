"""Make the pictures of README and documentation, light and dark: ./run.sh pictures

It runs the demo of a fixed day in a folder that vanishes, looks at its site and its desk with
Debian's chromium, and writes WebP files beside itself.
"""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, Route, sync_playwright

CHROMIUM = "/usr/bin/chromium"
HERE = Path(__file__).parent
NOW = "2026-11-27T09:00:00Z"
WIDTH, HEIGHT = 1200, 750
QUALITY = 52
MOST_BYTES = 600_000  # of all pictures


@dataclass(frozen=True, slots=True, kw_only=True)
class Demo:
    """The addresses of a demo that is served, and of its next weekly newsletter as a file."""

    site: str
    desk: str
    link: str  # signs in
    story: str  # one that other publishers cover, with a short headline
    letter: str


def main() -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        served_demo(Path(folder)) as demo,
        sync_playwright() as playwright,
    ):
        chromium = playwright.chromium
        take_pictures(chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"]), demo)
    size = sum(path.stat().st_size for path in HERE.glob("*.webp"))
    if size > MOST_BYTES:
        raise SystemExit(f"the pictures are too large: {size} bytes")


@contextmanager
def served_demo(folder: Path) -> Iterator[Demo]:
    """Serve a demo for the block."""
    copydesk = [sys.executable, "-m", "copydesk"]
    log, room = folder / "log", str(folder / "demo")
    command = [*copydesk, "demo", "--dir", room, "--now", NOW, "--port", "0"]
    with log.open("wb") as file, subprocess.Popen(command, stdout=file, stderr=file) as demo:
        try:
            link, site = wait_for_links(log)
            ask = [*copydesk, "-C", room, "--now", NOW]
            stories = json.loads(subprocess.check_output([*ask, "stories", "--json"]))["stories"]
            letter = folder / "letter.html"
            subprocess.run(
                [*ask, "mail", "preview", "weekly", "--html", letter],
                check=True,
                capture_output=True,
            )
            covered = [story for story in stories if story["heat"] > story["quality"]]
            short = min(covered, key=lambda story: len(story["title"]))["path"]
            desk = link.partition("enter/")[0]
            yield Demo(
                site=site,
                desk=desk,
                link=link,
                story=f"{desk}story/{Path(short).stem}/",
                letter=letter.as_uri(),
            )
        finally:
            demo.terminate()


def wait_for_links(log: Path) -> tuple[str, str]:
    """Return the link to the desk and the address of the site, once the demo has printed both."""
    for _ in range(3000):
        printed = log.read_text("utf-8")
        desk = re.search(r"http://localhost:\d+/desk/enter/\S+", printed)
        site = re.search(r"http://127\.0\.0\.1:\d+/", printed)
        if desk and site:
            return desk[0], site[0]
        time.sleep(0.1)
    raise SystemExit(f"the demo did not start: {log.read_text('utf-8')[-500:]}")


def take_pictures(browser: Browser, demo: Demo) -> None:
    """Sign in by the link, and take each page light and dark."""
    entered = browser.new_context()
    page = entered.new_page()
    page.goto(demo.link)
    page.click("button.main")
    page.wait_for_url(lambda address: "/enter/" not in address)
    for scheme in ("light", "dark"):
        context = browser.new_context(color_scheme=scheme, storage_state=entered.storage_state())
        show_pictures_of_site(context, demo)
        for name, open_page in PAGES.items():
            shown = context.new_page()
            shown.set_viewport_size({"width": WIDTH, "height": HEIGHT})
            open_page(shown, demo)
            shown.wait_for_timeout(1_000)
            with Image.open(io.BytesIO(shown.screenshot(animations="disabled"))) as picture:
                picture.save(HERE / f"{name}-{scheme}.webp", quality=QUALITY, method=6)
        context.close()


def show_pictures_of_site(context: BrowserContext, demo: Demo) -> None:
    """Load from the demo what its newsletters load from the site's own address."""

    def load(route: Route) -> None:
        route.continue_(url=re.sub(r"^http://127\.0\.0\.1:\d+/", demo.site, route.request.url))

    context.route(re.compile(r"^http://127\.0\.0\.1:8000/"), load)


def open_queue(page: Page, demo: Demo) -> None:
    page.goto(f"{demo.desk}?view=waiting")


def open_front(page: Page, demo: Demo) -> None:
    page.goto(demo.site)


def open_story(page: Page, demo: Demo) -> None:
    page.set_viewport_size({"width": WIDTH, "height": 1000})
    page.goto(demo.story)


def open_letter(page: Page, demo: Demo) -> None:
    page.set_viewport_size({"width": 800, "height": 1000})
    page.goto(demo.letter)


def open_trial(page: Page, demo: Demo) -> None:
    page.goto(f"{demo.desk}what-if/")
    page.fill("[name=publish_at]", "85")
    page.click("form[action$='/try'] button.main")
    page.wait_for_selector(".answer .counts")


PAGES: dict[str, Callable[[Page, Demo], None]] = {
    "desk": open_queue,
    "front": open_front,
    "story": open_story,
    "letter": open_letter,
    "what-if": open_trial,
}

if __name__ == "__main__":
    main()
