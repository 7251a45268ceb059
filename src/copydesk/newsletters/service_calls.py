"""Send one API request to a newsletter service, and return its answer.

No redirects, no second try, little is read. Imported late, since aiohttp is heavy.
"""

from __future__ import annotations

import json
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import aiohttp

from copydesk.errors import MailError
from copydesk.kit import text, urls
from copydesk.newsletters.smtp import clean_words

_SILENCE_SECONDS = 30.0
_MOST_BYTES = 1_000_000  # of an answer
_PASSING = frozenset({408, 425, 429, 503})  # not now: the request itself was not worked on
# Where these say what is wrong: listmonk and Mailgun, Buttondown, Postmark, Ghost.
_WORDS = ("message", "detail", "Message", "errors", "error")


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceRequest:
    """An HTTP request to a newsletter service's API. `body` is sent as JSON, `form` as
    form data.
    """

    method: Literal["GET", "POST", "PUT"]
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    body: object = None
    form: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_look(self) -> bool:
        """Return whether the request only reads and changes nothing at the service."""
        return self.method == "GET"


class ServiceError(Exception):
    """Raised inside this folder when a newsletter service does not accept an issue."""

    def __init__(self, kind: HandOverKind, words: str, *, status: int = 0) -> None:
        super().__init__(kind, words)
        self.answer = HandOverAnswer(kind=kind, words=clean_words(words))
        self.status = status


class ServiceLine:
    """An HTTP session with a newsletter service, used with `async with`.

    `headers` hold the token, which is nowhere else. Raises MailError for a URL that would send it
    unencrypted over a network.
    """

    def __init__(
        self, url: str, headers: Mapping[str, str], *, silence_seconds: float = _SILENCE_SECONDS
    ) -> None:
        self._url = url.rstrip("/")
        self._headers = dict(headers)
        self._silence_seconds = silence_seconds
        scheme, _, rest = url.partition("://")
        host = rest.partition("/")[0].rpartition("@")[2]
        if scheme != "https" and not urls.is_loopback(host.rpartition(":")[0] or host):
            raise MailError(
                "the API token would be sent unencrypted to another machine",
                subject=url,
                hint="use an address with https:// for mail.hand_over.url",
            )

    async def __aenter__(self) -> ServiceLine:
        secure = self._url.startswith("https:")
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                force_close=True,
                resolver=aiohttp.ThreadedResolver(),
                ssl=ssl.create_default_context() if secure else False,
            ),
            cookie_jar=aiohttp.DummyCookieJar(),
            trust_env=False,
            middlewares=(_ask_once,),
            timeout=aiohttp.ClientTimeout(
                total=2 * self._silence_seconds,
                sock_connect=self._silence_seconds,
                sock_read=self._silence_seconds,
            ),
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._session.close()

    async def ask(self, request: ServiceRequest) -> dict[str, Any]:
        """Send a request and return the JSON object of the answer. Raises ServiceError for any
        other.
        """
        broke: HandOverKind = "later" if request.is_look else "uncertain"
        try:
            status, body = await self._send(request)
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            raise ServiceError(
                "later", f"no connection to the service: {type(error).__name__}"
            ) from None
        except (aiohttp.InvalidURL, aiohttp.NonHttpUrlClientError) as error:
            raise ServiceError(
                "refused", f"mail.hand_over.url is not a web address: {type(error).__name__}"
            ) from None
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise ServiceError(
                broke, f"the service closed the connection: {type(error).__name__}"
            ) from None
        answer = _decode(body)
        if status >= 300:
            raise _refusal(status, answer, broke)
        if answer is None:
            raise ServiceError(broke, f"HTTP {status} and an unreadable answer")
        return answer

    async def _send(self, request: ServiceRequest) -> tuple[int, bytes]:
        form = aiohttp.FormData(default_to_multipart=True) if request.form else None
        for name, value in request.form.items():
            assert form is not None
            form.add_field(name, value)
        async with self._session.request(
            request.method,
            self._url + request.path,
            params=dict(request.query),
            json=request.body,
            data=form,
            headers={"Accept": "application/json", **self._headers, **request.headers},
            allow_redirects=False,
        ) as response:
            body = bytearray()
            async for piece in response.content.iter_any():
                body += piece
                if len(body) > _MOST_BYTES:
                    return response.status, b""
            return response.status, bytes(body)


def _decode(body: bytes) -> dict[str, Any] | None:
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return answer if isinstance(answer, dict) else None


def _refusal(status: int, answer: dict[str, Any] | None, broke: HandOverKind) -> ServiceError:
    """Return the error for a status: after 500, 502 or 504 the request may have taken effect."""
    words = f"HTTP {status} {_words_of(answer)}"
    if status in _PASSING:
        return ServiceError("later", words, status=status)
    if status >= 500:
        return ServiceError(broke, words, status=status)
    return ServiceError("refused", words, status=status)


def _words_of(answer: dict[str, Any] | None) -> str:
    for name in _WORDS:
        said = (answer or {}).get(name)
        if isinstance(said, list) and said and isinstance(said[0], dict):
            said = said[0].get("message")
        if isinstance(said, str) and said:
            return said
    return ""


async def _ask_once(
    request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType
) -> aiohttp.ClientResponse:
    """Prevent aiohttp from repeating a request after a broken connection, as it does for PUT."""
    try:
        return await handler(request)
    except aiohttp.ClientConnectorError:
        raise
    except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError) as error:
        raise aiohttp.ClientConnectionError(str(error)) from error


# ---- Values

# taken: the service sends it. draft: it is a draft that a person sends. refused: asking again
# changes nothing. later: it was surely not taken, and may be asked again. uncertain: it was asked,
# and the outcome is unknown.
HandOverKind = Literal["taken", "draft", "refused", "later", "uncertain"]


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedLetter:
    """A newsletter issue with all that a newsletter service needs to send it.

    `html` and `text` have the placeholders `%unsubscribe%` and `%choices%`. `page` is the issue's
    URL on the site or "". `readers` are addresses, for the one service that stores none (Postmark).
    """

    subject: str
    html: str
    text: str
    from_name: str
    from_address: str
    reply_to: str
    issue_name: str
    page: str = ""
    readers: tuple[str, ...] = ()

    @property
    def sender(self) -> str:
        """Return the issue's sender as a mailbox (RFC 5322): `"Name" <address>`, or ""."""
        name = text.fold(self.from_name).replace("\\", "").replace('"', "'")
        if not name or not self.from_address:
            return self.from_address
        return f'"{name}" <{self.from_address}>'


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOverAnswer:
    """A newsletter service's answer to an issue. `reference` is the service's id of the issue, or
    "".
    """

    kind: HandOverKind
    reference: str = ""
    words: str = ""
