"""The album: found again by address, stored by content, bounded, forgiving of damage."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from copydesk.errors import PictureError
from copydesk.illustrate import Album, make_forms, measure_picture, with_image
from copydesk.news import Image, Story
from copydesk.news.article import Figure
from illustrate.draw import URL, drawn, encoded, fetched

LIMIT = 10_000_000
JPEG = encoded(drawn())
OTHER = "https://www.harbour.example/i/again.jpg"


def sidecar(folder: Path, url: str = URL) -> Path:
    return folder / f"{hashlib.sha256(url.encode()).hexdigest()[:32]}.json"


def test_a_picture_is_found_by_whoever_has_the_folder(tmp_path: Path) -> None:
    added = Album(tmp_path, LIMIT).add(URL, fetched(JPEG))

    assert added == Album(tmp_path, LIMIT).find(URL)
    assert f"{hashlib.sha256(JPEG).hexdigest()}.webp" == added.file
    assert {URL: added.thumbnail} == Album(tmp_path, LIMIT).thumbnails()


def test_an_unknown_address_has_no_picture(tmp_path: Path) -> None:
    album = Album(tmp_path / "not made yet", LIMIT)

    assert album.find(URL) is None
    assert {} == album.thumbnails()


def test_one_picture_under_two_addresses_is_stored_once(tmp_path: Path) -> None:
    album = Album(tmp_path, LIMIT)
    first, second = (album.add(url, fetched(JPEG, url)) for url in (URL, OTHER))

    assert first.forms == second.forms
    assert {form.name for form in first.forms} == {
        file.name for file in tmp_path.iterdir() if file.suffix != ".json"
    }
    assert {URL, OTHER} == set(album.thumbnails())


def test_adding_again_changes_no_byte(tmp_path: Path) -> None:
    album = Album(tmp_path, LIMIT)
    album.add(URL, fetched(JPEG))
    before = {file: file.stat().st_mtime_ns for file in tmp_path.iterdir()}

    album.add(URL, fetched(JPEG))

    assert before == {file: file.stat().st_mtime_ns for file in tmp_path.iterdir()}


def test_what_somebody_else_made_of_a_picture_is_kept_as_if_made_here(tmp_path: Path) -> None:
    picture = measure_picture(URL, JPEG)
    album = Album(tmp_path / "one", LIMIT)
    assert not album.holds(picture)

    kept = album.keep(picture, make_forms(picture))

    assert album.holds(picture)
    assert kept == Album(tmp_path / "two", LIMIT).add(URL, fetched(JPEG))
    assert kept == Album(tmp_path / "one", LIMIT).find(URL)


def test_forms_that_went_before_they_were_used_again_are_made_anew(tmp_path: Path) -> None:
    album = Album(tmp_path, LIMIT)
    album.add(OTHER, fetched(JPEG, OTHER))
    (tmp_path / f"{hashlib.sha256(JPEG).hexdigest()}.jpg").unlink()

    kept = album.keep(measure_picture(URL, JPEG), None)

    assert kept == Album(tmp_path, LIMIT).find(URL)


def test_an_address_with_a_new_picture_gives_the_new_one(tmp_path: Path) -> None:
    album = Album(tmp_path, LIMIT)
    album.add(URL, fetched(JPEG))

    newer = album.add(URL, fetched(encoded(drawn(500, 500))))

    assert newer == album.find(URL)


def _form(picture: dict[str, Any], number: int = 0, **changed: object) -> dict[str, object]:
    form: dict[str, object] = picture["forms"][number]
    return form | changed


def damaged(picture: dict[str, Any]) -> list[bytes]:
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
        json.dumps(picture | {"thumb_hash": "not base64"}).encode(),
        json.dumps(picture | {"forms": [{"name": "a.webp"}]}).encode(),
        json.dumps(picture | {"forms": [_form(picture, name="../../secret.webp")]}).encode(),
        json.dumps(picture | {"forms": [_form(picture, type="text/html")]}).encode(),
        json.dumps(picture | {"forms": [_form(picture, width=0)]}).encode(),
        json.dumps(picture | {"forms": [_form(picture, height=10**9)]}).encode(),
        json.dumps(picture | {"forms": [_form(picture, 1)]}).encode(),
        json.dumps(picture | {"url": OTHER}).encode(),
        json.dumps(picture | {"type": "text/html"}).encode(),
        json.dumps(picture | {"file": "0" * 64 + ".webp"}).encode(),
        json.dumps(picture | {"only_measured": True}).encode(),
        json.dumps(picture | {"asked": {"harbour.example": 4}}).encode(),
    ]


@pytest.mark.parametrize("number", range(20))
def test_a_damaged_sidecar_is_as_good_as_none(tmp_path: Path, number: int) -> None:
    album = Album(tmp_path, LIMIT)
    album.add(URL, fetched(JPEG))
    file = sidecar(tmp_path)
    file.write_bytes(damaged(json.loads(file.read_bytes()))[number])

    later = Album(tmp_path, LIMIT)
    assert later.find(URL) is None
    assert {} == later.thumbnails()
    assert later.add(URL, fetched(JPEG)) == later.find(URL)


@pytest.mark.parametrize("data", [None, b""])
@pytest.mark.parametrize("number", [0, -1])
def test_a_picture_one_of_whose_files_is_gone_is_none(
    tmp_path: Path, data: bytes | None, number: int
) -> None:
    album = Album(tmp_path, LIMIT)
    file = tmp_path / album.add(URL, fetched(JPEG)).forms[number].name
    file.unlink()
    if data is not None:
        file.write_bytes(data)

    assert album.find(URL) is None
    assert album.add(URL, fetched(JPEG)) == album.find(URL)


def test_a_folder_that_cannot_be_written_costs_only_the_picture(tmp_path: Path) -> None:
    (tmp_path / "pictures").write_text("in the way")

    with pytest.raises(PictureError) as caught:
        Album(tmp_path / "pictures", LIMIT).add(URL, fetched(JPEG))

    assert "the picture cannot be stored" == caught.value.what


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


def test_a_story_says_what_its_picture_shows_and_whose_it_is(tmp_path: Path) -> None:
    picture = Album(tmp_path, LIMIT).add(URL, fetched(JPEG))
    figure = Figure(url=URL, alt=" The ferry\n at dusk", credit="A. Quay / " + "Harbour " * 40)

    (image,) = with_image(STORY, picture, figure).images

    assert "The ferry at dusk" == image.title
    assert image.attribution.startswith("A. Quay / Harbour")
    assert 161 > len(image.attribution)


def test_a_picture_that_was_only_measured_is_told_as_not_cached(tmp_path: Path) -> None:
    picture = Album(tmp_path, LIMIT).measure_only(URL, fetched(JPEG))

    assert (Image(url=URL, width=640, height=360, is_cached=False),) == with_image(
        STORY, picture
    ).images
    assert [sidecar(tmp_path)] == list(tmp_path.iterdir())
    for album in (Album(tmp_path, LIMIT), Album(tmp_path, LIMIT)):
        assert album.find(URL) is None
        assert {} == album.thumbnails()


def test_a_picture_that_was_only_measured_can_be_kept_later(tmp_path: Path) -> None:
    album = Album(tmp_path, LIMIT)
    album.measure_only(URL, fetched(JPEG))

    kept = album.add(URL, fetched(JPEG))

    assert kept == Album(tmp_path, LIMIT).find(URL)
    assert {URL: kept.thumbnail} == album.thumbnails()


def test_measuring_leaves_the_copy_that_is_there(tmp_path: Path) -> None:
    album = Album(tmp_path, LIMIT)
    kept = album.add(URL, fetched(JPEG))

    for body in (JPEG, encoded(drawn(500, 500))):
        assert not album.measure_only(URL, fetched(body)).is_cached

    assert kept == Album(tmp_path, LIMIT).find(URL)


def test_a_copy_under_another_address_makes_no_copy_of_what_was_measured(tmp_path: Path) -> None:
    album = Album(tmp_path, LIMIT)
    album.add(OTHER, fetched(JPEG, OTHER))
    album.measure_only(URL, fetched(JPEG))

    later = Album(tmp_path, LIMIT)

    assert later.find(URL) is None
    assert [OTHER] == list(later.thumbnails())


def test_what_is_no_picture_cannot_be_measured(tmp_path: Path) -> None:
    with pytest.raises(PictureError):
        Album(tmp_path, LIMIT).measure_only(URL, fetched(b"<html>do not hotlink</html>"))
