"""What a reader may know, change and have forgotten, by a link that was mailed for that."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from copydesk.mail_store.deliveries import DeliveryOutcome, DeliveryState, NewSending
from copydesk.mail_store.links import ReturnPath
from copydesk.mail_store.returns import ReturnEntry
from copydesk.newsletters.readers import by_hand, consent
from copydesk.newsletters.readers.choices import leave_letter
from copydesk.newsletters.readers.manage import (
    ask_for_manage_link,
    confirm_address_change,
    erase_reader,
    forget_silent_readers,
    read_reader_data,
    request_address_change,
)
from world.readers import ANNA, ReadersDesk, find_closed, readers_desk

NEW = "anna.new@mailbox.example"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[ReadersDesk]:
    with readers_desk(tmp_path) as opened:
        yield opened


def send_issue(desk: ReadersDesk, number: int) -> int:
    """Let an issue go to somebody, and come back."""
    new = NewSending(issue="daily-2026-11-20", letter="daily", via="smtp")
    sending = desk.store.ledger.begin(new, desk.now).number
    desk.store.ledger.claim(sending, 1, 10, desk.now)
    accepted = DeliveryOutcome(
        subscriber=number, state=DeliveryState.ACCEPTED, at=desk.now, code=250, words="queued as 77"
    )
    desk.store.ledger.note(sending, [accepted])
    path = ReturnPath(sending=sending, subscriber=number)
    entry = ReturnEntry(digest=b"1", path=path, kind="soft", at=desk.now, words="full")
    assert desk.store.returns.add(entry)
    return sending


def bytes_on_disk(root: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted((root / ".copydesk").glob("mail.sqlite*")))


def test_somebody_reads_everything_that_is_kept_of_them(desk: ReadersDesk) -> None:
    send_issue(desk, desk.subscribe())

    data = read_reader_data(desk.newsroom, desk.store, desk.manage_link())

    assert ANNA == data.address
    assert ["daily"] == [kept.letter for kept in data.subscriptions]
    assert [("accepted", 250, "queued as 77")] == [
        (delivery.state, delivery.code, delivery.words) for delivery in data.deliveries
    ]
    assert [("soft", "full")] == [(entry.kind, entry.words) for entry in data.returns]
    assert ANNA not in repr(data)


def test_a_letter_that_is_queued_has_no_time(desk: ReadersDesk) -> None:
    desk.subscribe()
    new = NewSending(issue="daily-2026-11-20", letter="daily", via="smtp")
    desk.store.ledger.begin(new, desk.now)

    data = read_reader_data(desk.newsroom, desk.store, desk.manage_link())

    assert [("queued", None)] == [(kept.state, kept.at) for kept in data.deliveries]


def test_every_table_that_names_a_person_stands_in_their_data(
    desk: ReadersDesk, tmp_path: Path
) -> None:
    with closing(sqlite3.connect(tmp_path / ".copydesk" / "mail.sqlite")) as file:
        tables = {
            name
            for (name, sql) in file.execute("SELECT name, sql FROM sqlite_master WHERE sql <> ''")
            if "subscriber INTEGER" in sql or name == "subscribers"
        }

    told = {
        *("subscribers", "subscriptions", "consents", "address_changes", "outbox"),
        *("deliveries", "returns", "former_addresses"),
    }
    assert told == {name for name in tables if not name.startswith("sqlite_")}


def test_links_to_manage_are_mailed_thrice_a_day(desk: ReadersDesk) -> None:
    token = desk.link("unsubscribe", desk.subscribe(), "daily")
    waits = [ask_for_manage_link(desk.newsroom, desk.store, token) for _ in range(4)]

    assert [None, None, None, timedelta(days=1)] == waits
    assert 1 == len(desk.mails())  # the newest alone


def test_a_link_to_manage_is_over_after_two_days(desk: ReadersDesk) -> None:
    desk.subscribe()
    token = desk.manage_link()
    desk.wait(days=2)

    assert "over" == find_closed(read_reader_data, desk.newsroom, desk.store, token)
    assert "over" == find_closed(erase_reader, desk.newsroom, desk.store, token)
    assert "over" == find_closed(leave_letter, desk.newsroom, desk.store, token)
    assert "active" == desk.state()


def test_an_address_changes_once_the_new_one_says_so(desk: ReadersDesk, tmp_path: Path) -> None:
    number = desk.subscribe()
    manage = desk.manage_link()
    answer = request_address_change(desk.newsroom, desk.store, manage, NEW)
    assert "asked" == answer.outcome
    ((_, mail),) = [pair for pair in desk.mails() if pair[0].kind == "change"]
    assert mail is not None
    token = mail.text.partition("/mail/change/")[2].split()[0]
    view = consent.look_at_link(desk.newsroom, desk.store, token, "change")
    assert ("a…@m…", "a…@m…") == (view.address, view.new_address)

    assert NEW == mail.to
    assert "changed" == confirm_address_change(desk.newsroom, desk.store, token).outcome

    assert number == desk.number(NEW)
    assert (desk.now,) == by_hand.find_reader(desk.newsroom, desk.store, NEW).address_changes
    assert "over" == find_closed(confirm_address_change, desk.newsroom, desk.store, token)
    # whoever has the old mailbox manages nothing any more
    assert "over" == find_closed(erase_reader, desk.newsroom, desk.store, manage)
    assert ANNA.encode() not in bytes_on_disk(tmp_path)


@pytest.mark.parametrize(("days", "kept"), [(13, 1), (15, 0)])
def test_of_an_address_that_was_given_up_the_digest_stays_two_weeks(
    desk: ReadersDesk, days: int, kept: int
) -> None:
    desk.store.subscribers.change_address(desk.subscribe(), NEW, desk.now)
    desk.wait(days=days)

    forget_silent_readers(desk.store, desk.now)

    assert kept == len(by_hand.find_reader(desk.newsroom, desk.store, NEW).address_changes)


def test_a_change_to_the_address_of_another_reader_is_told_to_them_alone(
    desk: ReadersDesk,
) -> None:
    desk.subscribe(NEW)
    desk.subscribe()
    desk.wait(days=2)
    manage = desk.manage_link()

    answer = request_address_change(desk.newsroom, desk.store, manage, NEW)
    assert "asked" == answer.outcome

    ((_, mail),) = desk.mails()
    assert mail is not None
    token = mail.text.partition("/mail/change/")[2].split()[0]
    assert "taken" == confirm_address_change(desk.newsroom, desk.store, token).outcome
    assert "active" == desk.state(ANNA)


def test_a_later_change_closes_the_link_of_an_earlier_one(desk: ReadersDesk) -> None:
    desk.subscribe()
    manage = desk.manage_link()
    request_address_change(desk.newsroom, desk.store, manage, NEW)
    ((_, first),) = desk.mails()
    request_address_change(desk.newsroom, desk.store, manage, "x@mailbox.example")

    assert first is not None
    token = first.text.partition("/mail/change/")[2].split()[0]
    assert "over" == find_closed(confirm_address_change, desk.newsroom, desk.store, token)


@pytest.mark.parametrize(
    ("typed", "outcome"), [("anna", "no-address"), (ANNA, "same"), ("b@b.test", "no-address")]
)
def test_a_change_to_what_is_no_other_address_is_refused(
    typed: str, outcome: str, desk: ReadersDesk
) -> None:
    desk.subscribe()
    answer = request_address_change(desk.newsroom, desk.store, desk.manage_link(), typed)

    assert outcome == answer.outcome


def test_a_flood_of_changes_is_one_mail_to_an_address(desk: ReadersDesk) -> None:
    readers = [f"{name}@mailbox.example" for name in ("one", "two", "three")]
    links = [desk.manage_link(reader) for reader in readers if desk.subscribe(reader)]
    for manage in links:
        request_address_change(desk.newsroom, desk.store, manage, "victim@mailbox.example")

    assert ["victim@mailbox.example"] == [mail.to for _, mail in desk.mails() if mail]


def test_who_is_erased_leaves_a_digest_alone(desk: ReadersDesk, tmp_path: Path) -> None:
    with desk.store.at_once():
        for number in range(200):
            desk.store.subscribers.add(f"reader{number}@mailbox.example", desk.now)
    number = desk.subscribe()
    sending = send_issue(desk, number)
    manage = desk.manage_link()
    assert ANNA.encode() in bytes_on_disk(tmp_path)

    erase_reader(desk.newsroom, desk.store, manage)

    on_disk = bytes_on_disk(tmp_path)
    for words in (ANNA, "anna", "queued as 77"):
        assert words.encode() not in on_disk
    assert b"reader199@mailbox.example" in on_disk
    suppression = desk.store.suppressions.find(ANNA)
    assert suppression is not None
    assert "erased" == suppression.reason
    (entry,) = desk.store.ledger.walk(sending)
    assert ("", "", DeliveryState.ACCEPTED) == (entry.address, entry.words, entry.state)


def test_every_link_of_who_was_erased_is_over(desk: ReadersDesk) -> None:
    number = desk.subscribe()
    manage, choices = desk.manage_link(), desk.link("choices", number)
    erase_reader(desk.newsroom, desk.store, manage)

    newsroom, store = desk.newsroom, desk.store
    assert "over" == find_closed(consent.look_at_link, newsroom, store, choices, "choices")
    assert "over" == find_closed(read_reader_data, newsroom, store, manage)
    assert "again" == leave_letter(newsroom, store, choices).outcome  # they get nothing


def test_who_was_erased_may_read_again_and_is_erased_again_unless_they_confirm(
    desk: ReadersDesk, tmp_path: Path
) -> None:
    number = desk.subscribe()
    send_issue(desk, number)
    erase_reader(desk.newsroom, desk.store, desk.manage_link())
    desk.wait(days=2)

    desk.ask()
    desk.wait(days=8)
    forget_silent_readers(desk.store, desk.now)
    assert "erased" == desk.state()
    desk.ask()
    assert "confirmed" == desk.confirm(desk.take_token()).outcome

    assert (number, "active") == (desk.number(), desk.state())
    assert desk.store.suppressions.find(ANNA) is None


def test_what_somebody_at_work_keeps_is_overwritten_later(
    desk: ReadersDesk, tmp_path: Path
) -> None:
    desk.subscribe()
    manage = desk.manage_link()
    desk.store._database.run("PRAGMA busy_timeout = 1")
    with closing(sqlite3.connect(tmp_path / ".copydesk" / "mail.sqlite")) as other:
        other.execute("BEGIN")
        other.execute("SELECT count(*) FROM subscribers").fetchall()  # a walk of readers goes on
        erase_reader(desk.newsroom, desk.store, manage)
        assert ANNA.encode() in bytes_on_disk(tmp_path)

    forget_silent_readers(desk.store, desk.now)
    assert ANNA.encode() not in bytes_on_disk(tmp_path)


def test_of_a_sign_up_that_nobody_confirmed_no_byte_is_left(
    desk: ReadersDesk, tmp_path: Path
) -> None:
    desk.ask()
    assert ANNA.encode() in bytes_on_disk(tmp_path)
    desk.wait(days=8)

    assert 1 == forget_silent_readers(desk.store, desk.now)

    assert ANNA.encode() not in bytes_on_disk(tmp_path)


def test_of_a_new_address_that_nobody_confirmed_no_byte_is_left(
    desk: ReadersDesk, tmp_path: Path
) -> None:
    desk.store.subscribers.propose_address(desk.subscribe(), NEW, desk.now)
    assert NEW.encode() in bytes_on_disk(tmp_path)
    desk.wait(days=8)

    forget_silent_readers(desk.store, desk.now)

    assert NEW.encode() not in bytes_on_disk(tmp_path)


@pytest.mark.parametrize("had_letters", [False, True])
def test_the_address_of_who_was_erased_is_free_for_its_owner(
    desk: ReadersDesk, had_letters: bool
) -> None:
    number, old = desk.subscribe(), "old@mailbox.example"
    desk.subscribe(old)
    if had_letters:
        new = NewSending(issue="daily-2026-11-20", letter="daily", via="smtp")
        desk.store.ledger.begin(new, desk.now)
    by_hand.erase_by_address(desk.newsroom, desk.store, old)
    desk.wait(hours=25)
    request_address_change(desk.newsroom, desk.store, desk.manage_link(), old)

    answer = confirm_address_change(desk.newsroom, desk.store, desk.take_token())

    assert "changed" == answer.outcome
    assert number == desk.number(old)
