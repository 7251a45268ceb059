"""A news record in the very form that we write, read without YAML; any other is declined.

What is accepted comes back byte for byte, and YAML, the judge of meaning, reads the same out of
it. At the first doubt (another order, an unknown key, another spelling of a value) it is declined.
"""

from __future__ import annotations

from collections.abc import Callable

from copydesk.archive.document import PLAIN, Halves
from copydesk.archive.record._fields import SECTION_OF, SECTIONS, STORY
from copydesk.archive.record._own_spelling import has_controls
from copydesk.archive.record._table import Field, Values, parse_lines
from copydesk.archive.record._unusual import UnusualError
from copydesk.news import Story


def read_quickly(path: str, halves: Halves) -> Story | None:
    """Return the story of a record that `emit_story` would give back so, None for any other."""
    after = halves.tail[4:]
    if not after or halves.form is not PLAIN or has_controls(halves.front):
        return None
    try:
        values = _read_sections(halves.front, STORY.bare.copy())
    except (UnusualError, ValueError):  # a ValueError is a date that cannot be
        return None
    return Story(path=path, body="" if after == "\n" else after, **values)


def _read_sections(front: str, values: Values) -> Values:
    """Add the values of each section, which an empty line sets apart; give them back.

    The last one is `secured`, or an empty line stands below it.
    """
    is_open = front.endswith("\n\n")
    head, *sections = front[: -2 if is_open else -1].split("\n\n")
    _READERS[0](head, values)
    last = 0
    for section in sections:
        number = SECTION_OF.get(section.partition(":")[0], 0)
        if number <= last:
            raise UnusualError
        _READERS[number](section, values)
        last = number
    if is_open is (last == _LAST):
        raise UnusualError
    return values


class _Readers(dict[int, Callable[[str, Values], object]]):
    """What reads each section, by its number; patterns are compiled for those that occur."""

    def __missing__(self, number: int) -> Callable[[str, Values], object]:
        """Make the reader of a section, and keep it."""
        self[number] = reader = _reader(SECTIONS[number])
        return reader


def _reader(fields: tuple[Field, ...]) -> Callable[[str, Values], object]:
    first = fields[0]
    if not first.notation.has_lines:
        parse = parse_lines(fields, 0)
        return lambda section, values: parse(f"\n{section}", values)
    attribute, parse_value = first.attribute, first.notation.parser(0)
    colon = len(first.key)

    def read(section: str, values: Values) -> None:
        values[attribute] = parse_value(section[colon + 1 :])

    return read


_READERS = _Readers()
_LAST = len(SECTIONS) - 1
