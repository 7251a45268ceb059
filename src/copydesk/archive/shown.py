"""Read and write what the site showed and records lack: `_data/fronts` and `_data/pictures`.

Both folders have a file for each day, with one JSON object a line. A line of `fronts` is the front
page at one moment, a line of `pictures` says how the picture of one story is shown.
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import fields, replace
from datetime import datetime
from pathlib import Path
from typing import TypeVar

import msgspec

from copydesk.archive import _files
from copydesk.archive._journal import FileChange, digest
from copydesk.errors import CopydeskError, RecordError
from copydesk.kit import dates, files, within
from copydesk.news.edition import KeptFront, ShownPicture

FRONTS = "_data/fronts"
PICTURES = "_data/pictures"
_SUFFIX = ".jsonl"
_MOST_BYTES = 64_000_000
_MOST_PLACES = 200
_NAME = re.compile(r"[^/\\\x00-\x1f\x7f]{1,240}")
_FILE = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{0,200}")
_COLOUR = re.compile(r"#[0-9a-f]{6}|")
_DATED = re.compile(r"\d{4}-\d\d-\d\d")
Trouble = Callable[[CopydeskError], None]
_T = TypeVar("_T")


def read_fronts(root: Path, trouble: Trouble) -> tuple[KeptFront, ...]:
    """Return the kept front pages, oldest first; errors of files and lines go to `trouble`.

    Of two with the same time, the last line counts.
    """
    found: dict[datetime, KeptFront] = {}
    for path in _list_files(root, FRONTS, trouble):
        fronts = _parse_lines(root, path, "a front page", _read_front, trouble)
        found.update((front.at, front) for front in fronts)
    return tuple(found[at] for at in sorted(found))


def spell_front(front: KeptFront) -> bytes:
    """Return the line that keeps a front page, without its end."""
    told: dict[str, object] = {"at": dates.rfc3339(front.at), "places": front.places}
    if front.reads:
        told["reads"] = dict(sorted(front.reads.items()))
    return msgspec.json.encode(told)


def seal_front(front: KeptFront) -> KeptFront:
    """Return a front page with the digest of its line."""
    return replace(front, digest=hashlib.sha256(spell_front(front)).hexdigest())


def change_fronts(root: Path, days: Mapping[str, Iterable[KeptFront]]) -> Iterator[FileChange]:
    """Yield the changes that give each day's file exactly these front pages; raises RecordError."""
    for day, fronts in days.items():
        lines = [spell_front(front) for front in fronts]
        if (change := _change(root, f"{FRONTS}/{day}{_SUFFIX}", lines)) is not None:
            yield change


def read_pictures(root: Path, trouble: Trouble) -> Mapping[str, ShownPicture]:
    """Return how stories' pictures are shown, by record name; errors go to `trouble`."""
    found: dict[str, ShownPicture] = {}
    for path in _list_files(root, PICTURES, trouble):
        found |= _read_pictures(root, path, trouble)
    return found


def change_pictures(
    root: Path, pictures: Mapping[str, ShownPicture | None], trouble: Trouble
) -> Iterator[FileChange]:
    """Yield the changes of files that keep these stories' pictures; None: nothing is kept of it."""
    by_path: defaultdict[str, dict[str, ShownPicture | None]] = defaultdict(dict)
    for name, picture in pictures.items():
        by_path[_path_of(name)][name] = picture
    for path, some in sorted(by_path.items()):
        kept = {**_read_pictures(root, path, trouble), **some}
        lines = [_spell_picture(kept[name]) for name in sorted(kept)]
        if (change := _change(root, path, [line for line in lines if line])) is not None:
            yield change


def read_pictures_of_days(
    root: Path, names: Iterable[str], trouble: Trouble
) -> Mapping[str, ShownPicture]:
    """Return how pictures are shown, by record name: of these stories and others of their days."""
    found: dict[str, ShownPicture] = {}
    for path in sorted(set(map(_path_of, names))):
        found |= _read_pictures(root, path, trouble)
    return found


def _path_of(name: str) -> str:
    return f"{PICTURES}/{name[:10] if _DATED.match(name) else 'undated'}{_SUFFIX}"


def _list_files(root: Path, folder: str, trouble: Trouble) -> Iterator[str]:
    try:
        names = within.names(root, folder)
    except OSError as error:
        trouble(RecordError(f"the folder cannot be read ({error.strerror})", subject=folder))
        return
    yield from (f"{folder}/{name}" for name in names if name.endswith(_SUFFIX))


def _read_lines(root: Path, path: str, trouble: Trouble) -> list[bytes]:
    try:
        return [line for line in within.read(root, path, _MOST_BYTES).split(b"\n") if line.strip()]
    except FileNotFoundError:
        return []
    except OSError as error:
        what = f"the file cannot be read ({error.strerror})"
        trouble(RecordError(what, subject=path, hint=within.hint(error)))
        return []


def _read_front(line: bytes) -> KeptFront:
    front = msgspec.json.decode(line, type=KeptFront)
    if front.at.tzinfo is None or len(front.places) > _MOST_PLACES:
        raise ValueError("no time zone, or too many stories")
    for place in front.places:
        _check(_NAME, place.story)
    return replace(front, digest=hashlib.sha256(line).hexdigest())


def _read_pictures(root: Path, path: str, trouble: Trouble) -> dict[str, ShownPicture]:
    pictures = _parse_lines(root, path, "a picture", _read_picture, trouble)
    return {picture.story: picture for picture in pictures}


def _parse_lines(
    root: Path, path: str, what: str, parse: Callable[[bytes], _T], trouble: Trouble
) -> Iterator[_T]:
    """Yield what each line of a file holds; the errors of lines go to `trouble`."""
    for line in _read_lines(root, path, trouble):
        try:
            parsed = parse(line)
        except (msgspec.DecodeError, ValueError) as error:
            message = f"{what} in the file cannot be read and is ignored ({error})"
            trouble(RecordError(message, subject=path, hint="delete the line"))
        else:
            yield parsed


def _read_picture(line: bytes) -> ShownPicture:
    picture = msgspec.json.decode(line, type=ShownPicture)
    _check(_NAME, picture.story)
    if picture.thumbnail is not None:
        _check(_COLOUR, picture.thumbnail.colour)
        names = {_check(_FILE, form.name) for form in picture.thumbnail.forms}
        if not names or names != picture.digests.keys():
            raise ValueError("a file without a digest")
    return picture


def _spell_picture(picture: ShownPicture | None) -> bytes:
    """Return the line that keeps how a picture is shown, b"" for none."""
    if picture is None:
        return b""
    plain = ShownPicture(story="")
    names = (field.name for field in fields(picture))
    told = {
        name: value for name in names if (value := getattr(picture, name)) != getattr(plain, name)
    }
    return msgspec.json.encode(told)


def _change(root: Path, path: str, lines: Iterable[bytes]) -> FileChange | None:
    """Return the change that gives a file these lines, deletes it if there are none; None if it has
    them.
    """
    file = _files.inside(root, path)
    with files.explain_errors(RecordError, "the file cannot be read", path):
        before = within.read(root, path, _MOST_BYTES) if file.exists() else None
    after = b"".join(line + b"\n" for line in lines) or None
    return None if after == before else FileChange(path=path, before=digest(before), after=after)


def _check(form: re.Pattern[str], value: str) -> str:
    if not form.fullmatch(value) or (not value.strip(". ") and form is _NAME):
        raise ValueError(f"not allowed: {value[:80]}")
    return value
