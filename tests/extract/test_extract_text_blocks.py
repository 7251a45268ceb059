"""A page is cut into blocks in reading order, and readings are laid over them."""

from __future__ import annotations

import pytest
from lxml import html as lxml_html

from copydesk.extract.text import write
from copydesk.extract.text.blocks import Block, cut, hints_of
from copydesk.extract.text.readers import agreement, squash, votes

LONG = "The ferry ran aground on a sandbank at four."
OTHER = "Nobody was hurt and all were taken off by noon."


def blocks(body: str) -> list[Block]:
    return cut(lxml_html.fromstring(f"<body>{body}</body>"))


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("<p>one</p><p>two</p>", ["one", "two"]),
        ("lost<p>one</p>between<div>two</div>tail", ["lost", "one", "between", "two", "tail"]),
        ("<p>a <b>b</b><i>c</i> d</p>", ["a bc d"]),
        ("<div>One.<br>Two</div>", ["One.", "Two"]),
        ("<div>One.&nbsp;<br>Two</div>", ["One.", "Two"]),
        ("<div>one<br>two</div>", ["one two"]),
        ("<div>one<br><br>two</div>", ["one", "two"]),
        ("<div>one<br> <br/>two</div>", ["one", "two"]),
        ("<p>one<script>two</script> three</p>", ["one three"]),
        ("<p>one<!-- two --> three</p>", ["one three"]),
        ("<p>a<ruby>b<rp>(</rp><rt>c</rt><rp>)</rp></ruby>d<rt>e</rt>f</p>", ["abdf"]),
        ("<form><select><option>one</select><button>two</button>three</form>", ["three"]),
        ("<span>one<div>two</div>three</span>", ["one", "two", "three"]),
        ("<p> \u00a0 </p><p>one</p>", ["one"]),
        ("<ul><li>one<ul><li>two</li></ul>three</li></ul>", ["one", "two", "three"]),
    ],
)
def test_a_block_ends_where_a_reader_sees_it_end(body: str, expected: list[str]) -> None:
    assert expected == [block.text for block in blocks(body)]


@pytest.mark.parametrize(
    ("body", "kinds"),
    [
        ("<h2>one</h2>", [("heading", 2)]),
        ("<h2>" + LONG * 6 + "</h2>", [("paragraph", 0)]),
        ("<ul><li>one</li></ul>", [("item", 0)]),
        ("<ol><li>one</li><li>two</li></ol>", [("item", 1), ("item", 2)]),
        ("<ol start=9><li>one</li></ol>", [("item", 9)]),
        ("<ol start=x><li>one</li></ol>", [("item", 1)]),
        ("<ol><li><p>one</p><p>two</p></li></ol>", [("item", 1), ("paragraph", 0)]),
        ("<li><h3>one</h3></li>", [("heading", 3)]),
        ("<pre>one</pre>", [("code", 0)]),
        ("<table><tr><td>a<td>b<tr><td>c<td>d</table>", [("row", 0), ("row", 0)]),
        ("<table><tr><td>a<td>b</table>", [("paragraph", 0), ("paragraph", 0)]),
        ("<table><tr><td>a<td><table><tr><td>b<tr><td>c</table></table>", [("paragraph", 0)] * 3),
        ("<table><tr><td>" + LONG * 8 + "<td>b</table>", [("paragraph", 0), ("paragraph", 0)]),
    ],
)
def test_a_block_knows_what_it_is(body: str, kinds: list[tuple[str, int]]) -> None:
    assert kinds == [(block.kind, block.level) for block in blocks(body)]


def test_the_letters_of_links_and_of_strong_words_are_counted() -> None:
    [block] = blocks("<p>one <a href=x>two <b>three</b></a></p>")

    assert (block.linked, block.strong) == (len("twothree"), len("three"))


def test_a_letter_of_a_script_without_blanks_weighs_three() -> None:
    assert [block.size for block in blocks("<p>渡轮 ok</p><p>ferry</p>")] == [9, 5]


@pytest.mark.parametrize(
    ("markup", "expected"),
    [
        ("<div class='photoCredit'>", {"caption"}),
        ("<div class='author_bio'>", {"byline"}),
        ("<aside>", {"aside"}),
        ("<div class='sidebarWidget'>", {"aside"}),
        ("<div id='relatedStories'>", {"related"}),
        ("<div class='read-more'>", {"related"}),
        ("<div role='navigation'>", {"aside"}),
        ("<div itemprop='author'>", {"byline"}),
        ("<div style='color: red; display : none'>", {"hidden"}),
        ("<div hidden>", {"hidden"}),
        ("<div class='cards loading'>", set()),
        ("<div>", set()),
    ],
)
def test_an_elements_names_are_hints(markup: str, expected: set[str]) -> None:
    assert expected == hints_of(lxml_html.fromstring(f"{markup}x"))


def said(body: str, reading: str) -> list[float]:
    cut_up = blocks(body)
    return votes(cut_up, [squash(block.text) for block in cut_up], reading)


@pytest.mark.parametrize(
    ("body", "reading", "expected"),
    [
        (f"<p>{LONG}</p><p>{OTHER}</p>", LONG, [1, 0]),
        (f"<p>{LONG}</p><p>{OTHER}</p>", f"{OTHER}\n{LONG}", [1, 1]),
        (f"<p>{LONG}</p><p>Yes.</p><p>{OTHER}</p>", f"{LONG} - Yes! {OTHER}", [1, 1, 1]),
        (f"<p>Yes.</p><p>{LONG}</p><p>{OTHER}</p>", f"{LONG} Yes. {OTHER}", [0, 1, 1]),
        (f"<h1>{LONG}</h1><p>{LONG}</p>", LONG, [1, 0]),
        (
            "<p>船于周一凌晨四点在岛外的沙洲上搁浅了当时船上共有九十名乘客</p>",
            "船于周一凌晨四点在岛外的沙洲上搁浅了，当时船上共有九十名乘客。",
            [1],
        ),
    ],
)
def test_a_vote_is_for_what_stands_in_the_reading_in_its_place(
    body: str, reading: str, expected: list[float]
) -> None:
    assert expected == said(body, reading)


def test_a_block_that_a_reader_cut_short_has_a_part_of_its_vote() -> None:
    [share] = said(f"<p>{LONG} {OTHER}</p>", LONG)

    assert 0.3 < share < 0.6


def test_two_readers_agree_by_the_words_that_both_took() -> None:
    assert agreement([1, 1, 0], [1, 0, 0], [30, 10, 5]) == pytest.approx(60 / 70)
    assert agreement([0, 0, 0], [0, 0, 0], [30, 10, 5]) == 0.0


def test_rows_items_and_quotes_that_follow_each_other_are_one_block() -> None:
    body = (
        "<ul><li>a</li><li>b</li></ul><ol><li>c</li></ol>"
        "<blockquote><p>d</p><p>e</p></blockquote><p>f</p>"
        "<table><tr><td>g<td>h<tr><td><td>i</table><table><tr><td>j<td>k<tr><td>l<td></table>"
        "<blockquote><ul><li>m</li></ul></blockquote>"
    )

    written = write(blocks(body), 1_000)

    assert written.split("\n\n") == [
        "- a\n- b",
        "1. c",
        "> d\n>\n> e",
        "f",
        "| g | h |\n| --- | --- |\n|  | i |",
        "| j | k |\n| --- | --- |\n| l |  |",
        "> - m",
    ]


def test_headings_have_the_levels_that_are_in_use() -> None:
    page = "<h3>one</h3><p>two</p><h5>three</h5><p>four</p><h3>five</h3><p>six</p>"

    found = write(blocks(page), 1000)

    assert found.split("\n\n")[::2] == ["## one", "### three", "## five"]


def test_a_line_behind_its_picture_is_known() -> None:
    found = blocks("<div><a href=/a><img src=a.jpg></a><br>one</div><p>two <img src=b.jpg></p>")

    assert [block.pictured for block in found] == [True, False]


def test_the_address_of_a_heading_is_no_link() -> None:
    found = blocks("<h2><a href=#one>one</a> <a href=#one>¶</a></h2><h2><a href=/two>two</a></h2>")

    assert [(block.text, block.linked) for block in found] == [("one", 0), ("two", 3)]
