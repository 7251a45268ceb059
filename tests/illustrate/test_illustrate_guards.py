"""Guards against hot-linking: asked as a reader is, known by giving one picture for many."""

from __future__ import annotations

from pathlib import Path

import pytest

from copydesk.illustrate import Album, request_headers
from copydesk.news import Show
from illustrate.draw import drawn, encoded, fetched

LIMIT = 10_000_000
CARD = encoded(drawn(400, 300))


@pytest.mark.parametrize(
    ("show", "site", "expected"),
    [
        ("hotlink", "https://desk.example/robots", {"Referer": "https://desk.example/"}),
        ("hotlink", "https://desk.example:8443", {"Referer": "https://desk.example:8443/"}),
        ("hotlink", "", {}),
        ("cached", "https://desk.example", {}),
        ("none", "https://desk.example", {}),
    ],
)
def test_a_picture_is_asked_for_as_its_reader_will(
    show: Show, site: str, expected: dict[str, str]
) -> None:
    assert expected == request_headers(show, site)


def address(number: int, host: str = "www.harbour.example") -> str:
    return f"https://{host}/i/{number}.jpg"


@pytest.mark.parametrize("is_kept", [True, False])
def test_what_a_site_gives_under_many_addresses_is_common(tmp_path: Path, is_kept: bool) -> None:
    album = Album(tmp_path, LIMIT)
    add = album.add if is_kept else album.measure_only

    pictures = [add(address(number), fetched(CARD, address(number))) for number in range(4)]
    other = add(address(9), fetched(encoded(drawn(401, 300)), address(9)))

    assert 4 == album.shared(pictures[0])
    assert all(album.is_common(picture) for picture in pictures)
    assert not album.is_common(other)


def test_three_addresses_are_not_many(tmp_path: Path) -> None:
    album = Album(tmp_path, LIMIT)
    pictures = [album.add(address(number), fetched(CARD)) for number in range(3)]

    assert not album.is_common(pictures[0])
    assert 3 == len(album.thumbnails())


def test_a_picture_that_many_sites_show_is_not_common(tmp_path: Path) -> None:
    album = Album(tmp_path, LIMIT)
    hosts = [f"www.paper{number}.example" for number in range(9)]

    pictures = [album.add(address(1, host), fetched(CARD)) for host in hosts]

    assert not album.is_common(pictures[0])
    assert 9 == len(album.thumbnails())


def test_a_common_picture_is_shown_no_longer(tmp_path: Path) -> None:
    album = Album(tmp_path, LIMIT)
    for number in range(4):
        album.add(address(number, f"img{number}.harbour.example"), fetched(CARD))

    assert {} == album.thumbnails()
    assert {} == Album(tmp_path, LIMIT).thumbnails()
