"""What went wrong on the wire, in words that a person can use."""

from __future__ import annotations

from copydesk.fetch._address import AddressRefusedError
from copydesk.kit import text, urls
from copydesk.news import Refused


def refusal(url: str, error: Exception) -> Refused:
    """Turn any failure of the network into a Refused; an error that is none is raised again."""
    import aiohttp

    known = (aiohttp.ClientError, OSError, ValueError, EOFError)
    if not isinstance(error, known):
        raise error
    cause = getattr(error, "os_error", None)
    if isinstance(cause, AddressRefusedError):
        detail = f"{urls.host(url)} is no public address: {cause.address}"
        return Refused(url=url, reason="address", detail=detail)
    return Refused(url=url, reason="network", detail=text.shorten(_words(url, error), 300))


def _words(url: str, error: Exception) -> str:
    """Say what happened; the more special classes stand first."""
    import aiohttp

    host = urls.host(url)
    said = text.fold(str(getattr(error, "message", error)))
    kinds: list[tuple[type[Exception], str]] = [
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
