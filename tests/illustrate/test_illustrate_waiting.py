"""Pictures that wait for a page: kept as they came, and made for it as if at once."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest

from copydesk.errors import PictureError
from copydesk.illustrate import Album, make_waiting, measure_picture, prove_picture
from illustrate.draw import URL, drawn, encoded, fetched, noise

LIMIT = 10_000_000
JPEG = encoded(drawn())
OTHER = "https://www.harbour.example/i/quay.jpg"
STEM = hashlib.sha256(JPEG).hexdigest()


def waiting(folder: Path, *urls: str) -> Album:
    """Give an album with a picture that waits, under some addresses."""
    album = Album(folder, LIMIT)
    for url in urls or (URL,):
        album.keep_original(measure_picture(url, JPEG))
    return album


def contents(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir()}


def originals(folder: Path) -> list[str]:
    return [file.name for file in folder.glob("*.original")]


def test_a_picture_that_waits_is_a_copy_that_no_page_has(tmp_path: Path) -> None:
    kept = waiting(tmp_path).find(URL)

    assert kept is not None
    assert (True, 640, 360) == (kept.is_cached, kept.width, kept.height)
    assert JPEG == (tmp_path / f"{STEM}.original").read_bytes()
    assert {} == Album(tmp_path, LIMIT).thumbnails()
    assert kept == Album(tmp_path, LIMIT).find(URL)


def test_what_waited_ends_as_if_it_had_never_waited(tmp_path: Path) -> None:
    make_waiting(waiting(tmp_path / "late"), [URL])
    Album(tmp_path / "at once", LIMIT).add(URL, fetched(JPEG))

    assert contents(tmp_path / "at once") == contents(tmp_path / "late")


def test_only_what_is_asked_for_is_made(tmp_path: Path) -> None:
    album = waiting(tmp_path)

    make_waiting(album, [OTHER])

    assert [f"{STEM}.original"] == originals(tmp_path)
    assert {} == album.thumbnails()


def test_one_picture_waits_once_and_is_made_for_all_its_addresses(tmp_path: Path) -> None:
    album = waiting(tmp_path, URL, OTHER)
    assert [f"{STEM}.original"] == originals(tmp_path)

    make_waiting(album, [OTHER])

    assert {URL, OTHER} == set(album.thumbnails()) == set(Album(tmp_path, LIMIT).thumbnails())
    assert [] == originals(tmp_path)


def test_what_has_forms_under_another_address_does_not_wait(tmp_path: Path) -> None:
    album = Album(tmp_path, LIMIT)
    made = album.add(OTHER, fetched(JPEG, OTHER))

    assert made.forms == album.keep_original(measure_picture(URL, JPEG)).forms
    assert [] == originals(tmp_path)


def lose(file: Path) -> None:
    file.unlink()


def cut(file: Path) -> None:
    file.write_bytes(JPEG[:3000])


def confuse(file: Path) -> None:
    file.write_bytes(encoded(drawn(500, 500)))


def spoil(file: Path) -> None:
    file.write_bytes(b"<html>No leeching!</html>")


@pytest.mark.parametrize("damage", [lose, cut, confuse, spoil])
def test_a_damaged_original_costs_only_itself(
    tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    album = waiting(tmp_path)
    album.keep_original(measure_picture(OTHER, encoded(drawn(700, 400))))
    damage(tmp_path / f"{STEM}.original")

    make_waiting(album, [URL, OTHER])

    assert [OTHER] == list(album.thumbnails())
    assert album.find(URL) is Album(tmp_path, LIMIT).find(URL) is None


def test_what_cannot_be_encoded_is_forgotten(tmp_path: Path) -> None:
    body = JPEG[:3000]  # which nobody has proven
    album = Album(tmp_path, LIMIT)
    album.keep_original(measure_picture(URL, body))

    make_waiting(album, [URL])

    assert album.find(URL) is None


def test_what_somebody_else_made_meanwhile_is_taken(tmp_path: Path) -> None:
    album = waiting(tmp_path)
    assert album.find(URL)
    make_waiting(Album(tmp_path, LIMIT), [URL])

    make_waiting(album, [URL])

    assert [URL] == list(album.thumbnails()) == list(Album(tmp_path, LIMIT).thumbnails())


def test_what_cannot_be_written_goes_on_waiting(tmp_path: Path) -> None:
    album = waiting(tmp_path)
    obstacle = tmp_path / f"{STEM}.webp"
    obstacle.mkdir()
    make_waiting(album, [URL])
    assert [f"{STEM}.original"] == originals(tmp_path)

    obstacle.rmdir()
    make_waiting(album, [URL])

    assert [URL] == list(album.thumbnails())


def test_what_waits_takes_room(tmp_path: Path) -> None:
    album = Album(tmp_path, 2 * len(JPEG))
    bodies = [encoded(drawn(640, 360 + number)) for number in range(3)]
    for number, body in enumerate(bodies):
        album.keep_original(measure_picture(f"{URL}?{number}", body))

    assert len(originals(tmp_path)) < len(bodies)
    assert album.find(f"{URL}?2")


@pytest.mark.parametrize(
    "named",
    [f"{'0' * 64}.original", "../../key", f"{STEM}.webp"],
    ids=["another's", "a file outside", "a form"],
)
def test_a_sidecar_with_another_original_is_as_good_as_none(tmp_path: Path, named: str) -> None:
    waiting(tmp_path)
    (sidecar,) = tmp_path.glob("*.json")
    sidecar.write_text(sidecar.read_text("utf-8").replace(f"{STEM}.original", named), "utf-8")
    (tmp_path / f"{'0' * 64}.original").write_bytes(JPEG)
    (tmp_path / f"{STEM}.webp").write_bytes(JPEG)

    assert Album(tmp_path, LIMIT).find(URL) is None


def test_a_sidecar_with_forms_and_an_original_is_damaged(tmp_path: Path) -> None:
    Album(tmp_path, LIMIT).add(URL, fetched(JPEG))
    (sidecar,) = tmp_path.glob("*.json")
    both = sidecar.read_text("utf-8").replace('"original":""', f'"original":"{STEM}.original"')
    sidecar.write_text(both, "utf-8")

    assert Album(tmp_path, LIMIT).find(URL) is None


@pytest.mark.parametrize(
    ("make", "may_wait"),
    [
        (lambda: JPEG, True),
        (lambda: encoded(drawn(), "PNG"), True),
        (lambda: encoded(drawn(), "AVIF"), False),
        (lambda: encoded(noise(500, 500), "PNG"), False),
        (lambda: encoded(drawn(4000, 3001), "PNG"), False),
    ],
    ids=["a photograph", "a drawing", "more than it says", "many bytes", "many pixels"],
)
def test_what_is_heavy_may_not_wait(make: Callable[[], bytes], may_wait: bool) -> None:
    assert may_wait == measure_picture(URL, make()).may_wait


def test_a_picture_is_proven_to_its_last_line() -> None:
    prove_picture(measure_picture(URL, JPEG))

    with pytest.raises(PictureError, match="damaged or cut off") as caught:
        prove_picture(measure_picture(URL, JPEG[:3000]))

    assert URL == caught.value.subject


def test_what_waits_is_listed_until_it_is_made(tmp_path: Path) -> None:
    album = waiting(tmp_path, URL, OTHER)
    assert {URL, OTHER} == set(album.list_waiting())

    make_waiting(album, [URL, OTHER])

    assert [] == album.list_waiting()
    assert [] == Album(tmp_path, LIMIT).list_waiting()
