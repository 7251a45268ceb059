"""beat.toml's bytes to its tables: size, encoding and syntax checked, nothing else."""

from __future__ import annotations

import errno
import re
import tomllib
from pathlib import Path

from copydesk.config._setting_error import setting_error, unreadable_error
from copydesk.errors import ConfigError
from copydesk.kit import within

FILE = "beat.toml"
MAX_BYTES = 32_000_000  # 50,000 sources with all they can say take 20 MB
_PLACE = re.compile(r"\s*\(at (?:(line \d+, column \d+)|(end of document))\)\s*$")


def read(root: Path) -> dict[str, object]:
    """Return the tables of the newsroom's beat.toml; unlike all others this file may be a link.

    People keep it where a machine's settings are, and nothing of it is published as it stands.
    """
    try:
        data = within.read_user_file(root / FILE, MAX_BYTES)
    except FileNotFoundError as error:
        raise _missing_file(root) from error
    except OSError as error:
        hint = "is this the right file?" if error.errno == errno.EFBIG else ""
        raise unreadable_error(error, FILE, hint) from error
    return parse(data)


def parse(data: bytes) -> dict[str, object]:
    """Parse the tables in the text of a beat.toml; a byte order mark is passed over."""
    try:
        return tomllib.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise setting_error(FILE, f"line {line}", "not UTF-8", "save the file as UTF-8") from error
    except ValueError as error:  # TOMLDecodeError; a plain one for a number of too many digits
        raise _syntax_error(str(error)) from error
    except RecursionError as error:
        raise setting_error(FILE, "", "tables or lists are nested too deep") from error


def _syntax_error(message: str) -> ConfigError:
    found = _PLACE.search(message)
    place = (found.group(1) or "end of the file") if found else ""
    said = _PLACE.sub("", message)
    return setting_error(
        FILE, place, said[:1].lower() + said[1:], 'texts stand in quotes: title = "News"'
    )


def _missing_file(root: Path) -> ConfigError:
    """Return the error for a folder without a beat.toml, which may be a site of the reference."""
    if (root / "_config.yml").is_file():
        hint = f"take over the site that is here: copydesk adopt {root}"
    elif root.is_dir():
        hint = "make a newsroom with: copydesk new DIR, or name one with -C DIR"
    else:
        hint = f"there is no folder {root}; make a newsroom with: copydesk new {root}"
    return ConfigError("no beat.toml in the folder", subject=str(root), hint=hint)
