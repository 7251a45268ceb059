"""Posts from other sites: told by what browsers say of where a request comes from. Pure.

What Go 1.25 and datasette came to: `Sec-Fetch-Site` where the browser sends it, else `Origin`.
"""

from __future__ import annotations

from starlette.datastructures import Headers

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def is_from_desk(method: str, headers: Headers, origin: str) -> bool:
    """Decide whether a request may change something: a page of `origin` sent it.

    One that says neither is refused, too. Every browser says one of them with a post; what sends
    none has a session's cookie by a way that is not meant.
    """
    if method in _SAFE:
        return True
    sites, origins = headers.getlist("Sec-Fetch-Site"), headers.getlist("Origin")
    if sites:
        return sites == ["same-origin"]
    return origins == [origin]
