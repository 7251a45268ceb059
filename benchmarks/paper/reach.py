"""Say how many steps lie between the front page and every published item of a built site.

    python benchmarks/paper/reach.py NEWSROOM [--site FOLDER]

NEWSROOM has been built (`copydesk build`); --site is where, if not in `.copydesk/site`. The files
are read as a browser would follow them: breadth first, over links in `<a href>` alone, no script.
Printed are the items of each collection by their number of steps, the pages by theirs, what is out
of reach, and every address of a link, picture, style or script below which no file lies. An item
whose page is elsewhere (a course, a community) is one step from the page that links to it.
"""

from __future__ import annotations

import argparse
import html
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

from copydesk import config
from copydesk.archive import Archive
from copydesk.errors import CopydeskError
from copydesk.news import Record, Story

STEPS = 4
HOME = "http://site.invalid"
FOLDERS = {
    "learning": "learning",
    "samples": "sample",
    "people": "people",
    "companies": "company",
    "challenges": "challenge",
    "events": "event",
    "projects": "project",
    "newsletters": "newsletter",
}
_LINK = re.compile(rb'<a\s[^>]*?href="([^"]*)"')
_USED = re.compile(rb'<(?:link|script|img|source)\s[^>]*?(?:href|src)="([^"]*)"')
_REFRESH = b'http-equiv="refresh"'


@dataclass(slots=True)
class Reach:
    """What a crawl found: steps by address, who links to what is not there, pages nobody found."""

    steps: dict[str, int] = field(default_factory=dict)
    dead: list[tuple[str, str]] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)


def crawl(site: Path, base: str = "") -> Reach:
    """Follow the links of a built site, whose links begin with `base`, from its front page.

    Addresses of its own pages are folders (`news/x/`, "" for the front page), others stand whole.
    """
    found, ring = Reach(steps={"": 0}), [""]
    while ring:
        here, ring = ring, []
        for page in here:
            for address in _links(site, page, base, found):
                if address not in found.steps:
                    found.steps[address] = found.steps[page] + 1
                    ring += [address] if "://" not in address else []
    pages = (path for path in site.rglob("index.html") if _REFRESH not in path.read_bytes())
    folders = (path.parent.relative_to(site).as_posix() + "/" for path in pages)
    found.lost = sorted({"" if one == "./" else one for one in folders} - found.steps.keys())
    return found


def _links(site: Path, page: str, base: str, found: Reach) -> Iterator[str]:
    """Give where a page's links lead, once each, and note what leads nowhere."""
    path = site / page / "index.html" if page.endswith("/") or not page else site / page
    if path.suffix != ".html":
        return
    data = path.read_bytes()
    for address in dict.fromkeys(_LINK.findall(data)):
        place = _place(address, page, base)
        if place is None or "://" in place or _is_there(site, place):
            yield from [place] if place is not None else []
        else:
            found.dead.append((page, place))
    for address in set(_USED.findall(data)):
        place = _place(address, page, base)
        if place is not None and "://" not in place and not _is_there(site, place):
            found.dead.append((page, place))


def _place(address: bytes, page: str, base: str) -> str | None:
    """Give an address below the site's folder, whole where it is another's, None for no page."""
    whole = urljoin(f"{HOME}{base}/{page}", html.unescape(address.decode()))
    if not whole.startswith(("http:", "https:")):
        return None
    if not whole.startswith(f"{HOME}/"):
        return whole
    path = unquote(urlsplit(whole).path)
    return path.removeprefix(f"{base}/") if path.startswith(f"{base}/") else whole


def _is_there(site: Path, place: str) -> bool:
    path = site / place
    return (path / "index.html" if not place or place.endswith("/") else path).is_file()


def published(stories: Iterable[Story], records: Iterable[Record]) -> Mapping[str, list[str]]:
    """Give the address of every published item by its collection, as `Reach.steps` has them."""
    items = defaultdict(list)
    items["news"] = [f"news/{Path(s.path).stem}/" for s in stories if s.published is True]
    for record in records:
        fields = record.fields
        if fields.get("removed") is True or fields.get("published") is False:
            continue
        name = record.path.removeprefix(f"_{record.collection}/").rsplit(".", 1)[0]
        folder = FOLDERS.get(record.collection, "")
        place = f"{folder}/{name}/" if folder else ""
        elsewhere = str(fields.get("webUrl") or "")
        if elsewhere and not (place and elsewhere.endswith(f"/{place}")):
            place = elsewhere
        if place:
            items[record.collection].append(place)
    return items


def told(items: Mapping[str, Collection[str]], reach: Reach) -> list[str]:
    """Give the lines of a table: how many items of each collection are how many steps away."""
    lines = [
        "| collection | items | steps (items) | at most | out of reach |",
        "|---|---|---|---|---|",
    ]
    for name, places in sorted(items.items()):
        steps = Counter(reach.steps[one] for one in places if one in reach.steps)
        spread = ", ".join(f"{step} ({count})" for step, count in sorted(steps.items()))
        out = len(places) - steps.total()
        lines.append(f"| {name} | {len(places)} | {spread} | {max(steps, default=0)} | {out} |")
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("newsroom", type=Path)
    parser.add_argument("--site", type=Path)
    asked = parser.parse_args()
    settings, archive = config.load(asked.newsroom, {}), Archive(asked.newsroom)
    site = asked.site or asked.newsroom / ".copydesk" / "site"
    reach = crawl(site, urlsplit(settings.beat.url).path.rstrip("/"))
    items = published(archive.stories(_no_trouble), archive.records(_no_trouble))
    print(*told(items, reach), sep="\n")
    own = Counter(step for page, step in reach.steps.items() if "://" not in page)
    print("\npages by steps:", dict(sorted(own.items())))
    for title, found in (("dead", reach.dead), ("pages out of reach", reach.lost)):
        print(f"{title}: {len(found)}", *found[:20], sep="\n  ")
    far = [one for some in items.values() for one in some if reach.steps.get(one, 99) > STEPS]
    print(f"items beyond {STEPS} steps: {len(far)}", *far[:20], sep="\n  ")
    sys.exit(bool(far or reach.dead or reach.lost))


def _no_trouble(error: CopydeskError) -> None:
    raise error


if __name__ == "__main__":
    main()
