"""What browsers send: forms and JSON of a measure, and where they want to go next."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import parse_qsl

from starlette.exceptions import HTTPException
from starlette.requests import Request

_MOST_BYTES = 100_000
_MOST_FIELDS = 20


async def read_body(request: Request) -> bytes:
    """Return the body of a request; one without measure is answered 413."""
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > _MOST_BYTES:
            raise HTTPException(413, "too much at once")
    return bytes(body)


async def read_form(request: Request) -> Mapping[str, str]:
    """Return the fields of a form, of two with one name the last; too many are answered 400."""
    body = (await read_body(request)).decode("utf-8", "replace")
    try:
        return dict(parse_qsl(body, keep_blank_values=True, max_num_fields=_MOST_FIELDS))
    except ValueError as error:
        raise HTTPException(400, "too many fields") from error


def own_page(address: str, root: str) -> str:
    """Return an address below `root` that somebody may be led to, `root` in place of any other.

    Browsers read `//` and a backslash as the beginning of another host's address.
    """
    is_own = address.startswith(root) and address.isprintable() and address.isascii()
    return address if is_own and "//" not in address and "\\" not in address else root
