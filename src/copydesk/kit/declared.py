"""The options that a dataclass declares, each of the kind that its field's type or itself says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import MISSING, Field, fields, replace
from functools import cache
from typing import Any, get_type_hints

from copydesk.kit import kinds
from copydesk.kit.options import BY_TYPE, DECLARED, Option


@cache
def options_of(owner: type) -> tuple[Option, ...]:
    """Return the options that a dataclass declares, in the order of its fields."""
    return tuple(_options(owner))


def _options(owner: type) -> Iterator[Option]:
    types = get_type_hints(owner)
    for known in fields(owner):
        declared = known.metadata.get(DECLARED)
        if declared is not None:
            by_type = declared.kind is BY_TYPE
            yield replace(
                declared,
                name=known.name,
                kind=kinds.of_type(types[known.name]) if by_type else declared.kind,
                default=_default(known),
            )


def _default(known: Field[Any]) -> object:
    if known.default_factory is not MISSING:
        return known.default_factory()
    return None if known.default is MISSING else known.default
