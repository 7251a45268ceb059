"""What of an article is given to the model, and the name that its vector is kept under."""

from __future__ import annotations

import pytest

from copydesk import embed


@pytest.mark.parametrize(
    ("title", "text", "expected"),
    [
        (
            "Sea wall opens",
            "## Port Sable\n\n- It was *late*.",
            "Sea wall opens. Port Sable It was",
        ),
        ("  Sea\twall\nopens ", "", "Sea wall opens"),
        ("", "It opened on Monday.", "It opened on Monday."),
        (" \n", " \n", ""),
    ],
)
def test_a_passage_is_the_title_and_the_plain_beginning(
    title: str, text: str, expected: str
) -> None:
    assert embed.passage(title, text).startswith(expected)


def test_a_passage_does_not_grow_with_the_text() -> None:
    text = "harbour " * 50_000

    assert len("Sea wall. ") + 450 == len(embed.passage("Sea wall", text))
    assert embed.passage("Sea wall", text) == embed.passage("Sea wall", text + "more")


def test_another_passage_has_another_key() -> None:
    keys = {embed.key_of(told) for told in ("", "a", "A", "a ", "\ud800", "海")}

    assert 6 == len(keys)
    assert embed.key_of("a") in keys
