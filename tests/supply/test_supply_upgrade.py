"""Newsrooms that earlier commits left are opened by today's code, and nothing of them is lost."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from copydesk import desk_store, mail_store, memory
from copydesk.desk_store import open_desk
from copydesk.mail_store import open_mail
from copydesk.memory import Memory
from world.command import copydesk
from world.former import CASES, STORES, Former, read_former, read_published
from world.former_steps import SEALS, WALL
from world.newsroom import record_web, run_git, small_web

LATER = "2026-11-21T08:00:00Z"  # each source is due again
KEPT = sorted(CASES.glob("*.json"))
OPEN: dict[str, Callable[[Path], Any]] = {
    "memory": lambda private: Memory(private / "memory.sqlite"),
    "desk": open_desk,
    "mail": open_mail,
}
VERSIONS = {"memory": memory.VERSION, "desk": desk_store.VERSION, "mail": mail_store.VERSION}
# the one thing that differs: reasons have plainer words since (CHANGELOG.md); their figures stay
REWORDED = "api/v2/stories/2026-11-19-sea-wall-to-rise-by-two-metres.json reasons why"
pytestmark = pytest.mark.slow


def with_store(store: str) -> list[Any]:
    """Return the kept newsrooms that have a store."""
    kept = [path for path in KEPT if store in read_former(path).databases]
    return [pytest.param(path, id=path.stem) for path in kept]


@pytest.fixture(scope="module", params=KEPT, ids=lambda path: path.stem)
def former(request: pytest.FixtureRequest) -> Former:
    return read_former(request.param)


@pytest.fixture
def root(former: Former, tmp_path: Path) -> Path:
    root = tmp_path / "tidewatch"
    former.put(root)
    return root


def read_rows(root: Path, store: str) -> dict[str, list[dict[str, Any]]]:
    """Return the rows of each table of a store."""
    with closing(sqlite3.connect(root / ".copydesk" / f"{store}.sqlite")) as file:
        file.row_factory = sqlite3.Row
        tables = file.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall()
        return {
            name: [dict(row) for row in file.execute(f'SELECT * FROM "{name}"')]
            for (name,) in tables
        }


def find_lost(
    before: dict[str, list[dict[str, Any]]], after: dict[str, list[dict[str, Any]]]
) -> Iterator[str]:
    """Yield each table, column and row that there was and that there is no more."""
    for table, rows in before.items():
        if rows and table not in after:
            yield table
        for row in rows if table in after else ():
            columns = after[table][0].keys() if after[table] else row.keys()
            yield from sorted(f"{table}.{name}" for name in row.keys() - columns)
            kept = {name: value for name, value in row.items() if name in columns}
            if not any(kept.items() <= other.items() for other in after[table]):
                yield f"{table}: {kept}"


@pytest.mark.parametrize("store", STORES)
def test_every_row_of_a_store_is_brought_along(former: Former, root: Path, store: str) -> None:
    if store not in former.databases:
        return  # that commit had no such store
    before = read_rows(root, store)

    OPEN[store](root / ".copydesk").close()

    now = VERSIONS[store]
    with closing(sqlite3.connect(root / ".copydesk" / f"{store}.sqlite")) as file:
        assert (now,) == file.execute("PRAGMA user_version").fetchone()
    assert [] == sorted(set(find_lost(before, read_rows(root, store))))


def run(root: Path, *words: object) -> Any:
    said = copydesk("-C", root, "--now", LATER, *words)
    assert 0 == said.code, said.err
    return said


def test_a_round_with_nothing_new_changes_no_record(root: Path, tmp_path: Path) -> None:
    records = {path: path.read_bytes() for path in (root / "_news").iterdir()}
    head = run_git(root, "rev-parse", "HEAD")

    report = run(root, "run", "--web", record_web(tmp_path / "web.warc.gz", small_web()), "--json")

    assert [] == report.json()["filed"] + report.json()["updated"]
    assert records == {path: path.read_bytes() for path in (root / "_news").iterdir()}
    assert head == run_git(root, "rev-parse", "HEAD")
    assert "" == run_git(root, "status", "--porcelain")


def test_decisions_and_rules_hold(root: Path) -> None:
    assert "2 records checked, saving changes no byte of 2" in run(root, "record", "check").out
    assert "Ada" in run(root, "explain", SEALS).out
    assert run(root, "rule", "list").out.startswith("1\tpin\t")


def test_addresses_and_what_programs_read_stay(former: Former, root: Path) -> None:
    run(root, "build")

    site = root / ".copydesk" / "site"
    assert [] == [name for name in former.site if not (site / name).exists()]
    for place, old, new in find_changed(former.published, read_published(root)):
        assert REWORDED == place, (place, old, new)
        assert re.findall(r"\d+", str(old)) == re.findall(r"\d+", str(new))


def find_changed(
    before: object, after: object, place: str = ""
) -> Iterator[tuple[str, object, object]]:
    """Yield each place of JSON where something that there was is gone or different."""
    if isinstance(before, dict) and isinstance(after, dict):
        for key, value in before.items():
            yield from find_changed(value, after.get(key), f"{place} {key}")
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for old, new in zip(before, after, strict=True):
            yield from find_changed(old, new, place)
    elif before != after:
        yield place.strip(), before, after


@pytest.mark.parametrize("former", with_store("desk"), indirect=True)
def test_accounts_and_drafts_are_there(root: Path) -> None:
    with closing(open_desk(root / ".copydesk")) as store:
        assert ["ada", "ben"] == [account.name for account in store.accounts.list()]
        (draft,) = store.drafts.of("ada")
        assert (WALL, "title", "Sea wall to rise") == (draft.story, draft.field, draft.text)


@pytest.mark.parametrize("former", with_store("mail"), indirect=True)
def test_subscribers_deliveries_and_bounces_are_there(root: Path) -> None:
    addresses = {line.split(",")[0] for line in run(root, "mail", "readers", "export").out.split()}
    assert {f"reader{number}@d{number}.example" for number in range(24)} <= addresses
    for number in (10, 11, 12, 13):
        assert f"tidewatch-2026-11-{number}" in run(root, "mail", "who", "reader0@d0.example").out
    bounces = run(root, "mail", "bounces").out.splitlines()
    assert ["hard", "soft", "soft", "complaint"] == [line.split()[1] for line in bounces]
    assert "reader1@d1.example" in run(root, "mail", "readers", "suppressions").out


def test_what_is_lost_would_be_named() -> None:
    ada = {"name": "ada", "age": 7}
    before: dict[str, list[dict[str, Any]]] = {
        "readers": [ada],
        "none": [],
        "letters": [{"issue": 1}],
    }

    lost = find_lost(before, {"readers": [{"name": "ben", "place": ""}]})
    assert ["readers.age", "readers: {'name': 'ada'}", "letters"] == list(lost)
    assert [] == list(find_lost(before, {**before, "readers": [{**ada, "new": 1}]}))
