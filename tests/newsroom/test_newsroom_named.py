"""A record is found by all that a person may call it, wherever it lies now."""

from __future__ import annotations

from pathlib import Path

import pytest

from copydesk.archive import record_places, sealing
from copydesk.newsroom import open_newsroom
from copydesk.newsroom.records import record_path
from world.command import copydesk
from world.newsroom import NOW, newsroom, record_web, run_git, small_web

STEM = "2026-11-19-sea-wall-to-rise-by-two-metres"
RECORD = f"_news/{STEM}.md"
NAMES = [
    RECORD,
    f"./{RECORD}",
    f"_news/{STEM}",
    f"{STEM}.md",
    STEM,
    f"https://tidewatch.example/coast/news/{STEM}/",
    f"https://tidewatch.example/coast/news/{STEM}",
    f"http://127.0.0.1:8000/coast/news/{STEM}/index.html",
    f"http://localhost:8000/coast/news/{STEM}/?utm_source=x#top",
    f"https://desk.example/news/{STEM}/",
]
STRANGERS = [
    f"https://gull.example/news/{STEM}/",
    f"https://tidewatch.example/coast/topics/{STEM}/",
    "https://tidewatch.example/coast/news/..%2f..%2fbeat.toml",
    f"https://tidewatch.example/coast/news/{'x' * 5000}/",
    "2026-11-19-nothing",
    "beat.toml",
    "",
    "a\0b",
]


@pytest.fixture(scope="module", params=["_news", "_archive/_news", "_archive/_news/2026"])
def filed(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a newsroom whose records lie there; tests only read it."""
    folder = tmp_path_factory.mktemp("named")
    more = '[serve]\npublic_url = "https://desk.example"\n'
    root = newsroom(folder / "beat", more=more)
    sealing.write_key(root / ".copydesk" / "key")
    web = record_web(folder / "web.warc.gz", small_web())
    assert copydesk("-C", root, "run", "--web", web, "--now", NOW.isoformat()).code == 0
    if request.param != "_news":
        shelve(root, RECORD, request.param)
        run_git(root, "commit", "-qm", "archive")
    return root


def shelve(root: Path, path: str, folder: str = "_archive/_news") -> None:
    (root / folder).mkdir(parents=True)
    run_git(root, "mv", path, f"{folder}/{path.removeprefix('_news/')}")


def place(root: Path) -> str:
    return next(path for path in record_places(RECORD) if (root / path).exists())


@pytest.mark.parametrize("name", NAMES)
def test_a_record_is_found_by_path_name_and_page(filed: Path, name: str) -> None:
    with open_newsroom(filed, NOW, {}) as opened:
        assert record_path(opened, name) == place(filed)


@pytest.mark.parametrize("name", STRANGERS)
def test_what_is_no_record_of_the_site_is_none(filed: Path, name: str) -> None:
    said = copydesk("-C", filed, "explain", name)
    assert said.code == 1
    assert said.err.startswith("error: nothing is known about this path or URL")


@pytest.mark.parametrize("name", [RECORD, f"{STEM}.md", NAMES[5]])
def test_explain_and_seal_open_take_what_verdict_takes(filed: Path, name: str) -> None:
    told = copydesk("-C", filed, "explain", name, "--json").json()
    assert (told["path"], told["state"]) == (place(filed), "published")
    assert "guid" in copydesk("-C", filed, "seal", "open", name).json()


def test_a_verdict_reaches_an_archived_record_by_its_bare_name(tmp_path: Path) -> None:
    root = newsroom(tmp_path / "beat")
    web = record_web(tmp_path / "web.warc.gz", small_web())
    copydesk("-C", root, "run", "--web", web, "--now", NOW.isoformat())
    shelve(root, RECORD)
    run_git(root, "commit", "-qm", "archive")

    order = ("-C", root, "verdict", f"{STEM}.md", "hold", "--why", "x", "--as", "Ed", "--json")

    assert copydesk(*order).json()["path"] == f"_archive/{RECORD}"
    assert copydesk("-C", root, "verdict", "x.md", "hold", "--why", "x").err.startswith(
        "error: the story does not exist: x.md\nhint: "
    )
