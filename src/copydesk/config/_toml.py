"""Parse the settings file beat.toml, upgrade an older format, and report wrong settings."""

from __future__ import annotations

import errno
import json
import re
import shlex
import tomllib
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from pathlib import Path
from typing import Final

from copydesk.errors import ConfigError
from copydesk.kit import within

FILE = "beat.toml"
MAX_BYTES = 32_000_000  # 50,000 sources with all options take 20 MB
_PLACE = re.compile(r"\s*\(at (?:(line \d+, column \d+)|(end of document))\)\s*$")


def read(root: Path) -> dict[str, object]:
    """Return the tables of a site's settings file beat.toml, as `tomllib` parses them.

    Unlike other files it may be a link, since people keep it where a machine's settings are, and it
    is not published.
    """
    try:
        data = within.read_user_file(root / FILE, MAX_BYTES)
    except FileNotFoundError as error:
        raise _missing_file(root) from error
    except OSError as error:
        hint = "check that this is the right file" if error.errno == errno.EFBIG else ""
        raise unreadable_error(error, FILE, hint) from error
    return parse(data)


def parse(data: bytes) -> dict[str, object]:
    """Parse the bytes of a beat.toml into tables; a byte order mark is ignored."""
    try:
        return tomllib.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise setting_error(
            FILE, f"line {line}", "the file is not UTF-8", "save the file as UTF-8"
        ) from error
    except ValueError as error:  # TOMLDecodeError, or a number with too many digits
        raise _syntax_error(str(error)) from error
    except RecursionError as error:
        raise setting_error(FILE, "", "tables or lists are nested too deeply") from error


def _syntax_error(message: str) -> ConfigError:
    found = _PLACE.search(message)
    place = (found.group(1) or "end of the file") if found else ""
    said = _PLACE.sub("", message)
    return setting_error(FILE, place, said[:1].lower() + said[1:], 'quote texts: title = "News"')


def _missing_file(root: Path) -> ConfigError:
    """Return the error for a folder without a beat.toml, which may be a site of everyday.cc."""
    place = shlex.quote(str(root))
    if (root / "_config.yml").is_file():
        hint = f"adopt the existing site with `copydesk new --from {place}`"
    elif root.is_dir():
        hint = "create a newsroom with `copydesk new DIR`, or name one with -C DIR"
    else:
        hint = f"the folder {root} does not exist; create a newsroom with `copydesk new {place}`"
    return ConfigError("the folder has no beat.toml", subject=str(root), hint=hint)


_SHOWN = 60


class SettingError(ConfigError):
    """Raised for a wrong setting, with its place first: `beat.toml: scoring.publish_at: …`."""

    def __str__(self) -> str:
        return f"{self.subject}: {self.what}"


def setting_error(file: str, path: str, what: str, hint: str = "") -> SettingError:
    """Return the error for a wrong setting, or for the whole file if `path` is ""."""
    return SettingError(what, subject=f"{file}: {path}" if path else file, hint=hint)


def unreadable_error(error: OSError, file: str, hint: str = "") -> SettingError:
    """Return the error for a settings file that cannot be read, with the OSError's hint
    or `hint`.
    """
    what = f"cannot be read ({error.strerror})"
    if error.errno == errno.EFBIG:
        what = str(error.strerror)
    return setting_error(file, "", what, within.hint(error) or hint)


def decode_text(data: bytes, file: str) -> str:
    """Return the text of a settings file's UTF-8 bytes; a byte order mark is ignored."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise setting_error(file, "", "the file is not UTF-8", "save the file as UTF-8") from error


def format_value(value: object) -> str:
    """Return a text, number, true or false, a day, or a list of texts as TOML."""
    return value.isoformat() if isinstance(value, date) else json.dumps(value, ensure_ascii=False)


def show_value(value: object) -> str:
    """Return a setting's value as TOML shows it, shortened to one short line."""
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, Mapping):
        return "a table"
    text = _write_beginning(value)
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


def _write_beginning(value: object) -> str:
    """Return only the part of a value that is shown, since YAML aliases can make it endless."""
    text = ""
    try:
        for piece in json.JSONEncoder(ensure_ascii=False, default=str).iterencode(value):
            text += piece
            if len(text) > _SHOWN:
                break
    except (ValueError, RecursionError):  # the value contains itself
        text = "a list that contains itself"
    return text


KEY = "format"

Step = Mapping[str, str]
"""The keys that got another name from one format to the next: old dotted path to new."""

# The step at index 0 leads from format 1 to 2. There is none yet: no key was ever renamed.
FORMAT_STEPS: Final[Sequence[Step]] = ()
_NOTHING: Final = object()


def upgrade_tables(tables: dict[str, object], steps: Sequence[Step] = FORMAT_STEPS) -> list[str]:
    """Upgrade tables of beat.toml to the newest format; return a warning for each renamed key.

    A file without a format is in format 1. Raises ConfigError for an unknown format, and for a
    value under both its old and its new name.
    """
    newest = len(steps) + 1
    written = _read_format(tables.pop(KEY, 1), newest)
    return [
        (
            f"{FILE}: {old} has been renamed to {new} in format {number}: change the name, and "
            f"write format = {number} above all tables"
        )
        for number, step in enumerate(steps[written - 1 :], written + 1)
        for old, new in step.items()
        if _move(
            tables,
            old.split("."),
            new.split("."),
            setting_error(FILE, new, f"given twice, also as {old}", "keep only the new name"),
        )
    ]


def _read_format(given: object, newest: int) -> int:
    if not isinstance(given, int) or isinstance(given, bool) or given < 1:
        raise setting_error(FILE, KEY, f"expected a format such as 1, got {show_value(given)}")
    if given > newest:
        what = f"the file is for a newer copydesk: format {given}, this version reads {newest}"
        raise setting_error(FILE, KEY, what, "install a newer copydesk, or use an older beat.toml")
    return given


def _move(
    table: dict[str, object], old: Sequence[str], new: Sequence[str], twice: ConfigError
) -> bool:
    """Move a value to its new dotted path; within a table that both have in common, in every entry.

    Raises `twice` if the new place is taken.
    """
    if len(old) > 1 and len(new) > 1 and old[0] == new[0]:
        moves = [_move(inner, old[1:], new[1:], twice) for inner in _tables_in(table.get(old[0]))]
        return any(moves)
    value = _take(table, old)
    if value is _NOTHING:
        return False
    place = table
    for part in new[:-1]:
        below = place.setdefault(part, {})
        place = below if isinstance(below, dict) else {}  # the decoder will report the error
    if new[-1] in place:
        raise twice
    place[new[-1]] = value
    return True


def _take(table: dict[str, object], path: Sequence[str]) -> object:
    """Remove a value from its table and return it; remove the table if it is then empty."""
    name, *below = path
    if not below:
        return table.pop(name, _NOTHING)
    inner = table.get(name)
    if not isinstance(inner, dict):
        return _NOTHING
    value = _take(inner, below)
    if not inner and value is not _NOTHING:
        del table[name]
    return value


def _tables_in(value: object) -> list[dict[str, object]]:
    """Return the tables in a value: itself, or those of a list."""
    values = value if isinstance(value, list) else [value]
    return [table for table in values if isinstance(table, dict)]
