"""Upload the built site to its deploy target (server, bucket …); send only what changed."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from copydesk import deploy as room
from copydesk.building.channels import send_pings
from copydesk.config import Settings
from copydesk.errors import BusyError, ConfigError
from copydesk.memory import Memory
from copydesk.news.story import is_backfilled
from copydesk.newsroom import Newsroom, Progress, hold_or_refuse, in_turn
from copydesk.newsroom.cataloguing import ask_catalogue
from copydesk.newsroom.checks import Check, Finding, finding
from copydesk.newsroom.reports import DeployReport
from copydesk.placement.addresses import STORIES, record_name

if TYPE_CHECKING:
    Place = room.LocalFolder | room.Rsync | room.Bucket | room.Branch


_LOCK = "deploy.lock"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeployOptions:
    """Options of an upload: `dry_run` sends nothing; `anew` lists the target's files instead of
    trusting the manifest.

    With `waits` a running deploy is waited for; otherwise it raises an error.
    """

    dry_run: bool = False
    anew: bool = False
    waits: bool = False


def deploy(
    newsroom: Newsroom, progress: Progress, options: DeployOptions | None = None
) -> DeployReport:
    """Upload the built site to its deploy target, unless the stored manifest says it is up to date.

    Raises ConfigError, DeployError, GitError, and BusyError if another deploy is running. After an
    error, the files sent so far remain, and the next deploy sends the rest.
    """
    options = options or DeployOptions()
    began = time.monotonic()
    place = deploy_place(newsroom.root, newsroom.private, newsroom.site, newsroom.settings)
    progress.stage("deploy")
    with _hold_lock(newsroom, waits=options.waits):
        site = _survey_site(newsroom.private, newsroom.site)
        if isinstance(place, room.Branch):
            done = room.deliver_branch(site, place, dry_run=options.dry_run, anew=options.anew)
        else:
            done = _deliver_files(newsroom.memory, site, place, options)
    heard, notes = 0, tuple(f"not sent (link or unusual name): {path}" for path in site.skipped)
    if not options.dry_run:
        changed = _choose_news(newsroom, [*done.sent, *done.deleted])
        heard, silent = send_pings(newsroom.settings, newsroom.memory, newsroom.now, changed)
        notes += silent
    return DeployReport(
        to=newsroom.settings.deploy.to,
        target=place.name,
        sent=len(done.sent),
        deleted=len(done.deleted),
        unchanged=done.unchanged,
        bytes=done.size,
        pinged=heard,
        dry_run=options.dry_run,
        sending=done.sent if options.dry_run else (),
        deleting=done.deleted if options.dry_run else (),
        notes=notes,
        seconds=round(time.monotonic() - began, 3),
    )


def _choose_news(newsroom: Newsroom, changed: list[str]) -> list[str]:
    """Return changed files without the pages of stories out of archives of the web."""
    pages = {path.split("/")[1]: path for path in changed if path.startswith(STORIES)}
    records = ask_catalogue(newsroom, lambda catalogue: catalogue.find_by_name(pages))
    old = {pages.get(record_name(path)) for path in records if is_backfilled(path)}
    return [path for path in changed if path not in old] if old else changed


def _survey_site(private: Path, site: Path) -> room.BuiltSite:
    """List the files of the built site while no build is running."""
    with in_turn(private / "build.lock"):
        return room.survey(site)


def _deliver_files(
    memory: Memory,
    site: room.BuiltSite,
    place: room.LocalFolder | room.Rsync | room.Bucket,
    options: DeployOptions,
) -> room.Delivery:
    """Upload single files to a deploy target, and store which it has, even after an error."""
    ledger = DeployManifest(memory, place.name)
    plan = room.plan_delivery(site, place, ledger, anew=options.anew)
    if options.dry_run:
        return plan
    ledger.save()
    try:
        return room.deliver(site, plan, place, ledger)
    finally:
        ledger.save()


def _hold_lock(newsroom: Newsroom, *, waits: bool) -> AbstractContextManager[None]:
    hint = "wait until the other deploy ends, or stop it"
    what, subject = "another deploy of this newsroom is active", str(newsroom.root)
    busy = BusyError(what, subject=subject, hint=hint)
    return hold_or_refuse(newsroom.private / _LOCK, busy, math.inf if waits else 0.0)


# DeployManifest: the files that a deploy target has, stored in the memory.
#
# It is stored in batches: a transaction for each file would wait for the disk as often as for the
# network. If the process is killed, the files of the last batch are sent once more.

_BATCH = 500


class DeployManifest:
    """The files that a deploy target has, known from earlier uploads; `save` stores changes."""

    def __init__(self, memory: Memory, name: str) -> None:
        self._memory = memory
        self._kept = memory.manifest(f"deploy {name}")
        self._now = {path: str(self._kept.get(path)) for path in self._kept.paths()}
        self._changed: dict[str, str | None] = {}
        self._is_saving = False

    def get(self, path: str) -> str | None:
        """Return the digest of the deploy target's file at this path, None if there is none."""
        return self._now.get(path)

    def put(self, path: str, digest: str) -> None:
        """Record that the deploy target now has the file with this digest."""
        self._now[path] = digest
        self._note(path, digest)

    def forget(self, path: str) -> None:
        """Record that the deploy target no longer has the file."""
        self._now.pop(path, None)
        self._note(path, None)

    def paths(self) -> Iterator[str]:
        """Yield the path of every file that the deploy target has."""
        return iter(tuple(self._now))

    def save(self) -> None:
        """Store the changes of the manifest so far, and from now on store later ones in batches."""
        self._is_saving = True
        with self._memory.together():
            for path, digest in self._changed.items():
                if digest is None:
                    self._kept.forget(path)
                else:
                    self._kept.put(path, digest)
        self._changed.clear()

    def _note(self, path: str, digest: str | None) -> None:
        self._changed[path] = digest
        if self._is_saving and len(self._changed) >= _BATCH:
            self.save()


# The doctor's check of uploads.


def _find_deploy_faults(newsroom: Newsroom) -> Iterator[Finding]:
    if not newsroom.settings.deploy.to:
        return
    place = deploy_place(newsroom.root, newsroom.private, newsroom.site, newsroom.settings)
    if isinstance(place, room.Branch):
        is_sent = place.has_sent()
    else:
        is_sent = any(DeployManifest(newsroom.memory, place.name).paths())
    if not is_sent:
        yield finding("deploy-never", root=newsroom.root, target=place.name)


DEPLOY_CHECK = Check(name="deploy", find=_find_deploy_faults)


# The deploy target of the settings.


def deploy_place(root: Path, private: Path, site: Path, settings: Settings) -> Place:
    """Return the deploy target of the settings; ConfigError if none is set or its keys are missing.

    Raises DeployError for a folder that is inside the newsroom or contains it.
    """
    chosen = settings.deploy
    if chosen.to == "folder":
        path = root / Path(chosen.folder.path).expanduser()
        room.refuse_overlap(path, site, root)
        return room.LocalFolder(path=path.resolve())
    if chosen.to == "rsync":
        rsync = room.Rsync(target=chosen.rsync.target, site=site.resolve())
        if rsync.local is not None:
            rsync = room.Rsync(target=f"{root.resolve() / rsync.local}", site=rsync.site)
            room.refuse_overlap(Path(rsync.target), site, root)
        return rsync
    if chosen.to == "git":
        return room.Branch(
            newsroom=root.resolve(), store=private / "deploy.git", options=chosen.git
        )
    if chosen.to == "s3":
        return room.open_bucket(chosen.s3)
    raise ConfigError(
        "no deploy target is set",
        subject="beat.toml: deploy.to",
        hint='for example, set to = "rsync" in [deploy]; the guide "Put it online" shows each way',
    )
