"""Option and Section: what the table of options is made of."""

from __future__ import annotations

from dataclasses import dataclass

from copydesk.config._kinds import Kind, Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One key of a table: what it accepts, what holds without it, what it is for.

    `variable` is the environment variable that goes before the file; `required` ones have no
    default; a `private` value is never shown, a `delicate` one not where it is wrong, because it
    may be a secret in the wrong place.
    """

    name: str
    kind: Kind
    about: str
    default: Value = ""
    variable: str = ""
    required: bool = False
    private: bool = False
    delicate: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One table of beat.toml; `held_by` is the attribute path of Settings that has its values."""

    name: str
    about: str
    held_by: str
    options: tuple[Option, ...]
