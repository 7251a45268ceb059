"""The page of checks: what was found of how letters would arrive, and who overruled what."""

from __future__ import annotations

from dataclasses import dataclass

from copydesk import engine
from copydesk.desk._counts import Counts
from copydesk.desk._newsroom_thread import OpenNewsroom
from copydesk.desk._pages import Editor, Pages
from copydesk.desk._story_view import View
from copydesk.desk.mailing._mailing_page import describe_problem, name_assets
from copydesk.errors import CopydeskError
from copydesk.kit import dates, text

_ORDER = ("fault", "unknown", "remark", "ok")


@dataclass(frozen=True, slots=True, kw_only=True)
class ChecksState:
    """Who looks at the page of checks, and what became of what they did."""

    editor: Editor
    is_owner: bool
    problem: CopydeskError | None = None


def render_checks(opened: OpenNewsroom, pages: Pages, counts: Counts, state: ChecksState) -> bytes:
    """Return the page of what was found last with the settings of now."""
    newsroom = opened.newsroom
    report = engine.MailCheckReport()
    if engine.has_mail(newsroom.private):
        with engine.open_readers(newsroom) as store:
            report = engine.read_checks(newsroom, store)
    findings = [_show_finding(pages, finding, report) for finding in report.findings]
    return pages.page(
        "mailing_checks.html",
        state.editor,
        counts,
        title=pages.strings.say("checks_title"),
        assets=name_assets(pages),
        is_owner=state.is_owner,
        is_set_up=newsroom.settings.mail.deliver == "smtp",
        at=pages.views.time(dates.parse(report.at)),
        stands=pages.strings.say(_find_standing(report)),
        is_clear=not report.obstacles and bool(report.at or report.overruled),
        findings=sorted(findings, key=lambda finding: _ORDER.index(str(finding["state"]))),
        overruled=[
            {
                "kind": kind,
                "by": text.fold(word.by),
                "time": pages.views.time(dates.parse(word.at)),
                "why": text.fold(word.why),
            }
            for kind, word in report.overruled.items()
        ],
        problem=describe_problem(state.problem),
    )


def _find_standing(report: engine.MailCheckReport) -> str:
    """Return the word of what the checks mean for letters."""
    if report.obstacles:
        return "checks_hold"
    if report.at or report.overruled:
        return "checks_clear"
    return "checks_changed" if report.outdated else "checks_never"


def _show_finding(
    pages: Pages, finding: engine.KeptFinding, report: engine.MailCheckReport
) -> View:
    return {
        "kind": finding.kind,
        "state": finding.state,
        "state_word": pages.strings.say(f"check_{finding.state}"),
        "what": text.fold(finding.what),
        "hint": text.fold(finding.hint),
        "is_obstacle": finding.kind in report.obstacles and finding.state == "fault",
    }
