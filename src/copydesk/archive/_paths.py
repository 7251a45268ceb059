"""Where a new record lies: its day and its slug, in a folder that it cannot leave."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Callable
from datetime import datetime
from pathlib import Path, PurePosixPath

from copydesk.errors import RecordError
from copydesk.kit import dates, urls

# SPEC 1.3: 143 to 145 all fit the reference's own titles.
_LONGEST_TITLE = 145
_SUFFIX_DIGITS = (6, 12, 24, 64)


def slug(title: str) -> str:
    """Return the file name's part that a title makes, as the reference made it (SPEC 1.3).

    "" where nothing of the title is Latin: `story_path` knows what to do then.
    """
    if len(title) > _LONGEST_TITLE:
        blank = title.rfind(" ", 0, _LONGEST_TITLE + 1)
        title = title[: blank if blank > 0 else _LONGEST_TITLE]
    bare = unicodedata.normalize("NFD", title.strip().lower())
    kept = re.sub(r"[^a-z0-9\s-]", "", bare)
    return re.sub(r"[\s-]+", "-", kept).removeprefix("-")


def story_path(title: str, published_at: datetime, url: str, taken: Callable[[str], bool]) -> str:
    """Return the path of a new news record: the true UTC day, the slug, `.md`.

    A path that another article owns gets `-` and 6 hex digits of SHA-256 of the canonical address
    (more of them should that be taken, too). A title without a Latin letter or digit is filed as
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
    raise RecordError("no free path for a new record", subject=plain)


def inside(root: Path, path: str) -> Path:
    """Return the file to write at a record's path, or raise RecordError where it leaves the folder.

    Neither the file nor a folder above it may be a symbolic link, as for whoever reads it
    (`kit.within`).
    """
    pure = PurePosixPath(path)
    if not pure.parts or pure.is_absolute() or ".." in pure.parts or "\0" in path:
        raise RecordError("no path within the newsroom", subject=path)
    file = root
    for name in pure.parts:
        file = file / name
        if file.is_symlink():
            what, hint = f"a symbolic link: {name}", "put the file itself there"
            raise RecordError(what, subject=path, hint=hint)
    return file
