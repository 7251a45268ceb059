"""Picture form: what a browser uploads, as a form with a file or as the bare bytes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from email.parser import BytesParser
from email.policy import HTTP
from uuid import uuid4

from copydesk.errors import UsageError
from copydesk.news import EditorAction

PICTURE_BYTES = 5_100_000  # 5 MB and what a form has around them
_FIELDS = 10
_NAME_CHARACTERS = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class SentPicture:
    """The bytes of a picture; `story` is the one that it is for, "" where nobody says."""

    data: bytes
    story: str = ""


def read_picture(body: bytes, content_type: str) -> SentPicture:
    """Return the picture of a request's body; raises UsageError where a form has none."""
    if not content_type.strip().lower().startswith("multipart/form-data"):
        return SentPicture(data=body)
    head = f"Content-Type: {content_type}\r\n\r\n".encode("ascii", "replace")
    form = BytesParser(policy=HTTP).parsebytes(head + body)
    parts = list(form.iter_parts())[:_FIELDS] if form.is_multipart() else []
    fields = {
        str(part.get_param("name", "", "content-disposition")): part.get_payload(decode=True)
        for part in parts
    }
    data, story = fields.get("file"), fields.get("story")
    if not isinstance(data, bytes):
        raise UsageError("the form has no picture")
    name = story.decode("utf-8", "replace")[:_NAME_CHARACTERS] if isinstance(story, bytes) else ""
    return SentPicture(data=data, story=name)


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
    )
