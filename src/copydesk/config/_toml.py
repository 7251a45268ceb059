"""beat.toml's bytes to its tables: size, encoding and syntax checked, nothing else."""

from __future__ import annotations

import errno
import re
import tomllib
from pathlib import Path

from copydesk.config._wrong import unreadable, wrong
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
        data = within.read_named(root / FILE, MAX_BYTES)
    except FileNotFoundError as error:
        raise _missing(root) from error
    except OSError as error:
        hint = "is this the right file?" if error.errno == errno.EFBIG else ""
        raise unreadable(error, FILE, hint) from error
    return parse(data)


def parse(data: bytes) -> dict[str, object]:
    """Give the tables in the text of a beat.toml; a byte order mark is passed over."""
    try:
        return tomllib.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise wrong(FILE, f"line {line}", "not UTF-8", "save the file as UTF-8") from error
    except ValueError as error:  # TOMLDecodeError; a plain one for a number of too many digits
        raise _syntax(str(error)) from error
    except RecursionError as error:
        raise wrong(FILE, "", "tables or lists are nested too deep") from error


def _syntax(message: str) -> ConfigError:
    found = _PLACE.search(message)
    place = (found.group(1) or "end of the file") if found else ""
    said = _PLACE.sub("", message)
    return wrong(FILE, place, said[:1].lower() + said[1:], 'texts stand in quotes: title = "News"')


def _missing(root: Path) -> ConfigError:
    """Say what to do in a folder without a beat.toml: it may be a site of the reference."""
    if (root / "_config.yml").is_file():
        hint = f"take over the site that is here: copydesk adopt {root}"
    elif root.is_dir():
        hint = "make a newsroom with: copydesk new DIR, or name one with -C DIR"
    else:
        hint = f"there is no folder {root}; make a newsroom with: copydesk new {root}"
    return ConfigError("no beat.toml in the folder", subject=str(root), hint=hint)
