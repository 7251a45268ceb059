"""`copydesk backup` and `restore`: all files of a site in one; `doctor`: what is wrong with it."""

from __future__ import annotations

import shlex
from pathlib import Path

import click

from copydesk import background
from copydesk.cli import terminal
from copydesk.cli._invocation import Invocation, command
from copydesk.errors import UsageError
from copydesk.kit import tables, text
from copydesk.kit.options import take
from copydesk.newsroom import backup

_FILE = click.Path(path_type=Path, dir_okay=False)
_REASONS = tables.read_rows(__package__, "left_out.toml", str)
_COMPARED = tables.read_rows(__package__, "compared.toml", str)


@command("doctor")
def doctor_command(invocation: Invocation) -> None:
    """Find what is wrong with the newsroom, and print why it matters and how to fix it.

    A line that begins with `beat.toml:` is for that file, any other is a command. Nothing in the
    newsroom changes. Only if newsletters are sent by SMTP, name servers, the mail server and the
    site's own address are asked. Exits with 1 if there is a fault; a remark is none.
    """
    root, now = invocation.root, invocation.clock()
    with terminal.progress() as progress:
        found = background.examine_folder(root, invocation.environ, now, progress)
    faults = sum(one.state == "fault" for one in found.findings)
    if not invocation.print_json(found):
        for one in found.findings:
            click.echo(text.fold(f"{one.state}: {one.check}: {one.what}"))
            click.echo(f"  why: {text.fold(one.why)}\n  mend: {text.fold(one.mend)}")
        counts = text.count_of(faults, "fault"), text.count_of(len(found.findings), "finding")
        terminal.note(f"{len(found.checked)} checks: {counts[1]}, {counts[0]}")
    if faults:
        raise click.exceptions.Exit(1)


@command("backup")
@click.argument("file", metavar="[FILE]", required=False, type=_FILE)
@click.option("--verify", is_flag=True, help="Restore into a temporary folder and compare.")
@click.option("--with-key", is_flag=True, help="Include the encryption key and the DKIM key.")
@click.option("--with-articles", is_flag=True, help="Include article texts and pictures.")
@click.option("--force", is_flag=True, help="Overwrite FILE even if it is not a backup.")
def backup_command(invocation: Invocation, file: Path | None, **flags: bool) -> None:
    """Save the whole newsroom in one backup FILE, or send a backup to the target in [backup].

    The backup contains the stories with their git history, the settings, the database of the desk
    (web editor), and the newsletter subscribers. Without FILE it is made as `copydesk serve` makes
    it: restored and compared, encrypted, sent, and read again where it arrived.
    """
    root, now = invocation.root, invocation.clock()
    if file is not None:
        options = backup.BackupOptions(**flags)
        report = backup.back_up(root, file, options, now, invocation.environ)
    elif any(flags.values()):
        hint = "name a FILE, or set the option in [backup] of beat.toml"
        raise UsageError("this option needs a FILE", hint=hint)
    else:
        report = backup.keep_backup(root, now, invocation.environ)
    if not invocation.print_json(as_dict(report)):
        _show(report)
    if not report.is_written:
        raise click.exceptions.Exit(1)


def as_dict(report: backup.BackupReport) -> dict[str, object]:
    """Return the report of `copydesk backup` as a dictionary for `--json`."""
    return {
        "file": report.file,
        "bytes": report.bytes,
        "written": report.is_written,
        **describe(report.manifest),
        "left_out": report.manifest.left_out,
        "verified": report.verification,
        "target": report.target or None,
        "sha256": report.sha256 or None,
        "deleted": report.deleted,
        "seconds": report.seconds,
    }


def describe(manifest: backup.BackupManifest) -> dict[str, object]:
    """Return the content of a backup as a dictionary, for `backup --json` and `restore --json`."""
    repository = manifest.repository
    return {
        "made": manifest.made,
        "copydesk": manifest.copydesk,
        "commit": repository.head or None if repository else None,
        "branch": repository.branch or None if repository else None,
        "records": manifest.records,
        "files": sum(part.kind == "file" for part in manifest.parts),
        "removed": len(manifest.removed),
        "databases": manifest.databases,
        "keys": key_paths(manifest),
        "carried": manifest.count_cache(),
    }


def show_manifest(manifest: backup.BackupManifest) -> None:
    """Print the content of a backup file, a line for each kind."""
    counts = ", ".join(f"{name} {count}" for name, count in manifest.records.items())
    edits = sum(part.kind == "file" for part in manifest.parts)
    click.echo(f"stories and other records: {counts or 'none'} ({_say_commit(manifest)})")
    click.echo(f"uncommitted files: {edits}, deleted files: {len(manifest.removed)}")
    click.echo(f"desk database: {_say_rows(manifest, 'desk')}")
    click.echo(f"newsletter database: {_say_rows(manifest, 'mail')}")
    click.echo(f"secret keys: {', '.join(key_paths(manifest)) or 'none'}")
    if any(carried := manifest.count_cache().values()):
        texts, pictures = carried
        click.echo(f"files of article texts: {texts}, of pictures: {pictures}")


def _say_commit(manifest: backup.BackupManifest) -> str:
    repository = manifest.repository
    if repository is None:
        return "files only, no git repository"
    if not repository.head:
        return "no commit yet"
    return f"commit {repository.head[:12]} on {repository.branch or 'no branch'}"


def _say_rows(manifest: backup.BackupManifest, database: str) -> str:
    count = manifest.databases.get(database)
    return f"{count.rows} rows in {len(count.tables)} tables" if count else "none"


def key_paths(manifest: backup.BackupManifest) -> list[str]:
    """Return the paths of the secret keys that a backup file contains."""
    return [part.path for part in manifest.parts if part.kind == "key"]


def show_verification(verification: backup.Verification) -> None:
    """Print how many items a backup's verification compared, and the differences."""
    for kind, count in verification.compared.items():
        click.echo(f"compared: {count} {_COMPARED[kind]}")
    for differs in verification.differences:
        terminal.note(
            text.fold(
                f"differs: {differs.kind}: {differs.subject}: found {differs.found or 'nothing'}, "
                f"expected {differs.expected or 'nothing'}"
            )
        )


def _show(report: backup.BackupReport) -> None:
    show_manifest(report.manifest)
    for left_out in report.manifest.left_out:
        terminal.note(text.fold(f"left out: {left_out.path}: {_REASONS[left_out.reason]}"))
    if not key_paths(report.manifest):
        terminal.note("the backup has no encryption key: keep a copy of .copydesk/key elsewhere")
    if report.verification is not None:
        show_verification(report.verification)
    for name in report.deleted:
        click.echo(f"deleted an older one: {name}")
    if report.is_written:
        at = f", verified at {report.target}" if report.target else ""
        size = f"{report.bytes:,} bytes in {report.seconds:.1f} s"
        click.echo(f"written: {report.file} ({size}){at}")
    else:
        terminal.note(f"not written, because the restored copy differs: {report.file}")


@command("restore")
@click.argument("file", metavar="FILE")
@click.argument("folder", metavar="[DIR]", required=False, type=click.Path(path_type=Path))
@click.option("--check", is_flag=True, help="Only say whether the backup is whole; write nothing.")
@click.option("--identity", type=_FILE, help="File with the secret key of an encrypted backup.")
@click.option("--gone", type=_FILE, help="List of who has gone since (default: beside FILE).")
def restore_command(
    invocation: Invocation, file: str, folder: Path | None, *, check: bool, **given: Path | None
) -> None:
    """Restore a newsroom from the backup FILE into the folder DIR.

    DIR must be empty or must not exist yet. The default is the current folder. FILE may also be a
    folder of backups, or s3://BUCKET/KEY, or s3://BUCKET/PREFIX/: the newest one there is taken.
    """
    options, environ = backup.RestoreOptions(**given), invocation.environ
    if check and folder is not None:
        raise UsageError("--check writes nothing, so it takes no DIR", subject=str(folder))
    if check:
        _show_check(invocation, *backup.check_backup(file, options, environ))
        return
    place = folder or invocation.given_root
    report = backup.restore(file, place, invocation.clock(), options, environ)
    if invocation.print_json(
        {
            **take(report, "folder", "newsroom"),
            **describe(report.manifest),
            "verified": report.verification,
            **take(report, "sending_waits", "missing", "gone", "unread", "seconds"),
        }
    ):
        return
    show_manifest(report.manifest)
    click.echo(f"restored: {report.newsroom}, from the backup of {report.manifest.made}")
    _show_gone_list(report)
    if report.sending_waits:
        terminal.note("newsletter issues newer than the backup need approval: copydesk mail send")
    if not key_paths(report.manifest):
        terminal.note("the backup has no encryption key: copy your key to .copydesk/key first")
    if report.missing is None:
        terminal.note("texts and pictures stay missing, because the backup does not list them")
    elif report.missing.waiting:
        terminal.note(report.missing.describe())
    terminal.note(f"next: copydesk -C {shlex.quote(report.newsroom)} run")


def _show_check(
    invocation: Invocation, manifest: backup.BackupManifest, verification: backup.Verification
) -> None:
    is_whole = verification.is_equal
    report = {"whole": is_whole, **describe(manifest), "verified": verification}
    if not invocation.print_json(report):
        show_manifest(manifest)
        show_verification(verification)
        click.echo(f"the backup of {manifest.made} is {'' if is_whole else 'not '}whole")
    if not is_whole:
        raise click.exceptions.Exit(1)


def _show_gone_list(report: backup.RestoreReport) -> None:
    """Print who and what was removed after the backup, as far as known."""
    gone, made = report.gone, report.manifest.made
    if report.manifest.has("desk"):
        terminal.note("accounts, tokens and sessions are as in the backup: copydesk desk user list")
    for name in report.unread:
        terminal.note(f"not read, because it is damaged or for another identity: {name}")
    if gone is None and report.sending_waits:
        terminal.note(f"no list of who has gone: who unsubscribed after {made} is not known")
    if gone is not None:
        ended = text.count_of(gone.ended, "subscription")
        erased = text.count_of(gone.erased, "subscriber")
        known = f"known until {gone.listed:%Y-%m-%d %H:%M} UTC"
        click.echo(f"gone since the backup: {ended} ended, {erased} erased ({known})")
        for path in gone.removed:
            terminal.note(f"removed since, and back: copydesk verdict {path} remove --why …")
