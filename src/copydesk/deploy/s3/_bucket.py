"""A bucket: files are put and deleted side by side, and listed by their ETags."""

from __future__ import annotations

import base64
import hashlib
import re
import time
from collections.abc import Callable, Collection, Generator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeVar
from urllib.parse import unquote_plus

from copydesk.deploy._survey import MARKER, MARKER_TEXT, Parcel
from copydesk.deploy.s3._headers import headers
from copydesk.deploy.s3._sign import Keys, Signed
from copydesk.deploy.s3._talk import Talk
from copydesk.errors import DeployError

Given = TypeVar("Given")
Done = TypeVar("Done")
_MD5 = re.compile(r"[0-9a-f]{32}")
_AT_ONCE = 8
_BATCH = 256  # handed to the threads together: after a failure no more than these are begun


@dataclass(frozen=True, kw_only=True)
class Bucket:
    """A bucket at an endpoint (`https://host`), or the part of it below `prefix`.

    With `path_style` the bucket stands in the address's path, else before its host. Pages may be
    kept by browsers for `max_age_seconds`. `pause` waits so many seconds between two tries.
    """

    endpoint: str
    region: str
    bucket: str
    keys: Keys = field(repr=False)
    prefix: str = ""
    path_style: bool = True
    max_age_seconds: int = 300
    pause: Callable[[float], None] = field(default=time.sleep, repr=False)

    @property
    def name(self) -> str:
        """Give what the place is called in the ledger and to a person."""
        return f"{self.endpoint}/{self.bucket}/{self._above}"

    def listing(self, _: Collection[str]) -> Mapping[str, str]:
        """Give the MD5 of every object by its path, "" where its ETag is none."""
        found: dict[str, str] = {}
        query = {"list-type": "2", "prefix": self._above, "encoding-type": "url"}
        with self._talk:
            while True:
                names, following = _listed(self._ask("GET", "", query=query))
                for key, tag in names:
                    found[key.removeprefix(self._above)] = tag if _MD5.fullmatch(tag) else ""
                if not following:
                    return found
                query["continuation-token"] = following

    def mark(self) -> None:
        """Leave the marker."""
        self._put(MARKER, MARKER_TEXT)

    def send(self, parcels: Sequence[Parcel]) -> Generator[tuple[str, bool], None, None]:
        """Put objects, several at once."""

        def put(parcel: Parcel) -> tuple[str, bool]:
            self._put(parcel.path, parcel.read())
            return parcel.path, True

        return self._each(put, parcels)

    def delete(self, paths: Sequence[str]) -> Generator[str, None, None]:
        """Delete objects, several at once."""

        def delete(path: str) -> str:
            self._ask("DELETE", self._above + path)
            return path

        return self._each(delete, paths)

    @property
    def _above(self) -> str:
        return f"{self.prefix.strip('/')}/" if self.prefix.strip("/") else ""

    @cached_property
    def _talk(self) -> Talk:
        endpoint = self.endpoint
        if not self.path_style:
            scheme, _, host = endpoint.partition("://")
            endpoint = f"{scheme}://{self.bucket}.{host}"
        return Talk(endpoint, self.region, self.keys, self.pause)

    def _put(self, path: str, data: bytes) -> None:
        digest = hashlib.md5(data, usedforsecurity=False).digest()
        told = {
            **headers(path, self.max_age_seconds),
            "Content-Length": str(len(data)),
            "Content-MD5": base64.b64encode(digest).decode(),
        }
        self._ask("PUT", self._above + path, told=told, body=data)

    def _ask(
        self,
        method: str,
        key: str,
        *,
        query: Mapping[str, str] | None = None,
        told: Mapping[str, str] | None = None,
        body: bytes = b"",
    ) -> bytes:
        base = self._talk.below + (f"/{self.bucket}" if self.path_style else "")
        request = Signed(
            method=method,
            host=self._talk.host,
            path=f"{base}/{key}" if key or not self.path_style else base,
            query=query or {},
            headers=told or {},
            body=body,
        )
        return self._talk.ask(request)

    def _each(
        self, work: Callable[[Given], Done], things: Sequence[Given]
    ) -> Generator[Done, None, None]:
        """Give what becomes of each thing as soon as it is done; after a failure none is begun."""
        with self._talk, ThreadPoolExecutor(_AT_ONCE) as pool:
            for start in range(0, len(things), _BATCH):
                try:
                    batch = things[start : start + _BATCH]
                    under_way = [pool.submit(work, thing) for thing in batch]
                    for future in as_completed(under_way):
                        yield future.result()
                except BaseException as error:
                    pool.shutdown(wait=False, cancel_futures=True)
                    if not isinstance(error, DeployError):  # told to end: not after four tries
                        self._talk.give_up()
                    raise


def _listed(answer: bytes) -> tuple[list[tuple[str, str]], str]:
    """Give keys with their ETags, and the token of what follows ("" for nothing)."""
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
    found = []
    for one in top.iterfind("{*}Contents"):
        key, tag = one.findtext("{*}Key") or "", one.findtext("{*}ETag") or ""
        found.append((unquote_plus(key) if is_escaped else key, tag.strip('"').lower()))
    more = top.findtext("{*}IsTruncated") == "true"
    return found, (top.findtext("{*}NextContinuationToken") or "") if more else ""
