"""Every file with front matter, and the YAML files of `_data`: read to a tree, written again."""

from __future__ import annotations

from dataclasses import dataclass

from copydesk.archive.document import _front_matter, _nodes, _tree
from copydesk.archive.document import _plain_values as _values
from copydesk.archive.document._byte_form import PLAIN, ByteForm
from copydesk.errors import RecordError
from copydesk.news import Record


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentTree:
    """A file as a tree of its front matter and all that stands around it.

    `closing` is what stands between the last value and the closing fence, `tail` the rest from
    that fence on, `form` how the text stands in bytes. A bare YAML file has neither fence: `fenced`
    is False and `tail` "".
    """

    path: str
    tree: _tree.Mapping
    closing: str = "\n"
    tail: str = "---\n\n"
    fenced: bool = True
    form: ByteForm = PLAIN


def parse_document(path: str, data: bytes) -> DocumentTree:
    """Parse a file's bytes to a document, or raise RecordError."""
    halves, fenced = _halves(path, data), not path.endswith(_nodes.BARE)
    front = _whole_lines(halves)
    tree, closing = _tree.grow(front, _nodes.compose(front, path))
    if front != halves.front:
        closing = _NO_LINE_FEED
    return DocumentTree(
        path=path,
        tree=tree,
        closing=closing,
        tail=halves.tail,
        fenced=fenced,
        form=halves.form,
    )


def _halves(path: str, data: bytes) -> _front_matter.Halves:
    if path.endswith(_nodes.BARE):
        return _front_matter.Halves(front=_front_matter.decode_yaml(path, data), tail="")
    return _front_matter.split_front_matter(path, data)


def _whole_lines(halves: _front_matter.Halves) -> str:
    return halves.front if halves.front.endswith("\n") else halves.front + "\n"


# Stands for `closing` where a bare YAML file does not end its last line.
_NO_LINE_FEED = "\\"


def emit_document(document: DocumentTree) -> bytes:
    """Return the bytes of a document."""
    text = _tree.write(document.tree)
    if document.closing == _NO_LINE_FEED:
        text = text.removesuffix("\n")
    else:
        text += document.closing
    opening = "---\n" if document.fenced else ""
    fence, body = document.tail[:4], document.tail[4:]
    try:
        return document.form.encode(f"{opening}{text}{fence}", body)
    except UnicodeEncodeError as error:
        raise RecordError("half a character in a text", subject=document.path) from error


def parse_record(path: str, data: bytes) -> Record:
    """Parse a record of any collection but news, as publishing wants it, or raise RecordError."""
    halves = _halves(path, data)
    fields = _values.plain(_nodes.compose(_whole_lines(halves), path), path)
    return Record(
        path=path,
        collection=path.partition("/")[0].removeprefix("_"),
        fields=fields if isinstance(fields, dict) else {},
        body=halves.body,
    )
