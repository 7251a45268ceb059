"""What grouping keeps between rounds: what is filed is the same whatever became of the file."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from copydesk import archive
from copydesk.catalogue import Catalogue
from world.later import run
from world.newsroom import WALL, feed, newsroom, page, record_web, run_git

WHEN = "Thu, 19 Nov 2026 10:00:00 GMT"
VOTED = (
    "Two metres more for the sea wall: Port Sable's council said yes on Thursday, with the mayor, "
    "Ilse Brandt, asking the province for half of 41 million crowns.\n"
    "Engineers had warned that the old stone on the coast no longer reaches high enough for a "
    "storm like that of January, and that the school lies in its way."
)
HEADS = {
    "gull": ("Port Sable raises its sea wall by two metres", WALL),
    "tern": ("Port Sable council votes for two metres more of sea wall", VOTED),
}


@pytest.fixture(scope="module")
def filed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a newsroom that has filed a story, and listens to another newsroom now."""
    folder = tmp_path_factory.mktemp("corpus")
    pages = {}
    for name, (head, text) in HEADS.items():
        url = f"https://{name}.example/story"
        pages[url] = page(head, text, date="2026-11-19T10:00:00Z")
        pages[f"https://{name}.example/feed.xml"] = feed((head, url, WHEN))
    record_web(folder / "web.warc.gz", pages)
    root = newsroom(folder / "beat", more="\n[scoring]\npublish_at = 20\n")
    run(root, folder / "web.warc.gz")
    listen(root, "tern")
    return root


def listen(root: Path, name: str) -> None:
    with (root / "beat.toml").open("a", encoding="utf-8") as out:
        out.write(f'\n[[source]]\nurl = "https://{name}.example/feed.xml"\nname = "{name}"\n')
    run_git(root, "add", "-A")
    run_git(root, "commit", "-qm", name)


def catalogue_of(root: Path) -> Path:
    return root / ".copydesk" / "catalogue.sqlite"


def next_round(filed: Path, to: Path, spoil: Callable[[Path], object]) -> dict[str, bytes]:
    """Run the next round on a copy of the newsroom; return its records."""
    root = Path(shutil.copytree(filed, to))
    spoil(catalogue_of(root))
    report = run(root, filed.parent / "web.warc.gz", 1, all_due=True)
    assert len(report.filed) == 1
    return records(root)


def records(root: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in sorted((root / "_news").iterdir())}


def keep(file: Path) -> None:
    """Leave what was kept as it is."""


def lose_terms(file: Path) -> None:
    with closing(sqlite3.connect(file)) as database:
        for table in ("documents", "document_terms", "term_places", "term_counts"):
            database.execute(f"DELETE FROM {table}")
        database.commit()


def lose_all(file: Path) -> None:
    for path in file.parent.glob("catalogue.sqlite*"):
        path.unlink()


def put_in_the_way(file: Path) -> None:
    lose_all(file)
    file.mkdir()


@pytest.mark.parametrize("spoil", [lose_terms, lose_all, put_in_the_way])
def test_a_round_files_the_same_whatever_became_of_what_was_kept(
    tmp_path: Path, filed: Path, spoil: Callable[[Path], object]
) -> None:
    kept = next_round(filed, tmp_path / "kept", keep)

    assert kept == next_round(filed, tmp_path / "spoilt", spoil)


def test_a_new_story_joins_a_filed_one_by_what_was_kept(tmp_path: Path, filed: Path) -> None:
    next_round(filed, tmp_path / "beat", keep)

    stories = archive.Archive(tmp_path / "beat").stories(lambda error: pytest.fail(str(error)))
    groups = {story.web_url: story.group for story in stories}
    assert groups["https://tern.example/story"] == groups["https://gull.example/story"] != ""


def test_what_is_filed_is_kept_from_the_next_round_on(tmp_path: Path, filed: Path) -> None:
    next_round(filed, tmp_path / "beat", keep)

    with closing(Catalogue(catalogue_of(tmp_path / "beat"))) as catalogue:
        assert len(catalogue.corpus.digests()) == 1


def add_to_feed(root: Path, tmp_path: Path, hours: float) -> None:
    """Run a round so many hours later, in which another newsroom files something else."""
    head = f"Harbour office of Saltholm counts {hours:.0f} herons"
    url = f"https://heron.example/{hours:.0f}"
    pages = {
        url: page(
            head,
            f"On the coast of Saltholm Jana Novotna counts {hours:.0f} herons. " * 9,
            date="2026-11-20T10:00:00Z",
        ),
        "https://heron.example/feed.xml": feed((head, url, WHEN)),
    }
    web = record_web(tmp_path / f"web-{hours:.0f}.warc.gz", pages)
    run(root, web, hours, all_due=True)


def grouped(tmp_path: Path, filed: Path) -> Path:
    """Return a newsroom with a group of two, which three rounds have seen."""
    root = tmp_path / "beat"
    next_round(filed, root, keep)
    for hours in (3, 5):
        add_to_feed(root, tmp_path, hours)
    return root


def test_a_group_that_lost_its_leader_by_hand_is_led_again(tmp_path: Path, filed: Path) -> None:
    root = grouped(tmp_path, filed)
    stories = archive.Archive(root).stories(lambda error: pytest.fail(str(error)))
    pair = (story for story in stories if "heron" not in story.web_url)
    leader, other = sorted(pair, key=lambda story: story.heat == -1)
    assert leader.group == other.group != ""
    run_git(root, "rm", "-q", leader.path)
    run_git(root, "commit", "-qm", "gone")

    add_to_feed(root, tmp_path, 7)

    alone = archive.Archive(root).read(other.path)
    assert (alone.group, alone.published, alone.heat) == ("", True, alone.quality)
