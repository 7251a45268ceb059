"""The address of a queue page is a question, and back; nonsense in it asks for nothing."""

from __future__ import annotations

import random
from datetime import date
from urllib.parse import parse_qsl

import pytest

from copydesk.desk import read_question, write_question
from copydesk.editing.queue import QueueQuestion
from copydesk.news import ReasonKind, Standing


@pytest.mark.parametrize(
    "question",
    [
        QueueQuestion(),
        QueueQuestion(view="published", order="time", after=(1764201600000000, "_news/a b.md")),
        QueueQuestion(view="all", standing=Standing.COPY, topic="AI & law", source="x.example"),
        QueueQuestion(days=7, search='"sea wall" harbour', language="de"),
        QueueQuestion(reason=ReasonKind.PRESS_RELEASE),
        QueueQuestion(after=(12.345678901234567, "2026-11-20-ä")),
        QueueQuestion(owner="Bird & House", since=date(2026, 11, 1), until=date(2026, 11, 20)),
        QueueQuestion(view="all", decided=date(2026, 11, 16)),
    ],
)
def test_a_question_survives_its_address(question: QueueQuestion) -> None:
    assert question == read_question(dict(parse_qsl(write_question(question))))


@pytest.mark.parametrize(
    "query",
    [
        {"view": "burn", "order": "worst", "standing": "burnt", "reason": "fire"},
        {"days": "-1"},
        {"days": "1e9"},
        {"days": "99999"},
        {"days": "٣٣٣٣٣"},
        {"after": "x"},
        {"after": "nan a"},
        {"after": "1"},
        {"since": "2026-13-01", "until": "9999-12-31", "decided": "yesterday"},
        {"since": "0001-01-01"},
    ],
)
def test_nonsense_asks_for_nothing(query: dict[str, str]) -> None:
    assert QueueQuestion() == read_question(query)


def test_no_address_breaks_it() -> None:
    chance = random.Random(1)
    names = ["view", "standing", "topic", "source", "language", "days", "q", "order", "after"]
    for _ in range(300):
        query = {
            name: "".join(map(chr, chance.choices(range(1, 0x2FFF), k=chance.randint(0, 600))))
            for name in names
        }
        assert len(read_question(query).search) <= 500
