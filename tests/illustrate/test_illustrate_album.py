"""The album: found again by address, stored by content, bounded, forgiving of damage."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from copydesk.errors import PictureError
from copydesk.illustrate import Album, with_image
from copydesk.news import Image, Story
from illustrate.draw import URL, drawn, encoded, fetched

LIMIT = 10_000_000
JPEG = encoded(drawn())
OTHER = "https://www.harbour.example/i/again.jpg"


def sidecar(folder: Path, url: str = URL) -> Path:
    return folder / f"{hashlib.sha256(url.encode()).hexdigest()[:32]}.json"


def test_a_picture_is_found_by_whoever_has_the_folder(tmp_path: Path) -> None:
    added = Album(tmp_path, LIMIT).add(URL, fetched(JPEG), alt="The ferry")

    assert added == Album(tmp_path, LIMIT).find(URL)
    assert f"{hashlib.sha256(JPEG).hexdigest()}.webp" == added.file
    assert {URL: added.file} == Album(tmp_path, LIMIT).by_url()


def test_an_unknown_address_has_no_picture(tmp_path: Path) -> None:
    album = Album(tmp_path / "not made yet", LIMIT)

    assert album.find(URL) is None
    assert {} == album.by_url()


def test_one_picture_under_two_addresses_is_stored_once(tmp_path: Path) -> None:
    album = Album(tmp_path, LIMIT)
    first, second = (album.add(url, fetched(JPEG, url)) for url in (URL, OTHER))

    assert first.file == second.file
    assert 1 == len(list(tmp_path.glob("*.webp")))
    assert {URL, OTHER} == set(album.by_url())


def test_adding_again_changes_no_byte(tmp_path: Path) -> None:
    album = Album(tmp_path, LIMIT)
    album.add(URL, fetched(JPEG))
    before = {file: file.stat().st_mtime_ns for file in tmp_path.iterdir()}

    album.add(URL, fetched(JPEG))

    assert before == {file: file.stat().st_mtime_ns for file in tmp_path.iterdir()}


def test_an_address_with_a_new_picture_gives_the_new_one(tmp_path: Path) -> None:
    album = Album(tmp_path, LIMIT)
    album.add(URL, fetched(JPEG))

    newer = album.add(URL, fetched(encoded(drawn(500, 500))))

    assert newer == album.find(URL)


def damaged(picture: dict[str, object]) -> list[bytes]:
    """Give sidecars that no album wrote."""
    return [
        b"",
        b"\xff\xfe",
        b"[1]",
        b"[" * 100_000,
        json.dumps(picture)[:40].encode(),
        json.dumps(picture | {"width": "640"}).encode(),
        json.dumps(picture | {"height": True}).encode(),
        json.dumps(picture | {"file": "../../secret.webp"}).encode(),
        json.dumps(picture | {"more": 1}).encode(),
        json.dumps(picture | {"url": OTHER}).encode(),
        json.dumps(picture | {"type": "text/html"}).encode(),
        json.dumps(picture | {"file": "0" * 64 + ".webp"}).encode(),
    ]


@pytest.mark.parametrize("number", range(12))
def test_a_damaged_sidecar_is_as_good_as_none(tmp_path: Path, number: int) -> None:
    album = Album(tmp_path, LIMIT)
    album.add(URL, fetched(JPEG))
    file = sidecar(tmp_path)
    file.write_bytes(damaged(json.loads(file.read_bytes()))[number])

    assert album.find(URL) is None
    assert {} == album.by_url()
    assert album.add(URL, fetched(JPEG)) == album.find(URL)


@pytest.mark.parametrize("data", [None, b""])
def test_a_picture_whose_file_is_gone_is_none(tmp_path: Path, data: bytes | None) -> None:
    album = Album(tmp_path, LIMIT)
    file = tmp_path / album.add(URL, fetched(JPEG)).file
    file.unlink()
    if data is not None:
        file.write_bytes(data)

    assert album.find(URL) is None
    assert album.add(URL, fetched(JPEG)) == album.find(URL)


def test_the_oldest_pictures_make_room(tmp_path: Path) -> None:
    bodies = [encoded(drawn(300 + number, 300)) for number in range(4)]
    urls = [f"https://www.harbour.example/i/{number}.jpg" for number in range(4)]
    album = Album(tmp_path, LIMIT)
    for number in range(3):
        file = tmp_path / album.add(urls[number], fetched(bodies[number])).file
        os.utime(file, (number, number))
    full = sum(file.stat().st_size for file in tmp_path.glob("*.webp"))

    small = Album(tmp_path, full)
    small.add(urls[3], fetched(bodies[3]))

    assert small.find(urls[0]) is None
    assert not sidecar(tmp_path, urls[0]).exists()
    assert small.find(urls[3]) is not None
    assert sum(file.stat().st_size for file in tmp_path.glob("*.webp")) <= full


def test_a_picture_larger_than_the_limit_is_kept_alone(tmp_path: Path) -> None:
    album = Album(tmp_path, 1)

    added = [
        album.add(url, fetched(encoded(drawn(n, n)), url)) for n, url in ((200, URL), (300, OTHER))
    ]

    assert {OTHER: added[1].file} == album.by_url()


def test_a_folder_that_cannot_be_written_costs_only_the_picture(tmp_path: Path) -> None:
    (tmp_path / "pictures").write_text("in the way")

    with pytest.raises(PictureError) as caught:
        Album(tmp_path / "pictures", LIMIT).add(URL, fetched(JPEG))

    assert "picture cannot be stored" == caught.value.what


STORY = Story(
    path="_news/2026-03-10-ferry.md",
    title="Ferry",
    published_at=datetime(2026, 3, 10, tzinfo=UTC),
    images=(Image(url=URL),),
)


def test_a_story_names_its_picture_at_the_origin_in_the_origins_size(tmp_path: Path) -> None:
    picture = Album(tmp_path, LIMIT).add(URL, fetched(encoded(drawn(1600, 900))))

    told = with_image(STORY, picture)

    assert (Image(url=URL, width=1600, height=900, is_cached=True),) == told.images
    assert replace(STORY, images=()) == replace(told, images=())


def test_a_story_without_a_picture_has_no_image() -> None:
    assert () == with_image(STORY, None).images
