"""Pages of our own issues: they hold what the mail held, under the subject that it had."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from lxml import html

from copydesk.news import Issue, LetterSeries, Record, Story
from copydesk.publish import Look, plan_site, site
from copydesk.rendering import Renderer
from world import editions
from world.mailing import make_issue, make_story, render_in

WEEK = LetterSeries(id="week", title="The Warm Week", stems=("week",))
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


def build(records: Sequence[Record], *stories: Story) -> dict[str, str]:
    edition = editions.edition(stories, records=tuple(records))
    plan = plan_site(replace(edition, letters=(WEEK,)), Look(show="none"))
    return {sheet.path: sheet.data.decode() for sheet in site.sheets(plan, Renderer())}


def test_an_issue_s_page_has_the_desk_s_own_words_as_the_mail_has() -> None:
    issue = make_issue(make_story(1, note=ARTICLE), make_story(2))

    page = html.document_fromstring(build([file_mail(issue)])[PAGE])

    first, second = page.cssselect(".told")
    (aside,) = first.cssselect(".aside")
    assert "From the newsroom" == aside.cssselect(".meta")[0].text_content()
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
