"""Client: one signed request after another over kept connections, tried again where that helps.

Loaded when a bucket is first asked, since aiohttp is heavy.
"""

from __future__ import annotations

import asyncio
import io
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from types import TracebackType

import aiohttp
from yarl import URL

from copydesk.deploy.s3._errors import refusal, unreachable
from copydesk.deploy.s3._sign import Keys, Signed, sign

_WAITS_SECONDS = (0.5, 1.5, 4.5)  # between four tries
_SLOWEST_BYTES_A_SECOND = 100_000  # a line may be so slow, and no file is cut off for it
_LIST_BYTES = 20_000_000  # of a good answer: a list of a thousand names is under one
_ERROR_BYTES = 65_536  # of any other: its code stands at the beginning
_PASSING = frozenset({429, 500, 502, 503, 504})
# Of certificates and of what is no address (aiohttp and yarl raise ValueErrors) there is no more
# to be hoped.
_LASTING = (aiohttp.ClientConnectorCertificateError, ValueError)
# What is sent is what was signed, and an answer comes as it is.
_NOT_ADDED = ("Accept", "Accept-Encoding", "Content-Type", "User-Agent")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answer:
    status: int
    body: bytes


class Client:
    """Ask a storage: `async with Client("https", region, keys) as client`.

    It may say nothing for `silence_seconds`, and take twice that for a whole answer, with more for
    a large file. `pause` waits so many seconds between two tries.
    """

    def __init__(
        self,
        scheme: str,
        region: str,
        keys: Keys,
        *,
        silence_seconds: float,
        pause: Callable[[float], Awaitable[object]] | None,
    ) -> None:
        self._scheme = scheme
        self._region = region
        self._keys = keys
        self._silence_seconds = silence_seconds
        self._pause = asyncio.sleep if pause is None else pause

    async def __aenter__(self) -> Client:
        connector = aiohttp.TCPConnector(
            limit=0,  # the bucket bounds how much is under way
            resolver=aiohttp.ThreadedResolver(),  # the system's: a storage at home is in no DNS
            ssl=ssl.create_default_context() if self._scheme == "https" else False,
        )
        self._session = aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            skip_auto_headers=_NOT_ADDED,
            trust_env=False,
            middlewares=(_ask_once,),
        )
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self._session.close()

    async def ask(self, request: Signed) -> bytes:
        """Return the body of a good answer; raises DeployError."""
        for wait_seconds in (*_WAITS_SECONDS, None):
            try:
                answer = await self._send(request)
            except (aiohttp.ClientError, OSError, ValueError) as error:
                if wait_seconds is None or isinstance(error, _LASTING):
                    raise unreachable(request, error) from error
            else:
                if answer.status < 300:
                    return answer.body
                if wait_seconds is None or answer.status not in _PASSING:
                    raise refusal(request, answer.status, answer.body)
            await self._pause(wait_seconds)
        raise AssertionError

    async def _send(self, request: Signed) -> _Answer:
        """Sign a request for this moment, send it, and read what comes back."""
        async with self._session.request(
            request.method,
            URL(f"{self._scheme}://{request.host}{request.target}", encoded=True),
            data=io.BytesIO(request.body) if request.body else None,
            headers=sign(request, self._keys, self._region, datetime.now(UTC)),
            timeout=self._limits(len(request.body)),
            allow_redirects=False,
        ) as response:
            return _Answer(status=response.status, body=await _read(response))

    def _limits(self, size: int) -> aiohttp.ClientTimeout:
        silence = self._silence_seconds
        whole = 2 * silence + size / _SLOWEST_BYTES_A_SECOND
        return aiohttp.ClientTimeout(total=whole, sock_connect=silence, sock_read=silence)


async def _ask_once(
    request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType
) -> aiohttp.ClientResponse:
    """Keep aiohttp from asking again at once where a connection broke: we wait before."""
    try:
        return await handler(request)
    except aiohttp.ClientConnectorError:  # which it leaves alone
        raise
    except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError) as error:
        raise aiohttp.ClientConnectionError(str(error)) from error


async def _read(response: aiohttp.ClientResponse) -> bytes:
    """Read a good answer whole, of any other its beginning."""
    is_good = response.status < 300
    body = bytearray()
    async for piece in response.content.iter_any():
        body += piece
        if len(body) > _LIST_BYTES:
            raise aiohttp.ClientPayloadError("the answer is too long")
        if len(body) > _ERROR_BYTES and not is_good:
            break
    return bytes(body)
