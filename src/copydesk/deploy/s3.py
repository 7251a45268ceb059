"""Upload to S3 storage: signed requests, one PUT for each file, lists on demand.

It imports aiohttp, which is heavy, so it is imported only when a bucket is used.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import io
import os
import re
import ssl
from collections.abc import (
    AsyncGenerator,
    AsyncIterator,
    Awaitable,
    Callable,
    Collection,
    Coroutine,
    Generator,
    Iterable,
    Mapping,
    Sequence,
)
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import TypeVar
from urllib.parse import SplitResult, quote, unquote_plus, urlsplit

import aiohttp
from yarl import URL

from copydesk.deploy._deliver import MARKER, MARKER_TEXT, Parcel, refuse_other_bytes
from copydesk.errors import ConfigError, DeployError
from copydesk.kit import tables
from copydesk.kit.files import digest_file, explain_errors, media_type
from copydesk.news.options import S3Options

# Sign an S3 request with the owner's keys: AWS Signature Version 4. Pure.
#
# It follows "Authenticating Requests (AWS Signature Version 4)" of the Amazon S3 API reference,
# whose four examples are among the tests.

_METHOD = "AWS4-HMAC-SHA256"


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """An S3 request to sign; `path` is not escaped and begins with a slash.

    A large body is a `file` of this `sha256`, which is not read into memory.
    """

    method: str
    host: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    file: Path | None = None
    sha256: str = ""

    @property
    def size(self) -> int:
        """Return the size of the request's body in bytes."""
        return self.file.stat().st_size if self.file else len(self.body)

    @property
    def target(self) -> str:
        """Return the path and query of the request's URL, escaped as the signature requires."""
        query = _query(self.query)
        return f"{escape(self.path)}?{query}" if query else escape(self.path)


def escape(path: str) -> str:
    """Return a URL path in which all but slashes and unreserved characters are percent-escaped."""
    return quote(path, safe="/-_.~")


def sign(request: Signed, options: S3Options, at: datetime) -> dict[str, str]:
    """Return the headers with which to send an S3 request, including the AWS signature."""
    moment = at.strftime("%Y%m%dT%H%M%SZ")
    body_digest = request.sha256 or hashlib.sha256(request.body).hexdigest()
    headers = {**request.headers, "Host": request.host, "x-amz-date": moment}
    headers["x-amz-content-sha256"] = body_digest
    if options.session_token:
        headers["x-amz-security-token"] = options.session_token
    plain = {name.lower(): " ".join(value.split()) for name, value in headers.items()}
    names = ";".join(sorted(plain))
    canonical = "\n".join(
        (
            request.method,
            escape(request.path),
            _query(request.query),
            "".join(f"{name}:{plain[name]}\n" for name in sorted(plain)),
            names,
            body_digest,
        )
    )
    scope = f"{moment[:8]}/{options.region}/s3/aws4_request"
    request_digest = hashlib.sha256(canonical.encode()).hexdigest()
    proof = _proof(options.secret_key, scope, f"{_METHOD}\n{moment}\n{scope}\n{request_digest}")
    headers["Authorization"] = (
        f"{_METHOD} Credential={options.access_key}/{scope},SignedHeaders={names},Signature={proof}"
    )
    return headers


def _query(query: Mapping[str, str]) -> str:
    pairs = sorted((quote(name, safe="-_.~"), quote(query[name], safe="-_.~")) for name in query)
    return "&".join(f"{name}={value}" for name, value in pairs)


def _proof(secret: str, scope: str, text: str) -> str:
    key = f"AWS4{secret}".encode()
    for part in (*scope.split("/"), text):
        key = hmac.digest(key, part.encode(), "sha256")
    return key.hex()


# Send signed requests to S3 storage over kept connections, and retry passing failures.

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
_CHUNK = 1 << 18
_MOST_PUT_BYTES = 5 << 30  # S3 takes no more in one request
Given = TypeVar("Given")
Done = TypeVar("Done")
_CODE = re.compile(rb"<Code>([A-Za-z0-9]{1,60})</Code>")
_BY_CODE = tables.read_rows("copydesk.deploy", "s3_errors.toml", tuple[str, str])


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answer:
    status: int
    body: bytes


class Client:
    """An S3 client: `async with Client(options, …) as client`.

    The storage may be silent for `silence_seconds`, and take twice that for a whole answer, longer
    for a large file. `pause` waits for some seconds between two tries.
    """

    def __init__(
        self,
        options: S3Options,
        *,
        silence_seconds: float,
        pause: Callable[[float], Awaitable[object]] | None,
    ) -> None:
        self._options = options
        self._scheme = urlsplit(options.endpoint).scheme
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

    async def __aexit__(self, *_: object) -> None:
        await self._session.close()

    async def ask(self, request: Signed, into: Path | None = None, most_bytes: int = 0) -> bytes:
        """Send a request and return the body of a successful response; raises DeployError.

        With `into` the body, of at most `most_bytes`, is written to that file and not returned.
        """
        for wait_seconds in (*_WAITS_SECONDS, None):
            try:
                answer = await self._send(request, into, most_bytes)
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

    async def _send(self, request: Signed, into: Path | None, most_bytes: int) -> _Answer:
        """Sign a request with the current time, send it to the storage, and return the response."""
        async with self._session.request(
            request.method,
            URL(f"{self._scheme}://{request.host}{request.target}", encoded=True),
            data=_pieces(request) if request.size else None,
            headers=sign(request, self._options, datetime.now(UTC)),
            timeout=self._limits(request.size + most_bytes),
            allow_redirects=False,
        ) as response:
            if into is None or response.status >= 300:
                return _Answer(status=response.status, body=await _read(response))
            await _write(response, into, most_bytes)
            return _Answer(status=response.status, body=b"")

    def _limits(self, size: int) -> aiohttp.ClientTimeout:
        silence = self._silence_seconds
        whole = 2 * silence + size / _SLOWEST_BYTES_A_SECOND
        return aiohttp.ClientTimeout(total=whole, sock_connect=silence, sock_read=silence)


async def _ask_once(
    request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType
) -> aiohttp.ClientResponse:
    """Keep aiohttp from repeating a request at once after a broken connection, as we wait first."""
    try:
        return await handler(request)
    except aiohttp.ClientConnectorError:  # aiohttp does not repeat these
        raise
    except (aiohttp.ClientOSError, aiohttp.ServerDisconnectedError) as error:
        raise aiohttp.ClientConnectionError(str(error)) from error


async def _pieces(request: Signed) -> AsyncIterator[bytes]:
    with request.file.open("rb") if request.file else io.BytesIO(request.body) as source:
        while piece := source.read(_CHUNK):
            yield piece


async def _read(response: aiohttp.ClientResponse) -> bytes:
    """Return the body of a good response, and the beginning of any other."""
    is_good = response.status < 300
    body = bytearray()
    async for piece in response.content.iter_any():
        body += piece
        if len(body) > _LIST_BYTES:
            raise aiohttp.ClientPayloadError("the response of the S3 storage is too long")
        if len(body) > _ERROR_BYTES and not is_good:
            break
    return bytes(body)


async def _write(response: aiohttp.ClientResponse, file: Path, most_bytes: int) -> None:
    what = "the file cannot be written"
    with explain_errors(DeployError, what, file):
        out = file.open("wb")
    with out:
        async for piece in response.content.iter_any():
            most_bytes -= len(piece)
            if most_bytes < 0:
                raise aiohttp.ClientPayloadError("the file in the S3 storage is too long")
            with explain_errors(DeployError, what, file):
                out.write(piece)


Work = Callable[[Client, Given], Coroutine[None, None, Done]]


def work_through(
    client: Client, work: Work[Given, Done], things: Iterable[Given]
) -> Generator[Done, None, None]:
    """Call `work` for many things, several at a time; yield each result as soon as it is ready.

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
    """Return the error for a refused request; the response may hold secrets, so only its code is
    used.
    """
    match = _CODE.search(body)
    code = match[1].decode() if match else ""
    what, hint = _BY_CODE.get(code, ("", ""))
    if not what and status in {401, 403}:
        what, hint = _BY_CODE["AccessDenied"]
    reason = f"{code}, status {status}" if code else f"status {status}"
    about = f"{request.method} {request.host}{request.path}"
    return DeployError(
        f"{what or 'the storage refused the request'} ({reason})", subject=about, hint=hint
    )


def unreachable(request: Signed, error: Exception) -> DeployError:
    """Return the error for a request that got no response."""
    return DeployError(
        f"could not reach the storage ({_reason(error)})",
        subject=request.host,
        hint="check deploy.s3.endpoint (for backups, backup.s3.endpoint or AWS_ENDPOINT_URL), and "
        "that this machine can reach the address",
    )


def _reason(error: Exception) -> str:
    """Return a failed connection's reason in the system's words, without aiohttp's."""
    import aiohttp

    if type(error) is aiohttp.ClientConnectionError and isinstance(error.__cause__, Exception):
        error = error.__cause__  # see _client._ask_once
    reasons: dict[type[Exception], str] = {
        TimeoutError: "timed out",
        aiohttp.ServerDisconnectedError: "the storage closed the connection without an answer",
        aiohttp.ClientPayloadError: "the answer is incomplete or too long",
        aiohttp.ClientResponseError: "the answer is not valid HTTP",
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


# An S3 bucket as deploy target: files are put and deleted in parallel, listed with their ETags.

_MD5 = re.compile(r"[0-9a-f]{32}")
_UNCHANGING = "pictures/"  # files named by a hash of their content
_YEAR_SECONDS = 31_536_000


@dataclass(frozen=True, kw_only=True)
class Bucket:
    """An S3 bucket at an endpoint (`https://host`), or the part of it below a prefix.

    The storage may be silent for `silence_seconds`; `pause` waits for some seconds between tries.
    """

    options: S3Options
    silence_seconds: float = 60.0
    pause: Callable[[float], Awaitable[object]] | None = field(default=None, repr=False)

    @property
    def name(self) -> str:
        """Return the deploy target's name in messages: endpoint, bucket and prefix."""
        return f"{self.options.endpoint}/{self.options.bucket}/{self._above}"

    @property
    def host(self) -> str:
        """Return the host name of S3 requests, with its port."""
        host = self._address.netloc
        return host if self.options.path_style else f"{self.options.bucket}.{host}"

    def listing(self, _: Collection[str]) -> Mapping[str, str]:
        """Return the MD5 of every S3 object by its path, "" if its ETag is not an MD5."""
        [digests] = self._each(self._list, [self._above])
        return digests

    def mark(self) -> None:
        """Write the marker file that shows that the bucket is only for this site."""
        list(self._each(self._put, [(MARKER, MARKER_TEXT)]))

    def send(self, parcels: Sequence[Parcel]) -> Generator[tuple[str, bool], None, None]:
        """Send several files at a time to the bucket; yield (path, True) for each one sent."""

        async def put(client: Client, parcel: Parcel) -> tuple[str, bool]:
            await self._put(client, (parcel.path, parcel.read()))
            return parcel.path, True

        return self._each(put, parcels)

    def delete(self, paths: Sequence[str]) -> Generator[str, None, None]:
        """Delete several files at a time in the bucket; yield each path."""

        async def delete(client: Client, path: str) -> str:
            await client.ask(self._request("DELETE", self._above + path))
            return path

        return self._each(delete, paths)

    def keep(self, file: Path) -> str:
        """Send a large file, fetch it again beside the file and compare; return its SHA-256."""
        size = file.stat().st_size
        if size > _MOST_PUT_BYTES:
            what = f"S3 takes at most 5 GB in one request, and the file has {size:,} bytes"
            hint = "send it with rsync or to a folder, or leave out what can be fetched again"
            raise DeployError(what, subject=file.name, hint=hint)
        sha256 = digest_file(file)
        headers = {"Content-Type": "application/octet-stream", "Content-Length": str(size)}
        put = self._request("PUT", self._above + file.name, headers=headers)
        list(self._each(Client.ask, [replace(put, file=file, sha256=sha256)]))
        arrived = file.with_name(f"{file.name}.arrived")
        self.fetch(file.name, arrived, size)
        refuse_other_bytes(digest_file(arrived), sha256, f"{self.name}{file.name}")
        arrived.unlink()
        return sha256

    def fetch(self, name: str, place: Path, most_bytes: int = _MOST_PUT_BYTES) -> None:
        """Write a large file of the bucket to a place on disk; raises DeployError."""

        async def get(client: Client, key: str) -> None:
            await client.ask(self._request("GET", key), place, most_bytes)

        list(self._each(get, [self._above + name]))

    @property
    def _above(self) -> str:
        prefix = self.options.prefix.strip("/")
        return f"{prefix}/" if prefix else ""

    @cached_property
    def _address(self) -> SplitResult:
        return urlsplit(self.options.endpoint)

    async def _list(self, client: Client, prefix: str) -> Mapping[str, str]:
        """Request the bucket's list page by page; return the MD5 of each object, by path."""
        digests: dict[str, str] = {}
        query = {"list-type": "2", "prefix": prefix, "encoding-type": "url"}
        while True:
            tags, following = _parse_list(await client.ask(self._request("GET", "", query=query)))
            for key, tag in tags:
                digests[key.removeprefix(prefix)] = tag if _MD5.fullmatch(tag) else ""
            if not following:
                return digests
            query["continuation-token"] = following

    async def _put(self, client: Client, file: tuple[str, bytes]) -> None:
        path, data = file
        digest = hashlib.md5(data, usedforsecurity=False).digest()
        headers = {
            **object_headers(path, self.options.max_age_seconds),
            "Content-Length": str(len(data)),
            "Content-MD5": base64.b64encode(digest).decode(),
        }
        await client.ask(self._request("PUT", self._above + path, headers=headers, body=data))

    def _request(
        self,
        method: str,
        key: str,
        *,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
    ) -> Signed:
        below = self._address.path.rstrip("/")  # some storages serve S3 below a path
        by_path = self.options.path_style
        base = below + (f"/{self.options.bucket}" if by_path else "")
        return Signed(
            method=method,
            host=self.host,
            path=f"{base}/{key}" if key or not by_path else base,
            query=query or {},
            headers=headers or {},
            body=body,
        )

    def _each(
        self, work: Callable[[Client, Given], Coroutine[None, None, Done]], things: Sequence[Given]
    ) -> Generator[Done, None, None]:
        """Yield the result of `work` for each thing as soon as it is ready."""
        client = Client(self.options, silence_seconds=self.silence_seconds, pause=self.pause)
        return work_through(client, work, things)


def open_bucket(options: S3Options) -> Bucket:
    """Return the bucket of these options; ConfigError if its keys are missing."""
    missing = [
        variable
        for variable, value in (
            ("AWS_ACCESS_KEY_ID", options.access_key),
            ("AWS_SECRET_ACCESS_KEY", options.secret_key),
        )
        if not value
    ]
    if missing:
        raise ConfigError(
            "the access keys of the S3 storage are missing in the environment",
            subject=", ".join(missing),
            hint="set these environment variables",
        )
    return Bucket(options=options)


def _parse_list(answer: bytes) -> tuple[list[tuple[str, str]], str]:
    """Parse an S3 list: return keys with their ETags, and the next page's token, "" for none."""
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    try:
        top = etree.fromstring(answer, parser)
    except etree.XMLSyntaxError as error:
        raise DeployError(
            "could not read the storage's list of files",
            subject=str(error),
            hint="check that the endpoint is the address of the S3 interface",
        ) from error
    is_escaped = top.findtext("{*}EncodingType") == "url"
    tags = []
    for element in top.iterfind("{*}Contents"):
        key, tag = element.findtext("{*}Key") or "", element.findtext("{*}ETag") or ""
        tags.append((unquote_plus(key) if is_escaped else key, tag.strip('"').lower()))
    more = top.findtext("{*}IsTruncated") == "true"
    return tags, (top.findtext("{*}NextContinuationToken") or "") if more else ""


def object_headers(path: str, max_age_seconds: int) -> Mapping[str, str]:
    """Return the HTTP headers that S3 stores with a file of the site."""
    caching = f"public, max-age={max_age_seconds}"
    if path.startswith(_UNCHANGING):
        caching = f"public, max-age={_YEAR_SECONDS}, immutable"
    return {"Content-Type": media_type(path), "Cache-Control": caching}
