"""Files of a folder that other people may commit to."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from copydesk.kit import within

SECRET = b"a secret of this machine"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return a folder with one file, `data/a.txt`, beside a folder with another, `secret.txt`."""
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "secret.txt").write_bytes(SECRET)
    root = tmp_path / "root"
    (root / "data").mkdir(parents=True)
    (root / "data" / "a.txt").write_bytes(b"a file")
    return root


def link_the_file(root: Path) -> str:
    (root / "data" / "secret.txt").symlink_to("../../outside/secret.txt")
    return "data/secret.txt"


def link_to_nothing(root: Path) -> str:
    (root / "data" / "secret.txt").symlink_to("nowhere")
    return "data/secret.txt"


def link_within(root: Path) -> str:
    (root / "data" / "secret.txt").symlink_to("a.txt")
    return "data/secret.txt"


def link_the_folder(root: Path) -> str:
    (root / "more").symlink_to(root.parent / "outside")
    return "more/secret.txt"


def link_in_the_middle(root: Path) -> str:
    (root / "data" / "more").symlink_to(root.parent)
    return "data/more/outside/secret.txt"


def link_to_itself(root: Path) -> str:
    (root / "loop").symlink_to("loop")
    return "loop/secret.txt"


LINKS = [
    *(link_the_file, link_to_nothing, link_within),
    *(link_the_folder, link_in_the_middle, link_to_itself),
]


@pytest.mark.parametrize("link", LINKS)
def test_no_link_below_the_root_is_followed(root: Path, link: Callable[[Path], str]) -> None:
    path = link(root)

    with pytest.raises(within.UnfitFileError, match="must not be a symbolic link") as caught:
        within.read(root, path, 100)

    assert path == caught.value.filename
    assert "replace the link with the file itself" == within.hint(caught.value)


def test_the_root_and_what_lies_above_it_may_be_links(root: Path) -> None:
    (root.parent / "to-root").symlink_to(root)
    (root.parent / "to-all").symlink_to(root.parent)

    assert b"a file" == within.read(root.parent / "to-root", "data/a.txt", 100)
    assert b"a file" == within.read(root.parent / "to-all" / "root", "data/a.txt", 100)


@pytest.mark.parametrize(
    "path",
    ["../outside/secret.txt", "data/../../outside/secret.txt", "", "data/", "data//a.txt", "./a"],
)
def test_no_path_leads_out(root: Path, path: str) -> None:
    with pytest.raises(within.UnfitFileError, match="a path that leaves its folder"):
        within.read(root, path, 100)


def test_no_absolute_path_is_read(root: Path) -> None:
    with pytest.raises(within.UnfitFileError, match="a path that leaves its folder"):
        within.read(root, str(root / "data" / "a.txt"), 100)


def test_no_path_ends_in_a_zero_byte(root: Path) -> None:
    with pytest.raises(within.UnfitFileError, match="a path that leaves its folder"):
        within.read(root, "data/a.txt\0.png", 100)


def make_pipe(place: Path) -> None:
    os.mkfifo(place)


def make_folder(place: Path) -> None:
    place.mkdir()


@pytest.mark.parametrize("make", [make_pipe, make_folder])
def test_what_is_no_plain_file_is_neither_read_nor_waited_for(
    root: Path, make: Callable[[Path], None]
) -> None:
    make(root / "data" / "odd.txt")

    with pytest.raises(within.UnfitFileError, match="not a regular file"):
        within.read(root, "data/odd.txt", 100)
    with pytest.raises(within.UnfitFileError, match="not a regular file"):
        within.read_user_file(root / "data" / "odd.txt", 100)


def test_a_socket_is_not_read(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(root)  # a socket's path may not be long
    with socket.socket(socket.AF_UNIX) as own:
        own.bind("data/odd.txt")

        with pytest.raises(OSError, match="No such device"):
            within.read(root, "data/odd.txt", 100)


def test_a_file_is_read_up_to_its_limit_and_not_beyond(root: Path) -> None:
    assert b"a file" == within.read(root, "data/a.txt", 6)
    assert b"a fil" == within.read_beginning(root, "data/a.txt", 5)

    with pytest.raises(within.UnfitFileError, match="a file larger than 5 bytes") as caught:
        within.read(root, "data/a.txt", 5)

    assert "" == within.hint(caught.value)


@pytest.mark.skipif(not Path("/proc/version").is_file(), reason="no /proc here")
def test_a_file_that_hides_its_size_is_read_whole() -> None:
    told = within.read(Path("/proc"), "version", 10_000)

    assert told == Path("/proc/version").read_bytes() != b""


def test_a_file_that_is_not_there_is_missing_and_not_unfit(root: Path) -> None:
    with pytest.raises(FileNotFoundError) as caught:
        within.read(root, "data/b.txt", 100)
    with pytest.raises(FileNotFoundError):
        within.read(root, "more/b.txt", 100)
    with pytest.raises(NotADirectoryError):
        within.read(root, "data/a.txt/b.txt", 100)

    assert "data/b.txt" == caught.value.filename
    assert "" == within.hint(caught.value)


def test_a_sibling_is_no_link_either(root: Path) -> None:
    path = link_the_file(root)

    assert b"a file" == within.read_sibling(f"{root}/data/a.txt", "data/a.txt", 100)
    with pytest.raises(within.UnfitFileError, match=r"must not be a symbolic link: secret\.txt"):
        within.read_sibling(f"{root}/{path}", path, 100)


def test_a_file_that_the_user_names_may_be_a_link(root: Path) -> None:
    path = link_the_file(root)

    assert SECRET == within.read_user_file(root / path, 100)
    with pytest.raises(within.UnfitFileError, match="a file larger than 5 bytes"):
        within.read_user_file(root / path, 5)


def test_a_folders_files_and_links_are_named_in_order(root: Path) -> None:
    link_the_file(root)
    link_in_the_middle(root)
    (root / "data" / "b").mkdir()
    (root / "data" / ".hidden").write_bytes(b"")
    (root / "data" / "Z").write_bytes(b"")

    assert ["Z", "a.txt", "more", "secret.txt"] == within.names(root, "data")


def test_a_folder_that_is_none_names_nothing(root: Path) -> None:
    assert [] == within.names(root, "nowhere")
    assert [] == within.names(root, "data/a.txt")


def test_a_linked_folder_names_nothing_of_another(root: Path) -> None:
    link_the_folder(root)

    with pytest.raises(within.UnfitFileError, match="must not be a symbolic link: more"):
        within.names(root, "more")


def test_no_handle_stays_open(root: Path) -> None:
    path = link_in_the_middle(root)
    before = len(list(Path("/dev/fd").iterdir()))

    for _ in range(3):
        within.read(root, "data/a.txt", 100)
        within.names(root, "data")
        within.names(root, "nowhere")
        for bad in (path, "data/none.txt", "data"):
            with pytest.raises(OSError, match=r".*"):
                within.read(root, bad, 100)

    assert before == len(list(Path("/dev/fd").iterdir()))
