"""A newsroom's own looks: the guide's example, builds after a change, and what a mistake leaves."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from lxml import html

from copydesk.catalogue.page_index import PageIndex
from copydesk.errors import PublishError
from copydesk.news import Reason, Story
from copydesk.publish import Published, PublishOptions, publish, survey
from world import editions
from world.manifests import MemoryManifest

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs" / "guides" / "change-the-looks.md").read_text("utf-8")
TEMPLATES = ROOT / "src" / "copydesk" / "rendering" / "templates"
EXAMPLE = dict(re.findall(r"^`_templates/([a-z.]+)`:\n\n```[a-z]+\n(.*?)^```$", GUIDE, re.M | re.S))


@dataclass
class Desk:
    """A newsroom that is built again and again into one folder."""

    folder: Path
    stories: list[Story]
    manifest: MemoryManifest = field(default_factory=MemoryManifest)
    notes: PageIndex = field(default_factory=PageIndex)

    @property
    def out(self) -> Path:
        return self.folder / "out"

    def put(self, name: str, text: str) -> None:
        """Write a file of `_templates/`."""
        file = self.folder / "_templates" / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, "utf-8")

    def build(self, locale: str = "en-us") -> Published:
        seen = survey(self.stories, editions.beat(), self.notes)
        edition = replace(
            editions.edition(on=replace(editions.beat(), locale=locale)), stories=seen
        )
        options = PublishOptions(templates=self.folder / "_templates")
        return publish(edition, self.out, self.manifest, options)

    def files(self) -> dict[str, bytes]:
        """Return what readers can see of the site."""
        found = (path for path in self.out.rglob("*") if path.is_file())
        return {str(path): path.read_bytes() for path in found if not path.name.startswith(".")}

    def page(self, path: str) -> html.HtmlElement:
        return html.document_fromstring((self.out / path).read_bytes())


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    names = [f"2026-11-{24 - n}-story-{n}" for n in range(8)]
    return Desk(tmp_path, [editions.story(one, title=f"Told {one[-1]}") for one in names])


def test_the_example_of_the_guide_makes_another_paper(desk: Desk) -> None:
    assert set(EXAMPLE) == {"theme.css", "front.html", "strings.toml"}
    for name, text in EXAMPLE.items():
        desk.put(name, text)

    desk.build()

    front = desk.page("index.html")
    assert front.cssselect(".motto")[0].text == "All the harbour, every day"
    assert front.cssselect("#more")[0].text == "Also in port"
    assert len(front.cssselect(".card")) == 8
    style = (desk.out / "style.css").read_text()
    assert style.startswith((TEMPLATES / "style.css").read_text())
    assert style.endswith(EXAMPLE["theme.css"])
    assert set(re.findall(r"(--[a-z]+):", EXAMPLE["theme.css"])) <= set(
        re.findall(r"(--[a-z]+):", (TEMPLATES / "style.css").read_text())
    )


def test_the_example_works_without_a_story(desk: Desk) -> None:
    desk.stories = []
    for name, text in EXAMPLE.items():
        desk.put(name, text)

    desk.build()

    assert "There is nothing here yet." in desk.page("index.html").text_content()


def test_every_template_and_variable_of_ours_stands_in_the_guide() -> None:
    variables = set(re.findall(r"^  (--[a-z]+):", (TEMPLATES / "style.css").read_text(), re.M))

    assert [one.name for one in TEMPLATES.iterdir() if f"`{one.name}`" not in GUIDE] == []
    assert [one for one in variables if f"`{one}`" not in GUIDE] == []


def test_another_template_makes_every_page_anew_and_one_more_story_does_not(desk: Desk) -> None:
    desk.build()
    desk.put("line.html", '<li class="line"><b>{{ story.title }}</b></li>')

    changed = desk.build()
    desk.stories.append(editions.story("2026-11-01-late", title="Late"))
    added = desk.build()

    assert "<b>Told 1</b>" in (desk.out / "archive/1/index.html").read_text()
    assert "<b>Late</b>" in (desk.out / "archive/1/index.html").read_text()
    assert added.unchanged < changed.unchanged


def test_ours_come_back_when_a_template_is_taken_away(desk: Desk) -> None:
    desk.build()
    before = desk.files()
    for name, text in EXAMPLE.items():
        desk.put(name, text)
    desk.build()
    assert desk.files() != before
    for name in EXAMPLE:
        (desk.folder / "_templates" / name).unlink()

    desk.build()

    assert desk.files() == before


@pytest.mark.parametrize(
    ("name", "text", "where", "why"),
    [
        ("story.html", "<p>\n{{ story.title }\n</p>", "a template does not work in line 2", ""),
        ("story.html", "\n\n{{ story.nobody }}", "a template does not work in line 3", "undefined"),
        ("layout.html", "{{ words.nowhere }}", "a template does not work in line 1", "undefined"),
        ("strings.toml", '[words]\narchive = "Old\n', "not TOML", "line 2"),
        ("strings.toml", '[words]\nnewest_of = "{all}"', "cannot be said so", "{all}"),
        ("strings.toml", "[words]\narchive = 3", "cannot be said so", "a text"),
    ],
)
def test_a_mistake_is_named_and_leaves_the_site_as_it_was(
    desk: Desk, name: str, text: str, where: str, why: str
) -> None:
    desk.build()
    before = desk.files()
    desk.stories[0] = replace(desk.stories[0], title="Corrected")
    desk.put(name, text)

    with pytest.raises(PublishError, match=where) as caught:
        desk.build()

    assert caught.value.subject.startswith(name)
    assert why in caught.value.hint
    assert desk.files() == before


def test_after_a_mistake_is_mended_all_is_as_if_it_had_never_been(
    desk: Desk, tmp_path: Path
) -> None:
    desk.build()
    desk.put("story.html", "{{ nobody }}")
    desk.stories[0] = replace(desk.stories[0], title="Corrected")
    with pytest.raises(PublishError):
        desk.build()
    (desk.folder / "_templates" / "story.html").unlink()

    desk.build()

    fresh = Desk(tmp_path / "fresh", desk.stories)
    fresh.build()
    strip = {path.removeprefix(str(desk.out)): data for path, data in desk.files().items()}
    assert {
        path.removeprefix(str(fresh.out)): data for path, data in fresh.files().items()
    } == strip


def test_the_readers_of_a_long_list_are_led_on(desk: Desk) -> None:
    desk.stories = [editions.story(f"2026-11-24-n{n:03}", title=f"Number {n}") for n in range(100)]
    desk.build()

    day = desk.page("2026/11/24/index.html")
    topic = desk.page("topics/robots/index.html")

    assert [len(day.cssselect(one)) for one in (".card", ".brief")] == [24, 66]
    assert [len(topic.cssselect(one)) for one in (".card", ".line")] == [24, 36]
    links = [page.cssselect(".onward a")[-1].get("href") for page in (day, topic)]
    assert links == [
        "/robots/search/?from=2026-11-24&to=2026-11-24",
        "/robots/search/?topic=robots",
    ]


def test_english_reasons_are_marked_on_a_site_of_another_language(desk: Desk) -> None:
    reasons = (Reason(about="quality", points=35, why="800 words of its own"),)
    desk.stories = [replace(desk.stories[0], reasons=reasons)]

    desk.build(locale="de")

    page = desk.page(f"news/{Path(desk.stories[0].path).stem}/index.html")
    assert page.cssselect(".reasons li")[0].get("lang") == "en"


def test_a_front_page_is_described_in_the_newsrooms_own_words(tmp_path: Path) -> None:
    on = replace(editions.beat(), description="Rules for robots, read daily.")

    publish(editions.edition(on=on), tmp_path / "a", MemoryManifest(), PublishOptions())
    publish(editions.edition(), tmp_path / "b", MemoryManifest(), PublishOptions())

    said = [
        html.document_fromstring((tmp_path / one / "index.html").read_bytes())
        .cssselect("meta[name=description]")[0]
        .get("content")
        for one in ("a", "b")
    ]
    assert said == [
        "Rules for robots, read daily.",
        "Robots & Rules: selected news, each story with its source",
    ]
