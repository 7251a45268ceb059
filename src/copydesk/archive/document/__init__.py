"""Parse records (YAML front matter and text) and the YAML files of `_data`; write the same bytes
back.

`parse_record` and `TypedFields` give values. To edit a file, use the sub-module `tree`: its
`parse_document` keeps spelling and layout.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from copydesk.kit import faces

if TYPE_CHECKING:
    from copydesk.archive.document._front_matter import MAX_BARE as MAX_BARE
    from copydesk.archive.document._front_matter import MAX_BYTES as MAX_BYTES
    from copydesk.archive.document._front_matter import PLAIN as PLAIN
    from copydesk.archive.document._front_matter import ByteForm as ByteForm
    from copydesk.archive.document._front_matter import Halves as Halves
    from copydesk.archive.document._front_matter import decode_yaml as decode_yaml
    from copydesk.archive.document._front_matter import split_front_matter as split_front_matter
    from copydesk.archive.document._yaml import NOTHING as NOTHING
    from copydesk.archive.document._yaml import TypedFields as TypedFields
    from copydesk.archive.document._yaml import compose as compose
    from copydesk.archive.document._yaml import is_block as is_block
    from copydesk.archive.document._yaml import is_plain as is_plain
    from copydesk.archive.document._yaml import span as span
    from copydesk.archive.document._yaml import spell_date as spell_date
    from copydesk.archive.document._yaml import spell_flag as spell_flag
    from copydesk.archive.document._yaml import spell_plain as spell_plain
    from copydesk.archive.document._yaml import spell_quoted as spell_quoted
    from copydesk.archive.document.tree import parse_record as parse_record
else:
    __getattr__ = faces.import_on_demand(__name__, __file__)
