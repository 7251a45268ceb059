"""Our own code beside libraries that do the same: robots.txt, OPML, ThumbHash, dates, charsets.

    pip install protego listparser thumbhash-python dateparser charset-normalizer
    python benchmarks/libraries.py [ROBOTS.zip] [PICTURE]

What is not installed is left out. The figures stand in docs/design/libraries.md.
"""

from __future__ import annotations

import contextlib
import sys
import time
import zipfile
from collections.abc import Callable
from functools import partial
from itertools import chain
from pathlib import Path
from typing import TypeVar

from copydesk.fetch.robots import RobotsRules

PATHS = ("/", "/news/a", "/search?q=a", "/wp-admin/", "/feed", "/a/b/c.html", "/tag/x", "/api/v1")
HOSTILE = {
    "many groups": b"".join(b"User-agent: copydesk\nDisallow: /%d\n\n" % n for n in range(16_000)),
    "stars": b"User-agent: *\nDisallow: /" + b"*a" * 200_000 + b"\n",
    "many stars": b"User-agent: *\n"
    + b"".join(b"Disallow: /%s*z\n" % (b"*a" * 20) for _ in range(8_000)),
}
TIMES = (
    "Tue, 03 Mar 2026 09:05:00 GMT",
    "3. März 2026, 9:05",
    "2026-03-03T09:05:00Z",
    "3 mars 2026",
)


T = TypeVar("T")


def timed(name: str, work: Callable[[], T]) -> T:
    """Do the work, print how long it took, and return what it gave."""
    began = time.perf_counter()
    result = work()
    print(f"  {name}: {(time.perf_counter() - began) * 1_000:.1f} ms")
    return result


def compare_robots(path: str | None) -> None:
    from protego import Protego

    def theirs(body: bytes, paths: tuple[str, ...]) -> list[bool]:
        parser = Protego.parse(body.decode("utf-8", "replace"))
        return [parser.can_fetch(f"https://a.example{each}", "copydesk") for each in paths]

    def ours(body: bytes, paths: tuple[str, ...]) -> list[bool]:
        rules = RobotsRules.read(body)
        return [rules.allow(f"https://a.example{each}") for each in paths]

    if path is not None:
        with zipfile.ZipFile(path) as folder:
            bodies = [folder.read(name) for name in folder.namelist() if not name.endswith("/")]
        mine = timed("robots.txt, ours", lambda: [ours(body, PATHS) for body in bodies])
        other = timed("robots.txt, protego", lambda: [theirs(body, PATHS) for body in bodies])
        differ = sum(a != b for a, b in zip(chain(*mine), chain(*other), strict=True))
        print(f"  files {len(bodies)}, answers that differ: {differ}")
    for name, body in HOSTILE.items():
        timed(f"{name}, ours", partial(ours, body, ("/" + "a" * 2_000,)))
        timed(f"{name}, protego", partial(theirs, body, ("/" + "a" * 2_000,)))


def compare_opml() -> None:
    import listparser

    from copydesk import watch

    outline = (
        '<outline text="F"><outline type="rss" text="a" xmlUrl="https://a{n}.example/f"/></outline>'
    )
    body = "".join(outline.replace("{n}", str(n)) for n in range(2_000))
    document = f'<opml version="2.0"><head/><body>{body}</body></opml>'.encode()
    timed("OPML of 2,000, ours", lambda: watch.read_opml(document))
    timed("OPML of 2,000, listparser", lambda: listparser.parse(document))
    deep = b"<opml><body>" + b'<outline text="a">' * 50_000 + b"</body></opml>"
    timed("50,000 folders deep, ours", lambda: watch.read_opml(deep))
    timed("50,000 folders deep, listparser", lambda: listparser.parse(deep))


def compare_thumb_hash(path: str | None) -> None:
    from PIL import Image
    from thumbhash import image_to_thumbhash

    from copydesk.illustrate import thumb_hash

    if path is not None:
        image = Image.open(path).convert("RGB")
        image.thumbnail((100, 100))
        timed("ThumbHash, ours", lambda: thumb_hash(image))
        with Path(path).open("rb") as file:
            timed("ThumbHash, thumbhash-python", lambda: image_to_thumbhash(file))


def compare_times() -> None:
    import dateparser

    from copydesk.watch.entry import parse_moment

    dateparser.parse(TIMES[0])
    timed("400 times, ours", lambda: [parse_moment(each) for each in TIMES * 100])
    timed("400 times, dateparser", lambda: [dateparser.parse(each) for each in TIMES * 100])


def compare_charsets() -> None:
    from charset_normalizer import from_bytes

    from copydesk.watch.documents import decode

    document = ("<rss><item>Zürich, Málaga, Œuvre</item></rss>" * 20_000).encode("cp1252")
    timed("1 MB without a label, ours", lambda: decode(document))
    timed("1 MB without a label, charset-normalizer", lambda: str(from_bytes(document).best()))


if __name__ == "__main__":
    robots, picture, *_ = (*sys.argv[1:], None, None)
    for compare in (
        lambda: compare_robots(robots),
        compare_opml,
        lambda: compare_thumb_hash(picture),
        compare_times,
        compare_charsets,
    ):
        with contextlib.suppress(ModuleNotFoundError):
            compare()
