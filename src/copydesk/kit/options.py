"""Options: fields of a frozen dataclass that a person may set, with description and kind.

    @dataclass(frozen=True, slots=True, kw_only=True)
    class Front:
        half_life_hours: float = option(24.0, "After this time half of …", kinds.number(minimum=1))

The field is the only declaration: to mypy it is a float with a default, and the reader of a file
gets its name, kind, default and description from `kinds.options_of(Front)`. `fill` copies fields of
any dataclass to another one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Final, Generic, TypeVar

V = TypeVar("V")
V_co = TypeVar("V_co", covariant=True)
SettingValue = bool | int | float | str | list[str]


class Unfit(Exception):  # noqa: N818 - an answer to whoever reads options, no error of the product
    """Raised for an option value that is not allowed: what is expected or wrong, and a hint."""

    def __init__(self, expected: str = "", hint: str = "", what: str = "") -> None:
        super().__init__(expected or what)
        self.expected = expected
        self.hint = hint
        self.what = what


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueKind(Generic[V_co]):
    """A kind of option value, such as a URL: its name in the documentation, and its parser.

    `choices` are the allowed texts, () for any. A `private` value is never shown. A `delicate` one
    is not shown in error messages, because it may be a secret that was put into the wrong setting.
    """

    name: str
    read: Callable[[object], V_co]
    choices: tuple[str, ...] = ()
    private: bool = False
    delicate: bool = False


DECLARED: Final = "option"  # the keys in a field's metadata
SECRET: Final = "from the environment"  # noqa: S105 # a name
ANY_TEXT: Final = ValueKind(name="any text", read=str)
BY_TYPE: Final[ValueKind[object]] = ValueKind(name="as its type says", read=lambda value: value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """A setting that a person may change: its kind of value, default and purpose.

    `variable` is the environment variable that overrides the file; `table` is the subtable that the
    option is in, "" for the table of its class; a `required` option has no default.
    """

    about: str
    kind: ValueKind[object] = BY_TYPE
    variable: str = ""
    table: str = ""
    name: str = ""
    default: object = None
    required: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FileSetting:
    """A setting as a file has it, by its path such as `letter[0].at`; `key` is `letter.at`.

    `value` is the default if the file does not set it.
    """

    key: str
    path: str
    option: Option
    value: object
    is_set: bool


def option(
    default: V, about: str, kind: ValueKind[V] | None = None, *, variable: str = "", table: str = ""
) -> V:
    """Declare a dataclass field as an option (setting); its type is the default `kind`."""
    declared = Option(about=about, kind=kind or BY_TYPE, variable=variable, table=table)
    metadata = {DECLARED: declared}
    if isinstance(default, Mapping):
        return field(default_factory=lambda: default, metadata=metadata)
    return field(default=default, repr=not declared.kind.private, metadata=metadata)


@dataclass(frozen=True, slots=True, kw_only=True)
class Secret:
    """A setting that is read from the environment only, such as a password; and its kind of value.

    Its variable is fixed, or is the value of the option `named_by`. `without` is what happens when
    a variable that the owner named is not set.
    """

    variable: str = ""
    named_by: str = ""
    without: str = ""
    kind: ValueKind[str] = ANY_TEXT


def from_environment(variable: str, kind: ValueKind[str] = ANY_TEXT) -> str:
    """Declare a dataclass field that is read from an environment variable, "" if not set."""
    return _declare_secret(Secret(variable=variable, kind=kind))


def from_variable(named_by: str, without: str) -> str:
    """Declare a dataclass field read from an environment variable that another option names.

    `without` ends the warning for a variable that is not set: "nobody is called".
    """
    return _declare_secret(Secret(named_by=named_by, without=without))


def _declare_secret(declared: Secret) -> str:
    value: str = field(default="", repr=False, metadata={SECRET: declared})
    return value


def required(about: str, kind: ValueKind[object] = BY_TYPE) -> Mapping[str, Option]:
    """Return the metadata of an option without a default: `field(metadata=required(…))`."""
    return {DECLARED: Option(about=about, kind=kind, required=True)}


def take(source: object, *names: str) -> dict[str, Any]:
    """Return the fields of a dataclass with these names, to give them to another one."""
    return {name: getattr(source, name) for name in names}


def fill(kind: type[V], source: object, /, **given: Any) -> V:
    """Return a dataclass of a kind: `given` has its fields, `source` has the others by name.

    A field that neither has keeps its default; TypeError if it has none.
    """
    missing = [each.name for each in fields(kind) if each.name not in given]  # type: ignore[arg-type]
    found = {name: getattr(source, name) for name in missing if hasattr(source, name)}
    return kind(**found, **given)
