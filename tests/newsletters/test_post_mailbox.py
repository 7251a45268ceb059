"""The box that letters come back to, read over TLS."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from copydesk.errors import MailError, MailStoreError
from copydesk.news.options import BounceOptions
from copydesk.newsletters.bounce_mails import MOST_BYTES, MailboxLook, read_mailbox
from world.imap import PASSWORD, USER, ImapBox, ImapFault, imap_server
from world.machine import PATIENCE_SECONDS
from world.returned import make_report
from world.tls import Authority

OPTIONS = BounceOptions(imap_host="localhost", imap_user=USER, password=PASSWORD)


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Authority:
    authority = Authority(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
    return authority


@contextmanager
def serve(authority: Authority, box: ImapBox) -> Iterator[BounceOptions]:
    with imap_server(authority, box) as port:
        yield replace(OPTIONS, imap_port=port)


def make_box(count: int = 3, fault: ImapFault = "") -> ImapBox:
    return ImapBox({number: b"%d\r\n" % number for number in range(1, count + 1)}, fault=fault)


def test_each_unseen_message_is_taken_in_and_then_marked_as_seen(authority: Authority) -> None:
    box = make_box()
    box.seen.add(2)
    taken: list[bytes] = []

    with serve(authority, box) as options:
        look = read_mailbox(options, taken.append)
        again = read_mailbox(options, taken.append)

    assert [b"1\r\n", b"3\r\n"] == taken
    assert (MailboxLook(taken=2, is_more=False), {1, 2, 3}) == (look, box.seen)
    assert 0 == again.taken
    assert not [words for words in box.asked if "Deleted" in words or "EXPUNGE" in words]


def test_who_is_cut_off_while_taking_in_finds_the_message_again(authority: Authority) -> None:
    box, taken = make_box(), list[bytes]()

    def fall_over(message: bytes) -> None:
        taken.append(message)
        if message == b"2\r\n":
            raise MailStoreError("the disk is full")

    with serve(authority, box) as options, pytest.raises(MailStoreError):
        read_mailbox(options, fall_over)

    assert {1} == box.seen
    with serve(authority, box) as options:
        read_mailbox(options, taken.append)
    assert [b"1\r\n", b"2\r\n", b"2\r\n", b"3\r\n"] == taken


def test_of_a_large_message_the_beginning_is_asked_for(authority: Authority) -> None:
    box = ImapBox({1: make_report() + b"x" * 2_000_000})
    taken: list[bytes] = []

    with serve(authority, box) as options:
        read_mailbox(options, taken.append)

    assert [MOST_BYTES] == [len(message) for message in taken]


@pytest.mark.slow
def test_a_box_with_many_messages_is_read_in_several_looks(authority: Authority) -> None:
    box, taken = make_box(501), list[bytes]()

    with serve(authority, box) as options:
        first = read_mailbox(options, taken.append)
        second = read_mailbox(options, taken.append)

    assert [(500, True), (1, False)] == [(look.taken, look.is_more) for look in (first, second)]
    assert 501 == len(set(taken))


@pytest.mark.parametrize("fault", ["two-answers", "gone"])
def test_what_else_a_server_says_is_passed_over(authority: Authority, fault: ImapFault) -> None:
    box, taken = make_box(1, fault), list[bytes]()

    with serve(authority, box) as options:
        read_mailbox(options, taken.append)

    assert ([b""] if fault == "gone" else [b"1\r\n"]) == taken
    assert {1} == box.seen


@pytest.mark.parametrize(
    "fault",
    [
        *("bad-literal", "huge-literal", "closes", "silent", "garbage", "refuses-fetch"),
        *("refuses-store", "numbers-are-words"),
    ],
)
def test_a_server_that_misbehaves_is_an_error_and_nothing_is_marked(
    authority: Authority, fault: ImapFault
) -> None:
    box = make_box(2, fault)

    with (
        serve(authority, box) as options,
        pytest.raises(MailError, match="the bounce mailbox"),
    ):
        read_mailbox(options, lambda _: None, silence_seconds=3)

    assert [] != [words for words in box.asked if "SEARCH" in words]
    assert set() == box.seen


def test_a_look_ends_in_its_time(authority: Authority) -> None:
    box = make_box(1, "silent")

    with serve(authority, box) as options, pytest.raises(MailError):
        read_mailbox(options, lambda _: None, silence_seconds=90, look_seconds=3)

    assert [] != [words for words in box.asked if "FETCH" in words]


def test_a_look_ends_soon_when_whoever_looks_is_stopped(authority: Authority) -> None:
    box = make_box(1, "silent")

    def is_over() -> bool:
        return any("FETCH" in words for words in box.asked)

    began = time.monotonic()
    with serve(authority, box) as options, pytest.raises(MailError):
        read_mailbox(
            options, lambda _: None, silence_seconds=10 * PATIENCE_SECONDS, is_over=is_over
        )

    assert time.monotonic() - began < PATIENCE_SECONDS
    assert set() == box.seen


def test_who_is_not_let_in_is_told_and_no_secret_with_it(authority: Authority) -> None:
    with serve(authority, make_box()) as options, pytest.raises(MailError) as caught:
        read_mailbox(replace(options, password="wrong-word"), lambda _: None)

    said = f"{caught.value} {caught.value.hint} {caught.value.__cause__}"
    assert "COPYDESK_IMAP_PASSWORD" in said
    assert "wrong-word" not in said


def test_a_password_that_imap_cannot_say_is_refused(authority: Authority) -> None:
    with serve(authority, make_box()) as options, pytest.raises(MailError, match="not ASCII") as it:
        read_mailbox(replace(options, password="wört"), lambda _: None)

    assert "wört" not in f"{it.value} {it.value.__cause__}"


def test_a_folder_that_is_not_there_is_told(authority: Authority) -> None:
    options = replace(OPTIONS, imap_folder='No "such"')
    with (
        imap_server(authority, make_box()) as port,
        pytest.raises(MailError, match=re.escape('no such folder: No "such"')),
    ):
        read_mailbox(replace(options, imap_port=port), lambda _: None)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_a_server_that_proves_nothing_learns_no_password(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, host: str
) -> None:
    """One has a certificate for another name, the other is signed by nobody who is trusted."""
    authority, box = Authority(tmp_path), make_box()
    if host == "127.0.0.1":
        monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))

    with (
        serve(authority, box) as options,
        pytest.raises(MailError, match="has an invalid certificate"),
    ):
        read_mailbox(replace(options, imap_host=host), lambda _: None)

    assert [] == box.asked


def test_a_server_that_is_not_there_is_an_error(authority: Authority) -> None:
    with serve(authority, make_box()) as options:
        pass

    with pytest.raises(MailError, match=r"could not read the bounce mailbox: localhost:\d+"):
        read_mailbox(options, lambda _: None)
