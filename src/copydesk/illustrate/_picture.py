"""Picture: what the album knows of one picture of the web."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass

from copydesk.errors import PictureError

_FILE = re.compile(r"[0-9a-f]{64}\.webp")
_TYPES = frozenset({"image/jpeg", "image/png", "image/webp", "image/gif", "image/avif"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """One picture by its origin address.

    `width` and `height` are the origin's in pixels, as a browser shows it (turned as its camera
    says); `type` is what its bytes are, whatever the server called them. `file` is the name of the
    WebP for the page inside the album: the SHA-256 of the origin's bytes.
    """

    url: str
    width: int
    height: int
    type: str
    file: str
    alt: str = ""


def to_sidecar(picture: Picture) -> bytes:
    """Write what is known of a picture as one line of JSON."""
    return json.dumps(asdict(picture), ensure_ascii=False, sort_keys=True).encode() + b"\n"


def from_sidecar(data: bytes) -> Picture:
    """Read a sidecar back; raise PictureError for one that is damaged or names a foreign file."""
    try:
        picture = Picture(**json.loads(data))
    except (ValueError, TypeError, RecursionError) as error:
        raise PictureError("damaged sidecar of a picture") from error
    if not _is_sound(picture):
        raise PictureError("damaged sidecar of a picture", subject=str(picture.url)[:200])
    return picture


def _is_sound(picture: Picture) -> bool:
    texts = (picture.url, picture.type, picture.file, picture.alt)
    sides = (picture.width, picture.height)
    return (
        all(isinstance(value, str) for value in texts)
        and all(type(side) is int and side > 0 for side in sides)
        and picture.type in _TYPES
        and _FILE.fullmatch(picture.file) is not None
    )
