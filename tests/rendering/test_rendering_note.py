"""An editor's note as HTML: a little Markdown, and nothing that a stranger could use."""

from __future__ import annotations

import pytest

from copydesk.rendering import render_note, strip_note


@pytest.mark.parametrize(
    ("note", "html"),
    [
        ("", ""),
        ("One.\nStill one.\n\nTwo.", "<p>One. Still one.</p><p>Two.</p>"),
        ("- a\n* b", "<ul><li>a</li><li>b</li></ul>"),
        ("1. a\n2) b", "<ol><li>a</li><li>b</li></ol>"),
        ("> a\n> *b*\nafter", "<blockquote><p>a <em>b</em></p></blockquote><p>after</p>"),
        (">", "<blockquote><p></p></blockquote>"),
        ("Words:\n- a\nafter", "<p>Words:</p><ul><li>a</li></ul><p>after</p>"),
        (
            "*a* **b** _c_ __d__",
            "<p><em>a</em> <strong>b</strong> <em>c</em> <strong>d</strong></p>",
        ),
        ("2 * 3 * 4, snake_case_name", "<p>2 * 3 * 4, snake_case_name</p>"),
        ("-", "<p>-</p>"),
        (
            "[a & b](https://x.example/?a=1&b=2)",
            '<p><a href="https://x.example/?a=1&amp;b=2" rel="nofollow noopener">a &amp; b</a></p>',
        ),
        ("[x](javascript:alert(1))", "<p>[x](javascript:alert(1))</p>"),
        ("[x](data:text/html,y)", "<p>[x](data:text/html,y)</p>"),
        (
            '<script>alert(1)</script> <img src=x onerror="y">',
            '<p>&lt;script&gt;alert(1)&lt;/script&gt; &lt;img src=x onerror="y"&gt;</p>',
        ),
        ('[x](https://x.example/"onmouseover="y)', None),
        ("a\u202eb\x07", "<p>ab</p>"),
        ("# no heading", "<p># no heading</p>"),
    ],
)
def test_a_note_is_a_little_markdown_and_no_markup(note: str, html: str | None) -> None:
    made = render_note(note)
    if html is not None:
        assert made == html
    assert "<script" not in made
    assert 'onmouseover="' not in made


def test_of_a_note_its_words_alone_can_be_had() -> None:
    note = "One *and* [two](https://x.example/>), <b>.\n\n- a & b\n> c"
    assert strip_note(note) == "One and two, <b>. a & b c"
    assert strip_note("") == ""


@pytest.mark.parametrize(
    "piece", ["*", "_", "[", "[a](", "**a ", "- ", "> ", "1. ", "\n\n", "[a](b"]
)
def test_no_note_takes_long(piece: str) -> None:
    assert len(render_note(piece * 20_000)) < 2_000_000
