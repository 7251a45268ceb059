"""What the desk shows of strangers' pictures is made by a process that may hang or die."""

from __future__ import annotations

import asyncio
from pathlib import Path

from copydesk import editing
from copydesk.illustrate import measure_picture
from copydesk.news import Image
from copydesk.newsroom import open_newsroom
from illustrate.draw import drawn, encoded
from world import editions
from world.desk import desk_newsroom
from world.newsroom import NOW

PICTURE = "https://img.example/wall.jpg"


def test_a_process_makes_what_it_can_in_its_time(tmp_path: Path) -> None:
    story = editions.story("2026-11-19-wall", images=(Image(url=PICTURE),))
    root = desk_newsroom(tmp_path / "beat", [story])
    with open_newsroom(root, NOW, {}) as newsroom:
        newsroom.album.keep_original(measure_picture(PICTURE, encoded(drawn(600, 400))))
        paths = [story.path, "_news/gone.md", "../../etc/passwd"]

        assert not asyncio.run(editing.make_pictures_apart(root, paths, seconds=0))
        assert () == newsroom.album.find(PICTURE).forms  # type: ignore[union-attr]
        assert asyncio.run(editing.make_pictures_apart(root, paths))
        assert newsroom.album.find(PICTURE).forms  # type: ignore[union-attr]
        assert not asyncio.run(editing.make_pictures_apart(tmp_path / "nothing", paths))
