"""After a round: its commits to the remote that the owner named, and git's own tidying up."""

from __future__ import annotations

from dataclasses import replace

from copydesk import archive
from copydesk.engine.newsroom import Newsroom
from copydesk.engine.report import Failure, RoundReport
from copydesk.errors import GitError


def pushed(newsroom: Newsroom, report: RoundReport) -> RoundReport:
    """Push the branch where `records.remote` says so, and give the report with what came of it.

    Commits of earlier rounds go along. What could not be pushed makes the round not complete: its
    commits are here alone. Commits of others that come in are published by the build that follows.
    """
    remote = newsroom.settings.records.remote
    if not remote:
        return report
    try:
        done = archive.Repository(newsroom.root).push(remote)
    except GitError as error:
        subject = f": {error.subject}" if error.subject else ""
        failure = Failure(url=remote, what=f"not pushed: {error.what}{subject}", hint=error.hint)
        return replace(report, failed=(*report.failed, failure), complete=False)
    notes = []
    if done.taken:
        notes.append(f"{done.taken} commits of others came in from {remote}")
    if done.sent:
        notes.append(f"{done.sent} commits pushed to {remote}")
    return replace(report, notes=(*report.notes, *notes))


def tidied(newsroom: Newsroom, report: RoundReport) -> RoundReport:
    """Let git pack what commits pile up, after a round that made one."""
    if report.commit is None:
        return report
    try:
        archive.Repository(newsroom.root).tidy()
    except GitError as error:
        return replace(report, notes=(*report.notes, f"git could not tidy up ({error})"))
    return report
