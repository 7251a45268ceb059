"""The newsroom's key for the sealed part of records: from the environment, else from its file."""

from __future__ import annotations

import base64
import binascii
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from copydesk.config._setting_error import setting_error, unreadable_error
from copydesk.kit import within

VARIABLE = "COPYDESK_KEY"
FILE = ".copydesk/key"
_BYTES = 32
_MAX_BYTES = 1_000
_HINT = "a key is 32 random bytes in base64, 44 characters"
_FORBIDDEN = "give it to the user who runs copydesk: chown USER .copydesk/key"


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """The key (None: this newsroom has none), where it came from, what is wrong with its file."""

    key: bytes | None = field(default=None, repr=False)
    origin: str = "default"
    warnings: tuple[str, ...] = ()


def read(root: Path, environ: Mapping[str, str]) -> Key:
    """Return the key; one of the wrong length is an error, since sealing with it would be a loss.

    Its file is in no git and may be a link, such as to a secret that a container is given.
    """
    given = environ.get(VARIABLE, "").strip()
    if given:
        return Key(key=_decode(given, VARIABLE), origin=f"environment {VARIABLE}")
    path = root / FILE
    try:
        mode = path.stat().st_mode
        text = within.read_user_file(path, _MAX_BYTES).decode("ascii")
    except (FileNotFoundError, NotADirectoryError):
        return Key()
    except UnicodeDecodeError as error:
        raise setting_error(FILE, "", "expected base64, got something else", _HINT) from error
    except PermissionError as error:
        raise setting_error(FILE, "", "cannot be read: permission denied", _FORBIDDEN) from error
    except OSError as error:
        raise unreadable_error(error, FILE, _HINT) from error
    return Key(key=_decode(text.strip(), FILE), origin=FILE, warnings=_exposure_warnings(mode))


def _decode(text: str, where: str) -> bytes:
    """Read base64; the text itself is a secret and stands in no message."""
    try:
        key = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise setting_error(where, "", "expected base64, got something else", _HINT) from None
    if len(key) != _BYTES:
        raise setting_error(where, "", f"expected a key of {_BYTES} bytes, got {len(key)}", _HINT)
    return key


def _exposure_warnings(mode: int) -> tuple[str, ...]:
    if not mode & (stat.S_IRWXG | stat.S_IRWXO):
        return ()
    return (f"{FILE}: others can read the key (mode {stat.S_IMODE(mode):04o}): chmod 600 {FILE}",)
