"""Stories and groups as ninjs 3.1: they keep IPTC's rules, and tell what the story's page tells."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from lxml import html

from copydesk.catalogue.page_index import PageIndex
from copydesk.news import Image, Provider, Reason, Story, Verdict
from copydesk.news.article import Author
from copydesk.news.beat import OutputOptions
from copydesk.publish import Look, PublishOptions, plan_site, publish, survey
from copydesk.publish.api import Shapes, v2
from world import editions
from world.manifests import MemoryManifest
from world.ninjs_rules import find_faults

FOLDER = "api/v2/ninjs/"
LED = "2026-11-24-robots-may-vote"
BEFORE = "2026-11-20-before"
PICTURE = "https://herald.example/robot.jpg"
REMOVED = Verdict(said="remove", by="Ed <ed@desk.example>", at=editions.AT, why="asked")


def read(*stories: Story) -> dict[str, Any]:
    """Return the ninjs documents of a site, by their paths below `ninjs/`."""
    pictures = {PICTURE: editions.thumbnail("robot", ("webp", "jpg"))}
    plan = plan_site(editions.edition(stories), Look(pictures=pictures))
    shapes = Shapes(plan)
    made = [sheet for n in range(1, plan.archive_pages + 1) for sheet in v2.page(n, shapes)]
    found = {sheet.path: json.loads(sheet.data) for sheet in made}
    return {p.removeprefix(FOLDER): told for p, told in found.items() if p.startswith(FOLDER)}


def read_one(story: Story, *others: Story) -> dict[str, Any]:
    name = story.path.removeprefix("_news/").removesuffix(".md")
    found: dict[str, Any] = read(story, *others)[f"stories/{name}.json"]
    return found


def rich() -> list[Story]:
    """Give a story with all that a document can tell, in a group, and one in its background."""
    led = editions.story(
        topics=("Law", "Unknown"),
        images=(Image(url=PICTURE, title="A robot at a box", attribution="Ada / A Wire"),),
        related=(editions.related("times.example"), editions.related("post.example", title="")),
        group=LED,
        language="en",
        credit="A Wire",
        type="video",
        length="PT10M",
        background=(BEFORE,),
        refuses=("ai-train", "ai-input"),
        updated_at=datetime(2026, 11, 24, 12, tzinfo=UTC),
        history=("2026-11-24T20:00:00Z text changed (12 became 19: people)",),
        note="We asked *why*.",
        reasons=(Reason(about="quality", why='keyword "robots" in title', points=35),),
    )
    authors = (Author(name="Ada Low"), Author(name="A Wire", kind="agency"))
    return [replace(led, authors=authors), editions.story(BEFORE, title="Before")]


ODD = {
    "headline-of-controls": editions.story(title="A\u0000 \u202erobot\u2028\tvotes\ud83e"[:-1]),
    "headline-of-many-scripts": editions.story(title="机器人 🤖 روبوتات रोबोट e\u0301"),
    "no-headline": editions.story(title=" \u200b\n", excerpt=""),
    "no-date": editions.story(published_at=None),
    "no-publisher": editions.story(provider=None, topics=()),
    "publisher-without-a-name": editions.story(provider=Provider(name="", domain="zürich.example")),
    "publisher-of-an-odd-domain": editions.story(provider=Provider(name="A", domain='$"Õ')),
    "publisher-of-no-domain": editions.story(provider=Provider(name="<b>", domain="a b\n")),
    "language-of-nowhere": editions.story(language='x"><b>'),
    "kind-of-nowhere": editions.story(type="hologram", topics=("\u0000",)),
    "no-address": editions.story(web_url="javascript:alert(1)", original_url="mailto:a@b.example"),
    "address-that-browsers-mend": editions.story(
        web_url='https://herald.example/ä b|c/{1}?a[]=100%&b=%41%zz^`"<>\\'
    ),
    "coverage-of-no-address": editions.story(
        related=(editions.related("times.example", web_url="ftp://times.example/a"),)
    ),
    "a-time-of-long-ago": editions.story(published_at=datetime(33, 4, 3, tzinfo=UTC)),
    "a-change-of-no-time": editions.story(history=("text changed", "2026-13-99 gone from there")),
}


@pytest.mark.parametrize("story", ODD.values(), ids=ODD.keys())
def test_a_document_of_an_odd_story_keeps_the_rules(story: Story) -> None:
    group = replace(story, path="_news/2026-11-24-other.md", group="2026-11-24-other")
    made = read(story, group)

    assert 3 == len(made)
    assert {} == {path: faults for path, told in made.items() if (faults := [*find_faults(told)])}
    assert not re.search(r"[\x00-\x1f\u200b\u202e\u2028]", "".join(list_texts([*made.values()])))


def list_texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from list_texts(inner)


def test_a_story_and_its_group_keep_the_rules_and_leave_nothing_empty() -> None:
    made = read(*rich())

    assert 3 == len(made)
    assert {} == {path: faults for path, told in made.items() if (faults := [*find_faults(told)])}
    assert "" not in {*list_texts([*made.values()])}


BROKEN = {
    "no-uri": ({"uri": None}, "$.uri"),
    "a-uri-with-a-blank": ({"uri": "https://a.example/b c"}, "$.uri"),
    "a-uri-with-a-bare-percent": ({"uri": "https://a.example/100%"}, "$.uri"),
    "an-unknown-key": ({"heat": 12}, "$.heat"),
    "an-unknown-type": ({"type": "article"}, "$.type"),
    "a-day-for-a-time": ({"versionCreated": "2026-11-24"}, "$.versionCreated"),
    "words-for-a-list": ({"headlines": "Robots"}, "$.headlines[0]"),
    "a-headline-without-words": ({"headlines": [{"role": "main"}]}, "$.headlines[0].value"),
    "an-association-without-a-name": (
        {"associations": [{"uri": "urn:a:b"}]},
        "$.associations[0].name",
    ),
    "an-association-without-a-uri": ({"associations": [{"name": "A"}]}, "$.associations[0].uri"),
    "a-width-in-words": (
        {"renditions": [{"name": "main", "width": "640"}]},
        "$.renditions[0].width",
    ),
    "a-key-of-ninjs-2": ({"pubstatus": "usable"}, "$.pubstatus"),
}


@pytest.mark.parametrize(("change", "place"), BROKEN.values(), ids=BROKEN.keys())
def test_the_rules_refuse_what_the_schema_refuses(change: dict[str, Any], place: str) -> None:
    whole = {"uri": "urn:a:b", "type": "text"} | change

    assert [place] == [*find_faults({key: told for key, told in whole.items() if told is not None})]
    assert [] == [*find_faults({"uri": "urn:a:b", "type": "text"})]


def test_a_story_is_told_in_the_terms_of_ninjs() -> None:
    told = read_one(*rich())

    page = f"{editions.SITE}/news/{LED}/"
    assert ("3.1", page, "video") == (told["standard"]["version"], told["uri"], told["type"])
    assert ("usable", "partial", "en") == (
        told["pubStatus"],
        told["representationType"],
        told["language"],
    )
    assert ["Robots may vote"] == [said["value"] for said in told["headlines"]]
    assert [
        ("excerpt", "text/plain", "A court said so on Tuesday."),
        ("note", "text/html", "<p>We asked <em>why</em>.</p>"),
    ] == [(said["role"], said["contentType"], said["value"]) for said in told["descriptions"]]
    assert "Ada Low, A Wire" == told["by"]
    assert "The publisher forbids: ai-train, ai-input." == told["usageTerms"]
    assert [
        ("The Herald", "publisher", "https://herald.example/"),
        ("A Wire", "agency", None),
        ("Robots & Rules", "aggregator", f"{editions.SITE}/"),
    ] == [(party["name"], party["role"], party.get("uri")) for party in told["infoSources"]]
    assert [("Law", f"{editions.SITE}/topics/law/"), ("Unknown", None)] == [
        (subject["name"], subject.get("uri")) for subject in told["subjects"]
    ]
    assert [
        ("web", page, None),
        ("original", f"https://herald.example/{LED}", 600),
    ] == [(form["name"], form["href"], form.get("duration")) for form in told["renditions"]]


def test_a_version_is_as_new_as_the_last_thing_that_it_tells() -> None:
    led, before = rich()
    at = "2026-11-24T09:30:00Z"
    told, plain = read_one(led, before), read_one(editions.story())

    assert (at, at) == (told["firstCreated"], told["contentCreated"])
    assert ("2026-11-24T20:00:00Z", at) == (told["versionCreated"], plain["versionCreated"])
    reported = replace(led, history=())
    assert "2026-11-24T18:00:00Z" == read_one(reported, before)["versionCreated"]
    undated = read_one(editions.story(published_at=None))
    assert not {"firstCreated", "versionCreated", "contentCreated"} & set(undated)


def test_a_picture_has_its_words_and_its_credit() -> None:
    picture = read_one(*rich())["associations"][0]

    file = f"{editions.SITE}/pictures/robot.jpg"
    assert ("picture", file) == (picture["type"], picture["uri"])
    assert "A robot at a box" == picture["descriptions"][0]["value"]
    assert "Ada / A Wire" == picture["by"]
    assert [
        {"name": "main", "href": file, "contentType": "image/jpeg", "width": 640, "height": 320}
    ] == picture["renditions"]


def test_a_publishers_refusal_of_its_pictures_holds() -> None:
    led, before = rich()
    told = read_one(replace(led, refuses=("image",)), before)

    assert "picture" not in {each["rel"] for each in told["associations"]}


def test_other_reports_and_the_background_are_associated() -> None:
    told = read_one(*rich())

    assert [
        ("picture", "main picture", f"{editions.SITE}/pictures/robot.jpg"),
        ("coverage", "As Times has it", "https://times.example/take"),
        ("coverage", "https://post.example/take", "https://post.example/take"),
        ("background", "Before", f"{editions.SITE}/news/{BEFORE}/"),
    ] == [(each["rel"], each["name"], each["uri"]) for each in told["associations"]]
    own = f"{editions.API}/{FOLDER}stories/{BEFORE}.json"
    assert [own] == [form["href"] for form in told["associations"][-1]["renditions"]]


def test_a_group_is_a_composite_of_its_stories_and_other_reports() -> None:
    led, before = rich()
    late = ("2026-11-25T06:00:00Z text changed",)
    member = editions.story("2026-11-24-second", group=LED, title="Second", heat=-1, history=late)
    made = read(led, before, member)
    (path,) = (path for path in made if path.startswith("groups/"))
    told = made[path]

    assert ("composite", f"{editions.API}/{FOLDER}{path}") == (told["type"], told["uri"])
    assert ["Robots may vote"] == [said["value"] for said in told["headlines"]]
    assert [
        ("leader", "Robots may vote"),
        ("member", "Second"),
        ("coverage", "As Times has it"),
    ] == [(each["rel"], each["name"]) for each in told["associations"]][:3]
    assert "2026-11-25T06:00:00Z" == told["versionCreated"]
    assert not {"by", "bodies", "descriptions"} & set(told)


def test_a_story_of_the_site_itself_has_its_whole_text() -> None:
    own = editions.story(web_url="", original_url="", provider=None, note="Our **words**.")
    told = read_one(own)

    assert "full" == told["representationType"]
    assert ["<p>Our <strong>words</strong>.</p>"] == [said["value"] for said in told["bodies"]]
    assert [("Robots & Rules", "publisher")] == [
        (p["name"], p["role"]) for p in told["infoSources"]
    ]
    assert ["web"] == [form["name"] for form in told["renditions"]]
    assert "bodies" not in read_one(editions.story(note="Our words."))


def test_what_the_page_conceals_is_in_no_document() -> None:
    hidden = Reason.parse("changes: not shown, set by Ed: the publisher asked")
    decided = Verdict(said="publish", by="Ed <ed@desk.example>", at=editions.AT, why="of the day")
    late = ("2026-11-25T08:00:00Z text changed",)

    told = read_one(editions.story(reasons=(hidden,), verdict=decided, history=late))

    assert read_one(editions.story()) == told


class Site:
    """A site that is built again by its changes alone."""

    def __init__(self, here: Path) -> None:
        self.out = here / "site"
        self._index = here / "pages.sqlite"
        self._manifest = MemoryManifest()

    def build(self, *stories: Story, api_v2: bool = True) -> set[str]:
        """Build the site, and return the paths of its ninjs documents below their folder."""
        known, edition = PageIndex(self._index, "site"), editions.edition()
        options = PublishOptions(look=Look(outputs=OutputOptions(api_v2=api_v2)))
        try:
            seen = survey(stories, edition.beat, known)
            publish(replace(edition, stories=seen), self.out, self._manifest, options)
        finally:
            known.close()
        return {file.relative_to(self.out / FOLDER).as_posix() for file in self.files()}

    def files(self) -> list[Path]:
        return [*(self.out / FOLDER).rglob("*.json")]

    def read(self, path: str) -> str:
        return (self.out / path).read_text("utf-8")


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path)


def test_the_page_of_a_story_names_its_document(site: Site) -> None:
    site.build(editions.story())

    page = html.document_fromstring(site.read(f"news/{LED}/index.html"))
    (link,) = page.cssselect('link[rel=alternate][type="application/json"]')
    assert link.get("href") == f"{editions.API}/{FOLDER}stories/{LED}.json"
    front = html.document_fromstring(site.read("index.html"))
    assert [] == front.cssselect('link[type="application/json"]')


def test_a_site_without_the_second_api_has_no_documents(site: Site) -> None:
    assert set() == site.build(*rich(), api_v2=False)

    assert "ninjs" not in site.read(f"news/{LED}/index.html")


@pytest.mark.parametrize(
    "gone", [{"verdict": REMOVED}, {"published": False}], ids=["removed", "held"]
)
def test_what_is_not_published_any_more_has_no_document(site: Site, gone: dict[str, Any]) -> None:
    led, before = rich()
    assert 3 == len(site.build(led, before))

    assert {f"stories/{BEFORE}.json"} == site.build(replace(led, **gone), before)


def test_a_removed_story_is_in_no_others_background(site: Site) -> None:
    led, before = rich()
    site.build(led, before)
    assert BEFORE in site.read(f"{FOLDER}stories/{LED}.json")

    left = site.build(led, replace(before, verdict=REMOVED))

    assert 2 == len(left)
    assert [] == [path for path in left if BEFORE in site.read(FOLDER + path)]


def test_what_was_removed_leaves_the_list_of_changes(site: Site) -> None:
    led, before = rich()
    site.build(led, before)
    changes = "api/v2/changes/index.json"
    assert LED in site.read(changes)

    site.build(replace(led, verdict=REMOVED), before)

    assert '{"changes":[]}\n' == site.read(changes)


def test_a_site_of_no_stories_has_no_documents(site: Site) -> None:
    assert set() == site.build()


def test_one_more_story_writes_one_more_document(site: Site) -> None:
    first = editions.AT - timedelta(days=4)
    stories = [
        editions.story(f"s{at}", published_at=first + timedelta(hours=at)) for at in range(9)
    ]
    site.build(*stories)
    before = {file: file.stat().st_mtime_ns for file in site.files()}

    site.build(*stories, editions.story("new"))

    after = {file: file.stat().st_mtime_ns for file in site.files()}
    assert ["new.json"] == [file.name for file, at in after.items() if before.get(file) != at]
