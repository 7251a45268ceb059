"""Find the story record that a person names, check all records, decrypt a record's sealed part.

path | file name, with or without .md | URL of its page ── record_at ──> path of its file
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

from copydesk import archive
from copydesk.archive import sealing
from copydesk.config import Settings
from copydesk.errors import RecordError, SealError, UsageError
from copydesk.kit import urls
from copydesk.newsroom._newsroom import Newsroom, Progress

_PAGE = re.compile(r"/news/([^/]+?)(?:/|/index\.html)?$")


def record_path(newsroom: Newsroom, said: str) -> str:
    """Return the path of the story record that a person names; RecordError if there is none."""
    return find_record(newsroom.root, newsroom.settings, said)


def find_record(root: Path, settings: Settings, said: str) -> str:
    """Return the path of the story record that a person names; RecordError if there is none."""
    path = record_at(root, settings, said)
    if path is None:
        raise RecordError(
            "the story does not exist",
            subject=said,
            hint="use the path _news/YYYY-MM-DD-slug.md, or the URL of its page on the site",
        )
    return path


def record_at(root: Path, settings: Settings, said: str) -> str | None:
    """Return the path of the story record that a person names, None if there is none.

    A path is relative to the newsroom, or to the working directory if it exists there. The old path
    of an archived record works, too. A URL must be one of the site, or of a machine that serves the
    site (an IP address, localhost).
    """
    name = _page(settings, said) if "://" in said else _inside(root, said)
    return next((path for path in _places(name) if _is_file(root, path)), None)


def _inside(root: Path, said: str) -> str:
    """Return a path relative to the newsroom if the file exists in it, else the path as given."""
    try:
        home, here = root.resolve(), Path(said).resolve()
        if here.is_file() and here.is_relative_to(home):
            return here.relative_to(home).as_posix()
    except (OSError, ValueError, RuntimeError):  # name too long, NUL byte, or a loop of links
        pass
    return said.removeprefix("./")


def _page(settings: Settings, url: str) -> str:
    """Return the record name of the story whose page has this URL, "" if it is not on this site."""
    parsed = urls.parse(url)
    if parsed is None:
        return ""
    ours = {urls.host(settings.beat.url), urls.host(settings.serve.public_url)}
    found = _PAGE.search(str(parsed.pathname))
    if found is None or not (parsed.hostname in ours or urls.is_machine(str(parsed.hostname))):
        return ""
    return unquote(found[1]).replace("/", "")


def _places(name: str) -> Iterator[str]:
    folders = ("", "_archive/") if name.startswith("_") else ("_news/", "_archive/_news/")
    for end in ("", ".md") if name else ():
        yield from (f"{folder}{name}{end}" for folder in folders)


def _is_file(root: Path, path: str) -> bool:
    try:
        return (root / path).is_file()
    except (OSError, ValueError):  # name too long, or NUL byte
        return False


# The sealed part of a record.


def open_seal(newsroom: Newsroom, path: str) -> str:
    """Return the plaintext of a story record's sealed (encrypted) part, usually JSON.

    `path` names the record as in `record_path`. Raises RecordError if there is no such record, and
    SealError if it has no sealed part or the key is missing or wrong.
    """
    path = find_record(newsroom.root, newsroom.settings, path)
    story = newsroom.archive.read(path)
    if not story.secured:
        raise SealError("the story file has no encrypted part", subject=path)
    key = newsroom.settings.key
    if key is None:
        raise SealError(
            "the newsroom's key is missing",
            subject=path,
            hint="set the environment variable COPYDESK_KEY, or save the key in .copydesk/key (32 "
            "bytes in base64)",
        )
    plaintext = sealing.unseal(story.secured, key, path.rsplit("/", 1)[-1])
    try:
        return json.dumps(json.loads(plaintext), indent=2, ensure_ascii=False)
    except ValueError:
        return plaintext.decode("utf-8", "backslashreplace")


# Check records: each is parsed, written in memory and compared with its file byte by byte.


def check_records(root: Path, progress: Progress) -> archive.CheckReport:
    """Check that every story record below `root` can be parsed and written back unchanged.

    Needs no beat.toml. Raises RecordError, UsageError.
    """
    if not root.is_dir():
        raise UsageError(
            "the folder does not exist",
            subject=str(root),
            hint="name the folder of a newsroom or of its clone",
        )
    progress.stage("records")
    return archive.check(root, progress.step)
