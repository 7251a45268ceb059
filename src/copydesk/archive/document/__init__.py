"""A file with front matter, or a YAML file of `_data`: bytes in, the same bytes out again.

Whoever wants values asks `TypedFields` or `parse_record`; whoever edits gets a tree that
remembers spelling and layout (`DocumentTree`).
"""

from __future__ import annotations

from copydesk.archive.document._byte_form import PLAIN, ByteForm
from copydesk.archive.document._document import (
    DocumentTree,
    emit_document,
    parse_document,
    parse_record,
)
from copydesk.archive.document._front_matter import (
    MAX_BARE,
    MAX_BYTES,
    Halves,
    decode_yaml,
    split_front_matter,
)
from copydesk.archive.document._nodes import NOTHING, compose, is_block, span
from copydesk.archive.document._scalars import (
    is_plain,
    spell_date,
    spell_flag,
    spell_plain,
    spell_quoted,
)
from copydesk.archive.document._tree import (
    Mapping,
    MappingEntry,
    Node,
    Scalar,
    Sequence,
    SequenceItem,
)
from copydesk.archive.document._typed_fields import TypedFields

__all__ = [
    "MAX_BARE",
    "MAX_BYTES",
    "NOTHING",
    "PLAIN",
    "ByteForm",
    "DocumentTree",
    "Halves",
    "Mapping",
    "MappingEntry",
    "Node",
    "Scalar",
    "Sequence",
    "SequenceItem",
    "TypedFields",
    "compose",
    "decode_yaml",
    "emit_document",
    "is_block",
    "is_plain",
    "parse_document",
    "parse_record",
    "span",
    "spell_date",
    "spell_flag",
    "spell_plain",
    "spell_quoted",
    "split_front_matter",
]
