"""What came back of letters, taken in: who gets no more of them, and who still does."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from copydesk.mail_store import MailStore, open_mail
from copydesk.mail_store.deliveries import DeliveryOutcome, DeliveryState, NewSending
from copydesk.mail_store.links import ReaderLink, ReturnPath
from copydesk.mail_store.subscriptions import Subscription
from copydesk.news.options import BounceOptions
from copydesk.newsletters import bounces
from copydesk.newsletters.bounces import ReturnEffect
from world.old_mail import OLD_READERS, SHARED_TOKEN, put_first_version
from world.returned import make_complaint, make_mail, make_recipient, make_report

NOW = datetime(2026, 11, 28, 8, tzinfo=UTC)
OPTIONS = BounceOptions(soft_limit=3, secret="a word between us")
READERS = ("ann@inbox.example", "ben@inbox.example")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[MailStore]:
    with closing(open_mail(tmp_path)) as store:
        for address in READERS:
            reader = store.subscribers.add(address, NOW)
            store.subscribers.set_state(reader.id, "active")
            for letter in ("daily", "weekly"):
                subscription = Subscription(subscriber=reader.id, letter=letter, since=NOW)
                store.subscriptions.put(subscription)
        yield store


def send(store: MailStore, day: int = 1) -> dict[str, str]:
    """Send an issue to whoever gets the letter; return the token of each address."""
    new = NewSending(issue=f"daily-2026-11-{day:02}", letter="daily", via="smtp")
    sending = store.ledger.begin(new, NOW)
    intents = store.ledger.claim(sending.number, 0, 10, NOW)
    state = DeliveryState.ACCEPTED
    outcomes = [
        DeliveryOutcome(subscriber=it.subscriber, state=state, at=NOW, code=250) for it in intents
    ]
    store.ledger.note(sending.number, outcomes)
    return {
        intent.address: store.links.sign_return(
            ReturnPath(sending=sending.number, subscriber=intent.subscriber)
        )
        for intent in intents
    }


def come_back(
    store: MailStore, token: str, status: str = "5.1.1", said: str = "550 no such user"
) -> ReturnEffect:
    """Take in a delivery report about the letter of a token."""
    report = make_report(
        make_recipient(status, diagnostic=said), to=f"bounces+{token}@x.example", enclosed="\n"
    )
    return bounces.take_in_return(store, OPTIONS, report, NOW).effect


def suppressed(store: MailStore) -> list[tuple[str, str]]:
    return sorted((address, entry.reason) for entry, address in store.suppressions.walk())


def test_an_address_that_does_not_exist_gets_no_more_letters(store: MailStore) -> None:
    tokens = send(store)

    assert "suppressed" == come_back(store, tokens[READERS[0]])

    assert [(READERS[0], "hard-bounce")] == suppressed(store)
    assert [READERS[1]] == list(send(store, 2))


def test_the_same_report_twice_changes_nothing_more(store: MailStore) -> None:
    token = send(store)[READERS[0]]
    effects = [come_back(store, token)]
    store.suppressions.lift(READERS[0])  # the owner knows better

    effects.append(come_back(store, token))

    assert ["suppressed", "known"] == effects
    assert [] == suppressed(store)
    assert 1 == len(store.returns.list_newest())


def test_a_full_mailbox_is_forgiven_until_it_is_full_too_often(store: MailStore) -> None:
    effects = [come_back(store, send(store, day)[READERS[0]], "5.2.2") for day in (1, 2, 3)]

    assert ["noted", "noted", "suppressed"] == effects
    assert [(READERS[0], "soft-bounces")] == suppressed(store)


def test_a_letter_that_arrives_in_between_begins_the_count_anew(store: MailStore) -> None:
    effects = [come_back(store, send(store, day)[READERS[0]], "4.2.2") for day in (1, 2)]
    send(store, 3)
    effects += [come_back(store, send(store, day)[READERS[0]], "4.2.2") for day in (4, 5)]

    assert ["noted"] * 4 == effects


def test_one_letter_that_comes_back_often_counts_once(store: MailStore) -> None:
    token = send(store)[READERS[0]]

    effects = [come_back(store, token, "5.2.2", f"552 full, try {turn}") for turn in range(5)]

    assert ["noted"] * 5 == effects


def test_what_a_server_has_against_us_costs_no_reader(store: MailStore) -> None:
    effects = [come_back(store, send(store, day)[READERS[0]], "5.7.1") for day in range(1, 8)]

    assert ["noted"] * 7 == effects
    assert [] == suppressed(store)


def test_who_calls_a_letter_spam_gets_none_and_is_subscribed_to_none(store: MailStore) -> None:
    token = send(store)[READERS[0]]
    report = make_complaint(headers=f"Return-Path: <bounces+{token}@x.example>\n")

    taken = bounces.take_in_return(store, OPTIONS, report, NOW)

    reader = store.subscribers.find(READERS[0])
    assert reader is not None
    assert ("complaint", "suppressed") == (taken.kind, taken.effect)
    assert [(READERS[0], "complaint")] == suppressed(store)
    assert ("left", ()) == (reader.state, store.subscriptions.of(reader.id))


def test_a_complaint_known_by_its_link_alone_ends_letters_and_no_more(store: MailStore) -> None:
    """Such a link may have been passed on with the letter."""
    reader = store.subscribers.find(READERS[0])
    assert reader is not None
    link = ReaderLink(purpose="unsubscribe", subscriber=reader.id, made=NOW, letter="daily")
    address = f"https://news.example/mail/leave/{store.links.sign(link)}"
    report = make_complaint(headers=f"List-Unsubscribe: <{address}>\n")

    effects = [bounces.take_in_return(store, OPTIONS, report, NOW).effect for _ in range(2)]

    assert ["left", "known"] == effects
    assert () == store.subscriptions.of(reader.id)
    assert [] == suppressed(store)


def test_a_link_for_something_else_ends_nothing(store: MailStore) -> None:
    reader = store.subscribers.find(READERS[0])
    assert reader is not None
    link = ReaderLink(purpose="choices", subscriber=reader.id, made=NOW, letter="daily")
    address = f"https://news.example/mail/leave/{store.links.sign(link)}"

    report = make_complaint(headers=f"List-Unsubscribe: <{address}>\n")

    assert "not-ours" == bounces.take_in_return(store, OPTIONS, report, NOW).effect
    assert 2 == len(store.subscriptions.of(reader.id))


def forge(token: str) -> str:
    """Return a token with another letter in its middle."""
    return token[:12] + ("a" if token[12] != "a" else "b") + token[13:]


def test_what_is_forged_or_about_anothers_list_changes_nothing_and_is_counted(
    store: MailStore,
) -> None:
    token = send(store)[READERS[0]]

    effects = [come_back(store, word) for word in (forge(token), token[:-1], "a" * 32, "")]

    assert ["not-ours"] * 4 == effects
    assert [] == suppressed(store)
    assert "4" == store.facts.get("returns: not ours")


def test_of_several_tokens_the_one_the_message_was_sent_to_counts(store: MailStore) -> None:
    tokens = send(store)
    report = make_report(
        to=f"bounces+{tokens[READERS[0]]}@x.example",
        enclosed=f"Return-Path: <bounces+{tokens[READERS[1]]}@x.example>\n\n",
    )

    bounces.take_in_return(store, OPTIONS, report, NOW)

    assert [(READERS[0], "hard-bounce")] == suppressed(store)


def test_a_token_for_a_letter_that_was_never_sent_changes_nothing(store: MailStore) -> None:
    """As after a restore: numbers of readers may be others' by now."""
    token = store.links.sign_return(ReturnPath(sending=99, subscriber=1))

    assert "known" == come_back(store, token)
    assert [] == suppressed(store)


def test_of_somebody_who_was_erased_no_words_are_kept(store: MailStore) -> None:
    token = send(store)[READERS[0]]
    reader = store.subscribers.find(READERS[0])
    assert reader is not None
    store.subscribers.erase(reader.id)

    assert "noted" == come_back(store, token)

    assert [("", "")] == [(row.address, row.words) for row in store.returns.list_newest()]
    assert [] == suppressed(store)


def name_message(store: MailStore, address: str, sending: int = 1) -> str:
    """Return the Message-ID of a letter, as everybody sees it whom it is passed on to."""
    reader = store.subscribers.find(address)
    assert reader is not None
    word = store.links.sign_message_id(ReturnPath(sending=sending, subscriber=reader.id))
    return f"Message-ID: <daily-2026-11-01.{word}@news.example>\n"


@pytest.mark.parametrize("status", ["5.1.1", "4.2.2"])
def test_a_report_that_names_the_message_alone_is_kept_and_suppresses_nobody(
    store: MailStore, status: str
) -> None:
    """Whoever read the letter can have written it, in answers and forwards as well."""
    effects = []
    for day in range(1, 6):
        send(store, day)
        enclosed = f"{name_message(store, READERS[0], day)}\n"
        report = make_report(make_recipient(status), to="bounces@x.example", enclosed=enclosed)
        effects.append(bounces.take_in_return(store, OPTIONS, report, NOW).effect)

    assert ["unproved"] * 5 == effects
    assert [] == suppressed(store)
    assert [False] * 5 == [entry.is_proved for entry in store.returns.list_newest()]


def test_unproved_reports_add_nothing_to_a_row(store: MailStore) -> None:
    for day in (1, 2):
        send(store, day)
        enclosed = f"{name_message(store, READERS[0], day)}\n"
        report = make_report(make_recipient("4.2.2"), to="b@x.example", enclosed=enclosed)
        bounces.take_in_return(store, OPTIONS, report, NOW)

    assert "noted" == come_back(store, send(store, 3)[READERS[0]], "4.2.2")


@pytest.mark.parametrize("place", ["to", "enclosed"])
def test_the_word_of_a_message_is_no_return_path_wherever_it_is_put(
    store: MailStore, place: str
) -> None:
    send(store)
    word = name_message(store, READERS[0]).partition("01.")[2].partition("@")[0]
    path = f"bounces+{word}@x.example"
    to = path if place == "to" else "bounces@x.example"
    enclosed = "\n" if place == "to" else f"Return-Path: <{path}>\n\n"

    taken = bounces.take_in_return(store, OPTIONS, make_report(to=to, enclosed=enclosed), NOW)

    assert "unproved" == taken.effect
    assert [] == suppressed(store)


def test_a_letter_of_before_the_two_words_were_told_apart_is_known_and_proves_nothing(
    tmp_path: Path,
) -> None:
    """Everybody whom such a letter was passed on to has the word of its return path."""
    put_first_version(tmp_path / "old")
    with closing(open_mail(tmp_path / "old")) as store:
        report = make_report(to=f"bounces+{SHARED_TOKEN}@x.example")
        taken = bounces.take_in_return(store, OPTIONS, report, NOW)

        assert "unproved" == taken.effect
        assert [] == suppressed(store)
        (row, _) = store.returns.list_newest()
        assert ("daily-2026-11-27", OLD_READERS[0], False) == (
            *(row.issue, row.address),
            row.is_proved,
        )


@pytest.mark.parametrize(("days", "effect"), [(13, "suppressed"), (15, "unproved")])
def test_a_return_path_proves_nothing_after_two_weeks(
    store: MailStore, days: int, effect: str
) -> None:
    """Whom a letter is passed on to as a file may have it, by the server that took the letter."""
    report = make_report(to=f"bounces+{send(store)[READERS[0]]}@x.example")

    taken = bounces.take_in_return(store, OPTIONS, report, NOW + timedelta(days=days))

    assert effect == taken.effect


def test_a_complaint_that_names_the_message_alone_ends_nothing(store: MailStore) -> None:
    send(store)
    report = make_complaint(headers=name_message(store, READERS[0]))

    assert "unproved" == bounces.take_in_return(store, OPTIONS, report, NOW).effect
    assert [] == suppressed(store)
    assert [READERS[0], READERS[1]] == list(send(store, 2))


def link_to_leave(store: MailStore) -> str:
    reader = store.subscribers.find(READERS[0])
    assert reader is not None
    link = ReaderLink(purpose="unsubscribe", subscriber=reader.id, made=NOW, letter="daily")
    return f"List-Unsubscribe: <https://news.example/mail/leave/{store.links.sign(link)}>\n"


def test_a_complaint_with_the_link_to_leave_does_what_the_link_does(store: MailStore) -> None:
    send(store)
    headers = name_message(store, READERS[0]) + link_to_leave(store)

    taken = bounces.take_in_return(store, OPTIONS, make_complaint(headers=headers), NOW)

    assert "left" == taken.effect
    assert [] == suppressed(store)
    assert [READERS[1]] == list(send(store, 2))


def test_a_link_to_leave_in_a_delivery_report_ends_nothing(store: MailStore) -> None:
    """A mailbox that is full wants nothing: only a complaint is somebody's will."""
    send(store)
    enclosed = f"{name_message(store, READERS[0])}{link_to_leave(store)}\n"
    report = make_report(to="bounces@x.example", enclosed=enclosed)

    assert "unproved" == bounces.take_in_return(store, OPTIONS, report, NOW).effect
    assert list(READERS) == list(send(store, 2))


def move(store: MailStore, address: str = READERS[0]) -> int:
    """Let somebody have another address; return their number."""
    reader = store.subscribers.find(address)
    assert reader is not None
    store.subscribers.change_address(reader.id, "new@inbox.example", NOW)
    return reader.id


def test_what_comes_back_of_a_former_address_suppresses_that_one_alone(store: MailStore) -> None:
    token = send(store)[READERS[0]]
    move(store)

    assert "suppressed" == come_back(store, token)

    assert "new@inbox.example" in send(store, 2)
    former = store.suppressions.find(READERS[0])
    assert former is not None
    assert former.reason == "hard-bounce"
    (row,) = store.returns.list_newest()
    assert row.is_from_former_address


def test_a_row_of_letters_that_came_back_ends_with_the_address(store: MailStore) -> None:
    for day in (1, 2):
        come_back(store, send(store, day)[READERS[0]], "4.2.2")
    move(store)

    effects = [come_back(store, send(store, day)["new@inbox.example"], "4.2.2") for day in (3, 4)]

    assert ["noted", "noted"] == effects
    assert "suppressed" == come_back(store, send(store, 5)["new@inbox.example"], "4.2.2")
    assert store.suppressions.find(READERS[0]) is None


def test_a_complaint_from_a_former_address_ends_no_letter_to_the_present_one(
    store: MailStore,
) -> None:
    token = send(store)[READERS[0]]
    number = move(store)
    report = make_complaint(headers=f"Return-Path: <bounces+{token}@x.example>\n")

    assert "suppressed" == bounces.take_in_return(store, OPTIONS, report, NOW).effect

    assert 2 == len(store.subscriptions.of(number))
    assert "new@inbox.example" in send(store, 2)


def test_a_former_address_that_is_another_readers_now_is_suppressed_for_them(
    store: MailStore,
) -> None:
    """It is the mailbox that does not exist, whoever named it."""
    token = send(store)[READERS[0]]
    move(store)
    other = store.subscribers.add(READERS[0], NOW)

    assert "suppressed" == come_back(store, token)
    assert [(other.address, "hard-bounce")] == suppressed(store)


@pytest.mark.parametrize("headers", ["", "Auto-Submitted: auto-replied\n"])
def test_answers_of_people_and_machines_change_nothing(store: MailStore, headers: str) -> None:
    token = send(store)[READERS[0]]
    mail = make_mail(f"Delivered-To: bounces+{token}@x.example\n{headers}")

    assert "nothing" == bounces.take_in_return(store, OPTIONS, mail, NOW).effect
    assert () == store.returns.list_newest()


def sign(body: bytes, secret: str = OPTIONS.secret) -> str:
    return f"sha256={hmac.digest(secret.encode(), body, hashlib.sha256).hex()}"


def test_the_webhook_takes_in_what_is_signed(store: MailStore) -> None:
    token = send(store)[READERS[0]]
    report = make_report(to=f"bounces+{token}@x.example")

    taken = bounces.take_in_webhook(store, OPTIONS, report, sign(report).upper(), NOW)

    assert taken is not None
    assert "suppressed" == taken.effect


@pytest.mark.parametrize(
    "signature", ["", "sha256=", sign(b"another body"), sign(b"", "guess"), "é", "sha1=00"]
)
def test_the_webhook_knows_nothing_without_the_signature(store: MailStore, signature: str) -> None:
    token = send(store)[READERS[0]]
    report = make_report(to=f"bounces+{token}@x.example")

    assert bounces.take_in_webhook(store, OPTIONS, report, signature, NOW) is None
    assert [] == suppressed(store)


def test_the_webhook_is_shut_without_a_secret(store: MailStore) -> None:
    body = b"x"

    assert bounces.take_in_webhook(store, BounceOptions(), body, sign(body, ""), NOW) is None


def test_what_came_back_is_kept_with_its_letter(store: MailStore) -> None:
    token = send(store)[READERS[0]]

    come_back(store, token, said=f"550 5.1.1 <{READERS[0]}> unknown")

    (row,) = store.returns.list_newest()
    assert ("daily-2026-11-01", READERS[0]) == (row.issue, row.address)
    assert ("hard", "5.1.1", "550 5.1.1 <address> unknown") == (row.kind, row.status, row.words)
    assert NOW - timedelta(seconds=1) < row.at <= NOW
