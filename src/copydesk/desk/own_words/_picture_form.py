"""Picture form: what a browser uploads, as a form with a file or as the bare bytes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from email.parser import BytesParser
from email.policy import HTTP
from urllib.parse import parse_qsl
from uuid import uuid4

from copydesk.desk._actions import read_digests
from copydesk.errors import UsageError
from copydesk.news import EditorAction

PICTURE_BYTES = 5_100_000  # 5 MB and what a form has around them
_FIELDS = 10
_FORM_FIELDS = 500  # a beat's topics are among them
_NAME_CHARACTERS = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class SentPicture:
    """The bytes of a picture; `story` is the one that it is for, "" where nobody says.

    `seen` are the digests of its fields that the form was opened with.
    """

    data: bytes
    story: str = ""
    seen: str = ""


def read_picture(body: bytes, content_type: str) -> SentPicture:
    """Return the picture of a request's body; raises UsageError where a form has none."""
    if not content_type.strip().lower().startswith("multipart/form-data"):
        return SentPicture(data=body)
    fields = dict(_read_parts(body, content_type)[:_FIELDS])
    if "file" not in fields:
        raise UsageError("the form has no picture")
    name = fields.get("story", b"").decode("utf-8", "replace")[:_NAME_CHARACTERS]
    seen = fields.get("seen", b"").decode("utf-8", "replace")
    return SentPicture(data=fields["file"], story=name, seen=seen)


def read_fields(body: bytes, content_type: str) -> tuple[list[tuple[str, str]], bytes]:
    """Return the fields of a form in their order, and its file, b"" where it has none."""
    if not content_type.strip().lower().startswith("multipart/form-data"):
        return parse_qsl(body.decode("utf-8", "replace"), True), b""
    fields, data = list[tuple[str, str]](), b""
    for name, payload in _read_parts(body, content_type)[:_FORM_FIELDS]:
        if name == "file":
            data = payload
        else:
            fields.append((name, payload.decode("utf-8", "replace")))
    return fields, data


def _read_parts(body: bytes, content_type: str) -> list[tuple[str, bytes]]:
    """Return the parts of a form with a file by their names."""
    head = f"Content-Type: {content_type}\r\n\r\n".encode("ascii", "replace")
    form = BytesParser(policy=HTTP).parsebytes(head + body)
    parts = ((part, part.get_payload(decode=True)) for part in form.iter_parts())
    return [
        (str(part.get_param("name", "", "content-disposition")), payload)
        for part, payload in (parts if form.is_multipart() else ())
        if isinstance(payload, bytes)
    ]


def set_picture(sent: SentPicture, address: str, by: str, at: datetime) -> EditorAction:
    """Return the action that makes an upload the picture of its story."""
    return EditorAction(
        id=str(uuid4()),
        kind="rule",
        said="set",
        by=by,
        at=at,
        stories=(sent.story,),
        values=("picture", address),
        base=read_digests(sent.seen, [sent.story]),
    )
