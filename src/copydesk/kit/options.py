"""Options: fields of a frozen dataclass that a person may set, each with its words and its kind.

    @dataclass(frozen=True, slots=True, kw_only=True)
    class Front:
        half_life_hours: float = option(24.0, "After this time half of …", kinds.number(minimum=1))

The field is the one declaration: to mypy it is a float with a default, and who reads a file asks
`options_of(Front)` for its name, kind, default and words.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import MISSING, Field, dataclass, field, fields, replace
from functools import cache
from typing import Any, Final, TypeVar, get_type_hints

from copydesk.kit import kinds
from copydesk.kit.kinds import ValueKind

V = TypeVar("V")

_DECLARED: Final = "option"  # in the metadata of a field
_BY_TYPE: Final[ValueKind[object]] = ValueKind(name="as its type says", read=lambda value: value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One option: what it accepts, what holds without it, what it is for.

    `variable` is the environment variable that goes before the file; `table` is the table in which
    it stands below that of its class, "" for that one itself; a `required` one has no default.
    """

    about: str
    kind: ValueKind[object] = _BY_TYPE
    variable: str = ""
    table: str = ""
    name: str = ""
    default: object = None
    required: bool = False


def option(
    default: V, about: str, kind: ValueKind[V] | None = None, *, variable: str = "", table: str = ""
) -> V:
    """Declare a field as an option; without a kind its type says which values it accepts."""
    declared = Option(about=about, kind=kind or _BY_TYPE, variable=variable, table=table)
    metadata = {_DECLARED: declared}
    if isinstance(default, Mapping):
        return field(default_factory=lambda: default, metadata=metadata)
    return field(default=default, repr=not declared.kind.private, metadata=metadata)


def required(about: str, kind: ValueKind[object] = _BY_TYPE) -> Mapping[str, Option]:
    """Declare a field as an option that has no default: `field(metadata=required(…))`."""
    return {_DECLARED: Option(about=about, kind=kind, required=True)}


@cache
def options_of(owner: type) -> tuple[Option, ...]:
    """Return the options that a dataclass declares, in the order of its fields."""
    return tuple(_options(owner))


def _options(owner: type) -> Iterator[Option]:
    types = get_type_hints(owner)
    for known in fields(owner):
        declared = known.metadata.get(_DECLARED)
        if declared is not None:
            by_type = declared.kind is _BY_TYPE
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
