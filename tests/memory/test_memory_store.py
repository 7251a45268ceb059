"""The memory keeps what it is given, and its loss is never fatal."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from copydesk.errors import MemoryStoreError
from copydesk.kit import databases
from copydesk.memory import VERSION, Fate, Memory, Revisit, migrate

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
FATE = Fate(
    identity="a.example/x", url="https://a.example/x", state="dropped", at=NOON, reason="gone"
)


@pytest.fixture
def memory(tmp_path: Path) -> Iterator[Memory]:
    with closing(Memory(tmp_path / "memory.sqlite")) as store:
        yield store


def test_a_fate_comes_back_as_it_was_kept(memory: Memory) -> None:
    memory.keep_fate(FATE)
    assert FATE == memory.fate("a.example/x")


def test_a_later_fate_takes_the_place_of_an_earlier_one(memory: Memory) -> None:
    memory.keep_fate(FATE)
    later = replace(FATE, state="filed", reason="", path="_news/x.md")
    memory.keep_fate(later)
    assert [later] == list(memory.fates())


def test_the_source_of_a_record_is_found_by_its_path(memory: Memory) -> None:
    feed = "https://a.example/feed"
    filed = replace(FATE, state="filed", path="_news/x.md", source=feed)
    memory.keep_fate(filed)
    memory.keep_fate(replace(filed, identity="a.example/y", path="_news/y.md", source=""))
    memory.keep_fate(replace(FATE, identity="a.example/z", source=feed))

    assert {"_news/x.md": feed} == memory.sources_of_records()


def test_an_unknown_lead_has_no_fate(memory: Memory) -> None:
    assert memory.fate("nobody.example/") is None


def test_digests_of_a_record_are_replaced_as_a_whole(memory: Memory) -> None:
    memory.keep_digests("_news/x.md", {"title": "1", "topics": "2"})
    memory.keep_digests("_news/x.md", {"title": "3"})
    assert memory.digests("_news/x.md") == {"title": "3"}


def test_two_sites_have_two_manifests(memory: Memory) -> None:
    memory.manifest("site").put("index.html", "1")
    memory.manifest("elsewhere").put("index.html", "2")
    assert memory.manifest("site").get("index.html") == "1"
    memory.manifest("site").forget("index.html")
    assert list(memory.manifest("site").paths()) == []
    assert memory.manifest("elsewhere").get("index.html") == "2"


def test_what_is_kept_survives_closing(tmp_path: Path) -> None:
    first = Memory(tmp_path / "memory.sqlite")
    first.keep_source("https://a.example/feed", b"{}")
    first.close()
    with closing(Memory(tmp_path / "memory.sqlite")) as second:
        assert second.sources() == {"https://a.example/feed": b"{}"}


def test_changes_made_together_are_made_all_or_not_at_all(memory: Memory) -> None:
    def stumble() -> None:
        with memory.together():
            memory.keep_fate(FATE)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        stumble()
    assert list(memory.fates()) == []
    with memory.together():
        memory.keep_fate(FATE)
    assert list(memory.fates()) == [FATE]


@pytest.mark.parametrize(
    "rubbish", [b"not a database at all" * 400, b"SQLite format 3\x00" + b"\xff" * 5000]
)
def test_a_damaged_memory_is_set_aside_and_made_anew(tmp_path: Path, rubbish: bytes) -> None:
    path = tmp_path / "memory.sqlite"
    path.write_bytes(rubbish)
    with closing(Memory(path)) as anew:
        assert list(anew.fates()) == []
    assert (tmp_path / "memory.sqlite.damaged").read_bytes() == rubbish


def test_a_memory_of_a_newer_version_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "memory.sqlite"
    with closing(Memory(path)) as memory:
        memory.keep_fate(FATE)
    set_version(path, 99)

    with pytest.raises(MemoryStoreError, match="a newer copydesk wrote the memory") as caught:
        Memory(path)

    assert (caught.value.subject, [path]) == (str(path), list(tmp_path.glob("*.sqlite*")))
    assert "move the file away" in caught.value.hint
    set_version(path, VERSION)
    with closing(Memory(path)) as again:
        assert [FATE] == list(again.fates())


def test_a_memory_of_a_version_that_there_never_was_is_made_anew(tmp_path: Path) -> None:
    path = tmp_path / "memory.sqlite"
    set_version(path, -1)

    with closing(Memory(path)) as anew:
        assert anew.sources() == {}


def set_version(path: Path, version: int) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA user_version = {version}")


def test_a_place_that_cannot_be_opened_is_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / "memory.sqlite").mkdir()
    with pytest.raises(MemoryStoreError) as caught:
        Memory(tmp_path / "memory.sqlite")
    assert caught.value.subject.endswith("memory.sqlite")
    assert caught.value.hint


@pytest.mark.parametrize(
    "method",
    ["sources", "fates", "sources_of_records"],
)
def test_a_failing_database_is_our_error_under_every_method(memory: Memory, method: str) -> None:
    memory.close()
    with pytest.raises(MemoryStoreError):
        getattr(memory, method)()


def test_a_memory_of_an_earlier_version_is_brought_along(tmp_path: Path) -> None:
    path = tmp_path / "memory.sqlite"
    with closing(databases.connect(path)) as connection:
        migrate(connection, to=1)
        connection.execute("INSERT INTO sources VALUES ('https://a.example/feed', x'7b7d')")
    with closing(Memory(path)) as brought:
        assert brought.sources() == {"https://a.example/feed": b"{}"}
        brought.hosts.put("a.example", b"1")
    assert not path.with_name("memory.sqlite.damaged").exists()


def test_bytes_are_kept_by_key_until_they_are_forgotten(memory: Memory) -> None:
    memory.hosts.put("b.example", b"2")
    memory.hosts.put("a.example", b"0")
    memory.hosts.put("a.example", b"1")
    assert list(memory.hosts.items()) == [("a.example", b"1"), ("b.example", b"2")]
    assert memory.hosts.keys() == ["a.example", "b.example"]
    memory.hosts.forget("a.example")
    assert (memory.hosts.get("a.example"), memory.hosts.get("b.example")) == (None, b"2")


def test_second_looks_come_due_in_their_order(memory: Memory) -> None:
    later = Revisit(path="_news/b.md", url="https://a.example/b", due=NOON + timedelta(hours=1))
    sooner = Revisit(path="_news/c.md", url="https://a.example/c", due=NOON)
    memory.revisits.put(later)
    memory.revisits.put(sooner)
    assert [sooner] == list(memory.revisits.due(NOON))
    assert [sooner, later] == list(memory.revisits.due(NOON + timedelta(hours=1)))
    assert [sooner] == list(memory.revisits.due(NOON + timedelta(days=1), 1))
    memory.revisits.forget("_news/c.md")
    assert memory.revisits.get("_news/c.md") is None
    assert memory.revisits.get("_news/b.md") == later


def test_old_leads_are_forgotten_but_never_what_was_filed(memory: Memory) -> None:
    memory.keep_fate(FATE)
    filed = replace(FATE, identity="a.example/y", state="filed", reason="", path="_news/y.md")
    memory.keep_fate(filed)
    assert memory.forget_leads(NOON) == 0
    assert memory.forget_leads(NOON + timedelta(seconds=1)) == 1
    assert [filed] == list(memory.fates())


def test_what_is_known_of_a_record_moves_with_it(memory: Memory) -> None:
    memory.keep_fate(replace(FATE, state="filed", reason="", path="_news/x.md"))
    memory.keep_digests("_news/x.md", {"title": "1"})
    memory.revisits.put(Revisit(path="_news/x.md", url="https://a.example/x", due=NOON))
    memory.move("_news/x.md", "_archive/_news/x.md")
    assert [fate.path for fate in memory.fates()] == ["_archive/_news/x.md"]
    assert memory.digests("_archive/_news/x.md") == {"title": "1"}
    assert memory.revisits.get("_archive/_news/x.md") is not None


def damaged(path: Path) -> None:
    """Make a memory that begins well, and has no page behind its first that makes sense."""
    with closing(Memory(path)) as store:
        for number in range(1_000):
            store.keep_fate(replace(FATE, identity=f"a.example/{number}"))
            store.hosts.put(f"{number}", b"x" * 200)
    written = path.read_bytes()
    path.write_bytes(written[:4096] + bytes(byte ^ 0x5A for byte in written[4096:]))


def test_a_memory_with_damaged_pages_fails_once_and_is_then_made_new(tmp_path: Path) -> None:
    path = tmp_path / "memory.sqlite"
    damaged(path)

    with closing(Memory(path)) as store, pytest.raises(MemoryStoreError, match="malformed") as told:
        store.keep_fate(FATE)

    assert told.value.hint == "start the next run, which sets the file aside and rebuilds it"
    for _ in range(2):
        with closing(Memory(path)) as store:
            store.keep_fate(FATE)
            assert store.fate(FATE.identity) == FATE
    assert sorted(one.name for one in tmp_path.iterdir()) == [
        "memory.sqlite",
        "memory.sqlite.damaged",
        "memory.sqlite.lock",
    ]


def test_damage_that_is_met_at_a_later_row_is_our_error_too(tmp_path: Path) -> None:
    path = tmp_path / "memory.sqlite"
    with closing(Memory(path)) as store:
        for number in range(1_000):
            store.keep_fate(replace(FATE, identity=f"a.example/{number:04}"))
    with closing(sqlite3.connect(path)) as connection:
        query = "SELECT max(pageno) FROM dbstat WHERE name = 'fates' AND pagetype = 'leaf'"
        try:
            (page,) = connection.execute(query).fetchone()
        except sqlite3.OperationalError:  # not every build knows dbstat
            page = path.stat().st_size // 4096 - 10
    with path.open("r+b") as file:
        file.seek((page - 1) * 4096)
        file.write(b"\xff" * 4096)

    with closing(Memory(path)) as store, pytest.raises(MemoryStoreError):
        list(store.fates())


def test_a_full_disk_is_no_damage(memory: Memory, tmp_path: Path) -> None:
    memory.hosts._run("PRAGMA max_page_count = 1")

    with pytest.raises(MemoryStoreError, match="full"):
        memory.hosts.put("a.example", b"x" * 1_000_000)

    assert not (tmp_path / "memory.sqlite.suspect").exists()
