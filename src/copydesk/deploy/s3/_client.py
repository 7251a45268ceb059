"""Send signed requests to S3 storage over kept connections, and retry passing failures.

Loaded when a bucket is first asked, as aiohttp is heavy.
"""

from __future__ import annotations

import asyncio
import io
import os
import re
import ssl
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine, Generator, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from types import TracebackType
from typing import TypeVar

import aiohttp
from yarl import URL

from copydesk.deploy.s3._sign import Keys, Signed, sign
from copydesk.errors import DeployError

_WAITS_SECONDS = (0.5, 1.5, 4.5)  # between four tries
_SLOWEST_BYTES_A_SECOND = 100_000  # a slower connection is given up
_LIST_BYTES = 20_000_000  # of a good answer; a list of a thousand names has less than one million
_ERROR_BYTES = 65_536  # of an error; its code is at the beginning
_PASSING = frozenset({429, 500, 502, 503, 504})
# Errors of certificates and of invalid URLs (ValueErrors of aiohttp and yarl) do not pass.
_LASTING = (aiohttp.ClientConnectorCertificateError, ValueError)
# Send exactly what was signed, and receive answers uncompressed.
_NOT_ADDED = ("Accept", "Accept-Encoding", "Content-Type", "User-Agent")
_AT_ONCE = 12
Given = TypeVar("Given")
Done = TypeVar("Done")
_CODE = re.compile(rb"<Code>([A-Za-z0-9]{1,60})</Code>")
_KEYS = "look at AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in the environment"
# https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
_BY_CODE = {
    "InvalidAccessKeyId": ("the storage does not know the key", _KEYS),
    "SignatureDoesNotMatch": ("the storage does not accept the signature", _KEYS),
    "ExpiredToken": ("the key has expired", "set AWS_SESSION_TOKEN and both keys anew"),
    "AccessDenied": (
        "the storage does not let us in",
        "the key needs the right to list the bucket, to put and to delete objects",
    ),
    "NoSuchBucket": ("there is no such bucket", "make it, or correct deploy.s3.bucket"),
    "RequestTimeTooSkewed": ("this machine's clock is wrong", "set it: timedatectl"),
    "PermanentRedirect": ("the bucket is elsewhere", "correct deploy.s3.region and endpoint"),
    "AuthorizationHeaderMalformed": ("the bucket is in another region", "correct deploy.s3.region"),
    "SlowDown": ("the storage asks for patience", ""),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answer:
    status: int
    body: bytes


class Client:
    """An S3 client: `async with Client("https", region, keys) as client`.

    The storage may be silent for `silence_seconds`, and take twice that for a whole answer, longer
    for a large file. `pause` waits for some seconds between two tries.
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
            limit=0,  # the bucket limits the number of requests
            resolver=aiohttp.ThreadedResolver(),  # the system's: a storage at home may be in no DNS
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
        """Return the body of a good response; raises DeployError."""
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
        """Sign a request with the current time, send it to the storage, and return the response."""
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
    """Keep aiohttp from repeating a request at once after a broken connection: we wait first."""
    try:
        return await handler(request)
    except aiohttp.ClientConnectorError:  # aiohttp does not repeat these
        raise
    except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError) as error:
        raise aiohttp.ClientConnectionError(str(error)) from error


async def _read(response: aiohttp.ClientResponse) -> bytes:
    """Return the body of a good response, and the beginning of any other."""
    is_good = response.status < 300
    body = bytearray()
    async for piece in response.content.iter_any():
        body += piece
        if len(body) > _LIST_BYTES:
            raise aiohttp.ClientPayloadError("the answer is too long")
        if len(body) > _ERROR_BYTES and not is_good:
            break
    return bytes(body)


Work = Callable[[Client, Given], Coroutine[None, None, Done]]


def work_through(
    client: Client, work: Work[Given, Done], things: Iterable[Given]
) -> Generator[Done, None, None]:
    """Yield the result of `work` for each thing as soon as it is ready; several run at a time.

    After a failure no work is begun. A caller that stops early cancels what is under way, so that
    nothing goes on behind its back.
    """
    with asyncio.Runner() as runner:
        results = _results(client, work, things)
        run = runner.get_loop().run_until_complete  # Runner.run would set signals each time
        while (batch := run(_next(results))) is not None:
            for task in batch:
                yield task.result()


async def _next(
    results: AsyncGenerator[list[asyncio.Task[Done]]],
) -> list[asyncio.Task[Done]] | None:
    """Return the next finished tasks, None at the end; called inside the event loop."""
    return await anext(results, None)


async def _results(
    client: Client, work: Work[Given, Done], things: Iterable[Given]
) -> AsyncGenerator[list[asyncio.Task[Done]]]:
    """Yield finished tasks in batches, failed ones last."""
    waiting = iter(things)
    under_way: set[asyncio.Task[Done]] = set()
    async with client:
        try:
            while True:
                begun = islice(waiting, _AT_ONCE - len(under_way))
                under_way |= {asyncio.create_task(work(client, thing)) for thing in begun}
                if not under_way:
                    return
                done, under_way = await asyncio.wait(under_way, return_when=asyncio.FIRST_COMPLETED)
                yield sorted(done, key=lambda task: task.exception() is not None)
        finally:
            for task in under_way:
                task.cancel()


def refusal(request: Signed, status: int, body: bytes) -> DeployError:
    """Return the error for a response; only its code is used: the body may repeat secrets."""
    match = _CODE.search(body)
    code = match[1].decode() if match else ""
    what, hint = _BY_CODE.get(code, ("", ""))
    if not what and status in {401, 403}:
        what, hint = _BY_CODE["AccessDenied"]
    reason = f"{code}, status {status}" if code else f"status {status}"
    about = f"{request.method} {request.host}{request.path}"
    return DeployError(f"{what or 'the storage refuses'} ({reason})", subject=about, hint=hint)


def unreachable(request: Signed, error: Exception) -> DeployError:
    """Return the error for a request without a response."""
    return DeployError(
        f"the storage cannot be reached ({_reason(error)})",
        subject=request.host,
        hint="look at deploy.s3.endpoint, and whether this machine can reach it",
    )


def _reason(error: Exception) -> str:
    """Return a failed connection's reason in the system's words, without aiohttp's."""
    import aiohttp

    if type(error) is aiohttp.ClientConnectionError and isinstance(error.__cause__, Exception):
        error = error.__cause__  # see _client._ask_once
    reasons: dict[type[Exception], str] = {
        TimeoutError: "timed out",
        aiohttp.ServerDisconnectedError: "it hung up without an answer",
        aiohttp.ClientPayloadError: "its answer broke off, or is too long",
        aiohttp.ClientResponseError: "its answer is no HTTP",
    }
    for kind, reason in reasons.items():
        if isinstance(error, kind):
            return reason
    return _system_reason(
        getattr(error, "certificate_error", None) or getattr(error, "os_error", error)
    )


def _system_reason(cause: object) -> str:
    """Return the reason of a failure of the system or of TLS."""
    if isinstance(cause, OSError) and cause.errno and not isinstance(cause, ssl.SSLError):
        known = os.strerror(cause.errno)
        return known if not known.startswith("Unknown error") else str(cause.strerror)
    return getattr(cause, "strerror", None) or str(cause) or type(cause).__name__
