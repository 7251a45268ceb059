"""Read and write newsletter issues (`_newsletters/NAME.html`), in the format of the older site
everyday.cc.

---
title: "Power Apps Every Day (2024-04-12)"
excerpt: "A headline / Another one"
publishedDateTime: 2024-04-12T18:00:50Z
webUrl: "https://everyday.cc/powerapps/newsletter/power-apps-every-day-2024-04-12/"
type: article

topics:
  - Power Apps

---
<html>…
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime

from copydesk.archive._files import LETTERS_FOLDER
from copydesk.archive.document import (
    TypedFields,
    compose,
    parse_record,
    spell_date,
    spell_plain,
    spell_quoted,
    split,
    whole_lines,
)
from copydesk.archive.document_tree import DocumentTree, Scalar, emit_document, parse_document
from copydesk.archive.record import read_summary, write_summary
from copydesk.errors import RecordError
from copydesk.kit import text
from copydesk.news.summary import Summary, list_citations


@dataclass(frozen=True, slots=True, kw_only=True)
class FiledLetter:
    """A stored newsletter issue: the front matter of its file, and the whole mail as HTML.

    `digest` is its opening paragraph by a model, None without one; the HTML has it, too.
    """

    path: str
    title: str
    excerpt: str
    published_at: datetime
    address: str
    topics: tuple[str, ...] = ()
    digest: Summary | None = None
    html: str = ""


def letter_path(name: str) -> str:
    """Return the file path of the newsletter issue with a name."""
    return f"{LETTERS_FOLDER}/{name}.html"


def is_letter_path(path: str) -> bool:
    """Return whether a path is one of a newsletter issue's file."""
    return path.startswith(f"{LETTERS_FOLDER}/")


def emit_letter(letter: FiledLetter) -> bytes:
    """Return the bytes of a newsletter issue's file; raise RecordError if they cannot be read
    back.
    """
    lines = [
        f"title: {spell_quoted(letter.title)}",
        f"excerpt: {spell_quoted(letter.excerpt)}",
        f"publishedDateTime: {spell_date(letter.published_at)}",
        f"webUrl: {spell_quoted(letter.address)}",
        "type: article",
        "",
    ]
    if letter.topics:
        lines += ["topics:", *(f"  - {spell_plain(topic)}" for topic in letter.topics), ""]
    if letter.digest:
        lines += [*write_summary("digest", letter.digest), ""]
    front = "\n".join(lines)
    data = _encode(f"---\n{front}\n---\n{text.guard_liquid(letter.html)}", letter.path)
    if parse_record(letter.path, data).fields.get("title") != letter.title:
        raise RecordError(
            "the issue cannot be saved without changing its content", subject=letter.path
        )
    return data


def read_digest(path: str, data: bytes) -> Summary | None:
    """Return the opening paragraph by a model in the file of a newsletter issue, None if it has
    none; raise RecordError.
    """
    lines = whole_lines(split(path, data))
    return read_summary(TypedFields(compose(lines, path), path), "digest")


_DIGEST_PARAGRAPH = re.compile(r'<p class="digest\b[^>]*>[^<]*</p>')


def edit_letter(path: str, data: bytes, excerpt: str, body: str, removed: str) -> bytes:
    """Return a newsletter issue's bytes with another excerpt and mail text; the rest is unchanged.

    An opening paragraph by a model is left out if it cites the record whose name is `removed`.
    Raises RecordError if the file could not be written back the same.
    """
    document = parse_document(path, data)
    if emit_document(document) != data:
        hint = "save the file with LF line endings"
        raise RecordError(
            "cannot change the issue without losing its formatting", subject=path, hint=hint
        )
    fence, fields = document.tail.partition("\n")[0], parse_record(path, data).fields
    digest = read_summary(
        TypedFields(compose(whole_lines(split(path, data)), path), path), "digest"
    )
    if digest and removed in list_citations(digest):
        body = _DIGEST_PARAGRAPH.sub("", body)
        entries = (entry for entry in document.tree.entries if entry.key.text != "digest")
        document = replace(document, tree=replace(document.tree, entries=tuple(entries)))
    edited = replace(document, tail=f"{fence}\n{body}")
    if fields.get("excerpt") != excerpt:
        edited = _with_excerpt(edited, excerpt)
    return emit_document(edited)


def _with_excerpt(document: DocumentTree, excerpt: str) -> DocumentTree:
    value = Scalar(text=excerpt, quotes='"')
    entries = (
        replace(entry, value=value) if entry.key.text == "excerpt" else entry
        for entry in document.tree.entries
    )
    return replace(document, tree=replace(document.tree, entries=tuple(entries)))


def _encode(words: str, path: str) -> bytes:
    try:
        return words.encode()
    except UnicodeEncodeError as error:
        raise RecordError(
            "the issue has an invalid character (half of a surrogate pair)", subject=path
        ) from error
