"""Pages that are no article beside those that look like them: what each limit is good for."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from copydesk import extract
from copydesk.news import Dropped
from extract.given import BEAT, BODY, SENTENCES, lead, page

SITE = "https://www.harbour.example"
LONG = BODY.replace("ferry", "boat") + BODY + BODY.replace("ship", "barge")
NOTE = f"<p>{SENTENCES[0]} {SENTENCES[1]}</p>"
MORE = f"<p>{SENTENCES[2]} {SENTENCES[3]}</p>"
CARDS = "".join(
    f'<div><h3><a href="/2026/{n}-story">Harbour story with the number {n} of this day</a></h3>'
    f"<p>{SENTENCES[n % 5][:60]}</p></div>"
    for n in range(10, 20)
)
WORD = '<meta property="og:type" content="article">'
DATED = WORD + '<meta property="article:published_time" content="2026-03-09T08:00:00Z">'
PASSWORD = '<input type="password">'


def data(**node: object) -> str:
    return f'<script type="application/ld+json">{json.dumps(node)}</script>'


def typed(kind: str, **more: object) -> str:
    return data(**{"@type": kind, "name": "Ferry runs aground"}, **more)


OWN = data(**{"@type": "WebSite", "name": "Quay", "url": f"{SITE}/2026/03/ferry-runs-aground"})
ARTICLE = typed("NewsArticle", headline="Ferry runs aground")


def what(
    head: str = "",
    body: str = BODY,
    title: str = "Ferry runs aground",
    path: str = "/2026/03/ferry-runs-aground",
    classes: str = "",
    **of_the_lead: str,
) -> str:
    """Give what a page is dropped as, "" where it is an article."""
    html = (
        f"<!doctype html><html lang='en'><head><title>{title}</title>{head}</head>"
        f"<body class='{classes}'><main><h1>{title}</h1>{body}</main></body></html>"
    )
    told = {"title": "Ferry runs aground", **of_the_lead}
    given = replace(lead(SITE + path), **told)  # type: ignore[arg-type] # fields by name
    found = extract.read(page(html, url=SITE + path), given, BEAT)
    return found.detail if isinstance(found, Dropped) else ""


@pytest.mark.parametrize(
    ("head", "body", "expected"),
    [
        ("", PASSWORD + NOTE, "a login page"),
        (ARTICLE, PASSWORD + NOTE, ""),
        (DATED, PASSWORD + NOTE, ""),
        ("", PASSWORD + LONG, ""),
    ],
)
def test_a_login_is_one_where_no_article_stands(head: str, body: str, expected: str) -> None:
    assert expected == what(head, body, title="Log in")


@pytest.mark.parametrize(
    ("title", "body", "expected"),
    [
        ("Cookie settings", "<p>We set cookies.</p>" + NOTE, "a cookie consent page"),
        ("Cookie settings", "<p>We set cookies.</p>" + LONG + LONG + LONG, ""),
        ("This domain is for sale", NOTE, "a parked domain"),
        ("This domain is for sale", LONG + LONG, ""),
    ],
)
def test_a_gate_has_little_text(title: str, body: str, expected: str) -> None:
    assert expected == what(body=body, title=title)


@pytest.mark.parametrize(
    ("head", "body", "expected"),
    [
        ("", "", "a page that only redirects to https://www.harbour.example/new"),
        ("", LONG, ""),
        (WORD, "", ""),
    ],
)
def test_a_refresh_counts_where_nothing_else_is_there(head: str, body: str, expected: str) -> None:
    refresh = '<meta http-equiv="refresh" content="0; url=/new?a=1">'

    assert expected == what(head + refresh, body)


def test_a_script_that_leads_on_counts_on_a_page_without_a_heading() -> None:
    assert what(body="<script>location.href = '/new'</script>", head=WORD) == ""
    said = what(body="<script>location.href = '/new'</script>")
    assert said == "an empty page"  # it has a heading


@pytest.mark.parametrize(
    ("head", "body", "expected"),
    [
        (typed("ItemList"), NOTE + CARDS, "a listing"),
        (typed("ItemList"), NOTE, ""),
        (typed("ItemList"), LONG, ""),
        (WORD + typed("ItemList"), NOTE, ""),
        (typed("CollectionPage"), NOTE + CARDS, "a listing"),
        (typed("CollectionPage"), NOTE, ""),
        (typed("CollectionPage"), LONG, ""),
        (ARTICLE + typed("CollectionPage"), NOTE, ""),
        (DATED + typed("CollectionPage"), NOTE, ""),
        (typed("SearchResultsPage"), NOTE, "a search page"),
        (typed("ProfilePage"), NOTE, "an author page"),
        (OWN, NOTE + CARDS, "a home page"),
        (
            WORD + OWN,
            NOTE + CARDS,
            "",
        ),
    ],
)
def test_data_tells_a_list_where_no_article_and_no_text_speaks_against_it(
    head: str, body: str, expected: str
) -> None:
    assert expected == what(head, body)


@pytest.mark.parametrize(
    ("classes", "head", "body", "expected"),
    [
        ("archive", "", NOTE, "a listing"),
        ("archive", "", LONG, ""),
        ("archive single", "", NOTE, ""),
        ("archive", '<meta name="pubdate" content="2026-03-09">', NOTE, ""),
        ("search-results", "", NOTE, "a search page"),
        ("archive author", "", NOTE, "an author page"),
    ],
)
def test_a_templates_class_tells_a_list_without_text(
    classes: str, head: str, body: str, expected: str
) -> None:
    assert expected == what(head, body, classes=classes)


@pytest.mark.parametrize(
    ("head", "body", "title", "path", "expected"),
    [
        ("", CARDS, "Shipping", "/shipping", "a listing"),
        (WORD, CARDS, "Shipping", "/shipping", ""),
        ('<meta name="pubdate" content="2026-03-09">', CARDS, "Shipping", "/shipping", ""),
        ("", LONG + CARDS, "Shipping", "/shipping", ""),
        ("", CARDS, "Ferry runs aground off Saltholm", "/shipping", ""),
        ("", CARDS, "Ferry runs aground off Saltholm", "/tag/shipping", "a listing"),
        ("", CARDS, "Tag: all of the grounded ferries", "/shipping", "a listing"),
        ("", CARDS, "Ferry", "/2026/03/ferry-runs-aground", ""),
        ("", CARDS, "Search results for ferry", "/?q=ferry", "a search page"),
        ("", LONG + CARDS, "Search results for ferry", "/?q=ferry", ""),
    ],
)
def test_ten_headlines_are_a_list_where_they_are_called_one(
    head: str, body: str, title: str, path: str, expected: str
) -> None:
    assert expected == what(head, body, title=title, path=path)


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (typed("SoftwareApplication", operatingSystem="any"), "an app page"),
        (typed("SoftwareApplication"), ""),
        (typed("Event", startDate="2026-04-04", location="Pier"), "an event page"),
        (typed("Event", startDate="2026-04-04"), ""),
        (typed("BroadcastEvent", startDate="2026-04-04", location="Pier"), ""),
        (typed("Product", offers={"price": 1}), "a product page"),
        (typed("Product"), ""),
        (typed("Recipe"), ""),
        (typed("AboutPage"), "a page about the site itself"),
        (WORD + typed("AboutPage"), ""),
    ],
)
def test_a_subject_counts_where_its_data_tells_enough(head: str, expected: str) -> None:
    assert expected == what(head)


@pytest.mark.parametrize(
    ("title", "body", "expected"),
    [
        ("Bad gateway", NOTE, "an error page with status 200"),
        ("Bad gateway", LONG, ""),
        ("Artikel nicht mehr verfügbar", NOTE, "a removed article"),
        ("Artikel nicht mehr verfügbar", LONG, ""),
        ("Harbour", "<p>This page could not be found.</p>", "an error page with status 200"),
        ("Harbour", f"<p>This page could not be found.</p>{NOTE}{MORE}", ""),
    ],
)
def test_an_error_page_says_little_else(title: str, body: str, expected: str) -> None:
    assert expected == what(body=body, title=title)


def test_a_page_without_text_is_an_article_where_somebody_promises_one() -> None:
    assert what(body="") == "an empty page"
    assert what(body="", excerpt="A ferry ran aground.") == ""
    assert what('<meta name="description" content="A ferry ran aground.">', "") == ""


def test_a_robot_check_in_the_headline_of_an_article_is_one() -> None:
    assert what(body=NOTE, title="Robot check") == "a robot check, status 200"
    assert what(ARTICLE, NOTE, title="Robot check") == ""
    assert what(body=LONG, title="Robot check") == ""
