"""The cookie that holds a session's secret."""

from __future__ import annotations

from datetime import timedelta

from starlette.datastructures import Headers
from starlette.responses import Response

from copydesk.desk.sign_in._admission import Admission

_SECURE_NAME = "__Host-copydesk"  # RFC 6265bis 4.1.3.2: https, this host's alone, for all of it
_MOST_CHARACTERS = 200


def cookie_name(admission: Admission) -> str:
    """Return the cookie's name: without TLS one for each port, since cookies know of none."""
    if admission.is_secure:
        return _SECURE_NAME
    return f"copydesk-{admission.origin.rpartition(':')[2].strip('/')}"


def read_cookie(headers: Headers, admission: Admission) -> str:
    """Return the session's secret that a request brings, "" where it brings none, or two."""
    name, found = cookie_name(admission), []
    for header in headers.getlist("Cookie"):
        for part in header.split(";"):
            key, _, value = part.strip().partition("=")
            if key == name:
                found.append(value)
    return found[0][:_MOST_CHARACTERS] if len(found) == 1 else ""


def set_cookie(
    response: Response, secret: str, admission: Admission, root: str, lifetime: timedelta
) -> None:
    """Let the browser keep a session's secret; no script reads it, no other site's post has it."""
    response.set_cookie(
        cookie_name(admission),
        secret,
        max_age=int(lifetime.total_seconds()),
        path="/" if admission.is_secure else root,
        secure=admission.is_secure,
        httponly=True,
        samesite="lax",
    )


def clear_cookie(response: Response, admission: Admission, root: str) -> None:
    """Let the browser forget it."""
    set_cookie(response, "", admission, root, timedelta(0))
