"""A file with front matter, or a YAML file of `_data`: bytes in, the same bytes out again.

Whoever wants values asks `TypedFields` or `parse_record`; whoever edits gets a tree that
remembers spelling and layout (`DocumentTree`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from copydesk.kit import faces

if TYPE_CHECKING:
    from copydesk.archive.document._byte_form import PLAIN as PLAIN
    from copydesk.archive.document._byte_form import ByteForm as ByteForm
    from copydesk.archive.document._document import DocumentTree as DocumentTree
    from copydesk.archive.document._document import emit_document as emit_document
    from copydesk.archive.document._document import parse_document as parse_document
    from copydesk.archive.document._document import parse_record as parse_record
    from copydesk.archive.document._front_matter import MAX_BARE as MAX_BARE
    from copydesk.archive.document._front_matter import MAX_BYTES as MAX_BYTES
    from copydesk.archive.document._front_matter import Halves as Halves
    from copydesk.archive.document._front_matter import decode_yaml as decode_yaml
    from copydesk.archive.document._front_matter import split_front_matter as split_front_matter
    from copydesk.archive.document._nodes import NOTHING as NOTHING
    from copydesk.archive.document._nodes import compose as compose
    from copydesk.archive.document._nodes import is_block as is_block
    from copydesk.archive.document._nodes import span as span
    from copydesk.archive.document._scalars import is_plain as is_plain
    from copydesk.archive.document._scalars import spell_date as spell_date
    from copydesk.archive.document._scalars import spell_flag as spell_flag
    from copydesk.archive.document._scalars import spell_plain as spell_plain
    from copydesk.archive.document._scalars import spell_quoted as spell_quoted
    from copydesk.archive.document._tree import Mapping as Mapping
    from copydesk.archive.document._tree import MappingEntry as MappingEntry
    from copydesk.archive.document._tree import Node as Node
    from copydesk.archive.document._tree import Scalar as Scalar
    from copydesk.archive.document._tree import Sequence as Sequence
    from copydesk.archive.document._tree import SequenceItem as SequenceItem
    from copydesk.archive.document._typed_fields import TypedFields as TypedFields
else:
    __getattr__ = faces.import_on_demand(__name__, __file__)
