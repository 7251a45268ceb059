"""Look at pages of hostile words in a Chromium that keeps no Content-Security-Policy.

A page is compared with the same page made of harmless words: both have the same elements with the
same attributes, nothing runs, and nothing is asked for that the harmless page does not ask for.
"""

from __future__ import annotations

import asyncio
import json
import re
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Frame, Route

from copydesk.serve import Address, Site, WebApp, listening
from world.browsing import DESKTOP, PHONE, Window, new_context
from world.machine import PATIENCE_SECONDS

# events by their class; what a page's own scripts do with them is not meant here
EVENTS = {
    "MouseEvent": "click dblclick auxclick contextmenu mousedown mouseup mouseover mouseenter",
    "PointerEvent": "pointerdown pointerenter pointerover pointerrawupdate",
    "KeyboardEvent": "keydown keypress keyup",
    "FocusEvent": "focus focusin blur",
    "Event": "load error toggle beforetoggle begin end start input change submit search wheel paste"
    " animationstart animationend transitionend play pageshow hashchange cancel close slotchange",
}
FIRE = f"""(() => {{
  const passing = {{ bubbles: true, cancelable: true }};
  const stay = (event) => event.preventDefault(), alone = (event) => event.stopPropagation();
  const fired = Object.entries({json.dumps(EVENTS)}).flatMap(([kind, names]) =>
    names.split(" ").map((name) => [globalThis[kind], name]));
  for (const [, name] of fired) {{
    addEventListener(name, stay, true);
    document.documentElement.addEventListener(name, alone);
  }}
  for (const node of document.body.querySelectorAll("*")) {{
    for (const [kind, name] of fired)
      if (node.isConnected) node.dispatchEvent(new kind(name, {{ ...passing, key: "x" }}));
    node.focus?.({{ preventScroll: true }});
  }}
  document.activeElement.blur();
  for (const [, name] of fired) {{
    removeEventListener(name, stay, true);
    document.documentElement.removeEventListener(name, alone);
  }}
}})()"""
# Editors' notes and the texts of records may have some elements: their own are looked at apart.
WRITTEN = ".note, .body, .aside"
WRITTEN_TAGS = frozenset(
    (
        *("a", "b", "bdi", "blockquote", "br", "div", "em", "h2", "h3", "i", "li", "ol", "p"),
        *("pre", "span", "strong", "table", "tbody", "td", "tr", "ul"),
    )
)
WRITTEN_ATTRIBUTES = frozenset({"href", "rel", "class", "style", "role", "dir"})
_DESCRIBE = f"""(() => {{
  const told = (node) =>
    `${{node.tagName}} ${{[...node.attributes].map(({{ name }}) => name).sort().join(" ")}}`;
  const nodes = [...document.querySelectorAll("*")];
  const isWritten = (node) => node.parentElement?.closest("{WRITTEN}");
  const unsafe = ({{ name, value }}) => /^on/i.test(name)
    || (/^(href|src|action|formaction|data|cite|ping|poster|.*:href)$/i.test(name)
      && /^[\\s\\u0000-\\u001f]*(javascript|vbscript|data|blob|file):/i.test(value));
  return {{
    shape: nodes.filter((node) => !isWritten(node)).map(told),
    written: nodes.filter(isWritten).map((node) => [node.localName, ...node.getAttributeNames()]),
    unsafe: nodes.filter((node) => [...node.attributes].some(unsafe))
      .map((node) => node.outerHTML.slice(0, 200)),
    ran: globalThis.ran ?? ["no watch"],
    type: document.contentType,
  }};
}})()"""
_WIDE = "document.documentElement.scrollWidth > innerWidth"
_ELSEWHERE = re.compile(r"(?!http://(?:localhost|127\.0\.0\.1)[:/])(?:https?|wss?|ftp):.*")
# a page whose own policy forbids all, which a browser that keeps policies would not let run
_GUARDED = """<!doctype html><title>guarded</title>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'">
<script>alert(1)</script>"""


@dataclass(frozen=True, kw_only=True)
class Look:
    """What a browser made of a page: its elements with the names of their attributes, and faults.

    `written` are the elements of editors' notes, `asked` other hosts' addresses that were asked
    for, `wide` the widths of windows in which the page can be scrolled sideways.
    """

    shape: Counter[str]
    type: str
    written: tuple[tuple[str, ...], ...] = ()
    unsafe: tuple[str, ...] = ()
    ran: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()
    wide: tuple[int, ...] = ()

    def find_faults(self, plain: Look) -> list[str]:
        """Return what this page has, did or asked for that the page of harmless words did not."""
        found = [f"more than once or new: {one}" for one in (self.shape - plain.shape)]
        found += [f"missing: {one}" for one in (plain.shape - self.shape)]
        found += [f"ran: {one}" for one in self.ran] + [f"unsafe: {one}" for one in self.unsafe]
        found += [f"asked: {one}" for one in Counter(self.asked) - Counter(plain.asked)]
        found += [f"too wide at {width}" for width in self.wide]
        for tag, *attributes in self.written:
            if tag not in WRITTEN_TAGS or not WRITTEN_ATTRIBUTES.issuperset(attributes):
                found.append(f"in a note: {tag} {attributes}")
        return found if self.type == plain.type else [*found, f"shown as {self.type}"]


@dataclass
class Lookout:
    """A window without policies, and the addresses of other hosts that its pages asked for."""

    window: Window
    asked: list[str] = field(default_factory=list)

    def go(self, address: str) -> None:
        """Open an address, once all that it loads is there."""
        self.asked.clear()
        self.window.page.goto(address, wait_until="load")

    def look(self) -> Look:
        """Look at the page as it is, then fire all events at all elements and look again."""
        page = self.window.page
        before = page.evaluate(_DESCRIBE)
        if page.evaluate("document.body !== null && document.contentType === 'text/html'"):
            page.evaluate(FIRE)
        after: dict[str, Any] = page.evaluate(_DESCRIBE)
        frames = filter(_may_run, page.frames)
        ran = [one for frame in frames for one in frame.evaluate("globalThis.ran ?? []")]
        wide = []
        for width, height in (PHONE, DESKTOP):
            page.set_viewport_size({"width": width, "height": height})
            if page.evaluate(_WIDE):
                wide.append(width)
        return Look(
            shape=Counter(before["shape"]),
            type=before["type"],
            written=tuple(map(tuple, before["written"])),
            unsafe=(*before["unsafe"], *after["unsafe"]),
            ran=tuple(ran),
            asked=tuple(self.asked),
            wide=tuple(wide),
        )

    def take(self, route: Route) -> None:
        """Note and refuse a request to another host."""
        self.asked.append(route.request.url)
        route.abort()


def _may_run(frame: Frame) -> bool:
    """Decide whether scripts may run in a frame; one whose sandbox forbids it gives no answer."""
    sandbox = frame.frame_element().get_attribute("sandbox") if frame.parent_frame else None
    return sandbox is None or "allow-scripts" in sandbox


@contextmanager
def open_lookout(browser: Browser, origin: str = "http://127.0.0.1") -> Iterator[Lookout]:
    """Open a window that keeps no page's Content-Security-Policy, for the block."""
    with new_context(browser, bypass_csp=True) as context:
        lookout = Lookout(Window.open(context, origin))
        context.route(_ELSEWHERE, lookout.take)
        must_be_unguarded(context)
        yield lookout


def must_be_unguarded(context: BrowserContext) -> None:
    """Fail unless a script runs that its page's own policy forbids."""
    page = context.new_page()
    try:
        page.set_content(_GUARDED)
        assert ["alert"] == page.evaluate("ran")
    finally:
        page.close()


@contextmanager
def serve_site(root: Path, path: str) -> Iterator[str]:
    """Serve a built site as `copydesk serve` does, for the block; give its address."""
    ready, ended = threading.Event(), asyncio.Event()
    loop = asyncio.new_event_loop()
    ports: list[int] = []

    async def serve() -> None:
        async with listening(Address(port=0), WebApp(Site(root, path), print)) as port:
            ports.append(port)
            ready.set()
            await ended.wait()

    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()), daemon=True)
    thread.start()
    try:
        assert ready.wait(PATIENCE_SECONDS)
        yield f"http://127.0.0.1:{ports[0]}/{path}/"
    finally:
        loop.call_soon_threadsafe(ended.set)
        thread.join(PATIENCE_SECONDS)
        loop.close()
