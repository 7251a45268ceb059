"""Matters: events that go on from each other have a page, a feed and links from their stories."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Unpack

from lxml import html

from copydesk.catalogue.page_index import PageIndex
from copydesk.news import Ruling, Story, Verdict
from copydesk.placement import addresses
from copydesk.publish import (
    Look,
    PublishOptions,
    SitePlan,
    Sizes,
    plan_site,
    publish,
    site,
    survey,
)
from copydesk.publish.change import Touched
from copydesk.rendering import Renderer
from world import editions
from world.manifests import MemoryManifest

CRASH = "2026-10-01-a-robot-falls"
PAGE = f"matters/{addresses.matter_id(CRASH)}/"


def event(number: int, **fields: Unpack[editions.StoryFields]) -> Story:
    """Give a story on the event with a number, a day later than the event before."""
    name = CRASH if number == 0 else f"2026-10-{number + 1:02}-event-{number}"
    at = editions.AT + timedelta(days=number - 60)
    story = editions.story(name, matter=CRASH, title=f"Event {number}", published_at=at)
    return replace(story, **fields)


class Desk:
    """A folder with a site, which is built again after each change."""

    def __init__(self, folder: Path) -> None:
        self.out = folder / "site"
        self._manifest = MemoryManifest()
        self._known = PageIndex()

    def build(self, *stories: Story, rules: tuple[Ruling, ...] = ()) -> set[str]:
        """Build the site of some stories; return the files that were written again."""
        before = self._times()
        beat = replace(editions.beat(), rulings=rules)
        edition = replace(editions.edition((), on=beat), stories=survey(stories, beat, self._known))
        options = PublishOptions(look=Look(sizes=Sizes(archive=4, matter=3)))
        publish(edition, self.out, self._manifest, options)
        return {path for path, time in self._times().items() if before.get(path) != time}

    def _times(self) -> dict[str, tuple[int, int]]:
        files = (path for path in self.out.rglob("*") if path.is_file())
        return {
            path.relative_to(self.out).as_posix(): (path.stat().st_mtime_ns, path.stat().st_ino)
            for path in files
        }

    def read(self, folder: str) -> html.HtmlElement:
        return html.document_fromstring((self.out / folder / "index.html").read_text())

    def since(self, number: int) -> str:
        """Return what the page of an event's story says of its matter, "" for nothing."""
        name = addresses.record_name(event(number).path)
        (found,) = self.read(f"news/{name}").cssselect(".matter") or [None]
        return "" if found is None else " ".join(found.text_content().split())


def events(page: html.HtmlElement) -> list[str]:
    return [link.text_content() for link in page.cssselect(".timeline a")]


def test_a_matter_lists_its_events_in_order_of_time_and_its_newest_first(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    other = editions.related("alpha.example")
    desk.build(event(0), event(1, related=(other,)), event(2), event(7, matter=""))
    page = desk.read(PAGE)

    assert ["Event 0", "Event 1", "Event 2"] == events(page)
    assert ["Event 2"] == [link.text_content() for link in page.cssselect(".latest h3 a")]
    assert "2 publishers" in page.cssselect(".timeline li")[1].text_content()
    assert "Event 0" == page.cssselect("h1")[0].text_content()
    feed = json.loads((desk.out / PAGE / "feed.json").read_text())
    assert ["Event 2", "Event 1", "Event 0"] == [item["title"] for item in feed["items"]]
    (data,) = page.xpath("//script[@type='application/ld+json']")
    assert "CollectionPage" == json.loads(data.text)["@type"]
    assert PAGE in (desk.out / "sitemap-pages.xml").read_text()


def test_a_story_says_how_many_events_came_later_and_links_to_its_place(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.build(*map(event, range(12)))

    assert "Timeline of all events" == desk.since(11)
    assert "1 event since this report · Timeline of all events" == desk.since(10)
    assert "9 events since this report · Timeline of all events" == desk.since(2)
    assert "More than 9 events since this report · Timeline of all events" == desk.since(0)
    name = addresses.record_name(event(10).path)
    (link,) = desk.read(f"news/{name}").cssselect(".matter a")
    place = link.get("href").rpartition("#")[2]
    assert [place] == [item.get("id") for item in desk.read(PAGE).cssselect(".timeline li")][1:2]


def test_a_matter_of_one_event_has_no_page(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.build(event(0), event(1, group=CRASH, published=False))

    assert not (desk.out / "matters").exists()
    assert "" == desk.since(0)


def test_an_event_is_told_by_the_story_that_leads_it(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.build(event(0, group="g", heat=10), event(1, group="g", heat=90), event(2))

    assert ["Event 1", "Event 2"] == events(desk.read(PAGE))


def test_a_long_matter_is_cut_into_pages_that_stay(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.build(*map(event, range(7)))

    assert ["Event 4", "Event 5", "Event 6"] == events(desk.read(PAGE))
    assert ["Event 0", "Event 1", "Event 2"] == events(desk.read(f"{PAGE}1/"))
    assert not (desk.out / PAGE / "3").exists()
    written = desk.build(*map(event, range(8)))
    assert f"{PAGE}index.html" in written
    assert f"{PAGE}1/index.html" not in written


def test_a_new_event_makes_no_page_of_another_matter_again(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    others = [event(number, matter="another") for number in (20, 21)]
    desk.build(event(0), event(1), *others)
    written = desk.build(event(0), event(1), event(2), *others)

    assert "2 events since this report · Timeline of all events" == desk.since(0)
    assert f"{PAGE}index.html" in written
    theirs = addresses.matter_folder("another")
    assert not [path for path in written if path.startswith(theirs)]
    assert not [path for path in written if path.startswith("changes/")]


def test_lists_of_changes_and_matters_are_made_only_for_a_change_of_theirs() -> None:
    history = ('2026-11-24T11:00:00Z title was "Ballots for robots"',)
    stories = [event(0, history=history), event(1)]
    plan = plan_site(editions.edition(stories), Look())
    lists = {"changes/index.html", "matters/index.html"}

    def made(plan: SitePlan) -> set[str]:
        return {sheet.path for sheet in site.Site(plan, Renderer()).beside_the_walk()}

    assert lists <= made(plan)
    assert not lists & made(replace(plan, wanted=Touched(pairs={})))


def test_a_matter_that_an_editor_renames_keeps_its_address(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.build(event(0), event(1))
    desk.build(event(0), event(1), rules=(editions.matter_rule(("rename", CRASH, "The fall")),))

    assert "The fall" == desk.read(PAGE).cssselect("h1")[0].text_content()


def test_a_merged_matter_redirects_to_the_other_until_that_is_undone(tmp_path: Path) -> None:
    desk, name = Desk(tmp_path), "2026-10-21-event-20"
    stories = [event(0), event(1), event(20, matter=name), event(21, matter=name)]
    old = addresses.matter_folder(name)
    desk.build(*stories)
    desk.build(*stories, rules=(editions.matter_rule(("merge", CRASH, name)),))

    (refresh,) = desk.read(old).xpath("//meta[@http-equiv='refresh']/@content")
    assert f"0; url=/robots/{PAGE}" == refresh
    assert not (desk.out / old / "feed.xml").exists()
    assert 4 == len(desk.read(f"{PAGE}1/").cssselect(".timeline li")) + 1
    desk.build(*stories)
    assert ["Event 20", "Event 21"] == events(desk.read(old))


def test_an_event_that_an_editor_splits_off_leaves_its_matter(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    name = addresses.record_name(event(2).path)
    desk.build(*map(event, range(3)))
    desk.build(*map(event, range(3)), rules=(editions.matter_rule(("split", name)),))

    assert ["Event 0", "Event 1"] == events(desk.read(PAGE))
    assert "" == desk.since(2)


def test_nothing_of_a_removed_story_is_on_the_pages_of_its_matter(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    removed = Verdict(said="remove", by="ed@desk.example", at=editions.AT, why="asked")
    desk.build(*map(event, range(3)))
    desk.build(event(0, verdict=removed, published=False), event(1), event(2))

    assert ["Event 1", "Event 2"] == events(desk.read(PAGE))
    files = [path for path in (desk.out / "matters").rglob("*") if path.is_file()]
    assert files
    assert not any("a-robot-falls" in path.as_posix() for path in files)
    assert not any("a-robot-falls" in path.read_text() for path in files)


def test_a_matter_with_one_event_left_has_no_page_any_more(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    others = [event(number, matter="another") for number in (20, 21)]
    desk.build(event(0), event(1), *others)
    desk.build(event(0), *others)

    assert not (desk.out / PAGE).exists()
    assert (desk.out / addresses.matter_folder("another")).exists()


def test_background_of_another_matter_is_named_once(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    before = editions.story("2026-09-01-before", title="Before", published_at=editions.AT)
    name = addresses.record_name(before.path)
    desk.build(before, event(0, background=(name,)), event(1, background=(name, CRASH)))

    background = desk.read(PAGE).cssselect("[aria-labelledby=background] a")
    assert ["Before"] == [link.text_content() for link in background]
