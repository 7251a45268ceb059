"""Pace and settling: when a letter may go, and what an answer means for it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copydesk.errors import MailStoreError
from copydesk.mail_store.deliveries import DeliveryOutcome, DeliveryState, Intent
from copydesk.news.options import MailOptions, SmtpOptions
from copydesk.newsletters.sending import GroupCommit
from copydesk.newsletters.sending.send_lines import Pace, SettleRules, settle
from copydesk.newsletters.smtp import Answer

NOW = datetime(2026, 11, 28, 7, tzinfo=UTC)
INTENT = Intent(
    subscriber=7, address="a@big.example", domain="big.example", language="", attempts=0
)
RULES = SettleRules(options=MailOptions(), began=NOW)


def send_as_pace_allows(pace: Pace, domains: Sequence[str], until: datetime) -> list[datetime]:
    """Send a letter to each domain, in their order, as soon as each may go; return when."""
    now, sent = NOW, []
    for domain in domains:
        slot = max(pace.find_slot(now), pace.find_slot_of(domain, now))
        now = max(now, slot)
        if now > until:
            break
        pace.take(domain, now)
        sent.append(now)
    return sent


@given(st.integers(1, 200), st.integers(0, 200))
def test_no_minute_sees_more_letters_than_its_limit(one: int, every: int) -> None:
    options = SmtpOptions(letters_a_minute=every, domains={"big.example": one})

    sent = send_as_pace_allows(
        Pace(options, lambda _: {}), ["big.example"] * 500, NOW + timedelta(minutes=3)
    )

    fewest = min(one, every or one)
    for moment in sent:
        within = [other for other in sent if moment <= other < moment + timedelta(minutes=1)]
        assert len(within) <= fewest + 1  # a slot begins its minute's share, and may end one


def test_a_domain_that_has_its_fill_holds_up_no_other() -> None:
    pace = Pace(SmtpOptions(domains={"big.example": 1}), lambda _: {})
    pace.take("big.example", NOW)

    assert NOW + timedelta(minutes=1) == pace.find_slot_of("big.example", NOW)
    assert NOW == pace.find_slot_of("small.example", NOW)


def test_letters_that_found_no_slot_ask_again_one_after_the_other() -> None:
    pace = Pace(SmtpOptions(domains={"big.example": 60}), lambda _: {})

    times = [pace.postpone("big.example", NOW) for _ in range(3)]

    assert [NOW + timedelta(seconds=number) for number in range(3)] == times


@pytest.mark.parametrize(
    ("days", "sent_today", "may_go"),
    [
        ({}, 49, True),
        ({}, 50, False),
        ({"2026-11-26": 50, "2026-11-27": 90}, 199, True),
        ({"2026-11-26": 50, "2026-11-27": 90}, 200, False),
        ({f"2026-11-{day:02}": 1 for day in range(10, 20)}, 100_000, True),
    ],
)
def test_a_domain_is_warmed_up_day_by_day(
    days: dict[str, int], sent_today: int, may_go: bool
) -> None:
    pace = Pace(SmtpOptions(warm_up=50), lambda _: {**days, "2026-11-28": sent_today})

    slot = pace.find_slot_of("big.example", NOW)

    assert slot == (NOW if may_go else datetime(2026, 11, 29, tzinfo=UTC))


@pytest.mark.parametrize(
    ("kind", "state"),
    [
        ("accepted", DeliveryState.ACCEPTED),
        ("refused", DeliveryState.REFUSED),
        ("later", DeliveryState.WAITING),
        ("slow-down", DeliveryState.WAITING),
        ("unsent", DeliveryState.WAITING),
        ("uncertain", DeliveryState.UNCERTAIN),
    ],
)
def test_an_answer_settles_a_letter(kind: str, state: DeliveryState) -> None:
    answer = Answer(kind=kind, code=0, status="", words="")  # type: ignore[arg-type]

    assert state == settle(INTENT, answer, NOW, RULES).state


def test_what_is_uncertain_is_sent_again_where_its_owner_wants_that() -> None:
    rules = replace(RULES, options=MailOptions(when_uncertain="again"))
    answer = Answer(kind="uncertain", code=0, status="", words="")

    assert DeliveryState.WAITING == settle(INTENT, answer, NOW, rules).state


def test_a_letter_waits_longer_each_time_and_is_given_up_in_the_end() -> None:
    answer = Answer(kind="later", code=451, status="4.7.1", words="greylisted")
    now, waits = NOW, []
    for attempts in range(100):
        outcome = settle(replace(INTENT, attempts=attempts), answer, now, RULES)
        if outcome.state == DeliveryState.GIVEN_UP:
            break
        waits.append(outcome.at - now)
        now = outcome.at

    assert waits == sorted(waits)
    assert waits[0] >= timedelta(minutes=5)
    assert timedelta(hours=45) < now - NOW <= timedelta(hours=48)


def test_a_letter_whose_turn_comes_late_is_tried_for_hours_all_the_same() -> None:
    answer = Answer(kind="later", code=451, status="4.7.1", words="greylisted")
    first = now = NOW + timedelta(days=5)  # of a warming-up, a pause, a word that came late
    for attempts in range(100):
        outcome = settle(replace(INTENT, attempts=attempts), answer, now, RULES)
        if outcome.state == DeliveryState.GIVEN_UP:
            break
        now = outcome.at

    assert timedelta(hours=1) < now - first < timedelta(hours=3)


def outcome(number: int) -> DeliveryOutcome:
    return DeliveryOutcome(subscriber=number, state=DeliveryState.ACCEPTED, at=NOW)


def test_outcomes_that_gather_are_written_together_and_each_is_waited_for() -> None:
    groups: list[list[int]] = []

    def write(outcomes: Sequence[DeliveryOutcome]) -> None:
        groups.append([each.subscriber for each in outcomes])

    async def put_all() -> None:
        commit = GroupCommit(write)
        await asyncio.gather(*(commit.put(outcome(number)) for number in range(8)))
        await commit.close()

    asyncio.run(put_all())

    assert list(range(8)) == sorted(number for group in groups for number in group)
    assert len(groups) < 8


def test_after_a_failure_nothing_more_is_written_and_all_hear_of_it() -> None:
    def write(_: Sequence[DeliveryOutcome]) -> None:
        raise MailStoreError("the mail database could not be written: the disk is full")

    async def put_all() -> list[object]:
        commit = GroupCommit(write)
        first = await asyncio.gather(
            *(commit.put(outcome(number)) for number in range(3)), return_exceptions=True
        )
        later = await asyncio.gather(commit.put(outcome(4)), return_exceptions=True)
        return [*first, *later]

    assert all(isinstance(answer, MailStoreError) for answer in asyncio.run(put_all()))
