"""What went wrong between us and a storage, in words that its owner can use."""

from __future__ import annotations

import os
import re
import ssl

from copydesk.deploy.s3._sign import Signed
from copydesk.errors import DeployError

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


def refusal(request: Signed, status: int, body: bytes) -> DeployError:
    """Return what an answer means; of its body only the code, since it may echo what we signed."""
    match = _CODE.search(body)
    code = match[1].decode() if match else ""
    what, hint = _BY_CODE.get(code, ("", ""))
    if not what and status in {401, 403}:
        what, hint = _BY_CODE["AccessDenied"]
    reason = f"{code}, status {status}" if code else f"status {status}"
    about = f"{request.method} {request.host}{request.path}"
    return DeployError(f"{what or 'the storage refuses'} ({reason})", subject=about, hint=hint)


def unreachable(request: Signed, error: Exception) -> DeployError:
    """Return what kept a request from being answered."""
    return DeployError(
        f"the storage cannot be reached ({_reason(error)})",
        subject=request.host,
        hint="look at deploy.s3.endpoint, and whether this machine can reach it",
    )


def _reason(error: Exception) -> str:
    """Describe a failure in the system's words, without what aiohttp puts around them."""
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
    """Describe a failure of the system or of TLS."""
    if isinstance(cause, OSError) and cause.errno and not isinstance(cause, ssl.SSLError):
        known = os.strerror(cause.errno)
        return known if not known.startswith("Unknown error") else str(cause.strerror)
    return getattr(cause, "strerror", None) or str(cause) or type(cause).__name__
