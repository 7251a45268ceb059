"""Newsletters on the site: read back from the mail, each with a page, led to by month."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from lxml import html

from copydesk.news import Record, Story
from copydesk.publish import Look, issues, plan_site, site
from copydesk.publish.issues import LetterItem, LetterSection
from copydesk.rendering import Renderer
from world import editions

OLD = "https://old.example/robots/"


def item(title: str, excerpt: str, href: str, place: str) -> str:
    title = f"<strong>{{% raw %}}{title}{{% endraw %}}</strong>"
    return (
        f'<tr><td><a href="{href}"><img src="1.png"></a><div><p>{title}<br>{excerpt}</p></div>'
        f'<p><a href="{href}">\u21aa {place}</a></p></td></tr>'
    )


def mail(*items: str, section: str = "News of the day") -> str:
    table = f"<table><tr><td><strong>{section}</strong></td></tr>{''.join(items)}</table>"
    return f"<html><head><style>p {{}}</style></head><body><center>{table}</center></body></html>\n"


def letter(day: datetime, body: str, **fields: object) -> Record:
    stem = f"robots-{day:%Y-%m-%d}"
    told = {
        "title": f"Robots ({day:%Y-%m-%d})",
        "excerpt": "This / That",
        "publishedDateTime": day,
        "webUrl": f"{OLD}newsletter/{stem}/",
        **fields,
    }
    return replace(editions.record(f"_newsletters/{stem}.html", **told), body=body)


def built(records: list[Record], *stories: Story) -> dict[str, str]:
    plan = plan_site(editions.edition(stories, records=tuple(records)), Look(show="none"))
    return {sheet.path: sheet.data.decode() for sheet in site.sheets(plan, Renderer())}


def links(page: str) -> list[tuple[str, str | None]]:
    found = html.document_fromstring(page).cssselect(".told h3 a")
    return [(a.text_content(), a.get("href")) for a in found]


def test_a_mail_is_read_as_its_sections() -> None:
    body = mail(item("A &amp; B", "He said &amp;#39;no&amp;#39;", "https://a.example/1", "A News"))

    assert issues.read_sections(body) == [
        LetterSection(
            name="News of the day",
            items=[
                LetterItem(
                    title="A & B",
                    excerpt="He said 'no'",
                    href="https://a.example/1",
                    place="A News",
                )
            ],
        )
    ]


def test_strong_words_in_an_excerpt_are_no_titles() -> None:
    body = mail(item("A", "Not <strong>now</strong>" * 20_000, "https://a.example/1", "A News"))

    (section,) = issues.read_sections(body)

    assert [(one.title, one.place) for one in section.items] == [("A", "A News")]


def test_a_mail_of_another_form_is_shown_as_cleaned_text() -> None:
    made = built([letter(editions.AT, "<p>Dear reader</p><script>x()</script>")])

    page = made["newsletter/robots-2026-11-24/index.html"]
    assert "<p>Dear reader</p>" in page
    assert "x()" not in page


def test_a_story_of_those_days_is_led_to_here_and_any_other_where_it_was() -> None:
    near = editions.story("2026-11-23-near")
    near = replace(near, published_at=editions.AT - timedelta(days=1))
    far = replace(editions.story("2026-01-01-far"), published_at=datetime(2026, 1, 1, tzinfo=UTC))
    body = mail(
        item("Near", "", near.web_url, "Herald"),
        item("Far", "", far.web_url, "Herald"),
        item("Own page", "", f"{OLD}news/2026-11-23-near/", "Herald"),
    )

    made = built([letter(editions.AT, body)], near, far)

    assert links(made["newsletter/robots-2026-11-24/index.html"]) == [
        ("Near", "/robots/news/2026-11-23-near/"),
        ("Far", "https://herald.example/2026-01-01-far"),
        ("Own page", "/robots/news/2026-11-23-near/"),
    ]


def test_pages_of_the_old_site_are_those_of_the_new_one_or_no_link_at_all() -> None:
    sample = editions.record("_samples/arm.md", title="Arm")
    body = mail(
        item("Arm", "", f"{OLD}sample/arm/", "Open Sample"),
        item("Leg", "", f"{OLD}sample/leg/", "Open Sample"),
    )

    made = built([letter(editions.AT, body), sample])

    page = made["newsletter/robots-2026-11-24/index.html"]
    assert links(page) == [("Arm", "/robots/sample/arm/")]
    assert "Leg" in page
    assert OLD not in page


def test_issues_are_listed_by_month_and_lead_to_each_other() -> None:
    days = [editions.AT - timedelta(days=ago) for ago in (0, 1, 30)]

    made = built([letter(day, mail()) for day in days])

    front = html.document_fromstring(made["newsletters/index.html"])
    assert [a.get("href") for a in front.cssselect("main a")] == [
        "/robots/newsletter/robots-2026-11-24/",
        "/robots/newsletter/robots-2026-11-23/",
        "/robots/newsletters/2026/11/",
        "/robots/newsletters/2026/10/",
    ]
    issue = html.document_fromstring(made["newsletter/robots-2026-11-23/index.html"])
    assert [a.get("href") for a in issue.cssselect(".pages a")] == [
        "/robots/newsletter/robots-2026-10-25/",
        "/robots/newsletter/robots-2026-11-24/",
    ]


def test_an_issue_without_a_date_has_a_page_and_a_place_in_the_list() -> None:
    made = built([letter(editions.AT, mail(), publishedDateTime="some day")])

    assert "newsletter/robots-2026-11-24/index.html" in made
    assert "newsletter/robots-2026-11-24/" in made["newsletters/undated/index.html"]


def test_a_removed_issue_has_no_page() -> None:
    made = built([letter(editions.AT, mail(), removed=True)])

    assert [path for path in made if "newsletter" in path] == []
