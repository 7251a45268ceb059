"""Looks: what Lighthouse says of each page's accessibility, the site's and the desk's.

    PYTHONPATH=tests python -m world.looks LIGHTHOUSE [--only WORD]

LIGHTHOUSE is its command (`./run.sh looks` installs it by npm). A demo newsroom is made and served,
its first owner comes in, and each page is shown to a Chromium of its own, which sends the owner's
cookie where the page wants one. Prints a line for each page and what it lost points by; ends with 1
where a page has fewer than all 100.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from copydesk.archive import Archive
from world.browsing import CHROMIUM, setup_path
from world.command import copydesk
from world.served_desk import Browser
from world.served_newsroom import ServedNewsroom, serve_newsroom

LIST = "title: The best\nby: Anna\nstories:\n- story: {}\n- story: {}\n"
OF_THE_DESK = ["", "?view=all", "today/", "dropped/", "write/", "file/", "stash/", "account/"]
OF_THE_DESK += ["people/", "list/", "list/?id=best", "numbers/", "recall/", "story/{}/"]
OF_THE_DESK += ["story/{}/edit/", "story/{}/trail/", "sources/", "sources/add/"]
OF_THE_DESK += ["topics/", "topics/one/?name=AI+Policy", "organizations/", "what-if/", "front/"]
ASKED = ["--only-categories=accessibility", "--chrome-flags=--headless=new --no-sandbox", "--quiet"]
ASKED += ["--output=json", "--throttling-method=provided", "--disable-full-page-screenshot"]
ASKED += ["--max-wait-for-load=5000"]  # the desk's stream of events never ends
SHOWN = 3  # elements of each fault


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """A page, and the cookie that it is asked with."""

    path: str
    cookie: str = ""


def main() -> int:
    """Look at every page; return the exit code."""
    parser = argparse.ArgumentParser(prog="world.looks")
    parser.add_argument("lighthouse")
    parser.add_argument("--only", default="", help="look at pages with this in their address")
    arguments = parser.parse_args()
    worst = 100
    with tempfile.TemporaryDirectory() as folder, serve_newsroom(make_demo(Path(folder))) as served:
        origin = f"http://localhost:{served.port}"
        for look in list_looks(served):
            if arguments.only in look.path:
                points, lost = ask_lighthouse(arguments.lighthouse, origin, look)
                worst = min(worst, points)
                print(f"{points:4} {look.path}", *lost, sep="\n       ", flush=True)
    return int(worst < 100)


def make_demo(folder: Path) -> Path:
    """Make the demo newsroom, with a reading list."""
    root = folder / "demo"
    made = copydesk("demo", "--no-serve", "--dir", root)
    assert made.code == 0, made.err
    names = [story.path[6:-3] for story in Archive(root).stories(print) if story.published]
    lists = root / "_data/lists"
    lists.mkdir(exist_ok=True)
    (lists / "best.yaml").write_text(LIST.format(*names), "utf-8")
    assert copydesk("-C", root, "build").code == 0
    return root


def list_looks(served: ServedNewsroom) -> Iterator[Look]:
    """Yield the pages: the door's first, since the owner comes in by one of them."""
    yield Look(path=setup_path(served))
    yield Look(path="/desk/sign-in")
    cookie = sign_in(served.owner())
    name = next(iter(Archive(served.root).stories(print))).path[6:-3]
    for path in OF_THE_DESK:
        yield Look(path=f"/desk/{path.format(name)}", cookie=cookie)
    for path in find_site_pages(served.root / ".copydesk/site"):
        yield Look(path=path)


def sign_in(browser: Browser) -> str:
    """Return the cookie of a browser that came in."""
    return "; ".join(f"{name}={secret}" for name, secret in browser.jar.items())


def find_site_pages(site: Path) -> Iterator[str]:
    """Yield one page of each kind that the site has."""
    kinds: set[str] = set()
    for page in sorted(site.rglob("*.html")):
        path = page.relative_to(site).as_posix()
        kind = re.sub(r"[^/]*\d[^/]*", "#", path) if path.count("/") else path
        kind = "/".join(kind.split("/")[:1] + kind.split("/")[2:]) if path.count("/") > 1 else kind
        if kind not in kinds:
            kinds.add(kind)
            yield "/" + path.removesuffix("index.html")


def ask_lighthouse(command: str, origin: str, look: Look) -> tuple[int, list[str]]:
    """Return a page's points, and a line for each thing that it lost some by."""
    words = [command, origin + look.path, *ASKED]
    if look.cookie:
        words.append(f"--extra-headers={json.dumps({'Cookie': look.cookie})}")
    environ = {**os.environ, "CHROME_PATH": CHROMIUM}
    done = subprocess.run(words, capture_output=True, env=environ, timeout=180, check=False)
    if done.returncode:
        return 0, [done.stderr.decode()[-500:]]
    report = json.loads(done.stdout)
    audits = {
        audit["id"]: audit["weight"] for audit in report["categories"]["accessibility"]["auditRefs"]
    }
    lost = [
        f"{name}: {item.get('node', {}).get('snippet', '')[:120]}"
        for name, audit in report["audits"].items()
        if audits.get(name) and audit["score"] is not None and audit["score"] < 1
        for item in audit.get("details", {}).get("items", [{}])[:SHOWN]
    ]
    final = report["finalDisplayedUrl"].removeprefix(origin)
    if final != look.path:
        lost.append(f"led to {final}")
    return round(report["categories"]["accessibility"]["score"] * 100), lost


if __name__ == "__main__":
    sys.exit(main())
