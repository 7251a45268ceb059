"""The stage: new folders come as a whole, and take nothing from what is there."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from copydesk.errors import PublishError
from copydesk.publish.writing import Sheet, Writer
from world.manifests import MemoryManifest


def opened(out: Path) -> Writer:
    """Return a writer at work on a folder."""
    writer = Writer(out=out, manifest=MemoryManifest())
    writer.open()
    writer.expect_all(everything=True)
    return writer


def put(writer: Writer, *paths: str) -> Writer:
    for path in paths:
        writer.put(Sheet(path, path.encode()))
    return writer


def tree(out: Path) -> dict[str, bytes]:
    return {
        path.relative_to(out).as_posix(): path.read_bytes()
        for path in out.rglob("*")
        if path.is_file() and not path.name.startswith(".copydesk")
    }


def test_a_new_folder_takes_its_place_with_all_that_is_below_it(tmp_path: Path) -> None:
    writer = put(opened(tmp_path), "news/a/index.html", "news/a/b/index.html", "index.html")
    assert not (tmp_path / "news").exists()

    writer.place()

    assert {"news/a/index.html", "news/a/b/index.html", "index.html"} <= tree(tmp_path).keys()
    assert 0o644 == (tmp_path / "news/a/index.html").stat().st_mode & 0o777


def test_a_new_folder_joins_those_that_are_there(tmp_path: Path) -> None:
    (tmp_path / "news" / "old").mkdir(parents=True)
    (tmp_path / "news" / "old" / "index.html").write_text("old")

    put(opened(tmp_path), "news/new/index.html", "news/old/feed.xml").place()

    assert b"old" == (tmp_path / "news/old/index.html").read_bytes()
    assert b"news/new/index.html" == (tmp_path / "news/new/index.html").read_bytes()
    assert b"news/old/feed.xml" == (tmp_path / "news/old/feed.xml").read_bytes()


def test_a_folder_that_somebody_made_meanwhile_keeps_what_is_in_it(tmp_path: Path) -> None:
    writer = put(opened(tmp_path), "news/a/index.html", "news/b/index.html")
    (tmp_path / "news" / "a").mkdir(parents=True)
    (tmp_path / "news" / "a" / "mine.txt").write_text("mine")

    writer.place()

    assert b"mine" == (tmp_path / "news/a/mine.txt").read_bytes()
    assert {"news/a/index.html", "news/b/index.html"} <= tree(tmp_path).keys()


def test_a_link_that_somebody_made_meanwhile_is_not_followed(tmp_path: Path) -> None:
    out, elsewhere = tmp_path / "out", tmp_path / "elsewhere"
    elsewhere.mkdir()
    writer = put(opened(out), "news/a/index.html")
    (out / "news").symlink_to(elsewhere)

    with pytest.raises(PublishError, match="link or file has the name of a folder"):
        writer.place()

    assert [] == list(elsewhere.iterdir())


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is forbidden to root")
def test_a_stage_that_cannot_be_filled_is_named(tmp_path: Path) -> None:
    writer = opened(tmp_path)
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(PublishError, match="cannot be written"):
            put(writer, "news/a/index.html")
    finally:
        tmp_path.chmod(0o700)
