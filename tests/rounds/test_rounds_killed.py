"""A build that is killed at any moment: the site is the old or the new one, and mends itself."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from copydesk.archive import Archive
from copydesk.news import Story
from copydesk.publish import STAGE
from world import editions, records
from world.killed import Commands, commands
from world.newsroom import NOW, newsroom

pytestmark = pytest.mark.slow

_LINK = re.compile(rb'(?:href|src)="https?://tidewatch\.example/coast/([^"#?]*)|="/coast/([^"#?]*)')
GULL = replace(editions.HERALD, domain="gull.example")
OLD = (
    editions.story("2026-11-18-tide", topics=("Coast",), title="The tide is out"),
    editions.story("2026-11-19-seals", topics=("Coast",), title="Seals are counted"),
)
NEW = (
    replace(OLD[0], title="The tide is in"),  # as long as before
    editions.story("2026-11-20-wall", topics=("Coast",), provider=GULL),
)


@pytest.fixture(scope="module")
def run() -> Iterator[Commands]:
    with commands() as run:
        yield run


def filed(root: Path, stories: Iterable[Story]) -> None:
    """Let these be the records, and no others."""
    stories = tuple(stories)
    for path in (root / "_news").glob("*.md"):
        if f"_news/{path.name}" not in {story.path for story in stories}:
            path.unlink()
    archive = Archive(root)
    for story in stories:
        records.write(archive, replace(story, verdict=None))


def built(run: Commands, root: Path, *words: object, killed_at: int = 0, full_at: int = 0) -> int:
    words = ("-C", root, "--now", NOW.isoformat(), "build", *words)
    return run(*words, killed_at=killed_at, full_at=full_at)


def tree(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and not path.relative_to(folder).parts[0].startswith(".")
    }


def dead_links(site: dict[str, bytes]) -> set[str]:
    """Give what pages that can be reached lead to and is not there, from front page and feeds."""
    waiting = [path for path in site if "/" not in path] if "index.html" in site else []
    seen, dead = set(waiting), set()
    while waiting:
        for pair in _LINK.findall(site[waiting.pop()]):
            found = (pair[0] or pair[1]).decode()
            path = f"{found}index.html" if found.endswith("/") or not found else found
            if path not in site:
                dead.add(path)
            elif path not in seen:
                seen.add(path)
                waiting.append(path)
    return dead


@pytest.fixture
def root(tmp_path: Path, run: Commands) -> Path:
    root = newsroom(tmp_path / "beat", git=False)
    filed(root, OLD)
    assert built(run, root) == 0
    assert built(run, root, "--out", tmp_path / "old") == 0
    filed(root, NEW)
    assert built(run, root, "--out", tmp_path / "new") == 0
    filed(root, OLD)
    assert built(run, root) == 0
    return root


MOMENTS = [*range(1, 60, 7), *range(60, 1200, 45)]
FEW = [1, 8, 29, 50, 60, 105, 150, 330, 600, 1050]


@pytest.mark.sample("what changed-few")
@pytest.mark.parametrize("moments", [FEW, MOMENTS], ids=["few", "many"])
@pytest.mark.parametrize("words", [(), ("--full",)], ids=["what changed", "all"])
def test_a_killed_build_leaves_whole_files_and_live_links_and_the_next_one_mends_it(
    root: Path, run: Commands, words: tuple[str, ...], moments: Sequence[int]
) -> None:
    site = root / ".copydesk/site"
    old, new = tree(root.parent / "old"), tree(root.parent / "new")
    kills = 0
    for moment in moments:
        filed(root, NEW)
        if built(run, root, *words, killed_at=moment) == 0:
            break
        kills += 1
        there = tree(site)
        torn = [path for path in there if there[path] not in (old.get(path), new.get(path))]
        assert torn == []
        assert dead_links(there) == set()
        if moment % 2:
            filed(root, OLD)
        assert built(run, root) == 0
        assert tree(site) == (old if moment % 2 else new)
        assert not (site / STAGE).exists()
        filed(root, OLD)
        assert built(run, root) == 0
        assert tree(site) == old
    assert kills > 5


def test_on_a_full_disk_the_site_stays_and_the_next_build_is_whole(
    root: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    site = root / ".copydesk/site"
    old, new = tree(root.parent / "old"), tree(root.parent / "new")
    filed(root, NEW)

    with commands() as run:
        for moment in range(3, 60, 8):
            assert built(run, root, full_at=moment) == 1
            assert "(No space left on device)" in capfd.readouterr().err
            assert tree(site) == old
        assert built(run, root) == 0

    assert tree(site) == new


def test_two_builds_at_once_take_turns(root: Path) -> None:
    filed(root, NEW)
    words = [sys.executable, "-m", "copydesk", "-C", str(root), "--now", NOW.isoformat(), "build"]

    builds = [subprocess.Popen([*words, *more]) for more in ((), ("--full",), ())]

    assert [build.wait() for build in builds] == [0, 0, 0]
    assert tree(root / ".copydesk/site") == tree(root.parent / "new")
