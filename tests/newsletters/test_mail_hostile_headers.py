"""Headlines in a letter's message: each makes one subject, and no header or part of its own."""

from __future__ import annotations

import email
import email.policy
from dataclasses import replace
from datetime import UTC, datetime
from email.message import EmailMessage

import pytest

from copydesk.news.letter import OutgoingIssue
from copydesk.newsletters.message import Addressing, MessageTemplate, ReaderPlaces
from world.hostile import NAMES, payloads_of
from world.hostile_site import make_letter, tame
from world.mailing import make_issue, make_story, render_in

AT = datetime(2026, 11, 28, 7, tzinfo=UTC)
WHO = Addressing(from_name="The Tide", from_address="letters@tidewatch.example")
PLACES = ReaderPlaces(
    address="reader@world.example",
    unsubscribe="https://tidewatch.example/mail/leave/AbC",
    choices="https://tidewatch.example/mail/choices/AbC",
    message_id="7.42@tidewatch.example",
    return_path="bounces+abc@tidewatch.example",
)
BREAKING = (
    "x\r\nBcc: all@thief.example",
    "x\nTo: a@b.example",
    "x\r\n\r\n<html>",
    "=?utf-8?q?=0A?=",
)


def read_message(issue: OutgoingIssue) -> EmailMessage:
    sent = MessageTemplate(WHO, issue, AT).for_reader(PLACES)
    message = email.message_from_bytes(sent.message, policy=email.policy.SMTP)
    assert isinstance(message, EmailMessage)
    return message


def shown(subject: str) -> str:
    """Return what of a subject is seen: a message drops marks that are not."""
    return "".join(filter(str.isprintable, subject)).strip()


@pytest.mark.slow
@pytest.mark.sample("11")
@pytest.mark.parametrize("number", range(len(NAMES)))
def test_a_message_has_the_headers_and_parts_of_a_harmless_one(number: int) -> None:
    letter = render_in(make_letter(number))
    hostile = OutgoingIssue(subject=letter.subject, text=letter.text, html=letter.html)
    plain = read_message(replace(hostile, subject=tame(letter.subject)))

    for word in (letter.subject, *payloads_of(number), *BREAKING):
        subject = render_in(make_issue(make_story(1), subject=word)).subject
        message = read_message(replace(hostile, subject=subject))
        assert list(plain.keys()) == list(message.keys()), word
        assert shown(subject) == shown(message["Subject"])
        assert [] == message.defects
        kinds = [part.get_content_type() for part in message.iter_parts()]
        assert ["text/plain", "text/html"] == kinds


@pytest.mark.parametrize("number", range(len(NAMES)))
def test_a_letters_text_shows_no_control_character(number: int) -> None:
    shown = render_in(make_letter(number)).text

    assert [] == [sign for sign in shown if ord(sign) < 32 and sign != "\n"]
    assert not set("\x7f\u202a\u202b\u202d\u202e\u2066\u2067\u2068\u2069") & set(shown)
