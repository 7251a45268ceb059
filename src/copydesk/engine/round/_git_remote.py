"""The git remote: a round's commits are pushed to it after the round; then git tidies up.

A remote that moves meanwhile is tried again at once, a few times (`archive.Repository.push`). Who
tries a failed push again is the next round, when it is due: earlier commits go along with its own.
"""

from __future__ import annotations

from dataclasses import replace

from copydesk.archive import git
from copydesk.engine.filing import PATIENCE_SECONDS, write_lock
from copydesk.engine.newsroom import Failure, Newsroom, RoundReport
from copydesk.errors import GitError


def push_commits(newsroom: Newsroom, report: RoundReport) -> RoundReport:
    """Bring branch and remote together where `records.remote` names one; say what came of it.

    Commits of earlier rounds go along. A remote that cannot be had makes the round not complete:
    commits may be here alone, or there alone. Commits of others that come in, of which the build
    that follows publishes the records, come also where there is nothing to push.
    """
    remote = newsroom.settings.records.remote
    if not remote:
        return report
    lock = write_lock(newsroom.root, newsroom.memory)
    try:
        done = lock.repository.push(remote, lambda: lock.hold(PATIENCE_SECONDS))
    except GitError as error:
        about = error.subject.removeprefix(remote).removeprefix(":").strip()  # `url` names it
        what = f"not in step with the remote: {error.what}{f': {about}' if about else ''}"
        failure = Failure(url=remote, what=what, hint=error.hint)
        return replace(report, failed=(*report.failed, failure), complete=False)
    notes = []
    if done.taken:
        notes.append(f"{_commits(done.taken)} of others came in from {remote}")
    if done.sent:
        notes.append(f"{_commits(done.sent)} pushed to {remote}")
    return replace(report, notes=(*report.notes, *notes))


def _commits(count: int) -> str:
    return "1 commit" if count == 1 else f"{count} commits"


def tidy_repository(newsroom: Newsroom, report: RoundReport) -> RoundReport:
    """Let git pack what commits pile up, after a round that made one."""
    if report.commit is None:
        return report
    try:
        git.Repository(newsroom.root).tidy()
    except GitError as error:
        return replace(report, notes=(*report.notes, f"git could not tidy up ({error})"))
    return report
