"""Send messages over SMTP, and return the server's answer to each.

A connection is encrypted or stays on this machine. If it breaks, the message is `unsent` or, once
its last line was written, `uncertain`.
"""

from __future__ import annotations

import asyncio
import re
import socket
import ssl
from collections.abc import Awaitable, Collection
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeVar, cast

from copydesk.errors import MailError, MailServerError
from copydesk.kit import urls
from copydesk.news.options import SmtpOptions
from copydesk.newsletters.message import Envelope

if TYPE_CHECKING:
    import aiosmtplib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from copydesk.kit import text

AnswerKind = Literal["accepted", "later", "slow-down", "refused", "unsent", "uncertain"]
SmtpStage = Literal["", "sender", "recipient", "data", "message"]

_STATUS = re.compile(r"[245]\.\d{1,3}\.\d{1,3}(?!\S)", re.ASCII)  # RFC 3463
_SLOW_DOWN = frozenset({421, 454})


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The outcome of sending one message by SMTP.

    `accepted`: 2xx after its end. `later`: 4xx. `slow-down`: 421 or 454, the server wants fewer
    messages. `refused`: 5xx. `unsent`: the connection broke before the message's end was written,
    so it is surely not delivered. `uncertain`: its end was written, and no credible answer came.

    `code` is the server's, 0 if there was no answer; `status` is the enhanced code (RFC 3463) such
    as "5.1.1", or "". `words` are the server's text in one line, at most 200 characters, with
    addresses replaced by `<address>`; our own words where the server said nothing. `stage` is the
    step that was answered: a refusal of the `sender` is not the subscriber's fault.
    """

    kind: AnswerKind
    code: int = 0
    status: str = ""
    words: str = ""
    stage: SmtpStage = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """An SMTP server's reply to one command: its code, and its lines joined by spaces."""

    code: int
    words: str


def judge_reply(reply: Reply, stage: SmtpStage, recipient: str) -> Answer:
    """Convert an SMTP server's reply at one stage of sending to the message's outcome."""
    status = _STATUS.match(reply.words)
    return Answer(
        kind=_classify(reply.code),
        code=reply.code,
        status=status[0] if status else "",
        words=clean_words(reply.words, (recipient,)),
        stage=stage,
    )


def _classify(code: int) -> AnswerKind:
    if code in _SLOW_DOWN:
        return "slow-down"
    if 200 <= code < 300:
        return "accepted"
    return "refused" if code >= 500 else "later"


# ---- Cleaning a server's text: one line, short, without addresses

ADDRESS_MARK = "<address>"
_MOST = 200  # characters that are kept
_LOOKED_AT = 4_000  # characters that are read: a server may send megabytes
_SHORTEST_NAME = 3  # of a mailbox: the name "a" would match in many texts
_ADDRESS = re.compile(
    r"""<?(?:"[^"\n]{1,64}"|[^\s<>"'(),;:\[\]]{1,320}?)(?:@|%40|=40)[^\s<>"'(),;:]{1,255}>?""",
    re.IGNORECASE,
)


def clean_words(said: str, addresses: Iterable[str] = ()) -> str:
    """Return an SMTP server's text as one line of at most 200 characters. E-mail addresses become
    `<address>`.

    Bare mailbox names (`550 joe: no such user`) are removed for the given `addresses`.
    """
    words = text.fold(said[:_LOOKED_AT].encode("utf-8", "replace").decode("utf-8"))
    words = _ADDRESS.sub(ADDRESS_MARK, words)
    for name in sorted({address.rpartition("@")[0] for address in addresses}, key=len)[::-1]:
        if len(name) >= _SHORTEST_NAME:
            alone = rf"(?<!\w){re.escape(name)}(?!\w)"
            words = re.sub(alone, ADDRESS_MARK, words, flags=re.IGNORECASE)
    return words if len(words) <= _MOST else words[: _MOST - 1].rstrip() + "…"


# ---- Connecting: find the server, encrypt, sign in
#
# aiosmtplib does this. Its errors become MailServerError where waiting helps, otherwise
# MailError.

_PLAIN = "set `security` in [mail.smtp] to `starttls` or `tls`"
_NO_TLS = "ask the server's operator for a port with TLS; copydesk sends no mail unencrypted"
_BAD_CERTIFICATE = "the certificate must be valid, and for the name in `host` of [mail.smtp]"
_BAD_SIGN_IN = "check `user` in [mail.smtp] and COPYDESK_SMTP_PASSWORD"
_AWAY = "check `host` and `port` in [mail.smtp]; mails wait until the server answers"


async def send_one(options: SmtpOptions, envelope: Envelope) -> Answer:
    """Send one message over a connection of its own; raises as `open_line` does."""
    line = await open_line(options)
    try:
        return await line.send(envelope)
    finally:
        await line.close()


async def open_line(options: SmtpOptions, *, tls: ssl.SSLContext | None = None) -> SmtpLine:
    """Connect and sign in to the SMTP server. `tls` replaces the system's trusted certificates.

    Raises MailServerError if the server is away, slow or busy. Raises MailError if a person
    must act: no TLS, an invalid certificate, a refused sign-in, `none` for another machine. It
    never falls back to an unencrypted connection.
    """
    import aiosmtplib

    _check_plain(options)
    client = aiosmtplib.SMTP(
        hostname=options.host,
        port=options.port,
        timeout=options.timeout_seconds,
        local_hostname=_own_name(),
        use_tls=options.security == "tls",
        start_tls=False,  # we do it ourselves, to know what failed
        tls_context=tls,
    )
    try:
        return await _prepare(client, options)
    except MailError:
        client.close()
        raise
    except (aiosmtplib.SMTPException, OSError, ValueError) as error:
        client.close()
        raise _translate(error, options) from error
    except BaseException:
        client.close()
        raise


async def _prepare(client: aiosmtplib.SMTP, options: SmtpOptions) -> SmtpLine:

    await client.connect()
    await _greet(client)
    if options.security == "starttls":
        if not client.supports_extension("starttls"):
            raise MailError("the mail server has no TLS", subject=_name(options), hint=_NO_TLS)
        await client.starttls()
        await _greet(client)  # what was said before is forgotten (RFC 3207, section 4.2)
    if options.user:
        await _sign_in(client, options)
    if client.transport is None or client.transport.is_closing():
        raise MailServerError("the mail server closed the connection", subject=_name(options))
    transport = cast(asyncio.Transport, client.transport)
    extensions = frozenset(client.esmtp_extensions)
    return SmtpLine(Conversation(transport, options.timeout_seconds), extensions)


async def _greet(client: aiosmtplib.SMTP) -> None:
    import aiosmtplib

    try:
        await client.ehlo()
    except aiosmtplib.SMTPHeloError as error:
        if error.code == 421 or not client.is_connected:
            raise
        await client.helo()  # a server of before 1995


async def _sign_in(client: aiosmtplib.SMTP, options: SmtpOptions) -> None:
    import aiosmtplib

    if not client.supported_auth_methods:
        raise MailError("the mail server has no way to sign in", subject=_name(options))
    try:
        await client.login(options.user, options.password)
    except aiosmtplib.SMTPAuthenticationError as error:
        if 400 <= error.code < 500:  # as 454: it cannot look at passwords now (RFC 4954)
            raise
        what = f"the mail server refused the user name and password with {error.code}"
        raise MailError(what, subject=_name(options), hint=_BAD_SIGN_IN) from None


def _check_plain(options: SmtpOptions) -> None:
    if not options.host:
        raise MailError("no mail server is set", hint="set `host` in [mail.smtp]")
    if options.security == "none" and not urls.is_loopback(options.host):
        what = "unencrypted mail is allowed only to a mail server on this machine"
        raise MailError(what, subject=_name(options), hint=_PLAIN)


def _translate(error: Exception, options: SmtpOptions) -> MailError:
    """Return an error of aiosmtplib or the network as a MailError."""
    if _is_of_tls(error):
        reason = _find_reason(error)
        hint = f"{reason}; {_BAD_CERTIFICATE}" if reason else _BAD_CERTIFICATE
        return MailError(
            "no secure connection to the mail server", subject=_name(options), hint=hint
        )
    code = getattr(error, "code", None)
    if isinstance(code, int) and code > 0:
        words = clean_words(str(getattr(error, "message", "")), (options.user,))
        what = f"the mail server answered with {code}"
        kind = MailError if code >= 500 else MailServerError
        return kind(what, subject=_name(options), hint=words)
    return MailServerError("no connection to the mail server", subject=_name(options), hint=_AWAY)


def _is_of_tls(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, ssl.SSLError | ssl.CertificateError):
            return True
        error = error.__cause__
    return False


def _find_reason(error: BaseException | None) -> str:
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return error.verify_message
        error = error.__cause__
    return ""


def _name(options: SmtpOptions) -> str:
    return f"{options.host}:{options.port}"


def _own_name() -> str:
    """Return this machine's name for EHLO, or an address literal if it has no full name.

    Asks no resolver: one that is away would delay each connection.
    """
    name = socket.gethostname()
    return name if "." in name and urls.host(f"https://{name}/") == name else "[127.0.0.1]"


# ---- Sending one message after another
#
# MAIL -> RCPT -> DATA -> the message | up to here nothing is delivered
#                         its end     | from here on it may be
#                         the answer  -> Answer

_UTF8_NEEDED = "the mail server accepts only ASCII addresses (no SMTPUTF8)"
_Step = tuple[SmtpStage, bytes, Collection[int]]


class SmtpLine:
    """An open, signed-in connection to an SMTP server, to be used by one task at a time."""

    def __init__(self, conversation: Conversation, extensions: Collection[str]) -> None:
        self._conversation = conversation
        self._extensions = extensions

    @property
    def is_open(self) -> bool:
        """Return whether another message can be sent over the connection."""
        return self._conversation.is_open

    async def send(self, envelope: Envelope) -> Answer:
        """Send a message over SMTP and return its outcome. Errors caused by the server are not
        raised.

        After a refusal the connection stays open. After 421, a broken connection or a confused
        server it is closed. Cancelling closes it, too, and leaves the outcome unknown.
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
            self._conversation.end("sending a mail was interrupted")
            raise
        return answer

    @property
    def certificate_end(self) -> datetime | None:
        """Return when the SMTP server's certificate expires, None without encryption."""
        return self._conversation.certificate_end

    async def try_out(self, sender: str, recipient: str) -> Answer:
        """Check that the SMTP server accepts a sender and a recipient, without sending a message.

        `accepted` means that sender and recipient are accepted; nothing was sent.
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
        """Send QUIT if the connection is open, and close it."""
        try:
            if self.is_open:
                await self._conversation.ask(b"QUIT\r\n")
        except LineLostError:
            pass  # the connection is gone, as wanted
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
        """Return the outcome of a refused message, and reset the server's state."""
        if reply.code < 400:
            raise LineLostError(f"the mail server sent an unexpected answer, {reply.code}")
        answer = judge_reply(reply, stage, recipient)
        if reply.code == 421:
            self._conversation.end("the mail server is shutting down")
            return answer
        try:
            is_forgotten = (await self._conversation.ask(b"RSET\r\n")).code == 250
        except LineLostError:
            is_forgotten = False
        if not is_forgotten:
            self._conversation.end("the mail server did not discard a refused mail")
        return answer

    def _judge_end(self, reply: Reply, recipient: str) -> Answer:
        if not (200 <= reply.code < 300 or 400 <= reply.code < 600):
            raise LineLostError(f"the mail server sent an unknown reply to a mail: {reply.code}")
        if reply.code == 421:
            self._conversation.end("the mail server is shutting down")
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
    """Return whether a message's header is ASCII, as all are but for some addresses."""
    return message[: message.find(b"\r\n\r\n")].isascii()


# ---- The conversation: write one command, read the one answer to it
#
# aiosmtplib opens the connection, then this class takes over the transport. aiosmtplib's own
# protocol drops unasked replies, keeps a second answer for the next command, and writes a message
# and its end at once, so that nobody can tell whether the end was written.

_MOST_BYTES = 32_768  # of one answer; RFC 5321 has 512 a line
_LINE = re.compile(rb"(\d{3})(?:([ -])([^\n]*))?\r?\n")
_END = b".\r\n"
# More patience for the answer to a message's end, when a server scans the message: ten
# minutes of RFC 5321, section 4.5.3.2.6, at the default of one. Giving up early makes messages
# uncertain that were accepted.
_TIMES_LONGER = 10
_T = TypeVar("_T")


class LineLostError(Exception):
    """Raised inside this module when the SMTP connection has become unusable.

    `reply` is an unasked answer that came last.
    """

    def __init__(self, what: str, reply: Reply | None = None) -> None:
        super().__init__(what)
        self.what = what
        self.reply = reply


class Conversation(asyncio.Protocol):
    """The SMTP commands and replies on one connection, one command at a time. An unexpected second
    reply closes it.
    """

    def __init__(self, transport: asyncio.Transport, timeout_seconds: float) -> None:
        self._transport = transport
        self._timeout_seconds = timeout_seconds
        self._heard = bytearray()
        self._lost = ""
        self._is_waiting_to_write = False
        self._waiter: asyncio.Future[None] | None = None
        # paused until the kernel has all; with 0, asyncio's TLS would pause for ever
        transport.set_write_buffer_limits(high=1, low=0)
        transport.set_protocol(self)

    @property
    def is_open(self) -> bool:
        """Return whether an SMTP command can be written."""
        return not (self._lost or self._heard or self._transport.is_closing())

    @property
    def certificate_end(self) -> datetime | None:
        """Return when the SMTP server's certificate expires, None without encryption."""
        tls = self._transport.get_extra_info("ssl_object")
        ends = (tls.getpeercert() or {}).get("notAfter") if tls is not None else None
        return datetime.fromtimestamp(ssl.cert_time_to_seconds(ends), UTC) if ends else None

    async def ask(self, command: bytes) -> Reply:
        """Write an SMTP command and return the reply. Raises LineLostError if none comes."""
        self._check_silence()
        self._transport.write(command)
        return await self._listen()

    async def write_body(self, message: bytes) -> None:
        """Write a message's bytes without the end mark. Return once the operating system has them.

        From then on only `ask_end` can make the server accept the message.
        """
        self._check_silence()
        self._transport.write(_stuff(message))
        # lets the event loop notice that the server has closed the connection
        await asyncio.sleep(0)
        if self._is_waiting_to_write:
            await self._within_time(
                self._flush(), "the mail server stopped receiving in the middle of a mail"
            )
        self._check_silence()

    async def ask_end(self) -> Reply:
        """Write the end mark of a message and return the SMTP server's reply.

        A second reply in the same read must agree or say goodbye; otherwise nobody knows which
        counts.
        """
        self._transport.write(_END)
        reply = await self._listen(_TIMES_LONGER)
        while self._heard:
            other = self._take_reply()
            if other is None or (other.code // 100 != reply.code // 100 and other.code != 421):
                raise LineLostError("the mail server gave two answers to one mail")
            self._lost = "the mail server gave two answers to one mail"
        return reply

    def end(self, why: str) -> None:
        """Close the SMTP connection at once. `why` is stored as the reason."""
        self._lost = self._lost or why
        self._transport.abort()

    def _check_silence(self) -> None:
        if self._heard:
            reply = self._take_reply()
            raise LineLostError("the mail server sent an unexpected answer", reply)
        if self._lost or self._transport.is_closing():
            raise LineLostError(self._lost or "the connection to the mail server is closed")

    async def _listen(self, times_longer: int = 1) -> Reply:
        what = "the mail server did not answer in time"
        return await self._within_time(self._hear_reply(), what, times_longer)

    async def _hear_reply(self) -> Reply:
        while True:
            if self._heard and (reply := self._take_reply()) is not None:
                return reply
            if self._lost:
                raise LineLostError(self._lost)
            await self._wait()

    async def _flush(self) -> None:
        while self._is_waiting_to_write and not self._lost:
            await self._wait()

    async def _wait(self) -> None:
        self._waiter = asyncio.get_running_loop().create_future()
        await self._waiter

    async def _within_time(self, wanted: Awaitable[_T], what: str, times_longer: int = 1) -> _T:
        """Wait for a complete result. A slow trickle of bytes gets no more time than silence."""
        try:
            async with asyncio.timeout(self._timeout_seconds * times_longer):
                return await wanted
        except TimeoutError:
            self.end(what)
            raise LineLostError(what) from None

    def _take_reply(self) -> Reply | None:
        """Remove and return the first complete reply received, None while it is incomplete.

        Raises LineLostError for anything that is no answer.
        """
        position, words = 0, list[bytes]()
        while line := _LINE.match(self._heard, position):
            position = line.end()
            words.append(line[3] or b"")
            if line[2] != b"-":
                said = b" ".join(words).decode("utf-8", "replace")
                reply = Reply(code=int(line[1]), words=said)
                del line  # it holds the buffer
                del self._heard[:position]
                return reply
        if self._heard.find(b"\n", position) >= 0 or len(self._heard) > _MOST_BYTES:
            self._heard.clear()
            raise LineLostError("the mail server's answer is not valid SMTP")
        return None

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    # ---- what a transport calls ----

    def data_received(self, data: bytes) -> None:
        self._heard += data
        if len(self._heard) > _MOST_BYTES:
            self._transport.pause_reading()  # enough: `_take_reply` makes nothing of it
        if b"\n" in data or len(self._heard) > _MOST_BYTES:
            self._wake()

    def eof_received(self) -> None:
        self._lost = self._lost or "the mail server closed the connection"
        self._wake()

    def connection_lost(self, exc: Exception | None) -> None:
        self._lost = self._lost or "the connection to the mail server broke"
        self._is_waiting_to_write = False
        self._wake()

    def pause_writing(self) -> None:
        self._is_waiting_to_write = True

    def resume_writing(self) -> None:
        self._is_waiting_to_write = False
        self._wake()


def _stuff(message: bytes) -> bytes:
    """Prepare a message for SMTP's DATA: lines end with CRLF, dots are doubled (RFC 5321, 4.5.2).

    A bare CR or LF becomes CRLF: some servers take it for the end, and the rest for a new message.
    """
    ends = message.count(b"\r\n")
    if message.count(b"\n") != ends or message.count(b"\r") != ends:
        message = re.sub(rb"\r\n|\r|\n", b"\r\n", message)
    if not message.endswith(b"\r\n"):
        message += b"\r\n"
    if message.startswith(b"."):
        message = b"." + message
    return message.replace(b"\r\n.", b"\r\n..")
