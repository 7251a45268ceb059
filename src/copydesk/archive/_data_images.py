"""The pictures that a file of `_data` lists: added to it, everything else left as it stands."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from copydesk.archive import _data_lists
from copydesk.archive.change import FileChange
from copydesk.archive.document import Mapping as Tree
from copydesk.archive.document import MappingEntry, Scalar, Sequence, SequenceItem
from copydesk.errors import RecordError
from copydesk.news import Image

_KEY = "images"


def add_images(root: Path, path: str, images: Iterable[Image]) -> FileChange:
    """Return what a file is with pictures at the end of its `images`, with their sizes.

    Raises RecordError where it cannot be read or given back as it stands.
    """
    new = tuple(images)

    def add(old: Sequence) -> Sequence:
        if old.flow and "#" in old.spelled:
            what = "a list in brackets with a comment in it would lose that"
            raise RecordError(what, subject=path, hint="write each picture behind a dash")
        column = _data_lists.column(old)
        items = (SequenceItem(value=_write_image(image, column + 2)) for image in new)
        return Sequence(items=(*old.items, *items), column=column)

    def edit(tree: Tree) -> Tree:
        return _data_lists.edit_list(tree, _KEY, add) if new else tree

    return _data_lists.change(root, path, edit)


def _write_image(image: Image, column: int) -> Tree:
    values = (
        ("url", _data_lists.word(image.url)),
        ("width", Scalar(text=str(image.width), kind="int")),
        ("height", Scalar(text=str(image.height), kind="int")),
    )
    entries = (MappingEntry(key=Scalar(text=key), value=value) for key, value in values)
    return Tree(entries=tuple(entries), column=column)
