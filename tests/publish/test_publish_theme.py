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
from copydesk.news.beat import Beat
from copydesk.news.letter import LetterSeries
from copydesk.publish import Published, PublishOptions, publish, survey
from world import editions
from world.manifests import MemoryManifest

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs" / "guides" / "change-the-looks.md").read_text("utf-8")
TEMPLATES = ROOT / "src" / "copydesk" / "rendering" / "templates"
FENCE = r"^`_templates/([a-z.]+)` [^\n]*:\n\n```[a-z]+\n(.*?)^```$"
EXAMPLE = dict(re.findall(FENCE, GUIDE, re.M | re.S))
DAILY = LetterSeries(id="daily", title="Robots Daily", stems=("robots",))
BLOCKS = {
    block
    for name in ("layout.html", "front.html")
    for block in re.findall(r"{% block (\w+) %}", (TEMPLATES / name).read_text("utf-8"))
}


def child(block: str, text: str = "", start: int = 2) -> str:
    """Write a front page that replaces a block of ours, in the line `start`."""
    return (
        '{% extends "default:front.html" %}'
        + "\n" * (start - 1)
        + (f"{{% block {block} %}}\n{text}{{% endblock %}}")
    )


@dataclass
class Desk:
    """A newsroom that is built again and again into one folder."""

    folder: Path
    stories: list[Story]
    on: Beat = field(default_factory=editions.beat)
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
        seen = survey(self.stories, self.on, self.notes)
        on = replace(self.on, locale=locale)
        edition = replace(editions.edition(on=on), stories=seen, letters=(DAILY,))
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


def parts(front: html.HtmlElement) -> list[str]:
    """Return the sections and links of a front page, in an order of their own."""
    named = [f"#{one.get('id')}" for one in front.cssselect("[id]")]
    links = [one.get("href") for one in front.cssselect("a")]
    return sorted([*named, *links, *(one.get("class") for one in front.cssselect("[class]"))])


def with_a_form(desk: Desk) -> Desk:
    """Give a site a sign-up form, and older stories, so that its front page has every block."""
    desk.stories += [
        editions.story(f"2026-11-2{day}-old-{n}", title=f"Old {n}")
        for day in (2, 3)
        for n in range(12)
    ]
    desk.on = replace(editions.beat(), subscribe_url="https://robots.example/subscribe")
    return desk


def test_the_example_of_the_guide_makes_another_paper(desk: Desk) -> None:
    with_a_form(desk).build()
    ours = parts(desk.page("index.html"))
    assert set(EXAMPLE) == {"theme.css", "front.html", "strings.toml"}
    for name, text in EXAMPLE.items():
        desk.put(name, text)

    desk.build()

    front = desk.page("index.html")
    assert front.cssselect(".motto")[0].text == "All the harbour, every day"
    assert front.cssselect("#river")[0].text == "The log book"
    assert sorted([*ours, "motto"]) == parts(front)
    assert {"#top", "#more", "#river", "#subscribe"} <= set(ours)
    order = [one.get("class") for one in front.cssselect("main > :not([hidden])")]
    assert order == ["motto", "front", "subscribe", "more", "river"]
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

    assert "No stories yet" in desk.page("index.html").text_content()


def test_each_block_of_ours_can_be_kept_and_added_to(desk: Desk) -> None:
    with_a_form(desk).build()
    ours = parts(desk.page("index.html"))
    kept = [
        f"{{% block {one} %}}{{{{ super() }}}}<meta class={one}>{{% endblock %}}" for one in BLOCKS
    ]
    desk.put("front.html", "\n".join(['{% extends "default:front.html" %}', *kept]))

    desk.build()

    assert sorted([*ours, *BLOCKS]) == parts(desk.page("index.html"))


def test_every_block_stands_in_the_guide() -> None:
    assert [one for one in BLOCKS if f"`{one}`" not in GUIDE] == []


def test_a_theme_of_whole_templates_builds_as_before(desk: Desk) -> None:
    with_a_form(desk).build()
    before = desk.files()
    for name in ("layout.html", "front.html", "subscribe.html"):
        text = (TEMPLATES / name).read_text("utf-8")
        desk.put(name, re.sub(r"\{% block (?!main)\w+ %\}\n(.*?)\{% endblock %\}\n", r"\1", text))

    desk.build()

    assert before == desk.files()


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
        ("story.html", "<p>\n{{ story.title }\n</p>", "a template has an error in line 2", ""),
        ("story.html", "\n\n{{ story.nobody }}", "a template has an error in line 3", "undefined"),
        ("layout.html", "{{ words.nowhere }}", "a template has an error in line 1", "undefined"),
        ("front.html", child("front_led", start=3), "line 3", 'did you mean "front_lead"?'),
        ("front.html", child("xyz"), "line 2", "the blocks are: main, front_opening, "),
        ("front.html", child("main", "{{ self.day() }}"), "line 3", "'day' not found"),
        ("front.html", child("main", "{{ leed }}"), "line 3", "undefined"),
        ("story.html", '{% extends "default:storey.html" %}', "line 1", "storey"),
        ("front.html", '{% extends "front.html" %}', "line 1", "cycle"),
        ("strings.toml", '[words]\narchive = "Old\n', "not valid TOML", "line 2"),
        ("strings.toml", '[words]\nnewest_of = "{all}"', "invalid value", "{all}"),
        ("strings.toml", "[words]\narchive = 3", "invalid value", "a text"),
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


def test_templates_that_extend_each_other_are_a_mistake(desk: Desk) -> None:
    desk.put("layout.html", '{% extends "front.html" %}')
    desk.put("front.html", child("main"))

    with pytest.raises(PublishError, match="a template has an error in line"):
        desk.build()


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
