"""What the server says of a file: packed for whoever takes that, and asked for again."""

from __future__ import annotations

import asyncio
import gzip
import io
import os
from collections.abc import Mapping
from pathlib import Path

import pytest
from aiohttp import ClientSession

from copydesk.serve import Address, PackedTexts, Site, WebApp, listening

PAGE = "<h1>Tides</h1>" + "the sea comes and goes, " * 200
SECONDS = 1_795_000_000
Answers = list[tuple[int, Mapping[str, str], bytes]]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name, text in (("index.html", PAGE), ("feed.xml", PAGE), ("short.txt", "brief")):
        (tmp_path / name).write_text(text)
        os.utime(tmp_path / name, (SECONDS, SECONDS))
    (tmp_path / "cards").mkdir()
    (tmp_path / "cards" / "tides.png").write_bytes(b"PNG" * 1_000)
    (tmp_path / "pictures").mkdir()
    (tmp_path / "pictures" / "a.webp").write_bytes(b"RIFF" * 1_000)
    return tmp_path


def ask(root: Path, *requests: tuple[str, str, dict[str, str]]) -> Answers:
    """Ask a server for (method, path, headers) one after the other, over one connection."""

    async def asked() -> Answers:
        async with (
            listening(Address(port=0), WebApp(Site(root, ""), print)) as port,
            ClientSession(
                f"http://127.0.0.1:{port}",
                skip_auto_headers=["Accept-Encoding"],
                auto_decompress=False,
            ) as session,
        ):
            found: Answers = []
            for method, path, headers in requests:
                async with session.request(method, path, headers=headers) as answer:
                    found.append((answer.status, answer.headers.copy(), await answer.read()))
        return found

    return asyncio.run(asked())


@pytest.mark.parametrize(
    "takes", ["gzip", "gzip, deflate, br", "br;q=1.0, GZIP;q=0.5", "deflate,gzip;q=0.01"]
)
def test_a_text_is_packed_for_whoever_takes_it(root: Path, takes: str) -> None:
    ((status, headers, body),) = ask(root, ("GET", "/", {"Accept-Encoding": takes}))

    assert (status, headers["Content-Encoding"], headers["Vary"]) == (
        200,
        "gzip",
        "Accept-Encoding",
    )
    assert gzip.decompress(body).decode() == PAGE
    assert int(headers["Content-Length"]) == len(body) < len(PAGE) / 5
    assert headers["Content-Type"] == "text/html; charset=utf-8"


@pytest.mark.parametrize("takes", ["", "identity", "br", "gzip;q=0", "gzip; q=0.0, br", "xgzipx"])
def test_it_is_sent_as_it_is_to_whoever_does_not(root: Path, takes: str) -> None:
    ((status, headers, body),) = ask(root, ("GET", "/", {"Accept-Encoding": takes}))

    assert (status, headers.get("Content-Encoding")) == (200, None)
    assert body.decode() == PAGE
    assert headers["Vary"] == "Accept-Encoding"


@pytest.mark.parametrize("path", ["/short.txt", "/pictures/a.webp"])
def test_what_is_short_or_packed_already_stays(root: Path, path: str) -> None:
    ((_, headers, _),) = ask(root, ("GET", path, {"Accept-Encoding": "gzip"}))

    assert "Content-Encoding" not in headers


def test_who_has_a_page_is_told_so_and_the_connection_goes_on(root: Path) -> None:
    takes = {"Accept-Encoding": "gzip"}
    ((_, first, _),) = ask(root, ("GET", "/", takes))

    known, other, head, again = ask(
        root,
        ("GET", "/", {**takes, "If-None-Match": first["ETag"]}),
        (
            "GET",
            "/",
            {**takes, "If-None-Match": '"other"', "If-Modified-Since": first["Last-Modified"]},
        ),
        ("HEAD", "/", takes),
        ("GET", "/", {**takes, "If-Modified-Since": first["Last-Modified"]}),
    )

    assert (known[0], known[2], known[1]["ETag"]) == (304, b"", first["ETag"])
    assert "Content-Encoding" not in known[1]
    assert (other[0], gzip.decompress(other[2]).decode()) == (200, PAGE)
    assert (head[0], head[2], head[1]["ETag"]) == (200, b"", first["ETag"])
    assert (again[0], again[2]) == (304, b"")


def test_a_packed_text_has_another_tag_than_the_plain_one(root: Path) -> None:
    packed, plain = ask(root, ("GET", "/", {"Accept-Encoding": "gzip"}), ("GET", "/", {}))

    assert packed[1]["ETag"] != plain[1]["ETag"]


def test_a_part_is_cut_from_the_plain_text(root: Path) -> None:
    headers = {"Accept-Encoding": "gzip", "Range": "bytes=0-13"}

    ((status, said, body),) = ask(root, ("GET", "/", headers))

    assert (status, body) == (206, b"<h1>Tides</h1>")
    assert "Content-Encoding" not in said


def test_pages_are_asked_for_again_and_pictures_never(root: Path) -> None:
    page, feed, picture = ask(
        root, ("GET", "/", {}), ("GET", "/feed.xml", {}), ("GET", "/pictures/a.webp", {})
    )

    assert page[1]["Cache-Control"] == feed[1]["Cache-Control"] == "no-cache"
    assert picture[1]["Cache-Control"] == "public, max-age=31536000, immutable"
    assert feed[1]["Content-Type"] == "application/atom+xml; charset=utf-8"


def test_a_shared_cache_may_answer_for_the_card_of_a_page(root: Path) -> None:
    ((_, headers, _),) = ask(root, ("GET", "/cards/tides.png", {}))

    assert headers["Cache-Control"] == "public, max-age=300"


@pytest.mark.parametrize("path", ["/", "/short.txt", "/cards/tides.png", "/pictures/a.webp"])
@pytest.mark.parametrize("takes", ["gzip", ""])
def test_head_has_the_headers_of_get(root: Path, path: str, takes: str) -> None:
    asked = {"Accept-Encoding": takes}
    get, head = ask(root, ("GET", path, asked), ("HEAD", path, asked))

    own = {"Date", "X-Request-ID"}  # of each answer
    first, second = ({k: v for k, v in one[1].items() if k not in own} for one in (get, head))
    assert (200, b"") == (head[0], head[2])
    assert first == second
    assert len(get[2]) == int(head[1]["Content-Length"])


DATE, LATER, EARLIER = (
    "Wed, 18 Nov 2026 11:06:40 GMT",
    "Thu, 19 Nov 2026 00:00:00 GMT",
    "Tue, 17 Nov 2026 00:00:00 GMT",
)
TAG = f'"{SECONDS * 1_000_000_000:x}-5"'


@pytest.mark.parametrize(
    ("headers", "status", "body", "length"),
    [
        ({"If-None-Match": "*"}, 304, b"", None),
        ({"If-None-Match": TAG}, 304, b"", None),
        ({"If-None-Match": f'"x", W/{TAG}'}, 304, b"", None),
        ({"If-None-Match": '"x"'}, 200, b"brief", "5"),
        ({"If-None-Match": "nonsense", "If-Modified-Since": LATER}, 200, b"brief", "5"),
        ({"If-Modified-Since": DATE}, 304, b"", None),
        ({"If-Modified-Since": EARLIER}, 200, b"brief", "5"),
        ({"If-Modified-Since": "yesterday"}, 200, b"brief", "5"),
        ({"If-Modified-Since": "Wed, 99 Foo 99999999999 11:06:40 GMT"}, 200, b"brief", "5"),
        ({"If-Match": "*"}, 200, b"brief", "5"),
        ({"If-Match": f'"x", {TAG}'}, 200, b"brief", "5"),
        ({"If-Match": f"W/{TAG}"}, 412, b"", "0"),
        ({"If-Match": '"x"'}, 412, b"", "0"),
        ({"If-Unmodified-Since": DATE}, 200, b"brief", "5"),
        ({"If-Unmodified-Since": EARLIER}, 412, b"", "0"),
        ({"If-Match": TAG, "If-Unmodified-Since": EARLIER}, 200, b"brief", "5"),
    ],
)
def test_what_is_asked_for_on_a_condition_is_sent_if_it_holds(
    root: Path, headers: dict[str, str], status: int, body: bytes, length: str | None
) -> None:
    ((found, said, sent),) = ask(root, ("GET", "/short.txt", headers))

    assert (status, body, length) == (found, sent, said.get("Content-Length"))


@pytest.mark.parametrize(
    ("headers", "status", "body", "part"),
    [
        ({"Range": "bytes=0-1"}, 206, b"br", "bytes 0-1/5"),
        ({"Range": "bytes=3-"}, 206, b"ef", "bytes 3-4/5"),
        ({"Range": "bytes=3-99"}, 206, b"ef", "bytes 3-4/5"),
        ({"Range": "bytes=-2"}, 206, b"ef", "bytes 3-4/5"),
        ({"Range": "bytes=-99"}, 206, b"brief", "bytes 0-4/5"),
        ({"Range": "bytes=-0"}, 416, b"", "bytes */5"),
        ({"Range": "bytes=5-"}, 416, b"", "bytes */5"),
        ({"Range": "bytes=5-9"}, 416, b"", "bytes */5"),
        ({"Range": f"bytes={'9' * 30}-"}, 416, b"", "bytes */5"),
        ({"Range": f"bytes={'9' * 9_000}-"}, 416, b"", "bytes */5"),
        ({"Range": f"bytes={'0' * 9_000}3-"}, 206, b"ef", "bytes 3-4/5"),
        ({"Range": f"bytes=-{'9' * 9_000}"}, 206, b"brief", "bytes 0-4/5"),
        ({"Range": f"bytes=3-{'9' * 9_000}"}, 206, b"ef", "bytes 3-4/5"),
        ({"Range": "Bytes=0-1"}, 206, b"br", "bytes 0-1/5"),
        # what is no range of bytes, and more than one at once, is ignored (RFC 9110, 14.2)
        ({"Range": "bytes=3-2"}, 200, b"brief", None),
        ({"Range": "bytes=-"}, 200, b"brief", None),
        ({"Range": "bytes="}, 200, b"brief", None),
        ({"Range": "bytes"}, 200, b"brief", None),
        ({"Range": "bytes=x-1"}, 200, b"brief", None),
        ({"Range": "bytes=\u0663-"}, 200, b"brief", None),
        ({"Range": "bytes=0-1,3-4"}, 200, b"brief", None),
        ({"Range": "lines=1-2"}, 200, b"brief", None),
        ({"Range": ""}, 200, b"brief", None),
        ({"Range": "bytes=0-1", "If-Range": TAG}, 206, b"br", "bytes 0-1/5"),
        ({"Range": "bytes=0-1", "If-Range": DATE}, 206, b"br", "bytes 0-1/5"),
        ({"Range": "bytes=0-1", "If-Range": '"x"'}, 200, b"brief", None),
        ({"Range": "bytes=0-1", "If-Range": f"W/{TAG}"}, 200, b"brief", None),
        ({"Range": "bytes=0-1", "If-Range": EARLIER}, 200, b"brief", None),
        ({"If-Range": TAG}, 200, b"brief", None),
    ],
)
def test_a_part_is_sent_where_the_file_has_it_and_is_the_one_meant(
    root: Path, headers: dict[str, str], status: int, body: bytes, part: str | None
) -> None:
    plain, head = ask(root, ("GET", "/short.txt", headers), ("HEAD", "/short.txt", headers))

    assert (status, body, part) == (plain[0], plain[2], plain[1].get("Content-Range"))
    assert (200, b"") == (head[0], head[2])  # no part of a HEAD is defined (RFC 9110, 14.2)
    assert ("5", None) == (head[1].get("Content-Length"), head[1].get("Content-Range"))


def test_no_part_is_sent_of_a_file_without_bytes(root: Path) -> None:
    (root / "short.txt").write_bytes(b"")

    plain, part = ask(
        root, ("GET", "/short.txt", {}), ("GET", "/short.txt", {"Range": "bytes=0-1"})
    )

    assert (200, b"") == (plain[0], plain[2])
    assert (416, "bytes */0") == (part[0], part[1].get("Content-Range"))


def test_a_moment_that_is_no_whole_second_is_told_as_the_next_one(root: Path) -> None:
    os.utime(root / "short.txt", ns=(0, SECONDS * 1_000_000_000 + 1_000))
    ((_, said, _),) = ask(root, ("GET", "/short.txt", {}))

    ((status, _, _),) = ask(
        root, ("GET", "/short.txt", {"If-Modified-Since": said["Last-Modified"]})
    )

    assert ("Wed, 18 Nov 2026 11:06:41 GMT", 304) == (said["Last-Modified"], status)


def test_a_text_that_changed_is_packed_anew(root: Path) -> None:
    takes = {"Accept-Encoding": "gzip"}
    (before,) = ask(root, ("GET", "/", takes))
    (root / "index.html").write_text(PAGE.replace("sea", "bay"))

    (after,) = ask(root, ("GET", "/", {**takes, "If-None-Match": before[1]["ETag"]}))

    assert (200, PAGE.replace("sea", "bay")) == (after[0], gzip.decompress(after[2]).decode())


def test_packed_texts_are_kept_up_to_a_bound(tmp_path: Path) -> None:
    packed = PackedTexts(at_most=100)
    found = {}
    for name in "abc":
        (tmp_path / name).write_bytes(os.urandom(40))
        with (tmp_path / name).open("rb") as file:
            found[name] = packed.pack(tmp_path / name, "1", file)

    def is_kept(name: str) -> bool:
        with io.BytesIO(b"other") as file:
            return packed.pack(tmp_path / name, "1", file) == found[name]

    assert is_kept("c")
    assert not is_kept("a")
