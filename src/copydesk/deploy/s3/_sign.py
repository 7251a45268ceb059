"""Sign an S3 request with the owner's keys: AWS Signature Version 4. Pure.

It follows "Authenticating Requests (AWS Signature Version 4)" of the Amazon S3 API reference,
whose four examples are among the tests.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import quote

_METHOD = "AWS4-HMAC-SHA256"


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """The owner's S3 keys; `token` belongs to temporary ones."""

    access: str
    secret: str = field(repr=False)
    token: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """One S3 request to sign; `path` is not escaped and begins with a slash."""

    method: str
    host: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def target(self) -> str:
        """Return path and query as they are sent, escaped as the signature requires."""
        query = _query(self.query)
        return f"{escape(self.path)}?{query}" if query else escape(self.path)


def escape(path: str) -> str:
    """Return a URL path with all but unreserved characters and slashes escaped."""
    return quote(path, safe="/-_.~")


def sign(request: Signed, keys: Keys, region: str, at: datetime) -> dict[str, str]:
    """Return the request headers to send, including the AWS signature."""
    moment = at.strftime("%Y%m%dT%H%M%SZ")
    body_digest = hashlib.sha256(request.body).hexdigest()
    headers = {**request.headers, "Host": request.host, "x-amz-date": moment}
    headers["x-amz-content-sha256"] = body_digest
    if keys.token:
        headers["x-amz-security-token"] = keys.token
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
    scope = f"{moment[:8]}/{region}/s3/aws4_request"
    request_digest = hashlib.sha256(canonical.encode()).hexdigest()
    proof = _proof(keys.secret, scope, f"{_METHOD}\n{moment}\n{scope}\n{request_digest}")
    headers["Authorization"] = (
        f"{_METHOD} Credential={keys.access}/{scope},SignedHeaders={names},Signature={proof}"
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
