"""The fuzzer's own law in small: any bytes, read as choices of a grammar of pages, end well."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from copydesk.errors import PageError
from copydesk.news import Article, Dropped
from extract import checked
from fuzz import grammar

CALM = settings(
    deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
CHOICES = st.binary(max_size=600)


@settings(CALM, max_examples=60)
@given(choices=CHOICES)
def test_a_page_of_the_grammar_ends_well(choices: bytes) -> None:
    page = grammar.page(choices)

    assert isinstance(checked.read(page.body, page.headers), Article | Dropped | PageError)


@pytest.mark.slow
@settings(CALM, max_examples=1_000)
@given(choices=CHOICES)
def test_many_pages_of_the_grammar_end_well(choices: bytes) -> None:
    page = grammar.page(choices)

    assert isinstance(checked.read(page.body, page.headers), Article | Dropped | PageError)


def test_bytes_choose_many_kinds_of_pages() -> None:
    made = {grammar.page(bytes((7 * n + m) % 256 for m in range(200))).body for n in range(256)}

    assert len(made) >= 250
    for piece in (b"ld+json", b"<meta ", b"<img", b"sandbank", b"datePublished", b"<!--"):
        assert any(piece in body for body in made)
