"""An S3 bucket as deploy target: files are put and deleted in parallel, listed with their ETags."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Awaitable, Callable, Collection, Coroutine, Generator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import SplitResult, unquote_plus, urlsplit

from copydesk.deploy._deliver import MARKER, MARKER_TEXT, Parcel
from copydesk.deploy.s3._sign import Keys, Signed
from copydesk.errors import DeployError
from copydesk.kit.media_types import media_type
from copydesk.news.options import S3Options

if TYPE_CHECKING:
    from copydesk.deploy.s3._client import Client

Given = TypeVar("Given")
Done = TypeVar("Done")
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
        """Return the deploy target's name in the manifest and in messages."""
        return f"{self.options.endpoint}/{self.options.bucket}/{self._above}"

    @property
    def host(self) -> str:
        """Return the host name of S3 requests, with its port."""
        host = self._address.netloc
        return host if self.options.path_style else f"{self.options.bucket}.{host}"

    def listing(self, _: Collection[str]) -> Mapping[str, str]:
        """Return the MD5 of every S3 object by its path, "" if its ETag is no MD5."""
        [digests] = self._each(self._list, [self._above])
        return digests

    def mark(self) -> None:
        """Write the marker file, which says that the bucket has no other use."""
        list(self._each(self._put, [(MARKER, MARKER_TEXT)]))

    def send(self, parcels: Sequence[Parcel]) -> Generator[tuple[str, bool], None, None]:
        """Send several files at a time to the bucket; yield each path, always as new."""

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
        from copydesk.deploy.s3._client import Client, work_through

        keys = Keys(
            access=self.options.access_key,
            secret=self.options.secret_key,
            token=self.options.session_token,
        )
        client = Client(
            self._address.scheme,
            self.options.region,
            keys,
            silence_seconds=self.silence_seconds,
            pause=self.pause,
        )
        return work_through(client, work, things)


def _parse_list(answer: bytes) -> tuple[list[tuple[str, str]], str]:
    """Parse an S3 list: return keys with their ETags, and the next page's token, "" for none."""
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    try:
        top = etree.fromstring(answer, parser)
    except etree.XMLSyntaxError as error:
        raise DeployError(
            "the storage's list of files cannot be read",
            subject=str(error),
            hint="is deploy.s3.endpoint the address of its S3 interface?",
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
