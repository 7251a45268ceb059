"""Messages: what readers' programs make of them, and what nobody can put into them."""

from __future__ import annotations

import email
import email.policy
import html
import re
from dataclasses import replace
from datetime import UTC, datetime
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.utils import parseaddr

import pytest
from hypothesis import given
from hypothesis import strategies as st

from copydesk.errors import MailError
from copydesk.news.letter import CHOICES, UNSUBSCRIBE, OutgoingIssue
from copydesk.newsletters.message import (
    Addressing,
    Envelope,
    MessageTemplate,
    PersonalMail,
    ReaderPlaces,
    spell_address,
    write_mail,
)

AT = datetime(2026, 11, 28, 7, tzinfo=UTC)
WHO = Addressing(
    from_name="The Tide, daily",
    from_address="letters@tidewatch.example",
    reply_to="desk@tidewatch.example",
    list_id="daily.letters.tidewatch.example",
    list_name="Tidewatch täglich",
    feedback_id="42:daily:copydesk:tidewatch",
    archive="https://tidewatch.example/newsletters/",
)
ISSUE = OutgoingIssue(
    subject="Pilot boats stay in harbour – day 3",
    text=f"Grüße\n\n.\nFrom here = there  \nLeave: {UNSUBSCRIBE}\nChoose:\n{CHOICES}\n",
    html=f'<p>Grüße</p>\n<a href="{UNSUBSCRIBE}">Leave</a> <a href="{CHOICES}">choose</a>\n',
)
PLACES = ReaderPlaces(
    address="reader@world.example",
    unsubscribe="https://tidewatch.example/mail/leave/AbC?of=1&to=2",
    choices="https://tidewatch.example/mail/choices/" + "x" * 300,
    message_id="7.42@tidewatch.example",
    return_path="bounces+abc@tidewatch.example",
)


def _read(envelope: Envelope) -> EmailMessage:
    message = email.message_from_bytes(envelope.message, policy=email.policy.SMTP)
    assert isinstance(message, EmailMessage)
    return message


def _write(
    who: Addressing = WHO, issue: OutgoingIssue = ISSUE, places: ReaderPlaces = PLACES
) -> Envelope:
    return MessageTemplate(who, issue, AT).for_reader(places)


def _bodies(envelope: Envelope) -> list[str]:
    return [part.get_content().replace("\r\n", "\n") for part in _read(envelope).iter_parts()]


def test_a_readers_message_has_its_fields_and_both_bodies_filled_in() -> None:
    envelope = _write()

    message = _read(envelope)
    assert {
        "From": '"The Tide, daily" <letters@tidewatch.example>',
        "To": "reader@world.example",
        "Message-ID": "<7.42@tidewatch.example>",
        "List-Unsubscribe": f"<{PLACES.unsubscribe}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        "Subject": ISSUE.subject,
        "Date": "Sat, 28 Nov 2026 07:00:00 +0000",
        "Reply-To": "desk@tidewatch.example",
        "List-Id": "Tidewatch täglich <daily.letters.tidewatch.example>",
        "List-Archive": "<https://tidewatch.example/newsletters/>",
        "Feedback-ID": "42:daily:copydesk:tidewatch",
        "Auto-Submitted": "auto-generated",
        "MIME-Version": "1.0",
    } == {
        name: str(value).replace("<reader@world.example>", "reader@world.example")
        for name, value in message.items()
        if name != "Content-Type"
    }
    assert "multipart/alternative" == message.get_content_type()
    assert ["text/plain", "text/html"] == [part.get_content_type() for part in message.iter_parts()]
    assert [
        ISSUE.text.replace(UNSUBSCRIBE, PLACES.unsubscribe).replace(CHOICES, PLACES.choices),
        ISSUE.html.replace(UNSUBSCRIBE, html.escape(PLACES.unsubscribe)).replace(
            CHOICES, PLACES.choices
        ),
    ] == _bodies(envelope)
    assert (envelope.sender, envelope.recipient) == (PLACES.return_path, PLACES.address)
    assert not message.defects


def test_any_relay_takes_a_message() -> None:
    long = replace(ISSUE, subject="Ä " * 200, html="<p>" + "ü" * 50_000 + "</p>\r\n.\r\n\rx")

    message = _write(issue=long).message

    assert message.isascii()
    lines = message.split(b"\r\n")
    assert not any(re.search(rb"[\r\n\0]", line) for line in lines)
    assert max(map(len, lines)) <= 78


def test_the_same_issue_is_the_same_bytes_and_readers_differ_in_their_places_alone() -> None:
    template = MessageTemplate(WHO, ISSUE, AT)
    other = replace(PLACES, address="other@world.example")

    assert _write() == template.for_reader(PLACES)
    assert template.for_reader(PLACES).message.replace(b"reader@", b"other@") == (
        template.for_reader(other).message
    )


def test_a_link_that_is_not_encrypted_is_no_one_click() -> None:
    plain = replace(PLACES, unsubscribe="http://127.0.0.1:8000/mail/leave/x")

    message = _read(_write(places=plain))

    assert "<http://127.0.0.1:8000/mail/leave/x>" == message["List-Unsubscribe"]
    assert "List-Unsubscribe-Post" not in message


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("Tide", b'From: "Tide" <letters@tidewatch.example>\r\n'),
        ("T" * 50, b'From: "' + b"T" * 50 + b'"\r\n <letters@tidewatch.example>\r\n'),
        ("", b"From: <letters@tidewatch.example>\r\n"),
    ],
)
def test_a_name_shares_its_line_with_the_address_where_both_fit(name: str, field: bytes) -> None:
    assert _write(replace(WHO, from_name=name)).message.startswith(field)


@pytest.mark.parametrize("name", ['"' * 500, "The Tide " * 50, "=?x?=", "Gezeiten für alle"])
def test_a_name_that_is_long_or_odd_is_encoded_in_short_lines(name: str) -> None:
    message = _write(replace(WHO, from_name=name, list_name=name)).message

    words, _ = parseaddr(email.message_from_bytes(message)["From"])
    assert name.strip() == str(make_header(decode_header(words)))
    assert max(map(len, message.partition(b"\r\nList-Unsub")[0].split(b"\r\n"))) <= 78


_HOSTILE = st.text(max_size=60) | st.sampled_from(
    [
        "a\r\nBcc: x@x.example",
        "a\nBcc: x",
        "\r\n\r\n<script>",
        "=?utf-8?q?=0D=0ABcc:_x?=",
        '"\\" <other@thief.example>,',
        "a\u2028Bcc: x\x85\x0b\x1c",
        "\u202eelpmaxe\ud800",
        "ü" * 300,
    ]
)


@given(_HOSTILE, _HOSTILE, _HOSTILE)
def test_no_words_break_out_of_their_field(name: str, subject: str, list_name: str) -> None:
    who = replace(WHO, from_name=name, list_name=list_name)

    envelope = _write(who, replace(ISSUE, subject=subject))

    head, _, _ = envelope.message.partition(b"\r\n\r\n")
    names = [line.partition(b":")[0].decode() for line in head.split(b"\r\n") if line[:1] != b" "]
    assert [
        "From", "To", "Message-ID", "List-Unsubscribe", "List-Unsubscribe-Post", "Subject", "Date",
        "Reply-To", "List-Id", "List-Archive", "Feedback-ID", "Auto-Submitted", "MIME-Version",
        "Content-Type",
    ] == names  # fmt: skip
    message = _read(envelope)
    (sender,) = message["From"].addresses
    assert "letters@tidewatch.example" == sender.addr_spec
    assert _bodies(envelope)[0].startswith("Grüße")
    shown = str(message["Subject"])
    assert not re.search("[\r\n\0\u202a-\u202e\u2066-\u2069]", shown + sender.display_name)


@given(st.text())
def test_words_come_back_as_they_were_but_for_what_nobody_sees(subject: str) -> None:
    wanted = " ".join(re.sub("[^\\w -~]", "", subject).split())[:400]

    shown = str(_read(_write(issue=replace(ISSUE, subject=wanted)))["Subject"])

    assert wanted == shown


@given(
    st.text(),
    st.text(alphabet="ab =\t.\n"),
    st.text(alphabet="abc/-=&?é%", max_size=200).map(lambda path: "https://a.example/" + path),
)
def test_a_body_comes_back_with_its_places_filled_in(first: str, last: str, link: str) -> None:
    first = re.sub("[\r\x00\ud800-\udfff]", "", first)
    text = f"{first}{UNSUBSCRIBE}{last}{CHOICES}{UNSUBSCRIBE}\n{last}"
    link = link.replace("é", "")
    places = replace(PLACES, unsubscribe=link, choices=link)

    envelope = _write(issue=replace(ISSUE, text=text), places=places)

    filled = text.replace(UNSUBSCRIBE, link).replace(CHOICES, link)
    part = next(iter(_read(envelope).iter_parts())).get_payload(decode=True)
    assert isinstance(part, bytes)
    assert filled == part.decode().replace("\r\n", "\n")
    assert max(map(len, envelope.message.split(b"\r\n"))) <= 400


@pytest.mark.parametrize(
    ("address", "spelled"),
    [
        ("a@b.example", "a@b.example"),
        ('"odd one"@b.example', '"odd one"@b.example'),
        (r'"a\"@\\"@b.example', r'"a\"@\\"@b.example'),
        ("o'neil+tag/x=y@b.example", "o'neil+tag/x=y@b.example"),
        ("a@bücher.example", "a@xn--bcher-kva.example"),
        ("a@BÜCHER.example", "a@xn--bcher-kva.example"),
        ("jörg@bücher.example", "jörg@xn--bcher-kva.example"),
        ("a@[192.0.2.1]", "a@[192.0.2.1]"),
        ("a@localhost", "a@localhost"),
        ("x" * 64 + "@" + "b" * 63 + "." + "c" * 63 + "." + "d" * 61, None),
    ],
)
def test_every_legal_address_goes_as_a_server_wants_it(address: str, spelled: str | None) -> None:
    assert (spelled or address) == spell_address(address)
    recipient = _write(places=replace(PLACES, address=address)).recipient
    assert (spelled or address) == recipient


@pytest.mark.parametrize(
    "address",
    [
        "",
        "a",
        "@b.example",
        "a@",
        "a b@b.example",
        "a..b@b.example",
        ".a@b.example",
        "a@b..example",
        "a@-b.example",
        "a@b.example>",
        "a@b.example\r\nRCPT TO:<x@x.example>",
        "a\n@b.example",
        '"a\r\n"@b.example',
        '"a"b"@b.example',
        "a@b.example SMTPUTF8",
        "<a@b.example>",
        "a,c@b.example",
        "a\u202e@b.example",
        "a\ud800@b.example",
        "x" * 65 + "@b.example",
        "x" * 64 + "@" + "b" * 63 + "." + "c" * 63 + "." + "d" * 62,
        "a@b/c.example",
        "a@[x]",
    ],
)
def test_what_is_no_address_is_refused_and_not_named(address: str) -> None:
    for place in ("address", "return_path"):
        with pytest.raises(MailError, match="not a valid mail address") as raised:
            _write(places=replace(PLACES, **{place: address}))
        assert "" == raised.value.subject


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("message_id", "a@b>\r\nBcc: x@x.example"),
        ("message_id", "a b@c.example"),
        ("message_id", "a"),
        ("unsubscribe", "javascript:alert(1)"),
        ("unsubscribe", "https://a.example/ b"),
        ("unsubscribe", "https://a.example/>,<mailto:x@x.example"),
        ("unsubscribe", "https://a.example/\r\nBcc: x"),
        ("choices", "https://a.example/" + "x" * 1000),
    ],
)
def test_a_place_that_is_not_what_it_should_be_is_refused(field: str, value: str) -> None:
    with pytest.raises(MailError):
        _write(places=replace(PLACES, **{field: value}))


@pytest.mark.parametrize(
    ("field", "value"),
    [("list_id", "a b"), ("list_id", "a>\r\nX: y"), ("feedback_id", "a b"), ("archive", "x"),
     ("from_address", "a"), ("reply_to", "a\r\n@b.example")],
)  # fmt: skip
def test_a_list_that_is_not_what_it_should_be_is_refused(field: str, value: str) -> None:
    with pytest.raises(MailError):
        MessageTemplate(replace(WHO, **{field: value}), ISSUE, AT)


def test_an_address_of_another_script_stands_in_its_message_as_it_is() -> None:
    envelope = _write(places=replace(PLACES, address="jörg@bücher.example"))

    assert "To: <jörg@xn--bcher-kva.example>\r\n".encode() in envelope.message


@pytest.mark.parametrize("page", ["", "<p>Grüße</p>"])
def test_a_mail_to_one_person_has_no_list(page: str) -> None:
    who = Addressing(from_name="Tide", from_address="letters@tidewatch.example")

    mail = PersonalMail(
        to="reader@world.example",
        subject="Bestätigen?",
        text="Grüße\n.\n" + "x" * 200,
        html=page,
        message_id="1@tidewatch.example",
        date=AT,
        return_path="b@tidewatch.example",
    )

    envelope = write_mail(who, mail)

    message = _read(envelope)
    assert ["From", "To", "Message-ID", "Subject", "Date", "Auto-Submitted", "MIME-Version"] == [
        name for name in message if not name.startswith("Content-")
    ]
    plain = message.get_body(("plain",))
    assert plain is not None
    assert "Grüße\n.\n" + "x" * 200 == plain.get_content().replace("\r\n", "\n").strip("\n")
    rich = message.get_body(("html",))
    assert page == (rich.get_content().replace("\r\n", "\n").strip("\n") if rich else "")
