"""A sheet: what a page says, for a person; each field with where it came from, the text last."""

from __future__ import annotations

import re
import shutil
import textwrap
from collections.abc import Iterator, Mapping

from copydesk.kit import text

Fields = Mapping[str, Mapping[str, object]]

_NAME = 18  # columns of a field's name
_WIDEST = 120  # columns; longer lines are hard to read
_LEAST = 20
_NOTHING = "-"
_EACH_WITH_ITS_OWN = frozenset({"figures", "signals"})
# what a terminal may obey: controls but the line feed and the tab, turns of direction
_STEERING = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_BY_THE_CLOCK = "no date on the page: when it was read"


def sheet(fields: Fields) -> Iterator[str]:
    """Write the lines of a sheet, as wide as the terminal."""
    columns = max(min(shutil.get_terminal_size((100, 24)).columns, _WIDEST), _NAME + _LEAST)
    for name, field in fields.items():
        if name != "text":
            yield from _field_lines(name, field, columns)
    if "text" in fields:
        yield ""
        yield f"text{_format_origin('text', fields['text'])}"
        for line in words(fields).split("\n"):
            yield from _wrap(line, columns) or [""]


def words(fields: Fields) -> str:
    """Return the text alone, its paragraphs kept; it steers no terminal."""
    return _STEERING.sub("", str(fields["text"]["value"]))


def _wrap(line: str, columns: int) -> list[str]:
    """Break a line between whole words: an address stays in one."""
    return textwrap.wrap(line, columns, break_long_words=False, break_on_hyphens=False)


def _field_lines(name: str, field: Mapping[str, object], columns: int) -> Iterator[str]:
    """Write a field's name beside its values, each on its own lines, and where they came from."""
    values = [text.fold(value) for value in _values(field["value"])]
    values = [value for value in values if value] or [_NOTHING]
    values[-1] += "" if name in _EACH_WITH_ITS_OWN else _format_origin(name, field)
    for value in values:
        for line in _wrap(value, columns - _NAME):
            yield f"{name:<{_NAME}}{line}"
            name = ""


def _format_origin(name: str, field: Mapping[str, object]) -> str:
    origin = text.fold(str(field["from"]))
    if origin == "found" and name.startswith("published"):
        origin = f"found ({_BY_THE_CLOCK})"
    return f"  [{origin}]" if origin else ""


def _values(value: object) -> Iterator[str]:
    """Write what stands in a field, each string on lines of its own: a picture, a signal, names."""
    if isinstance(value, Mapping):
        yield from _part_lines(value)
    elif isinstance(value, list) and value and isinstance(value[0], Mapping):
        for part in value:
            yield from _part_lines(part)
    elif isinstance(value, list):
        yield ", ".join(map(str, value))
    else:
        yield str(value or "")


def _part_lines(parts: Mapping[str, object]) -> Iterator[str]:
    """Write a signal, a picture or a publisher: what it says, then what else is known of it."""
    match parts:
        case {"name": name, "said": said, "where": where}:
            yield f"{said if str(said).startswith(str(name)) else f'{name}: {said}'} ({where})"
        case {"url": url, "alt": alt, "credit": credit, "origin": origin}:
            yield str(url)
            width, height = parts.get("width"), parts.get("height")
            size = f"{width} × {height}" if width and height else ""
            known = (f"“{alt}”" if alt else "", f"credit: {credit}" if credit else "", size, origin)
            yield f"– {', '.join(str(detail) for detail in known if detail)}"
        case {"name": name, "domain": domain}:
            yield f"{name} ({domain})" if domain else str(name)
        case _:
            yield "; ".join(f"{key}: {part}" for key, part in parts.items() if part)
