"""The small YAML files beside beat.toml, read to plain values; every error names the file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path, PurePosixPath

from copydesk.config._setting_error import decode_text, setting_error, show_value, unreadable_error
from copydesk.errors import ConfigError
from copydesk.kit import within
from copydesk.news import Image

_MAX_BYTES = 1_000_000


def list_names(root: Path, folder: str, *suffixes: str) -> list[str]:
    """Return the names of a folder's files with these endings; dot files are left out."""
    try:
        found = within.names(root, folder)
    except OSError as error:
        raise unreadable_error(error, folder) from error
    return [name for name in found if PurePosixPath(name).suffix in suffixes]


def read_file(root: Path, path: str) -> str:
    """Return the text of a newsroom's file, which may be no link; errors call it by its path."""
    try:
        return decode_text(within.read(root, path, _MAX_BYTES), path)
    except OSError as error:
        raise unreadable_error(error, path) from error


def parse_mapping(text: str, name: str, first_line: int = 1) -> Mapping[str, object]:
    """Read a YAML text that holds a mapping; `first_line` is where the text begins in its file."""
    import yaml

    try:
        values = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - both are safe loaders
    except yaml.YAMLError as error:
        raise _yaml_error(error, name, first_line) from error
    except (ValueError, TypeError, RecursionError, OverflowError) as error:
        # an impossible date, a list as a key, nesting beyond the stack
        raise setting_error(
            name, "", f"no usable YAML ({type(error).__name__}: {error})"
        ) from error
    if not isinstance(values, dict):
        raise setting_error(name, "", f"expected keys with values, got {show_value(values)}")
    return {str(key): value for key, value in values.items()}


def _yaml_error(error: Exception, name: str, first_line: int) -> ConfigError:
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or "no YAML"
    place = f"line {mark.line + first_line}, column {mark.column + 1}" if mark else ""
    return setting_error(name, place, str(problem), "a text with : or # in it needs quotes")


class Fields:
    """Read the fields of one mapping by kind, naming file and key when one is of another."""

    def __init__(self, values: Mapping[str, object], name: str, path: str = "") -> None:
        self.name = name
        self._values = values
        self._path = path

    def text(self, key: str, default: str = "") -> str:
        """Read a text, `default` where the key is missing or empty."""
        value = self._values.get(key)
        if value is None:
            return default
        if not isinstance(value, str):
            raise self.error(key, f"expected text, got {show_value(value)}", _quotes_hint(value))
        return value.strip()

    def texts(self, key: str) -> tuple[str, ...]:
        """Read a list of texts in order, empty ones left out."""
        values = self._list(key)
        for value in values:
            if not isinstance(value, str):
                raise self.error(
                    key, f"expected texts, got {show_value(value)}", _quotes_hint(value)
                )
        return tuple(str(value).strip() for value in values if str(value).strip())

    def size(self, key: str) -> int:
        """Read a number of pixels, 0 where the key is missing."""
        value = self._values.get(key, 0)
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            raise self.error(key, f"expected a whole number, got {show_value(value)}")
        return value

    def mappings(self, key: str) -> Iterable[Fields]:
        """Yield the mappings in a list."""
        for index, value in enumerate(self._list(key)):
            if not isinstance(value, dict):
                raise self.error(f"{key}[{index}]", f"expected keys, got {show_value(value)}")
            yield Fields(value, self.name, f"{self._path}{key}[{index}].")

    def pairs(self, key: str) -> tuple[tuple[str, str], ...]:
        """Read the keys and texts of a mapping in file order."""
        values = self._values.get(key)
        if values is None:
            return ()
        if not isinstance(values, dict):
            raise self.error(key, f"expected keys with texts, got {show_value(values)}")
        inner = Fields(values, self.name, f"{self._path}{key}.")
        return tuple((str(name), inner.text(name)) for name in values)

    def lists(self, key: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """Read the keys of a mapping and the texts listed under each, in file order."""
        values = self._values.get(key)
        if values is None:
            return ()
        if not isinstance(values, dict):
            raise self.error(key, f"expected keys with lists, got {show_value(values)}")
        inner = Fields(
            {str(name): value for name, value in values.items()}, self.name, f"{self._path}{key}."
        )
        return tuple((str(name), inner.texts(str(name))) for name in values)

    def images(self) -> tuple[Image, ...]:
        """Read the pictures listed under `images`."""
        return tuple(
            Image(
                url=entry.text("url"),
                width=entry.size("width"),
                height=entry.size("height"),
                title=entry.text("title"),
            )
            for entry in self.mappings("images")
        )

    def error(self, key: str, what: str, hint: str = "") -> ConfigError:
        """Return the error for one key of this mapping."""
        return setting_error(self.name, f"{self._path}{key}", what, hint)

    def _list(self, key: str) -> list[object]:
        values = self._values.get(key)
        if values is None:
            return []
        if not isinstance(values, list):
            raise self.error(key, f"expected a list, got {show_value(values)}")
        return values


def _quotes_hint(value: object) -> str:
    """Return the hint for what YAML reads as something else than text: No, 5 and 2024-01-01."""
    return "put it in quotes" if isinstance(value, bool | int | float | date) else ""
