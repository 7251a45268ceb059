"""Choose paths of new records; check that paths are inside the newsroom; read and list its
files.
"""

from __future__ import annotations

import hashlib
import os
import re
import unicodedata
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path, PurePosixPath

from copydesk.archive.document import MAX_BYTES
from copydesk.errors import RecordError
from copydesk.kit import dates, urls, within

# SPEC 1.3: the reference's titles fit any limit from 143 to 145.
LETTERS_FOLDER = "_newsletters"
ARCHIVED_NEWS = "_archive/_news"
_DATED = re.compile(r"\d{4}-\d\d-\d\d")
_LONGEST_TITLE = 145
_SUFFIX_DIGITS = (6, 12, 24, 64)


def slug(title: str) -> str:
    """Return the part of a file name that is made from a title, as the older site everyday.cc did
    (SPEC 1.3).

    "" if the title has no Latin letter or digit; see `story_path`.
    """
    if len(title) > _LONGEST_TITLE:
        blank = title.rfind(" ", 0, _LONGEST_TITLE + 1)
        title = title[: blank if blank > 0 else _LONGEST_TITLE]
    bare = unicodedata.normalize("NFD", title.strip().lower())
    kept = re.sub(r"[^a-z0-9\s-]", "", bare)
    return re.sub(r"[\s-]+", "-", kept).removeprefix("-")


def story_path(title: str, published_at: datetime, url: str, taken: Callable[[str], bool]) -> str:
    """Return the file path of a new story record: the day in UTC, the slug of its title, `.md`.

    If another article has that path, `-` and 6 hex digits of the SHA-256 of the canonical URL are
    added (more digits if that is taken, too). A title without a Latin letter or digit becomes
    `story-` and the same 6 digits.
    """
    canonical = urls.canonical(url) or url
    digest = hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest()
    day = dates.utc(published_at).date().isoformat()
    name = slug(title)
    plain = f"_news/{day}-{name}.md" if name else f"_news/{day}-story-{digest[:6]}.md"
    tries = [plain, *(f"_news/{day}-{name or 'story'}-{digest[:n]}.md" for n in _SUFFIX_DIGITS)]
    for path in dict.fromkeys(tries):
        if not taken(path):
            return path
    raise RecordError("all file names for the new story are already used", subject=plain)


def record_places(path: str) -> tuple[str, ...]:
    """Return the paths at which the record of a story may be: live, archived, in a year's folder.

    A record moves, but keeps its name. The given path, in any of these places, is the first. The
    last is the folder of a month, for stories out of archives of the web.
    """
    name = path.rpartition("/")[2]
    if not path.startswith(("_news/", f"{ARCHIVED_NEWS}/")):
        return (path,)
    year, month = f"{ARCHIVED_NEWS}/{name[:4]}", name[5:7]
    dated = (f"{year}/{name}", f"{year}/{month}/{name}") if _DATED.match(name) else ()
    return tuple(dict.fromkeys((path, f"_news/{name}", f"{ARCHIVED_NEWS}/{name}", *dated)))


def archive_path(path: str) -> str:
    """Return where the record of an old story belongs: in the folder of the year in its name."""
    places = record_places(f"_news/{path.rpartition('/')[2]}")
    return places[2] if len(places) > 2 else places[-1]


def path_of_month(path: str) -> str:
    """Return where the record of a story out of an archive of the web belongs: its month's
    folder.
    """
    return record_places(f"_news/{path.rpartition('/')[2]}")[-1]


def inside(root: Path, path: str) -> Path:
    """Return the file at a path of the newsroom folder; raise RecordError if it is outside of it.

    Neither the file nor a folder above it may be a symbolic link, as when reading (`kit.within`).
    """
    pure = PurePosixPath(path)
    if not pure.parts or pure.is_absolute() or ".." in pure.parts or "\0" in path:
        raise RecordError("the path is outside of the newsroom folder", subject=path)
    file = root
    for name in pure.parts:
        file = file / name
        if file.is_symlink():
            hint = "replace the link with the file itself"
            raise RecordError(f"must not be a symbolic link: {name}", subject=path, hint=hint)
    return file


_READ_BYTES = MAX_BYTES + 1  # one more, to see that a file is too long


def read_file(root: Path, path: str) -> bytes:
    """Return the bytes of a newsroom's file, at most one byte more than the limit; raise
    RecordError.
    """
    try:
        return within.read_beginning(root, path, _READ_BYTES)
    except OSError as error:
        raise _refusal(error, path) from error


def read_file_if_any(root: Path, path: str) -> bytes:
    """Return the bytes of a newsroom's file as `read_file` does, b"" if there is no file."""
    try:
        return within.read_beginning(root, path, _READ_BYTES)
    except (FileNotFoundError, NotADirectoryError):
        return b""
    except OSError as error:
        raise _refusal(error, path) from error


def read_sibling(file: str, path: str) -> bytes:
    """Return a file's bytes as `read_file` does, if another file of its folder was read just
    before.
    """
    try:
        return within.read_sibling(file, path, _READ_BYTES)
    except OSError as error:
        raise _refusal(error, path) from error


def _refusal(error: OSError, path: str) -> RecordError:
    if isinstance(error, FileNotFoundError):
        return RecordError("no such story file", subject=path)
    if isinstance(error, within.UnfitFileError):
        return RecordError(error.what, subject=path, hint=error.hint)
    return RecordError(f"could not read the file ({error.strerror})", subject=path)


def data_paths(root: Path, folder: str = "_data") -> Iterator[str]:
    """Yield the paths of the YAML and front-matter files below `_data`, sorted by name."""
    for entry in sorted(scan(root / folder), key=lambda entry: entry.name):
        path = f"{folder}/{entry.name}"
        if entry.name.startswith("."):
            continue
        if entry.is_dir(follow_symlinks=False):
            yield from data_paths(root, path)
        elif PurePosixPath(path).suffix in {".yaml", ".yml", ".md"}:
            yield path


def scan(folder: Path | str) -> list[os.DirEntry[str]]:
    """Return the entries of a folder, [] if it does not exist; raise RecordError."""
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except OSError as error:
        complain_of_folder(folder, error)
        return []


def complain_of_folder(folder: Path | str, error: OSError) -> None:
    """Raise RecordError for a folder that cannot be listed, but not if it is missing."""
    if not isinstance(error, FileNotFoundError | NotADirectoryError):
        raise RecordError(
            f"could not list the folder ({error.strerror})", subject=str(folder)
        ) from error
