"""Names, texts and moments that would break a site if they could."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from copydesk.catalogue.page_index import PageIndex
from copydesk.errors import PublishError
from copydesk.news import Provider, Story
from copydesk.publish import STAGE, PublishOptions, publish, survey
from copydesk.publish.writing import Sheet, Writer
from world import editions
from world.manifests import MemoryManifest

PAGE = "news/2026-11-24-robots-may-vote/index.html"


def built(out: Path, *stories: Story, templates: Path | None = None) -> dict[str, bytes]:
    options = PublishOptions(templates=templates)
    publish(editions.edition(stories), out, MemoryManifest(), options)
    return tree(out)


def tree(out: Path) -> dict[str, bytes]:
    return {
        path.relative_to(out).as_posix(): path.read_bytes()
        for path in out.rglob("*")
        if path.is_file()
    }


@pytest.mark.parametrize(
    "domain",
    [
        *("index.html", "INDEX.JSON", "..", ".", "a/b", "a b", " ", "a\0b", "a\nb", "x" * 300),
        *("\u202eevil", "h\u200berald.example", "a\x7fb", "a\\b"),
    ],
)
def test_a_publisher_under_no_domain_has_no_page_and_stops_nothing(
    tmp_path: Path, domain: str
) -> None:
    provider = Provider(name="The Herald", domain=domain)

    site = built(tmp_path, editions.story(provider=provider))

    assert b"The Herald" in site[PAGE]
    assert [path for path in site if path.startswith("sources/")] == ["sources/index.html"]
    assert json.loads(site["api/v2/stories/2026-11-24-robots-may-vote.json"])["source"] == {
        "name": "The Herald",
        "domain": None,
        "api_url": None,
    }


def test_a_domain_in_any_script_has_its_page(tmp_path: Path) -> None:
    provider = Provider(name="Zeitung", domain="zürich.example")

    site = built(tmp_path, editions.story(provider=provider))

    assert "sources/zürich.example/index.html" in site


def test_a_language_that_is_none_is_told_to_nobody(tmp_path: Path) -> None:
    evil = '\u202e"><b>'

    site = built(tmp_path, editions.story(language=evil))

    told = [path for path, data in site.items() if "\u202e".encode() in data]
    assert [path for path in told if not path.startswith("api/news/")] == []


def test_two_things_at_one_path_change_nothing(tmp_path: Path) -> None:
    before = built(tmp_path, editions.story())
    for first, second in (("a/b", "a"), ("a", "a/b"), ("a", "a")):
        writer = Writer(out=tmp_path, manifest=MemoryManifest())
        writer.open()
        writer.put(Sheet(first, b"1"))

        with pytest.raises(PublishError, match="two files of the site have the same path"):
            writer.put(Sheet(second, b"2"))

        writer.clear()
    assert tree(tmp_path) == before


def test_a_folder_in_the_place_of_a_file_is_named_and_nothing_is_changed(tmp_path: Path) -> None:
    before = built(tmp_path, editions.story())
    (tmp_path / "feed.xml").unlink()
    (tmp_path / "feed.xml").mkdir()

    with pytest.raises(PublishError, match="a folder has the name of a file") as caught:
        built(tmp_path, editions.story(title="Robots did vote"))

    assert caught.value.subject == str(tmp_path / "feed.xml")
    before.pop("feed.xml")
    assert tree(tmp_path) == before


@pytest.mark.parametrize("name", ["card.html", "story.html", "missing.html"])
def test_a_broken_theme_leaves_the_old_site_and_is_named_with_its_line(
    tmp_path: Path, name: str
) -> None:
    before = built(tmp_path / "site", editions.story())
    (tmp_path / "_templates").mkdir()
    (tmp_path / "_templates" / name).write_text("\n\n{{ nothing.at_all }}")

    with pytest.raises(PublishError, match="in line 3") as caught:
        built(tmp_path / "site", editions.story(), templates=tmp_path / "_templates")

    assert caught.value.subject == name
    assert tree(tmp_path / "site") == before
    assert not (tmp_path / "site" / STAGE).exists()


class Fading:
    """Stories, as `news.FiledStories`, that nobody can read any more after so many readings."""

    def __init__(self, stories: list[Story], readings: int) -> None:
        self._stories = {story.path: story for story in stories}
        self._left = readings

    def stamps(self) -> Mapping[str, str]:
        return dict.fromkeys(self._stories, "as filed")

    def read(self, path: str) -> Story | None:
        self._left -= 1
        return self._stories[path] if self._left >= 0 else None


@pytest.mark.parametrize("readings", [4, 5, 9, 17])
def test_records_that_go_while_a_build_runs_are_left_out(tmp_path: Path, readings: int) -> None:
    stories = [editions.story(f"2026-11-2{day}-story", group="g") for day in range(4)]
    seen = survey(Fading(stories, readings), editions.beat(), PageIndex(), in_hand=1)

    edition = replace(editions.edition(), stories=seen)
    publish(edition, tmp_path, MemoryManifest(), PublishOptions())

    assert (tmp_path / "index.html").is_file()
