"""What the server says of a file: packed for whoever takes that, and asked for again."""

from __future__ import annotations

import asyncio
import gzip
import os
from collections.abc import Mapping
from pathlib import Path

import pytest
from aiohttp import ClientSession

from copydesk.serve import Address, Site, WebApp, listening

PAGE = "<h1>Tides</h1>" + "the sea comes and goes, " * 200
SECONDS = 1_795_000_000
Answers = list[tuple[int, Mapping[str, str], bytes]]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name, text in (("index.html", PAGE), ("feed.xml", PAGE), ("short.txt", "brief")):
        (tmp_path / name).write_text(text)
        os.utime(tmp_path / name, (SECONDS, SECONDS))
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
    assert (head[0], head[2]) == (200, b"")
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
