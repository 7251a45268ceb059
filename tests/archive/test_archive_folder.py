"""The records of a folder: what is listed, read, written, and left alone."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from copydesk.archive import Archive, check
from copydesk.archive.record import emit_story, parse_story
from copydesk.errors import CopydeskError, RecordError
from copydesk.news import Story
from world.records import write

NOON = datetime(2025, 3, 4, 12, tzinfo=UTC)
PATH = "_news/2025-03-04-crane.md"


def story(path: str = PATH, title: str = "Crane") -> Story:
    """Return a small story."""
    return Story(path=path, title=title, published_at=NOON, quality=72)


def put(root: Path, path: str, data: bytes | str) -> Path:
    """Put a file into a newsroom."""
    file = root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(data.encode() if isinstance(data, str) else data)
    return file


def read_all(root: Path) -> tuple[list[str], list[str]]:
    """Return the paths of the stories that could be read, and the subjects of the errors."""
    troubles: list[CopydeskError] = []
    paths = [one.path for one in Archive(root).stories(troubles.append)]
    return paths, [error.subject for error in troubles]


def test_a_story_that_was_written_is_read_again(tmp_path: Path) -> None:
    assert write(Archive(tmp_path), story())

    assert story() == Archive(tmp_path).read(PATH)
    assert emit_story(story()) == Archive(tmp_path).file_bytes(PATH)


def test_writing_the_same_bytes_again_touches_no_file(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    write(archive, story())
    os.utime(tmp_path / PATH, ns=(1, 1))

    assert not write(archive, story())

    assert 1 == (tmp_path / PATH).stat().st_mtime_ns


def test_live_and_archived_stories_are_given_in_order_of_their_paths(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    for path in ("_news/2025-02-b.md", "_archive/_news/2019-a.md", "_news/2025-01-a.md"):
        write(archive, story(path))

    paths, errors = read_all(tmp_path)

    assert ["_news/2025-01-a.md", "_news/2025-02-b.md", "_archive/_news/2019-a.md"] == paths
    assert [] == errors


def test_one_broken_record_costs_only_itself(tmp_path: Path) -> None:
    write(Archive(tmp_path), story("_news/c.md"))
    put(tmp_path, "_news/a.md", "---\ntitle: [\n---\n\n")
    put(tmp_path, "_news/b.md", b"\xff\xfe")
    put(tmp_path, "_news/.keep", "")
    put(tmp_path, "_news/picture.png", "")

    assert (["_news/c.md"], ["_news/a.md", "_news/b.md"]) == read_all(tmp_path)


def test_other_collections_are_records_and_news_is_not(tmp_path: Path) -> None:
    text = "---\nname: x\nsince: 2020-01-02\ncount: 3\n\n---\n<p>b</p>"
    put(tmp_path, "_people/deep/ada.md", text)
    put(tmp_path, "_people/broken.md", "the file has no front matter")
    put(tmp_path, "_posts/note.md", "the file has no front matter, so no record: anybody's file")
    put(tmp_path, "_posts/post.md", text)
    put(tmp_path, "_posts/index.json", "---\nlayout: none\n---\n{}")
    put(tmp_path, "_data/x.md", text)
    put(tmp_path, "_layouts/x.html", text)
    put(tmp_path, "docs/x.md", text)
    write(Archive(tmp_path), story())
    troubles: list[CopydeskError] = []

    records = list(Archive(tmp_path).records(troubles.append))

    assert ["_people/deep/ada.md", "_posts/post.md"] == [record.path for record in records]
    assert ["people", "posts"] == [record.collection for record in records]
    assert {"name": "x", "since": datetime(2020, 1, 2, tzinfo=UTC), "count": 3} == records[0].fields
    assert "<p>b</p>" == records[0].body
    assert ["_people/broken.md"] == [error.subject for error in troubles]


@pytest.mark.parametrize(
    "path",
    [
        "../outside.md",
        "_news/../../outside.md",
        "/etc/passwd.md",
        "",
        "_news/x\0.md",
        "_news/x.txt",
        "_news/.hidden.md",
        "_people/x.md",
        "beat.toml",
        "_news/deep/x.md",
    ],
)
def test_no_path_leads_to_anything_but_a_news_record(path: str, tmp_path: Path) -> None:
    root = tmp_path / "newsroom"
    root.mkdir()

    with pytest.raises(RecordError):
        write(Archive(root), story(path))

    assert [root] == list(tmp_path.rglob("*"))


def test_a_link_is_neither_followed_nor_overwritten(tmp_path: Path) -> None:
    root, secret = tmp_path / "newsroom", put(tmp_path, "out/secret.md", emit_story(story()))
    (root / "_news").mkdir(parents=True)
    (root / PATH).symlink_to(secret)
    (root / "_people").symlink_to(secret.parent)

    assert ([], [PATH]) == read_all(root)
    assert {PATH, "_people/secret.md"} == {path for path, _ in check(root).errors}
    with pytest.raises(RecordError, match="symbolic link"):
        write(Archive(root), story(title="new"))
    assert emit_story(story()) == secret.read_bytes()


def test_a_pipe_does_not_make_the_reader_wait(tmp_path: Path) -> None:
    (tmp_path / "_news").mkdir()
    os.mkfifo(tmp_path / PATH)

    assert ([], [PATH]) == read_all(tmp_path)


@pytest.mark.parametrize(
    "odd",
    [
        emit_story(story()).replace(b"\n", b"\r\n"),
        b"\xef\xbb\xbf" + emit_story(story()),
        b"---\nquality: 72\ntitle: the keys in another order\n\n---\n\n",
        b"not a record",
    ],
    ids=["CRLF", "byte order mark", "another order", "no record"],
)
def test_a_file_that_rewriting_would_lose_is_left_alone(odd: bytes, tmp_path: Path) -> None:
    file = put(tmp_path, PATH, odd)

    with pytest.raises(RecordError) as caught:
        write(Archive(tmp_path), story(title="new"))

    assert PATH == caught.value.subject
    assert odd == file.read_bytes()


@pytest.mark.parametrize(
    ("before", "line_end"),
    [(b"", b"\r\n"), (b"\xef\xbb\xbf", b"\r\n"), (b"\xef\xbb\xbf", b"\n")],
    ids=["CRLF", "byte order mark and CRLF", "byte order mark"],
)
def test_what_is_changed_in_a_record_keeps_its_line_ends(
    before: bytes, line_end: bytes, tmp_path: Path
) -> None:
    filed = before + emit_story(story()).replace(b"\n", line_end)
    file = put(tmp_path, PATH, filed)
    archive = Archive(tmp_path)
    read = archive.read(PATH)

    write(archive, replace(read, title="New", note="One.\n\nTwo.", topics=("AI", "Ports")))

    new = replace(story(), title="New", note="One.\n\nTwo.", topics=("AI", "Ports"))
    assert before + emit_story(new).replace(b"\n", line_end) == file.read_bytes()
    assert "New" == archive.read(PATH).title


def test_a_record_with_mixed_line_ends_is_read_and_left_alone(tmp_path: Path) -> None:
    mixed = emit_story(story()).replace(b"\n", b"\r\n", 3)
    file = put(tmp_path, PATH, mixed)
    archive = Archive(tmp_path)
    read = archive.read(PATH)

    with pytest.raises(RecordError, match="without losing its formatting"):
        write(archive, replace(read, title="New"))

    assert ("Crane", mixed) == (read.title, file.read_bytes())


def test_what_a_killed_write_left_is_swept_up(tmp_path: Path) -> None:
    write(Archive(tmp_path), story())
    put(tmp_path, "_news/.new-a1a1a1a1a1a1", "half")
    folders = ("_archive/_news", "_data", ".copydesk/journal")
    others = [f"{folder}/.new-b2b2b2b2b2b2" for folder in folders]
    for path in others:
        put(tmp_path, path, "half")
    put(tmp_path, "_data/rulings.yaml", "rules: []\n")

    Archive(tmp_path).sweep()

    assert ["_data/rulings.yaml", PATH] == names(tmp_path)


def test_an_edit_since_the_record_was_read_is_not_overwritten(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    write(archive, story())
    read = archive.read(PATH)
    edited = emit_story(replace(story(), title="By hand"))
    put(tmp_path, PATH, edited)

    with pytest.raises(RecordError, match="edited in the meantime"):
        write(archive, replace(read, heat=5))

    assert edited == (tmp_path / PATH).read_bytes()


def test_a_person_s_lines_survive_a_rewriting(tmp_path: Path) -> None:
    mine = emit_story(story()).replace(b"quality: 72", b"quality: 72  # really?\nmine: yes")
    put(tmp_path, PATH, mine)
    archive = Archive(tmp_path)

    write(archive, replace(archive.read(PATH), title="New"))

    assert mine.replace(b'"Crane"', b'"New"') == (tmp_path / PATH).read_bytes()


def names(root: Path) -> Sequence[str]:
    """Return the paths of all files below a folder."""
    return [str(one.relative_to(root)) for one in sorted(root.rglob("*")) if one.is_file()]


def test_the_check_counts_and_names_what_differs(tmp_path: Path) -> None:
    good = emit_story(story())
    put(tmp_path, "_news/a.md", good)
    put(tmp_path, "_archive/_news/b.md", good)
    put(tmp_path, "_news/c.md", good.replace(b"\n", b"\r\n", 3))
    put(tmp_path, "_news/d.md", "---\ntitle: {\n---\n")
    put(tmp_path, "_people/e.md", "---\nname: e\nborn: 2020-99-99\n---\n")
    put(tmp_path, "_people/.template", "---\nname: # Fill out\n---\n")
    put(tmp_path, "_data/topics/00-a.yaml", "name: a")
    put(tmp_path, "_data/topics/01-b.yaml", "name: [")
    heard: list[int] = []

    report = check(tmp_path, heard.append)

    assert (5, 2) == (report.records, report.identical)
    assert ("_news/c.md",) == report.different
    assert {"_news/d.md", "_people/e.md"} == {path for path, _ in report.errors}
    assert {"_news": 3, "_people": 1, "_archive/_news": 1} == report.collections
    assert (2, 1) == (report.data.files, report.data.identical)
    assert (("_data/topics/01-b.yaml", "invalid YAML in line 2"),) == report.data.errors
    assert [1, 2, 3, 4, 5] == heard
    assert not report.is_clean


def test_an_empty_folder_is_clean(tmp_path: Path) -> None:
    assert check(tmp_path).is_clean
    assert 0 == check(tmp_path).records


def test_checking_changes_nothing(tmp_path: Path) -> None:
    file = put(tmp_path, PATH, emit_story(story()).replace(b"\n", b"\r\n"))
    os.utime(file, ns=(1, 1))

    check(tmp_path)

    assert [PATH] == names(tmp_path)
    assert 1 == file.stat().st_mtime_ns
    assert "Crane" == parse_story(PATH, file.read_bytes()).title
