"""Talk: one signed request after another over a kept connection, tried again where that helps."""

from __future__ import annotations

import contextlib
import http.client
import re
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlsplit

from copydesk.deploy.s3._sign import Keys, Signed, sign
from copydesk.errors import DeployError

_TRIES = 4
_TIMEOUT_SECONDS = 60.0
_MOMENT_SECONDS = 0.02
_MOST_BYTES = 20_000_000  # of an answer: a list of a thousand names is under one
_AGAIN = frozenset({429, 500, 502, 503, 504})
_CODE = re.compile(rb"<Code>([A-Za-z0-9]{1,60})</Code>")
_KEYS = "look at AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in the environment"
# https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
_TROUBLES = {
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
class Said:
    """What the storage answered."""

    status: int
    body: bytes


class Talk:
    """Ask a storage; safe to be used by several threads, each of which has its own connection."""

    def __init__(
        self,
        endpoint: str,
        region: str,
        keys: Keys,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        parts = urlsplit(endpoint)
        self.host = parts.netloc
        self.below = parts.path.rstrip("/")  # some have their S3 below a path
        self._is_plain = parts.scheme == "http"
        self._region = region
        self._keys = keys
        self._pause = pause
        self._lock = threading.Lock()
        self._is_ended = False
        self._asking = 0  # threads that wait for an answer
        self._own = threading.local()
        self._open: list[http.client.HTTPConnection] = []
        self._context = None if self._is_plain else ssl.create_default_context()

    def __enter__(self) -> Talk:
        return self

    def __exit__(self, *_: object) -> None:
        """Close every connection; the next request opens one again."""
        self._own = threading.local()
        while self._open:
            self._open.pop().close()

    def give_up(self) -> None:
        """End what is under way in other threads, and begin nothing more."""
        with self._lock:
            self._is_ended = True
        while self._asking:
            for connection in tuple(self._open):
                if connection.sock is not None:
                    with contextlib.suppress(OSError):
                        connection.sock.shutdown(socket.SHUT_RDWR)
            time.sleep(_MOMENT_SECONDS)  # one that was just being opened is met the next time

    def ask(self, request: Signed) -> bytes:
        """Give the body of a good answer; raises DeployError."""
        for wait in (*(0.5 * 3**number for number in range(_TRIES - 1)), None):
            try:
                said = self._asked(request)
            except (OSError, http.client.HTTPException) as error:
                self._drop()
                hopeless = isinstance(error, ssl.SSLCertVerificationError)
                if wait is None or hopeless or self._is_ended:
                    raise _unreachable(request, error) from error
            else:
                if said.status < 300:
                    return said.body
                if said.status not in _AGAIN or wait is None:
                    raise _refused(request, said)
            self._pause(wait)
        raise AssertionError

    @contextlib.contextmanager
    def _unless_ended(self) -> Iterator[None]:
        with self._lock:
            if self._is_ended:
                msg = "told to end"
                raise ConnectionAbortedError(msg)
            self._asking += 1
        try:
            yield
        finally:
            with self._lock:
                self._asking -= 1

    def _asked(self, request: Signed) -> Said:
        with self._unless_ended():
            return self._answer(request)

    def _answer(self, request: Signed) -> Said:
        connection = self._connection()
        headers = sign(request, self._keys, self._region, datetime.now(UTC))
        connection.request(request.method, request.target, body=request.body, headers=headers)
        with connection.getresponse() as response:
            body = response.read(_MOST_BYTES + 1)
            if len(body) > _MOST_BYTES:
                msg = "the answer is too long"
                raise http.client.HTTPException(msg)
            return Said(status=response.status, body=body)

    def _connection(self) -> http.client.HTTPConnection:
        found: http.client.HTTPConnection | None = getattr(self._own, "connection", None)
        if found is None:
            if self._context is None:
                found = http.client.HTTPConnection(self.host, timeout=_TIMEOUT_SECONDS)
            else:
                found = http.client.HTTPSConnection(
                    self.host, timeout=_TIMEOUT_SECONDS, context=self._context
                )
            self._own.connection = found
            self._open.append(found)
        return found

    def _drop(self) -> None:
        """Close this thread's connection: the next request opens it again."""
        with contextlib.suppress(OSError):
            self._connection().close()


def _unreachable(request: Signed, error: Exception) -> DeployError:
    why = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return DeployError(
        f"the storage cannot be reached ({why})",
        subject=request.host,
        hint="look at deploy.s3.endpoint, and whether this machine can reach it",
    )


def _refused(request: Signed, said: Said) -> DeployError:
    """Say what an answer means; of its body only the code, since it may echo what we signed."""
    found = _CODE.search(said.body)
    code = found[1].decode() if found else ""
    about = f"{request.method} {request.host}{request.path}"
    what, hint = _TROUBLES.get(code, ("", ""))
    if not what and said.status in {401, 403}:
        what, hint = _TROUBLES["AccessDenied"]
    reason = f"{code}, status {said.status}" if code else f"status {said.status}"
    return DeployError(f"{what or 'the storage refuses'} ({reason})", subject=about, hint=hint)
