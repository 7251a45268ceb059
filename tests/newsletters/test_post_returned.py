"""What comes back of a letter, and what is made of it."""

from __future__ import annotations

import pytest

from copydesk.newsletters.bounce_mails import MOST_BYTES, ReturnKind, read_returned_mail
from world.returned import (
    OTHER,
    READER,
    TOKEN,
    make_complaint,
    make_mail,
    make_qmail_bounce,
    make_recipient,
    make_report,
)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        ("5.1.1", "hard"),  # no such mailbox
        ("5.1.2", "hard"),  # no such domain
        ("5.1.3", "hard"),  # no address at all
        ("5.1.6", "hard"),  # moved, and nobody knows where
        ("5.1.10", "hard"),  # the domain says that it takes no mail (RFC 7505)
        ("5.2.1", "hard"),  # disabled
        ("5.2.2", "soft"),  # full
        ("4.2.2", "soft"),
        ("4.4.1", "soft"),  # no answer
        ("4.4.7", "soft"),  # given up
        ("5.4.4", "soft"),  # a domain whose DNS is gone for a day
        ("5.4.1", "soft"),
        ("5.0.0", "soft"),  # nobody knows
        ("5.1.0", "soft"),
        ("5.9.9", "soft"),
        ("5.7.1", "policy"),  # our fault
        ("5.7.26", "policy"),  # no SPF and no DKIM
        ("4.7.0", "policy"),
        ("5.3.4", "policy"),  # too big
        ("5.2.3", "policy"),
        ("5.1.8", "policy"),  # our sender
        ("5.1.7", "policy"),
        ("5.5.2", "policy"),
        ("5.6.0", "policy"),
    ],
)
def test_a_report_says_by_its_status_what_an_address_is_worth(
    status: str, kind: ReturnKind
) -> None:
    returned = read_returned_mail(make_report(make_recipient(status)))

    assert (kind, status) == (returned.kind, returned.status)
    assert (TOKEN,) == returned.tokens


def test_what_the_other_server_said_is_more_than_a_status_that_says_nothing() -> None:
    block = make_recipient("5.0.0", diagnostic="550 5.1.1 no such user")

    returned = read_returned_mail(make_report(block))

    assert ("hard", "5.1.1") == (returned.kind, returned.status)


@pytest.mark.parametrize("words", ["550 from 5.1.1.7 refused", "550 [10.5.1.1] said no", "5.1.1.2"])
def test_an_ip_address_is_no_status(words: str) -> None:
    returned = read_returned_mail(make_report(make_recipient("5.0.0", diagnostic=words)))

    assert ("soft", "5.0.0") == (returned.kind, returned.status)


@pytest.mark.parametrize("action", ["delayed", "delivered", "relayed", "expanded", "Delivered"])
def test_what_is_not_over_and_what_went_well_is_no_bounce(action: str) -> None:
    returned = read_returned_mail(make_report(make_recipient("4.4.1", action=action)))

    assert "other" == returned.kind


@pytest.mark.parametrize("action", ["Failed", "failed (permanently)", "error"])
def test_servers_write_a_failure_in_their_ways(action: str) -> None:
    assert "hard" == read_returned_mail(make_report(make_recipient(action=action))).kind


@pytest.mark.parametrize(
    ("others", "kind"),
    [
        ([make_recipient("5.1.1", recipient="a@alias.example")], "hard"),
        ([make_recipient("5.2.2", recipient="a@alias.example")], "soft"),
        ([make_recipient("5.7.1", recipient="a@alias.example")], "policy"),
        ([make_recipient("2.0.0", "delivered", recipient="a@alias.example")], "other"),
    ],
)
def test_of_an_address_that_stands_for_several_the_mildest_counts(
    others: list[str], kind: ReturnKind
) -> None:
    assert kind == read_returned_mail(make_report(make_recipient("5.1.1"), *others)).kind


def test_words_of_servers_are_kept_without_anybodys_address() -> None:
    said = (
        f"550 5.1.1 <{READER}>: joe.reader is no user here, ask Root@Inbox.example or joe%40x.org"
    )

    returned = read_returned_mail(make_report(make_recipient(diagnostic=said)))

    expected = "550 5.1.1 <address>: <address> is no user here, ask <address> or <address>"
    assert expected == returned.words


def test_words_of_servers_are_one_short_line() -> None:
    said = "550 5.1.1 no\n such\x1b[31m user" + " really" * 200

    words = read_returned_mail(make_report(make_recipient(diagnostic=said))).words

    assert len(words) <= 200
    assert words.isprintable()


def test_the_place_a_message_was_sent_to_is_worth_most() -> None:
    enclosed = f"Return-Path: <bounces+{OTHER}@letters.example>\n\nHi\n"

    returned = read_returned_mail(make_report(enclosed=enclosed))

    assert (TOKEN, OTHER) == returned.tokens


@pytest.mark.parametrize(
    "header",
    [
        f"Delivered-To: bounces+{TOKEN}@letters.example",
        f"X-Original-To: bounces+{TOKEN.upper()}@letters.example",
        f"Envelope-To: <Bounces+{TOKEN}@letters.example>",
    ],
)
def test_a_token_is_found_where_the_box_notes_it(header: str) -> None:
    report = make_report(to="undisclosed@letters.example", enclosed="Subject: x\n\n")

    assert (TOKEN,) == read_returned_mail(header.encode() + b"\n" + report).tokens


def test_a_token_is_found_in_what_a_report_says() -> None:
    block = f"Original-Recipient: rfc822; bounces+{TOKEN}@letters.example\n{make_recipient()}"
    report = make_report(block, to="postmaster@letters.example", enclosed="Subject: x\n\n")

    assert (TOKEN,) == read_returned_mail(report).tokens


@pytest.mark.parametrize(
    "local", ["bounces", "bounces+", "bounces+short", "bounces+has-a-dash1234"]
)
def test_what_is_no_token_is_none(local: str) -> None:
    report = make_report(to=f"{local}@letters.example", enclosed="Subject: x\n\n")

    assert () == read_returned_mail(report).tokens


@pytest.mark.parametrize(
    ("feedback_type", "kind"),
    [
        ("abuse", "complaint"),
        ("ABUSE", "complaint"),
        ("fraud", "complaint"),
        ("opt-out", "complaint"),
        ("not-spam", "other"),
        ("auth-failure", "other"),
        ("virus", "other"),
        ("something else", "other"),
    ],
)
def test_a_feedback_report_is_a_complaint_by_its_type(feedback_type: str, kind: ReturnKind) -> None:
    returned = read_returned_mail(make_complaint(feedback_type))

    assert kind == returned.kind
    assert (TOKEN,) == returned.tokens


@pytest.mark.parametrize(
    ("headers", "tokens", "leave_tokens"),
    [
        (f"Message-ID: <12.{TOKEN}@letters.example>\n", (TOKEN,), ()),
        (
            "List-Unsubscribe: <https://news.example/x/mail/leave/AQEAAbcd-_efghijklmnop>,\n <x>\n",
            (),
            ("AQEAAbcd-_efghijklmnop",),
        ),
        ("Subject: redacted\n", (), ()),
    ],
)
def test_a_complaint_is_known_by_what_the_provider_left_of_the_letter(
    headers: str, tokens: tuple[str, ...], leave_tokens: tuple[str, ...]
) -> None:
    returned = read_returned_mail(make_complaint(headers=headers))

    assert (tokens, leave_tokens) == (returned.tokens, returned.leave_tokens)
    assert READER not in returned.words


def test_a_complaint_knows_the_return_path_that_the_provider_reports() -> None:
    report = make_complaint(headers="Subject: x\n").replace(
        b"Version: 1", f"Original-Mail-From: <bounces+{TOKEN}@letters.example>".encode()
    )

    assert (TOKEN,) == read_returned_mail(report).tokens


@pytest.mark.parametrize(
    ("bounce", "kind", "status"),
    [
        (make_qmail_bounce(), "hard", "5.1.1"),
        (make_qmail_bounce("Mailbox is full. (#5.2.2)"), "soft", "5.2.2"),
        (make_qmail_bounce("I could not."), "soft", ""),
    ],
)
def test_a_server_with_a_form_of_its_own_is_understood(
    bounce: bytes, kind: ReturnKind, status: str
) -> None:
    returned = read_returned_mail(bounce)

    assert (kind, status, (TOKEN,)) == (returned.kind, returned.status, returned.tokens)
    assert READER not in returned.words


@pytest.mark.parametrize(
    "headers",
    [
        "Auto-Submitted: auto-replied\n",
        "Auto-Submitted: auto-replied (vacation)\n",
        "Auto-Submitted: auto-generated\n",
        "X-Autoreply: yes\n",
        "X-Autorespond: away\n",
        "Precedence: auto_reply\n",
        "Precedence: bulk\n",
        "Return-Path: <>\n",
        "Content-Type: multipart/report; report-type=disposition-notification; boundary=R\n",
    ],
)
def test_what_machines_answer_on_their_own_is_no_bounce(headers: str) -> None:
    returned = read_returned_mail(make_mail(headers, f"I am away. <{READER}> 5.1.1 user unknown"))

    assert "other" == returned.kind


@pytest.mark.parametrize("headers", ["", "Auto-Submitted: no\n", "Precedence: first-class\n"])
def test_what_a_person_writes_is_a_reply(headers: str) -> None:
    quoted = f"> <{READER}>: 550 5.1.1 user unknown\n> The following addresses had errors"

    assert "reply" == read_returned_mail(make_mail(headers, quoted)).kind


@pytest.mark.parametrize(
    "message",
    [
        b"",
        b"\0" * 100_000,
        b"\xff\xfe\xfa" * 1_000,
        b"Content-Type: multipart/report; boundary=\n\n--\n",
        b"Content-Type: message/delivery-status\n\nAction\n\n: x\n",
        b"Content-Type: message/feedback-report; charset=nonsense\n\n\xff",
        b'From: mailer-daemon@x\nContent-Type: text/plain; charset="=?"\n\n550',
        b"Content-Transfer-Encoding: base64\nFrom: postmaster@x\n\n====",
        make_report().replace(b"us-ascii", b"no-such-charset"),
        make_report().replace(b"message/delivery-status", b"message/global-delivery-status"),
    ],
)
def test_what_nobody_can_read_is_a_value_all_the_same(message: bytes) -> None:
    assert read_returned_mail(message).kind in {"other", "reply", "hard"}


@pytest.mark.parametrize(
    "message",
    [
        make_report() + b"x" * 50_000_000,
        b"X-Long: " + b"y" * 1_000_000 + b"\n" + make_report(),
        b"X-Folded: " + b"y\n " * 300_000 + b"\n\n",
        b"".join(
            b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (depth, depth)
            for depth in range(1_000)
        ),
        b"".join(
            b"Content-Type:\n multipart/mixed;\n boundary=b%d\n\n--b%d\n" % (depth, depth)
            for depth in range(1_000)
        ),
        b"Content-Type: message/rfc822\n\n" * 5_000,
        b"From: mailer-daemon@x\n\n" + b"a\n" * 100_000,
        b"From: mailer-daemon@x\n\n" + b"<a@b> " * 100_000,
        make_report(*[make_recipient()] * 5_000),
    ],
    ids=["50MB", "long", "folded", "deep", "deep-folded", "bomb", "lines", "line", "recipients"],
)
def test_what_is_meant_to_burden_the_reader_is_read_in_part(message: bytes) -> None:
    assert read_returned_mail(message).kind in {"other", "reply", "hard", "soft"}


def test_a_strange_sender_does_not_fill_the_log(caplog: pytest.LogCaptureFixture) -> None:
    message = b"From: B\xfcro <mailer-daemon@x.example>\nReturn-Path: <>\n\n550 no such user\n"

    read_returned_mail(message)

    assert [] == caplog.records


def test_what_stands_behind_the_beginning_is_not_read() -> None:
    padded = make_report().replace(b"This is the mail system.", b"so\n" * (MOST_BYTES // 3))

    assert "other" == read_returned_mail(padded).kind
