"""Where backups are kept: names, encryption to age recipients, the target, and its status.

    copydesk-TITLE-ID-20261201T031500Z.tar.gz.age   a backup, named by when it was begun
    copydesk-TITLE-ID-gone.json.gz.age              the list of who and what has not gone since

ID is drawn at a newsroom's first backup, so that several can share a target. The names end in .age
if the files are encrypted. age is age-encryption.org/v1, by the library pyrage.
"""

from __future__ import annotations

import contextlib
import gzip
import re
import secrets
import zlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Literal

import msgspec

from copydesk import archive, config, deploy
from copydesk.errors import BackupError, RecordError, UsageError
from copydesk.kit import files, kinds
from copydesk.mail_store import SubscriberRoll, has_mail, open_mail
from copydesk.news.options import S3Options
from copydesk.newsroom._newsroom import PRIVATE

Depot = deploy.LocalFolder | deploy.Rsync | deploy.Bucket

_STAMP = "%Y%m%dT%H%M%SZ"
_NAME = re.compile(r"(copydesk-[a-z0-9-]+)-\d{8}T\d{6}Z\.tar\.gz(\.age)?")
_GONE = re.compile(r"copydesk-[a-z0-9-]+-gone\.json\.gz(\.age)?")
_RSYNC_SECONDS = 12 * 3600.0  # a backup may have many gigabytes


def find_depot(root: Path, plan: config.BackupPlan) -> Depot:
    """Return the target of backups; UsageError if it is in the newsroom or no folder, ConfigError
    if the keys of a bucket are missing.
    """
    if plan.to == "s3":
        return deploy.open_bucket(plan.s3)
    home = root.resolve()
    rsync = deploy.Rsync(target=plan.rsync.target, site=home, seconds=_RSYNC_SECONDS)
    local = rsync.local if plan.to == "rsync" else Path(plan.folder.path).expanduser()
    if local is None:
        return rsync
    place, hint = home / local, "choose a folder outside of the newsroom, best on another disk"
    if place.resolve().is_relative_to(home):
        raise UsageError("the backups would be in the newsroom", subject=str(place), hint=hint)
    if plan.to == "rsync":
        return replace(rsync, target=str(place))
    if not place.is_dir():
        hint = "create the folder, or mount its disk"
        raise UsageError("the folder for backups does not exist", subject=str(place), hint=hint)
    return deploy.LocalFolder(path=place.resolve())


def list_names(depot: Depot) -> set[str]:
    """Return the names of the files at the target; raises DeployError."""
    if isinstance(depot, deploy.LocalFolder):
        return {*files.list_names(depot.path)}
    return {*depot.listing(())}


def find_older(
    names: Collection[str], series: str, verified: Sequence[str], keep: int
) -> list[str]:
    """Return this newsroom's files at the target to delete: half files, and backups beyond `keep`.

    The order of backups is the one in which they were `verified`, as the clock may have been wrong;
    those of which nothing is known are the oldest.
    """
    half = re.compile(rf"\.{re.escape(series)}-(\d{{8}}T\d{{6}}Z\.tar|gone\.json)\.gz.*")
    known = [name for name in verified if name in names]
    unknown = [name for name in sorted(names) if _series_of(name) == series and name not in known]
    return [*filter(half.fullmatch, sorted(names)), *[*unknown, *known][:-keep]]


def _series_of(name: str) -> str:
    """Return the beginning of a backup's name that is its newsroom's, "" for another file."""
    found = _NAME.fullmatch(name)
    return found[1] if found else ""


# The status: which backups were verified where they arrived, and what failed.

_STATUS = "backup.json"
_MOST_STATUS_BYTES = 4_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupStatus:
    """The newest backup that was verified at its target, and the last failure since, if any.

    `made` is when it was begun, None before the first. `series` begins the names of all backups of
    the newsroom, `kept` are those at the target, in the order in which they were verified.
    """

    series: str
    made: datetime | None = None
    target: str = ""
    name: str = ""
    bytes: int = 0
    sha256: str = ""
    failed: str = ""
    failed_at: datetime | None = None
    kept: tuple[str, ...] = ()


def read_backup_status(private: Path) -> BackupStatus | None:
    """Return the status of automatic backups, None if there is none that can be read."""
    return files.read_json(private / _STATUS, BackupStatus, _MOST_STATUS_BYTES)


def begin_status(private: Path, title: str) -> BackupStatus:
    """Return the status of a newsroom; at its first backup a name for all of them is drawn.

    It is stored before anything is sent, so that what a killed process sent is known as ours.
    """
    status = read_backup_status(private)
    if status is None:
        words = re.sub(r"[^a-z0-9]+", "-", title.lower())[:40].strip("-")
        status = BackupStatus(series=f"copydesk-{words or 'newsroom'}-{secrets.token_hex(4)}")
        write_status(private, status)
    return status


def write_status(private: Path, status: BackupStatus) -> None:
    """Store the status of automatic backups; raises BackupError."""
    with files.explain_errors(BackupError, "the status cannot be written", private / _STATUS):
        files.write_atomic(private / _STATUS, msgspec.json.encode(status), mode=0o600)


def choose_name(names: Collection[str], series: str, now: datetime) -> str:
    """Return a name for a new backup that no file at the target has."""
    name = f"{series}-{now.strftime(_STAMP)}.tar.gz"
    is_taken = any(taken.startswith(name) for taken in names)
    return choose_name(names, series, now + timedelta(seconds=1)) if is_taken else name


# Encryption. Files of any size are encrypted in a stream.

_AGE = (b"age-encryption.org/", b"-----BEGIN AGE ENCRYPTED FILE-----")
_HEAD_BYTES = 64
_MOST_IDENTITY_BYTES = 65_536
_USE_IDENTITY = "name the secret key with --identity FILE, as age-keygen or ssh-keygen wrote it"
_FITTING = "name an identity to which it was encrypted; or the file's beginning is damaged"


def seal(file: Path, recipients: Sequence[str]) -> Path:
    """Encrypt a file to age recipients, delete it, and return the encrypted one next to it.

    Without recipients the file itself is returned.
    """
    if not recipients:
        return file
    import pyrage

    keys = [kinds.read_recipient(word, number) for number, word in enumerate(recipients, 1)]
    sealed, hint = file.with_name(f"{file.name}.age"), "check whether the disk is full"
    try:
        with file.open("rb") as plain, sealed.open("xb") as out:
            pyrage.encrypt_io(plain, out, keys)
    except (OSError, pyrage.EncryptError) as error:
        what = f"the backup cannot be encrypted ({error})"
        raise BackupError(what, subject=str(sealed), hint=hint) from error
    file.unlink()
    return sealed


def unseal(file: Path, staging: Path, identity: Path | None) -> Path:
    """Return a file as it is, or decrypted into a private staging folder; raises BackupError."""
    if not _read_start(file, "the backup cannot be read", _HEAD_BYTES).startswith(_AGE):
        return file
    if identity is None:
        raise BackupError("the backup is encrypted", subject=str(file), hint=_USE_IDENTITY)
    import pyrage

    keys = _read_identities(identity)
    plain = staging / f"plain-{file.name.removesuffix('.age')}"
    try:
        with file.open("rb") as sealed, plain.open("xb") as out:
            pyrage.decrypt_io(sealed, out, keys)
    except pyrage.DecryptError as error:
        what = "the backup cannot be decrypted with this identity"
        raise BackupError(what, subject=f"{file}, {identity}", hint=_FITTING) from error
    except OSError as error:
        fault = error.strerror or "it is damaged or incomplete"
        raise BackupError(f"the backup cannot be decrypted ({fault})", subject=str(file)) from error
    return plain


def _read_start(file: Path, what: str, most_bytes: int) -> bytes:
    with files.explain_errors(BackupError, what, file), file.open("rb") as handle:
        return handle.read(most_bytes)


def _read_identities(file: Path) -> list[Any]:
    """Return the identities in a file of age-keygen, or an SSH private key, as pyrage's objects.

    Errors tell nothing of the file's content.
    """
    import pyrage

    data = _read_start(file, "the identity file cannot be read", _MOST_IDENTITY_BYTES)
    found, what, hint = list[Any](), "the identity file has no identity", _USE_IDENTITY
    try:
        if data.startswith(_AGE):
            what = "the identity file is protected by a passphrase"
            hint = "decrypt it first with `age --decrypt`, into a file that only you can read"
        elif data.lstrip().startswith(b"-----BEGIN"):
            what = "the SSH key has a passphrase, or is neither Ed25519 nor RSA"
            hint = "remove the passphrase of a copy with `ssh-keygen -p`"
            found.append(pyrage.ssh.Identity.from_buffer(data))
        else:
            lines = enumerate(map(str.strip, data.decode("ascii", "replace").splitlines()), 1)
            for number, line in lines:
                if line and not line.startswith("#"):
                    what = f"line {number} of the identity file is not an identity"
                    found.append(pyrage.x25519.Identity.from_str(line))
    except pyrage.IdentityError:
        found.clear()
    if not found:
        raise BackupError(what, subject=str(file), hint=hint)
    return found


# Finding a backup again, in a folder or in a bucket.


@dataclass(frozen=True, slots=True, kw_only=True)
class RestoreOptions:
    """Options of a restore: the file of the secret key (identity), the list of who has gone."""

    identity: Path | None = None
    gone: Path | None = None


def find_backup(source: str, staging: Path, environ: Mapping[str, str]) -> list[Path]:
    """Return the file of the backup that a person named, and the lists of who has gone beside it.

    The backup is a file, the newest of a folder, or an object in a bucket.

    `s3://BUCKET/KEY` is fetched into `staging`, with the storage's address and the keys from the
    environment. A key that ends in / is a prefix, of which the newest is taken. Raises BackupError,
    ConfigError, DeployError, UsageError.
    """
    if not source.startswith("s3://"):
        place = Path(source)
        folder = place if place.is_dir() else place.parent
        names = files.list_names(folder)
        file = folder / _find_newest(names, source) if place.is_dir() else place
        return [file, *(folder / name for name in _find_lists(names))]
    bucket, _, key = source.removeprefix("s3://").partition("/")
    above, _, name = key.rpartition("/")
    if not bucket:
        raise UsageError("no bucket is named", subject=source, hint="write s3://BUCKET/KEY")
    outside = config.Environment(environ)
    options = S3Options(
        bucket=bucket,
        prefix=above,
        region=outside.get("AWS_REGION") or "us-east-1",
        endpoint=outside.get("AWS_ENDPOINT_URL").rstrip("/"),
        access_key=outside.read_secret("AWS_ACCESS_KEY_ID")[0].strip(),
        secret_key=outside.read_secret("AWS_SECRET_ACCESS_KEY")[0].strip(),
        session_token=outside.read_secret("AWS_SESSION_TOKEN")[0].strip(),
    )
    depot = deploy.open_bucket(options.with_endpoint())
    there = list_names(depot)
    places = []
    for wanted in (name or _find_newest(there, source), *_find_lists(there)):
        places.append(staging / (re.sub(r"[^\w.-]", "_", wanted).strip(".") or "backup"))
        depot.fetch(wanted, places[-1])
    return places


def _find_newest(names: Iterable[str], source: str) -> str:
    newest = {series: name for name in sorted(names) if (series := _series_of(name))}
    if not newest:
        raise BackupError("no backup has been found there", subject=source)
    if len(newest) > 1:
        what, hint = "there are backups of several newsrooms", ", ".join(newest.values())
        raise UsageError(what, subject=source, hint=f"name one: {hint}")
    return next(iter(newest.values()))


def _find_lists(names: Iterable[str]) -> list[str]:
    return sorted(filter(_GONE.fullmatch, names))


# The list that goes along with each backup: who is still subscribed, and what was removed.

_MOST_LIST_BYTES = 512 * 1024 * 1024  # unpacked; a million subscribers take 60 MB


@dataclass(frozen=True, slots=True, kw_only=True)
class GoneList:
    """What a restore of an older backup needs to know: who is subscribed, which URLs are removed.

    Addresses are keyed digests, and URLs are hashes. `readers` is None without a mail database.
    """

    made: datetime
    readers: SubscriberRoll | None = None
    removed: tuple[str, ...] = ()
    format: Literal[1] = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class GoneSince:
    """What a restore took from the list of who has gone since its backup, made at `listed`.

    So many subscriptions `ended` and subscribers were `erased`. `removed` are records of stories
    that editors removed since; they are back.
    """

    listed: datetime
    ended: int
    erased: int
    removed: tuple[str, ...]


def write_gone_list(newsroom: Path, file: Path, now: datetime) -> None:
    """Write the list of a restored copy of a newsroom; raises MailStoreError, OSError."""
    readers = None
    if has_mail(newsroom / PRIVATE):
        with closing(open_mail(newsroom / PRIVATE)) as mail:
            readers = mail.take_roll()
    listed = GoneList(made=now, readers=readers, removed=tuple(sorted(list_removals(newsroom))))
    file.write_bytes(gzip.compress(msgspec.json.encode(listed), mtime=0))


def list_removals(newsroom: Path) -> set[str]:
    """Return hashes of the URLs that editors removed from a newsroom, none for a damaged list."""
    with contextlib.suppress(RecordError):
        return {*map(archive.address_mark, archive.read_rulings(newsroom).removed)}
    return set()


def read_gone_lists(
    beside: Sequence[Path], staging: Path, options: RestoreOptions
) -> tuple[list[GoneList], tuple[str, ...]]:
    """Return the lists of who has gone, and the names of those beside that cannot be read.

    Raises BackupError if the list that a person named cannot be read.
    """
    lists, unread = [], []
    for file in (options.gone,) if options.gone else beside:
        try:
            lists.append(_read_gone_list(file, staging, options.identity))
        except BackupError:  # another newsroom's, or damaged
            if options.gone:
                raise
            unread.append(file.name)
    return lists, tuple(unread)


def _read_gone_list(file: Path, staging: Path, identity: Path | None) -> GoneList:
    plain = unseal(file, staging, identity)
    try:
        with gzip.open(plain) as data:
            unpacked = data.read(_MOST_LIST_BYTES)
        return msgspec.json.decode(unpacked, type=GoneList)
    except (OSError, EOFError, zlib.error, ValueError, RecursionError) as error:
        what, hint = "the list of who has gone cannot be read", "name another one with --gone"
        raise BackupError(what, subject=str(file), hint=hint) from error


def apply_gone_list(newsroom: Path, lists: Sequence[GoneList]) -> GoneSince | None:
    """Take out of a restored newsroom who has gone since, by the newest list; None without any.

    The lists of other newsrooms are passed over.
    """
    ended, newest = (0, 0), max(lists, key=lambda listed: listed.made, default=None)
    private = newsroom / PRIVATE
    if has_mail(private):
        with closing(open_mail(private)) as mail:
            if mail.subscribers.count():
                newest = _find_roll(lists, mail.mark(b""))
                if newest and newest.readers:
                    ended = mail.apply_roll(newest.readers)
    if newest is None:
        return None
    since = {*newest.removed} - list_removals(newsroom)
    stories = archive.Archive(newsroom).stories(lambda _: None) if since else ()
    removed = tuple(
        story.path
        for story in stories
        if not since.isdisjoint(map(archive.address_mark, story.addresses))
    )
    return GoneSince(listed=newest.made, ended=ended[0], erased=ended[1], removed=removed)


def _find_roll(lists: Sequence[GoneList], database: bytes) -> GoneList | None:
    """Return the newest list with the subscribers of a mail database, by numbers of consents."""
    rolls = {
        (listed.readers.consent, listed.made): listed
        for listed in lists
        if listed.readers and listed.readers.database == database
    }
    return rolls[max(rolls)] if rolls else None
