"""Pages in a real browser: what our script adds, what stays without it, and that nothing moves."""

from __future__ import annotations

import functools
import os
import subprocess
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import quote

import pytest
from lxml import html

from copydesk.news import Story
from copydesk.publish import PublishOptions, publish
from world import editions
from world.machine import PATIENCE_SECONDS
from world.manifests import MemoryManifest

pytestmark = [pytest.mark.browser, pytest.mark.slow]

NOW = datetime(2026, 11, 24, 18, 0, tzinfo=UTC)
LONG = "Machines " * 28
PHONE, DESK = (390, 844), (1440, 900)
CLOCK = f"""
const Real = Date, now = {int(NOW.timestamp() * 1000)};
globalThis.Date = class extends Real {{
  constructor(...given) {{ if (given.length) super(...given); else super(now); }}
  static now() {{ return now; }}
}};
"""
WATCH = """
const seen = top.document.documentElement.dataset;
// a busy machine paints a page that it has read in part: what moves counts from the second picture
// that is painted once all is read, as the first is compared with one of a part
const shifts = [];
const count = () => {
  if (!seen.whole) return;
  const late = shifts.filter(({ startTime }) => startTime >= seen.whole);
  seen.shifted = late.reduce((sum, { value }) => sum + value, 0);
};
new PerformanceObserver((list) => {
  shifts.push(...list.getEntries());
  count();
}).observe({ type: "layout-shift", buffered: true });
document.addEventListener("readystatechange", () => {
  if (document.readyState !== "interactive") return;
  requestAnimationFrame(() => requestAnimationFrame((at) => {
    seen.whole = at;
    count();
  }));
});
addEventListener("load", () => setTimeout(() => {
  seen.width = innerWidth;
  seen.wide = document.documentElement.scrollWidth - innerWidth;
  seen.scrolls = getComputedStyle(document.documentElement).scrollBehavior;
  seen.lead = Math.round(document.querySelector("main h3, main h1").getBoundingClientRect().bottom);
  const key = (key) =>
    document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
  const at = () => document.activeElement.textContent;
  key("j"); seen.first = at();
  key("j"); seen.next = at();
  key("k"); seen.back = at();
  key("k"); seen.end = at();
}, 1500));
"""
# a window of Chromium is at least 500 wide, a frame in it may be a phone
PHONE_PAGE = """<!doctype html><iframe width="390" height="844" style="border: 0"></iframe>
<script>document.querySelector("iframe").src = decodeURIComponent(location.hash.slice(1));</script>
"""
Browse = Callable[..., html.HtmlElement]


@dataclass
class Rules:
    """How the server behaves for one look: whether it has our script, and after how long."""

    has_script: bool = True
    script_seconds: float = 0
    asked: set[str] = field(default_factory=set)


class Server(SimpleHTTPRequestHandler):
    """Serve files and say nothing; our script comes when and if the rules say so."""

    rules = Rules()

    def do_GET(self) -> None:
        """Answer with a file."""
        self.rules.asked.add(self.path)
        if self.path.endswith("/site.js"):
            threading.Event().wait(self.rules.script_seconds)
            if not self.rules.has_script:
                self.send_error(404)
                return
        super().do_GET()

    def end_headers(self) -> None:
        """Let nothing be kept for the next look."""
        self.send_header("Cache-Control", "no-store")
        super().end_headers()

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


def hours_old(hours: float, title: str, excerpt: str = "A line.", trust: int = 20) -> Story:
    name = f"2026-11-24-{title.lower().replace(' ', '-')[:30]}"
    at = NOW - timedelta(hours=hours)
    return editions.story(name, title=title, published_at=at, excerpt=excerpt, trust=trust)


@pytest.fixture(scope="module")
def browse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browse]:
    """Yield what opens a page of a built site, after the scripts ran, as the browser left it."""
    folder = tmp_path_factory.mktemp("browser")
    stories = [
        hours_old(0.4, "Minutes"),
        hours_old(5, "Hours", excerpt=""),
        hours_old(23.5, "Almost a day"),
        hours_old(30, "Yesterday", excerpt="A harbour. " * 20),
        hours_old(80, "Old"),
        hours_old(6, LONG),
        hours_old(7, "🚢⚓️"),
        hours_old(1, "Donaudampfschifffahrtsgesellschaftskapitänswitwe", trust=95),
    ]
    root = folder / "robots"
    publish(editions.edition(stories), root, MemoryManifest(), PublishOptions())
    for page in root.rglob("*.html"):
        watched = '<script src="/robots/clock.js"></script><script src="/robots/watch.js"></script>'
        page.write_text(
            page.read_text().replace(
                '<link rel="stylesheet"', f'{watched}<link rel="stylesheet"', 1
            )
        )
    (root / "clock.js").write_text(CLOCK)
    (root / "watch.js").write_text(WATCH)
    (root / "phone.html").write_text(PHONE_PAGE)
    handler = functools.partial(Server, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield functools.partial(opened, server.server_port, folder)
        server.shutdown()


def opened(
    port: int,
    folder: Path,
    path: str,
    *,
    size: tuple[int, int] = DESK,
    zone: str = "UTC",
    rules: Rules | None = None,
    flags: tuple[str, ...] = (),
) -> html.HtmlElement:
    Server.rules = rules or Rules()
    command = ("chromium", "--headless", "--no-sandbox", "--disable-gpu", "--dump-dom", *flags)
    own = (f"--user-data-dir={folder}/profile", "--virtual-time-budget=8000")
    window = f"--window-size={size[0]},{size[1]}"
    framed = f"phone.html#{quote('/robots/' + path, safe='')}" if size == PHONE else path
    done = subprocess.run(
        (*command, *own, window, f"http://127.0.0.1:{port}/robots/{framed}"),
        check=True,
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        env={**os.environ, "TZ": zone},
    )
    return html.document_fromstring(done.stdout)


def times(root: html.HtmlElement) -> dict[str, str]:
    """Return what is said of each card's time, by headline."""
    return {
        card.cssselect("h3")[0].text_content(): card.cssselect(".meta time")[0].text_content()
        for card in root.cssselect(".card")
    }


def test_a_time_of_the_last_day_is_told_by_its_age(browse: Browse) -> None:
    said = times(browse("2026/11/24/")) | times(browse("2026/11/23/"))

    assert said["Minutes"] == "24 minutes ago"
    assert said["Hours"] == "5 hours ago"
    assert said["Almost a day"] == "23 hours ago"
    assert said["Yesterday"] == "yesterday"


def test_an_older_time_is_in_the_zone_of_its_reader(browse: Browse) -> None:
    here, there = (times(browse("2026/11/21/", zone=zone))["Old"] for zone in ("UTC", "Asia/Tokyo"))

    assert here == "21 Nov 2026, 10:00"
    assert there == "21 Nov 2026, 19:00"


def test_without_the_script_every_time_stands_in_full(browse: Browse) -> None:
    root = browse("2026/11/24/", rules=Rules(has_script=False))

    assert times(root)["Hours"] == "24 Nov 2026, 13:00"
    assert not [time for time in root.cssselect("time") if time.get("title")]


def test_j_and_k_go_from_headline_to_headline(browse: Browse) -> None:
    root = browse("")
    titles = [one.text_content() for one in root.cssselect(".card h3 a, .brief a")]

    assert [root.get(f"data-{one}") for one in ("first", "next", "back", "end")] == [
        titles[0],
        titles[1],
        titles[0],
        titles[0],
    ]


@pytest.mark.sample("-size1", "2026/11/24/-size0", "topics/robots/-size1", "search/?q=a-size0")
@pytest.mark.parametrize("size", [PHONE, DESK])
@pytest.mark.parametrize("path", ["", "2026/11/24/", "topics/robots/", "search/?q=a"])
def test_nothing_moves_and_nothing_is_too_wide(
    browse: Browse, path: str, size: tuple[int, int]
) -> None:
    late = browse(path, size=size, rules=Rules(script_seconds=0.6))

    assert late.get("data-width") == str(size[0])
    assert late.get("data-shifted") == "0"
    assert int(late.get("data-wide", "1")) <= 0


def test_the_first_screen_of_a_phone_shows_the_lead(browse: Browse) -> None:
    root = browse("", size=PHONE)

    assert int(root.get("data-lead", "9999")) < PHONE[1]


def test_who_wants_no_motion_gets_none(browse: Browse) -> None:
    still = browse("", flags=("--force-prefers-reduced-motion",))

    assert [browse("").get("data-scrolls"), still.get("data-scrolls")] == ["smooth", "auto"]


def test_a_page_asks_for_nothing_but_its_own_few_files(browse: Browse) -> None:
    rules = Rules()

    browse("", rules=rules)

    ours = {path.removeprefix("/robots/") for path in rules.asked} - {"clock.js", "watch.js"}
    assert ours <= {"", "style.css", "site.js", "icon.svg", "site.webmanifest", "/favicon.ico"}
