"""Pages of our own issues: they hold what the mail held, under the subject that it had."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from lxml import html

from copydesk.catalogue.page_index import PageIndex
from copydesk.news import Record
from copydesk.news.letter import Issue, LetterSeries
from copydesk.publish import Look, PublishOptions, SitePlan, feeds, plan_site, publish, site, survey
from copydesk.rendering import Renderer
from world import editions
from world.mailing import make_issue, make_story, render_in
from world.manifests import MemoryManifest

WEEK = LetterSeries(id="week", title="The Warm Week", stems=("week",))
DAILY = LetterSeries(id="daily", title="The Day", stems=("daily",))
SUBJECT = "How loud may a heat pump be?"
PAGE = "newsletter/week-2026-11-24/index.html"
ARTICLE = "The heat pump *hums*.\n\n- by day\n- by night\n\nSee [the rule](https://rule.example/a)."


def file_mail(issue: Issue, name: str = "week-2026-11-24", **more: object) -> Record:
    """Return the record of an issue whose mail is rendered as it is for readers."""
    fields = {
        "title": f"The Warm Week ({name[5:15]})",
        "excerpt": "This / That",
        "publishedDateTime": editions.AT,
        "webUrl": f"{editions.SITE}/newsletter/{name}/",
        **more,
    }
    record = editions.record(f"_newsletters/{name}.html", **fields)
    return replace(record, body=render_in(issue).html)


def plan_letters(records: Sequence[Record], *series: LetterSeries) -> SitePlan:
    edition = editions.edition((), records=tuple(records))
    return plan_site(replace(edition, letters=series or (WEEK,)), Look(show="none"))


def build(records: Sequence[Record], *series: LetterSeries) -> dict[str, str]:
    plan = plan_letters(records, *series)
    return {sheet.path: sheet.data.decode() for sheet in site.sheets(plan, Renderer())}


def words(page: str, selector: str) -> list[str]:
    """Return the words of what a selector finds on a page."""
    found = html.document_fromstring(page).cssselect(selector)
    return [" ".join(element.text_content().split()) for element in found]


def attributes(page: str, selector: str, name: str) -> list[str | None]:
    return [element.get(name) for element in html.document_fromstring(page).cssselect(selector)]


def test_an_issue_s_page_has_the_desk_s_own_words_as_the_mail_has() -> None:
    issue = make_issue(make_story(1, note=ARTICLE), make_story(2))

    page = html.document_fromstring(build([file_mail(issue)])[PAGE])

    first, second = page.cssselect(".told")
    (aside,) = first.cssselect(".aside")
    assert "Note from the editors" == aside.cssselect(".meta")[0].text_content()
    assert ["The heat pump hums.", "See the rule."] == [
        paragraph.text_content() for paragraph in aside.cssselect(".note p")
    ]
    assert ["by day", "by night"] == [item.text_content() for item in aside.cssselect("li")]
    (link,) = aside.cssselect("a")
    assert ("https://rule.example/a", "nofollow noopener") == (link.get("href"), link.get("rel"))
    assert [] == second.cssselect(".aside")


def test_what_was_smuggled_into_a_mail_s_note_is_not_on_its_page() -> None:
    record = file_mail(make_issue(make_story(1, note="The heat pump hums.")))
    bad = '<p onclick="x()">The <script>x()</script><a href="javascript:x()">pump</a></p><img>'
    record = replace(record, body=record.body.replace("The heat pump hums.", bad))

    page = html.document_fromstring(build([record])[PAGE])

    (note,) = page.cssselect(".told .note")
    assert "The pump" == " ".join(note.text_content().split())
    assert "x()" not in html.tostring(note, encoding="unicode")
    assert [] == note.cssselect("img, script")


def test_the_day_in_brief_has_them_too_and_counts_their_words() -> None:
    plain, told = (file_mail(make_issue(make_story(1, note=note))) for note in ("", "word " * 300))

    days = [build([record])["digest/2026/11/24/index.html"] for record in (plain, told)]

    assert ["One story, one minute" in day for day in days] == [True, False]
    assert "One story, 2 minutes" in days[1]
    assert "<p>word word" in days[1]


def test_an_issue_is_called_on_the_site_as_in_a_mailbox() -> None:
    record = file_mail(make_issue(make_story(1), subject=SUBJECT))

    page = build([record])[PAGE]

    assert [SUBJECT] == words(page, "h1")
    assert ["The Warm Week Tuesday, 24 November 2026 The day in brief"] == words(
        page, ".letter .meta"
    )[:1]
    title = f"{SUBJECT} – The Warm Week – Robots & Rules"
    assert [title] == words(page, "title")
    assert [title] == attributes(page, '[property="og:title"]', "content")
    assert f'"name":"{SUBJECT}"' in page


@pytest.mark.parametrize("subject", ["", "The Warm Week", "The Warm Week (2026-11-24)"])
def test_an_issue_whose_mail_says_no_subject_is_called_by_its_record(subject: str) -> None:
    issue = make_issue(make_story(1), subject=subject, title="The Warm Week")

    made = build([file_mail(issue)])

    assert ["The Warm Week (2026-11-24)"] == words(made[PAGE], "h1")
    assert ["The Warm Week (2026-11-24) – Robots & Rules"] == words(made[PAGE], "title")
    assert ["Tuesday, 24 November 2026"] == words(made["newsletters/index.html"], ".line a")


def test_a_mail_of_another_form_keeps_its_record_s_title() -> None:
    record = file_mail(make_issue())
    record = replace(record, body=f"<html><title>{SUBJECT}</title><body><p>Dear reader</p></body>")

    made = build([record])

    assert ["The Warm Week (2026-11-24)"] == words(made[PAGE], "h1")
    assert ["Tuesday, 24 November 2026"] == words(made["newsletters/index.html"], ".line a")


def test_lists_and_neighbours_name_issues_by_subject_and_those_of_a_day_by_time() -> None:
    morning = file_mail(make_issue(make_story(1), subject=SUBJECT))
    later, day_after = (
        file_mail(
            make_issue(make_story(number), subject=subject),
            name,
            publishedDateTime=editions.AT + timedelta(hours=hours),
        )
        for number, subject, name, hours in (
            (2, "Who pays for <em>heat</em>?", "week-2026-11-24-2", 2.5),
            (3, "This / That", "week-2026-11-25", 24),
        )
    )

    made = build([morning, later, day_after])

    lines = words(made["newsletters/index.html"], ".lines .line")
    assert [
        "This / That Wednesday, 25 November 2026",
        "Who pays for <em>heat</em>? 24 November 2026, 20:30 UTC This / That",
        f"{SUBJECT} 24 November 2026, 18:00 UTC This / That",
    ] == lines
    page = made["newsletter/week-2026-11-24-2/index.html"]
    assert [SUBJECT, "This / That"] == words(page, ".pages a bdi")
    assert [f"← {SUBJECT}", "This / That →"] == words(page, ".pages a")
    assert words(page, ".letter .meta")[0].startswith("The Warm Week 24 November 2026, 20:30 UTC")


def test_feeds_name_an_issue_by_its_subject_and_its_letter_where_there_are_several() -> None:
    weekly = file_mail(make_issue(make_story(1), subject=SUBJECT))
    daily = file_mail(make_issue(make_story(2), subject="Fog"), "daily-2026-11-24")

    alone, several = (
        {sheet.path: sheet.data for sheet in feeds.sheets(plan_letters(records, WEEK, DAILY))}
        for records in ([weekly], [weekly, daily])
    )

    (item,) = json.loads(alone["newsletters/feed.json"])["items"]
    assert (SUBJECT, None) == (item["title"], item.get("authors"))
    items = json.loads(several["newsletters/feed.json"])["items"]
    assert [(SUBJECT, "The Warm Week"), ("Fog", "The Day")] == [
        (item["title"], item["authors"][0]["name"]) for item in items
    ]
    assert f"<title>{SUBJECT}</title>" in several["letters/week/rss.xml"].decode()


FIRST = file_mail(make_issue(make_story(1), subject=SUBJECT))
SECOND, RENAMED = (
    file_mail(
        make_issue(make_story(2), subject=subject),
        "week-2026-11-24-2",
        publishedDateTime=editions.AT + timedelta(hours=1),
    )
    for subject in ("The grid is full", "The grid has room")
)
UNNAMED = replace(FIRST, body=FIRST.body.replace(f"<title>{SUBJECT}</title>", "<title></title>"))

FOREIGN = file_mail(
    make_issue(), "week-2026-11-24-3", publishedDateTime=editions.AT + timedelta(minutes=30)
)
FOREIGN = replace(FOREIGN, body="<p>Dear reader</p>")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ((FIRST,), (FIRST, SECOND)),
        ((FIRST, FOREIGN), (FIRST, FOREIGN, SECOND)),
        ((FIRST, SECOND), (FIRST,)),
        ((FIRST, SECOND), (FIRST, RENAMED)),
        ((UNNAMED, SECOND), (FIRST, SECOND)),
    ],
    ids=[
        "another of its day",
        "another behind a foreign one",
        "the only one of its day",
        "a new subject",
        "a first subject",
    ],
)
def test_pages_follow_what_the_issues_beside_them_are_called(
    tmp_path: Path, before: tuple[Record, ...], after: tuple[Record, ...]
) -> None:
    manifest, known = MemoryManifest(), PageIndex()
    for records in (before, after):
        edition = replace(editions.edition((), records=records), letters=(WEEK,))
        edition = replace(edition, stories=survey((), edition.beat, known))
        publish(edition, tmp_path / "kept", manifest, PublishOptions())
    publish(
        replace(editions.edition((), records=after), letters=(WEEK,)),
        tmp_path / "fresh",
        MemoryManifest(),
        PublishOptions(),
    )

    for page in (tmp_path / "fresh").rglob("*"):
        if page.is_file():
            kept = tmp_path / "kept" / page.relative_to(tmp_path / "fresh")
            assert page.read_bytes() == kept.read_bytes(), kept
