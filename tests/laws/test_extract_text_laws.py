"""Laws of an article's Markdown: what is written down can be taken off again, whatever the page."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from copydesk.errors import PageError
from copydesk.extract import text as article_text
from copydesk.extract.declared import collect
from copydesk.extract.page import open_document
from copydesk.extract.text import escape, write
from copydesk.extract.text.blocks import Block, cut
from copydesk.extract.text.readers import squash, votes
from copydesk.kit import text
from copydesk.news import Page

MARKS = st.sampled_from(["#", "##", "-", "*", "+", ">", "|", "```", "~~~", "\\", "12.", "1)", " "])
LINES = st.lists(MARKS | st.text(max_size=8), max_size=8).map("".join).map(text.fold).filter(bool)
SAID = "The ferry ran aground on a sandbank at four in the morning, the office said."
TAGS = st.sampled_from(
    [
        *("<p>", "</p>", "<h2>", "</h2>", "<ul>", "<ol start=7>", "<li>", "</ul>", "<br>", "<hr>"),
        *("<blockquote>", "</blockquote>", "<pre>", "</pre>", "<table>", "<tr>", "<td>", "<th>"),
        *("</table>", "<div class=caption>", "</div>", "<a href=x>", "</a>", "<b>", "<em>"),
        *("<article>", "<aside>", "</aside>", "<figure>", "<script>", "</script>", "<span>"),
        *("\x01", "\x9b", "\u2028", "&#10;", "&#x202e;", "&nbsp;", "&lt;b&gt;", "\n\n", "```"),
    ]
)
BODIES = st.lists(TAGS | LINES | st.just(SAID), max_size=60).map("".join)
CALM = settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def article(body: str) -> str:
    page = Page(
        url="https://a.example/b/c",
        final_url="https://a.example/b/c",
        status=200,
        headers={"content-type": "text/html; charset=utf-8"},
        body=f"<html><body><article>{body}".encode(),
        fetched_at=datetime(2026, 3, 10, tzinfo=UTC),
    )
    try:
        document = open_document(page)
    except PageError:
        return ""
    return article_text.find(document, collect(document))[0]


@given(LINES)
def test_an_escaped_line_is_the_line_again(line: str) -> None:
    for mark in ("", "- ", "7. ", "## ", "> ", "> - "):
        assert text.prose(mark + escape(line)) == line


@given(st.lists(st.lists(LINES | st.just(""), min_size=1, max_size=4), min_size=1, max_size=4))
def test_the_cells_of_a_table_are_what_they_were(rows: list[list[str]]) -> None:
    table = object()
    blocks = [Block(text=" ".join(row), kind="row", cells=tuple(row), whole=table) for row in rows]

    lines = [" ".join(cell for cell in row if cell) for row in rows]
    assert text.prose(write(blocks, 10_000)) == "\n".join(filter(None, lines))


@CALM
@given(BODIES)
def test_the_markdown_of_any_page_is_clean(body: str) -> None:
    found = article(body)

    is_code = False
    for block in found.split("\n\n") if found else ():
        assert block.strip()
        for line in block.split("\n"):
            is_code ^= line.startswith("```")
            assert is_code or line == text.fold(line)
    assert not is_code
    assert all(text.prose(found).split("\n")) or not found


@CALM
@given(BODIES)
def test_the_blocks_of_any_page_hold_its_letters_once_and_in_order(body: str) -> None:
    from lxml import html as lxml_html

    clean = text.fold(body.replace("```", "")) or "x"
    tree = lxml_html.document_fromstring(f"<html><body>{clean}</body></html>")
    for silent in tree.xpath("//script|//*[self::noscript]"):
        silent.text = ""

    told = "".join(block.text for block in cut(tree))
    assert "".join(told.split()) == "".join(text.fold(tree.text_content()).split())


@given(BODIES, st.text(max_size=200))
def test_a_vote_is_a_share(body: str, reading: str) -> None:
    from lxml import html as lxml_html

    blocks = cut(lxml_html.document_fromstring(f"<html><body>{text.fold(body)}</body></html>"))
    shares = votes(blocks, [squash(block.text) for block in blocks], reading)

    assert len(shares) == len(blocks)
    assert all(0.0 <= share <= 1.0 for share in shares)
