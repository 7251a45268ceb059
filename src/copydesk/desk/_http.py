"""Read what a browser sends (bodies, forms, drafts, pictures); answer with pages and errors."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email.parser import BytesParser
from email.policy import HTTP
from functools import wraps
from urllib.parse import parse_qsl
from uuid import uuid4

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from copydesk.desk._actions import read_digests
from copydesk.desk._pages import Editor
from copydesk.desk_store import DeskStore, Draft
from copydesk.errors import CopydeskError, PictureError, RecordError, UsageError
from copydesk.news import EditorAction

Handler = Callable[[Request], Awaitable[Response]]

_COMMIT = re.compile(r"[0-9a-f]{4,64}")
NEVER_KEPT = {"Cache-Control": "no-store"}
_MOST_BYTES = 2_000_000  # of a request's body: 200 notes


def must_edit(editor: Editor) -> Editor:
    """Return an editor who may decide; raises UsageError for one who may only look."""
    if not editor.may_edit:
        raise UsageError("your account may look, not decide", subject=editor.name)
    return editor


def page_answer(body: bytes) -> Response:
    """Return a page as an answer."""
    return Response(body, media_type="text/html", headers=NEVER_KEPT)


def with_errors(handler: Handler) -> Handler:
    """Let errors of ours be answers that say what is wrong and how to mend it.

    A browser that asked for a page gets one: the app makes it (`render_problem`).
    """

    @wraps(handler)
    async def answer(request: Request) -> Response:
        try:
            return await handler(request)
        except CopydeskError as error:
            if "text/html" in request.headers.get("Accept", ""):
                raise
            return problem_answer(error)

    return answer


def problem_answer(error: CopydeskError) -> Response:
    """Return an error as an answer for a program (RFC 9457)."""
    told = {"title": str(error), "detail": error.hint, "status": status_of(error)}
    body = msgspec.json.encode(told)
    media_type = "application/problem+json"
    return Response(body, status_of(error), NEVER_KEPT, media_type=media_type)


def read_commit(form: Mapping[str, str]) -> str:
    """Return the commit that a form names; raises UsageError where that is no id of one."""
    commit = form.get("commit", "")
    if not _COMMIT.fullmatch(commit):
        raise UsageError("no id of a commit", subject=commit[:80])
    return commit


def status_of(error: CopydeskError) -> int:
    """Return the status with which an error is answered."""
    return {UsageError: 400, PictureError: 400, RecordError: 404}.get(type(error), 503)


async def read_body(request: Request, most: int = _MOST_BYTES) -> bytes:
    """Return the body of a request; raises UsageError for more than so many bytes."""
    body = bytearray()
    async for some in request.stream():
        body += some
        if len(body) > most:
            raise UsageError("too much at once", subject=f"{most:,} bytes at most")
    return bytes(body)


async def read_form(request: Request) -> list[tuple[str, str]]:
    """Return the fields of a form, empty ones too; raises UsageError as `read_body` does."""
    return parse_qsl((await read_body(request)).decode("utf-8", "replace"), True)


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


FIELDS = frozenset(
    {"title", "excerpt", "text", "note", "why", "url", "other_picture", "alt", "credit"}
)
# What the form of a filed story showed in a field when it was typed into: its draft's version.
_WAS = "was_"
_BASES = frozenset({f"{_WAS}{name}" for name in ("title", "excerpt", "note", "url")})


class SentDraft(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The fields of a form that were typed into, as JSON has them; `story` is "" for a new one."""

    story: str
    fields: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundDraft:
    """What an editor typed and did not save, by field; `at` is the last moment, None for none.

    `was` is what the form showed in a field then.
    """

    at: datetime | None = None
    fields: Mapping[str, str] = field(default_factory=dict)
    was: Mapping[str, str] = field(default_factory=dict)


def read_drafts(body: bytes, at: datetime) -> list[Draft]:
    """Return the drafts of a request; raises UsageError for what is none."""
    try:
        sent = msgspec.json.decode(body, type=SentDraft)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise UsageError(f"this is no draft ({error})") from error
    return make_drafts(sent, at)


def make_drafts(sent: SentDraft, at: datetime) -> list[Draft]:
    """Return what somebody sent as drafts of theirs; raises UsageError for what is none."""
    if len(sent.story) > _NAME_CHARACTERS or not sent.fields.keys() <= FIELDS | _BASES:
        raise UsageError("no form of the desk has this", subject=sent.story[:80])
    return [
        Draft(story=sent.story, field=name, text=words, at=at)
        for name, words in sent.fields.items()
    ]


def find_draft(drafts: Sequence[Draft], shown: Mapping[str, str] | None = None) -> FoundDraft:
    """Return the drafts of a form as one, but for those that are as the form is `shown`."""
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
    """Return a draft for each field that the editor changed in a story's form."""
    changed = {
        field: value.replace("\r\n", "\n")
        for field, value in form.items()
        if field in FIELDS and value.strip() and value.strip() != was.get(field, "").strip()
    }
    bases = {f"{_WAS}{field}": was[field] for field in changed if field in was}
    return make_drafts(SentDraft(name, {**changed, **bases}), at)


async def keep_drafts(store: DeskStore, editor: str, drafts: Sequence[Draft]) -> None:
    """Keep what an editor typed into a form."""

    def keep() -> None:
        for draft in drafts:
            store.drafts.keep(editor, draft)

    await asyncio.to_thread(keep)


async def drop_filed_drafts(
    store: DeskStore, editor: str, story: str, filed: Mapping[str, str]
) -> None:
    """Forget what an editor typed into the form of a story, where that is filed now as it was.

    Other words in the same field may have been typed in another tab, and stay.
    """

    def drop() -> None:
        for draft in store.drafts.of_story(editor, story):
            if draft.field in FIELDS and draft.text.split() == filed.get(draft.field, "").split():
                for name in (draft.field, f"{_WAS}{draft.field}"):
                    store.drafts.drop(editor, story, name)

    await asyncio.to_thread(drop)
