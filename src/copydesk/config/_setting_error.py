"""A setting that is wrong: where it stands, what is wrong with it, what it should be."""

from __future__ import annotations

import errno
import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time

from copydesk.errors import ConfigError
from copydesk.kit import within

_SHOWN = 60


class SettingError(ConfigError):
    """Report a wrong setting with its place first: `beat.toml: scoring.publish_at: expected …`."""

    def __str__(self) -> str:
        return f"{self.subject}: {self.what}"


def setting_error(file: str, path: str, what: str, hint: str = "") -> SettingError:
    """Return the error for one setting; `path` is its dotted path in `file`, "" for the whole."""
    return SettingError(what, subject=f"{file}: {path}" if path else file, hint=hint)


def unreadable_error(error: OSError, file: str, hint: str = "") -> SettingError:
    """Return the error for a file that cannot be read; what it says to do goes before `hint`."""
    what = f"cannot be read ({error.strerror})"
    if error.errno == errno.EFBIG:
        what = str(error.strerror)
    return setting_error(file, "", what, within.hint(error) or hint)


def decode_text(data: bytes, file: str) -> str:
    """Return the text of a file's bytes; a byte order mark is passed over."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise setting_error(file, "", "not UTF-8", "save the file as UTF-8") from error


def show_value(value: object) -> str:
    """Write a value as a person would look for it in the file, cut to one short line."""
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, Mapping):
        return "a table"
    text = _write_beginning(value)
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


def _write_beginning(value: object) -> str:
    """Write no more of a value than is show_value: aliases make some of them endless."""
    text = ""
    try:
        for piece in json.JSONEncoder(ensure_ascii=False, default=str).iterencode(value):
            text += piece
            if len(text) > _SHOWN:
                break
    except (ValueError, RecursionError):  # it holds itself
        text = "a list that holds itself"
    return text


def find_nearest(word: str, known: Iterable[str]) -> str:
    """Return the known word that `word` was probably meant to be, "" where none is near."""
    import difflib

    by_fold = {name.casefold(): name for name in known}
    found = difflib.get_close_matches(word.casefold(), by_fold, n=1, cutoff=0.6)
    return by_fold[found[0]] if found else ""
