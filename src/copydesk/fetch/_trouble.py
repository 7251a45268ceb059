"""What went wrong on the wire, in words that a person can use."""

from __future__ import annotations

from copydesk.fetch._address import AddressRefusedError
from copydesk.fetch._options import FetchOptions
from copydesk.kit import text
from copydesk.news import Refused, RefusedReason, Request


def lost_name(url: str, host: str, why: str) -> Refused:
    """Say that a name leads nowhere."""
    detail = f"not a name of a host: {host}" if why.startswith("not a") else f"no such host: {host}"
    said = "" if why.startswith("not a") else f" ({why})"
    return Refused(url=url, reason="network", detail=text.shorten(detail + said, 300))


def refusal(request: Request, host: str, error: Exception, options: FetchOptions) -> Refused:
    """Turn any failure of the network into a Refused; an error that is none is raised again."""
    import aiohttp

    known = (aiohttp.ClientError, OSError, ValueError, EOFError)
    if not isinstance(error, known):
        raise error
    if isinstance(error, TimeoutError):
        return Refused(url=request.url, reason="too-slow", detail=_late(error, host, options))
    cause = error if isinstance(error, AddressRefusedError) else getattr(error, "os_error", None)
    if isinstance(cause, AddressRefusedError):
        detail = f"{host} is no public address: {cause.address}"
        return Refused(url=request.url, reason="address", detail=detail)
    is_certificate = isinstance(error, aiohttp.ClientConnectorCertificateError)
    reason: RefusedReason = "certificate" if is_certificate else "network"
    detail = text.shorten(_words(host, error), 300)
    return Refused(url=request.url, reason=reason, detail=detail)


def _late(error: TimeoutError, host: str, options: FetchOptions) -> str:
    import aiohttp

    if isinstance(error, aiohttp.ConnectionTimeoutError):
        return f"no connection to {host} within {options.connect_seconds:g} seconds"
    return f"no whole answer within {options.timeout_seconds:g} seconds"


def _words(host: str, error: Exception) -> str:
    """Say what happened; the more special classes stand first."""
    import aiohttp

    said = text.fold(str(getattr(error, "message", error)))
    kinds: list[tuple[type[Exception], str]] = [
        (aiohttp.ClientProxyConnectionError, "no connection to the proxy"),
        (aiohttp.ClientHttpProxyError, f"the proxy does not let us through to {host}"),
        (aiohttp.ClientConnectorCertificateError, f"the certificate is not valid for {host}"),
        (aiohttp.ClientSSLError, f"no secure connection with {host}"),
        (aiohttp.ClientConnectorDNSError, f"no such host: {host}"),
        (aiohttp.ClientConnectorError, f"no connection to {host}"),
        (aiohttp.ServerDisconnectedError, f"{host} hung up without an answer"),
        (aiohttp.ClientPayloadError, "the body broke off"),
        (aiohttp.ClientResponseError, f"no valid HTTP from {host}"),
        (aiohttp.InvalidURL, "not a web address"),
        (UnicodeError, f"not a name of a host: {host}"),
    ]
    for kind, words in kinds:
        if isinstance(error, kind):
            return f"{words} ({said})" if said else words
    return f"{type(error).__name__}: {said}"
