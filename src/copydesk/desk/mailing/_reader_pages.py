"""Render the pages of newsletter subscribers, suppressions, imported lists and mail checks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from copydesk import newsletters
from copydesk.desk._newsroom_thread import Counts, OpenNewsroom
from copydesk.desk._pages import Editor, Pages
from copydesk.desk._previews import ImportedFile
from copydesk.desk._story_view import View
from copydesk.desk.mailing._issue_pages import (
    describe_problem,
    link_issue,
    name_assets,
    name_letters,
)
from copydesk.desk.mailing._keeper import ImportRehearsal
from copydesk.errors import CopydeskError
from copydesk.kit import dates, text
from copydesk.newsletters import checks, exchange
from copydesk.newsletters.readers import addresses, by_hand, outcomes

_SHOWN_LINE = 120  # characters of a line of a file
_SHOWN_DELIVERIES = 100
_STATES = ("active", "paused", "waiting", "left", "erased")
_REASONS = (
    "hard-bounce",
    "soft-bounces",
    "complaint",
    "by-hand",
    "erased",
    "left-elsewhere",
    "imported",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadersAsked:
    """The outcome of an owner's last action on the page of subscribers, such as an import.

    `token` is the key of the uploaded file at the next request.
    """

    told: str = ""
    problem: CopydeskError | None = None
    sent: ImportedFile | None = None
    token: str = ""
    rehearsal: ImportRehearsal | None = None
    report: exchange.ImportReport | None = None


def render_readers(
    opened: OpenNewsroom,
    pages: Pages,
    counts: Counts,
    editor: Editor,
    asked: ReadersAsked,
) -> bytes:
    """Return the page with the numbers of newsletter subscribers."""
    newsroom, titles = opened.newsroom, name_letters(opened.newsroom)
    known = None
    if newsletters.has_mail(newsroom.private):
        with addresses.open_readers(newsroom) as store:
            known = by_hand.count_readers(newsroom, store)
    report = asked.report or (asked.rehearsal.report if asked.rehearsal else None)
    return pages.page(
        "mailing_readers.html",
        editor,
        counts,
        title=pages.strings.say("readers_title"),
        assets=name_assets(pages),
        is_owner=editor.is_owner,
        letters=[{"id": key, "title": title} for key, title in titles.items()],
        known=_show_counts(pages, known, titles) if known else None,
        told=asked.told,
        problem=describe_problem(asked.problem),
        report=_show_report(pages, report) if report else None,
        is_taken=asked.report is not None,
        first_rows=_show_rows(pages, asked),
        token=asked.token,
    )


def render_reader(
    opened: OpenNewsroom,
    pages: Pages,
    counts: Counts,
    editor: Editor,
    read: tuple[int, outcomes.ReaderData],
) -> bytes:
    """Return the page of one newsletter subscriber: what is stored, with up to 100 deliveries."""
    number, data = read
    titles = name_letters(opened.newsroom)
    say, views = pages.strings.say, pages.views
    return pages.page(
        "mailing_reader.html",
        editor,
        counts,
        title=text.fold(data.address),
        assets=name_assets(pages),
        href=f"{views.root}mailing/readers/{number}/",
        number=number,
        address=data.address,
        state=say(f"reader_{data.state}"),
        language=data.language,
        made=views.time(data.made),
        paused_until=views.time(data.paused_until),
        new_address=text.fold(data.new_address),
        address_changes=[views.time(at) for at in data.address_changes],
        suppressed=say(f"suppressed_{data.suppressed}") if data.suppressed else "",
        suppressed_since=views.time(data.suppressed_since),
        suppression_detail=text.fold(data.suppression_detail),
        subscriptions=[_show_subscription(pages, kept, titles) for kept in data.subscriptions],
        consents=[_show_consent(pages, kept, titles) for kept in data.consents],
        deliveries=[_show_delivery(pages, kept) for kept in data.deliveries[:_SHOWN_DELIVERIES]],
        more=max(0, len(data.deliveries) - _SHOWN_DELIVERIES),
        returns=[_show_return(pages, kept) for kept in data.returns],
        waiting=[say(f"outbox_{kind}") for kind in data.waiting_mails],
        letters=[{"id": key, "title": title} for key, title in titles.items()],
    )


def render_suppressions(
    pages: Pages,
    editor: Editor,
    counts: Counts,
    rows: Sequence[by_hand.SuppressionRow],
    following: int,
) -> bytes:
    """Return a page of suppressed addresses; `following` is the next page's first row.

    It is 0 if there is no next page.
    """
    root, say = pages.views.root, pages.strings.say
    return pages.page(
        "mailing_suppressions.html",
        editor,
        counts,
        title=say("suppressions_title"),
        assets=name_assets(pages),
        suppressions=[
            {
                "address": text.fold(row.address),
                "reason": say(f"suppressed_{row.reason}"),
                "since": pages.views.time(row.since),
                "detail": text.fold(row.detail),
            }
            for row in rows
        ],
        next=f"{root}mailing/readers/suppressions/?skip={following}" if following else "",
    )


def _show_counts(pages: Pages, known: by_hand.ReaderCounts, titles: Mapping[str, str]) -> View:
    say = pages.strings.say
    states = [
        (say(f"reader_{state}"), count)
        for state, count in sorted(known.states.items(), key=lambda row: _STATES.index(row[0]))
    ]
    if known.suppressed_readers:
        states.append((say("readers_not_sent"), known.suppressed_readers))
    return {
        "states": [{"word": word, "count": f"{count:,}"} for word, count in states],
        "letters": [
            {"title": text.fold(titles.get(letter, letter)), "count": f"{count:,}"}
            for letter, count in known.letters.items()
        ],
        "suppressed": [
            {"word": say(f"suppressed_{reason}"), "count": f"{count:,}"}
            for reason, count in sorted(
                known.suppressed.items(), key=lambda row: _REASONS.index(row[0])
            )
        ],
        "waiting_mails": f"{known.waiting_mails:,}" if known.waiting_mails else "",
    }


def _show_report(pages: Pages, report: exchange.ImportReport) -> View:
    say, added = pages.strings.say, report.counts.get("added", 0)
    return {
        "sum": say("import_would" if report.is_rehearsal else "import_did", count=added),
        "rows": say("import_rows", count=report.rows),
        "layout": ", ".join([report.layout, *report.state_columns]),
        "added": added,
        "kinds": [
            {"word": say(f"import_{kind}"), "count": f"{count:,}"}
            for kind, count in report.counts.items()
        ],
    }


def _show_rows(pages: Pages, asked: ReadersAsked) -> list[View]:
    """Return the first rows of an uploaded file, each with its line number."""
    if asked.rehearsal is None or asked.sent is None:
        return []
    is_wide = b"\0" in asked.sent.data[:1_000]  # UTF-16: no line numbers
    lines = [] if is_wide else asked.sent.data[:1_000_000].splitlines()
    return [
        {
            "line": row.line,
            "kind": row.kind,
            "word": pages.strings.say(f"import_{row.kind}"),
            "words": _read_line(lines, row.line),
        }
        for row in asked.rehearsal.rows
    ]


def _read_line(lines: Sequence[bytes], number: int) -> str:
    line = lines[number - 1] if number <= len(lines) else b""
    return text.fold(line[: 2 * _SHOWN_LINE].decode("utf-8", "replace"))[:_SHOWN_LINE]


def _show_subscription(
    pages: Pages, kept: outcomes.KeptSubscription, titles: Mapping[str, str]
) -> View:
    return {
        "letter": text.fold(titles.get(kept.letter, kept.letter)),
        "topics": text.fold(", ".join(kept.topics)),
        "since": pages.views.time(kept.since),
    }


def _show_consent(pages: Pages, kept: outcomes.KeptConsent, titles: Mapping[str, str]) -> View:
    return {
        "letter": text.fold(titles.get(kept.letter, kept.letter)),
        "time": pages.views.time(kept.at),
        "how": pages.strings.say(f"consent_{kept.how}"),
        "proof": text.fold(kept.proof),
        "words": text.fold(kept.words),
    }


def _show_delivery(pages: Pages, kept: outcomes.KeptDelivery) -> View:
    return {
        "issue": kept.issue,
        "href": link_issue(pages.views.root, kept.issue),
        "state": pages.strings.say(f"delivery_{kept.state}"),
        "time": pages.views.time(kept.at),
        "words": text.fold(f"{kept.code or ''} {kept.words}".strip()),
    }


def _show_return(pages: Pages, kept: outcomes.KeptReturn) -> View:
    say = pages.strings.say
    return {
        "issue": kept.issue,
        "kind": say(f"return_{kept.kind}"),
        "doubts": ", ".join(
            say(word)
            for word, holds in (
                ("return_unproved", not kept.is_proved),
                ("return_former", kept.is_from_former_address),
            )
            if holds
        ),
        "time": pages.views.time(kept.at),
        "words": text.fold(f"{kept.status} {kept.words}".strip()),
    }


_ORDER = ("fault", "unknown", "remark", "ok")


def render_checks(
    opened: OpenNewsroom,
    pages: Pages,
    counts: Counts,
    editor: Editor,
    problem: CopydeskError | None,
) -> bytes:
    """Return the page of the mail checks' last findings, by the current settings."""
    newsroom = opened.newsroom
    report = checks.MailCheckReport()
    if newsletters.has_mail(newsroom.private):
        with addresses.open_readers(newsroom) as store:
            report = checks.read_checks(newsroom, store)
    findings = [_show_finding(pages, finding, report) for finding in report.findings]
    return pages.page(
        "mailing_checks.html",
        editor,
        counts,
        title=pages.strings.say("checks_title"),
        assets=name_assets(pages),
        is_owner=editor.is_owner,
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
        problem=describe_problem(problem),
    )


def _find_standing(report: checks.MailCheckReport) -> str:
    """Return the key of the text that says what the mail checks mean for sending."""
    if report.obstacles:
        return "checks_hold"
    if report.at or report.overruled:
        return "checks_clear"
    return "checks_changed" if report.outdated else "checks_never"


def _show_finding(
    pages: Pages, finding: checks.KeptFinding, report: checks.MailCheckReport
) -> View:
    return {
        "kind": finding.kind,
        "state": finding.state,
        "state_word": pages.strings.say(f"check_{finding.state}"),
        "what": text.fold(finding.what),
        "hint": text.fold(finding.hint),
        "is_obstacle": finding.kind in report.obstacles and finding.state == "fault",
    }
