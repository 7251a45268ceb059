"""What the door promises: the same again, in any process, each field with its origin."""

from __future__ import annotations

import json
import pickle
from dataclasses import replace

from copydesk import extract
from copydesk.news import Article
from extract.given import BEAT, NOW, URL, article, document, dropped, lead, page


def test_the_same_page_gives_the_same_article() -> None:
    assert article() == article()


def test_what_goes_in_and_out_travels_between_processes() -> None:
    given = (page(document()), lead(), BEAT)
    found = extract.read(*given)

    assert found == pickle.loads(pickle.dumps(found))
    assert given == pickle.loads(pickle.dumps(given))


def test_an_article_keeps_what_its_lead_said() -> None:
    given = replace(lead(), guid="tag:harbour.example,2026:51")

    found = extract.read(page(document()), given, BEAT)

    assert isinstance(found, Article)
    assert (given.source, given.guid, NOW) == (found.source, found.guid, found.found)


def test_a_dropped_lead_is_named_as_it_was_listed() -> None:
    assert URL == dropped(b"%PDF-1.4").url


def test_each_field_is_told_with_its_origin() -> None:
    told = extract.fields(article("<meta name='author' content='Ada Holm'>"))

    assert {"value": ["Ada Holm"], "from": "author"} == told["authors"]
    assert {"value": "Ferry runs aground off Saltholm", "from": "title"} == told["title"]
    assert json.loads(json.dumps(told)) == told


def test_a_field_that_nobody_told_has_no_origin() -> None:
    assert {"value": "", "from": ""} == extract.fields(article())["credit"]


def test_whatever_is_told_says_where_it_was_found() -> None:
    head = (
        "<link rel='amphtml' href='https://www.harbour.example/amp/ferry'>"
        "<meta property='og:image' content='https://www.harbour.example/ferry.jpg'>"
        "<meta property='og:type' content='video.other'>"
        "<meta name='robots' content='nosnippet'>"
        "<meta property='article:section' content='Ports'>"
    )
    told = extract.fields(article(head))

    assert [] == [name for name, one in told.items() if one["value"] and not one["from"]]
    assert [] == [name for name, one in told.items() if one["from"] and not one["value"]]
