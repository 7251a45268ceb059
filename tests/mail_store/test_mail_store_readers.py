"""Who is kept how: addresses whatever their case, what is forgotten, what is sent to nobody."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from copydesk.errors import UsageError
from copydesk.mail_store import MailStore, OutboxMail
from copydesk.mail_store.deliveries import DeliveryOutcome, DeliveryState, Intent, NewSending
from copydesk.mail_store.links import ReturnPath
from copydesk.mail_store.returns import ReturnEntry
from copydesk.mail_store.subscriptions import Consent, Subscription

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
DAY = timedelta(days=1)
ANNA = "anna@mailbox.example"


def read(store: MailStore, address: str = ANNA, *topics: str, letter: str = "daily") -> int:
    """Let somebody read a letter."""
    number = store.subscribers.add(address, NOON).id
    store.subscribers.set_state(number, "active")
    store.subscriptions.put(
        Subscription(subscriber=number, letter=letter, since=NOON, topics=topics)
    )
    return number


def begin(store: MailStore, *topics: str, at: datetime = NOON, issue: str = "daily-1") -> int:
    new = NewSending(issue=issue, letter="daily", via="smtp", topics=topics)
    return store.ledger.begin(new, at).number


def claim(store: MailStore, sending: int, most: int = 10, at: datetime = NOON) -> list[int]:
    return [intent.subscriber for intent in store.ledger.claim(sending, 1, most, at)]


def outcome(number: int, state: DeliveryState, at: datetime = NOON) -> DeliveryOutcome:
    return DeliveryOutcome(
        subscriber=number, state=state, at=at, domain="mailbox.example", words="so"
    )


def test_an_address_is_kept_once_whatever_its_case(store: MailStore) -> None:
    first = store.subscribers.add("Anna@mailbox.example", NOON)

    assert first == store.subscribers.add("ANNA@MAILBOX.example", NOON + DAY)
    assert first == store.subscribers.find("anna@mailbox.example")


@pytest.mark.parametrize(
    "spelling",
    [
        "\uff21nna@mailbox.example",  # a full-width A
        "ann\uff41@mailbox.example",
        "anna@mailbox\uff0eexample",  # a full-width full stop
        "\U0001d41anna@mailbox.example",  # a mathematical bold a
    ],
)
def test_a_mailbox_is_kept_once_however_it_is_spelled(store: MailStore, spelling: str) -> None:
    first = store.subscribers.add("anna@mailbox.example", NOON)
    store.suppressions.add(spelling, "by-hand", NOON)

    assert first == store.subscribers.add(spelling, NOON + DAY)
    assert first == store.subscribers.find(spelling)
    assert "anna@mailbox.example" == first.address
    assert store.suppressions.find("ANNA@mailbox.example") is not None


def test_a_name_is_folded_as_unicode_does_and_a_domain_is_not(store: MailStore) -> None:
    first = store.subscribers.add("stra\u00dfe@mailbox.example", NOON)

    assert first == store.subscribers.find("STRASSE@mailbox.example")
    assert store.subscribers.find("stra\u00dfe@ma\u00dfe.example") is None
    other = store.subscribers.add("a@stra\u00dfe.example", NOON)
    assert other != store.subscribers.add("a@strasse.example", NOON)


def test_an_address_of_another_reader_cannot_be_taken(store: MailStore) -> None:
    first = store.subscribers.add(ANNA, NOON)
    store.subscribers.add("b@mailbox.example", NOON)

    with pytest.raises(UsageError, match="another subscriber has"):
        store.subscribers.change_address(first.id, "B@mailbox.example", NOON)
    store.subscribers.change_address(first.id, "ANNA@mailbox.example", NOON)
    assert store.subscribers.find(ANNA) is not None


def test_readers_are_walked_all_or_of_one_state(store: MailStore) -> None:
    with store.at_once():
        numbers = [store.subscribers.add(f"r{n}@x.example", NOON).id for n in range(1005)]
        for number in numbers[:3]:
            store.subscribers.set_state(number, "left")

    assert numbers == [reader.id for reader in store.subscribers.walk()]
    assert numbers[:3] == [reader.id for reader in store.subscribers.walk("left")]
    assert {"left": 3, "waiting": 1002} == store.subscribers.count()


def test_who_waits_too_long_is_forgotten_with_all_that_is_theirs(store: MailStore) -> None:
    waits, reads = store.subscribers.add(ANNA, NOON), read(store, "b@x.example")
    store.outbox.put(OutboxMail(kind="confirm", subscriber=waits.id, made=NOON))

    assert 1 == store.subscribers.forget_waiting(NOON + DAY)

    assert store.subscribers.get(waits.id) is None
    assert store.subscribers.get(reads) is not None
    assert 0 == store.outbox.count()


def test_the_digest_of_who_was_erased_survives_that_they_ask_again(store: MailStore) -> None:
    number = read(store)
    sending = begin(store)
    claim(store, sending)
    store.subscribers.erase(number)
    store.subscribers.add(ANNA, NOON)

    store.subscribers.forget_waiting(NOON + DAY)

    again = store.subscribers.find(ANNA)
    assert again is not None
    assert (number, "erased", "") == (again.id, again.state, again.address)


def test_proposed_addresses_are_forgotten(store: MailStore) -> None:
    number = read(store)
    store.subscribers.propose_address(number, "new@x.example", NOON)
    store.subscribers.forget_proposals(NOON)
    assert "new@x.example" == store.subscribers.find_proposed_address(number)

    store.subscribers.forget_proposals(NOON + DAY)
    assert "" == store.subscribers.find_proposed_address(number)


def test_what_is_deleted_leaves_no_byte(store: MailStore, tmp_path: Path) -> None:
    with store.at_once():
        numbers = [read(store, f"reader-{n}@mailbox.example") for n in range(400)]
    with store.at_once():
        for number in numbers[::3]:
            store.subscribers.forget(number)
        for number in numbers[1::3]:
            store.subscribers.change_address(number, f"{number}@other.example", NOON)

    assert store.scrub("reader-0@mailbox.example")

    on_disk = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    left = [n for n in range(400) if f"reader-{n}@mailbox.example".encode() in on_disk]
    assert [n for n in range(400) if n % 3 == 2] == left


def test_a_suppression_keeps_its_first_reason_and_survives_its_reader(store: MailStore) -> None:
    number = read(store)
    store.suppressions.add(ANNA, "complaint", NOON)
    store.suppressions.add(ANNA.upper(), "erased", NOON)
    store.subscribers.erase(number)

    ((kept, address),) = store.suppressions.walk()
    assert ("complaint", "") == (kept.reason, address)
    assert store.suppressions.lift(ANNA)
    assert not store.suppressions.lift(ANNA)


@pytest.mark.parametrize(
    ("state", "until", "gets"),
    [
        ("active", None, True),
        ("waiting", None, False),
        ("left", None, False),
        ("paused", None, False),
        ("paused", NOON + DAY, False),
        ("paused", NOON, True),
        ("erased", None, False),
    ],
)
def test_an_issue_is_queued_to_who_reads_now(
    state: str, until: datetime | None, gets: bool, store: MailStore
) -> None:
    number = read(store)
    if state == "erased":
        store.subscribers.erase(number)
    else:
        store.subscribers.set_state(number, state, until)  # type: ignore[arg-type]

    assert ([number] if gets else []) == claim(store, begin(store))


@pytest.mark.parametrize(
    ("chosen", "told", "gets"),
    [
        ((), (), True),
        ((), ("Coast",), True),
        (("Coast",), ("Coast", "Sea"), True),
        (("Coast",), ("Sea",), False),
        (("Coast",), (), False),
    ],
)
def test_an_issue_is_queued_by_topics(
    chosen: tuple[str, ...], told: tuple[str, ...], gets: bool, store: MailStore
) -> None:
    number = read(store, ANNA, *chosen)

    assert ([number] if gets else []) == claim(store, begin(store, *told))


def test_who_is_suppressed_after_it_was_queued_is_skipped(store: MailStore) -> None:
    number, other = read(store), read(store, "b@x.example")
    sending = begin(store)
    store.suppressions.add(ANNA, "complaint", NOON)

    assert [other] == claim(store, sending)
    states = {entry.subscriber: entry.state for entry in store.ledger.walk(sending)}
    assert {number: DeliveryState.SKIPPED, other: DeliveryState.INTENDED} == states


def test_an_issue_is_queued_once_whoever_comes_later(store: MailStore) -> None:
    read(store)
    sending = begin(store)
    read(store, "late@x.example")

    assert sending == begin(store)
    assert 1 == len(claim(store, sending))


def test_what_waits_is_claimed_again_when_it_is_due(store: MailStore) -> None:
    number = read(store)
    sending = begin(store)
    claim(store, sending)
    store.ledger.note(sending, [outcome(number, DeliveryState.WAITING, NOON + DAY)])

    assert [] == claim(store, sending)
    assert NOON + DAY == store.ledger.find_next_due(sending)
    (intent,) = store.ledger.claim(sending, 1, 10, NOON + DAY)
    assert (
        Intent(subscriber=number, address=ANNA, domain="mailbox.example", language="", attempts=1)
        == intent
    )


@pytest.mark.parametrize(("again", "uncertain"), [(False, 1), (True, 0)])
def test_of_a_kill_the_first_intent_alone_is_uncertain(
    again: bool, uncertain: int, store: MailStore
) -> None:
    numbers = [read(store, f"r{n}@x.example") for n in range(4)]
    sending = begin(store)
    claimed = claim(store, sending, 3)
    store.ledger.note(sending, [outcome(claimed[0], DeliveryState.ACCEPTED)])

    assert uncertain == store.ledger.recover(sending, NOON, again=again)

    assert 4 - 1 - uncertain == len(claim(store, sending, 10))
    assert sorted(numbers) == sorted(entry.subscriber for entry in store.ledger.walk(sending))


def test_accepted_letters_are_counted_by_day_and_domain(store: MailStore) -> None:
    numbers = [read(store, f"r{n}@x.example") for n in range(3)]
    sending = begin(store)
    claim(store, sending)
    store.ledger.note(sending, [outcome(n, DeliveryState.ACCEPTED) for n in numbers[:2]])
    store.ledger.note(sending, [outcome(numbers[2], DeliveryState.REFUSED)])

    assert {"2026-11-20": 2} == store.ledger.count_days("mailbox.example")
    assert {DeliveryState.ACCEPTED: 2, DeliveryState.REFUSED: 1} == store.ledger.count(sending)


def test_of_mails_to_one_person_the_newest_of_a_kind_stays(store: MailStore) -> None:
    number = read(store)
    for words in ("first", "second"):
        store.outbox.put(OutboxMail(kind="confirm", subscriber=number, made=NOON, extra=words))
    store.outbox.put(OutboxMail(kind="manage", subscriber=number, made=NOON))

    assert ["second", ""] == [mail.extra for mail in store.outbox.list_due(NOON)]
    assert ("confirm", "manage") == store.outbox.list_kinds(number)


def test_a_mail_that_failed_waits(store: MailStore) -> None:
    store.outbox.put(OutboxMail(kind="manage", subscriber=read(store), made=NOON))
    (mail,) = store.outbox.list_due(NOON)
    store.outbox.postpone(mail, NOON + DAY)

    assert () == store.outbox.list_due(NOON)
    (again,) = store.outbox.list_due(NOON + DAY)
    assert (1, mail.number) == (again.attempts, again.number)
    store.outbox.end(again)
    assert 0 == store.outbox.count()


def test_a_return_is_kept_once_and_only_of_a_letter_that_was_sent(store: MailStore) -> None:
    number = read(store)
    sending = begin(store)
    entry = ReturnEntry(
        digest=b"1", path=ReturnPath(sending=sending, subscriber=number), kind="soft", at=NOON
    )
    stranger = ReturnEntry(
        digest=b"2", path=ReturnPath(sending=sending, subscriber=99), kind="hard", at=NOON
    )

    assert [True, False, False] == [store.returns.add(e) for e in (entry, entry, stranger)]
    assert [("soft", ANNA)] == [(kept.kind, kept.address) for kept in store.returns.of(number)]


def send(store: MailStore, issue: str, at: datetime = NOON) -> ReturnPath:
    """Send an issue to the one reader; return the path of their letter."""
    sending = begin(store, at=at, issue=issue)
    (number,) = claim(store, sending, at=at)
    store.ledger.note(sending, [outcome(number, DeliveryState.ACCEPTED, at)])
    return ReturnPath(sending=sending, subscriber=number)


def test_a_letter_is_known_by_the_address_that_it_went_to(store: MailStore) -> None:
    number = read(store)
    old = send(store, "daily-1")
    store.subscribers.change_address(number, "new@mailbox.example", NOON)
    new = send(store, "daily-2")
    to_old, to_new = store.returns.find_letter(old), store.returns.find_letter(new)

    assert to_old is not None
    assert to_new is not None
    assert (store.subscribers.key_of(ANNA), False) == (to_old.key, to_old.is_to_present_address)
    new_key = store.subscribers.key_of("new@mailbox.example")
    assert (new_key, True) == (to_new.key, to_new.is_to_present_address)


def test_an_address_that_somebody_came_back_to_is_their_present_one(store: MailStore) -> None:
    number = read(store)
    path = send(store, "daily-1")
    for address in ("new@mailbox.example", ANNA):
        store.subscribers.change_address(number, address, NOON)

    letter = store.returns.find_letter(path)

    assert letter is not None
    assert letter.is_to_present_address


def test_another_case_is_the_same_address(store: MailStore) -> None:
    number = read(store)
    path = send(store, "daily-1")
    store.subscribers.change_address(number, ANNA.upper(), NOON)

    letter = store.returns.find_letter(path)

    assert letter is not None
    assert letter.is_to_present_address


def test_a_letter_that_was_not_tried_went_to_no_address(store: MailStore) -> None:
    number, sending = read(store), begin(store)

    letter = store.returns.find_letter(ReturnPath(sending=sending, subscriber=number))

    assert letter is not None
    assert letter.key is None
    assert store.returns.find_letter(ReturnPath(sending=sending, subscriber=99)) is None


@pytest.mark.parametrize("how", ["time", "erasure"])
def test_the_digest_of_a_former_address_is_forgotten(how: str, store: MailStore) -> None:
    number = read(store)
    path = send(store, "daily-1")
    store.subscribers.change_address(number, "new@mailbox.example", NOON)

    store.subscribers.forget_former_addresses(NOON)
    kept = store.returns.find_letter(path)
    if how == "time":
        store.subscribers.forget_former_addresses(NOON + DAY)
    else:
        store.subscribers.erase(number)
    left = store.returns.find_letter(path)

    assert kept is not None
    assert kept.key == store.subscribers.key_of(ANNA)
    assert left is not None
    assert left.key is None


def test_letters_that_came_back_are_counted_by_address_and_if_they_are_proved(
    store: MailStore,
) -> None:
    number = read(store)
    paths = [send(store, f"daily-{turn}") for turn in (1, 2)]
    store.subscribers.change_address(number, "new@mailbox.example", NOON)
    paths += [send(store, f"daily-{turn}") for turn in (3, 4)]
    for path in paths:
        entry = ReturnEntry(digest=bytes([path.sending]), path=path, kind="soft", at=NOON)
        store.returns.add(replace(entry, is_proved=path.sending != 4))

    assert (2, 0) == tuple(store.returns.count_soft_in_row(paths[n]) for n in (1, 3))
    assert [{"soft": 1}, {"unproved": 1}] == [store.returns.count(n) for n in (3, 4)]
    former = {
        entry.path.sending: entry.is_from_former_address for entry in store.returns.of(number)
    }
    assert {1: True, 2: True, 3: False, 4: False} == former


def test_consents_stay_when_a_letter_ends(store: MailStore) -> None:
    number = read(store)
    store.consents.add(Consent(subscriber=number, letter="daily", at=NOON, how="form", proof="x"))
    store.subscriptions.end_all(number)

    assert ["x"] == [consent.proof for consent in store.consents.of(number)]


def test_views_are_sums_of_days(store: MailStore) -> None:
    store.views.add({"daily-1": 2}, NOON.date())
    store.views.add({"daily-1": 3, "daily-2": 1}, NOON.date())

    assert (5, 1, 0) == tuple(store.views.of(f"daily-{n}") for n in (1, 2, 3))


def test_what_a_run_takes_back_is_its_own_refusals_alone(store: MailStore) -> None:
    addresses = [f"r{number}@mailbox.example" for number in range(4)]
    store.suppressions.add(addresses[0], "hard-bounce", NOON, "5.1.1")
    for address in addresses:
        store.suppressions.add(address, "hard-bounce", NOON + DAY, "5.1.1", sending=7)
    store.suppressions.add(addresses[1], "complaint", NOON + DAY)  # said while the run goes on
    store.suppressions.add(addresses[2], "hard-bounce", NOON + DAY, "5.1.1", sending=8)

    assert 2 == store.suppressions.take_back(7)

    kept = {address: store.suppressions.find(address) for address in addresses}
    assert ["hard-bounce", "complaint", None, None] == [
        found and found.reason for found in kept.values()
    ]
    first = kept[addresses[0]]
    assert first is not None
    assert NOON == first.since
    store.suppressions.add(addresses[3], "hard-bounce", NOON + DAY, sending=8)
    store.suppressions.keep(8)
    assert 0 == store.suppressions.take_back(8)


def test_forms_of_networks_are_kept_for_a_week_and_the_newest_alone(store: MailStore) -> None:
    forms = store.network_forms
    forms.note([b"first", b"second"], NOON)
    forms.note([b"first"], NOON + timedelta(days=6))
    assert [NOON + timedelta(days=6), NOON] == forms.list_times(b"first", NOON + timedelta(days=6))

    forms.forget(NOON + timedelta(days=7))
    assert [] == forms.list_times(b"second", NOON)
    assert 1 == len(forms.list_times(b"first", NOON))

    forms.note((b"%d" % number for number in range(50_000)), NOON)
    assert [] == forms.list_times(b"first", NOON)
    assert [NOON] == forms.list_times(b"0", NOON)
