"""Whatever is killed amid its work: the newsroom goes on as if it had not been.

Each word of an editor and each kind of round is killed as its change goes into the journal, and
just behind that; with COPYDESK_KILLS=60 before so many more of its changes of the disk and runs of
git, spread over all of them.
"""

from __future__ import annotations

import functools
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from copydesk.archive.change import is_cut_short
from world import later
from world.killed import UNDO, Commands, about_the_journal, commands, spread
from world.later import SEALS_RECORD, WALL_PAGE, WALL_RECORD
from world.newsroom import (
    KEY,
    NOW,
    SEALS,
    WALL,
    feed,
    newsroom,
    page,
    record_web,
    run_git,
    small_web,
)

pytestmark = pytest.mark.slow

KILLS = int(os.environ.get("COPYDESK_KILLS", "0"))
PROFILES = {"copydesk": "", "everyday": '[scoring]\nprofile = "everyday"\n'}
ARCHIVING = "[records]\narchive_after_days = 30\n"
HERON = "https://heron.example/feed.xml"
WORD_HOURS = 2.0
NEW_PAGES = {"gull.example/storm", "gull.example/bakery"}  # filed by rounds that are killed
WHY = ("--why", "so it is", "--as", "Ed")
LEDGER = f"""\
moved:
  - from: {HERON}
    to: https://heron.example/old.xml
    at: 2026-11-19T08:00:00Z
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What is killed: its words, so many hours after the first round; what is done before it."""

    words: tuple[str, ...]
    before: tuple[tuple[str, ...], ...] = ()
    prepare: Callable[[Path], object] = lambda root: None
    hours: float = WORD_HOURS

    @property
    def is_round(self) -> bool:
        return self.words == ("run",)


def ledger(root: Path) -> None:
    commit(root, "_data/sources.yaml", LEDGER)


def new_hashtag(root: Path) -> None:
    path = "_data/topics/00-coast.yaml"
    commit(root, path, (root / path).read_text("utf-8").replace("#Coast", "#Shore"))


def attic(root: Path) -> None:
    commit(root, "beat.toml", (root / "beat.toml").read_text("utf-8") + ARCHIVING)


def commit(root: Path, path: str, text: str) -> None:
    (root / path).write_text(text, "utf-8")
    run_git(root, "add", "-A")
    run_git(root, "commit", "-qm", "by hand")


def verdict(said: str) -> tuple[str, ...]:
    return ("verdict", WALL_RECORD, said, *WHY)


RENAME = ("rule", "rename", WALL_RECORD, "The wall", *WHY)
NOTE = ("rule", "set", WALL_RECORD, "note", "Ours.", *WHY)
CASES = {
    "publish": Case(words=verdict("publish")),
    "remove": Case(words=verdict("remove")),
    "clear": Case(words=verdict("clear"), before=(verdict("hold"),)),
    "clear a removal": Case(words=verdict("clear"), before=(verdict("remove"),)),
    "rename": Case(words=RENAME),
    "pin": Case(words=("rule", "pin", SEALS_RECORD, *WHY)),
    "note": Case(words=NOTE),
    "undo a rule": Case(words=("rule", "undo", "1", "--as", "Ed"), before=(RENAME,)),
    "keep": Case(words=("sources", "keep", HERON, *WHY), prepare=ledger),
    "undo a rename": Case(words=(UNDO,), before=(RENAME,)),
    "undo a removal": Case(words=(UNDO,), before=(verdict("remove"),)),
    "undo a clearing": Case(words=(UNDO,), before=(verdict("remove"), verdict("clear"))),
    "file": Case(words=("file", "https://gull.example/bakery", "--topic", "Coast", *WHY)),
    "rejudge": Case(words=("rejudge", "--apply", "--since", "0"), prepare=new_hashtag),
    "correction": Case(words=("run",), hours=26),
    "attic": Case(words=("run",), prepare=attic, hours=60 * 24),
}


@pytest.fixture(scope="module")
def run() -> Iterator[Commands]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COPYDESK_KEY", KEY)
        with commands() as run:
            yield run


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Record the small web; a day later the wall's page says more, and a storm comes."""
    first, storm = small_web(), "https://gull.example/storm"
    told = WALL.replace("41 million", "52 million")
    date = "Fri, 20 Nov 2026 20:00:00 GMT"
    more = {
        WALL_PAGE: page("Sea wall to rise by three metres", told),
        "https://gull.example/feed.xml": feed(("A storm at the wall", storm, date)),
        storm: page("A storm at the sea wall on the coast", f"A storm came by night.\n{SEALS}"),
    }
    answers = {url: [answer] for url, answer in first.items()}
    for url, answer in more.items():
        answers.setdefault(url, []).append(later.at(20, answer))
    return record_web(tmp_path_factory.mktemp("web") / "web.warc.gz", answers)


@pytest.fixture(scope="module")
def filed(tmp_path_factory: pytest.TempPathFactory, web: Path) -> dict[str, Path]:
    """Give a newsroom of each profile after its first round; tests work on copies."""
    roots = {}
    for name, more in PROFILES.items():
        roots[name] = newsroom(tmp_path_factory.mktemp(name) / "beat", more=more)
        assert later.run(roots[name], web).complete
    return roots


def say(run: Commands, web: Path, root: Path, case: Case, killed_at: int = 0) -> int:
    """Say a case's words, the commit of an action that is undone with them."""
    now = NOW + timedelta(hours=case.hours)
    words = case.words
    if words == (UNDO,):
        words = (UNDO, run_git(root, "log", "-1", "--format=%H", "--grep=by Ed").strip())
    elif words[0] in {"run", "file"}:
        words = (*words, "--web", str(web))
    return run("-C", root, "--now", now.isoformat(), *words, killed_at=killed_at)


def begin(run: Commands, web: Path, root: Path, case: Case) -> None:
    case.prepare(root)
    for hour, words in enumerate(case.before):
        assert 0 == say(run, web, root, Case(words=words, hours=1 + hour / 2))


def go_on(root: Path, web: Path, case: Case) -> list[dict[str, object]]:
    """Run three more rounds; give how things stand after each, and what the last two told."""
    found: list[dict[str, object]] = []
    for hours in (1.5, 27, 24 * 9):
        report = later.run(root, web, case.hours + hours)
        told = (report.filed, report.updated, report.dropped, report.looked_again, report.failed)
        found.append({**state(root), "report": told if found else ()})
    return found


def state(root: Path) -> dict[str, object]:
    """Give all that a newsroom is: git, its journal, articles, site and memory."""
    private = root / ".copydesk"
    return {
        "tree": run_git(root, "ls-tree", "-r", "HEAD").splitlines(),
        "status": run_git(root, "status", "--porcelain"),
        "log": sorted(run_git(root, "log", "--format=%s|%an").splitlines()),
        "journal": [path.name for path in (private / "journal").glob("*.json")],
        "articles": sorted(path.name for path in (private / "articles").iterdir()),
        "site": {
            str(path.relative_to(root)): path.read_bytes()
            for path in (private / "site").rglob("*")
            if path.is_file()
        },
        **memory(private / "memory.sqlite"),
    }


def memory(path: Path) -> dict[str, object]:
    """Give every table but the manifest, which names the site's place on this disk."""
    with closing(sqlite3.connect(path)) as connection:
        tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        names = [name for (name,) in tables if name not in {"manifest", "sqlite_sequence"}]
        return {name: sorted(connection.execute(f"SELECT * FROM {name}")) for name in names}


def differences(
    expected: Sequence[dict[str, object]], found: Sequence[dict[str, object]]
) -> list[str]:
    """Name what differs after which round."""
    return [
        f"round {number}, {part}: {_brief(one[part], other[part])}"
        for number, (one, other) in enumerate(zip(expected, found, strict=True), 1)
        for part in one
        if one[part] != other[part]
    ]


def _brief(one: Any, other: Any) -> str:
    if isinstance(one, dict):
        return str(sorted(key for key in {*one, *other} if one.get(key) != other.get(key)))
    if isinstance(one, list):
        return f"without {[x for x in one if x not in other]}, {[x for x in other if x not in one]}"
    return f"{one!r} became {other!r}"


def is_as_said(case: Case, found: Sequence[dict[str, Any]], said: Sequence[dict[str, Any]]) -> bool:
    """Decide whether all that a change needs is there, whoever finished it.

    The memory is told after the commit. If the process is killed between the two, who comes next
    finds most of it in records, articles and the ledger. Lost are only: which source listed a page
    that the round filed and when, its counts, the validators and words of a planned look (its
    address and hour are found again), and a mark on the source that the ledger sets anew.
    """

    def lasting(state: dict[str, Any]) -> dict[str, Any]:
        kept = dict(state)
        if case.is_round or case.words[0] == "file":
            kept["fates"] = [fate for fate in state["fates"] if fate[0] not in NEW_PAGES]
            kept["counts"] = [row for row in state["counts"] if row[2] not in {"filed", "lead"}]
            kept["revisits"] = [look[:3] for look in state["revisits"]]
        if case.words[:2] == ("sources", "keep"):
            kept["sources"] = [
                (url, state.replace(b'"held":true', b'"held":false'))
                for url, state in state["sources"]
            ]
        return kept

    return [*map(lasting, found)] == [*map(lasting, said)]


def is_as_unsaid(
    case: Case,
    found: Sequence[dict[str, Any]],
    unsaid: Sequence[dict[str, Any]],
    said: Sequence[dict[str, Any]],
) -> bool:
    """Decide whether a killed command left no trace but the text of the page that it had read.

    `file` stores this text before the journal has the record, so that a record in git never lacks
    its text. If it is killed between the two, the text stays. No record, ruling or plan names it:
    it is one file more in a store of limited size, which deletes its oldest files first.
    """
    if case.words[0] != "file":
        return found == unsaid
    texts = {*said[0]["articles"]}.difference(unsaid[0]["articles"])
    without = [
        {**state, "articles": [text for text in state["articles"] if text not in texts]}
        for state in found
    ]
    return unsaid in (found, without)


def _asked_always(journalled: int, profile: str) -> set[int]:
    """Return the moments that every run of the tests asks about; each costs four rounds."""
    around = about_the_journal(journalled)
    if KILLS or not around:
        return around
    return {journalled, journalled + 1} if profile == "copydesk" else {journalled + 1}


@pytest.mark.sample(
    "publish-copydesk",
    "remove-everyday",
    "file-copydesk",
    "correction-everyday",
)
@pytest.mark.parametrize("profile", PROFILES)
@pytest.mark.parametrize("name", CASES)
def test_whatever_was_killed_the_newsroom_goes_on_as_if_it_had_not_been(
    tmp_path: Path, run: Commands, web: Path, filed: dict[str, Path], profile: str, name: str
) -> None:
    """A word that was killed before it was noted, and is not said again, was never said."""
    case = CASES[name]
    begun = Path(shutil.copytree(filed[profile], tmp_path / "begun"))
    begin(run, web, begun, case)

    @functools.cache
    def unsaid() -> list[dict[str, object]]:
        return go_on(Path(shutil.copytree(begun, tmp_path / "unsaid")), web, case)

    whole = Path(shutil.copytree(begun, tmp_path / "whole"))
    assert 0 == say(run, web, whole, case)
    moments = sorted({*spread(run.changes, KILLS), *_asked_always(run.journalled, profile)})
    said = go_on(whole, web, case)

    wrong = {}
    for moment in moments:
        root = Path(shutil.copytree(begun, tmp_path / f"killed-{moment}"))
        is_said_again = bool(moment % 2)
        assert -9 == say(run, web, root, case, moment)
        is_journalled = is_cut_short(root) or later.head(root) != later.head(begun)
        if is_said_again or case.is_round:  # a round is always made again
            say(run, web, root, case)  # it may be refused: there is nothing left to undo
        found = go_on(root, web, case)
        if is_journalled and is_as_said(case, found, said):
            continue
        if found != said and (is_said_again or not is_as_unsaid(case, found, unsaid(), said)):
            wrong[moment] = differences(said, found)
        shutil.rmtree(root)
    assert wrong == {}, f"of {len(moments)} kills"
