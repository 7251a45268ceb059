"""The reference page of a news record, generated from the tables of its fields."""

from __future__ import annotations

from collections.abc import Iterable

from copydesk.archive.record._fields import IMAGE, PROVIDER, RELATED, SECTIONS, VERDICT
from copydesk.archive.record._table import Field

_HEAD = """\
# The fields of a record

Every key of a file in `_news/`, in its order. This page is generated from the tables by which
records are written and read (`./run.sh docs`), so it is complete. What the fields are for stands in
[Records](../concepts/records.md).

A key that has nothing to say is left out, unless it is *always* there. Between the groups of the
first table stands an empty line. *Ours* are keys that no record in the profile `everyday` has.
"""


def record_page() -> str:
    """Return docs/reference/record.md."""
    nested = {"provider": PROVIDER, "images": IMAGE, "related": RELATED, "verdict": VERDICT}
    blocks = [_table(field for section in SECTIONS for field in section)]
    blocks += [f"## Below `{key}`\n\n{_table(table.fields)}" for key, table in nested.items()]
    return "\n".join((_HEAD, *blocks))


def _table(fields: Iterable[Field]) -> str:
    rows = ["| key | value | |", "|---|---|---|", *map(_row, fields)]
    return "".join(f"{row}\n" for row in rows)


def _row(field: Field) -> str:
    when = "always" if field.always else "ours" if field.is_ours else ""
    return f"| `{field.key}` | {field.notation.name} | {when} |"
