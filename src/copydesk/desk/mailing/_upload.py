"""A file that somebody sends by a form, and the one that is kept until they said what to do."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import Message
from email.parser import BytesHeaderParser

from copydesk import engine
from copydesk.desk.mailing._keeper import ImportedFile
from copydesk.errors import UsageError

_FIELDS = 20
_KEPT = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class _Waiting:
    by: str
    at: datetime
    sent: ImportedFile


class Uploads:
    """Keep the last file that each owner looked at, in memory, for half an hour."""

    def __init__(self) -> None:
        self._files: dict[str, _Waiting] = {}

    def put(self, sent: ImportedFile, by: str, at: datetime) -> str:
        """Keep a file in the place of its owner's last; return what it is asked for by."""
        self._files = {
            token: waiting
            for token, waiting in self._files.items()
            if waiting.by != by and at - waiting.at < _KEPT
        }
        token = secrets.token_urlsafe(16)
        self._files[token] = _Waiting(by, at, sent)
        return token

    def take(self, token: str, by: str) -> ImportedFile:
        """Return a file, and keep it no more; raises UsageError where it is gone."""
        waiting = self._files.get(token)
        if waiting is None or waiting.by != by:
            raise UsageError("the file is not kept any more", hint="choose it once more")
        del self._files[token]
        return waiting.sent


def read_upload(body: bytes, content_type: str) -> ImportedFile:
    """Return the file of a form, with what its fields say; raises UsageError where it has none.

    The parts are not copied but where they are read: a file of 20 MB stays one (RFC 7578).
    """
    fields: dict[str, str] = {}
    file: tuple[str, bytes] | None = None
    for head, payload in _split_parts(body, content_type):
        name = _read_parameter(head, "name")
        if name == "file":
            file = _read_parameter(head, "filename"), payload
        else:
            fields[name] = payload[:10_000].decode("utf-8", "replace")
    if file is None or not file[1]:
        raise UsageError("the form has no file", hint="choose one: CSV, 20 MB at most")
    options = engine.ImportOptions(
        letter=fields.get("letter", ""),
        consent=fields.get("consent", ""),
        ignored_columns=split_names(fields.get("ignored", "")),
    )
    return ImportedFile(data=file[1], options=options, name=file[0])


def split_names(typed: str) -> tuple[str, ...]:
    """Return the names that somebody typed with commas between."""
    return tuple(name for part in typed.split(",") if (name := part.strip()))


def _split_parts(body: bytes, content_type: str) -> list[tuple[Message, bytes]]:
    boundary = _read_parameter(_parse_head(f"Content-Type: {content_type}".encode()), "boundary")
    if not boundary:
        return []
    parts = []
    for piece in (b"\r\n" + body).split(b"\r\n--" + boundary.encode(), _FIELDS)[1:]:
        head, end, payload = piece.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        if end:
            parts.append((_parse_head(head), payload))
    return parts


def _parse_head(head: bytes) -> Message:
    return BytesHeaderParser().parsebytes(head + b"\r\n\r\n")


def _read_parameter(head: Message, name: str) -> str:
    """Return a parameter of a part's disposition, or of a type; "" for none."""
    header = "content-type" if name == "boundary" else "content-disposition"
    found = head.get_param(name, "", header)
    return found if isinstance(found, str) else str(found[-1])
