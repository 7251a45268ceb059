"""What a letter tells of a story and of a record, by the site's own plan."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from copydesk.news import Image, Record, Story
from copydesk.news.edition import Show, Thumbnail
from copydesk.news.letter import IssuePicture
from copydesk.publish import Look, PublishOptions, SitePlan, plan_edition, tell_records, tell_story
from world import editions

ORIGIN = "https://herald.example/a.jpg"
STORY = editions.story(
    images=(Image(url=ORIGIN, width=2400, height=1200, title="A ballot box"),),
    related=(editions.related("tern.example"), editions.related("gull.example")),
    topics=("Robots",),
    length="PT2M10S",
    note="We were *there*.",
)
SITE = editions.beat().url


def plan(
    folder: Path,
    *stories: Story,
    records: tuple[Record, ...] = (),
    picture: Thumbnail | None = None,
    show: Show = "cached",
) -> SitePlan:
    """Plan a site whose pictures lie in a cache."""
    pictures = {ORIGIN: picture or editions.thumbnail("ab", ("webp", "jpg"), (1200, 600))}
    for form in pictures[ORIGIN].forms:
        (folder / form.name).write_bytes(b"a picture")
    options = PublishOptions(pictures_folder=folder, look=Look(show=show))
    return plan_edition(editions.edition(stories, records, pictures), options)


def test_a_story_is_told_with_its_page_its_coverage_and_its_picture(tmp_path: Path) -> None:
    told = tell_story(STORY, plan(tmp_path, STORY))

    name = "2026-11-24-robots-may-vote"
    assert (told.name, told.page) == (name, f"{SITE}/news/{name}/")
    assert told.url == f"https://herald.example/{name}"
    assert (told.title, told.source, told.minutes) == ("Robots may vote", "The Herald", 3)
    assert [(link.name, link.url) for link in told.coverage] == [
        ("Tern", "https://tern.example/take"),
        ("Gull", "https://gull.example/take"),
    ]
    assert told.note == "We were *there*."
    assert told.picture == IssuePicture(
        url=f"{SITE}/pictures/ab.jpg", width=600, height=300, alt="A ballot box"
    )


def test_a_letter_shows_no_picture_that_some_programs_cannot_or_that_is_a_stranger_s(
    tmp_path: Path,
) -> None:
    webp = editions.thumbnail("ab", ("webp",), (1200, 600))

    assert tell_story(STORY, plan(tmp_path, STORY, picture=webp)).picture is None
    assert tell_story(STORY, plan(tmp_path, STORY, show="hotlink")).picture is None
    assert tell_story(STORY, plan(tmp_path, STORY, show="none")).picture is None


def test_a_story_of_the_site_s_own_leads_to_its_page(tmp_path: Path) -> None:
    own = replace(STORY, web_url="", original_url="")

    told = tell_story(own, plan(tmp_path, own))

    assert told.url == told.page


def test_records_are_told_the_warmest_first_and_lead_to_where_they_are(tmp_path: Path) -> None:
    records = (
        editions.record("_learning/a.md", title="Cold", heat=1),
        editions.record("_learning/b.md", title="Warm", heat=9, webUrl="https://b.example/x"),
        editions.record("_learning/c.md", title="Gone", heat=99, removed=True),
        editions.record("_learning/d.md", heat=50),
    )

    told = list(tell_records(plan(tmp_path, records=records), "learning"))

    assert [(story.name, story.title, story.url, heat) for story, heat in told] == [
        ("learning/b", "Warm", "https://b.example/x", 9),
        ("learning/a", "Cold", f"{SITE}/learning/a/", 1),
    ]
