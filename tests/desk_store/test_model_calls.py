"""The log of calls of a model: what is stored before a call, and what may be sent again."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from copydesk.desk_store import open_desk
from copydesk.desk_store.model_calls import ModelCall, ModelCallLog, ModelCallState

NOON = datetime(2026, 12, 2, 12, tzinfo=UTC)
LOTS = 10**9
CALL = ModelCall(
    use="summary", subject="s1", story="wall", at=NOON, model="tiny", tokens_in=300, tokens_out=200
)


@pytest.fixture
def log(tmp_path: Path) -> Iterator[ModelCallLog]:
    with closing(open_desk(tmp_path)) as desk:
        yield desk.model_calls


def begin(log: ModelCallLog, most: int = LOTS, spent: float = 1.0, **more: Any) -> ModelCall | None:
    return log.begin(replace(CALL, **more), most, spent)


def put(log: ModelCallLog, state: ModelCallState, **more: Any) -> ModelCall:
    begun = begin(log)
    assert begun
    return log.put(replace(begun, state=state, **more))


def test_a_call_is_lost_until_its_answer_is_stored(log: ModelCallLog) -> None:
    begun = begin(log)

    assert begun
    assert ("lost", 1, 1) == (begun.state, begun.number, begun.tries)
    assert begun == log.find("s1")
    told = log.put(replace(begun, state="taken", text='"So."', left_out=(("a", "b", "c"),)))
    assert told == log.find("s1")
    assert [told] == log.list_of("wall", "summary")
    assert [] == log.list_of("wall", "headline")


@pytest.mark.parametrize(
    ("state", "is_sent"),
    [("lost", False), ("taken", False), ("refused", False), ("wrong", False), ("failed", True)],
)
def test_only_what_failed_is_sent_again(
    log: ModelCallLog, state: ModelCallState, is_sent: bool
) -> None:
    put(log, state)

    assert is_sent == bool(begin(log))


@pytest.mark.parametrize(
    ("state", "is_sent"), [("lost", False), ("taken", False), ("refused", True), ("wrong", True)]
)
def test_another_model_is_asked_for_what_one_could_not_do(
    log: ModelCallLog, state: ModelCallState, is_sent: bool
) -> None:
    put(log, state)

    assert is_sent == bool(begin(log, model="large"))


def test_a_wish_is_for_one_call_of_its_kind(log: ModelCallLog) -> None:
    put(log, "taken")
    log.want("summary", "wall", NOON)
    log.want("summary", "wall", NOON)
    log.want("headline", "wall", NOON)

    assert {("summary", "wall"), ("headline", "wall")} == log.list_wishes()
    assert begin(log)
    assert begin(log) is None
    assert {("headline", "wall")} == log.list_wishes()
    assert 2 == len(log.list_of("wall", "summary"))


def test_a_wish_that_the_budget_has_no_room_for_waits(log: ModelCallLog) -> None:
    put(log, "taken")
    log.want("summary", "wall", NOON)

    assert begin(log, most=900) is None
    assert begin(log, most=1000)


@pytest.mark.parametrize(
    ("most", "spent", "calls"),
    [(0, 1.0, 0), (499, 1.0, 0), (500, 1.0, 1), (1000, 1.0, 2), (1499, 1.0, 2), (LOTS, 0.0, 0)],
)
def test_a_budget_is_never_exceeded(log: ModelCallLog, most: int, spent: float, calls: int) -> None:
    begun = [begin(log, most, spent, subject=f"s{number}") for number in range(4)]

    assert calls == sum(call is not None for call in begun)


@pytest.mark.parametrize(("spent", "calls"), [(0.29, 0), (0.3, 1), (0.61, 2), (9.0, 4)])
def test_a_price_limits_calls_too(log: ModelCallLog, spent: float, calls: int) -> None:
    begun = [begin(log, spent=spent, subject=f"s{number}", cost=0.3) for number in range(4)]

    assert calls == sum(call is not None for call in begun)


def test_a_day_begins_at_midnight_utc(log: ModelCallLog) -> None:
    assert begin(log, 500, at=NOON.replace(hour=23, minute=59, second=59))
    assert begin(log, 500, subject="s2", at=NOON.replace(hour=23, minute=59, second=59)) is None
    assert begin(log, 500, subject="s2", at=NOON.replace(hour=0) + timedelta(days=1))


def test_what_failed_cost_nothing(log: ModelCallLog) -> None:
    put(log, "failed", tokens_in=0, tokens_out=0)

    assert begin(log, 500, subject="s2")


def test_the_rest_of_the_latest_call_counts(log: ModelCallLog) -> None:
    assert log.find_rest() is None
    put(log, "failed", rests_until=NOON + timedelta(hours=1))
    assert NOON + timedelta(hours=1) == log.find_rest()
    begin(log, subject="s2")
    assert log.find_rest() is None


def test_of_many_that_begin_at_once_one_is_sent(tmp_path: Path) -> None:
    def ask(_: int) -> bool:
        with closing(open_desk(tmp_path)) as desk:
            return begin(desk.model_calls) is not None

    with closing(open_desk(tmp_path)), ThreadPoolExecutor(4) as pool:
        assert 1 == sum(pool.map(ask, range(8)))


def test_many_that_begin_at_once_keep_to_the_budget(tmp_path: Path) -> None:
    def ask(number: int) -> bool:
        with closing(open_desk(tmp_path)) as desk:
            return begin(desk.model_calls, 1500, subject=f"s{number}") is not None

    with closing(open_desk(tmp_path)), ThreadPoolExecutor(4) as pool:
        assert 3 == sum(pool.map(ask, range(8)))


def test_openings_are_kept_for_a_day_and_by_view(log: ModelCallLog) -> None:
    log.open_article("v1", "wall", NOON - timedelta(days=2))
    log.open_article("v1", "gate", NOON)
    log.open_article("v1", "gate", NOON + timedelta(minutes=1))
    log.open_article("v2", "road", NOON)

    assert ("gate",) == log.list_openings("v1")
    assert ("road",) == log.list_openings("v2")
    assert () == log.list_openings("' OR 1=1")
