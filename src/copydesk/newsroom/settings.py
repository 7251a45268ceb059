"""Settings: a change of beat.toml or of files of `_data` in, one commit of it out; and back again.

What is to become of the files is thought out by whoever asks; here it is written, or not at all.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from copydesk import archive, config
from copydesk.archive import FileChange, git, topic_file
from copydesk.archive.change import Change
from copydesk.errors import GitError, RecordError, UsageError
from copydesk.judge import keywords
from copydesk.kit import text, within
from copydesk.news import Image, Organization
from copydesk.newsroom._newsroom import Newsroom
from copydesk.newsroom.filing import begin_change, hold_write_lock, notes_on

# Commit settings: files that an editor changed, under the write lock, as one commit.

_BEAT_FILE = "beat.toml"
_MOST_BYTES = 2_000_000
_MOST_LINES = 200  # of a message
_LINE_CHARACTERS = 200  # of a line of it
_COMMITTED = re.compile(r"(sources|topics|organizations|rules): ")


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsEdit:
    """What files become, and how the commit tells it: what it is on, then a line for each thing.

    `subject` begins with what it is about: "sources", "topics", "organizations" or "rules".
    """

    files: tuple[FileChange, ...]
    subject: str
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsReport:
    """Which files were changed, in which commit."""

    changed: tuple[str, ...]
    commit: str | None
    notes: tuple[str, ...] = ()


def commit_settings(
    newsroom: Newsroom, make: Callable[[], SettingsEdit], by: str, why: str = ""
) -> SettingsReport:
    """Commit what `make` makes of the files as they stand, under an editor's name.

    It is called under the write lock. Raises what it raises, UsageError where nothing would change,
    RecordError where a file has edits that are not committed, BusyError where another process
    writes.
    """
    with hold_write_lock(newsroom) as lock:
        edit = make()
        files = tuple(file for file in edit.files if file.is_new_bytes or file.moved_from)
        if not files:
            raise UsageError("nothing would change", subject=_shorten(edit.subject))
        assert _COMMITTED.match(edit.subject), "who takes it back would not know it"
        change = Change(files=files, message=_write_message(edit, by, why), when=newsroom.now)
        done = begin_change(
            newsroom.memory, lock, change, lambda _skipped: None, needed=change.paths
        ).finish()
    return SettingsReport(changed=done.written, commit=done.commit, notes=notes_on(done, "it is"))


def is_of_settings(message: str) -> bool:
    """Decide whether a commit's message is one that `commit_settings` writes."""
    return _COMMITTED.match(message) is not None


def _write_message(edit: SettingsEdit, by: str, why: str) -> str:
    lines = [_shorten(line) for line in edit.lines[:_MOST_LINES]]
    if len(edit.lines) > _MOST_LINES:
        lines.append(f"and {len(edit.lines) - _MOST_LINES} more")
    parts = (_shorten(edit.subject), "\n".join(lines), _shorten(why), f"by {_shorten(by)}")
    return "\n\n".join(filter(None, parts))


def _shorten(line: str) -> str:
    return text.fold(line)[:_LINE_CHARACTERS]


def refuse_others(newsroom: Newsroom, path: str, seen: str) -> None:
    """Raise UsageError where a file is another one than what an editor saw, by its digest."""
    if archive.digest_of(newsroom.root, path) != seen:
        raise UsageError(
            "somebody has changed the file meanwhile",
            subject=path,
            hint="look at it as it stands now, and save yours again",
        )


def read_beat_file(newsroom: Newsroom) -> bytes:
    """Return the bytes of beat.toml, to be changed; raises RecordError for a link to elsewhere."""
    if (newsroom.root / _BEAT_FILE).is_symlink():
        hint = "change that file by hand"
        raise RecordError("a link to a file elsewhere", subject=_BEAT_FILE, hint=hint)
    try:
        return within.read_user_file(newsroom.root / _BEAT_FILE, _MOST_BYTES)
    except OSError as error:
        raise RecordError(f"cannot read ({error.strerror})", subject=_BEAT_FILE) from error


# Edit an organization: its name and owner in `_data/organizations`, as one commit.

_CHARACTERS = 300


def list_organizations(newsroom: Newsroom) -> list[tuple[Organization, str]]:
    """Return the known publishers by their domains, each with the digest of its file."""
    files = config.find_organization_files(newsroom.root)
    known = sorted(newsroom.beat.organizations.items())
    return [
        (organization, archive.digest_of(newsroom.root, files[domain]))
        for domain, organization in known
        if domain in files
    ]


def edit_organization(
    newsroom: Newsroom, domain: str, texts: tuple[str, str], by: str, seen: str
) -> SettingsReport:
    """Commit the name and the owner of a publisher; all else of its file stays as it stands.

    `seen` is the digest of the file that the editor saw. Raises UsageError where that is another
    one by now, for a domain that has no file and for no name; else what `commit_settings` does.
    """

    def make() -> SettingsEdit:
        organization = newsroom.beat.organizations.get(domain)
        path = config.find_organization_files(newsroom.root).get(domain, "")
        if organization is None or not path:
            raise UsageError("no organization has this domain", subject=domain[:_CHARACTERS])
        refuse_others(newsroom, path, seen)
        name, owner = (text.fold(value).strip()[:_CHARACTERS] for value in texts)
        if not name:
            raise UsageError("every organization needs a name", subject=domain)
        changed = dict(_list_changes(organization, name, owner))
        return SettingsEdit(
            files=(topic_file.edit_texts(newsroom.root, path, changed),),
            subject=f"organizations: {domain}",
            lines=tuple(f"* {key} = {value}" for key, value in changed.items()),
        )

    return commit_settings(newsroom, make, by)


def _list_changes(organization: Organization, name: str, owner: str) -> Iterator[tuple[str, str]]:
    if name != organization.name:
        yield "name", name
    if owner != organization.owner:
        yield "owner", owner


# Set a logo: a publisher's two pictures and the list of them in its file, as one commit.


def set_logo(
    newsroom: Newsroom, domain: str, logo: Sequence[bytes], by: str, seen: str
) -> SettingsReport:
    """Commit a publisher's logo, as `make_logo` makes it; all else of its file stays as it stands.

    Stories that are filed from then on have it. `seen` is the digest of the file that the editor
    saw. Raises UsageError where that is another one by now, for a domain that has no file, or
    whose name is none of a file; else what `commit_settings` does.
    """

    def make() -> SettingsEdit:
        path = config.find_organization_files(newsroom.root).get(domain, "")
        paths = config.logo_paths(domain)
        if not path or not paths:
            raise UsageError("no organization has this domain", subject=domain[:_CHARACTERS])
        refuse_others(newsroom, path, seen)
        files = (
            FileChange(path=file, after=data, before=archive.digest_of(newsroom.root, file))
            for file, data in zip(paths, logo, strict=True)
        )
        listed = archive.add_images(newsroom.root, path, _find_new_images(newsroom, domain, paths))
        return SettingsEdit(files=(listed, *files), subject=f"organizations: the logo of {domain}")

    return commit_settings(newsroom, make, by)


def _find_new_images(newsroom: Newsroom, domain: str, paths: Sequence[str]) -> list[Image]:
    """Return the pictures of a logo that its publisher's file does not list, under any base."""
    organization = newsroom.beat.organizations.get(domain)
    listed = [image.url for image in organization.images] if organization else []
    return [
        Image(url=f"/{path}", width=side, height=side)
        for path, side in zip(paths, config.LOGO_SIDES, strict=True)
        if not any(url.endswith(f"/{path}") for url in listed)
    ]


def read_logo(newsroom: Newsroom, domain: str) -> bytes:
    """Return the small logo of a domain, b"" where it has none that can be read."""
    for path in config.logo_paths(domain)[:1]:
        try:
            return within.read(newsroom.root, path, _MOST_BYTES)
        except OSError:
            return b""
    return b""


def find_logos(newsroom: Newsroom) -> dict[str, str]:
    """Return the known publishers that have a logo, each with the digest of that."""
    logos = ((domain, read_logo(newsroom, domain)) for domain in newsroom.beat.organizations)
    return {domain: archive.digest(data) for domain, data in logos if data}


# Undo settings: an editor's commits of settings, and each taken back as a commit of its own.

_PATHS = ("beat.toml", "_data/topics", "_data/organizations", "assets/images/organizations")
_UNDO = re.compile(r"\w+: undo ([0-9a-f]{12})\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsCommit:
    """A change of settings that somebody made: what its commit's first line and its others say."""

    id: str
    at: datetime
    subject: str
    lines: tuple[str, ...]
    is_undone: bool


def list_settings_commits(newsroom: Newsroom, by: str, since: datetime) -> list[SettingsCommit]:
    """Return what settings somebody changed since a time, the newest first; none without git."""
    try:
        commits = git.list_commits(newsroom.root, _PATHS, since)
    except GitError:
        return []
    undone = {match[1] for commit in commits if (match := _UNDO.match(commit.message))}
    return [
        SettingsCommit(
            id=commit.id,
            at=commit.at,
            subject=commit.message.partition("\n")[0],
            lines=tuple(filter(None, commit.message.strip().splitlines()[1:-1])),
            is_undone=commit.id[:12] in undone,
        )
        for commit in commits
        if is_of_settings(commit.message) and commit.message.rstrip().endswith(f"\n\nby {by}")
    ]


def undo_settings(newsroom: Newsroom, commit: str, by: str) -> SettingsReport:
    """Take a commit of settings back: its files as they were before it.

    Raises UsageError for another kind of commit, one that is not there, and where one of its files
    has changed since; else as `commit_settings` does.
    """
    try:
        done = git.read_commit(newsroom.root, commit)
    except GitError as error:
        raise UsageError(error.what, subject=error.subject, hint=error.hint) from error
    if not is_of_settings(done.message):
        raise UsageError("this commit changed no settings at the desk", subject=done.id)
    about = done.message.partition(":")[0]

    def make() -> SettingsEdit:
        files = tuple(_take_back(newsroom, path, *was) for path, was in done.files.items())
        subject = f"{about}: undo {done.id[:12]}"
        return SettingsEdit(files=files, subject=subject, lines=(done.message.splitlines()[0],))

    return commit_settings(newsroom, make, by)


def _take_back(
    newsroom: Newsroom, path: str, before: bytes | None, after: bytes | None
) -> FileChange:
    digest = archive.digest(after)
    if archive.digest_of(newsroom.root, path) != digest:
        hint = "change it back by hand, or here"
        raise UsageError("the file has changed since", subject=path, hint=hint)
    return FileChange(path=path, after=before, before=digest)


# A keyword as it is written down: plain words, by which something can be found.

_KEYWORD_CHARACTERS = 100
# what stands in a pattern and in no word or phrase: escapes, groups, sets, repeats, ends
_PATTERN = re.compile(r"\\\w|\(\?|\[[^\]]+\]|[.)\]][*+?]|\w\{\d|[|^]|\$\Z")


def clean_keyword(word: str, language: str = "") -> str:
    """Return a keyword as it is written down.

    Raises UsageError where nothing can be found by it, or it reads like a regular expression.
    """
    clean = text.fold(word).strip()
    if _PATTERN.search(clean):
        raise UsageError(
            "this reads like a regular expression, and a keyword is plain words",
            subject=repr(clean[:_KEYWORD_CHARACTERS]),
            hint="its forms are found by themselves: write the word as the news does",
        )
    if len(clean) > _KEYWORD_CHARACTERS:
        raise UsageError(
            f"a keyword has at most {_KEYWORD_CHARACTERS} characters",
            subject=f"{clean[:_KEYWORD_CHARACTERS]}…",
        )
    if not keywords.can_be_found(clean, language):
        raise UsageError(
            "nothing can be found by this keyword", subject=repr(word), hint="write a word"
        )
    return clean
