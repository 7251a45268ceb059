"""The pictures that a build draws: kept, swept, replaced by the newsroom's own."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from copydesk import building
from copydesk.newsroom import Silence, open_newsroom, reports
from world.newsroom import KEY, NOW, newsroom

ENVIRON = {"COPYDESK_KEY": KEY}
RECORD = """---
category: news
title: "{title}"
publishedDateTime: 2026-11-19T09:00:00Z
webUrl: "https://gull.example/a-wall"
type: article
quality: 80
heat: 80
published: true
---

"""
PAGE = "news/2026-11-19-a-wall/index.html"


def filed(root: Path, title: str) -> None:
    (root / "_news").mkdir(exist_ok=True)
    (root / "_news" / "2026-11-19-a-wall.md").write_text(RECORD.format(title=title))


def built(root: Path) -> reports.BuildReport:
    with open_newsroom(root, NOW, ENVIRON) as opened:
        return building.build(opened, Silence())


def card(root: Path) -> Path:
    """Give the file that the story's page names for whoever shares it."""
    page = (root / ".copydesk/site" / PAGE).read_text("utf-8")
    found = re.search(r'og:image" content="[^"]*/(cards/[^"]+)"', page)
    assert found
    return root / ".copydesk/site" / found.group(1)


def test_a_story_s_card_is_drawn_and_follows_its_headline(tmp_path: Path) -> None:
    root = newsroom(tmp_path / "beat")
    filed(root, "A wall stands")
    built(root)
    first = card(root)
    assert first.read_bytes().startswith(b"\x89PNG")

    filed(root, "A wall has fallen")
    built(root)

    assert card(root).is_file()
    assert not first.exists()
    assert not (root / ".copydesk/cards" / first.name).exists()


def test_a_second_build_draws_and_writes_nothing(tmp_path: Path) -> None:
    root = newsroom(tmp_path / "beat")
    filed(root, "A wall stands")
    built(root)
    before = {path: path.stat().st_mtime_ns for path in (root / ".copydesk/cards").iterdir()}

    report = built(root)

    assert report.written == 0
    assert before == {
        path: path.stat().st_mtime_ns for path in (root / ".copydesk/cards").iterdir()
    }


def test_a_newsroom_s_own_icon_is_taken(tmp_path: Path) -> None:
    root = newsroom(tmp_path / "beat")
    shutil.rmtree(root / ".copydesk/cards")  # no icon is drawn yet
    (root / "_templates").mkdir()
    (root / "_templates/favicon.ico").write_bytes(b"our own")
    (root / "_templates/icon.svg").write_text("<svg/>")

    built(root)

    site = root / ".copydesk/site"
    assert (site / "favicon.ico").read_bytes() == b"our own"
    assert (site / "icon.svg").read_text() == "<svg/>"
    assert (site / "icon-512.png").read_bytes().startswith(b"\x89PNG")


def test_a_newsroom_s_own_face_that_is_none_is_named_and_the_site_is_built(tmp_path: Path) -> None:
    root = newsroom(tmp_path / "beat")
    filed(root, "A wall stands")
    (root / "_templates").mkdir()
    (root / "_templates/face.ttf").write_bytes(b"no face")

    report = built(root)

    assert ["the font cannot be read" in failure.what for failure in report.failed] == [True]
    assert (root / ".copydesk/site" / PAGE).is_file()
