"""Which records there are and which may have changed, without a look into one."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from copydesk.archive import NEWS_FOLDERS, Archive, Signature

CRANE, SHIP = "_news/2025-03-04-crane.md", "_archive/_news/2020-01-01-ship.md"
LONG_AGO_NS = 1_600_000_000_000_000_000


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    """Return an archive of a few files, of which three may be records."""
    for path in (CRANE, SHIP, "_people/ada/ada.md", "_news/.new-1.md", "_data/a.md", "_news/b.txt"):
        file = tmp_path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("---\ntitle: x\n---\n\n")
        os.utime(file, ns=(LONG_AGO_NS, LONG_AGO_NS))
    return Archive(tmp_path)


def sign(archive: Archive) -> dict[str, Signature]:
    """Return the signatures of all files that may be records."""
    signatures: dict[str, Signature] = {}
    folders = ["_people", *NEWS_FOLDERS]
    while folders:
        folders += archive.sign_folder(folders.pop(), signatures)
    return signatures


def test_every_file_that_may_be_a_record_has_a_signature(archive: Archive) -> None:
    signatures = sign(archive)

    assert {CRANE, SHIP, "_people/ada/ada.md"} == signatures.keys()
    assert (LONG_AGO_NS, 18) == (signatures[CRANE].modified_ns, signatures[CRANE].size)


def test_what_nobody_touched_keeps_its_signature(archive: Archive) -> None:
    before = sign(archive)
    archive.file_bytes(CRANE)

    assert before == sign(archive)


def edit(file: Path) -> None:
    """Write into the file what is longer."""
    file.write_text("---\ntitle: longer\n---\n\n")


def edit_to_the_same_size(file: Path) -> None:
    """Write into the file as many other bytes."""
    with file.open("r+b") as handle:
        handle.write(b"---\ntitle: y")


def edit_in_secret(file: Path) -> None:
    """Write as many other bytes and put the time of the edit back."""
    edit_to_the_same_size(file)
    os.utime(file, ns=(LONG_AGO_NS, LONG_AGO_NS))


def replace(file: Path) -> None:
    """Put another file of the same size and time in its place."""
    other = file.with_suffix(".new")
    other.write_text("---\ntitle: z\n---\n\n")
    os.utime(other, ns=(LONG_AGO_NS, LONG_AGO_NS))
    other.replace(file)


def touch(file: Path) -> None:
    """Say that it was edited now."""
    os.utime(file)


@pytest.mark.parametrize("change", [edit, edit_to_the_same_size, edit_in_secret, replace, touch])
def test_a_changed_file_has_another_signature(
    archive: Archive, change: Callable[[Path], None]
) -> None:
    before = sign(archive)
    wait_for_the_next_tick(archive.root)

    change(archive.root / CRANE)

    after = sign(archive)
    assert [CRANE] == [path for path in after if after[path] != before[path]]


def wait_for_the_next_tick(root: Path) -> None:
    """Let the file system's clock move on: two edits within one of its ticks look alike."""
    first = second = 0
    for number in range(100_000):
        probe = root / "probe"
        probe.write_bytes(b"%d" % number)
        second = probe.stat().st_ctime_ns
        first = first or second
        if second > first:
            return
    raise AssertionError(f"the clock stands still at {second}")


def test_a_record_that_came_and_one_that_went_are_seen(archive: Archive) -> None:
    (archive.root / SHIP).unlink()
    (archive.root / "_news/new.md").write_text("x")

    assert {CRANE, "_news/new.md", "_people/ada/ada.md"} == sign(archive).keys()


def test_a_link_is_signed_itself_and_no_folder_behind_one_is(
    archive: Archive, tmp_path_factory: pytest.TempPathFactory
) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (elsewhere / "far.md").write_text("---\n---\n")
    (archive.root / "_news" / "linked.md").symlink_to(elsewhere / "far.md")
    (archive.root / "_news" / "folder").symlink_to(elsewhere)

    signatures = sign(archive)

    assert "_news/linked.md" in signatures
    assert "_news/folder/far.md" not in signatures


def test_an_empty_newsroom_has_no_signatures(tmp_path: Path) -> None:
    assert {} == sign(Archive(tmp_path))
