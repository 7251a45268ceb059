"""Links that somebody commits to a newsroom: none of them publishes what lies elsewhere."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from copydesk import building
from copydesk.errors import ConfigError, CopydeskError, PublishError, RecordError
from copydesk.newsroom import Silence, open_newsroom, reports
from world.newsroom import KEY, NOW, TOPIC, newsroom

ENVIRON = {"COPYDESK_KEY": KEY}
SECRET = b"only-this-machine-may-read-it"
RECORD = b"---\ncategory: news\ntitle: T\npublished: true\n---\n\n" + SECRET


def built(root: Path) -> reports.BuildReport:
    with open_newsroom(root, NOW, ENVIRON) as opened:
        return building.build(opened, Silence())


def published(root: Path) -> Iterator[bytes]:
    for file in (root / ".copydesk" / "site").rglob("*"):
        if file.is_file():
            yield file.read_bytes()


def link(root: Path, path: str, *, data: bytes = SECRET, folder: bool = False) -> None:
    """Put a link at a path, to a file elsewhere or to the folder that holds one of its name."""
    elsewhere = root.parent / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / Path(path).name).write_bytes(data)
    place = (root / path).parent if folder else root / path
    place.parent.mkdir(parents=True, exist_ok=True)
    if place.is_dir():
        place.rename(root / "before")
    elif place.exists():
        place.unlink()
    place.symlink_to(elsewhere if folder else elsewhere / Path(path).name)


FATAL: dict[str, tuple[type[CopydeskError], bytes]] = {
    "_templates/theme.css": (PublishError, SECRET),
    "_templates/style.css": (PublishError, SECRET),
    "_templates/search.js": (PublishError, SECRET),
    "_templates/icon.svg": (PublishError, SECRET),
    "_templates/story.html": (PublishError, SECRET),
    "_templates/layout.html": (PublishError, SECRET),
    "_templates/strings.toml": (PublishError, b'[words]\nnot_here = "' + SECRET + b'"'),
    "_data/topics/zz-more.yaml": (
        ConfigError,
        TOPIC.replace("coast", "more").replace("Coast", SECRET.decode()).encode(),
    ),
    "_data/organizations/gull.example.md": (ConfigError, b"---\nname: " + SECRET + b"\n---\n"),
    "_data/standings.csv": (ConfigError, b"domain,standing,why\ngull.example,1," + SECRET),
}


@pytest.mark.parametrize("folder", [False, True], ids=["file", "folder"])
@pytest.mark.parametrize("path", FATAL)
def test_a_link_in_a_newsroom_stops_the_build_and_is_named(
    tmp_path: Path, path: str, folder: bool
) -> None:
    root = newsroom(tmp_path / "beat")
    (root / "_news").mkdir(exist_ok=True)
    (root / "_news" / "2026-11-19-a-wall.md").write_text("---\ntitle: A\npublished: true\n---\n")
    built(root)
    before = sorted(published(root))
    kind, data = FATAL[path]
    link(root, path, data=data, folder=folder)

    with pytest.raises(kind, match="symbolic link") as caught:
        built(root)

    named = str(Path(path).parent) if folder else path
    assert named in str(caught.value)
    assert "replace the link with the file itself" == caught.value.hint
    assert before == sorted(published(root))


@pytest.mark.parametrize("folder", [False, True], ids=["file", "folder"])
@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("assets/secret.txt", SECRET),
        ("_news/2026-11-19-a-wall.md", RECORD),
        ("_people/somebody.md", RECORD),
        ("_data/rulings.yaml", b'removed:\n  - "' + SECRET + b'"\n'),
    ],
)
def test_what_a_link_names_is_not_published(
    tmp_path: Path, path: str, data: bytes, folder: bool
) -> None:
    root = newsroom(tmp_path / "beat")
    link(root, path, data=data, folder=folder)

    try:
        built(root)
    except (ConfigError, RecordError) as error:
        assert "a symbolic link" in str(error)  # noqa: PT017

    assert not [data for data in published(root) if SECRET in data]


@pytest.mark.parametrize("name", ["favicon.ico", "icon-192.png", "face.ttf"])
def test_a_linked_picture_of_the_looks_is_named_and_the_site_is_built_without(
    tmp_path: Path, name: str
) -> None:
    root = newsroom(tmp_path / "beat")
    link(root, f"_templates/{name}")

    report = built(root)

    assert [f"_templates/{name}"] == [failure.url for failure in report.failed]
    assert [f"a symbolic link: {name}" in failure.what for failure in report.failed] == [True]
    assert "replace the link with the file itself" == report.failed[0].hint
    assert not [data for data in published(root) if SECRET in data]


@pytest.mark.parametrize(
    ("folder", "named"), [(False, "assets/fonts/face.woff2"), (True, "assets/fonts")]
)
def test_a_linked_file_of_its_own_is_named_and_the_site_is_built_without(
    tmp_path: Path, folder: bool, named: str
) -> None:
    root = newsroom(tmp_path / "beat")
    link(root, "assets/fonts/face.woff2", folder=folder)

    for report in (built(root), built(root)):
        assert [named] == [failure.url for failure in report.failed]
        assert f"a symbolic link ({Path(named).name})" in report.failed[0].what
        assert "replace the link with the file" == report.failed[0].hint
    assert not [data for data in published(root) if SECRET in data]


def test_the_newsroom_itself_may_be_a_link(tmp_path: Path) -> None:
    root = newsroom(tmp_path / "beat")
    (root / "_templates").mkdir()
    (root / "_templates" / "theme.css").write_text("body { color: teal }")
    (tmp_path / "linked").symlink_to(root)

    built(tmp_path / "linked")

    assert "color: teal" in (root / ".copydesk/site/style.css").read_text("utf-8")


@pytest.mark.parametrize(
    "path", ["_data/topics/zz-more.yaml", "_templates/theme.css", "_data/standings.csv"]
)
def test_a_pipe_in_a_newsroom_is_not_waited_for(tmp_path: Path, path: str) -> None:
    root = newsroom(tmp_path / "beat")
    (root / path).parent.mkdir(exist_ok=True)
    os.mkfifo(root / path)

    with pytest.raises(CopydeskError, match="not a regular file"):
        built(root)
