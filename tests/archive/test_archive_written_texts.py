"""Summaries and translations in records, and keys of these names that are their owner's."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from copydesk.archive.document import split_front_matter
from copydesk.archive.record import emit_story, parse_story, parse_yaml, read_quickly
from copydesk.news.summary import CitedSentence, Summary, Translation

PATH = "_news/2025-03-04-crane.md"
AT = datetime(2025, 3, 4, 6, tzinfo=UTC)
HEAD = 'category: news\ntitle: "A crane"\nexcerpt: ""\ntype: article\npublished: true\n'
OWN = {
    "a text": 'summary: "What the crane did"\n',
    "a text and a list": "summary: What the crane did\ntranslation: []\n",
    "keys": "summary:\n  short: What the crane did\n  long: |\n    It counts.\n",
    "a list": "translation:\n  - de\n  - fr\n",
    "a flow": "translation: {de: Der Kran, fr: La grue}\n",
    "nothing": "summary:\ntranslation: ~\n",
    "in quotes": '"summary": What it did\n',
    "some keys of ours": 'summary:\n  sentences: "Two of them."\n  by: Ed\n',
    "sentences as texts": "summary:\n  sentences:\n    - One.\n    - Two.\n  by: Ed\n  at: today\n",
}


@pytest.mark.parametrize("between", ["", "\n"])
@pytest.mark.parametrize("own", OWN.values(), ids=OWN)
def test_a_key_of_its_owner_is_kept_byte_for_byte(own: str, between: str) -> None:
    data = f"---\n{HEAD}{between}{own}\ntopics:\n  - Ports\n\n---\n\n\n".encode()
    ordered = f"---\n{HEAD}\ntopics:\n  - Ports\n{between}{own}\n---\n\n\n".encode()
    last = f'---\n{HEAD}\nsecured: "c2VhbGVk"\n{between}{own}---\n\n\n'.encode()

    for record in (data, ordered, last):
        story = parse_story(PATH, record)
        assert (None, None) == (story.summary, story.translation)
        assert record == emit_story(story)
        changed = emit_story(replace(story, title="New"))
        assert record.replace(b"A crane", b"New") == changed


def test_a_text_by_a_model_is_read_alike_by_both_readers() -> None:
    story = parse_story(PATH, f"---\n{HEAD}\n---\n\n\n".encode())
    summary = Summary(
        sentences=(CitedSentence(text="It counts.", stories=("2025-03-04-crane", "other")),),
        by="model tiny",
        at=AT,
        language="en",
    )
    translation = Translation(title="Kran", original="A crane", language="de", by="model x", at=AT)
    story = replace(story, summary=summary, translation=translation)
    data = emit_story(story)
    halves = split_front_matter(PATH, data)

    assert story == read_quickly(PATH, halves) == parse_yaml(PATH, data, halves)
    assert data == emit_story(parse_story(PATH, data))
    edited = data.replace(b"It counts.", b"It counts well.")
    read = parse_story(PATH, edited)
    assert read.summary
    assert edited == emit_story(read)
    assert "It counts well." == read.summary.text
