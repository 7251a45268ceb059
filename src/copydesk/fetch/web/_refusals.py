"""Turn network errors, and proxies that must not be used, into a Refused that says why."""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from copydesk.fetch.messages import WebAddress
from copydesk.fetch.web._addresses import (
    AddressRefusedError,
    InvalidHostError,
    UnknownHostError,
    is_public,
)
from copydesk.kit import text, urls
from copydesk.news import Refused, Request
from copydesk.news.options import FetchOptions
from copydesk.news.page import Fault, FaultKind, RefusedReason

if TYPE_CHECKING:
    import aiohttp

# OpenSSL's codes for an invalid certificate (X509_V_ERR_…); it does not tell when one expired
_ENDED = 10
_CERTIFICATES = {
    9: "is not valid yet",
    18: "is self-signed",
    19: "has nobody who vouches for it",  # a chain that ends in an unknown authority
    20: "has nobody who vouches for it",
    21: "has nobody who vouches for it",  # or the server does not send a part of the chain
    62: "is for another host",
    64: "is for another host",  # the host is an IP address
}
_TLS = {
    "WRONG_VERSION_NUMBER": "it speaks no TLS there",
    "HTTP_REQUEST": "it speaks no TLS there",
    "RECORD_LAYER_FAILURE": "it speaks no TLS there",
    "UNEXPECTED_EOF_WHILE_READING": "it hung up",
    "UNSUPPORTED_PROTOCOL": "it speaks only old TLS",
    "TLSV1_ALERT_PROTOCOL_VERSION": "it speaks only other versions of TLS",
    "SSLV3_ALERT_HANDSHAKE_FAILURE": "no way of speaking in common",
}
_CONNECTIONS = {
    errno.ECONNREFUSED: "refused",
    errno.ECONNRESET: "reset by the other side",
    errno.EPIPE: "closed by the other side",
    errno.EHOSTUNREACH: "no way there",
    errno.ENETUNREACH: "no network to go by",
    errno.ETIMEDOUT: "no answer",
}
_ERRNO = re.compile(r"\[Errno (\d{1,5})\]")
_FAULT = re.compile(r"[A-Za-z][A-Za-z0-9` -]{2,60}\b")


def refuse_name(url: str, host: str, error: UnknownHostError) -> Refused:
    """Return the refusal for a host name that cannot be resolved."""
    is_name = not isinstance(error, InvalidHostError)
    detail = f"no such host: {host} ({error.what})" if is_name else f"{error.what}: {host}"
    return Refused(url=url, reason="network", detail=text.shorten(detail, 300))


def refuse_error(request: Request, host: str, error: Exception, options: FetchOptions) -> Refused:
    """Return the refusal for a network error; re-raise any other error."""
    import aiohttp

    known = (aiohttp.ClientError, OSError, ValueError, EOFError)
    if not isinstance(error, known):
        raise error
    if isinstance(error, TimeoutError):
        return Refused(
            url=request.url, reason="too-slow", detail=_describe_timeout(error, host, options)
        )
    cause = error if isinstance(error, AddressRefusedError) else getattr(error, "os_error", None)
    if isinstance(cause, AddressRefusedError):
        detail = f"{host} is no public address: {cause.address}"
        return Refused(url=request.url, reason="address", detail=detail)
    is_certificate = isinstance(error, aiohttp.ClientConnectorCertificateError)
    reason: RefusedReason = "certificate" if is_certificate else "network"
    return Refused(url=request.url, reason=reason, detail=text.shorten(_describe(host, error), 300))


def _describe_timeout(error: TimeoutError, host: str, options: FetchOptions) -> str:
    import aiohttp

    if isinstance(error, aiohttp.ConnectionTimeoutError):
        return f"no connection to {host} within {options.connect_seconds:g} seconds"
    return f"no whole answer within {options.timeout_seconds:g} seconds"


def _describe(host: str, error: Exception) -> str:
    """Describe an error without the jargon of the library; subclasses come before their bases."""
    import aiohttp

    kinds: list[tuple[type[Exception], Callable[[str, Any], str]]] = [
        (aiohttp.ClientProxyConnectionError, lambda _, no: _describe_connection("the proxy", no)),
        (aiohttp.ClientHttpProxyError, _describe_proxy),
        (aiohttp.ClientConnectorCertificateError, _describe_certificate),
        (aiohttp.ClientSSLError, _describe_tls),
        (aiohttp.ClientConnectorDNSError, _describe_name),
        (aiohttp.ClientConnectorError, _describe_connection),
        (aiohttp.ServerDisconnectedError, lambda at, _: f"{at} hung up without an answer"),
        (aiohttp.ClientPayloadError, lambda _, __: "the body broke off"),
        (aiohttp.ClientResponseError, _describe_http),
        (aiohttp.InvalidURL, lambda _, __: "not a web address"),
        (UnicodeError, lambda at, _: f"not a name of a host: {at}"),
        (OSError, lambda at, no: f"the connection with {at} broke off: {_describe_os_error(no)}"),
    ]
    for kind, words in kinds:
        if isinstance(error, kind):
            return words(host, error)
    return f"no answer from {host} that can be used ({text.fold(str(error))})"


def _describe_connection(host: str, error: OSError) -> str:
    return f"no connection to {host}: {_describe_os_error(error)}"


def _describe_proxy(host: str, error: aiohttp.ClientHttpProxyError) -> str:
    message = text.fold(error.message)
    return f"the proxy does not let us through to {host} ({message or error.status})"


def _describe_certificate(host: str, error: aiohttp.ClientConnectorCertificateError) -> str:
    code = getattr(error.certificate_error, "verify_code", 0)
    if code == _ENDED:
        return str(Fault.of(FaultKind.CERTIFICATE_ENDED, host=host))
    why = _CERTIFICATES.get(code)
    if why is None:
        why = f"is not valid ({getattr(error.certificate_error, 'verify_message', code)})"
    return str(Fault.of(FaultKind.CERTIFICATE, host=host, why=why))


def _describe_tls(host: str, error: aiohttp.ClientConnectorSSLError) -> str:
    code = str(getattr(getattr(error, "os_error", error), "reason", None) or "")
    why = _TLS.get(code) or code.removeprefix("TLSV1_ALERT_").replace("_", " ").lower()
    return f"no secure connection with {host}{f': {why}' if why else ''}"


def _describe_name(host: str, error: aiohttp.ClientConnectorDNSError) -> str:
    """Describe which host name cannot be resolved; the proxy's name is not shown."""
    whose = host if error.host == host.strip("[]") else "the proxy's"
    return f"no such host: {whose} ({error.strerror})"


def _describe_http(host: str, error: aiohttp.ClientResponseError) -> str:
    """Describe an HTTP error by the parser's first line; below it are the response's bytes."""
    match = _FAULT.match(error.message)
    return f"no valid HTTP from {host}{f' ({match[0].lower()})' if match else ''}"


def _describe_os_error(error: OSError) -> str:
    """Describe in a word or two why the system could not connect."""
    inner = getattr(error, "os_error", error)
    number = inner.errno
    if number is None and (match := _ERRNO.search(str(inner))):  # several addresses failed
        number = int(match[1])
    if number is None:
        return text.fold(str(inner)) or "no reason given"
    return _CONNECTIONS.get(number) or os.strerror(number).lower()


_UNSET = re.compile(r"env:(\w+)", re.ASCII)  # the variable is not set


def refuse_proxy(where: WebAddress, proxy: str, options: FetchOptions) -> Refused | None:
    """Return why a URL must not be requested through a proxy, None if it may.

    The newsroom chose its proxy, so the proxy's own address is not judged. The address guard cannot
    see where a proxy connects to: only a private address in the URL itself can be refused here.
    """
    if unset := _UNSET.fullmatch(proxy):
        fault = Fault.of(FaultKind.PROXY_UNSET, variable=unset[1])
        return Refused(url=where.url, reason="network", detail=str(fault))
    if not _is_proxy(proxy):
        detail = "the proxy is no http:// or https:// address with a host"
        return Refused(url=where.url, reason="network", detail=detail)
    if options.allows(where.host) or not _is_private(where.host):
        return None
    detail = f"{where.host} is no public address, and no proxy is asked for it"
    return Refused(url=where.url, reason="address", detail=detail)


def _is_proxy(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def _is_private(host: str) -> bool:
    """Return whether a host is a private IP address or a local name."""
    bare = host.strip("[]")
    if host != bare or host[-1:].isdigit():
        return not is_public(bare)
    return urls.is_local(bare)
