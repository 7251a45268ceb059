"""Laws of an article's words: bounds hold whatever a page says."""

from __future__ import annotations

import re

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from copydesk.extract import words
from copydesk.extract.declared import Declared, collect
from copydesk.extract.page import Document, open_document
from copydesk.extract.people import is_person, people
from copydesk.kit import sentences, text
from copydesk.news.beat import ExcerptRule
from extract.given import lead, page

WORDS = st.sampled_from(
    [
        *(
            "ferry",
            "Saltholm.",
            "U.S.",
            "“no.”",
            "Dr.",
            "3.",
            "3.5",
            "a.m.",
            "tide!",
            "渡轮。",
            "…",
        ),
        *(
            "&amp;amp;",
            "&#8217;",
            "&hellip;",
            "<b>",
            "</p>",
            "By",
            "ADA HOLM",
            "|",
            "[…]",
            "...",
            '"',
        ),
        *(
            "##",
            "- fish",
            "> said",
            "| a | b |",
            "1. one",
            "\n\n",
            "\n",
            "```",
            "von",
            "and",
            "@ada",
        ),
        *(
            "https://a.example/b",
            "الميناء.",
            "read more",
            "The post x appeared first on y",
            "\u0301",
        ),
    ]
)
OTHER = st.text(st.characters(exclude_characters="&", exclude_categories=["Cs"]), max_size=8)
PROSE = st.lists(WORDS | OTHER, max_size=60).map(" ".join)
RULES = st.builds(
    ExcerptRule,
    max_characters=st.integers(0, 400),
    max_share=st.floats(0, 1, allow_nan=False),
)
CALM = settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
CAPTION = 200  # characters: a text of no more may be the description itself
HALF = re.compile(r"&(?:a|am|amp|#|#8|#82|#821|#8217|h|he|hel|hell|helli|hellip)(?:…|$)")


@CALM
@given(description=PROSE, title=PROSE, body=PROSE, rule=RULES)
def test_an_excerpt_keeps_to_both_bounds(
    description: str, title: str, body: str, rule: ExcerptRule
) -> None:
    declared = Declared(meta={"description": (description,)}, links={}, article={}, video={})

    found, origin = words.excerpt(declared, lead(), title, body, rule)

    prose = text.prose(body)
    assert len(found) <= rule.max_characters
    is_known = rule.max_share < 1 and len(prose) > CAPTION
    assert not is_known or len(found) <= len(prose) * rule.max_share
    assert rule.max_share > 0 or not found
    assert found == text.fold(found)
    whole = (
        words.clean_description(description),
        words.opening(body),
        *map(text.fold, prose.split("\n")),
    )
    assert sentences.is_ended(found) or any(source.endswith(found) for source in whole)
    assert not HALF.search(found)
    assert bool(found) == bool(origin)


@CALM
@given(PROSE, st.integers(0, 200))
def test_sentences_end_within_the_limit_in_order(passage: str, limit: int) -> None:
    ends = list(sentences.ends(passage, limit))

    assert ends == sorted(set(ends))
    assert all(0 < end <= limit and sentences.is_ended(passage[:end]) for end in ends)


@CALM
@given(st.lists(PROSE, max_size=4), st.booleans())
def test_authors_are_persons_by_their_form(values: list[str], is_declared: bool) -> None:
    found = people(values, is_declared=is_declared)

    assert len(found) <= 12
    assert len(found) == len(set(found))
    assert all(is_person(name) and name == text.fold(name) for name in found)
    assert not re.search(r"[0-9@/<>\n]", "".join(found))


def opened(markup: str) -> tuple[Document, Declared]:
    document = open_document(page(markup))
    return document, collect(document)


MARKUP = st.sampled_from(
    [
        *(
            "<meta name=keywords content='",
            "<meta property=article:tag content='",
            "'>",
            '">',
            "<h1>",
        ),
        *(
            "<meta property=article:section content='",
            "<a rel=tag>",
            "<a rel='category tag'>",
            "</a>",
        ),
        *("<script type='application/ld+json'>", '{"@type":"NewsArticle","keywords":', "</script>"),
        *('"a, b"', '["a"]', '"articleSection":', ",", "}", "<article lang=fr>", "<html lang=iw>"),
        *("<ol class=breadcrumb>", "<div class=byline>", "<a rel=author>", "<cite class=vcard>"),
    ]
)


@CALM
@given(st.lists(MARKUP | WORDS | st.text(max_size=8), max_size=30).map("".join))
def test_tags_and_language_are_short_whatever_the_markup(markup: str) -> None:
    document, declared = opened(markup)

    section, _ = words.section(document, declared)
    keywords, origin = words.keywords(document, declared)
    language, _ = words.language(document, declared, lead(), "")

    assert len(section) <= 60
    assert section == text.fold(section)
    assert len(keywords) <= 20
    assert all(0 < len(one) <= 60 and one == text.fold(one) for one in keywords)
    assert bool(keywords) == bool(origin)
    assert re.fullmatch(r"(?:[a-z]{2,3})?", language)
