"""Laws of pictures: any markup gives few, sound and different ones, the same each time."""

from __future__ import annotations

import json
from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from copydesk.extract.declared import collect
from copydesk.extract.page import open_document
from copydesk.extract.pictures import figure_key, figures
from copydesk.kit import text, urls
from copydesk.news.article import Figure
from extract.given import BODY, URL, lead, page

NAMES = st.sampled_from(
    [
        *("/i/bank.jpg", "/i/bank-300x200.jpg", "//cdn.example/w_640/bank.jpg", "data:image/gif,A"),
        *("https://a.example/logo.svg", "javascript:1", "http://[::1]/x.png", "http://[bad/x.png"),
        *("https://b.example/?url=https%3A%2F%2Fa.example%2Fi%2Fbank.jpg", "/share-default.png"),
        *("ferry.jpg 2x, /f.jpg 800w", "http://a.example:99999/x.png", "", " ", ",", "/a.php?id=1"),
    ]
)
DATA = {"@type": "NewsArticle", "image": ["{}", {"@id": "{}"}], "author": {"image": "{}"}}
PARTS = st.sampled_from(
    [
        *("<meta property='og:image' content='{}'>", "<meta name='twitter:image' content='{}'>"),
        *("<img src='{}'>", "<img data-src='{}' width='900'>", "<img srcset='{}' alt='{}'>", "<p>"),
        *("<figure>", "</figure>", "<figcaption>{}</figcaption>", "<a href='{}'>", "</a>", "</p>"),
        *(
            "<picture><source srcset='{}'>",
            "</picture>",
            "<video poster='{}'>",
            "<article>",
            "<h1>",
        ),
        *(
            "<div class='related' style='background: url({})'>",
            "</div>",
            "<link rel=image_src href='{}'>",
        ),
        f"<script type='application/ld+json'>{json.dumps(DATA)}</script>",
    ]
)
PIECES = st.builds(lambda part, name: part.replace("{}", name), PARTS, NAMES | st.text(max_size=30))
PAGES = st.lists(PIECES, max_size=30).map("".join)
CALM = settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def found_in(markup: str, image: str) -> tuple[Figure, ...]:
    opened = open_document(
        page(f"<html><body>{markup}{BODY}</body></html>".encode("utf-8", "replace"))
    )
    return figures(opened, collect(opened), replace(lead(), image=image), URL)


@CALM
@given(markup=PAGES, image=NAMES | st.text(max_size=20))
def test_figures_are_few_sound_and_different(markup: str, image: str) -> None:
    found = found_in(markup, image)

    keys = [figure_key(one.url) for one in found]
    assert len(found) <= 5
    assert len(keys) == len(set(keys))
    for one in found:
        assert urls.fetchable(one.url) == one.url
        assert len(one.alt) <= 300
        assert len(one.credit) <= 120
        assert one.alt == text.fold(one.alt)
        assert one.credit == text.fold(one.credit)
        assert one.origin
        assert min(one.width, one.height) >= 0


@CALM
@given(markup=PAGES)
def test_the_same_markup_gives_the_same_figures(markup: str) -> None:
    assert found_in(markup, "") == found_in(markup, "")


@CALM
@given(
    address=st.text(max_size=60) | st.builds("https://a.example/{}".format, st.text(max_size=60))
)
def test_a_name_is_given_for_whatever_is_a_web_address(address: str) -> None:
    assert bool(figure_key(address)) == (urls.fetchable(address) is not None)
