"""Pages and lists of the collections that are no news: what each tells, and where it leads."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from lxml import html

from copydesk.news import Record
from copydesk.news.edition import Show
from copydesk.publish import Look, plan_site, site
from copydesk.rendering import Renderer
from world import editions

VIDEO = "_learning/videos/ada-first-steps.md"
COURSE = "_learning/courses/school-safety.md"
PATH = "_learning/collections/ada-all-of-it.md"
ADA = {"name": "Ada", "domain": "ada.example"}
EMBED = '<iframe src="https://www.youtube.com/embed/abcDEF_-123"></iframe>'


def records() -> tuple[Record, ...]:
    record = editions.record
    return (
        record(
            VIDEO,
            title="First steps",
            excerpt="How to begin",
            length="PT10M5S",
            heat=9,
            provider=ADA,
            featuredContent=EMBED,
            topics=["Robots", "Law"],
        ),
        record(
            COURSE,
            title="Safety",
            excerpt="Fingers &amp;amp; gears",
            webUrl="https://school.example/safety",
            length="PT50M",
            price="Free",
            levels=["Beginner"],
            ratings={"count": 20511, "average": 4.66},
            provider={"name": "School", "domain": "school.example"},
            topics=["Robots"],
        ),
        record(
            PATH,
            title="All of it",
            provider=ADA,
            items=["videos/ada-first-steps", "courses/school-safety", "courses/gone"],
            topics=["Robots"],
        ),
        record(
            "_people/ada.md",
            name="Ada",
            bio="Builds robots",
            location="Springfield",
            affiliation={"name": "Works", "domain": "works.example"},
            website="https://ada.example/",
            twitter={"username": "ada", "url": "https://twitter.com/ada", "followers": 16314},
        ),
        record("_companies/works.md", name="Works", overview="Makes arms", yearFounded=1999),
        record(
            "_communities/forum.md",
            name="Forum",
            excerpt="Ask there",
            webUrl="https://forum.example/",
            members=22000,
        ),
        record(
            "_events/fair.md",
            name="Fair",
            excerpt="Arms on show",
            website="https://fair.example/",
            location="Lyon",
            startDateTime=datetime(2026, 12, 1, 9, tzinfo=UTC),
            endDateTime=datetime(2026, 12, 3, 17, tzinfo=UTC),
        ),
        replace(
            record(
                "_samples/arm.md",
                title="An arm",
                excerpt="Code",
                originalUrl="https://code.example/arm",
                actions=[{"url": "https://code.example/arm.zip", "title": "Download"}],
                provider={"name": "Code", "domain": "code.example", "authors": [{"name": "Bo"}]},
            ),
            body="<p>Code of an arm.</p><script>alert(1)</script>",
        ),
        record(
            "_sponsorships/arms.md",
            sponsor={"name": "Arms", "url": "https://arms.example/"},
            messages=[
                {"title": "Buy arms", "description": "Cheap", "url": "https://arms.example/b"}
            ],
            schedules=["2026-11-20", "2026-11-21"],
        ),
    )


def built(*more: Record) -> dict[str, str]:
    edition = editions.edition([editions.story()], records=(*records(), *more))
    plan = plan_site(edition, Look(show="none"))
    return {sheet.path: sheet.data.decode() for sheet in site.sheets(plan, Renderer())}


@pytest.fixture(scope="module")
def made() -> dict[str, str]:
    return built()


def page(made: dict[str, str], folder: str) -> html.HtmlElement:
    return html.document_fromstring(made[f"{folder}index.html"])


def facts(root: html.HtmlElement) -> dict[str, str]:
    rows = root.cssselect(".facts div")
    return {row[0].text_content(): row[1].text_content() for row in rows}


def links(root: html.HtmlElement) -> dict[str, str]:
    return {a.text_content().strip(): a.get("href", "") for a in root.cssselect("main a")}


def test_a_path_tells_its_parts_and_how_long_they_take_together(made: dict[str, str]) -> None:
    root = page(made, "learning/collections/ada-all-of-it/")

    assert facts(root) == {"Published by": "Ada", "Contents": "2 parts", "Length": "1 h"}
    assert links(root)["First steps"] == "/robots/learning/videos/ada-first-steps/"
    assert links(root)["Safety"] == "https://school.example/safety"


def test_a_part_of_a_path_leads_back_to_it_and_to_its_maker(made: dict[str, str]) -> None:
    found = links(page(made, "learning/videos/ada-first-steps/"))

    assert found["All of it"] == "/robots/learning/collections/ada-all-of-it/"
    assert found["Ada"] == "/robots/people/ada/"


def test_a_list_tells_what_a_course_asks_of_a_reader(made: dict[str, str]) -> None:
    (card,) = page(made, "learning/courses/").cssselect(".card")

    said = [one.text_content() for one in card.cssselect(".meta span")]
    assert said == ["School", "50 min", "beginner", "4.7 out of 5, 20\u202f511 ratings"]
    assert card.cssselect(".excerpt")[0].text_content() == "Fingers & gears"


def test_a_person_is_shown_with_places_work_and_what_they_made(made: dict[str, str]) -> None:
    root = page(made, "people/ada/")

    assert facts(root) == {"Works at": "Works", "Where": "Springfield"}
    found = links(root)
    assert found["Works"] == "/robots/company/works/"
    assert found["Twitter"] == "https://twitter.com/ada"
    assert found["First steps"] == "/robots/learning/videos/ada-first-steps/"
    assert "@ada, 16\u202f314 followers" in made["people/ada/index.html"]


def test_an_event_says_when_and_where(made: dict[str, str]) -> None:
    root = page(made, "event/fair/")

    assert facts(root) == {
        "When": "1 Dec 2026 – 3 Dec 2026",
        "Where": "Lyon",
    }
    (data,) = root.cssselect('script[type="application/ld+json"]')
    about = json.loads(data.text or "")["mainEntity"]
    assert (about["@type"], about["startDate"]) == ("Event", "2026-12-01T09:00:00Z")


def test_a_sample_names_its_author_and_runs_no_script_of_theirs(made: dict[str, str]) -> None:
    root = page(made, "sample/arm/")

    assert facts(root) == {"Published by": "Code", "Creator": "Bo"}
    assert links(root)["Download"] == "https://code.example/arm.zip"
    assert "alert" not in made["sample/arm/index.html"]


def test_who_published_and_made_it_alone_is_named_once() -> None:
    provider = {"name": "Bo", "authors": [{"name": "Bo"}]}
    made = built(editions.record("_samples/leg.md", title="A leg", provider=provider))

    assert facts(page(made, "sample/leg/")) == {"Published by": "Bo"}
    cards = page(made, "samples/").cssselect(".card")
    assert [one.text_content() for one in cards[-1].cssselect(".meta .by")] == ["Bo"]


def test_a_community_is_a_link_to_where_it_is(made: dict[str, str]) -> None:
    root = page(made, "communities/")

    assert links(root)["Forum"] == "https://forum.example/"
    assert "Members: 22\u202f000" in root.text_content()


def test_sponsors_are_marked_as_paid(made: dict[str, str]) -> None:
    root = page(made, "sponsorships/")

    assert [a.get("rel") for a in root.cssselect("main a")] == ["sponsored noopener"] * 2
    assert "Friday, 20 November 2026 – Saturday, 21 November 2026" in root.text_content()


def test_every_collection_is_in_the_footer_with_its_list(made: dict[str, str]) -> None:
    footer = page(made, "").cssselect(".colophon nav a")
    names = {a.text_content() for a in footer}

    assert names >= {"Learning", "Samples", "People", "Communities", "Companies", "Events"}
    assert names >= {"Sponsors"}
    assert "Projects" not in names


def test_a_long_list_goes_on_over_numbered_pages() -> None:
    many = [editions.record(f"_samples/{n:03}.md", title=f"S{n}", heat=n) for n in range(90)]

    made = built(*many)

    assert [path for path in made if path.startswith("samples/")] == [
        "samples/index.html",
        "samples/page/2/index.html",
        "samples/page/3/index.html",
    ]
    root = page(made, "samples/page/3/")
    assert len(root.cssselect(".card")) == 11
    assert [a.get("href") for a in root.cssselect("main .pages a")] == [
        "/robots/samples/",
        "/robots/samples/page/2/",
        "/robots/samples/page/3/",
    ]


def test_a_topic_leads_to_what_there_is_to_learn_of_it(made: dict[str, str]) -> None:
    assert links(page(made, "topics/law/"))["Learning (1)"] == "/robots/learning/law/"
    assert len(page(made, "learning/law/").cssselect(".card")) == 1


def test_a_record_keeps_its_address_where_a_topic_has_the_same_name() -> None:
    odd = editions.record("_people/law.md", name="Law", topics=["Law"])

    made = built(odd)

    assert page(made, "people/law/").cssselect("h1")[0].text_content() == "Law"


def test_what_was_removed_is_in_no_list_and_has_no_page() -> None:
    made = built(editions.record("_samples/old.md", title="Old", removed=True))

    assert "sample/old/index.html" not in made
    assert "Old" not in made["samples/index.html"]


def test_pages_speak_the_language_of_the_site() -> None:
    beat = replace(editions.beat(), locale="de")
    plan = plan_site(
        editions.edition([editions.story()], on=beat, records=records()), Look(show="none")
    )
    made = {sheet.path: sheet.data.decode() for sheet in site.sheets(plan, Renderer())}

    assert "4,7 von 5, 20\u202f511 Bewertungen" in made["learning/courses/index.html"]
    assert facts(page(made, "event/fair/"))["Wo"] == "Lyon"


@pytest.mark.parametrize(("show", "count"), [("hotlink", 1), ("cached", 0), ("none", 0)])
def test_a_face_is_shown_where_pictures_come_from_their_own_servers(show: Show, count: int) -> None:
    face = [{"url": "https://pictures.example/ada.jpg", "width": 400, "height": 400}]
    ada = editions.record("_people/ada.md", name="Ada", images=face)
    plan = plan_site(editions.edition(records=[ada]), Look(show=show))

    made = {sheet.path: sheet.data.decode() for sheet in site.sheets(plan, Renderer())}

    shown = page(made, "people/ada/").cssselect("main img")
    assert [one.get("src") for one in shown] == [face[0]["url"]] * count
