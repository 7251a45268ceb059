"""Extracted texts: found by content and by address, kept while there is room."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from copydesk.archive import ArticleStore, address_mark
from copydesk.news import Article, Provider

NOON = datetime(2025, 3, 4, 12, tzinfo=UTC)
ROOM = 1_000_000


def article(name: str, *, text: str = "Once.", web: str = "") -> Article:
    """Return an article at an address of its own."""
    return Article(
        url=f"https://dock.example/{name}",
        web_url=web or f"https://dock.example/{name}",
        title=name,
        text=text,
        published_at=NOON,
        found=NOON,
        source="https://dock.example/feed",
        provider=Provider(name="The Dock", domain="dock.example"),
        authors=("Ada", "Bo"),
        origins={"title": "og:title", "date": "json-ld"},
    )


def test_an_article_comes_back_whole(tmp_path: Path) -> None:
    name = ArticleStore(tmp_path, ROOM).put(article("a"))

    assert article("a") == ArticleStore(tmp_path, ROOM).get(name)


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("https://dock.example/a", True),
        ("http://dock.example/a/?utm_source=feed", True),
        ("https://other.example/b", True),
        ("https://dock.example/b", False),
        ("not an address", False),
    ],
)
@pytest.mark.parametrize("again", [False, True], ids=["at once", "after a restart"])
def test_an_article_is_found_by_either_address(
    url: str, found: bool, again: bool, tmp_path: Path
) -> None:
    store = ArticleStore(tmp_path, ROOM)
    store.put(article("a", web="https://other.example/b"))
    store = ArticleStore(tmp_path, ROOM) if again else store

    assert (store.find(url) is not None) == found


def test_the_same_article_is_one_file_and_an_update_another(tmp_path: Path) -> None:
    store = ArticleStore(tmp_path, ROOM)
    first = store.put(article("a"))

    assert first == store.put(article("a"))
    assert first != store.put(article("a", text="Twice."))

    assert 2 == len(list(tmp_path.iterdir()))
    kept = store.find("https://dock.example/a")
    assert kept is not None
    assert "Twice." == kept.text


def test_putting_an_old_text_again_makes_it_the_last(tmp_path: Path) -> None:
    store = ArticleStore(tmp_path, ROOM)
    for text in ("Once.", "Twice.", "Once."):
        store.put(article("a", text=text))

    kept = store.find("https://dock.example/a")
    assert kept is not None
    assert "Once." == kept.text


@pytest.mark.parametrize("is_at_work", [False, True], ids=["asked", "at work"])
@pytest.mark.parametrize("ages", [(1, 2), (2, 1), (1, 1)], ids=["in order", "turned", "alike"])
def test_the_latest_reading_of_an_address_is_found_by_who_only_asks_too(
    ages: tuple[int, int], is_at_work: bool, tmp_path: Path
) -> None:
    names = [ArticleStore(tmp_path, ROOM).put(article("a", text=text)) for text in ("1", "2")]
    for name, age in zip(names, ages, strict=True):
        (file,) = tmp_path.glob(f"{name}.*")
        os.utime(file, (age, age))
    store = ArticleStore(tmp_path, ROOM)
    if is_at_work:
        store.forget("https://dock.example/other")  # whoever takes away knows all ages

    found = store.find("https://dock.example/a")

    by_age = [name for _, name in sorted(zip(ages, names, strict=True))]
    assert store.get(by_age[-1]) == found
    assert by_age == store.sort_by_age([*names, "gone"])


def test_the_oldest_goes_when_there_is_no_room(tmp_path: Path) -> None:
    store = ArticleStore(tmp_path, 25_000)
    names = [store.put(article(name, text="x" * 10_000)) for name in "abc"]

    assert [None, True, True] == [store.get(name) and True for name in names]
    assert store.find("https://dock.example/a") is None
    assert 2 == len(list(tmp_path.iterdir()))


def test_the_oldest_by_age_goes_after_a_restart(tmp_path: Path) -> None:
    store = ArticleStore(tmp_path, ROOM)
    for number, name in enumerate("abc"):
        store.put(article(name, text="x" * 10_000))
        newest = max(tmp_path.iterdir(), key=lambda file: file.stat().st_mtime_ns)
        os.utime(newest, ns=(10 - number, 10 - number))

    store = ArticleStore(tmp_path, 35_000)
    store.put(article("d", text="x" * 10_000))

    assert ["b", "a", "d"] == [kept.title for kept in store.all()]


def test_an_article_bigger_than_the_room_is_kept_alone(tmp_path: Path) -> None:
    store = ArticleStore(tmp_path, 10)
    store.put(article("a"))
    name = store.put(article("b"))

    assert article("b") == store.get(name)
    assert 1 == len(list(tmp_path.iterdir()))


@pytest.mark.parametrize("damage", [b"", b"{", b"\xff", b'{"url": 1}'])
def test_a_damaged_file_costs_only_itself(damage: bytes, tmp_path: Path) -> None:
    store = ArticleStore(tmp_path, ROOM)
    hurt, whole = store.put(article("a")), store.put(article("b"))
    next(tmp_path.glob(f"{hurt}.*")).write_bytes(damage)
    (tmp_path / "notes.txt").write_text("mine")

    store = ArticleStore(tmp_path, ROOM)

    assert store.get(hurt) is None
    assert store.find("https://dock.example/a") is None
    assert [article("b")] == list(store.all())
    assert article("b") == store.get(whole)


def test_a_damaged_file_is_mended_by_the_same_article(tmp_path: Path) -> None:
    name = ArticleStore(tmp_path, ROOM).put(article("a"))
    next(tmp_path.glob(f"{name}.*")).write_bytes(b"")

    store = ArticleStore(tmp_path, ROOM)
    store.put(article("a"))

    assert article("a") == store.get(name)


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "0" * 32])
def test_a_hash_that_is_not_there_gives_nothing(name: str, tmp_path: Path) -> None:
    assert ArticleStore(tmp_path / "none", ROOM).get(name) is None
    assert [] == list(ArticleStore(tmp_path / "none", ROOM).all())


def test_the_marks_of_addresses_are_known_without_reading(tmp_path: Path) -> None:
    store = ArticleStore(tmp_path, ROOM)
    first, second = store.put(article("a")), store.put(article("b", web="https://other.example/b"))
    for file in tmp_path.iterdir():
        file.write_bytes(b"")

    at_home, elsewhere = "https://dock.example/b", "https://other.example/b"
    assert {
        first: (address_mark("https://dock.example/a"),) * 2,
        second: (address_mark(at_home), address_mark(elsewhere)),
    } == ArticleStore(tmp_path, ROOM).marks()
    assert address_mark("https://dock.example/a") == address_mark("http://dock.example/a/")


def test_what_a_killed_write_left_is_swept_away_and_nothing_else(tmp_path: Path) -> None:
    store = ArticleStore(tmp_path, ROOM)
    name = store.put(article("a"))
    (tmp_path / ".new-161c5dd51dfa").write_bytes(b"half of an art")
    (tmp_path / "notes.txt").write_bytes(b"somebody's own")

    store.sweep()

    assert ["notes.txt"] == [file.name for file in tmp_path.iterdir() if file.suffix != ".json"]
    assert article("a") == store.get(name)


def test_there_is_nothing_to_sweep_where_no_article_was_ever_kept(tmp_path: Path) -> None:
    ArticleStore(tmp_path / "articles", ROOM).sweep()

    assert not (tmp_path / "articles").exists()
