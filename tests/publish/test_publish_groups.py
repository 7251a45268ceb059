"""What stands beside a story: coverage, copies, background; and where a former leader's page leads.

A page that readers know is never lost to a better report of the same event.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import Unpack

import pytest
from lxml import html

from copydesk.news import Beat, Provider, Source, Story, Verdict
from copydesk.news.beat import Organization
from copydesk.placement import Coverage
from copydesk.publish import (
    Look,
    PublishOptions,
    Sheet,
    SitePlan,
    api,
    crawlers,
    feeds,
    plan_site,
    publish,
    site,
)
from copydesk.rendering import Renderer
from world import editions
from world.manifests import MemoryManifest

LED = "2026-11-24T13:10:00Z leads its group no longer"
HEADLINE = '2026-11-24T13:10:00Z title was "He leads its group no longer: why"'
NEW = "2026-11-24-fuller"
OLD = "2026-11-24-first"
OLD_PAGE = f"news/{OLD}/index.html"
EVIL = "\"><img src=x onerror=alert(1)>'; url=https://evil.example"


def _sheets(plan: SitePlan) -> Iterator[Sheet]:
    pages, maps = site.sheets(plan, Renderer()), crawlers.sitemap_files(plan, site.OUTPUTS)
    return chain(
        pages,
        maps,
        feeds.sheets(plan),
        crawlers.program_files(plan, ()),
        api.sheets(plan),
    )


def files(*stories: Story, on: Beat | None = None) -> dict[str, str]:
    """Return every file of a site of these stories."""
    plan = plan_site(editions.edition(stories, on=on), Look(show="cached"))
    return {s.path: s.data.decode() for s in _sheets(plan)}


def page(story: Story, *others: Story, on: Beat | None = None) -> html.HtmlElement:
    """Return the page of the first of these stories."""
    name = story.path.removeprefix("_news/").removesuffix(".md")
    return html.document_fromstring(files(story, *others, on=on)[f"news/{name}/index.html"])


def text(tree: html.HtmlElement, path: str) -> list[str]:
    return [" ".join(found.text_content().split()) for found in tree.cssselect(path)]


def leader(**changes: Unpack[editions.StoryFields]) -> Story:
    return replace(editions.story(NEW, title="The fuller report", group=OLD), **changes)


def deposed(**changes: Unpack[editions.StoryFields]) -> Story:
    """Return a story that led before, as its record says it now."""
    was = editions.story(OLD, title="The first report", published=False, heat=-1, group=OLD)
    return replace(replace(was, history=(LED,)), **changes)


# ---- a page that was ------------------------------------------------------------------------


def test_readers_of_a_former_leader_are_sent_to_the_leader_of_today() -> None:
    sign = html.document_fromstring(files(leader(), deposed())[OLD_PAGE])

    (refresh,) = sign.cssselect("meta[http-equiv=refresh]")
    (link,) = sign.cssselect("main a")
    assert f"0; url=/robots/news/{NEW}/" == refresh.get("content")
    assert f"/robots/news/{NEW}/" == link.get("href")
    assert "The fuller report" == link.text_content()
    assert f"{editions.SITE}/news/{NEW}/" == sign.cssselect("link[rel=canonical]")[0].get("href")
    assert "noindex" == sign.cssselect("meta[name=robots]")[0].get("content")


def test_a_page_that_sends_on_is_in_no_list_feed_sitemap_or_api() -> None:
    made = files(leader(), deposed())

    assert [OLD_PAGE] == [path for path, content in made.items() if OLD in path or OLD in content]
    assert set(made) - set(files(leader())) == {OLD_PAGE}


@pytest.mark.parametrize(
    ("stories", "why"),
    [
        ((leader(), replace(deposed(), history=())), "it never led"),
        ((leader(), replace(deposed(), history=("2026-11-24 title was 'a'",))), "it never led"),
        ((leader(), replace(deposed(), history=(HEADLINE,))), "only its headline was so"),
        ((leader(), deposed(group="")), "it is in no group"),
        ((leader(group="other"), deposed()), "the group has no leader"),
        ((leader(published=False), deposed()), "the leader is not published"),
        ((deposed(),), "nobody else is there"),
    ],
)
def test_a_page_is_not_sent_on(stories: tuple[Story, ...], why: str) -> None:
    assert OLD_PAGE not in files(*stories), why


def test_a_leader_that_leads_again_has_its_own_page() -> None:
    again = replace(deposed(), published=True, heat=90)
    former = replace(leader(), published=False, heat=-1, history=(LED,))

    made = files(again, former)

    assert "refresh" not in made[OLD_PAGE]
    assert f"url=/robots/news/{OLD}/" in made[f"news/{NEW}/index.html"]


def test_a_chain_of_leaders_leads_to_the_last_at_once() -> None:
    middle = replace(deposed(), path="_news/2026-11-24-middle.md")

    made = files(deposed(), middle, leader())

    assert f"url=/robots/news/{NEW}/" in made[OLD_PAGE]
    assert f"url=/robots/news/{NEW}/" in made["news/2026-11-24-middle/index.html"]


def test_of_two_that_lead_one_group_the_hotter_is_the_goal() -> None:
    cool = replace(leader(), path="_news/2026-11-24-cool.md", heat=10)

    assert f"url=/robots/news/{NEW}/" in files(cool, leader(), deposed())[OLD_PAGE]


def test_what_an_editor_removed_is_gone_and_sends_nobody_on() -> None:
    word = Verdict(by="ed@desk.example", at=editions.AT, said="remove", why="asked")
    plan = plan_site(editions.edition([leader(), deposed(verdict=word)]), Look(show="cached"))

    assert {} == plan.groups.redirects()
    assert (f"news/{OLD}/",) == plan.gone


def test_a_removed_leader_is_no_goal() -> None:
    word = Verdict(by="ed@desk.example", at=editions.AT, said="remove", why="asked")

    assert OLD_PAGE not in files(leader(verdict=word), deposed())


def test_a_page_comes_goes_and_is_sent_on_with_the_manifest(tmp_path: Path) -> None:
    manifest = MemoryManifest()
    led = replace(deposed(), published=True, history=())
    place = tmp_path / OLD_PAGE

    publish(editions.edition([led]), tmp_path, manifest, PublishOptions())
    assert "The first report" in place.read_text()
    publish(editions.edition([deposed(), leader()]), tmp_path, manifest, PublishOptions())
    assert "refresh" in place.read_text()
    again = publish(editions.edition([deposed(), leader()]), tmp_path, manifest, PublishOptions())
    assert 0 == again.written
    publish(editions.edition([deposed()]), tmp_path, manifest, PublishOptions())
    assert not place.exists()


def test_a_hostile_name_or_title_stays_text_in_a_page_that_sends_on() -> None:
    evil = replace(leader(title=EVIL), path=f"_news/{EVIL.replace('/', '')}.md")

    sign = html.document_fromstring(files(evil, deposed())[OLD_PAGE])

    (refresh,) = sign.cssselect("meta[http-equiv=refresh]")
    content = str(refresh.get("content"))
    assert content.startswith("0; url=/robots/news/%22%3E")
    assert not set("'\"> ") & set(content.removeprefix("0; url="))
    assert not list(sign.iter("img"))


# ---- coverage -------------------------------------------------------------------------------


def test_a_card_names_two_newsrooms_and_counts_the_others() -> None:
    domains = [f"{name}.example" for name in ("alpha", "beta", "gamma", "delta")]
    story = editions.story(related=tuple(map(editions.related, domains)))

    made = files(story)

    assert "also covered by Alpha, Beta and 2 more" in made["2026/11/24/index.html"]
    assert "by 4 independent publishers" in made["news/2026-11-24-robots-may-vote/index.html"]


def test_two_newspapers_of_one_house_are_one_voice() -> None:
    house = {
        domain: Organization(domain=domain, name=domain, owner=owner)
        for domain, owner in (("a.example", "Big House"), ("b.example", "big house"))
    }
    story = editions.story(related=(editions.related("a.example"), editions.related("b.example")))

    names = plan_site(
        editions.edition([story], on=replace(editions.beat(), organizations=house)),
        Look(),
    ).coverages.of(story)

    assert ("A",) == names.names
    assert 2 == len(names.others)


@pytest.mark.parametrize("owner", ["b.example", "B News", "B"])
def test_an_owner_may_be_named_by_its_domain_or_by_any_of_its_names(owner: str) -> None:
    known = {
        "a.example": Organization(domain="a.example", name="A", owner=owner),
        "b.example": Organization(domain="b.example", name="B", other_names=("B News",)),
    }
    story = editions.story(
        provider=Provider(name="B", domain="b.example"), related=(editions.related("a.example"),)
    )

    assert not _coverage(story, known).names


def test_houses_that_own_each_other_are_no_endless_way() -> None:
    known = {
        "a.example": Organization(domain="a.example", name="A", owner="b.example"),
        "b.example": Organization(domain="b.example", name="B", owner="a.example"),
        "c.example": Organization(domain="c.example", name="C", owner="c.example"),
    }
    others = tuple(map(editions.related, known))

    assert len(_coverage(editions.story(related=others), known).names) in {2, 3}


def _coverage(story: Story, known: dict[str, Organization]) -> Coverage:
    on = replace(editions.beat(), organizations=known)
    return plan_site(editions.edition([story], on=on), Look(show="cached")).coverages.of(story)


def test_one_agency_in_two_newspapers_is_one_voice() -> None:
    printed = [
        replace(
            editions.story(f"m-{n}", published=False, heat=-1, credit="Reuters"),
            web_url=f"https://paper{n}.example/take",
        )
        for n in range(2)
    ]
    story = editions.story(
        related=(editions.related("paper0.example"), editions.related("paper1.example"))
    )

    plan = plan_site(editions.edition([story, *printed]), Look(show="cached"))

    assert ("Paper0",) == plan.coverages.of(story).names


def copy(number: int, place: int | None = None, provider: Provider | None = None) -> Story:
    at = number if place is None else place
    return editions.story(
        f"c-{number:03}",
        published=False,
        heat=-1,
        copy_of="2026-11-24-robots-may-vote",
        provider=provider or Provider(name=f"Paper {at}", domain=f"p{at}.example"),
    )


def test_the_same_text_at_three_places_is_one_line_with_its_number() -> None:
    said = text(page(editions.story(), *map(copy, range(3))), "p.reruns")

    assert ["The same text also appeared in 3 other places: Paper 0, Paper 1, Paper 2."] == said


def test_a_place_that_runs_the_same_text_again_and_again_is_one() -> None:
    again = [copy(number, place=0) for number in range(50)]
    own = copy(99, provider=editions.HERALD)

    said = text(page(editions.story(), *again, own), "p.reruns")

    assert ["The same text also appeared at Paper 0."] == said


def test_a_flood_of_copies_and_coverage_stays_a_page() -> None:
    copies = [copy(n) for n in range(500)]
    flood = tuple(editions.related(f"o{n}.example") for n in range(500))

    tree = page(editions.story(related=flood), *copies)

    (said,) = text(tree, "p.reruns")
    assert said.startswith("The same text also appeared in 500 other places: Paper 0, Paper 1, ")
    assert said.endswith(" and 480 more.")
    assert 40 == len(tree.cssselect("#others ~ ul li"))
    assert ["460 more articles cover this event."] == text(tree, "#others ~ p")


# ---- background -----------------------------------------------------------------------------


def background(*names: str) -> Story:
    return editions.story(background=names)


def test_the_background_is_named_with_source_and_time_and_stays_in_every_list() -> None:
    vote = editions.story("2026-11-20-vote", title="The vote before")
    story = background("2026-11-20-vote")

    tree = page(story, vote)

    assert ["Related coverage"] == text(tree, "#background")
    (line,) = text(tree, "#background ~ ul li")
    assert "The vote before The Herald 24 Nov 2026" == line
    (link,) = tree.cssselect("#background ~ ul a")
    assert "/robots/news/2026-11-20-vote/" == link.get("href")
    assert "The vote before" in files(story, vote)["index.html"]


def test_a_page_names_at_most_eight_stories_as_background_each_once() -> None:
    others = [editions.story(f"b-{n}", title=f"B {n}") for n in range(20)]
    names = [name for n in range(20) for name in (f"b-{n}", f"b-{n}")]

    tree = page(background(*names), *others)

    assert [f"B {n}" for n in range(8)] == text(tree, "#background ~ ul a")


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("2026-11-24-robots-may-vote", None),
        ("nobody", None),
        ("../../etc/passwd", None),
        ("", None),
        ("held", editions.story("held", published=False)),
        (
            "gone",
            editions.story(
                "gone",
                published=False,
                group=NEW,
                verdict=Verdict(by="e", at=editions.AT, said="remove", why=""),
            ),
        ),
    ],
    ids=["itself", "unknown", "a-path", "empty", "held", "removed"],
)
def test_what_has_no_page_is_no_background(name: str, other: Story | None) -> None:
    assert [] == text(page(background(name), *filter(None, [other])), "#background")


def test_stories_that_are_each_others_background_link_to_each_other() -> None:
    one = editions.story("one", title="One", background=("two",))
    two = editions.story("two", title="Two", background=("one",))

    assert ["Two"] == text(page(one, two), "#background ~ ul a")
    assert ["One"] == text(page(two, one), "#background ~ ul a")


def test_background_that_lost_its_page_is_told_by_its_leader() -> None:
    tree = page(background(OLD, NEW), deposed(), leader())

    assert ["The fuller report"] == text(tree, "#background ~ ul a")


def test_a_member_of_the_storys_own_group_is_no_background() -> None:
    own = replace(leader(), background=(OLD, NEW))

    assert [] == text(page(own, deposed()), "#background")


# ---- the source -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("trust", "on", "said"),
    [
        (None, editions.beat(), []),
        (0, editions.beat(), ["Trust in the source: 0 out of 100"]),
        (
            74,
            replace(
                editions.beat(),
                organizations={"herald.example": Organization(domain="herald.example", name="H")},
            ),
            ["Source: known organization. Trust in the source: 74 out of 100"],
        ),
        (
            90,
            replace(
                editions.beat(),
                sources=(Source(url="https://www.herald.example/rss", official=True),),
            ),
            ["Source: official source. Trust in the source: 90 out of 100"],
        ),
    ],
)
def test_a_page_says_what_is_known_of_its_source(
    trust: int | None, on: Beat, said: list[str]
) -> None:
    assert said == text(page(editions.story(trust=trust), on=on), "p.source")


def test_a_pinned_story_says_so_among_its_reasons_and_names_nobody() -> None:
    on = replace(editions.beat(), rulings=(editions.pin("2026-11-24-robots-may-vote"),))

    tree = page(editions.story(), on=on)

    said = "put at the top of the front page by an editor on 24 November 2026, 18:00 UTC"
    assert [said] == text(tree, "details li")
    assert "ed@desk.example" not in html.tostring(tree).decode()


# ---- groups called after a story of another one -------------------------------------------------


@pytest.mark.parametrize(
    "groups",
    [
        {"a": "b", "b": "a"},
        {"a": "b", "b": "c", "c": "a", "d": "a"},
        {"a": "b", "b": "c", "c": "d", "d": ""},
        {"a": "a", "b": "a"},
        {"a": "gone", "b": "a", "c": "b"},
    ],
    ids=["two in a circle", "three in a circle", "a chain", "its own", "a chain from nowhere"],
)
def test_wherever_namesakes_of_groups_stand_each_story_is_listed(groups: dict[str, str]) -> None:
    stories = [editions.story(name, title=f"On {name}", group=to) for name, to in groups.items()]

    made = files(*stories)

    for name in groups:
        assert f"/news/{name}/" in made["archive/1/index.html"]
        assert f"/news/{name}/" in made["feed.xml"]
        assert f"<title>On {name}" in made[f"news/{name}/index.html"]


def test_readers_are_sent_on_by_a_namesake_one_step_and_never_in_a_circle() -> None:
    namesake = editions.story("a", title="Elsewhere", group="b")
    led = editions.story("c", published=False, heat=-1, group="a", history=(LED,))
    circle = [replace(namesake, published=False, heat=-1, history=(LED,))]
    circle.append(replace(circle[0], path="_news/b.md", group="a"))

    assert "url=/robots/news/a/" in files(led, namesake)["news/c/index.html"]
    assert not {"news/a/index.html", "news/b/index.html", "news/c/index.html"} & set(
        files(led, *circle)
    )


def test_a_story_under_a_name_whose_namesake_moved_on_is_background_of_its_own() -> None:
    told = editions.story("c", title="Left behind", group="a")
    moved = editions.story("a", title="Moved on", group="b")

    tree = page(background("c", "a"), told, moved)

    assert ["Left behind", "Moved on"] == text(tree, "#background ~ ul a")
