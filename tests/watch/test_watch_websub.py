"""A hub is asked as the recommendation says, and believed only as far as it proves itself."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from copydesk.watch import websub

Subscription = websub.Subscription
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TOPIC = "https://gull.example/feed.xml"
NEW = Subscription(
    source=TOPIC,
    hub="https://hub.example/",
    topic=TOPIC,
    callback="https://tidewatch.example/websub/token",
    secret="5ec7e7",
)
QUERY = {
    "hub.mode": "subscribe",
    "hub.topic": TOPIC,
    "hub.challenge": "sea wall",
    "hub.lease_seconds": "864000",
}


def leased(lease_seconds: str = "864000", now: datetime = NOON) -> Subscription:
    query = {**QUERY, "hub.lease_seconds": lease_seconds}
    confirmed = websub.confirm(websub.after_asking(NEW, now), query, now)
    assert confirmed is not None
    return confirmed.subscription


def test_the_form_asks_for_ten_days_with_a_secret() -> None:
    assert websub.request_fields(NEW) == {
        "hub.mode": "subscribe",
        "hub.topic": TOPIC,
        "hub.callback": NEW.callback,
        "hub.lease_seconds": "864000",
        "hub.secret": "5ec7e7",
    }


def test_who_leaves_sends_no_secret() -> None:
    assert websub.request_fields(websub.give_back(NEW)) == {
        "hub.mode": "unsubscribe",
        "hub.topic": TOPIC,
        "hub.callback": NEW.callback,
    }


@pytest.mark.parametrize(
    ("hub", "topic", "may"),
    [
        ("https://hub.example/", "https://gull.example/feed", True),
        ("https://hub.example/", "http://gull.example/feed", True),
        ("http://hub.example/", "http://gull.example/feed", True),
        ("http://hub.example/", "https://gull.example/feed", False),
        ("ftp://hub.example/", "https://gull.example/feed", False),
        ("https://hub.example/", "urn:uuid:1", False),
        ("", "https://gull.example/feed", False),
    ],
)
def test_a_hub_is_no_less_safe_than_its_topic(hub: str, topic: str, may: bool) -> None:
    assert websub.may_push(hub, topic) is may


def test_what_was_asked_for_is_confirmed_with_its_challenge() -> None:
    confirmed = websub.confirm(websub.after_asking(NEW, NOON), QUERY, NOON)
    assert confirmed is not None
    assert confirmed.challenge == "sea wall"
    assert websub.pushes_until(confirmed.subscription) == NOON + 10 * DAY


@pytest.mark.parametrize(
    "changed",
    [
        {"hub.topic": "https://heron.example/feed.xml"},
        {"hub.topic": ""},
        {"hub.mode": "unsubscribe"},
        {"hub.mode": "publish"},
        {"hub.mode": ""},
        {"hub.challenge": ""},
        {"hub.challenge": "x" * 4_001},
    ],
)
def test_what_was_not_asked_for_is_not_confirmed(changed: dict[str, str]) -> None:
    assert websub.confirm(NEW, {**QUERY, **changed}, NOON) is None


def test_an_end_is_confirmed_only_when_we_ended_it() -> None:
    query = {**QUERY, "hub.mode": "unsubscribe"}
    confirmed = websub.confirm(websub.give_back(leased()), query, NOON)
    assert confirmed is not None
    assert websub.pushes_until(confirmed.subscription) is None
    assert websub.confirm(websub.give_back(leased()), QUERY, NOON) is None


def test_a_denied_one_is_asked_for_again_in_a_day() -> None:
    query = {"hub.mode": "denied", "hub.topic": TOPIC, "hub.reason": "no\r\nroom"}
    confirmed = websub.confirm(leased(), query, NOON)
    assert confirmed is not None
    denied = confirmed.subscription
    assert confirmed.challenge == ""
    assert denied.trouble == "the hub refused the subscription (no room)"
    assert websub.pushes_until(denied) is None
    assert not websub.is_time(denied, NOON + 23 * HOUR)
    assert websub.is_time(denied, NOON + DAY)


@pytest.mark.parametrize(
    ("lease_seconds", "lease"),
    [
        ("60", timedelta(minutes=1)),
        ("864000", 10 * DAY),
        ("999999999999", 30 * DAY),
        ("9" * 5_000, 30 * DAY),
        ("", DAY),
        ("soon", DAY),
        ("-5", DAY),
        ("٣٠٠", DAY),
    ],
)
def test_a_lease_is_what_the_hub_says_within_reason(lease_seconds: str, lease: timedelta) -> None:
    assert leased(lease_seconds).lease_until == NOON + lease


def test_a_lease_is_renewed_after_about_two_thirds() -> None:
    subscription = leased()
    assert not websub.is_time(subscription, NOON + 5 * DAY)
    assert websub.is_time(subscription, NOON + 7 * DAY)


def test_a_lease_from_before_a_clock_was_set_back_is_renewed_now() -> None:
    ahead = replace(leased(now=NOON + 365 * DAY), seen_at=NOON + 365 * DAY)

    assert websub.is_time(ahead, NOON)

    renewed = websub.confirm(ahead, QUERY, NOON)
    assert renewed is not None
    assert not websub.is_time(renewed.subscription, NOON)
    assert 1 == websub.after_news(renewed.subscription, NOON + DAY).missed


def test_a_short_lease_does_not_make_us_hammer_the_hub() -> None:
    assert not websub.is_time(leased("10"), NOON + timedelta(minutes=59))


def test_leases_of_one_moment_are_not_renewed_at_one_moment() -> None:
    other = replace(NEW, callback=NEW.callback + "2")
    confirmed = websub.confirm(other, QUERY, NOON)
    assert confirmed is not None
    assert confirmed.subscription.next_at != leased().next_at


def test_a_silent_hub_is_asked_ever_more_rarely() -> None:
    subscription, now = NEW, NOON
    waits = []
    for _ in range(12):
        assert websub.is_time(subscription, now)
        subscription = websub.after_asking(subscription, now)
        assert subscription.next_at is not None
        waits.append(subscription.next_at - now)
        now = subscription.next_at
    assert timedelta(minutes=10) <= waits[0] <= timedelta(minutes=13)
    assert waits == sorted(waits)
    assert DAY <= waits[-1] <= 1.25 * DAY


def test_a_hub_that_does_not_care_is_told_of_an_end_three_times() -> None:
    subscription, now = websub.give_back(leased()), NOON
    for _ in range(3):
        assert not websub.is_over(subscription, now)
        subscription = websub.after_asking(subscription, now)
        assert subscription.next_at is not None
        now = subscription.next_at
    assert websub.is_over(subscription, now)


BODY = b"<rss/>"


def signature(name: str, secret: str = "5ec7e7", body: bytes = BODY) -> str:
    return f"{name}={hmac.new(secret.encode(), body, getattr(hashlib, name)).hexdigest()}"


@pytest.mark.parametrize("name", ["sha256", "sha384", "sha512"])
def test_a_right_signature_is_believed(name: str) -> None:
    assert websub.is_signed("5ec7e7", signature(name), BODY)
    assert websub.is_signed("5ec7e7", signature(name).upper(), BODY)


@pytest.mark.parametrize(
    "header",
    [
        "",
        "sha256",
        "sha256=",
        "sha256=é",
        "md5=0",
        signature("sha1"),
        signature("sha256", secret="guessed"),
        signature("sha256", body=b"<rss>forged</rss>"),
        signature("sha256").replace("sha256", "sha512"),
        signature("sha256")[:-1],
    ],
)
def test_any_other_signature_is_not(header: str) -> None:
    assert not websub.is_signed("5ec7e7", header, BODY)


def test_a_secret_does_not_stand_in_a_log() -> None:
    assert NEW.secret not in repr(NEW)
    assert "token" not in repr(NEW)


def test_a_hub_that_does_not_push_twice_is_not_believed() -> None:
    once = websub.after_news(leased(), NOON + HOUR)
    assert websub.pushes_until(once) == NOON + 10 * DAY
    twice = websub.after_news(once, NOON + 2 * HOUR)
    assert websub.pushes_until(twice) is None


def test_the_same_news_counts_once() -> None:
    subscription = leased()
    for _ in range(5):
        subscription = websub.after_news(subscription, NOON + HOUR)
    assert subscription.missed == 1


def test_news_from_before_the_lease_is_no_fault_of_the_hub() -> None:
    assert websub.after_news(leased(), NOON - HOUR) == leased()
    assert websub.after_news(leased(), None) == leased()
    assert websub.after_news(leased(), NOON + 11 * DAY).missed == 0


def test_news_that_was_pushed_is_to_the_hubs_credit() -> None:
    doubted = websub.after_news(leased(), NOON + HOUR)
    read = replace(websub.after_push(doubted, NOON + HOUR), used_at=NOON + 2 * HOUR)
    assert websub.after_news(read, NOON + 2 * HOUR).missed == 0


def test_a_push_makes_a_hub_believed_again() -> None:
    doubted = replace(leased(), missed=2)
    assert websub.pushes_until(doubted) is None
    assert websub.pushes_until(websub.after_push(doubted, NOON)) == NOON + 10 * DAY


def test_a_renewed_lease_does_not() -> None:
    confirmed = websub.confirm(replace(leased(), missed=2), QUERY, NOON + DAY)
    assert confirmed is not None
    assert websub.pushes_until(confirmed.subscription) is None
