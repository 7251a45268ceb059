"""Pages that are hostile, huge or broken: bounded, and never more than one clear error."""

from __future__ import annotations

import pytest

from copydesk import extract
from copydesk.errors import PageError
from copydesk.extract.page import MAX_BYTES, MAX_ELEMENTS
from copydesk.news import Article, Dropped
from extract.given import BEAT, BODY, document, lead, page

NESTED = document(body="<div>" * 200_000)
MANY = document(body="<p>a</p>" * (MAX_ELEMENTS + 1))
ONE_TAG = document(body="<div " + " ".join(f"a{n}=1" for n in range(20_000)) + ">")
QUOTED = document(body="<div " + " ".join(f"a{n}='>'" for n in range(20_000)) + ">")
MANY_TAGS = document(body=("<i " + "a " * 100 + "></i>") * 1_000)


@pytest.mark.parametrize(
    ("html", "what"),
    [
        (NESTED, "the page is too deeply nested"),
        (MANY, "the page has too many HTML elements"),
        (ONE_TAG, "an HTML tag has too many attributes"),
        (QUOTED, "an HTML tag has too many attributes"),
        (MANY_TAGS, "an HTML tag has too many attributes"),
        ("<p>" + "x" * MAX_BYTES, "the page is too large"),
    ],
    ids=["nested", "elements", "one tag", "quoted", "many tags", "bytes"],
)
def test_a_page_over_the_limits_is_an_error_that_names_it(html: str, what: str) -> None:
    given = page(html)

    with pytest.raises(PageError) as caught:
        extract.read(given, lead(), BEAT)

    assert caught.value.what.startswith(what)
    assert given.final_url == caught.value.subject
    assert caught.value.hint


@pytest.mark.parametrize(
    "html",
    [
        document(body=f'<div data-x="{"x" * 3_000_000}">' + BODY),
        document(body=f'<div data-x="{"a=1 " * 50_000}">' + BODY),
        document(body=BODY.replace(" ", " \x00")),
        document(head='<script type="application/ld+json">' + "[" * 100_000 + "</script>"),
        document(head='<script type="application/ld+json">' + '{"a":' * 900 + "</script>"),
        document(head="<base href='javascript:alert(1)'>"),
        document(head='<link rel="canonical" href="http://[">'),
        document(head='<meta property="article:published_time" content="0001-01-01T00:00+23:59">'),
        document(head='<meta property="article:published_time" content="9999999999999">'),
        document(head='<meta property="og:image" content="http://[::1">'),
        document(title="Ferry runs aground &#0; &#xD800; &#1114112; off Saltholm"),
        document(body=BODY + "<" * 100_000),
        document(body=BODY + "<!--" * 10_000),
        "<?xml version='1.0' encoding='utf-8'?>" + document(),
        "\ufeff" + document(),
    ],
    ids=[
        *("huge attribute", "value that looks like attributes", "nul bytes", "open json"),
        *("deep json", "script as base", "broken canonical", "first year", "last year"),
        *("broken image", "impossible characters", "open tags", "open comments"),
        *("xml declaration", "byte order mark"),
    ],
)
def test_a_broken_part_costs_only_itself(html: str) -> None:
    found = extract.read(page(html), lead(), BEAT)

    assert isinstance(found, Article), found
    assert found.title.startswith("Ferry runs aground")
    assert "The ferry ran aground" in found.text


@pytest.mark.parametrize("head", ["", "<meta charset=x-unknown>", "<meta charset=utf-7>"])
def test_an_unknown_charset_is_detected(head: str) -> None:
    html = document(head, BODY.replace("ferry", "färja")).encode("cp1252")

    found = extract.read(page(html, content_type="text/html; charset=none"), lead(), BEAT)

    assert isinstance(found, Article), found
    assert "färja" in found.text


@pytest.mark.parametrize("body", [b"", b" \r\n\t", b"\x00" * 100, b"\xef\xbb\xbf"])
def test_nothing_is_no_article(body: bytes) -> None:
    found = extract.read(page(body), lead(), BEAT)

    assert isinstance(found, Dropped)
    assert found.reason == "not-an-article"


def test_markup_of_a_page_never_reaches_a_field() -> None:
    evil = "&lt;script&gt;alert(1)&lt;/script&gt;<img src=x onerror=alert(1)>"
    head = (
        f"<meta property='og:title' content='Ferry runs aground {evil}'>"
        f"<meta property='og:description' content='The ferry sits on a sandbank for now {evil}'>"
        f"<meta name='author' content='Ada {evil} Holm'>"
        "<meta property='og:image' content='javascript:alert(1)'>"
    )

    found = extract.read(page(document(head)), lead(), BEAT)

    assert isinstance(found, Article)
    said = f"{found.title}{found.excerpt}{found.authors}{found.image}{found.text}"
    assert "<" not in said
    assert "javascript:" not in said
