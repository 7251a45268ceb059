"""Make the README's pictures from the demo: its front page and its desk, light and dark.

    python docs/pictures/make.py

It runs `copydesk demo` in a folder that vanishes, looks at it with Debian's chromium, and writes
WebP files beside itself.
"""

from __future__ import annotations

import io
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

HERE = Path(__file__).parent
SIZE = {"width": 1280, "height": 800}
QUALITY = 72


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "copydesk", "demo", "--dir", f"{folder}/demo"]
        log = Path(folder) / "log"
        with (
            log.open("wb") as file,
            subprocess.Popen([*command, "--port", "0"], stdout=file, stderr=file) as demo,
        ):
            try:
                link, site = wait_for_links(log)
                with sync_playwright() as playwright:
                    browser = playwright.chromium.launch(
                        executable_path="/usr/bin/chromium", args=["--no-sandbox"]
                    )
                    take_pictures(browser, link, site)
            finally:
                demo.terminate()


def wait_for_links(log: Path) -> tuple[str, str]:
    """Give the link to the desk and the address of the site, once the demo has printed both."""
    for _ in range(1200):
        said = log.read_text("utf-8")
        desk = re.search(r"http://localhost:\d+/desk/enter/\S+", said)
        site = re.search(r"http://127\.0\.0\.1:\d+/", said)
        if desk and site:
            return desk[0], site[0]
        time.sleep(0.1)
    raise SystemExit(f"the demo did not start: {log.read_text('utf-8')[-500:]}")


def take_pictures(browser: Browser, link: str, site: str) -> None:
    """Go in by the link, and take each page light and dark."""
    entered = browser.new_context()
    page = entered.new_page()
    page.goto(link)
    page.click("button.main")
    page.wait_for_url(lambda address: "/enter/" not in address)
    desk = link.partition("enter/")[0]
    for name, address in (("front", site), ("desk", f"{desk}?view=all")):
        for scheme in ("light", "dark"):
            context = browser.new_context(
                viewport=SIZE, color_scheme=scheme, storage_state=entered.storage_state()
            )
            shown = context.new_page()
            shown.goto(address)
            shown.wait_for_timeout(1_000)
            with Image.open(io.BytesIO(shown.screenshot())) as picture:
                picture.save(HERE / f"{name}-{scheme}.webp", quality=QUALITY, method=6)
            context.close()


if __name__ == "__main__":
    main()
