"""Guards against hot-linking: asked as a reader is, known by giving one picture for many."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from copydesk.illustrate import Album, request_headers
from copydesk.news.edition import Show
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


def story(number: int, host: str = "www.harbour.example") -> str:
    return f"https://{host}/news/{number}"


def wanted(
    album: Album, *numbers: int, is_kept: bool = True, site: str = "harbour.example"
) -> None:
    """Have articles of a site get one picture, each under an address of its own."""
    add = album.add if is_kept else album.measure_only
    for number in numbers:
        url = address(number, f"img{number}.cdn.example")
        add(url, fetched(CARD, url))
        album.note(url, story(number, f"news{number}.{site}"))


def common(album: Album, count: int, site: str = "harbour.example") -> list[bool]:
    """Say of each picture whether it is common for an article of the site."""
    urls = [address(number, f"img{number}.cdn.example") for number in range(count)]
    return [album.is_common(url, story(9, site)) for url in urls]


@pytest.mark.parametrize("is_kept", [True, False])
def test_what_a_site_has_under_many_addresses_is_common(tmp_path: Path, is_kept: bool) -> None:
    album = Album(tmp_path, LIMIT)
    wanted(album, *range(4), is_kept=is_kept)
    other = album.add(address(9), fetched(encoded(drawn(401, 300)), address(9)))
    album.note(other.url, story(9))

    assert [True] * 4 == common(album, 4)
    assert not album.is_common(other.url, story(9))


@pytest.mark.parametrize("is_kept", [True, False])
def test_what_is_common_is_known_by_whoever_has_the_folder(tmp_path: Path, is_kept: bool) -> None:
    wanted(Album(tmp_path, LIMIT), 0, 1, 2, is_kept=is_kept)
    assert [False] * 3 == common(Album(tmp_path, LIMIT), 3)

    wanted(Album(tmp_path, LIMIT), 3, is_kept=is_kept)

    assert [True] * 4 == common(Album(tmp_path, LIMIT), 4)


def test_what_others_do_with_a_picture_does_not_make_it_common(tmp_path: Path) -> None:
    album = Album(tmp_path, LIMIT)
    own = address(99, "img99.cdn.example")
    album.add(own, fetched(CARD, own))
    album.note(own, story(1))
    wanted(album, *range(6), site="rival.example")
    album.note(own, story(9, "rival.example"))

    assert not album.is_common(own, story(1))
    assert album.is_common(own, story(9, "rival.example"))


def test_many_addresses_of_one_article_are_one_picture(tmp_path: Path) -> None:
    album = Album(tmp_path, LIMIT)
    for number in range(9):
        album.add(address(number), fetched(CARD))
        album.note(address(number), f"{story(1)}?utm_source=feed{number}")

    assert not album.is_common(address(1), story(1))


def test_one_address_in_many_articles_is_left_to_whoever_knows_the_site(tmp_path: Path) -> None:
    album = Album(tmp_path, LIMIT)
    album.add(address(1), fetched(CARD))
    for number in range(9):
        album.note(address(1), story(number))

    assert not album.is_common(address(1), story(1))


def test_a_picture_that_many_sites_show_is_not_common(tmp_path: Path) -> None:
    album = Album(tmp_path, LIMIT)
    for number in range(9):
        host = f"www.paper{number}.example"
        album.add(address(1, host), fetched(CARD))
        album.note(address(1, host), story(1, host))

    assert not album.is_common(address(1, "www.paper1.example"), story(1, "www.paper1.example"))


def test_an_older_albums_pictures_count_for_the_site_that_they_lie_on(tmp_path: Path) -> None:
    album = Album(tmp_path, LIMIT)
    for number in range(4):
        album.add(address(number, f"img{number}.harbour.example"), fetched(CARD))
    for file in tmp_path.glob("*.json"):
        told = json.loads(file.read_text())
        file.write_text(json.dumps({key: told[key] for key in told if key != "asked"}))

    older = Album(tmp_path, LIMIT)

    assert older.is_common(address(1, "img1.harbour.example"), story(1))
    assert not older.is_common(address(1, "img1.harbour.example"), story(1, "rival.example"))


def test_records_say_for_whom_an_older_albums_pictures_are(tmp_path: Path) -> None:
    album = Album(tmp_path, LIMIT)
    urls = [address(number, "img.cdn.example") for number in range(4)]
    for url in urls:
        album.add(url, fetched(CARD))

    used = [(url, story(number)) for number, url in enumerate(urls)]
    album.tend(used, datetime(2026, 11, 24, tzinfo=UTC))

    assert Album(tmp_path, LIMIT).is_common(urls[0], story(0))


@pytest.mark.parametrize("is_kept", [True, False])
def test_an_address_that_is_asked_again_keeps_its_articles(tmp_path: Path, is_kept: bool) -> None:
    album = Album(tmp_path, LIMIT)
    wanted(album, *range(4), is_kept=is_kept)

    for number in range(4):
        url = address(number, f"img{number}.cdn.example")
        (album.add if is_kept else album.measure_only)(url, fetched(CARD, url))

    assert [True] * 4 == common(album, 4)


def test_an_address_with_a_new_picture_begins_anew(tmp_path: Path) -> None:
    album = Album(tmp_path, LIMIT)
    wanted(album, *range(4))
    url = address(0, "img0.cdn.example")

    album.add(url, fetched(encoded(drawn(500, 500)), url))

    assert [False] * 4 == common(album, 4)


def test_an_address_that_was_never_had_is_nothing(tmp_path: Path) -> None:
    album = Album(tmp_path, LIMIT)
    album.note(address(1), story(1))

    assert not album.is_common(address(1), story(1))
    assert not list(tmp_path.iterdir())


def test_what_is_noted_of_one_address_is_bounded(tmp_path: Path) -> None:
    album = Album(tmp_path, LIMIT)
    album.add(address(1), fetched(CARD))
    for number in range(90):
        album.note(address(1), story(number))
        album.note(address(1), story(number, f"paper{number}.example"))

    (file,) = tmp_path.glob("*.json")
    asked = json.loads(file.read_text())["asked"]
    assert (50, 4) == (len(asked), len(asked["harbour.example"]))
