"""Options: fields of a frozen dataclass that a person may set, each with its words and its kind.

    @dataclass(frozen=True, slots=True, kw_only=True)
    class Front:
        half_life_hours: float = option(24.0, "After this time half of …", kinds.number(minimum=1))

The field is the one declaration: to mypy it is a float with a default, and who reads a file asks
`declared.options_of(Front)` for its name, kind, default and words.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, Generic, TypeVar

V = TypeVar("V")
V_co = TypeVar("V_co", covariant=True)


class Unfit(Exception):  # noqa: N818 - an answer to whoever reads options, no error of the product
    """A value that is not of a kind: what was expected instead, and what may help."""

    def __init__(self, expected: str, hint: str = "") -> None:
        super().__init__(expected)
        self.expected = expected
        self.hint = hint


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueKind(Generic[V_co]):
    """One kind of value: its name in the reference, and what reads it or raises Unfit.

    A `private` value is never shown, a `delicate` one not where it is wrong, because it may be a
    secret in the wrong place.
    """

    name: str
    read: Callable[[object], V_co]
    private: bool = False
    delicate: bool = False


DECLARED: Final = "option"  # in the metadata of a field
BY_TYPE: Final[ValueKind[object]] = ValueKind(name="as its type says", read=lambda value: value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One option: what it accepts, what holds without it, what it is for.

    `variable` is the environment variable that goes before the file; `table` is the table in which
    it stands below that of its class, "" for that one itself; a `required` one has no default.
    """

    about: str
    kind: ValueKind[object] = BY_TYPE
    variable: str = ""
    table: str = ""
    name: str = ""
    default: object = None
    required: bool = False


def option(
    default: V, about: str, kind: ValueKind[V] | None = None, *, variable: str = "", table: str = ""
) -> V:
    """Declare a field as an option; without a kind its type says which values it accepts."""
    declared = Option(about=about, kind=kind or BY_TYPE, variable=variable, table=table)
    metadata = {DECLARED: declared}
    if isinstance(default, Mapping):
        return field(default_factory=lambda: default, metadata=metadata)
    return field(default=default, repr=not declared.kind.private, metadata=metadata)


def required(about: str, kind: ValueKind[object] = BY_TYPE) -> Mapping[str, Option]:
    """Declare a field as an option that has no default: `field(metadata=required(…))`."""
    return {DECLARED: Option(about=about, kind=kind, required=True)}
