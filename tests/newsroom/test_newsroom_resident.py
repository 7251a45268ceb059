"""A newsroom that stays open: what was edited is read again, and nothing else is."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from copydesk import config
from copydesk.errors import ConfigError
from copydesk.newsroom import TICK_NS, Mark, ResidentNewsroom, Stamp
from world.newsroom import NOW, newsroom, run_git

HOURS_NS = 3_600_000_000_000
STAMP = Stamp(inode=7, size=90, changed_ns=HOURS_NS)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return newsroom(tmp_path / "beat")


@pytest.fixture
def resident(root: Path) -> Iterator[ResidentNewsroom]:
    with closing(ResidentNewsroom(root, {})) as resident:
        yield resident


def settings_of(resident: ResidentNewsroom) -> config.Settings:
    return resident.newsroom(NOW).settings


def rename(root: Path, title: str) -> None:
    """Give the beat another title, in a file of the same size for titles of the same length."""
    text = (root / "beat.toml").read_text("utf-8")
    before = text.split('title = "')[1].split('"')[0]
    (root / "beat.toml").write_text(text.replace(before, title, 1), "utf-8")


def wait_until_settled(resident: ResidentNewsroom) -> config.Settings:
    """Ask until the last edit lies more than a tick back, and is not read once more."""
    settings = settings_of(resident)
    while settings is not (settings := settings_of(resident)):
        pass
    return settings


def test_settings_are_read_once_while_nothing_changes(resident: ResidentNewsroom) -> None:
    settings = wait_until_settled(resident)

    assert settings is settings_of(resident)
    assert resident.newsroom(NOW).memory is resident.newsroom(NOW).memory


def test_each_of_many_quick_edits_of_one_size_is_seen(
    root: Path, resident: ResidentNewsroom
) -> None:
    titles = [f"Tide {number:02}" for number in range(20)]

    seen = []
    for title in titles:
        rename(root, title)
        seen.append(settings_of(resident).beat.title)

    assert titles == seen


@pytest.mark.parametrize(
    ("before", "now", "holds"),
    [
        (Mark(taken_ns=2 * HOURS_NS, stamps={"a": STAMP}), {"a": STAMP}, True),
        (Mark(taken_ns=HOURS_NS + TICK_NS, stamps={"a": STAMP}), {"a": STAMP}, False),
        (Mark(taken_ns=HOURS_NS + TICK_NS + 1, stamps={"a": STAMP}), {"a": STAMP}, True),
        (Mark(taken_ns=2 * HOURS_NS, stamps={"a": STAMP}), {}, False),
        (Mark(taken_ns=2 * HOURS_NS, stamps={}), {"a": STAMP}, False),
        (Mark(taken_ns=2 * HOURS_NS, stamps={"a": STAMP}), {"a": replace(STAMP, size=91)}, False),
        (Mark(taken_ns=2 * HOURS_NS, stamps={"a": STAMP}), {"a": replace(STAMP, inode=8)}, False),
    ],
    ids=["same", "within a tick", "after it", "gone", "new", "another size", "another file"],
)
def test_a_mark_holds_while_no_file_can_have_changed(
    before: Mark, now: dict[str, Stamp], holds: bool
) -> None:
    assert holds is before.still_holds(Mark(taken_ns=9 * HOURS_NS, stamps=now))


def test_a_topic_that_was_added_and_one_that_was_deleted_are_seen(
    root: Path, resident: ResidentNewsroom
) -> None:
    topics = root / "_data" / "topics"
    wait_until_settled(resident)

    (topics / "10-harbour.yaml").write_text(
        "taxonomy: topic\n_id: harbour\nname: Harbour\nkeywords:\n  - quay\n", "utf-8"
    )
    more = {topic.id for topic in settings_of(resident).beat.topics}
    (topics / "10-harbour.yaml").unlink()
    fewer = {topic.id for topic in settings_of(resident).beat.topics}

    assert {"coast", "harbour"} == more
    assert {"coast"} == fewer


def test_a_newsroom_whose_data_was_taken_away_has_no_topics(
    root: Path, resident: ResidentNewsroom
) -> None:
    wait_until_settled(resident)

    shutil.rmtree(root / "_data")

    assert () == settings_of(resident).beat.topics
    assert resident.error is None


def test_what_domains_are_trusted_is_read_again_wherever_the_file_lies(
    root: Path, resident: ResidentNewsroom
) -> None:
    text = (root / "beat.toml").read_text("utf-8")
    (root / "trust.csv").write_text("domain,standing\n", "utf-8")
    (root / "beat.toml").write_text(text + '[scoring]\nstandings = ["trust.csv"]\n', "utf-8")
    assert {} == wait_until_settled(resident).beat.standings

    (root / "trust.csv").write_text("domain,standing\ngull.example,0.9\n", "utf-8")

    assert {"gull.example"} == set(settings_of(resident).beat.standings)


@pytest.mark.parametrize(
    ("break_it", "what"),
    [
        (lambda root: (root / "beat.toml").write_text("[site\n"), "beat.toml"),
        (lambda root: (root / "beat.toml").unlink(), "beat.toml"),
        (lambda root: shutil.move(root, root.with_name("away")), "beat.toml"),
    ],
    ids=["broken", "deleted", "no folder"],
)
def test_settings_that_cannot_be_read_leave_the_old_ones_in_use_and_are_told(
    break_it: Callable[[Path], object],
    what: str,
    root: Path,
    resident: ResidentNewsroom,
) -> None:
    before = wait_until_settled(resident)

    break_it(root)

    assert before is settings_of(resident)
    assert isinstance(resident.error, ConfigError)
    assert what in str(resident.error)


def test_settings_that_were_mended_are_in_use_again(root: Path, resident: ResidentNewsroom) -> None:
    whole = (root / "beat.toml").read_text("utf-8")
    (root / "beat.toml").write_text("[site\n", "utf-8")
    assert "Tidewatch" == settings_of(resident).beat.title

    (root / "beat.toml").write_text(whole.replace("Tidewatch", "Ebbwatch"), "utf-8")

    assert "Ebbwatch" == settings_of(resident).beat.title
    assert resident.error is None


def test_a_newsroom_with_broken_settings_is_not_opened(root: Path) -> None:
    shutil.rmtree(root / ".copydesk")
    (root / "beat.toml").write_text("[site\n", "utf-8")

    with pytest.raises(ConfigError):
        ResidentNewsroom(root, {})

    assert not (root / ".copydesk").exists()


EDITS: dict[str, Callable[[Path], object]] = {
    "settings": lambda root: rename(root, "Ebbwatch"),
    "a topic": lambda root: (root / "_data" / "topics" / "00-coast.yaml").unlink(),
    "a template": lambda root: (root / "_templates" / "story.html").write_text("", "utf-8"),
    "the theme's folder": lambda root: shutil.rmtree(root / "_templates"),
    "a commit": lambda root: run_git(root, "commit", "-q", "--allow-empty", "-m", "more"),
    "another branch": lambda root: run_git(root, "checkout", "-q", "-b", "other"),
    "packed refs": lambda root: run_git(root, "pack-refs", "--all"),
}


@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS)
def test_the_mark_tells_of_each_edit_and_of_no_other(
    edit: Callable[[Path], object], root: Path, resident: ResidentNewsroom
) -> None:
    (root / "_templates").mkdir()
    mark = settled_mark(resident)
    (root / "notes.txt").write_text("no part of the newsroom", "utf-8")
    assert mark.still_holds(resident.mark())

    edit(root)

    assert not mark.still_holds(resident.mark())


def test_the_mark_tells_of_a_commit_in_a_further_work_tree(root: Path, tmp_path: Path) -> None:
    run_git(root, "worktree", "add", "-q", "-b", "further", str(tmp_path / "further"))
    with closing(ResidentNewsroom(tmp_path / "further", {})) as resident:
        mark = settled_mark(resident)
        assert mark.still_holds(resident.mark())

        run_git(tmp_path / "further", "commit", "-q", "--allow-empty", "-m", "more")

        assert not mark.still_holds(resident.mark())


def settled_mark(resident: ResidentNewsroom) -> Mark:
    """Take the mark once everything in it lies more than a tick back."""
    mark = resident.mark()
    while not mark.still_holds(mark):
        mark = resident.mark()
    return mark
