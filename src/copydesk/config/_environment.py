"""Read settings and secrets that are set outside beat.toml.

A secret is the value of a variable (`NAME`), the text of the file that `NAME_FILE` names, or the
systemd credential `NAME`. Errors never show what a variable or file contains.
"""

from __future__ import annotations

import base64
import binascii
import os
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from copydesk.config._toml import setting_error, unreadable_error
from copydesk.kit import text, within

_PREFIX = "COPYDESK_"
_FILE_SUFFIX = "_FILE"
_CREDENTIALS = "CREDENTIALS_DIRECTORY"  # systemd.exec(5)
_MOST_BYTES = 64_000
# variables that are no settings
_OTHERS = frozenset({"DIR", "LOG", "PROGRESS", "REQUEST_ID"})
_ONE_LINE = "write the secret alone into the file, on one line"


class Environment:
    """The environment variables of a process, and the files of secrets that they name."""

    def __init__(self, variables: Mapping[str, str]) -> None:
        self._variables = variables
        self._asked: set[str] = set()
        self.files: set[Path] = set()  # of secrets
        self.read_secret = cache(self._read_secret)

    def get(self, name: str) -> str:
        """Return a variable's value, "" if it is not set."""
        self._asked.add(name)
        return self._variables.get(name, "")

    def _read_secret(self, name: str) -> tuple[str, str]:
        """Return a secret and where it is set, both "" if it is not set; raises ConfigError."""
        given, file = self.get(name), self.get(name + _FILE_SUFFIX)
        if given and file:
            what, hint = f"{name}{_FILE_SUFFIX} is set, too", "unset one of the two variables"
            raise setting_error(f"environment {name}", "", what, hint)
        if file:
            return self._read_file(Path(file), f"environment {name}{_FILE_SUFFIX}")
        if given:
            return given, f"environment {name}"
        folder = self._variables.get(_CREDENTIALS, "")
        if folder and os.path.lexists(Path(folder) / name):
            return self._read_file(Path(folder) / name, f"systemd credential {name}")
        return "", ""

    def _read_file(self, path: Path, origin: str) -> tuple[str, str]:
        self.files.add(path)
        return _read_line(path, origin), origin

    def warn_of_typos(self) -> Iterator[str]:
        """Yield a warning for each unknown variable whose name is like a known one."""
        known = {name.removeprefix(_PREFIX) for name in self._asked} | _OTHERS
        for name in sorted(self._variables):
            word = name.removeprefix(_PREFIX)
            if word != name and word not in known and (near := text.find_nearest(word, known)):
                yield f"environment {name}: no such setting; did you mean {_PREFIX}{near}?"


def _read_line(path: Path, origin: str) -> str:
    """Return the one line of a secret's file that nobody else can replace; raises ConfigError."""
    try:
        real = path.resolve(strict=True)
        fault = _find_exposure(real, {path.parent, real.parent})
        if fault:
            raise setting_error(origin, "", f"the file {path} {fault}")
        found = within.read_user_file(real, _MOST_BYTES).decode("utf-8")
    except UnicodeDecodeError:
        raise setting_error(origin, "", f"the file {path} is not UTF-8", _ONE_LINE) from None
    except OSError as error:
        hint = "check the path, and that the user who runs copydesk may read the file"
        raise unreadable_error(error, f"{origin}: {path}", hint) from error
    line = found.removesuffix("\n").removesuffix("\r")
    if not line.strip() or not line.isprintable():
        fault = "has more than one line of text" if line.strip() else "is empty"
        raise setting_error(origin, "", f"the file {path} {fault}", _ONE_LINE)
    return line


def _find_exposure(real: Path, folders: set[Path]) -> str:
    """Return why other users could have written a file, "" if they could not."""
    seen = real.stat()
    if seen.st_uid not in {os.geteuid(), 0}:
        return "belongs to another user: give it to the user who runs copydesk"
    if seen.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        return "can be written by other users: run `chmod 600` on it"
    for folder in sorted(folders):
        mode = folder.stat().st_mode
        if mode & stat.S_IWOTH and not mode & stat.S_ISVTX:
            return f"is in a folder that everybody can write to: run `chmod o-w {folder}`"
    return ""


# The newsroom's encryption key.

_KEY_VARIABLE = "COPYDESK_KEY"
_KEY_FILE = ".copydesk/key"
_KEY_BYTES = 32
_MAX_KEY_FILE_BYTES = 1_000
_KEY_HINT = "use 32 random bytes in base64 (44 characters)"
_KEY_FORBIDDEN = "give the file to the user who runs copydesk: `chown USER .copydesk/key`"


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """The newsroom's encryption keys, the current one first; where they are set, and warnings."""

    keys: tuple[bytes, ...] = field(default=(), repr=False)
    origin: str = "default"
    warnings: tuple[str, ...] = ()


def find_key(root: Path, environ: Environment) -> Key:
    """Return the newsroom's encryption keys from the environment or from its file.

    The first one seals. Those after it, which a rotation left, only open what they sealed.
    A wrong length is an error, since what is sealed with such a key would be lost. The file is not
    in git and may be a link, such as to a container's secret.
    """
    given, origin = environ.read_secret(_KEY_VARIABLE)
    if given.strip():
        where = origin.removeprefix("environment ")
        return Key(keys=_decode_keys(given, where), origin=origin)
    path = root / _KEY_FILE
    try:
        mode = path.stat().st_mode
        found = within.read_user_file(path, _MAX_KEY_FILE_BYTES).decode("ascii")
    except (FileNotFoundError, NotADirectoryError):
        return Key()
    except UnicodeDecodeError as error:
        raise setting_error(
            _KEY_FILE, "", "expected base64, got something else", _KEY_HINT
        ) from error
    except PermissionError as error:
        raise setting_error(
            _KEY_FILE, "", "cannot be read: permission denied", _KEY_FORBIDDEN
        ) from error
    except OSError as error:
        raise unreadable_error(error, _KEY_FILE, _KEY_HINT) from error
    return Key(
        keys=_decode_keys(found, _KEY_FILE),
        origin=_KEY_FILE,
        warnings=_exposure_warnings(mode),
    )


def _decode_keys(found: str, where: str) -> tuple[bytes, ...]:
    return tuple(_decode_key(word, where) for word in found.split() or [""])


def _decode_key(found: str, where: str) -> bytes:
    """Decode a key from base64; errors do not contain the text, which is a secret."""
    try:
        key = base64.b64decode(found, validate=True)
    except (binascii.Error, ValueError):
        raise setting_error(where, "", "expected base64, got something else", _KEY_HINT) from None
    if len(key) != _KEY_BYTES:
        raise setting_error(
            where, "", f"expected a key of {_KEY_BYTES} bytes, got {len(key)}", _KEY_HINT
        )
    return key


def _exposure_warnings(mode: int) -> tuple[str, ...]:
    if not mode & (stat.S_IRWXG | stat.S_IRWXO):
        return ()
    bits = f"{stat.S_IMODE(mode):04o}"
    return (
        f"{_KEY_FILE}: other users can read the key (mode {bits}); run `chmod 600 {_KEY_FILE}`",
    )
