"""A page is looked at before it is filed, as a round would: by robots.txt, limits and blocks."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from copydesk import newsroom
from copydesk.editing import queue
from copydesk.editing.queue import story_page
from copydesk.errors import UsageError
from world.desk import NAMES, act, action, desk_newsroom, stories, verdict
from world.newsroom import NOW, WALL, page
from world.web import World, serves

MORE = '[fetch]\ncontact = "mailto:desk@tern.example"\nallow_hosts = ["127.0.0.1"]\n'

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return desk_newsroom(tmp_path_factory.mktemp("made") / "beat", stories(2), more=MORE)


def look(root: Path, robots: bytes = b"", seconds: float = 40) -> story_page.PagePreview:
    async def ask() -> story_page.PagePreview:
        async with World() as world:
            if robots:
                world.at("/robots.txt", serves(robots, content_type="text/plain"))
            world.at("/wall", serves(page("The wall is high", WALL).body))
            return await story_page.preview_page(root, world.url("/wall"), seconds)

    return asyncio.run(ask())


def obstacle(root: Path, preview: story_page.PagePreview) -> str:
    with newsroom.open_newsroom(root, NOW, {}) as opened:
        return story_page.find_obstacle(opened, preview)


def test_it_says_what_the_page_says_and_files_nothing(root: Path) -> None:
    before = sorted((root / "_news").iterdir())
    preview = look(root)
    assert (preview.problem, preview.title) == ("", "The wall is high")
    assert preview.excerpt
    assert before == sorted((root / "_news").iterdir())


def test_robots_txt_holds(root: Path) -> None:
    preview = look(root, robots=b"User-agent: *\nDisallow: /\n")
    assert "robots" in preview.problem
    assert preview.title == ""


def test_nobodys_own_network_is_asked(tmp_path: Path) -> None:
    root = desk_newsroom(tmp_path / "beat", [])
    assert look(root).problem


def test_it_waits_no_longer_than_it_says(root: Path) -> None:
    assert "no answer within 0 seconds" in look(root, seconds=0.01).problem


@pytest.mark.parametrize("url", ["", "--web", "file:///etc/passwd", "javascript:1", "x" * 2_001])
def test_what_is_no_address_is_refused(root: Path, url: str) -> None:
    with pytest.raises(UsageError):
        asyncio.run(story_page.preview_page(root, url))


@pytest.mark.parametrize(
    ("value", "expected"), [("gull.example", True), ("the wall", True), ("heron.example", False)]
)
def test_a_block_is_told(tmp_path: Path, value: str, expected: bool) -> None:
    root = desk_newsroom(tmp_path / "beat", stories(1))
    act(root, action("rule", "block", values=(value,), why="not ours"))
    preview = story_page.PagePreview(url="https://gull.example/wall", title="Look at the wall")
    assert expected == bool(obstacle(root, preview))


def test_what_was_removed_or_filed_is_told(tmp_path: Path) -> None:
    root = desk_newsroom(tmp_path / "beat", stories(2))
    with newsroom.open_newsroom(root, NOW, {}) as opened:
        address = opened.archive.read(f"_news/{NAMES[0]}.md").web_url
        preview = story_page.PagePreview(url=address)
        reader = queue.QueueReader(opened)
        reader.follow(opened)
        assert NAMES[0] == story_page.find_filed_record(reader, preview)
        assert "" == story_page.find_filed_record(
            reader, story_page.PagePreview(url="https://tern.example/x")
        )
        reader.close()
    act(root, verdict("remove", NAMES[0]))
    assert "removed by an editor" == obstacle(root, preview)


def test_the_folder_of_the_server_is_no_place_to_import_from(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "copydesk").mkdir()
    (tmp_path / "copydesk" / "__init__.py").write_text("raise SystemExit('a theme ran')")
    monkeypatch.chdir(tmp_path)
    assert "The wall is high" == look(root).title
