"""Named: the record that a person means.

path | file name, with or without .md | its page's address ── record_at ──> its path, as it lies
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
    """Return the path of the record that a person means; raises RecordError where there is none."""
    return find_record(newsroom.root, newsroom.settings, said)


def find_record(root: Path, settings: Settings, said: str) -> str:
    """Return what `record_path` does, by the newsroom's folder and settings."""
    path = record_at(root, settings, said)
    if path is None:
        raise RecordError(
            "there is no such record",
            subject=said,
            hint="name it as _news/YYYY-MM-DD-slug.md, or by its page's address on the site",
        )
    return path


def record_at(root: Path, settings: Settings, said: str) -> str | None:
    """Return the path of the record that a person means, None where there is none.

    A path counts from the newsroom, or from where the person stands if it exists from there. A
    record that moved to the archive is found under its old path, too. An address counts where
    it is one of the site, or of a machine that serves the site (an IP address, localhost).
    """
    name = _page(settings, said) if "://" in said else _inside(root, said)
    return next((path for path in _places(name) if _is_file(root, path)), None)


def _inside(root: Path, said: str) -> str:
    """Return a path as seen from the newsroom, where one stands that exists from here."""
    try:
        home, here = root.resolve(), Path(said).resolve()
        if here.is_file() and here.is_relative_to(home):
            return here.relative_to(home).as_posix()
    except (OSError, ValueError, RuntimeError):  # a name too long, a NUL byte, a loop of links
        pass
    return said.removeprefix("./")


def _page(settings: Settings, url: str) -> str:
    """Return the name of the record whose page is at an address, "" where it is none of ours."""
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
    except (OSError, ValueError):  # a name too long, a NUL byte
        return False


# The private part of a record, opened for who has the key.


def open_seal(newsroom: Newsroom, path: str) -> str:
    """Return the plaintext of a record's sealed part, JSON where it is some.

    `path` names the record as for `record_path`. Raises RecordError where there is no such record,
    SealError without a key, with a wrong one, or where the record has no sealed part.
    """
    path = find_record(newsroom.root, newsroom.settings, path)
    story = newsroom.archive.read(path)
    if not story.secured:
        raise SealError("the record has no sealed part", subject=path)
    key = newsroom.settings.key
    if key is None:
        raise SealError(
            "there is no key",
            subject=path,
            hint="set COPYDESK_KEY or put the key into .copydesk/key (base64 of 32 bytes)",
        )
    plaintext = sealing.unseal(story.secured, key, path.rsplit("/", 1)[-1])
    try:
        return json.dumps(json.loads(plaintext), indent=2, ensure_ascii=False)
    except ValueError:
        return plaintext.decode("utf-8", "backslashreplace")


# Records, checked: read and written again in memory, compared byte for byte.


def check_records(root: Path, progress: Progress) -> archive.CheckReport:
    """Check every record below `root`, which needs no beat.toml; raises RecordError, UsageError."""
    if not root.is_dir():
        raise UsageError(
            "there is no such folder", subject=str(root), hint="name a newsroom's, or its clone's"
        )
    progress.stage("records")
    return archive.check(root, progress.step)
