"""Links and return paths: what was signed here is read, and nothing else ever is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copydesk.errors import UsageError
from copydesk.mail_store import MailStore, open_mail
from copydesk.mail_store.links import LinkPurpose, ReaderLink, ReturnPath
from world.old_mail import SHARED_TOKEN, put_first_version

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
NUMBERS = st.integers(min_value=0, max_value=2**32 - 1)
LINKS = st.builds(
    ReaderLink,
    purpose=st.sampled_from(get_args(LinkPurpose)),
    subscriber=NUMBERS,
    made=NUMBERS.map(lambda seconds: datetime.fromtimestamp(seconds, UTC)),
    letter=st.text(max_size=60),
    extra=st.text(max_size=120),
)


@pytest.fixture(scope="module")
def signer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MailStore]:
    with closing(open_mail(tmp_path_factory.mktemp("links"))) as store:
        yield store


@pytest.fixture(scope="module")
def stranger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MailStore]:
    with closing(open_mail(tmp_path_factory.mktemp("other"))) as store:
        yield store


@given(link=LINKS)
def test_what_is_signed_is_read_here_and_nowhere_else(
    link: ReaderLink, signer: MailStore, stranger: MailStore
) -> None:
    token = signer.links.sign(link)

    assert link == signer.links.read(token)
    assert stranger.links.read(token) is None
    assert set(token) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")


@given(link=LINKS, place=st.integers(min_value=0), other=st.sampled_from("AZaz09-_"))
def test_a_changed_letter_makes_it_forged(
    link: ReaderLink, place: int, other: str, signer: MailStore
) -> None:
    token = signer.links.sign(link)
    place %= len(token)
    changed = token[:place] + other + token[place + 1 :]

    assert signer.links.read(changed) == (link if changed == token else None)


BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


@pytest.mark.parametrize("letter", ["", "d", "da"])  # no, four and two bits that mean nothing
def test_a_link_has_one_spelling(signer: MailStore, letter: str) -> None:
    link = ReaderLink(purpose="unsubscribe", subscriber=1, made=NOON, letter=letter)
    token = signer.links.sign(link)
    others = [token[:-1] + last for last in BASE64 if last != token[-1]]
    others += [token + tail for tail in ("=", "==", "A", "AA", "AAA", "\n", ".")]

    assert link == signer.links.read(token)
    assert [] == [other for other in others if signer.links.read(other) is not None]


def test_a_return_path_has_one_spelling_but_for_its_case(signer: MailStore) -> None:
    path = ReturnPath(sending=7, subscriber=8)
    token = signer.links.sign_return(path)
    lasts = "abcdefghijklmnopqrstuvwxyz234567"
    others = [token[:-1] + last for last in lasts if last != token[-1]]
    others += [token + tail for tail in ("=", "======", "a", "\n")]
    # what `upper` makes an ASCII letter of, and is none
    others += [token.replace("i", "ı"), token.replace("s", "ſ")]

    assert path == signer.links.read_return(token)
    read = [other for other in others if other != token and signer.links.read_return(other)]
    assert [] == read


@given(token=st.text(max_size=200))
def test_what_somebody_typed_is_no_link(token: str, signer: MailStore) -> None:
    assert signer.links.read(token) is None
    assert signer.links.read_return(token) is None
    assert signer.links.read_message_id(token) is None


@given(sending=NUMBERS, subscriber=NUMBERS)
def test_a_return_path_is_read_whatever_a_server_does_to_its_case(
    sending: int, subscriber: int, signer: MailStore, stranger: MailStore
) -> None:
    path = ReturnPath(sending=sending, subscriber=subscriber)
    token = signer.links.sign_return(path)

    assert path == signer.links.read_return(token) == signer.links.read_return(token.upper())
    assert stranger.links.read_return(token) is None
    assert token.isalnum()
    assert len(token) <= 40  # the local part of an address has room for 64


def test_the_word_of_a_message_is_no_return_path(signer: MailStore) -> None:
    path = ReturnPath(sending=7, subscriber=8)
    word, token = signer.links.sign_message_id(path), signer.links.sign_return(path)

    assert (path, None) == (signer.links.read_message_id(word), signer.links.read_return(word))
    assert (None, path) == (signer.links.read_message_id(token), signer.links.read_return(token))


def test_a_word_of_before_the_two_were_told_apart_proves_nothing(tmp_path: Path) -> None:
    put_first_version(tmp_path)

    with closing(open_mail(tmp_path)) as store:
        read = store.links.read_message_id(SHARED_TOKEN), store.links.read_return(SHARED_TOKEN)

    assert (ReturnPath(sending=1, subscriber=1), None) == read


def test_a_link_is_no_return_path(signer: MailStore) -> None:
    token = signer.links.sign(ReaderLink(purpose="manage", subscriber=1, made=NOON))

    assert signer.links.read_return(token) is None
    path = signer.links.sign_return(ReturnPath(sending=1, subscriber=1))
    assert signer.links.read(path) is None


def test_links_of_an_earlier_key_are_still_read(tmp_path: Path) -> None:
    link = ReaderLink(purpose="unsubscribe", subscriber=1, made=NOON)
    with closing(open_mail(tmp_path)) as store:
        before = store.links.sign(link)
        store.links.rotate(NOON)
        after = store.links.sign(link)
    with closing(open_mail(tmp_path)) as store:
        assert before != after
        assert link == store.links.read(before) == store.links.read(after)


@pytest.mark.parametrize(
    ("purpose", "hours", "over"),
    [
        ("confirm", 47, False),
        ("confirm", 48, True),
        ("confirm", -47, False),
        ("confirm", -48, True),
        ("manage", 48, True),
        ("change", 48, True),
        ("unsubscribe", 24 * 3650, False),
        ("choices", 24 * 3650, False),
    ],
)
def test_what_proves_an_address_ends_and_the_way_out_does_not(
    purpose: LinkPurpose, hours: int, over: bool
) -> None:
    link = ReaderLink(purpose=purpose, subscriber=1, made=NOON)

    assert over == link.is_over(NOON + timedelta(hours=hours))


def test_what_is_too_long_for_a_link_is_refused(signer: MailStore) -> None:
    with pytest.raises(UsageError, match="too long"):
        signer.links.sign(ReaderLink(purpose="confirm", subscriber=1, made=NOON, extra="x" * 512))


def test_a_link_is_recognized_without_the_file_once_its_key_was_learned(
    store: MailStore, tmp_path: Path
) -> None:
    link = ReaderLink(purpose="unsubscribe", subscriber=1, made=NOON, letter="daily")
    token = store.links.sign(link)
    with closing(open_mail(tmp_path)) as other:
        assert other.links.recognize(token) is None
        other.links.learn_keys()

    assert link == other.links.recognize(token)  # the file is closed
    assert other.links.recognize(token[:-2]) is None
