"""The room that pictures take: what goes first, what is swept, what an older album becomes."""

from __future__ import annotations

import hashlib
import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from copydesk.illustrate import Album, Picture
from illustrate.draw import drawn, encoded, fetched, noise, opened

LIMIT = 10_000_000
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def url(number: int) -> str:
    return f"https://s{number}.example/i/{number}.jpg"


def used(number: int) -> tuple[str, str]:
    return url(number), f"https://s{number}.example/news"


def body(number: int) -> bytes:
    return encoded(noise(300 + number, 300))


def sidecar(folder: Path, number: int) -> Path:
    return folder / f"{hashlib.sha256(url(number).encode()).hexdigest()[:32]}.json"


def files_of(folder: Path, picture: Picture) -> list[Path]:
    return [folder / form.name for form in picture.forms]


def filled(folder: Path, count: int) -> list[Picture]:
    """Store pictures 0, 1, … that came a day after each other, last used long before NOW."""
    pictures = [Album(folder, LIMIT).add(url(n), fetched(body(n))) for n in range(count)]
    for number, picture in enumerate(pictures):
        came = NOW.timestamp() - (10 - number) * 86_400
        for file in files_of(folder, picture):
            os.utime(file, (came, came))
        os.utime(sidecar(folder, number), (number, number))
    return pictures


def weight(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.iterdir() if file.suffix != ".json")


def left_after_one_more(folder: Path, limit: int) -> set[int]:
    small = Album(folder, limit)
    small.add(url(9), fetched(body(9)))
    return {number for number in range(10) if Album(folder, LIMIT).find(url(number))}


def test_what_came_first_makes_room(tmp_path: Path) -> None:
    filled(tmp_path, 3)
    full = weight(tmp_path)

    assert {1, 2, 9} & left_after_one_more(tmp_path, full) == left_after_one_more(tmp_path, full)
    assert not sidecar(tmp_path, 0).exists()
    assert sidecar(tmp_path, 9).exists()
    assert weight(tmp_path) <= full


def test_what_a_record_uses_stays_while_something_unused_can_go(tmp_path: Path) -> None:
    filled(tmp_path, 3)
    Album(tmp_path, LIMIT).tend([used(0)], NOW)

    assert {0, 9} == left_after_one_more(tmp_path, weight(tmp_path)) - {2}


def test_of_pictures_in_use_the_one_that_came_first_goes(tmp_path: Path) -> None:
    filled(tmp_path, 3)
    Album(tmp_path, LIMIT).tend([used(2), used(0), used(1)], NOW)

    left = left_after_one_more(tmp_path, weight(tmp_path))

    assert 0 not in left
    assert {2, 9} <= left


def test_every_form_of_a_picture_goes_with_it(tmp_path: Path) -> None:
    gone, *_ = filled(tmp_path, 2)

    left_after_one_more(tmp_path, weight(tmp_path))

    assert not [file for file in files_of(tmp_path, gone) if file.exists()]


def test_a_picture_larger_than_the_limit_is_kept_alone(tmp_path: Path) -> None:
    filled(tmp_path, 2)

    assert {9} == left_after_one_more(tmp_path, 1)
    assert [url(9)] == list(Album(tmp_path, 1).thumbnails())


def test_a_picture_in_use_is_touched_once_a_day(tmp_path: Path) -> None:
    (picture,) = filled(tmp_path, 1)
    before = [file.stat().st_mtime_ns for file in files_of(tmp_path, picture)]
    times = []
    for hours in (0, 23, 25):
        Album(tmp_path, LIMIT).tend([used(0)], NOW + timedelta(hours=hours))
        times.append(datetime.fromtimestamp(sidecar(tmp_path, 0).stat().st_mtime, UTC) - NOW)

    assert [timedelta(0), timedelta(0), timedelta(hours=25)] == times
    assert before == [file.stat().st_mtime_ns for file in files_of(tmp_path, picture)]


def test_what_belongs_to_no_picture_is_swept_an_hour_later(tmp_path: Path) -> None:
    (picture,) = filled(tmp_path, 1)
    strangers = [
        tmp_path / name
        for name in (f"{'0' * 64}.webp", f"{'0' * 64}-320.avif", f"{picture.stem}-640.webp")
    ]
    strangers.append(tmp_path / ".new-half")
    for file in strangers:
        file.write_bytes(b"x")
        os.utime(file, (NOW.timestamp(), NOW.timestamp()))

    def left(minutes: int) -> int:
        Album(tmp_path, LIMIT).tend([], NOW + timedelta(minutes=minutes))
        return sum(file.exists() for file in strangers)

    assert [4, 0] == [left(59), left(61)]
    assert all(file.exists() for file in files_of(tmp_path, picture))


def test_what_is_known_without_a_copy_goes_when_no_record_used_it_for_long(tmp_path: Path) -> None:
    album = Album(tmp_path, LIMIT)
    for number in (0, 1, 2):
        album.measure_only(url(number), fetched(body(number // 2)))
        os.utime(sidecar(tmp_path, number), (NOW.timestamp(), NOW.timestamp()))

    def left(days: int) -> list[int]:
        Album(tmp_path, LIMIT).tend([used(0)], NOW + timedelta(days=days))
        return [number for number in (0, 1, 2) if sidecar(tmp_path, number).exists()]

    assert [0, 1, 2] == left(99)
    assert [0, 1] == left(101)


def earlier(folder: Path, number: int = 0, width: int = 1600) -> Path:
    """Store a picture as the first version did: one WebP, 1,200 pixels wide, and its sidecar."""
    stem = hashlib.sha256(body(number)).hexdigest()
    file = folder / f"{stem}.webp"
    height = width * 9 // 16
    file.write_bytes(encoded(drawn(min(width, 1200), min(width, 1200) * 9 // 16), "WEBP"))
    told = {"url": url(number), "width": width, "height": height, "type": "image/jpeg"}
    sidecar(folder, number).write_text(json.dumps(told | {"file": file.name, "alt": ""}))
    return file


def test_an_older_albums_picture_is_made_anew_when_it_is_found(tmp_path: Path) -> None:
    file = earlier(tmp_path)

    picture = Album(tmp_path, LIMIT).find(url(0))

    assert picture is not None
    assert (1600, 900) == (picture.width, picture.height)
    assert (640, 360) == opened(file.read_bytes()).size
    assert {640, 320} == {form.width for form in picture.forms}
    assert picture == Album(tmp_path, LIMIT).find(url(0))


def test_an_older_albums_pictures_are_shown_as_they_are_until_their_turn_comes(
    tmp_path: Path,
) -> None:
    for number in range(3):
        earlier(tmp_path, number)
    album = Album(tmp_path, LIMIT, renewed_at_once=1)

    def widths() -> list[list[int]]:
        album.tend([used(1), used(0), used(2)], NOW)
        shown = Album(tmp_path, LIMIT).thumbnails()
        return [[form.width for form in shown[url(number)].forms][:1] for number in range(3)]

    assert [[1200], [640], [1200]] == widths()
    assert [[640], [640], [1200]] == widths()


def test_two_addresses_of_an_older_albums_picture_are_made_anew_from_one_file(
    tmp_path: Path,
) -> None:
    file = earlier(tmp_path)
    other = json.loads(sidecar(tmp_path, 0).read_text()) | {"url": url(5)}
    sidecar(tmp_path, 5).write_text(json.dumps(other))
    album = Album(tmp_path, LIMIT)

    first = album.find(url(0))
    data = file.read_bytes()
    second = album.find(url(5))

    assert first is not None
    assert second is not None
    assert first.forms == second.forms
    assert data == file.read_bytes()


def test_an_older_picture_that_is_damaged_is_none(tmp_path: Path) -> None:
    earlier(tmp_path).write_bytes(b"RIFF....WEBP")
    album = Album(tmp_path, LIMIT)

    assert album.find(url(0)) is None
    assert {} == album.thumbnails()
    assert not sidecar(tmp_path, 0).exists()


def test_an_older_picture_keeps_its_turn_while_the_disk_is_full(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    earlier(tmp_path)

    def full(*_: object, **__: object) -> None:
        raise OSError("no space left on device")

    with monkeypatch.context() as disk:  # no test can fill the disk
        disk.setattr("copydesk.kit.files.write_atomic", full)
        Album(tmp_path, LIMIT).tend([used(0)], NOW)

    assert [url(0)] == list(Album(tmp_path, LIMIT).thumbnails())
    assert Album(tmp_path, LIMIT).find(url(0)) is not None
