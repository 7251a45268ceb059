"""What the newsroom says of itself, and what it says of changes to a story."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from lxml import html

from copydesk.catalogue.page_index import PageIndex
from copydesk.news import Beat, Source
from copydesk.news.beat import ExcerptRule, FrontOptions, Scoring
from copydesk.publish import Look, Practice, PublishOptions, publish, survey
from world import editions
from world.manifests import MemoryManifest

STORY = "news/2026-11-24-robots-may-vote/index.html"

QUIET = (
    "quality score is 70 or more.",
    "none of the site’s topics are left out",
    "halves every 24 hours",
    "Of the 20 places on the front page, one publisher gets at most 3 and one topic at most 8",
    "only 75 % of the heat counts",
    "trust of 80 out of 100",
    "up to 3 stories",
    "no limit to the age of a story",
    "This site does not count page views.",
)
STRICT = (
    "No story is published before an editor",
    "quality score of 55 or more",
    "none of the site’s topics are accepted",
    "every 7.5 hours",
    "rules of everyday.cc",
    "gains 40 points",
    "older than one day",
    "Our own server counts",
)


def beat(**changes: object) -> Beat:
    sources = tuple(Source(url=f"https://s{n}.example/feed") for n in range(3))
    return replace(editions.beat(), sources=sources, **changes)  # type: ignore[arg-type]


def built(tmp_path: Path, on: Beat, options: PublishOptions | None = None) -> dict[str, str]:
    publish(
        editions.edition([editions.story()], on=on),
        tmp_path,
        MemoryManifest(),
        options or PublishOptions(),
    )
    return {str(p.relative_to(tmp_path)): p.read_text() for p in tmp_path.rglob("*.html")}


def said(page: str, path: str = "main") -> str:
    (found,) = html.document_fromstring(page).cssselect(path)
    return " ".join(found.text_content().split())


def test_about_tells_whose_site_it_is_from_where_and_whom_to_write_to(tmp_path: Path) -> None:
    on = beat(description="Rules for <machines>.", contact="mailto:ed@desk.example")

    page = built(tmp_path, on)["about/index.html"]

    text = said(page)
    assert "About Robots & Rules Rules for <machines>." in text
    assert "Robots & Rules collects news about Robots from 3 sources." in text
    links = {a.get("href"): a.text for a in html.document_fromstring(page).cssselect("main a")}
    assert "ed@desk.example" == links["mailto:ed@desk.example"]
    assert {"Law", "Courts", "Toys"} <= {*links.values()}


def test_about_without_a_contact_or_a_description_has_none(tmp_path: Path) -> None:
    text = said(built(tmp_path, beat())["about/index.html"])

    assert "Contact" not in text
    assert text.startswith("About Robots & Rules Where the news comes from")


def test_the_main_topic_describes_a_site_that_does_not(tmp_path: Path) -> None:
    main = replace(editions.topic("Robots"), description="All of robotics.")

    assert "All of robotics." in said(built(tmp_path, beat(topics=(main,)))["about/index.html"])


@pytest.mark.parametrize(
    ("on", "options", "claims"),
    [
        (
            beat(),
            PublishOptions(),
            QUIET,
        ),
        (
            beat(scoring=Scoring(profile="everyday", publish_at=55, off_beat="keep")),
            PublishOptions(
                look=Look(
                    practice=Practice(holds=True, max_age_days=1, counts_reads=True),
                    front=FrontOptions(half_life_hours=7.5),
                )
            ),
            STRICT,
        ),
        (
            beat(scoring=Scoring(scale=2)),
            PublishOptions(),
            ("at most 72 hours older", "a trust of 60 or more", "a reputation of 5 points or more"),
        ),
    ],
)
def test_the_method_has_the_real_numbers(
    tmp_path: Path, on: Beat, options: PublishOptions, claims: tuple[str, ...]
) -> None:
    text = said(built(tmp_path, on, options)["method/index.html"])

    assert [] == [claim for claim in claims if claim not in text]


def test_about_says_how_much_of_a_text_is_shown(tmp_path: Path) -> None:
    on = beat(excerpt=ExcerptRule(max_characters=120, max_share=0.125))

    text = said(built(tmp_path, on)["about/index.html"])

    assert "at most 120 characters and never more than 12.5 %" in text


def test_every_page_leads_to_both(tmp_path: Path) -> None:
    for path, page in built(tmp_path, beat()).items():
        assert '<a href="/robots/about/">About</a>' in page, path
        assert '<a href="/robots/method/">How stories are chosen</a>' in page, path


def test_a_changed_rule_is_told_at_the_next_build(tmp_path: Path) -> None:
    notes, manifest = PageIndex(), MemoryManifest()
    for hours in (24.0, 12.0):
        stories = survey([editions.story()], editions.beat(), notes)
        edition = replace(editions.edition([], on=beat()), stories=stories)
        publish(
            edition,
            tmp_path,
            manifest,
            PublishOptions(look=Look(front=FrontOptions(half_life_hours=hours))),
        )

    assert "halves every 12 hours" in said((tmp_path / "method/index.html").read_text())


def test_a_story_says_what_changed_and_when(tmp_path: Path) -> None:
    at = (editions.AT + timedelta(hours=n) for n in range(20))
    lines = {
        'title was "Robots <should> vote"': "Previous headline: “Robots <should> vote”.",
        'title is "A" at its publisher, kept as edited': "changed its headline to: A.",
        "excerpt changed": "The excerpt changed.",
        "excerpt changed at its publisher, kept as edited": "We keep our edited excerpt.",
        "text changed (12 % of its words)": "The publisher changed the text.",
        "moved to https://a.example/ from https://b.example/": "moved the page",
        "gone from its publisher": "The page is no longer available at its publisher.",
        "back at its publisher": "The page is available again at its publisher.",
        "leads its group no longer: the rulings": "Another publisher’s report",
        "an editor's own {words}": "an editor's own {words}",
    }
    history = tuple(
        f"{moment:%Y-%m-%dT%H:%M:%SZ} {line}" for moment, line in zip(at, lines, strict=False)
    )
    edition = editions.edition([editions.story(history=(*history, "by hand"))])
    publish(edition, tmp_path, MemoryManifest(), PublishOptions())

    page = html.document_fromstring((tmp_path / STORY).read_text())
    shown = [" ".join(li.text_content().split()) for li in page.cssselect("#changes + ul li")]
    assert [] == [want for want, has in zip(lines.values(), shown, strict=False) if want not in has]
    assert shown[0].endswith("24 November 2026, 18:00 UTC")
    assert "by hand" == shown[-1]


def test_a_story_that_never_changed_says_nothing_of_changes(tmp_path: Path) -> None:
    assert "Changes to this story" not in built(tmp_path, beat())[STORY]
