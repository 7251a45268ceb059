"""Pictures that editors upload: store them for later edits of stories; make publishers' logos."""

from __future__ import annotations

import contextlib
import hashlib
import re
from pathlib import Path

from copydesk import illustrate
from copydesk.config import LOGO_SIDES
from copydesk.errors import PictureError, UsageError
from copydesk.kit import files, within
from copydesk.news import Beat
from copydesk.newsroom._newsroom import Newsroom

# Uploaded pictures: an upload becomes a file of the newsroom's assets when an edit uses it.
#
# bytes ── keep_upload ──> .copydesk/uploads/SHA256.webp ── an edit ──> assets/images/uploads/

_FOLDER = "assets/images/uploads"
_NAME = re.compile(r"[0-9a-f]{64}\.webp")
_MOST_BYTES = 5_000_000
_MOST_KEPT = 200  # unused uploads; the oldest are deleted


def keep_upload(newsroom: Newsroom, data: bytes) -> str:
    """Store an editor's uploaded picture as WebP; return the URL that it will have on the site.

    Raises PictureError if the data is no picture or cannot be stored, and UsageError if the site
    has no URL yet.
    """
    if not newsroom.beat.url:
        raise UsageError("the site has no URL", hint="set site.url in beat.toml")
    if len(data) > _MOST_BYTES:
        raise PictureError("the picture is too big", subject="upload", hint="use at most 5 MB")
    made = illustrate.make_upload_apart(data)
    name = f"{hashlib.sha256(made).hexdigest()}.webp"
    folder = newsroom.private / "uploads"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        files.write_atomic(folder / name, made)
    except OSError as error:
        raise PictureError(
            "the picture cannot be stored", subject=str(folder), hint=str(error)
        ) from error
    _sweep(folder)
    return f"{newsroom.beat.url}/{_FOLDER}/{name}"


_LOGO_BYTES = 200_000


def read_site_logo(newsroom: Newsroom, path: str = "") -> bytes:
    """Return the bytes of the site's logo, or of another one at `path`.

    Raises PictureError if it may not be published.
    """
    path = path or newsroom.beat.logo
    with files.explain_errors(
        PictureError, f"the logo {path} cannot be read", "beat.toml: site.logo"
    ):
        data = within.read(newsroom.root, path, _LOGO_BYTES)
    illustrate.check_site_logo(data, path)
    return data


def find_upload_path(beat: Beat, url: str) -> str:
    """Return the asset path of the uploaded picture at this URL, "" for any other URL."""
    path = url.removeprefix(f"{beat.url}/") if beat.url else ""
    folder, _, name = path.rpartition("/")
    return path if folder == _FOLDER and _NAME.fullmatch(name) else ""


def read_upload(newsroom: Newsroom, path: str) -> bytes:
    """Return the bytes of an unused uploaded picture; UsageError if it is no longer stored."""
    name = path.rsplit("/", 1)[-1]
    data = b""
    with contextlib.suppress(OSError):
        data = within.read(newsroom.private, f"uploads/{name}", _MOST_BYTES)
    if f"{hashlib.sha256(data).hexdigest()}.webp" != name:
        raise UsageError("the picture no longer exists", subject=name, hint="upload it again")
    return data


def show_uploads(newsroom: Newsroom) -> None:
    """Add editors' uploaded pictures to the album (the store of pictures for pages), by site URL.

    A file that cannot be read as a picture is left out, so its story has no picture.
    """
    folder = newsroom.root / _FOLDER
    if not newsroom.beat.url or not folder.is_dir():
        return
    for name in sorted(filter(_NAME.fullmatch, (file.name for file in folder.iterdir()))):
        url = f"{newsroom.beat.url}/{_FOLDER}/{name}"
        if newsroom.album.find(url) is None:
            with contextlib.suppress(OSError, PictureError):
                data = within.read(newsroom.root, f"{_FOLDER}/{name}", _MOST_BYTES)
                newsroom.album.keep(illustrate.measure_picture(url, data), None)


def _sweep(folder: Path) -> None:
    kept = sorted(folder.glob("*.webp"), key=lambda file: file.stat().st_mtime)
    for file in kept[:-_MOST_KEPT]:
        file.unlink(missing_ok=True)


def make_logo(data: bytes) -> tuple[bytes, ...]:
    """Return a logo picture as a JPEG in each size that pages need, the smallest first.

    The picture is decoded in a separate process. Raises PictureError if the data is no picture.
    """
    return tuple(illustrate.make_logo_apart(data, side) for side in LOGO_SIDES)
