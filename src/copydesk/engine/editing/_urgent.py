"""At once: what an editor took away, or gave back, is so on the site and where readers find it."""

from __future__ import annotations

from dataclasses import replace

from copydesk.engine.editing._verdicts import VerdictReport
from copydesk.engine.newsroom import DeployReport, Failure, Newsroom, Progress
from copydesk.engine.publishing import DeployOptions, build, deploy
from copydesk.errors import CopydeskError


def show_at_once(newsroom: Newsroom, report: VerdictReport, progress: Progress) -> VerdictReport:
    """Return the report of a word that was shown at once (`publish_at_once`)."""
    done, failed = publish_at_once(newsroom, progress)
    return replace(report, deploy=done, failed=failed)


def publish_at_once(
    newsroom: Newsroom, progress: Progress
) -> tuple[DeployReport | None, tuple[Failure, ...]]:
    """Build the site and send it to where `[deploy]` says, after a deploy that is under way.

    Raises PublishError. A place that could not be reached is a failure in the answer: what was
    said stands, and the next deploy does it.
    """
    build(newsroom, progress)
    target = newsroom.settings.deploy.to
    if not target:
        return None, ()
    try:
        return deploy(newsroom, progress, DeployOptions(waits=True)), ()
    except CopydeskError as error:
        what = f"readers still find it as it was, the site was not deployed: {error}"
        hint = "; then: copydesk build --deploy"
        return None, (Failure(url=target, what=what, hint=(error.hint or "mend that") + hint),)
