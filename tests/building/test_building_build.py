"""Building the site: where it may go, which pictures it shows."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from copydesk import building
from copydesk.cli import terminal
from copydesk.errors import PublishError
from copydesk.newsroom import Silence, open_newsroom
from illustrate.draw import drawn, encoded, fetched
from world.desk import NAMES, desk_newsroom, stories
from world.newsroom import KEY, NOW, newsroom

ENVIRON = {"COPYDESK_KEY": KEY}
EVERYDAY = '[scoring]\nprofile = "everyday"\n'


def test_a_link_in_place_of_the_newsroom_s_own_site_is_not_followed(tmp_path: Path) -> None:
    root, elsewhere = newsroom(tmp_path / "beat"), tmp_path / "elsewhere"
    elsewhere.mkdir()
    with open_newsroom(root, NOW, ENVIRON) as opened:
        opened.site.symlink_to(elsewhere)
        with pytest.raises(PublishError, match="the site's folder is a symbolic link") as caught:
            building.build(opened, Silence())

    assert "--out" in caught.value.hint
    assert [] == list(elsewhere.iterdir())


def test_a_folder_that_the_user_names_may_be_a_link(tmp_path: Path) -> None:
    root, elsewhere = newsroom(tmp_path / "beat"), tmp_path / "elsewhere"
    elsewhere.mkdir()
    (tmp_path / "out").symlink_to(elsewhere)
    with open_newsroom(root, NOW, ENVIRON) as opened:
        building.build(opened, Silence(), building.BuildOptions(out=tmp_path / "out"))

    assert (elsewhere / "index.html").is_file()


PICTURE = "https://gull.example/i/sea-wall.jpg"
RECORD = """---
category: news
title: "A wall"
publishedDateTime: 2026-11-19T09:00:00Z
webUrl: "https://gull.example/a-wall"
type: article
quality: 80
heat: 80
published: true

provider:
  name: The Gull
  domain: gull.example

images:
  - url: "https://gull.example/i/sea-wall.jpg"
    width: 1200
    height: 800
    isCached: true
---
"""


def pictured(root: Path) -> Path:
    """Make a newsroom with one story whose picture was last used long ago; give the picture."""
    (newsroom(root) / "_news").mkdir()
    (root / "_news" / "2026-11-19-a-wall.md").write_text(RECORD)
    album = root / ".copydesk" / "pictures"
    with open_newsroom(root, NOW, ENVIRON) as opened:
        picture = opened.album.add(PICTURE, fetched(encoded(drawn(1200, 800)), PICTURE))
    for sidecar in album.glob("*.json"):
        os.utime(sidecar, (0, 0))
    return album / picture.file


def build(root: Path) -> set[str]:
    """Build the site; give the pictures that lie in it."""
    with open_newsroom(root, NOW, ENVIRON) as opened:
        building.build(opened, Silence())
        return {path.name for path in (opened.site / "pictures").glob("*")}


def test_a_picture_that_a_record_uses_is_shown_and_noted_as_in_use(tmp_path: Path) -> None:
    file = pictured(tmp_path / "beat")

    shown = build(tmp_path / "beat")

    assert {file.name, file.name.replace(".webp", "-320.webp")} <= shown
    assert [NOW.timestamp()] == [one.stat().st_mtime for one in file.parent.glob("*.json")]


def test_a_source_s_rule_on_pictures_acts_on_what_is_filed(tmp_path: Path) -> None:
    pictured(tmp_path / "beat")
    assert build(tmp_path / "beat")

    with (tmp_path / "beat" / "beat.toml").open("a") as beat:
        beat.write('\n[[source]]\nurl = "https://feeds.gull.example/x"\npictures = "none"\n')

    assert set() == build(tmp_path / "beat")


@pytest.mark.parametrize(("hours", "first"), [(24, "A wall"), (96, "A pier")])
def test_the_newsroom_s_half_life_orders_its_front_page(
    tmp_path: Path, hours: int, first: str
) -> None:
    root = newsroom(tmp_path / "beat", more=f"[front]\nhalf_life_hours = {hours}\n")
    (root / "_news").mkdir()
    (root / "_news" / "2026-11-19-a-wall.md").write_text(RECORD)
    older = RECORD.replace("A wall", "A pier").replace("heat: 80", "heat: 150")
    older = older.replace("a-wall", "a-pier").replace("11-19T", "11-17T")
    (root / "_news" / "2026-11-17-a-pier.md").write_text(older)

    with open_newsroom(root, NOW, ENVIRON) as opened:
        building.build(opened, Silence())

    page = (root / ".copydesk" / "site" / "index.html").read_text()
    assert first == page.split("<h3>", 1)[1].split(">", 1)[1].split("<", 1)[0]


def test_counted_readers_order_the_front_page_where_they_are_counted(tmp_path: Path) -> None:
    root = newsroom(tmp_path / "beat")
    titles = ["One", "Two", "Three", "Four", "Five", "Read"]
    for title in titles:
        heat = "79" if title == "Read" else "80"
        record = RECORD.split("\nimages:", maxsplit=1)[0] + "\n---\n"
        record = record.replace("A wall", title).replace("a-wall", title.lower())
        record = record.replace("heat: 80", f"heat: {heat}").replace("gull.", f"{title.lower()}.")
        path = root / "_news" / f"2026-11-19-{title.lower()}.md"
        path.parent.mkdir(exist_ok=True)
        path.write_text(record, "utf-8")

    def first() -> str:
        with open_newsroom(root, NOW, ENVIRON) as opened:
            names = {f"2026-11-19-{title.lower()}": 20 for title in titles}
            opened.memory.reads.add(NOW.date(), {**names, "2026-11-19-read": 60})
            building.build(opened, Silence())
            page = (opened.site / "index.html").read_text("utf-8")
        return min(titles, key=lambda title: page.index(f"/news/2026-11-19-{title.lower()}/"))

    assert first() != "Read"
    with (root / "beat.toml").open("a", encoding="utf-8") as file:
        file.write("\n[serve]\ncount_reads = true\n")
    assert first() == "Read"


def test_lists_are_published_and_what_is_wrong_with_them_is_told(tmp_path: Path) -> None:
    root = desk_newsroom(tmp_path / "beat", stories(2), more=EVERYDAY, git=False)
    lists = root / "_data" / "lists"
    lists.mkdir(parents=True)
    of = "title: {}\nstories:\n" + "".join(f"- story: {name}\n" for name in NAMES[1::-1])
    (lists / "best.yaml").write_text(of.format("The best"), "utf-8")
    (lists / "more.yaml").write_text(
        of.format("More") + "- story: nobody\n- story: none\n", "utf-8"
    )
    (lists / "broken.yaml").write_text("title: [", "utf-8")

    with open_newsroom(root, NOW, ENVIRON) as opened:
        report, site = building.build(opened, Silence()), opened.site

    assert [
        ("_data/lists/broken.yaml", "invalid YAML in line 2"),
        (
            "_data/lists/more.yaml",
            "the reading list names a story that does not exist: nobody and 1 more",
        ),
    ] == [(failure.url, failure.what) for failure in report.failed]
    for list_id in ("best", "more"):
        page = (site / "lists" / list_id / "index.html").read_text("utf-8")
        assert page.index("Story number 1") < page.index("Story number 0")
    assert not (site / "lists" / "broken").exists()


def test_a_whole_site_counts_its_story_pages_as_they_are_made(tmp_path: Path) -> None:
    root = desk_newsroom(tmp_path / "beat", stories())
    work = terminal.Work()
    with open_newsroom(root, NOW, ENVIRON) as opened:
        report = building.build(opened, work)
        assert (report.stories, report.stories) == (work.done, work.total)
        assert report.stories
        again = terminal.Work()
        building.build(opened, again)
    assert (0, None) == (again.done, again.total)  # nothing to make
