"""Find the story record that a person names, check all records, find those that changed.

path | file name, with or without .md | URL of its page ── record_at ──> path of its file
"""

from __future__ import annotations

import hashlib
import json
import re
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote

from copydesk import archive
from copydesk.archive import Archive, Signature
from copydesk.catalogue import read_signatures, read_stamps
from copydesk.config import Settings
from copydesk.errors import RecordError, UsageError
from copydesk.kit import text, urls
from copydesk.news import Beat, Story, Verdict
from copydesk.news.edition import StampSweep
from copydesk.newsroom._newsroom import TICK_NS, Newsroom, Progress, Troubles

_PAGE = re.compile(r"/news/([^/]+?)(?:/|/index\.html)?$")


def record_path(newsroom: Newsroom, said: str) -> str:
    """Return the path of the story record that a person names; RecordError if there is none."""
    path = record_at(newsroom, said)
    if path is None:
        raise RecordError(
            "the story does not exist",
            subject=said,
            hint="use the path _news/YYYY-MM-DD-slug.md, or the URL of its page on the site",
        )
    return path


def record_at(newsroom: Newsroom, said: str) -> str | None:
    """Return the path of the story record that a person names, None if there is none.

    A path is relative to the newsroom, or to the working directory if it exists there. The old path
    of an archived record works, too. A URL must be one of the site, or of a machine that serves the
    site (an IP address, localhost).
    """
    name = _page(newsroom.settings, said) if "://" in said else _inside(newsroom.root, said)
    return next((path for path in _places(name) if _is_file(newsroom.root, path)), None)


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
    folder = "" if name.startswith("_") else "_news/"
    for end in ("", ".md") if name else ():
        yield from archive.record_places(f"{folder}{name}{end}")


def _is_file(root: Path, path: str) -> bool:
    try:
        return (root / path).is_file()
    except (OSError, ValueError):  # name too long, or NUL byte
        return False


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


# Detect which story records changed since they were last read for the search index or a build.
#
#     take_snapshot        stat the records, open none: a few µs each
#     find_stale_entries   records that the catalogue has not read as they are now
#     find_stale_pages     records whose page on the newsroom's site is older than they are

CATALOGUE_FILE = "catalogue.sqlite"
PAGE_INDEX_FILE = "pages.sqlite"  # apart, as a build holds its write lock for minutes


class SeenFolder(NamedTuple):
    """A folder of archived records when its files were last looked at, and the folders in it.

    A folder's stamp changes when a file in it is added, deleted, renamed or replaced, but not when
    an editor writes into the file. It is 0 if the folder must be looked at again.
    """

    stamp: int
    changed_ns: int
    looked_ns: int
    below: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """The signatures (stat values) of story records at one time, taken without reading them.

    `still` are the folders of the archive whose files were not looked at, since nothing changed in
    them; `looked` are the others, and single files of `still` folders that were looked at. None:
    every file was.
    """

    taken_ns: int
    signatures: Mapping[str, Signature]
    folders: Mapping[str, SeenFolder] = field(default_factory=dict)
    still: frozenset[str] = frozenset()
    looked: tuple[str, ...] | None = None

    def find_changes(self, now: Snapshot) -> set[str]:
        """Return the paths of story records that may have changed between the two snapshots."""
        return {path for path in now.signatures if self._may_differ(path, now)}

    def _may_differ(self, path: str, now: Snapshot) -> bool:
        if path not in self.signatures and _folder(path) in self.still:
            return now.signatures[path].changed_ns > self.taken_ns - TICK_NS
        return now.signatures[path] != self.signatures.get(path) or not self.is_settled(path)

    def has_other_paths(self, now: Snapshot) -> bool:
        """Return whether records may have been added or deleted between the two snapshots."""
        since = self.taken_ns - TICK_NS
        has_new = any(folder.changed_ns > since for folder in now.folders.values())
        return has_new or self._live_paths() != now._live_paths()

    def _live_paths(self) -> set[str]:
        return {path for path in self.signatures if path.startswith("_news/")}

    def note(self) -> str:
        """Return the text by which a later snapshot finds the folders in which nothing changed."""
        return json.dumps(self.folders)

    def stamps(self) -> dict[str, int]:
        """Return each record's signature as an integer, by path; it is the same in every process.

        Names that are not UTF-8 are left out, as they cannot be stored.
        """
        return {
            path: hash(signature)
            for path, signature in self.signatures.items()
            if path.isascii() or text.is_encodable(path)
        }

    def safe_stamps(self) -> dict[str, int]:
        """Return the stamps by path, with 0 for a file that might change without a new stamp."""
        stamps = self.stamps().items()
        return {path: stamp if self.is_settled(path) else 0 for path, stamp in stamps}

    def is_settled(self, path: str) -> bool:
        """Return whether another edit of a story record is sure to change its signature.

        Two edits within a clock tick of the file system leave the same signature. So a file changed
        less than a tick before (or, with the clock set back, after) `taken_ns` is not settled.
        """
        return abs(self.taken_ns - self.signatures[path].changed_ns) > TICK_NS


def take_snapshot(records: Archive, noted: str = "", beside: Iterable[str] = ()) -> Snapshot:
    """Return the stat values of story records; RecordError if a folder cannot be listed.

    Without the `note` of an earlier snapshot, those of all records. With it, folders of the archive
    in which nothing changed since are left out, except the one that was looked at longest ago (for
    files that were edited in place) and the records `beside`.
    """
    told = json.loads(noted or "{}").items()
    known = {folder: SeenFolder(*seen) for folder, seen in told}
    turn = min(known, key=lambda folder: known[folder].looked_ns, default="")
    taken_ns, waiting = time.time_ns(), list(archive.NEWS_FOLDERS)
    signatures: dict[str, Signature] = {}
    folders: dict[str, SeenFolder] = {}
    still = set()
    while waiting:
        folder = waiting.pop()
        now, seen = records.signature(folder), known.get(folder)
        if seen and folder != turn and 0 != seen.stamp == hash(now):
            still.add(folder)
        else:
            found: dict[str, Signature] = {}
            below = records.sign_folder(folder, found)
            signatures |= found
            seen = _describe_folder(now, found, below, taken_ns)
        if folder.startswith(archive.NEWS_FOLDERS[1]):
            folders[folder] = seen
        waiting += seen.below
    single = [path for path in beside if _folder(path) in still]
    signatures |= take_snapshot_of(records, single).signatures
    return Snapshot(
        taken_ns=taken_ns,
        signatures=signatures,
        folders=folders,
        still=frozenset(still),
        looked=(*((known.keys() | folders.keys()) - still), *single) if still else None,
    )


def _describe_folder(
    now: Signature | None, found: Mapping[str, Signature], below: list[str], taken_ns: int
) -> SeenFolder:
    """Return a folder as it was seen; one with a name that is not UTF-8 is looked at each time."""
    changed_ns = now.changed_ns if now else taken_ns
    newest = max((signature.changed_ns for signature in found.values()), default=changed_ns)
    is_settled = max(newest, changed_ns) < taken_ns - TICK_NS
    is_sure = is_settled and all(map(text.is_encodable, found))
    return SeenFolder(hash(now) if is_sure else 0, changed_ns, taken_ns, below)


def _folder(path: str) -> str:
    return path.rpartition("/")[0]


def take_snapshot_of(records: Archive, paths: Iterable[str]) -> Snapshot:
    """Return the current stat values of those of the story records that exist."""
    taken_ns = time.time_ns()
    found = ((path, records.signature(path)) for path in paths if text.is_encodable(path))
    there = {path: signature for path, signature in found if signature is not None}
    return Snapshot(taken_ns=taken_ns, signatures=there)


def find_stale_entries(newsroom: Newsroom, signatures: Mapping[str, Signature | None]) -> set[str]:
    """Return those of the paths whose story records changed since the search index read them.

    `signatures` has the current signature by path, None for a missing record. The catalogue is
    opened read-only, so that a server of an older version does not change it.
    """
    return _find_stale(signatures, read_signatures(newsroom.private / CATALOGUE_FILE, signatures))


def find_stale_pages(newsroom: Newsroom, signatures: Mapping[str, Signature | None]) -> set[str]:
    """Return those of the paths whose story records changed since the site was built.

    The page index is opened read-only, as in `find_stale_entries`.
    """
    file, site = newsroom.private / PAGE_INDEX_FILE, str(newsroom.site.resolve())
    stamps = read_stamps(file, site, signatures).items()
    # the rest of a stamp is about rulings, which only a round checks
    return _find_stale(signatures, {path: int(st.partition(" ")[0], 16) for path, st in stamps})


def _find_stale(signatures: Mapping[str, Signature | None], known: Mapping[str, int]) -> set[str]:
    now = {path: hash(sign) for path, sign in signatures.items() if sign is not None}
    return {path for path in signatures if now.get(path) != known.get(path)}


# The filed stories as a build reads them.


class _Swept(NamedTuple):
    """What a build saw: git's HEAD, folders (the note of a snapshot), and records to look at again.

    These are unreadable records, and those whose stamps depend on rulings.
    """

    head: str = ""
    folders: str = ""
    single: tuple[str, ...] = ()


class NewsroomStories:
    """All stories of a site for a build (`news.FiledStories`); unreadable records are reported.

    A removal or a note that is stored only in rulings.yaml is added to its story.
    """

    def __init__(self, newsroom: Newsroom, troubles: Troubles) -> None:
        self._archive = newsroom.archive
        self._repository = newsroom.repository
        self._troubles = troubles
        self._unread: set[str] = set()
        self._swept = _Swept()
        try:
            self._rulings = archive.read_rulings(newsroom.root)
        except RecordError as error:
            troubles(error)
            self._rulings = archive.Rulings()
        self._notes = _notes_beside(newsroom.beat)

    def stamps(self) -> Mapping[str, str]:
        """Return by path a text (stamp) that changes when the story does; no record is read."""
        return self.sweep("").stamps

    def note(self) -> str:
        """Return what the next sweep needs: the folders seen, and records to look at again."""
        single = tuple(sorted({*self._swept.single, *self._unread}))
        return json.dumps(self._swept._replace(single=single))

    def sweep(self, noted: str) -> StampSweep:
        """Return the stamps of stories that may have changed since `note` was called.

        Folders of the archive are left out if nothing changed in them, nor in git, nor in rulings
        on their stories. Raises RecordError if a folder cannot be listed, as its stories must not
        count as deleted.
        """
        known = _Swept(*json.loads(noted or "[]"))
        head = self._repository.head()
        ruled = tuple(self._list_paths_in_rulings())
        committed = known.head and self._repository.find_changes_between(known.head, head)
        if not known.head or committed is None:
            known = _Swept()
        beside = Archive.story_paths_among({*(committed or ()), *known.single, *ruled})
        now = take_snapshot(self._archive, known.folders, beside)
        self._swept = _Swept(head=head, folders=now.note(), single=ruled)
        return StampSweep(stamps=self._stamp(now), looked=now.looked)

    def _list_paths_in_rulings(self) -> Iterator[str]:
        """Yield the paths at which stories may be whose stamps depend on rulings."""
        removed = (at for at, said in self._rulings.verdicts.items() if said.said == "remove")
        for path in (*removed, *(f"_news/{name}.md" for name in self._notes)):
            yield from archive.record_places(path)

    def _stamp(self, now: Snapshot) -> dict[str, str]:
        stamps = now.stamps()
        found = {path: f"{stamp:x}" for path, stamp in stamps.items()}
        for path in stamps:
            if not now.is_settled(path):
                found[path] += f" at {time.time_ns()}"  # unique, so that it is read again
        for path in now.signatures.keys() - stamps.keys():
            subject = path.encode("utf-8", "replace").decode()
            hint = "rename the file"
            self._troubles(RecordError("the file's name is not UTF-8", subject=subject, hint=hint))
        for path in found.keys() & self._swept.single:
            if self._removal(path) is not None:
                found[path] += " removed"
            if note := self._notes.get(_name(path)):
                digest = hashlib.sha256(note.encode("utf-8", "replace"))
                found[path] += f" note {digest.hexdigest()[:16]}"
        return found

    def _removal(self, path: str) -> Verdict | None:
        verdict = self._rulings.verdict_on(path)
        return verdict if verdict is not None and verdict.said == "remove" else None

    def read(self, path: str) -> Story | None:
        """Return the story in the record at a path, None if it cannot be read."""
        try:
            story = self._archive.read_listed(path)
        except RecordError as error:
            self._troubles(error)
            self._unread.add(path)
            return None
        if note := self._notes.get(_name(path)):
            story = replace(story, note=note)
        verdict = self._removal(path)
        return replace(story, verdict=verdict) if verdict and story.verdict is None else story


def _notes_beside(beat: Beat) -> Mapping[str, str]:
    """Return the editors' notes that records have no field for, by record name."""
    if not any(rule.field == "note" for rule in beat.rulings):
        return {}
    from copydesk.review import rules  # not needed without notes

    return rules.notes_beside(beat)


def _name(path: str) -> str:
    return path.rsplit("/", 1)[-1].removesuffix(".md")
