"""Letters sent to servers that misbehave: what became of each is told truly."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from copydesk.errors import MailError, MailServerError
from copydesk.news.options import SmtpOptions
from copydesk.newsletters.message import Envelope
from copydesk.newsletters.smtp import Answer, open_line
from world.machine import PATIENCE_SECONDS
from world.smtp import MailServer, Plan, Rule

MESSAGE = b"Message-ID: <1@letters.example>\r\nSubject: A\r\n\r\n.A dot\r\n..\r\n" + b"x" * 60_000


def _envelope(recipient: str = "reader@world.example", message: bytes = MESSAGE) -> Envelope:
    return Envelope(sender="b+1@letters.example", recipient=recipient, message=message)


def _options(port: int, timeout_seconds: float = PATIENCE_SECONDS) -> SmtpOptions:
    return SmtpOptions(
        host="127.0.0.1", port=port, security="none", timeout_seconds=timeout_seconds
    )


def _send(
    *rules: Rule,
    envelopes: Sequence[Envelope] = (_envelope(),),
    timeout_seconds: float = PATIENCE_SECONDS,
) -> tuple[list[Answer], MailServer, bool]:
    """Send letters on one line while it is open; return answers, server, whether it is still."""

    async def send() -> tuple[list[Answer], MailServer, bool]:
        async with MailServer(Plan(rules=rules)) as server:
            line = await open_line(_options(server.port, timeout_seconds))
            answers = [await line.send(envelope) for envelope in envelopes]
            is_open = line.is_open
            await line.close()
            return answers, server, is_open

    return asyncio.run(send())


def test_letters_are_taken_one_after_another_on_one_line_byte_for_byte() -> None:
    answers, server, is_open = _send(envelopes=[_envelope(f"r{n}@w.example") for n in range(3)])

    assert ["accepted"] * 3 == [answer.kind for answer in answers]
    assert answers[0] == Answer(
        kind="accepted", code=250, status="2.0.0", words="2.0.0 Ok: taken", stage="message"
    )
    assert [MESSAGE + b"\r\n"] * 3 == server.letters
    assert ["r0@w.example", "r1@w.example", "r2@w.example"] == [
        taken.recipient for taken in server.taken
    ]
    assert 1 == server.lines
    assert is_open
    assert b"QUIT" == server.heard[-1]


@pytest.mark.parametrize("at", ["sender", "recipient", "data", "message"])
@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("451 4.7.1 Come later", "later"),
        ("550 5.1.1 Unknown", "refused"),
        ("454 4.7.0 Slowly", "slow-down"),
    ],
)
def test_after_a_refusal_the_line_goes_on(at: str, said: str, kind: str) -> None:
    answers, server, is_open = _send(
        Rule(at=at, do=said, first=1),
        envelopes=[_envelope("a@w.example"), _envelope("b@w.example")],
    )

    assert [kind, "accepted"] == [answer.kind for answer in answers]
    assert (int(said[:3]), said[4:9], said[4:], at) == (
        answers[0].code,
        answers[0].status,
        answers[0].words,
        answers[0].stage,
    )
    assert ["b@w.example"] == [taken.recipient for taken in server.taken]
    assert is_open
    assert (at != "message") == (b"RSET" in server.heard)


@pytest.mark.parametrize("at", ["sender", "recipient", "data", "message"])
def test_421_at_any_stage_slows_down_and_ends_the_line(at: str) -> None:
    answers, server, is_open = _send(
        Rule(at=at, do="421 4.3.2 Closing"), envelopes=[_envelope(), _envelope()]
    )

    assert ("slow-down", 421, "4.3.2", at) == (
        answers[0].kind,
        answers[0].code,
        answers[0].status,
        answers[0].stage,
    )
    assert "unsent" == answers[1].kind
    assert not server.taken
    assert not is_open


@pytest.mark.sample("sender-close", "recipient-garbage", "data-dribble", "message-silent")
@pytest.mark.parametrize("do", ["close", "silent", "dribble", "huge", "garbage"])
@pytest.mark.parametrize("at", ["sender", "recipient", "data", "message"])
def test_only_who_loses_the_line_after_the_letters_end_is_uncertain(at: str, do: str) -> None:
    seconds = 0.4 if do in {"silent", "dribble"} else PATIENCE_SECONDS
    answers, server, is_open = _send(Rule(at=at, do=do), timeout_seconds=seconds)

    assert [("uncertain" if at == "message" else "unsent", 0, at)] == [
        (answer.kind, answer.code, answer.stage) for answer in answers
    ]
    assert answers[0].words
    assert not is_open
    assert at in ("message", "other") or not server.taken


def test_a_server_has_ten_times_as_long_for_its_answer_to_a_letters_end() -> None:
    rules = (Rule(at="message", do="late", first=1), Rule(at="recipient", do="late", every=2))

    answers, server, is_open = _send(*rules, envelopes=[_envelope()] * 2, timeout_seconds=0.4)

    assert ["accepted", "unsent"] == [answer.kind for answer in answers]
    assert 1 == len(server.taken)
    assert not is_open


def test_a_line_closed_after_354_has_surely_delivered_nothing() -> None:
    answers, server, _ = _send(Rule(at="data", do="after"))

    assert ["unsent"] == [answer.kind for answer in answers]
    assert not server.taken


def test_a_letter_that_was_taken_without_an_answer_is_uncertain() -> None:
    answers, server, _ = _send(Rule(at="message", do="taken-close"))

    assert ["uncertain"] == [answer.kind for answer in answers]
    assert 1 == len(server.taken)


def test_what_was_taken_just_before_the_server_went_is_taken() -> None:
    answers, _, is_open = _send(
        Rule(at="message", do="after"), envelopes=[_envelope(), _envelope()]
    )

    assert ["accepted", "unsent"] == [answer.kind for answer in answers]
    assert not is_open


@pytest.mark.parametrize("at", ["sender", "recipient", "data"])
def test_two_answers_at_once_are_not_taken_for_the_next_commands(at: str) -> None:
    answers, server, is_open = _send(Rule(at=at, do="twice"))

    assert ["unsent"] == [answer.kind for answer in answers]
    assert not server.taken
    assert not is_open


def test_two_answers_to_a_letters_end_are_believed_where_they_agree() -> None:
    agreed, _, is_open = _send(Rule(at="message", do="twice"))
    disagreed, _, _ = _send(Rule(at="message", do="twisted"))

    assert ["accepted", "uncertain"] == [agreed[0].kind, disagreed[0].kind]
    assert not is_open


@pytest.mark.parametrize("at", ["ehlo", "sender", "recipient", "data", "message"])
def test_an_answer_of_many_lines_and_strange_signs_is_understood(at: str) -> None:
    answers, server, is_open = _send(Rule(at=at, do="odd"))

    assert ["accepted"] == [answer.kind for answer in answers]
    assert 1 == len(server.taken)
    assert is_open


def test_a_servers_words_are_one_line_and_name_nobody() -> None:
    recipient = '"odd one"@world.example'
    said = (
        f"550-5.1.1 No {recipient}\x00\x1b[31m\r\n550 \u202e<{recipient}> f\xfcr me@hidden.example "
    )

    answers, _, _ = _send(
        Rule(at="recipient", do=said + "x" * 400), envelopes=[_envelope(recipient)]
    )

    assert 200 == len(answers[0].words)
    assert answers[0].words.startswith("5.1.1 No <address> <address> für <address> xxx")
    assert answers[0].words.isprintable()


def test_a_greylisted_letter_is_taken_the_second_time() -> None:
    greylist = Rule(at="recipient", do="451 4.7.1 Greylisted", once=True)

    answers, server, _ = _send(greylist, envelopes=[_envelope("a@w.example")] * 2)

    assert ["later", "accepted"] == [answer.kind for answer in answers]
    assert 1 == len(server.taken)


def test_a_goodbye_between_two_letters_is_no_answer_to_the_second() -> None:
    async def send() -> tuple[list[Answer], bool]:
        async with MailServer() as server:
            line = await open_line(_options(server.port))
            first = await line.send(_envelope())
            (session,) = server._open
            session.transport.write(b"421 4.4.2 Timeout\r\n")
            for _ in range(20):
                await asyncio.sleep(0.001)
            was_open = line.is_open
            second = await line.send(_envelope())
            await line.close()
            return [first, second], was_open

    answers, was_open = asyncio.run(send())

    assert not was_open
    assert [("accepted", 250), ("slow-down", 421)] == [
        (answer.kind, answer.code) for answer in answers
    ]


def test_a_letter_ends_where_it_ends_and_smuggles_none() -> None:
    smuggled = b"Subject: A\r\n\r\nA\n.\nMAIL FROM:<x@x.example>\r.\r\r\n.\r\nB"

    answers, server, _ = _send(envelopes=[_envelope(message=smuggled)])

    assert ["accepted"] == [answer.kind for answer in answers]
    assert [
        b"Subject: A\r\n\r\nA\r\n.\r\nMAIL FROM:<x@x.example>\r\n.\r\n\r\n.\r\nB\r\n"
    ] == server.letters


def test_a_slow_reader_of_letters_is_given_up_before_the_end() -> None:
    async def send() -> Answer:
        async with MailServer() as server:
            line = await open_line(_options(server.port, 0.2))
            (session,) = server._open
            task = asyncio.ensure_future(line.send(_envelope(message=b"x" * 30_000_000)))
            while not session._is_data:
                await asyncio.sleep(0)
            session.transport.pause_reading()
            answer = await task
            await line.close()
            return answer

    answer = asyncio.run(send())

    assert ("unsent", "the mail server stopped receiving in the middle of a mail") == (
        answer.kind,
        answer.words,
    )


def test_an_address_that_is_not_ascii_needs_a_server_that_takes_such() -> None:
    message = "To: <jörg@world.example>\r\n\r\nA text\r\n".encode()
    answers, server, is_open = _send(envelopes=[_envelope("jörg@world.example", message)])

    assert [("refused", 0, "5.6.7", "recipient")] == [
        (answer.kind, answer.code, answer.status, answer.stage) for answer in answers
    ]
    assert not any(b"MAIL" in heard for heard in server.heard)
    assert is_open


def test_an_author_whose_address_is_not_ascii_needs_such_a_server_and_is_no_readers_fault() -> None:
    message = "From: <jörg@world.example>\r\n\r\nGrüße\r\n".encode()
    answers, server, _ = _send(envelopes=[_envelope(message=message)])

    assert [("refused", "5.6.7", "sender")] == [
        (answer.kind, answer.status, answer.stage) for answer in answers
    ]
    assert not any(b"MAIL" in heard for heard in server.heard)


def test_a_text_that_is_not_ascii_needs_no_such_server() -> None:
    message = "From: <b@world.example>\r\n\r\nGrüße\r\n".encode()
    answers, _, _ = _send(envelopes=[_envelope(message=message)])

    assert ["accepted"] == [answer.kind for answer in answers]


def test_a_cancelled_letter_closes_its_line() -> None:
    async def send() -> bool:
        async with MailServer(Plan(rules=[Rule(at="message", do="silent")])) as server:
            line = await open_line(_options(server.port))
            task = asyncio.ensure_future(line.send(_envelope()))
            while b"DATA" not in server.heard:
                await asyncio.sleep(0)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            return line.is_open

    assert not asyncio.run(send())


@pytest.mark.parametrize(
    ("rule", "error", "what"),
    [
        (Rule(at="greeting", do="554 No"), MailError, "answered with 554"),
        (Rule(at="greeting", do="421 Busy"), MailServerError, "answered with 421"),
        (Rule(at="greeting", do="close"), MailServerError, "no connection to the mail server"),
        (Rule(at="greeting", do="silent"), MailServerError, "no connection to the mail server"),
        (Rule(at="greeting", do="dribble"), MailServerError, "no connection to the mail server"),
        (Rule(at="greeting", do="garbage"), MailServerError, "no connection to the mail server"),
        (Rule(at="greeting", do="huge"), MailServerError, "no connection to the mail server"),
        (Rule(at="ehlo", do="421 Busy"), MailServerError, "answered with 421"),
        (Rule(at="ehlo", do="close"), MailServerError, "no connection to the mail server"),
        (Rule(at="ehlo", do="huge"), MailServerError, "no connection to the mail server"),
    ],
)
def test_a_line_that_cannot_be_opened_says_why(rule: Rule, error: type, what: str) -> None:
    async def fail() -> MailError:
        async with MailServer(Plan(rules=[rule])) as server:
            with pytest.raises(MailError) as raised:
                await open_line(_options(server.port, 0.2))
            assert raised.value.subject == f"127.0.0.1:{server.port}"
            return raised.value

    raised = asyncio.run(fail())

    assert error is type(raised)
    assert what in raised.what


def test_an_old_server_is_greeted_as_it_knows_it() -> None:
    answers, server, _ = _send(Rule(at="ehlo", do="502 5.5.1 What"))

    assert ["accepted"] == [answer.kind for answer in answers]
    assert any(heard.startswith(b"HELO ") for heard in server.heard)


def test_nobody_there_is_a_server_that_is_away() -> None:
    with pytest.raises(MailServerError, match="no connection to the mail server"):
        asyncio.run(open_line(_options(1)))


def test_nothing_is_sent_in_plain_to_another_machine() -> None:
    options = SmtpOptions(host="mail.world.example", security="none")

    with pytest.raises(
        MailError, match="unencrypted mail is allowed only to a mail server on this machine"
    ):
        asyncio.run(open_line(options))
