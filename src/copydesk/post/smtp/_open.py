"""Open a line to the server that takes letters: found, encrypted, signed in.

aiosmtplib does that; what it raises becomes MailServerError where waiting helps, else MailError.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from typing import TYPE_CHECKING, cast

from copydesk.errors import MailError, MailServerError
from copydesk.kit import urls
from copydesk.news import SmtpOptions
from copydesk.post.server_words import clean_words
from copydesk.post.smtp._line import SmtpLine

if TYPE_CHECKING:
    import aiosmtplib

_PLAIN = "set `security` in [mail.smtp] to `starttls` or `tls`"
_NO_TLS = "ask its operator for a port with TLS; nothing is sent in plain"
_BAD_CERTIFICATE = "the name in [mail.smtp] must be the one in its certificate, which must be valid"
_BAD_SIGN_IN = "look at `user` in [mail.smtp] and COPYDESK_SMTP_PASSWORD"
_AWAY = "look at `host` and `port` in [mail.smtp]; letters wait until it is there"


async def open_line(options: SmtpOptions, *, tls: ssl.SSLContext | None = None) -> SmtpLine:
    """Open a line, as whom and how the options say; `tls` stands for the system's trust.

    Raises MailServerError where the server is away, slow or busy; MailError where a person must
    do something: no TLS, a certificate that proves nothing, a sign-in that is refused, `none` for
    a host elsewhere. There is no way to be plain by mishap.
    """
    import aiosmtplib

    _check_plain(options)
    client = aiosmtplib.SMTP(
        hostname=options.host,
        port=options.port,
        timeout=options.timeout_seconds,
        local_hostname=_own_name(),
        use_tls=options.security == "tls",
        start_tls=False,  # as a step of ours, to know what failed
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
    from copydesk.post.smtp._conversation import Conversation

    await client.connect()
    await _greet(client)
    if options.security == "starttls":
        if not client.supports_extension("starttls"):
            raise MailError("the mail server offers no TLS", subject=_name(options), hint=_NO_TLS)
        await client.starttls()
        await _greet(client)  # what was said before is forgotten (RFC 3207, section 4.2)
    if options.user:
        await _sign_in(client, options)
    if client.transport is None or client.transport.is_closing():
        raise MailServerError("the mail server closed the line", subject=_name(options))
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
        raise MailError("the mail server lets nobody sign in", subject=_name(options))
    try:
        await client.login(options.user, options.password)
    except aiosmtplib.SMTPAuthenticationError as error:
        if 400 <= error.code < 500:  # as 454: it cannot look at passwords now (RFC 4954)
            raise
        what = f"the mail server refuses the sign-in with {error.code}"
        raise MailError(what, subject=_name(options), hint=_BAD_SIGN_IN) from None


def _check_plain(options: SmtpOptions) -> None:
    if not options.host:
        raise MailError("no mail server is named", hint="set `host` in [mail.smtp]")
    if options.security == "none" and not urls.is_loopback(options.host):
        what = "letters are sent in plain to a server on this machine alone"
        raise MailError(what, subject=_name(options), hint=_PLAIN)


def _translate(error: Exception, options: SmtpOptions) -> MailError:
    """Return what a person is told of a library's error."""
    if _is_of_tls(error):
        reason = _find_reason(error)
        hint = f"{reason}; {_BAD_CERTIFICATE}" if reason else _BAD_CERTIFICATE
        return MailError("no safe line to the mail server", subject=_name(options), hint=hint)
    code = getattr(error, "code", None)
    if isinstance(code, int) and code > 0:
        words = clean_words(str(getattr(error, "message", "")), (options.user,))
        what = f"the mail server answers {code}"
        kind = MailError if code >= 500 else MailServerError
        return kind(what, subject=_name(options), hint=words)
    return MailServerError("no line to the mail server", subject=_name(options), hint=_AWAY)


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
    """Return this machine's name as EHLO has it; a literal for one that is no whole name.

    Nobody is asked for it: a resolver that is away would hold up each line.
    """
    name = socket.gethostname()
    return name if "." in name and urls.host(f"https://{name}/") == name else "[127.0.0.1]"
