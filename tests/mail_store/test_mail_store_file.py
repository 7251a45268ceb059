"""The readers' file is private, on the disk when somebody is answered, and never made anew."""

from __future__ import annotations

import hmac
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from copydesk.errors import MailStoreError, UsageError
from copydesk.mail_store import VERSION, MailStore, OutboxMail, has_mail, open_mail
from copydesk.mail_store.deliveries import DeliveryState, NewSending
from copydesk.mail_store.links import ReaderLink, ReturnPath
from copydesk.mail_store.subscriptions import Consent, Subscription
from world.old_mail import LEAVE_TOKEN, OLD_READERS, put_first_version

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
ANNA = "anna@mailbox.example"
FIRST_LETTER = ReturnPath(sending=1, subscriber=1)
# what every part of the store does first
WORK: dict[str, Callable[[MailStore], object]] = {
    "subscribers": lambda store: store.subscribers.add(ANNA, NOON),
    "subscriptions": lambda store: store.subscriptions.of(1),
    "consents": lambda store: list(store.consents.of(1)),
    "suppressions": lambda store: store.suppressions.find(ANNA),
    "links": lambda store: store.links.sign(ReaderLink(purpose="confirm", subscriber=1, made=NOON)),
    "renames": lambda store: store.renames.find("daily"),
    "limits": lambda store: store.limits.admit({"who": 1}, NOON),
    "network_forms": lambda store: store.network_forms.note([b"network"], NOON),
    "outbox": lambda store: store.outbox.put(OutboxMail(kind="confirm", subscriber=1, made=NOON)),
    "ledger": lambda store: store.ledger.begin(
        NewSending(issue="daily-2026-11-20", letter="daily", via="smtp"), NOON
    ),
    "returns": lambda store: store.returns.list_newest(),
    "views": lambda store: store.views.of("daily-2026-11-20"),
    "facts": lambda store: store.facts.get("word"),
}


def file_of(folder: Path) -> Path:
    return folder / "mail.sqlite"


def test_nobody_else_can_read_it(tmp_path: Path, store: MailStore) -> None:
    store.subscribers.add(ANNA, NOON)

    modes = {path.name: path.stat().st_mode & 0o777 for path in tmp_path.iterdir()}
    assert {"mail.sqlite": 0o600, "mail.sqlite-wal": 0o600, "mail.sqlite-shm": 0o600} == modes


def test_there_is_none_until_it_is_opened(tmp_path: Path) -> None:
    assert not has_mail(tmp_path)
    open_mail(tmp_path).close()
    assert has_mail(tmp_path)


def test_what_is_kept_survives_a_kill(tmp_path: Path) -> None:
    code = f"""
import os
from pathlib import Path
from datetime import datetime, UTC
from copydesk.mail_store import open_mail
open_mail(Path({str(tmp_path)!r})).subscribers.add({ANNA!r}, datetime(2026, 11, 20, tzinfo=UTC))
os._exit(0)
"""
    subprocess.run([sys.executable, "-c", code], check=True)

    with closing(open_mail(tmp_path)) as store:
        assert store.subscribers.find(ANNA) is not None


def test_a_newer_version_is_left_as_it_is(tmp_path: Path, store: MailStore) -> None:
    store.close()
    with closing(sqlite3.connect(file_of(tmp_path))) as file:
        file.execute(f"PRAGMA user_version = {VERSION + 1}")
    before = file_of(tmp_path).read_bytes()

    with pytest.raises(MailStoreError, match="a newer copydesk wrote") as caught:
        open_mail(tmp_path)

    assert "install the newer copydesk" in caught.value.hint
    assert before == file_of(tmp_path).read_bytes()


def test_a_file_of_the_first_version_is_brought_along(tmp_path: Path) -> None:
    put_first_version(tmp_path)

    with closing(open_mail(tmp_path)) as store:
        link, letter = store.links.read(LEAVE_TOKEN), store.returns.find_letter(FIRST_LETTER)
        readers = tuple(subscriber.address for subscriber in store.subscribers.walk())
        assert OLD_READERS == readers
        assert [DeliveryState.ACCEPTED] * 2 == [line.state for line in store.ledger.walk(1)]
        assert [True] == [entry.is_proved for entry in store.returns.list_newest()]
        assert ["daily"] == [kept.letter for kept in store.subscriptions.of(1)]
        assert link is not None
        assert link.purpose == "unsubscribe"
        # where it went was not kept then
        assert letter is not None
        assert letter.key is None
    with closing(sqlite3.connect(file_of(tmp_path))) as file:
        assert [(VERSION,)] == file.execute("PRAGMA user_version").fetchall()


def test_readers_of_an_earlier_version_are_found_however_they_are_spelled(tmp_path: Path) -> None:
    put_first_version(tmp_path)
    wide = ("\uff21nn@inbox.example", "\uff23ara@inbox.example")  # the first has a twin: ann@…
    with closing(sqlite3.connect(file_of(tmp_path), isolation_level=None)) as file:
        ((secret,),) = file.execute("SELECT value FROM facts WHERE name = 'address key'")
        for address in wide:
            key = hmac.digest(bytes.fromhex(secret), address.lower().encode(), "sha256")
            file.execute(
                "INSERT INTO subscribers (key, address, domain, state, language, made, "
                "paused_until) VALUES (?, ?, 'inbox.example', 'active', '', ?, '')",
                (key, address, "2026-11-27T08:00:00Z"),
            )
            file.execute(
                "INSERT INTO suppressions VALUES (?, 'by-hand', '2026-11-27T08:00:00Z', '')", (key,)
            )

    with closing(open_mail(tmp_path)) as store:
        numbers = {subscriber.address: subscriber.id for subscriber in store.subscribers.walk()}

        def find(address: str) -> int:
            subscriber = store.subscribers.find(address)
            return subscriber.id if subscriber else 0

        assert numbers[wide[1]] == find("cara@inbox.example") == find(wide[1])
        assert store.suppressions.find("cara@inbox.example") is not None
        # two readers of one mailbox stay two, and are listed
        assert (numbers["ann@inbox.example"], numbers[wide[0]]) == (
            find("ann@inbox.example"),
            find(wide[0]),
        )
        assert store.suppressions.find("ann@inbox.example") is None
        assert store.suppressions.find(wide[0]) is not None
        assert ((numbers["ann@inbox.example"], numbers[wide[0]]),) == (
            store.subscribers.list_same_mailboxes()
        )


def test_a_damaged_file_is_refused_and_restore_is_told(tmp_path: Path) -> None:
    file_of(tmp_path).write_bytes(b"no database " * 1000)
    before = file_of(tmp_path).read_bytes()

    with pytest.raises(MailStoreError, match="is damaged") as caught:
        open_mail(tmp_path)

    assert "copydesk restore" in caught.value.hint
    assert before == file_of(tmp_path).read_bytes()


@pytest.mark.parametrize("part", WORK)
def test_damage_that_shows_at_work_is_told_by_every_part(part: str, tmp_path: Path) -> None:
    with closing(open_mail(tmp_path)) as store:
        store.subscribers.add(ANNA, NOON)
    body = bytearray(file_of(tmp_path).read_bytes())
    body[200:] = b"\xff" * (len(body) - 200)
    file_of(tmp_path).write_bytes(body)

    with pytest.raises(MailStoreError, match="is damaged"), closing(open_mail(tmp_path)) as again:
        WORK[part](again)

    assert file_of(tmp_path).stat().st_size == len(body)


@pytest.mark.parametrize("part", ["subscribers", "links", "limits", "outbox", "ledger"])
def test_a_file_that_another_process_keeps_is_told(
    part: str, tmp_path: Path, store: MailStore
) -> None:
    store.subscribers.add(ANNA, NOON)
    store._database.run("PRAGMA busy_timeout = 1")
    with closing(sqlite3.connect(file_of(tmp_path), isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(MailStoreError, match="in use by another process") as caught:
            WORK[part](store)
        other.execute("ROLLBACK")
    assert "try again" in caught.value.hint

    WORK[part](store)


def fill(store: MailStore) -> None:
    with store.at_once():
        for number in range(500):
            store.subscribers.add(f"reader{number}@mailbox.example", NOON)


def test_a_full_disk_is_told_and_what_was_answered_stays(store: MailStore) -> None:
    store.subscribers.add(ANNA, NOON)
    ((pages,),) = store._database.run("PRAGMA page_count")
    store._database.run(f"PRAGMA max_page_count = {pages}")

    with pytest.raises(MailStoreError, match="the disk is full") as caught:
        fill(store)

    assert "free disk space" in caught.value.hint
    assert {"waiting": 1} == store.subscribers.count()


def test_no_error_has_an_address(tmp_path: Path) -> None:
    with closing(open_mail(tmp_path)) as store:
        first = store.subscribers.add(ANNA, NOON)
        store.subscribers.add("b@mailbox.example", NOON)
        with pytest.raises(UsageError) as caught:
            store.subscribers.change_address(first.id, "b@mailbox.example", NOON)
        assert "mailbox.example" not in repr(caught.value)
        assert ANNA not in repr(first)


def test_rows_of_a_reader_need_that_reader(store: MailStore) -> None:
    with pytest.raises(MailStoreError):
        store.subscriptions.put(Subscription(subscriber=7, letter="daily", since=NOON))
    with pytest.raises(MailStoreError):
        store.consents.add(Consent(subscriber=7, letter="daily", at=NOON, how="form"))


def test_who_is_patient_for_no_time_is_told_that_another_writes(
    tmp_path: Path, store: MailStore
) -> None:
    with closing(open_mail(tmp_path)) as other:
        other.be_patient(0)
        with store.at_once(), pytest.raises(MailStoreError, match="in use by another process"):
            other.limits.admit({"who": 1}, NOON)


def test_looking_for_deleted_words_lets_go_of_no_lock(tmp_path: Path) -> None:
    with closing(open_mail(tmp_path)) as kept, closing(open_mail(tmp_path)) as other:
        number = other.subscribers.add("gone@reader.example", NOON).id
        other.subscribers.erase(number)
        assert other.scrub("gone@reader.example")
        other.close()

        script = "import sys, pathlib; from copydesk.mail_store import open_mail as o;"
        script += "o(pathlib.Path(sys.argv[1])).close()"
        subprocess.run([sys.executable, "-c", script, str(tmp_path)], check=True)

        assert kept.subscribers.add("new@reader.example", NOON).id
        with closing(open_mail(tmp_path)) as third:
            assert third.subscribers.find("new@reader.example")
