"""Commit an editor's change of beat.toml or of files in `_data`, and undo such commits.

The caller decides what the files become. Here they are written and committed, all or none.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from copydesk import archive, config
from copydesk.archive import FileChange, git, topic_file
from copydesk.archive.change import Change, write
from copydesk.errors import ConfigError, GitError, RecordError, UsageError
from copydesk.judge import keywords
from copydesk.kit import files, text, within
from copydesk.kit.options import FileSetting, SettingValue
from copydesk.news import Image
from copydesk.news.beat import Organization
from copydesk.newsroom import uploads
from copydesk.newsroom._newsroom import Newsroom
from copydesk.newsroom.filing import hold_write_lock, notes_on

_BEAT_FILE = "beat.toml"
_EDITED_BY_HAND = (_BEAT_FILE, "_data/topics", "_data/organizations", "_templates")
_BEAT_BYTES = 32_000_000  # 50,000 sources with all options take 20 MB
_MOST_BYTES = 2_000_000  # of a logo
_MOST_LINES = 200  # of a commit message
_LINE_CHARACTERS = 200  # of a line of the message
_COMMITTED = re.compile(r"(sources|topics|organizations|rules|settings): ")
BeatEdit = tuple[bytes, str, tuple[str, ...]]
_UNDER_EDIT = "beat.toml has uncommitted edits: the change is written, but not committed"
_LINKED = "beat.toml is a link to another file: the change is written there, but not committed"


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsEdit:
    """An edit of settings: new contents of files, and the subject and lines of its commit message.

    `subject` begins with the kind of settings: "sources", "topics", "organizations", "rules" or
    "settings".
    """

    files: tuple[FileChange, ...]
    subject: str
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsReport:
    """The result of a settings edit: the files changed, and the commit."""

    changed: tuple[str, ...]
    commit: str | None
    notes: tuple[str, ...] = ()


def commit_settings(
    newsroom: Newsroom, make: Callable[[], SettingsEdit], by: str, why: str = ""
) -> SettingsReport:
    """Call `make` for an edit of settings, and commit its files under an editor's name.

    `make` is called while the write lock is held, so it sees the current files; its errors pass
    through. Raises UsageError if nothing would change, RecordError if a file has uncommitted edits,
    and BusyError if another process holds the lock.
    """
    with hold_write_lock(newsroom) as lock:
        change = _decide(newsroom, make(), by, why)
        done = change.begin(lock, needed=change.paths).finish()
    return SettingsReport(changed=done.written, commit=done.commit, notes=notes_on(done, "it is"))


def edit_beat_file(
    newsroom: Newsroom, make: Callable[[bytes], BeatEdit], by: str, seen: str | None = None
) -> SettingsReport:
    """Call `make` with the bytes of beat.toml for its new bytes, and commit the file.

    `make` also returns the subject and the lines of the commit message. If a user has uncommitted
    edits in the file, or it is a link, the edit is written and stays uncommitted; a note says so.
    `seen` is the digest of the file that the editor saw, None for a caller that did not look at it.
    Raises UsageError if the file has changed since, and for values that beat.toml refuses;
    otherwise raises like `commit_settings`.
    """
    path = (newsroom.root / _BEAT_FILE).resolve()
    with hold_write_lock(newsroom) as lock:
        data = _read_writable(path)
        before = archive.digest(data)
        if seen not in (None, before):
            raise _conflict_error(_BEAT_FILE)
        try:
            after, subject, lines = make(data)
        except ConfigError as error:
            raise UsageError(error.what, subject=error.subject, hint=error.hint) from error
        file = FileChange(path=_BEAT_FILE, after=after, before=before)
        edit = SettingsEdit(files=(file,), subject=subject, lines=lines)
        change = _decide(newsroom, edit, by)
        is_link = (newsroom.root / _BEAT_FILE).is_symlink()
        if is_link or change.is_under_edit(lock):
            if not write(path.parent, replace(file, path=path.name).as_entry()):
                raise _conflict_error(_BEAT_FILE)
            notes = (_LINKED if is_link else _UNDER_EDIT,)
            return SettingsReport(changed=(_BEAT_FILE,), commit=None, notes=notes)
        done = change.begin(lock, needed=change.paths).finish()
    return SettingsReport(changed=done.written, commit=done.commit, notes=notes_on(done, "it is"))


def write_scale(newsroom: Newsroom, scale: int) -> SettingsReport | None:
    """Set `scoring.scale` in beat.toml, as `edit_beat_file` does; None if it is set already."""
    if newsroom.beat.scoring.scale == scale:
        return None

    def make(data: bytes) -> BeatEdit:
        after = config.change_values(data, {"scoring.scale": scale})
        return after, "settings: another scale of quality", (f"scoring.scale = {scale}",)

    return edit_beat_file(newsroom, make, "")


def _decide(newsroom: Newsroom, edit: SettingsEdit, by: str, why: str = "") -> Change:
    """Return the change that an edit makes; raises UsageError if nothing would change."""
    changed = tuple(file for file in edit.files if file.is_new_bytes or file.moved_from)
    if not changed:
        raise UsageError("nothing would change", subject=_shorten(edit.subject))
    assert _COMMITTED.match(edit.subject), "the undo would not recognise it"
    return Change(files=changed, message=_write_message(edit, by, why), when=newsroom.now)


def is_of_settings(message: str) -> bool:
    """Return whether a commit message was written by `commit_settings`."""
    return _COMMITTED.match(message) is not None


def _write_message(edit: SettingsEdit, by: str, why: str) -> str:
    lines = [_shorten(line) for line in edit.lines[:_MOST_LINES]]
    if len(edit.lines) > _MOST_LINES:
        lines.append(f"and {len(edit.lines) - _MOST_LINES} more")
    author = f"by {_shorten(by)}" if by else ""
    parts = (_shorten(edit.subject), "\n".join(lines), _shorten(why), author)
    return "\n\n".join(filter(None, parts))


def _shorten(line: str) -> str:
    return text.fold(line)[:_LINE_CHARACTERS]


def refuse_others(newsroom: Newsroom, path: str, seen: str) -> None:
    """Raise UsageError if a file has changed since an editor saw it, when its digest was `seen`."""
    if archive.digest_of(newsroom.root, path) != seen:
        raise _conflict_error(path)


def _conflict_error(path: str) -> UsageError:
    return UsageError(
        "somebody has changed the file in the meantime",
        subject=path,
        hint="look at the new version, and save your change again",
    )


def describe_user_edits(root: Path) -> str:
    """Return which settings a user has edited without a commit, and the command that commits them.

    It is "" if there are none, or if git cannot tell.
    """
    try:
        found = git.list_user_changes(root, within=_EDITED_BY_HAND)
        user = git.Repository(root).user()
    except (GitError, OSError):  # such as a full disk
        return ""
    paths = (*found.changed, *found.removed)
    named = [name for name in _EDITED_BY_HAND if any(path.startswith(name) for path in paths)]
    if not named:
        return ""
    where = f"git -C {shlex.quote(str(root))}"
    by = "" if user else " -c user.name=NAME -c user.email=ADDRESS"
    what = ", ".join(paths[:3]) + ", …" * (len(paths) > 3)
    commit = f"{where} add {shlex.join(named)} && {where}{by} commit -m TEXT"
    return f"uncommitted edits: {what}; to commit them: {commit}"


def read_beat_file(newsroom: Newsroom) -> bytes:
    """Return the bytes of beat.toml for an edit; raises RecordError if it is a symbolic link."""
    if (newsroom.root / _BEAT_FILE).is_symlink():
        hint = "edit that file by hand"
        raise RecordError("the file is a link to another file", subject=_BEAT_FILE, hint=hint)
    return _read(newsroom.root / _BEAT_FILE)


def digest_beat_file(newsroom: Newsroom) -> str:
    """Return the digest of beat.toml, which may be a link; raises RecordError."""
    return archive.digest(_read(newsroom.root / _BEAT_FILE))


def _read(path: Path) -> bytes:
    with files.explain_errors(RecordError, "file cannot be read", _BEAT_FILE):
        return within.read_user_file(path, _BEAT_BYTES)


def _read_writable(path: Path) -> bytes:
    """Return the bytes of beat.toml; raises RecordError also if it may not be written."""
    data = _read(path)
    if not path.stat().st_mode & 0o222:
        hint = f"make it writable: chmod u+w {_BEAT_FILE}"
        raise RecordError("the file is read-only", subject=_BEAT_FILE, hint=hint)
    return data


# Edit the settings of beat.toml that owners change at the desk or by its API.

_SITE = ("title", "description", "contact", "accent", "logo", "locale", "timezone")
_LETTER = ("title", "days", "at", "zone", "when_new", "fewest", "most", "subject", "approval")
_OWN_KEYS = (
    *(f"site.{name}" for name in _SITE),
    *("publish.languages", "pictures.show", "front.half_life_hours"),
    *("scoring.publish_at", "review.mode"),
    *(f"letter.{name}" for name in _LETTER),
    *("mail.from_name", "mail.reply_to", "mail.postal_address"),
)


def read_beat_values(newsroom: Newsroom) -> tuple[list[FileSetting], str]:
    """Return the settings in beat.toml that `edit_settings` may write, and the file's digest.

    Raises ConfigError if the file is invalid, RecordError if it cannot be read.
    """
    data = _read(newsroom.root / _BEAT_FILE)
    return config.read_values(data, _OWN_KEYS), archive.digest(data)


def edit_settings(
    newsroom: Newsroom, values: Mapping[str, SettingValue], by: str, seen: str
) -> SettingsReport:
    """Write settings into beat.toml, by their paths there; the rest of the file is unchanged.

    Raises as `edit_beat_file` does, UsageError for a path that owners do not change here, and
    PictureError for a logo that may not be published.
    """

    def make(data: bytes) -> BeatEdit:
        known = {setting.path for setting in config.read_values(data, _OWN_KEYS)}
        if unknown := values.keys() - known:
            raise UsageError("this setting cannot be changed here", subject=min(unknown)[:80])
        after = config.change_values(data, values)
        if logo := values.get("site.logo"):
            uploads.read_site_logo(newsroom, str(logo))
        count = "1 changed" if len(values) == 1 else f"{len(values)} changed"
        lines = tuple(f"* {path} = {value}" for path, value in values.items())
        return after, f"settings: {count}", lines

    return edit_beat_file(newsroom, make, by, seen)


# Edit an organization: its name and owner in `_data/organizations`.

_CHARACTERS = 300


def list_organizations(newsroom: Newsroom) -> list[tuple[Organization, str]]:
    """Return the known publishers, sorted by domain, each with its settings file's digest."""
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
    """Commit a publisher's name and owner; the rest of its settings file is unchanged.

    `seen` is the digest of the file that the editor saw. Raises UsageError if the file has changed
    since, if the domain has no file, or if the name is empty; otherwise raises like
    `commit_settings`.
    """

    def make() -> SettingsEdit:
        organization = newsroom.beat.organizations.get(domain)
        path = config.find_organization_files(newsroom.root).get(domain, "")
        if organization is None or not path:
            raise UsageError("no publisher has this domain", subject=domain[:_CHARACTERS])
        refuse_others(newsroom, path, seen)
        name, owner = (text.fold(value).strip()[:_CHARACTERS] for value in texts)
        if not name:
            raise UsageError("the publisher needs a name", subject=domain)
        wanted = {"name": name, "owner": owner}
        changed = {key: to for key, to in wanted.items() if to != getattr(organization, key)}
        return SettingsEdit(
            files=(topic_file.edit_texts(newsroom.root, path, changed),),
            subject=f"organizations: {domain}",
            lines=tuple(f"* {key} = {value}" for key, value in changed.items()),
        )

    return commit_settings(newsroom, make, by)


# Set a logo: two picture files, and their list in the publisher's file.


def set_logo(
    newsroom: Newsroom, domain: str, logo: Sequence[bytes], by: str, seen: str
) -> SettingsReport:
    """Commit a publisher's logo in the sizes of `make_logo`; the rest of its file is unchanged.

    Stories stored from then on show it. `seen` is the digest of the file that the editor saw.
    Raises UsageError if the file has changed since, if the domain has no file, or if it cannot be a
    file name; otherwise raises like `commit_settings`.
    """

    def make() -> SettingsEdit:
        path = config.find_organization_files(newsroom.root).get(domain, "")
        paths = config.logo_paths(domain)
        if not path or not paths:
            raise UsageError("no publisher has this domain", subject=domain[:_CHARACTERS])
        refuse_others(newsroom, path, seen)
        files = (
            FileChange(path=file, after=data, before=archive.digest_of(newsroom.root, file))
            for file, data in zip(paths, logo, strict=True)
        )
        listed = archive.add_images(newsroom.root, path, _find_new_images(newsroom, domain, paths))
        return SettingsEdit(files=(listed, *files), subject=f"organizations: the logo of {domain}")

    return commit_settings(newsroom, make, by)


def _find_new_images(newsroom: Newsroom, domain: str, paths: Sequence[str]) -> list[Image]:
    """Return the logo pictures that the publisher's file does not list yet, on any host."""
    organization = newsroom.beat.organizations.get(domain)
    listed = [image.url for image in organization.images] if organization else []
    return [
        Image(url=f"/{path}", width=side, height=side)
        for path, side in zip(paths, config.LOGO_SIDES, strict=True)
        if not any(url.endswith(f"/{path}") for url in listed)
    ]


def read_logo(newsroom: Newsroom, domain: str) -> bytes:
    """Return the small logo of a publisher's domain, b"" if there is none or it cannot be read."""
    for path in config.logo_paths(domain)[:1]:
        try:
            return within.read(newsroom.root, path, _MOST_BYTES)
        except OSError:
            return b""
    return b""


def find_logos(newsroom: Newsroom) -> dict[str, str]:
    """Return the digests of the known publishers' logos, by domain."""
    logos = ((domain, read_logo(newsroom, domain)) for domain in newsroom.beat.organizations)
    return {domain: archive.digest(data) for domain, data in logos if data}


# Undo settings: each undo is a commit of its own.

_PATHS = ("beat.toml", "_data/topics", "_data/organizations", "assets/images/organizations")
_UNDO = re.compile(r"\w+: undo ([0-9a-f]{12})\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsCommit:
    """A commit of settings: its subject, and the other lines of its message.

    The first line of an undo is the subject of what it undid.
    """

    id: str
    at: datetime
    subject: str
    lines: tuple[str, ...]
    is_undone: bool

    @property
    def is_undo(self) -> bool:
        """Whether the commit undid another one."""
        return bool(self.lines) and _UNDO.match(self.subject) is not None


def list_settings_commits(newsroom: Newsroom, by: str, since: datetime) -> list[SettingsCommit]:
    """Return an editor's commits of settings since a time, newest first; [] without git."""
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
    """Undo a commit of settings by restoring the earlier contents of its files.

    Raises UsageError if the commit does not exist, is of another kind, or one of its files has
    changed since; otherwise raises like `commit_settings`.
    """
    try:
        done = git.read_commit(newsroom.root, commit)
    except GitError as error:
        raise UsageError(error.what, subject=error.subject, hint=error.hint) from error
    if not is_of_settings(done.message):
        raise UsageError("this commit did not change settings at the desk", subject=done.id)
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
        hint = "change the file by hand, or in the desk"
        raise UsageError("the file has changed in the meantime", subject=path, hint=hint)
    return FileChange(path=path, after=before, before=digest)


_KEYWORD_CHARACTERS = 100
# what occurs in regular expressions but in no phrase: escapes, groups, sets, repeats, anchors
_PATTERN = re.compile(r"\\\w|\(\?|\[[^\]]+\]|[.)\]][*+?]|\w\{\d|[|^]|\$\Z")


def clean_keyword(word: str, language: str = "") -> str:
    """Return a topic's keyword with normalized spaces.

    Raises UsageError if it cannot match any text, is too long, or looks like a regular expression.
    """
    clean = text.fold(word).strip()
    if _PATTERN.search(clean):
        raise UsageError(
            "a keyword cannot be a regular expression",
            subject=repr(clean[:_KEYWORD_CHARACTERS]),
            hint="write the plain word; copydesk finds its other forms",
        )
    if len(clean) > _KEYWORD_CHARACTERS:
        raise UsageError(
            f"a keyword may have at most {_KEYWORD_CHARACTERS} characters",
            subject=f"{clean[:_KEYWORD_CHARACTERS]}…",
        )
    if not keywords.can_be_found(clean, language):
        raise UsageError(
            "the keyword has no letters or digits",
            subject=repr(word),
            hint="write at least one word",
        )
    return clean
