"""Sources added to beat.toml: at its end, every other byte of it left as it is."""

from __future__ import annotations

import stat
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path

from copydesk.config import _toml
from copydesk.config._decode import decode
from copydesk.config._setting_error import setting_error
from copydesk.errors import ConfigError
from copydesk.kit import files, urls, within
from copydesk.news import ListingRule, Source


def add_source(root: Path, source: Source) -> bool:
    """Add one source to the newsroom's beat.toml; False when it is there already."""
    return add_sources(root, [source]) == 1


def add_sources(root: Path, sources: Iterable[Source]) -> int:
    """Add the sources that are not there yet, in one write; give how many were added.

    Two spellings of one address are one source. The file is written only when something is added,
    and only when the result is a valid beat.toml.
    """
    path = (root / _toml.FILE).resolve()  # a link stays a link
    try:
        before = within.read_user_file(path, _toml.MAX_BYTES)
        after, added = append_sources(before, sources)
        if added:
            files.write_atomic(path, after, mode=stat.S_IMODE(path.stat().st_mode))
    except OSError as error:
        raise setting_error(_toml.FILE, "", f"cannot be written ({error.strerror})") from error
    return len(added)


def append_sources(before: bytes, sources: Iterable[Source]) -> tuple[bytes, list[Source]]:
    """Return a beat.toml with a block at its end for each source that it lacks, and those.

    Appending text keeps comments, order and layout by construction; a library that parses and
    writes the whole file again can only promise it. Raises ConfigError where the result would not
    be read again.
    """
    known = {
        urls.identity(str(source["url"])) for source in decode(_toml.parse(before), {}).sources
    }
    added = []
    for source in sources:
        same = urls.identity(source.url)
        if same not in known:
            known.add(same)
            added.append(source)
    if not added:
        return before, added
    newline = "\r\n" if b"\r\n" in before else "\n"
    blocks = newline + newline.join(format_block(source, newline) for source in added)
    gap = b"" if before.endswith(b"\n") or not before else newline.encode()
    after = before + gap + blocks.encode()
    _refuse_unreadable(after)
    return after, added


def _refuse_unreadable(after: bytes) -> None:
    """Refuse to write what could not be read: a source that fits no option, or inline tables."""
    try:
        tables = _toml.parse(after)
    except ConfigError as error:  # what was there is sound, so the two do not go together
        hint = "write each source as a [[source]] block of its own"
        raise setting_error(
            _toml.FILE, "source", "no block can follow a list in one line", hint
        ) from error
    decode(tables, {})


def format_block(source: Source, newline: str = "\n") -> str:
    """Write one [[source]] with the values that are not the default's."""
    lines = ["[[source]]", *_format_lines(source, Source(url=""))]
    return newline.join([*lines, ""])


def _format_lines(values: Source | ListingRule, plain: Source | ListingRule) -> Iterator[str]:
    for name in values.__dataclass_fields__:
        value = getattr(values, name)
        if value != getattr(plain, name):
            yield f"{name} = {_format_value(value)}"


def _format_value(value: object) -> str:
    """Write a value as TOML; a listing rule as a table in one line."""
    import tomlkit

    if isinstance(value, ListingRule):
        return f"{{ {', '.join(_format_lines(value, ListingRule(item='', written=date.min)))} }}"
    return tomlkit.item(list(value) if isinstance(value, tuple) else value).as_string()
