"""Deploy: the newsroom's built site to where its readers find it, only what changed."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from copydesk import deploy as room
from copydesk.engine.newsroom import DeployReport, Newsroom, Progress, hold_lock, in_turn
from copydesk.engine.publishing._manifest import DeployManifest
from copydesk.engine.publishing._pings import send_pings
from copydesk.engine.publishing._place import deploy_place
from copydesk.errors import BusyError
from copydesk.memory import Memory

_LOCK = "deploy.lock"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeployOptions:
    """With `dry_run` nothing is sent; with `anew` the place is asked what it holds.

    With `waits` a deploy that is under way is waited for, and is no error.
    """

    dry_run: bool = False
    anew: bool = False
    waits: bool = False


def deploy(
    newsroom: Newsroom, progress: Progress, options: DeployOptions | None = None
) -> DeployReport:
    """Send the site as it is built now; a place that holds it already is not asked.

    Raises ConfigError, DeployError, GitError, and BusyError where another deploy is under way. What
    was sent until then stands, and the next time goes on from there.
    """
    options = options or DeployOptions()
    began = time.monotonic()
    place = deploy_place(newsroom.root, newsroom.private, newsroom.site, newsroom.settings)
    progress.stage("deploy")
    with _in_turn(newsroom.private) if options.waits else _alone(newsroom.root, newsroom.private):
        site = _survey_site(newsroom.private, newsroom.site)
        if isinstance(place, room.Branch):
            done = room.deliver_branch(site, place, dry_run=options.dry_run, anew=options.anew)
        else:
            done = _deliver_files(newsroom.memory, site, place, options)
    heard, notes = 0, tuple(f"not sent, a link or an odd name: {path}" for path in site.skipped)
    if not options.dry_run:
        heard, silent = send_pings(
            newsroom.settings, newsroom.memory, newsroom.now, (*done.sent, *done.deleted)
        )
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


def _survey_site(private: Path, site: Path) -> room.BuiltSite:
    """Look over the site while no build is at work on it."""
    with in_turn(private / "build.lock"):
        return room.survey(site)


def _deliver_files(
    memory: Memory,
    site: room.BuiltSite,
    place: room.LocalFolder | room.Rsync | room.Bucket,
    options: DeployOptions,
) -> room.Delivery:
    """Carry to a place file by file; what it is known to hold is kept whatever happens."""
    ledger = DeployManifest(memory, place.name)
    plan = room.plan_delivery(site, place, ledger, anew=options.anew)
    if options.dry_run:
        return plan
    ledger.save()
    try:
        return room.deliver(site, plan, place, ledger)
    finally:
        ledger.save()


def _in_turn(private: Path) -> AbstractContextManager[None]:
    return in_turn(private / _LOCK)


@contextmanager
def _alone(root: Path, private: Path) -> Iterator[None]:
    with hold_lock(private / _LOCK) as is_free:
        if not is_free:
            raise BusyError(
                "another deploy of this newsroom is under way",
                subject=str(root),
                hint="wait until it ends, or end it",
            )
        yield
