"""Forms: what a browser sends of a page, read to a measure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request

MOST_BYTES = 16_384
_MOST_FIELDS = 1_000
FORM_TYPE = "application/x-www-form-urlencoded"


@dataclass(frozen=True, slots=True)
class Form:
    """The fields of a form, each with what was sent for it, in order."""

    fields: Sequence[tuple[str, str]] = ()

    def __contains__(self, name: str) -> bool:
        return any(name == field for field, _ in self.fields)

    def first(self, name: str) -> str:
        """Return the first value of a field, "" where it was not sent."""
        return next((value for field, value in self.fields if field == name), "")

    def all(self, name: str) -> tuple[str, ...]:
        """Return each value of a field."""
        return tuple(value for field, value in self.fields if field == name)


NO_FORM = Form()


async def read_body(request: Request, most: int = MOST_BYTES) -> bytes:
    """Return the body of a request; one of more bytes is answered 413."""
    body = bytearray()
    try:
        async for part in request.stream():
            body += part
            if len(body) > most:
                raise HTTPException(413, headers={"Connection": "close"})
    except ClientDisconnect as error:
        raise HTTPException(400) from error
    return bytes(body)


async def read_form(request: Request) -> Form:
    """Return the fields of a form; any other body is answered 415, too many of them 400."""
    if not is_form(request):
        raise HTTPException(415)
    try:
        body = (await read_body(request)).decode("utf-8", "replace")
        fields = parse_qsl(body, keep_blank_values=True, max_num_fields=_MOST_FIELDS)
    except ValueError as error:
        raise HTTPException(400) from error
    return Form(fields)


def is_form(request: Request) -> bool:
    """Decide whether a request says that its body is a form's."""
    kind = request.headers.get("Content-Type", "").partition(";")[0]
    return kind.strip().lower() == FORM_TYPE
