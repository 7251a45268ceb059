"""A rehearsal: changes of the memory that are made later, or once more, and never by half.

    rehearse  >  bytes (in the journal of `archive`)  >  play

A change of the repository and what is remembered of it are in two places, and a kill may come
between. What is in the journal is played by whoever finishes the change; played twice it is as if
once, since each statement says what is there in the end.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

Value = str | int | bytes | None


class _Played(msgspec.Struct, frozen=True, array_like=True):
    version: int  # of the tables
    steps: tuple[tuple[str, tuple[Any, ...]], ...]  # msgpack tells text from bytes by itself


@dataclass(slots=True)
class Rehearsal:
    """The changes that were rehearsed, in their order."""

    version: int
    _steps: list[tuple[str, tuple[Value, ...]]] = field(default_factory=list)

    def note(self, statement: str, values: Sequence[Value]) -> None:
        """Take down a statement where it changes something."""
        if statement.startswith(("INSERT", "UPDATE", "DELETE")):
            self._steps.append((statement, tuple(values)))

    def encode(self) -> bytes:
        """Return the changes as they are played; b"" for none."""
        if not self._steps:
            return b""
        return msgspec.msgpack.encode(_Played(self.version, tuple(self._steps)))


def steps_in(played: bytes, version: int) -> tuple[tuple[str, tuple[Value, ...]], ...]:
    """Return the steps of a rehearsal over tables of this version, none of another's."""
    try:
        rehearsed = msgspec.msgpack.decode(played, type=_Played)
    except msgspec.DecodeError:
        return ()
    return rehearsed.steps if rehearsed.version == version else ()
