"""The list of an album: believed while the folder is as it was, and never a word longer."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest

from copydesk.illustrate import Album
from illustrate.draw import URL, drawn, encoded, fetched

LIMIT = 10_000_000
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
JPEG, OTHER_JPEG = encoded(drawn()), encoded(drawn(500, 500))
OTHER = "https://www.harbour.example/i/quay.jpg"
ARTICLE = "https://www.harbour.example/news"
CHANGES = count()


class Used:
    """What records use, and whether anybody asked for it."""

    def __init__(self) -> None:
        self.asked = False

    def __iter__(self) -> Iterator[tuple[str, str]]:
        self.asked = True
        return iter([(URL, ARTICLE)])


def settle(folder: Path) -> None:
    """Let the folder's last change lie a while back, each time at another moment."""
    moment = NOW.timestamp() - next(CHANGES)
    os.utime(folder, (moment, moment))


def tend(folder: Path, hours: float = 0) -> bool:
    """Tend an album; decide whether the stories' pictures were gone through."""
    used = Used()
    Album(folder, LIMIT).tend(used, NOW + timedelta(hours=hours))
    return used.asked


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An album of one picture that was tended and has its list."""
    folder = tmp_path / "pictures"
    album = Album(folder, LIMIT)
    album.add(URL, fetched(JPEG))
    album.note(URL, ARTICLE)
    settle(folder)
    assert tend(folder)
    return folder


def listing(folder: Path) -> Path:
    return folder.with_name("pictures.list")


def test_while_nothing_changes_no_file_is_looked_at(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    picture = Album(folder, LIMIT).find(URL)
    assert picture is not None
    # what is not looked at leaves no trace
    monkeypatch.setattr("copydesk.illustrate._album_files.whole", None)

    assert {URL: picture.thumbnail} == Album(folder, LIMIT).thumbnails()
    assert not tend(folder, hours=1)


@pytest.mark.parametrize(("hours", "is_due"), [(0, False), (23, False), (24, True), (-1, True)])
def test_pictures_in_use_are_noted_once_a_day(folder: Path, hours: float, is_due: bool) -> None:
    assert is_due == tend(folder, hours)


def test_what_comes_meanwhile_is_in_the_list(folder: Path) -> None:
    album = Album(folder, LIMIT)
    added = album.add(OTHER, fetched(OTHER_JPEG, OTHER))
    settle(folder)
    used = Used()
    album.tend(used, NOW + timedelta(hours=1))
    before = listing(folder).read_bytes()

    assert not used.asked
    assert {URL, OTHER} == set(Album(folder, LIMIT).thumbnails())
    assert added == Album(folder, LIMIT).find(OTHER)
    assert not tend(folder, hours=2)
    assert before == listing(folder).read_bytes()


def lose_a_form(folder: Path) -> None:
    next(folder.glob("*.jpg")).unlink()


def lose_the_sidecar(folder: Path) -> None:
    next(folder.glob("*.json")).unlink()


@pytest.mark.parametrize("harm", [lose_a_form, lose_the_sidecar])
def test_what_somebody_deleted_is_not_believed_to_be_there(
    folder: Path, harm: Callable[[Path], None]
) -> None:
    harm(folder)

    assert {} == Album(folder, LIMIT).thumbnails()


def test_what_another_process_added_is_found(folder: Path) -> None:
    here = Album(folder, LIMIT)
    assert {URL} == set(here.thumbnails())
    Album(folder, LIMIT).add(OTHER, fetched(OTHER_JPEG, OTHER))
    settle(folder)
    used = Used()
    here.tend(used, NOW + timedelta(hours=1))

    assert used.asked  # the folder holds more than this album knows
    assert {URL, OTHER} == set(Album(folder, LIMIT).thumbnails())


@pytest.mark.parametrize("data", [b"", b"\0" * 40, b"random", None])
def test_a_damaged_list_is_as_good_as_none(folder: Path, data: bytes | None) -> None:
    whole = listing(folder).read_bytes()
    listing(folder).write_bytes(whole[:-3] if data is None else data)

    assert {URL} == set(Album(folder, LIMIT).thumbnails())
    assert tend(folder, hours=1)


def test_where_no_list_can_be_written_all_goes_on_without(tmp_path: Path) -> None:
    folder = tmp_path / "pictures"
    Album(folder, LIMIT).add(URL, fetched(JPEG))
    settle(folder)
    listing(folder).mkdir()

    assert tend(folder)
    assert tend(folder)
    assert {URL} == set(Album(folder, LIMIT).thumbnails())


def test_a_change_of_this_moment_makes_no_list(tmp_path: Path) -> None:
    folder = tmp_path / "pictures"
    Album(folder, LIMIT).add(URL, fetched(JPEG))
    later = datetime.now(UTC).timestamp() + 60  # a clock that was set back
    os.utime(folder, (later, later))

    assert tend(folder)
    assert not listing(folder).exists()
