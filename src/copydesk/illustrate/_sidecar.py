"""Sidecars: what the album knows of a picture, as a file named by the picture's address."""

from __future__ import annotations

import base64
import hashlib
import re
from pathlib import Path

from copydesk.errors import PictureError
from copydesk.illustrate._picture import ORIGINAL, Picture
from copydesk.news import PictureFile

_FILE = re.compile(r"([0-9a-f]{64})\.webp")
_REST = re.compile(r"(-[0-9]{1,4})?\.(webp|avif|jpg)")  # of a form's name
_TYPES = frozenset({"image/jpeg", "image/png", "image/webp", "image/gif", "image/avif"})
_LONGEST = 10_000  # pixels of a form's side; a damaged sidecar may say anything


def name_sidecar(url: str) -> str:
    """Return the name of the sidecar of a picture's address."""
    return f"{hashlib.sha256(url.encode('utf-8', 'replace')).hexdigest()[:32]}.json"


def to_sidecar(picture: Picture) -> bytes:
    """Write what is known of a picture as one line of JSON."""
    import msgspec

    return msgspec.json.encode(picture, order="deterministic") + b"\n"


def from_sidecar(data: bytes) -> Picture:
    """Read a sidecar back; raise PictureError for one that is damaged or names a foreign file.

    One of the first version has no forms: one file of it lies there, up to 1,200 pixels wide.
    """
    import msgspec

    try:
        picture = msgspec.json.decode(data, type=Picture)
        is_sound = _is_sound(picture)
    except (ValueError, RecursionError) as error:
        raise PictureError("damaged sidecar of a picture") from error
    if not is_sound:
        raise PictureError("damaged sidecar of a picture", subject=picture.url[:200])
    return picture


def read_sidecar(sidecar: Path) -> Picture | None:
    """Read a sidecar; None for one that is damaged, or lies under another address's name."""
    try:
        picture = from_sidecar(sidecar.read_bytes())
    except (OSError, PictureError):
        return None
    return picture if sidecar.name == name_sidecar(picture.url) else None


def _is_sound(picture: Picture) -> bool:
    stem = _FILE.fullmatch(picture.file)
    if stem is None or min(picture.width, picture.height) <= 0 or picture.type not in _TYPES:
        return False
    base64.b64decode(picture.thumb_hash, validate=True)
    if bool(picture.forms) + picture.only_measured + bool(picture.original) > 1:
        return False
    if picture.original not in {"", f"{stem[1]}{ORIGINAL}"}:
        return False
    is_first = not picture.forms or picture.forms[0].name == picture.file
    return is_first and all(_is_form(form, stem[1]) for form in picture.forms)


def _is_form(form: PictureFile, stem: str) -> bool:
    is_own = form.name.startswith(stem) and _REST.fullmatch(form.name, len(stem))
    longest, shortest = max(form.width, form.height), min(form.width, form.height)
    return bool(is_own) and form.type in _TYPES and 0 < shortest <= longest <= _LONGEST
