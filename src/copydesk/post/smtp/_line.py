"""A line to a mail server, on which one letter after another is sent.

MAIL -> RCPT -> DATA -> the letter | up to here nothing is delivered
                             . its end | from here on it may be
                               answer  -> Answer
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import TYPE_CHECKING

from copydesk.post.message import Envelope
from copydesk.post.server_words import clean_words
from copydesk.post.smtp._answer import Answer, Reply, SmtpStage, judge_reply
from copydesk.post.smtp._conversation import LineLostError

if TYPE_CHECKING:
    from copydesk.post.smtp._conversation import Conversation

_UTF8_NEEDED = "the mail server takes no addresses that are not ASCII (SMTPUTF8)"
_Step = tuple[SmtpStage, bytes, Collection[int]]


class SmtpLine:
    """A line that is open and signed in; it is for one task at a time."""

    def __init__(self, conversation: Conversation, extensions: Collection[str]) -> None:
        self._conversation = conversation
        self._extensions = extensions

    @property
    def is_open(self) -> bool:
        """Decide whether another letter can be sent on it."""
        return self._conversation.is_open

    async def send(self, envelope: Envelope) -> Answer:
        """Send a letter and return what became of it; nothing is raised for what a server does.

        After a refusal the line goes on. After 421, and where the line broke or the server lost
        its thread, it is closed. Who is cancelled meanwhile closes it, too, and knows nothing.
        """
        is_of_reader = not envelope.recipient.isascii()
        is_plain = envelope.sender.isascii() and _is_head_ascii(envelope.message)
        is_utf8 = is_of_reader or not is_plain
        if is_utf8 and "smtputf8" not in self._extensions:
            stage: SmtpStage = "recipient" if is_of_reader else "sender"
            return Answer(kind="refused", status="5.6.7", words=_UTF8_NEEDED, stage=stage)
        try:
            answer = await self._transact(envelope, self._list_steps(envelope, is_utf8=is_utf8))
        except BaseException:
            self._conversation.end("a letter was broken off")
            raise
        return answer

    @property
    def certificate_end(self) -> datetime | None:
        """Return when the server's certificate ends, None on a line that is not encrypted."""
        return self._conversation.certificate_end

    async def try_out(self, sender: str, recipient: str) -> Answer:
        """Ask whether a letter would be taken, as far as that is said before its text; send none.

        `accepted` says that sender and recipient are, and nothing was sent.
        """
        stage: SmtpStage = "sender"
        try:
            reply = await self._conversation.ask(f"MAIL FROM:<{sender}>\r\n".encode())
            if reply.code == 250:
                stage = "recipient"
                reply = await self._conversation.ask(f"RCPT TO:<{recipient}>\r\n".encode())
            answer = judge_reply(reply, stage, recipient)
            await self._conversation.ask(b"RSET\r\n")
        except LineLostError as error:
            self._conversation.end(error.what)
            return Answer(kind="unsent", words=error.what, stage=stage)
        return answer

    async def close(self) -> None:
        """Say goodbye, if there is still somebody to hear it, and close."""
        try:
            if self.is_open:
                await self._conversation.ask(b"QUIT\r\n")
        except LineLostError:
            pass  # that was the point
        finally:
            self._conversation.end("closed")

    def _list_steps(self, envelope: Envelope, *, is_utf8: bool) -> tuple[_Step, ...]:
        options = " SMTPUTF8 BODY=8BITMIME" if is_utf8 else ""
        if "size" in self._extensions:
            options += f" SIZE={len(envelope.message)}"
        return (
            ("sender", f"MAIL FROM:<{envelope.sender}>{options}\r\n".encode(), (250,)),
            ("recipient", f"RCPT TO:<{envelope.recipient}>\r\n".encode(), (250, 251, 252)),
            ("data", b"DATA\r\n", (354,)),
        )

    async def _transact(self, envelope: Envelope, steps: tuple[_Step, ...]) -> Answer:
        talk, is_ended = self._conversation, False
        stage: SmtpStage = ""
        try:
            for stage, command, wanted in steps:
                reply = await talk.ask(command)
                if reply.code not in wanted:
                    return await self._give_up(reply, stage, envelope.recipient)
            stage = "message"
            await talk.write_body(envelope.message)
            is_ended = True
            return self._judge_end(await talk.ask_end(), envelope.recipient)
        except LineLostError as lost:
            return self._judge_loss(lost, stage, envelope.recipient, is_ended=is_ended)

    async def _give_up(self, reply: Reply, stage: SmtpStage, recipient: str) -> Answer:
        """Return what a refusal makes of a letter, and have the server forget it."""
        if reply.code < 400:
            raise LineLostError(f"the server answered {reply.code}, which was not asked")
        answer = judge_reply(reply, stage, recipient)
        if reply.code == 421:
            self._conversation.end("the server is closing")
            return answer
        try:
            is_forgotten = (await self._conversation.ask(b"RSET\r\n")).code == 250
        except LineLostError:
            is_forgotten = False
        if not is_forgotten:
            self._conversation.end("the server did not forget a letter")
        return answer

    def _judge_end(self, reply: Reply, recipient: str) -> Answer:
        if not (200 <= reply.code < 300 or 400 <= reply.code < 600):
            raise LineLostError(f"the server answered {reply.code} to a letter's end")
        if reply.code == 421:
            self._conversation.end("the server is closing")
        return judge_reply(reply, "message", recipient)

    def _judge_loss(
        self, lost: LineLostError, stage: SmtpStage, recipient: str, *, is_ended: bool
    ) -> Answer:
        self._conversation.end(lost.what)
        if is_ended:
            return Answer(kind="uncertain", words=lost.what, stage=stage)
        if lost.reply is not None and lost.reply.code == 421:  # a server may say it at any time
            return judge_reply(lost.reply, stage, recipient)
        words = clean_words(lost.reply.words, (recipient,)) if lost.reply else lost.what
        return Answer(kind="unsent", words=words, stage=stage)


def _is_head_ascii(message: bytes) -> bool:
    """Decide whether a letter's fields are ASCII, as all are but some addresses."""
    return message[: message.find(b"\r\n\r\n")].isascii()
