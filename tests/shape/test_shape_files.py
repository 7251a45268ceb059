"""Who reads files: those that others commit to a newsroom are read by kit.within alone."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from shape import sources

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "copydesk"
SOURCES = sorted(PACKAGE.rglob("*.py"))
METHODS = {"read_text", "read_bytes", "get_data"}
# Of `open` of a path or of `os`, not of a store or a stage that has one of its own.
OPENS = {(owner, "open") for owner in ("os", "io", "path", "file", "Image")}

# What else reads a file, and whose it is. None of these is one that git brings into a newsroom.
OWN = {
    "kit/tables.py": "the package's word lists and tables",
    "embed.py": "the package's vocabulary, and a model",
    "desk/_pages.py": "the package's style and script",
    "rendering.py": "the package's templates and languages",
    "newsroom/starts.py": "the package's demo, and the folder of a new newsroom",
    "illustrate/drawing.py": "the package's face, or the newsroom's; its kept drawings",
}
STORES = {
    "mail_store/_database.py": "whether an erased address still stands in the file",
    "kit/files.py": "how files are written",
    "kit/locks.py": "how they are locked",
    "kit/within.py": "the one way to read what others commit",
    "kit/faces.py": "the names in the source of a face of the package",
    "archive/_articles.py": "the store of articles",
    "archive/_journal.py": "the journal",
    "archive/sealing.py": "writes the key",
    "archive/git/_git.py": "git's index, a lock beside it, files that are hashed and never shown",
    "archive/git/_checkout.py": "the same",
    "illustrate/_forms.py": "bytes of a picture in memory",
    "illustrate/_album.py": "the store of pictures",
    "illustrate/_album_files.py": "its list, and what it knows of each",
    "newsroom/backup/_back_up.py": "parts of a backup, copied a moment ago",
    "newsroom/backup/_restore.py": "a newsroom that was restored a moment ago, hashed",
    "newsroom/backup/_targets.py": "the status of backups, a list that was fetched a moment ago",
    "newsletters/checks.py": "the key that signs letters",
    "newsroom/_newsroom.py": "where git keeps what a work tree shares",
    "building/_build.py": "which folders are gone",
    "publish/writing.py": "the site, to compare",
    "background/_fork_server.py": "/dev/null",
    "building/_verify.py": "/dev/null, and how much memory this process has",
    "background/_edited_files.py": "the kernel's table of mounts",
    "newsletters/reader_pages/_visit.py": "our own style sheet",
    "serve/_site.py": "the site",
    "deploy/_folders.py": "the place that the site is sent to",
    "deploy/_deliver.py": "the site",
    "deploy/s3.py": "a backup that is sent",
}
NAMED = {  # by a person, on the command line or in beat.toml
    "newsletters/sending/_prepare.py": "the key that signs letters",
    "newsroom/backup/_restore.py": "a backup",
    "newsroom/backup/_targets.py": "a backup, and the key to it",
    "cli/_mail_readers.py": "a list of readers that is written",
    "editing/source_edits.py": "a list of sources",
    "rounds/_reading.py": "a saved page",
    "rounds/recall.py": "a list of stories",
    "fetch/warc.py": "a recorded web",
    "fetch/web/downloads.py": "a list of archives",
    "measure/_grouping.py": "labelled data",
    "measure/labelled.py": "labelled data",
    "measure/_scores.py": "labelled data",
    "measure/_topics.py": "labelled data",
}
READERS = OWN | STORES | NAMED


def name_of(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


def reads(path: Path) -> Iterator[int]:
    """Return the lines in which a file is opened or read without kit.within."""
    for node in sources.walk(path):
        if isinstance(node, ast.Attribute):
            owner = node.value.id if isinstance(node.value, ast.Name) else ""
            if node.attr in METHODS or (owner, node.attr) in OPENS:
                yield node.lineno
        elif isinstance(node, ast.Name) and node.id == "open":
            yield node.lineno


def test_a_file_is_read_by_kit_within_or_for_a_reason() -> None:
    found = {name_of(path): lines for path in SOURCES if (lines := list(reads(path)))}

    assert {} == {name: lines for name, lines in found.items() if name not in READERS}
    assert set() == READERS.keys() - found.keys(), "they read no file any longer"


def test_every_room_that_reads_settings_or_records_reads_them_by_kit_within() -> None:
    assert not [name for name in READERS if name.startswith("config/")]
    assert "archive/_archive.py" not in READERS
