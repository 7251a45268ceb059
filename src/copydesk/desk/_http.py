"""Read what browsers send (bodies, forms, drafts, pictures), and answer with pages or errors."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from email.message import Message
from email.parser import BytesHeaderParser
from urllib.parse import parse_qsl

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from copydesk.desk_store import DeskStore
from copydesk.desk_store.drafts import Draft
from copydesk.errors import CopydeskError, PictureError, RecordError, UsageError

_COMMIT = re.compile(r"[0-9a-f]{4,64}")
NEVER_KEPT = {"Cache-Control": "no-store"}
_MOST_BYTES = 2_000_000  # of a request: 200 notes


def page_answer(body: bytes) -> Response:
    """Return an HTML page as an HTTP response that is never cached."""
    return Response(body, media_type="text/html", headers=NEVER_KEPT)


def problem_answer(error: CopydeskError) -> Response:
    """Return an error as an HTTP response with JSON (problem details, RFC 9457)."""
    told = {"title": str(error), "detail": error.hint, "status": status_of(error)}
    body = msgspec.json.encode(told)
    media_type = "application/problem+json"
    return Response(body, status_of(error), NEVER_KEPT, media_type=media_type)


def read_commit(form: Mapping[str, str]) -> str:
    """Return the git commit id in the fields of a form; raises UsageError for an invalid one."""
    commit = form.get("commit", "")
    if not _COMMIT.fullmatch(commit):
        raise UsageError("invalid commit id", subject=commit[:80])
    return commit


def read_number(named: str) -> int:
    """Return the number of an entry in a form or path, 0 if it is none."""
    return int(named) if named.isascii() and named.isdigit() and len(named) < 16 else 0


def status_of(error: CopydeskError) -> int:
    """Return the HTTP status code that fits a copydesk error."""
    return {UsageError: 400, PictureError: 400, RecordError: 404}.get(type(error), 503)


async def read_body(request: Request, most: int = _MOST_BYTES) -> bytes:
    """Return the body of an HTTP request; UsageError if it has more than `most` bytes."""
    body = bytearray()
    async for some in request.stream():
        body += some
        if len(body) > most:
            raise UsageError("the request body is too large", subject=f"maximum {most:,} bytes")
    return bytes(body)


async def read_form(request: Request) -> list[tuple[str, str]]:
    """Return the fields of a sent form as pairs of name and value, also empty ones.

    Raises UsageError for too large a body.
    """
    return parse_qsl((await read_body(request)).decode("utf-8", "replace"), True)


PICTURE_BYTES = 5_100_000  # 5 MB and the rest of a form
_FORM_FIELDS = 500  # with one for each topic of a beat


@dataclass(frozen=True, slots=True, kw_only=True)
class SentForm:
    """The fields of a form in order, and its uploaded file with its name, None without a file."""

    fields: list[tuple[str, str]]
    file: bytes | None = None
    file_name: str = ""


def is_multipart(request: Request) -> bool:
    """Return whether a request has a form that may contain a file."""
    kind: str = request.headers.get("content-type", "")
    return kind.strip().lower().startswith("multipart/form-data")


async def read_upload(request: Request, most: int = _MOST_BYTES) -> SentForm:
    """Return the fields and the file of a sent form; raises UsageError for too large a body."""
    body = await read_body(request, most)
    if not is_multipart(request):
        return SentForm(fields=parse_qsl(body.decode("utf-8", "replace"), True))
    return await asyncio.to_thread(_read_parts, body, request.headers["content-type"])


def _read_parts(body: bytes, content_type: str) -> SentForm:
    """Parse a multipart form (RFC 7578).

    Parts are not copied before they are read: a file of 20 MB is in memory once.
    """
    form = SentForm(fields=[])
    boundary = _read_parameter(_parse_head(f"Content-Type: {content_type}".encode()), "boundary")
    pieces = (b"\r\n" + body).split(b"\r\n--" + boundary.encode(), _FORM_FIELDS + 1)
    for piece in pieces[1 : _FORM_FIELDS + 1] if boundary else ():
        head, end, payload = piece.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        part = _parse_head(head)
        name = _read_parameter(part, "name")
        if end and name == "file":
            form = replace(form, file=payload, file_name=_read_parameter(part, "filename"))
        elif end:
            form.fields.append((name, payload.decode("utf-8", "replace")))
    return form


def _parse_head(head: bytes) -> Message:
    return BytesHeaderParser().parsebytes(head + b"\r\n\r\n")


def _read_parameter(head: Message, name: str) -> str:
    """Return a parameter in the header of a form or of its part, "" if it is missing."""
    header = "content-type" if name == "boundary" else "content-disposition"
    found = head.get_param(name, "", header)
    return found if isinstance(found, str) else str(found[-1])


_NAME_CHARACTERS = 300
FIELDS = frozenset(
    {"title", "excerpt", "text", "note", "why", "url", "other_picture", "alt", "credit"}
)
# A draft's version: what the form of a filed story showed when the editor began to type.
_WAS = "was_"
_BASES = frozenset({f"{_WAS}{name}" for name in ("title", "excerpt", "note", "url")})


class SentDraft(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The unsaved texts of a form, as a browser sends them; `story` is "" for a new story."""

    story: str
    fields: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundDraft:
    """The unsaved texts that an editor typed into a story's form, by field.

    `at` is when, None for no draft. `was` has what the form showed in each field then.
    """

    at: datetime | None = None
    fields: Mapping[str, str] = field(default_factory=dict)
    was: Mapping[str, str] = field(default_factory=dict)


def read_drafts(body: bytes, at: datetime) -> list[Draft]:
    """Parse the unsaved form fields in a JSON body; raises UsageError for invalid ones."""
    try:
        sent = msgspec.json.decode(body, type=SentDraft)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise UsageError(f"could not read the draft in the request body: {error}") from error
    return make_drafts(sent, at)


def make_drafts(sent: SentDraft, at: datetime) -> list[Draft]:
    """Return the unsaved texts of a form as drafts to store; UsageError for unknown fields."""
    if len(sent.story) > _NAME_CHARACTERS or not sent.fields.keys() <= FIELDS | _BASES:
        raise UsageError("unknown fields in the draft of a story", subject=sent.story[:80])
    return [
        Draft(story=sent.story, field=name, text=words, at=at)
        for name, words in sent.fields.items()
    ]


def find_draft(drafts: Sequence[Draft], shown: Mapping[str, str] | None = None) -> FoundDraft:
    """Return as one draft those unsaved texts that differ from what the form shows (`shown`)."""
    known = shown or {}
    typed = [
        draft
        for draft in drafts
        if draft.field in FIELDS and draft.text.strip() != known.get(draft.field)
    ]
    return FoundDraft(
        at=max((draft.at for draft in typed), default=None),
        fields={draft.field: draft.text for draft in typed},
        was={
            draft.field.removeprefix(_WAS): draft.text for draft in drafts if draft.field in _BASES
        },
    )


def draft_form(
    name: str, form: Mapping[str, str], was: Mapping[str, str], at: datetime
) -> list[Draft]:
    """Return a draft for each field that the editor changed in a story's edit form."""
    changed = {
        field: value.replace("\r\n", "\n")
        for field, value in form.items()
        if field in FIELDS and value.strip() and value.strip() != was.get(field, "").strip()
    }
    bases = {f"{_WAS}{field}": was[field] for field in changed if field in was}
    return make_drafts(SentDraft(name, {**changed, **bases}), at)


async def keep_drafts(store: DeskStore, editor: str, drafts: Sequence[Draft]) -> None:
    """Store the texts that an editor typed into a form and has not saved yet."""

    def keep() -> None:
        for draft in drafts:
            store.drafts.keep(editor, draft)

    await asyncio.to_thread(keep)


async def drop_filed_drafts(
    store: DeskStore, editor: str, story: str, filed: Mapping[str, str]
) -> None:
    """Delete an editor's drafts of a story's fields whose text is saved in the story by now.

    A draft with other text stays: it may have been typed in another tab.
    """

    def drop() -> None:
        for draft in store.drafts.of_story(editor, story):
            if draft.field in FIELDS and draft.text.split() == filed.get(draft.field, "").split():
                for name in (draft.field, f"{_WAS}{draft.field}"):
                    store.drafts.drop(editor, story, name)

    await asyncio.to_thread(drop)
