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
    """Give the lines of a sheet, as wide as the terminal."""
    columns = max(min(shutil.get_terminal_size((100, 24)).columns, _WIDEST), _NAME + _LEAST)
    for name, field in fields.items():
        if name != "text":
            yield from _rows(name, field, columns)
    if "text" in fields:
        yield ""
        yield f"text{_origin('text', fields['text'])}"
        for line in words(fields).split("\n"):
            yield from _wrapped(line, columns) or [""]


def words(fields: Fields) -> str:
    """Give the text alone, its paragraphs kept; it steers no terminal."""
    return _STEERING.sub("", str(fields["text"]["value"]))


def _wrapped(line: str, columns: int) -> list[str]:
    """Give a line in pieces of whole words: an address stays in one."""
    return textwrap.wrap(line, columns, break_long_words=False, break_on_hyphens=False)


def _rows(name: str, field: Mapping[str, object], columns: int) -> Iterator[str]:
    """Give a field's name beside its values, each on lines of its own, and where they came from."""
    values = [text.fold(one) for one in _values(field["value"])]
    values = [one for one in values if one] or [_NOTHING]
    values[-1] += "" if name in _EACH_WITH_ITS_OWN else _origin(name, field)
    for value in values:
        for line in _wrapped(value, columns - _NAME):
            yield f"{name:<{_NAME}}{line}"
            name = ""


def _origin(name: str, field: Mapping[str, object]) -> str:
    said = text.fold(str(field["from"]))
    if said == "found" and name.startswith("published"):
        said = f"found ({_BY_THE_CLOCK})"
    return f"  [{said}]" if said else ""


def _values(value: object) -> Iterator[str]:
    """Give what stands in a field, each string on lines of its own: a picture, a signal, names."""
    if isinstance(value, Mapping):
        yield from _told(value)
    elif isinstance(value, list) and value and isinstance(value[0], Mapping):
        for one in value:
            yield from _told(one)
    elif isinstance(value, list):
        yield ", ".join(map(str, value))
    else:
        yield str(value or "")


def _told(parts: Mapping[str, object]) -> Iterator[str]:
    """Give a signal, a picture or a publisher: what it says, then what else is known of it."""
    match parts:
        case {"name": name, "said": said, "where": where}:
            yield f"{said if str(said).startswith(str(name)) else f'{name}: {said}'} ({where})"
        case {"url": url, "alt": alt, "credit": credit, "origin": origin}:
            yield str(url)
            width, height = parts.get("width"), parts.get("height")
            size = f"{width} × {height}" if width and height else ""
            known = (f"“{alt}”" if alt else "", f"credit: {credit}" if credit else "", size, origin)
            yield f"– {', '.join(str(one) for one in known if one)}"
        case {"name": name, "domain": domain}:
            yield f"{name} ({domain})" if domain else str(name)
        case _:
            yield "; ".join(f"{key}: {part}" for key, part in parts.items() if part)
