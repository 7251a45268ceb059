"""Edit the settings file beat.toml by program, without changing comments, order and layout."""

from __future__ import annotations

import copy
import re
import stat
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from copydesk.config import _toml
from copydesk.config._decode import decode
from copydesk.config._toml import setting_error
from copydesk.errors import ConfigError
from copydesk.kit import files, urls, within
from copydesk.news import Source
from copydesk.news.source import ListingRule

if TYPE_CHECKING:
    from tomlkit.items import Table

_MOST_BYTES = 2_000_000  # a library that keeps layout takes a minute for 50,000 sources
_INDEXED = re.compile(r"(\w+)\[(\d{1,9})\]")
_SOURCE = re.compile(r"\[\[\s*source\s*\]\]")  # the head of a source's block
_OF_SOURCE = re.compile(r"\[\[?\s*source\s*\.")  # of a table within it
_BY_HAND = "edit the file by hand"

SettingValue = int | float | str | list[str]


def add_source(root: Path, source: Source) -> bool:
    """Add a source to a site's beat.toml. Return False if the file has it already."""
    return add_sources(root, [source]) == 1


def add_sources(root: Path, sources: Iterable[Source]) -> int:
    """Add those sources to a site's beat.toml that it lacks; return how many were added.

    Two spellings of one URL are one source. The file is written only if something is added and the
    result is a valid beat.toml.
    """
    path = (root / _toml.FILE).resolve()  # write to the target of a link
    try:
        before = within.read_user_file(path, _toml.MAX_BYTES)
        after, added = append_sources(before, sources)
        if added:
            files.write_atomic(path, after, mode=stat.S_IMODE(path.stat().st_mode))
    except OSError as error:
        raise setting_error(_toml.FILE, "", f"cannot be written ({error.strerror})") from error
    return len(added)


def append_sources(before: bytes, sources: Iterable[Source]) -> tuple[bytes, list[Source]]:
    """Return beat.toml with entries for those of the sources that it lacks, and these sources.

    Appending text certainly keeps comments, order and layout; a library that parses and writes the
    whole file can only promise it. Raises ConfigError if the result could not be read.
    """
    known = {urls.identity(source.url) for source in decode(_toml.parse(before), {}).all(Source)}
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
    """Refuse a beat.toml that cannot be read: a source with a wrong option, or inline tables."""
    try:
        tables = _toml.parse(after)
    except ConfigError as error:  # the old file was valid, so the new block does not fit
        hint = "write each source as its own [[source]] block"
        raise setting_error(
            _toml.FILE, "source", "no [[source]] block can follow a one-line list", hint
        ) from error
    decode(tables, {})


def format_block(source: Source, newline: str = "\n") -> str:
    """Return a source as a `[[source]]` table in TOML, without options that have defaults."""
    lines = ["[[source]]", *_format_lines(source, Source(url=""))]
    return newline.join([*lines, ""])


def _format_lines(values: Source | ListingRule, plain: Source | ListingRule) -> Iterator[str]:
    for name in values.__dataclass_fields__:
        value = getattr(values, name)
        if value != getattr(plain, name):
            yield f"{name} = {_format_value(value)}"


def _format_value(value: object) -> str:
    """Return a value as TOML; a listing rule as an inline table."""
    import tomlkit

    if isinstance(value, ListingRule):
        return f"{{ {', '.join(_format_lines(value, ListingRule(item='', written=date.min)))} }}"
    return tomlkit.item(list(value) if isinstance(value, tuple) else value).as_string()


def change_values(data: bytes, values: Mapping[str, SettingValue]) -> bytes:
    """Return the bytes of a settings file beat.toml with some values changed or added.

    Keys are paths as in messages: `scoring.publish_at`, `source[3].trust`. Raises ConfigError if
    the result would not be a valid beat.toml that differs in these values alone.
    """
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    if len(data) > _MOST_BYTES:
        raise setting_error(_toml.FILE, "", "the file is too big for a program to edit", _BY_HAND)
    wanted = _toml.parse(data)
    text = data.decode("utf-8-sig")
    try:
        document = tomlkit.parse(text)
        if tomlkit.dumps(document) != text:
            raise _cannot_keep()
        made: list[Table] = []
        for path, value in values.items():
            _put(document, path, value, make=lambda: _make_table(made))
            _put(wanted, path, value, make=dict)
        for table in made:
            table.add(tomlkit.nl())  # before the next table
        after = tomlkit.dumps(document).rstrip("\n") + "\n"
    except (TOMLKitError, TypeError, ValueError) as error:
        raise _cannot_keep() from error
    changed = _with_line_ends(after, text).encode()
    changed = b"\xef\xbb\xbf" + changed if data.startswith(b"\xef\xbb\xbf") else changed
    if _toml.parse(changed) != wanted:
        raise _cannot_keep()
    decode(copy.deepcopy(wanted), {})
    return changed


def drop_source(data: bytes, place: int, url: str | None = None) -> bytes:
    """Return the bytes of a settings file beat.toml without the source at index `place`.

    The lines from its head to its last value are deleted; comments around them stay. Raises
    ConfigError if the result would not be a valid beat.toml that lacks this source alone, and if
    the source of that number does not have this `url`.
    """
    wanted: dict[str, Any] = _toml.parse(data)
    _check_source(wanted, place, url)
    del wanted["source"][place]
    if not wanted["source"]:
        del wanted["source"]
    lines = data.decode("utf-8").split("\n")
    heads = [number for number, line in enumerate(lines) if _SOURCE.match(line.strip())]
    if place >= len(heads):  # the sources are an inline list
        raise _cannot_keep()
    end = _find_end(lines, heads[place])
    kept = [*lines[: heads[place]], *lines[end:]]
    while len(kept) > 1 and not kept[-2].strip() and not kept[-1].strip():
        del kept[-2]  # the blank line before the last block
    after = "\n".join(kept).encode()
    try:
        is_sound = _toml.parse(after) == wanted
    except ConfigError:
        is_sound = False
    if not is_sound:  # a line that looks like a head was in a text of several lines
        raise _cannot_keep()
    decode(copy.deepcopy(wanted), {})
    return after


def _check_source(values: Mapping[str, Any], place: int, url: str | None) -> None:
    """Raise ConfigError if source number `place` does not have this `url`; None accepts any."""
    if url is None:
        return
    there = [source.get("url", "") for source in values.get("source", [])[place : place + 1]]
    if [urls.identity(found) for found in there] != [urls.identity(url)]:
        what, hint = (
            "another source is now at this position",
            "try again",
        )
        raise setting_error(_toml.FILE, f"source[{place}]", what, hint)


def _find_end(lines: Sequence[str], head: int) -> int:
    """Return the number of the line after a source's last value and its blank lines."""
    end = head + 1
    for number in range(head + 1, len(lines)):
        line = lines[number].strip()
        if line.startswith("[") and not _OF_SOURCE.match(line):
            break
        if line and not line.startswith("#"):
            end = number + 1
    while end < len(lines) - 1 and not lines[end].strip():
        end += 1
    return end


def _make_table(made: list[Table]) -> Table:
    import tomlkit

    made.append(tomlkit.table())
    return made[-1]


def _put(tables: Any, path: str, value: object, make: Any) -> None:
    """Set the value at a dotted path, and create the tables above it if needed."""
    *above, name = path.split(".")
    here = tables
    for part in above:
        indexed = _INDEXED.fullmatch(part)
        if indexed:
            here = here[indexed[1]][int(indexed[2])]
        else:
            if part not in here:
                here[part] = make()
            here = here[part]
    here[name] = value


def _with_line_ends(after: str, before: str) -> str:
    """Return the text `after` with the line ends of `before`."""
    if before.count("\r\n") != before.count("\n") or "\r\n" not in before:
        return after
    return after.replace("\r\n", "\n").replace("\n", "\r\n")


def _cannot_keep() -> ConfigError:
    what = "this cannot be changed without changing the layout of the file"
    return setting_error(_toml.FILE, "", what, _BY_HAND)
