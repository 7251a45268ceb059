"""Archives that files, folders, addresses and lists name."""

from __future__ import annotations

import asyncio
import gzip
from pathlib import Path
from typing import Any

import pytest

from copydesk.errors import CopydeskError, FetchError, UsageError
from copydesk.fetch.polite import Polite
from copydesk.fetch.web.downloads import Archive, find_archives
from world.fetching import OPTIONS, Script, StepClock, page

CC = "crawl-data/CC-NEWS/2020/01/CC-NEWS-20200101000000-00001.warc.gz"


def find(*arguments: object, base: str = "", served: dict[str, Any] | None = None) -> list[Archive]:
    clock = StepClock()
    polite = Polite(Script(served or {}, clock), OPTIONS, clock)
    return asyncio.run(find_archives([str(one) for one in arguments], polite, base))


def test_files_folders_and_addresses_are_archives_each_once(tmp_path: Path) -> None:
    for name in ("b.warc.gz", "a.warc", "c.txt"):
        (tmp_path / name).write_bytes(b"")
    address = "https://data.example/x/d.warc.gz"

    found = find(tmp_path / "b.warc.gz", tmp_path, address, address)

    assert found == [
        Archive(name="b.warc.gz", path=tmp_path / "b.warc.gz"),
        Archive(name="a.warc", path=tmp_path / "a.warc"),
        Archive(name="d.warc.gz", address=address),
    ]


@pytest.mark.parametrize("packed", [True, False])
def test_a_list_of_common_crawl_names_archives_there(tmp_path: Path, packed: bool) -> None:
    text = f"{CC}\n\n{CC}\r\n".encode()
    path = tmp_path / "warc.paths"
    path.write_bytes(gzip.compress(text) if packed else text)

    (found,) = find(path)
    (elsewhere,) = find(path, base="https://mirror.example/cc/")

    assert found.address == f"https://data.commoncrawl.org/{CC}"
    assert found.name == CC.rpartition("/")[2]
    assert elsewhere.address == f"https://mirror.example/cc/{CC}"


def test_a_list_at_an_address_is_fetched() -> None:
    where = "https://data.example/lists/warc.paths.gz"
    lines = f"{CC}\n/top.warc\nnear.warc.gz\nhttps://b.example/c.warc".encode()
    served = {where: page(where, body=gzip.compress(lines))}

    assert [archive.address for archive in find(where, served=served)] == [
        f"https://data.commoncrawl.org/{CC}",
        "https://data.example/top.warc",
        "https://data.example/lists/near.warc.gz",
        "https://b.example/c.warc",
    ]


def test_a_list_of_files_is_relative_to_its_folder(tmp_path: Path) -> None:
    (tmp_path / "list").write_text("a.warc\nsub/b.warc.gz\n")

    assert [archive.path for archive in find(tmp_path / "list")] == [
        tmp_path / "a.warc",
        tmp_path / "sub" / "b.warc.gz",
    ]


def test_a_fetched_list_names_no_files_of_this_machine() -> None:
    where = "https://data.example/list"
    served = {where: page(where, body=b"file:///etc/secret.warc")}

    with pytest.raises(UsageError):
        find(where, served=served)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "could not read it"),
        (b"a.warc\nb.txt\n", "line 2 of the list"),
        (b"<html>\n", "line 1 of the list"),
        (gzip.compress(b"a.warc")[:-9], "could not unpack the list"),
        (gzip.compress(bytes(70_000_000)), "could not unpack the list"),
        (b"javascript://x/a.warc", "not the web address of an archive"),
    ],
    ids=["missing", "other ending", "a web page", "cut", "bomb", "no web address"],
)
def test_a_list_that_is_none_says_what_is_wrong(
    tmp_path: Path, content: bytes | None, words: str
) -> None:
    if content is not None:
        (tmp_path / "list").write_bytes(content)

    with pytest.raises(UsageError) as caught:
        find(tmp_path / "list")

    assert words in caught.value.what
    assert caught.value.subject == str(tmp_path / "list")


def test_an_empty_folder_and_a_lost_list_are_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="the folder has no"):
        find(tmp_path)
    with pytest.raises(FetchError, match="could not fetch the list of archives"):
        find("https://data.example/none")
    with pytest.raises(CopydeskError):
        find("ftp://data.example/a.warc")
