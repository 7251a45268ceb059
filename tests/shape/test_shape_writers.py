"""Who writes files: what is in git is written by archive alone, and committed by its changes."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from shape import sources

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "copydesk"
SOURCES = sorted(PACKAGE.rglob("*.py"))
METHODS = {
    *("write_text", "write_bytes", "write_atomic", "write_if_changed", "touch"),
    *("unlink", "rename", "rmdir", "rmtree", "copytree", "copyfile"),
    *("hardlink_to", "symlink_to"),
}
# Of `replace` that of a file, not of a text, a moment or a value; of `open` that which may write.
NAMED = {("os", "replace"), ("os", "remove"), ("os", "link"), ("os", "symlink"), ("shutil", "move")}
WRITING_MODES = frozenset("wax+")
WRITING_FLAGS = {"O_WRONLY", "O_RDWR", "O_CREAT"}

# Who writes, and where. What is in git of a newsroom is in the first two tables alone.
CHANGES = {
    "archive/change.py": "what becomes of which files: the one way",
    "archive/git/_bundle.py": "lays out a backup: a repository of ours in a folder that is new",
    "archive/git/_checkout.py": "lays out what a push brought in",
}
OF_THE_OWNER = {
    "newsroom/starts.py": "a newsroom that is made or adopted",
}
OWN = {
    "newsroom/uploads.py": "pictures that wait for the action that uses them",
    "archive/_articles.py": "the store of articles",
    "desk/mailing/_keeper.py": "below .copydesk: a list of readers, while it is taken over",
    "kit/databases.py": "makes a database for its user alone, deletes a damaged disposable one",
    "archive/change.py": "notes below .copydesk that a missing flock was told",
    "archive/git/_git.py": "git's index, and a lock beside it",
    "archive/_journal.py": "the journal",
    "archive/git/_push.py": "a work tree of its own below git's folder",
    "archive/sealing.py": "the key",
    "building/posts/bluesky.py": "below .copydesk: the session of an account",
    "newsroom/reports.py": "below .copydesk: how the last round went, what a restore missed",
    "newsroom/checks.py": "below .copydesk: which web servers pass requests on",
    "building/_build.py": "below .copydesk: which folders are gone, and the face of cards",
    "illustrate/_album.py": "below .copydesk: pictures",
    "illustrate/drawing.py": "below .copydesk: drawn cards",
    "illustrate/_album_files.py": "below .copydesk: the list of pictures, what has no room",
    "kit/files.py": "how files are written",
    "kit/locks.py": "how they are locked",
    "memory/_schema.py": "the memory",
    "publish/writing.py": "the site, below .copydesk or where `build --out` says",
}
ELSEWHERE = {
    "rounds/backfill/_read.py": "a downloaded archive, when it is read",
    "newsletters/sending/_prepare.py": "letters as files that a person asked for",
    "cli/mail.py": "the HTML of a newsletter that a person asked for",
    "cli/_mail_readers.py": "a list of readers that a person asked for",
    "newsroom/backup/_back_up.py": "a backup that a person asked for",
    "newsroom/backup/_restore.py": "a newsroom that is restored, put into an empty place",
    "newsroom/backup/_manifest.py": "the folder for what is not whole yet",
    "newsroom/backup/_targets.py": "a backup, encrypted or decrypted beside what is not whole yet",
    "deploy/s3.py": "a backup that was sent or is restored, fetched into such a folder",
    "deploy/_folders.py": "the place that the site is sent to, and a temporary folder",
    "deploy/branch.py": "a repository of its own below .copydesk",
    "fetch/warc.py": "a recording that a person asked for",
    "fetch/web/downloads.py": "an archive that a person asked for, to the place that they name",
    "building/_verify.py": "the files of a stranger's records, in a temporary folder",
    "measure/_grouping.py": "results that a person asked for",
}
WRITERS = CHANGES | OF_THE_OWNER | OWN | ELSEWHERE

# Who asks a repository what may change in it, or makes a commit.
COMMITTERS = {
    "archive/change.py": "the one way",
    "kit/databases.py": "a database's own transaction",
    "publish/_publish.py": "the page index's tables",
    "catalogue/page_index.py": "the same",
}


def name_of(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


def calls(path: Path) -> Iterator[tuple[ast.Call, str, str]]:
    """Walk the calls of a file, each with the name before the point and behind it."""
    for node in sources.walk(path):
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name(id=owner), attr=name)):
                yield node, owner, name
            case ast.Call(func=ast.Attribute(attr=name)):
                yield node, "", name
            case ast.Call(func=ast.Name(id=name)):
                yield node, "", name


def writes(path: Path) -> list[int]:
    """Return the lines in which a file or a folder is written, moved or deleted."""
    return [
        node.lineno
        for node, owner, name in calls(path)
        if name in METHODS
        or (owner, name) in NAMED
        or (name in {"open", "fdopen"} and _opens_to_write(node))
        or (name == "replace" and _is_of_a_path(node))
    ]


def _opens_to_write(call: ast.Call) -> bool:
    said = [*call.args, *(one.value for one in call.keywords)]
    modes = (one.value for one in said if isinstance(one, ast.Constant))
    flags = {one.attr for each in said for one in ast.walk(each) if isinstance(one, ast.Attribute)}
    return bool(flags & WRITING_FLAGS) or any(
        isinstance(mode, str) and WRITING_MODES & set(mode) and set(mode) <= set("rwaxbt+")
        for mode in modes
    )


def _is_of_a_path(call: ast.Call) -> bool:
    """Decide whether a `replace` has one argument alone, as a path's has, and a shelf's."""
    match call.func:
        case ast.Attribute(value=ast.Name(id=owner) | ast.Attribute(attr=owner)):
            is_shelf = owner in {"shelf", "self"}
        case _:
            is_shelf = False
    return not is_shelf and len(call.args) == 1 and not call.keywords


def commits(path: Path) -> list[int]:
    return [node.lineno for node, _, name in calls(path) if name in {"commit", "find_user_changes"}]


def differ(
    find: Callable[[Path], list[int]], expected: Mapping[str, str]
) -> dict[str, list[int] | str]:
    """Name the files that do a thing without a reason, by their lines, and those that do not."""
    found = {name_of(path): lines for path in SOURCES if (lines := find(path))}
    idle = dict.fromkeys(expected.keys() - found.keys(), "does it no longer")
    return {name: lines for name, lines in found.items() if name not in expected} | idle


def test_files_are_written_by_archive_or_for_a_reason() -> None:
    assert {} == differ(writes, WRITERS)


def test_a_repository_is_committed_to_by_a_change_alone() -> None:
    assert {} == differ(commits, COMMITTERS)


def test_a_reason_that_nobody_needs_is_told_and_so_is_a_file_without_one() -> None:
    line = 7

    found = differ(lambda path: [line] * (name_of(path) == "errors.py"), {"gone.py": "so"})

    assert {"errors.py": [line], "gone.py": "does it no longer"} == found


def test_no_room_but_archive_commits_otherwise_than_by_a_change() -> None:
    """Of the others only `newsroom` knows a repository, and asks it or hands it a change."""
    asked = {
        (name_of(path), node.func.value.id if isinstance(node.func.value, ast.Name) else "")
        for path in SOURCES
        if path.relative_to(PACKAGE).parts[0] != "archive"
        for node, _, name in calls(path)
        if name == "commit" and isinstance(node.func, ast.Attribute)
    }

    rooms = ("newsroom/", "building/", "newsletters/", "rounds/", "editing/", "background/")
    assert {one for one in asked if one[0].startswith(rooms)} == set()


@pytest.mark.parametrize(
    ("text", "is_write"),
    [
        ("files.write_atomic(root / 'x', data)", True),
        ("path.unlink()", True),
        ("os.replace(a, b)", True),
        ("path.replace(other)", True),
        ("open(path, 'w')", True),
        ("path.open('ab')", True),
        ("path.open(mode='x')", True),
        ("os.open(path, os.O_WRONLY)", True),
        ("text.replace('a', 'b')", False),
        ("replace(story, title='a')", False),
        ("moment.replace(hour=1)", False),
        ("desk.shelf.replace(story)", False),
        ("path.open('rb')", False),
        ("path.open(encoding='utf-8')", False),
        ("os.open(path, os.O_RDONLY)", False),
    ],
)
def test_a_write_is_told_from_what_is_none(tmp_path: Path, text: str, is_write: bool) -> None:
    file = tmp_path / "one.py"
    file.write_text(text)

    assert bool(writes(file)) == is_write
