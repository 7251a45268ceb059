"""Examine a newsroom by the checks of all rooms: what is wrong, why, and the line that mends it.

examine_folder: for a command, on copies of the databases -> Findings
examine: for a server that has the newsroom open; without the files of the databases
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from copydesk import newsletters
from copydesk.building import DEPLOY_CHECK
from copydesk.building.posts import POST_CHECK
from copydesk.desk_store import has_desk, open_desk
from copydesk.kit import dates, urls
from copydesk.newsletters.checks import MAIL_CHECK
from copydesk.newsletters.readers import addresses, by_hand, limits
from copydesk.newsroom import Newsroom, Progress, Silence, checks
from copydesk.newsroom.checks import Check, Finding, finding
from copydesk.newsroom.starts import find_demo
from copydesk.rounds.sources import check_sources
from copydesk.writing import MODEL_CHECK

_SILENCE = Silence()
_RECENT = timedelta(days=14)  # older issues are of no interest any more
_LATE = timedelta(hours=2)
_LISTED = 20  # sources that are named; `sources check` names all


@dataclass(frozen=True, slots=True, kw_only=True)
class Examination:
    """The findings on a newsroom, and the names of the checks that were made."""

    findings: tuple[Finding, ...]
    checked: tuple[str, ...]


def examine_folder(
    root: Path, environ: Mapping[str, str], now: datetime, progress: Progress = _SILENCE
) -> Examination:
    """Examine a newsroom that may not be possible to open; nothing in its folder changes.

    Mail servers and name servers are asked if newsletters are sent by SMTP. For a process of its
    own: it reads the files of databases.
    """
    found = list(checks.find_closed_folder(root))
    if found:
        return Examination(findings=tuple(found), checked=("folder",))
    progress.stage("databases")
    with checks.open_apart(root, environ, now, found) as (newsroom, is_whole):
        table = [check for check in CHECKS if is_whole or check.is_of_folder]
        found += _examine(newsroom, table, progress)
    names = ("stores", "settings", *(check.name for check in table))
    return Examination(findings=tuple(found), checked=tuple(dict.fromkeys(names)))


def examine(newsroom: Newsroom, only_alarms: bool = False) -> list[Finding]:
    """Return the findings on an open newsroom; with `only_alarms`, of what is quickly checked.

    The network is not asked.
    """
    table = [check for check in CHECKS if check.is_alarm or not only_alarms]
    return list(_examine(newsroom, table, _SILENCE))


def _examine(newsroom: Newsroom, table: list[Check], progress: Progress) -> Iterator[Finding]:
    progress.stage("checks", len(table))
    for check in table:
        try:
            yield from check.find(newsroom)
        except Exception as error:  # even a bug must not hide what the other checks find
            yield checks.explain(check.name, error)
        progress.step()


def _find_source_faults(newsroom: Newsroom) -> Iterator[Finding]:
    root, rows = newsroom.root, check_sources(newsroom)
    if not rows:
        yield finding("sources-none", root=root)
    elif not newsroom.settings.fetch.contact:
        yield finding("sources-contact")
    shown = [] if find_demo(root) else rows  # those of the demo are recorded, and one has ended
    troubled = [row for row in shown if row.needs_person or row.moved_to]
    for row in troubled[:_LISTED]:
        kind = "source-failing" if row.needs_person else "source-moved"
        words = {"words": row.findings[0].words, "hint": row.findings[0].hint, "url": row.url}
        yield finding(kind, name=row.name or row.url, to=row.moved_to, root=root, **words)
    if len(troubled) > _LISTED:
        yield finding("sources-more", root=root, count=len(troubled) - _LISTED)


def _list_letter_faults(newsroom: Newsroom, store: newsletters.MailStore) -> list[Finding]:
    """Return newsletters without settings, issues that are stuck, and mails that wait too long."""
    root, now, found = newsroom.root, newsroom.now, []
    for lost in by_hand.find_lost_letters(newsroom, store):
        words = {"letter": lost.letter, "readers": lost.readers, "root": root}
        command = lost.command.removeprefix("copydesk ")
        found.append(finding("letter-lost", words=command, **words))
    for sending in store.ledger.list_sendings(states=("ready", "awaits-word", "paused")):
        is_stopped = sending.state == "paused" and sending.remark
        kind = "letter-late" if sending.state == "ready" else "letter-waits"
        kind = "letter-paused" if is_stopped else kind
        if _LATE < now - sending.made < _RECENT and sending.remark != "checks":
            at = dates.rfc3339(sending.made)
            found.append(finding(kind, root=root, issue=sending.issue, at=at))
    made = [mail.made for mail in store.outbox.list_due(now + _RECENT)]
    if made and now - min(made) > _LATE:
        found.append(finding("letter-outbox", root=root, at=dates.rfc3339(min(made))))
    return found


def _find_letter_faults(newsroom: Newsroom) -> Iterator[Finding]:
    yield from addresses.read_if_any(newsroom, _list_letter_faults, [])


def _find_sign_up_faults(newsroom: Newsroom) -> Iterator[Finding]:
    if flood := addresses.read_if_any(newsroom, limits.find_sign_up_flood, None):
        kind = "sign-ups-full" if flood.mails >= flood.most else "sign-ups-many"
        yield finding(kind, root=newsroom.root, what=flood.what, hint=flood.hint)


def _find_desk_faults(newsroom: Newsroom) -> Iterator[Finding]:
    if not has_desk(newsroom.databases):
        return
    with contextlib.closing(open_desk(newsroom.databases)) as store:
        waiting, has_owner = store.actions.waiting(1), store.accounts.has_owner()
    if waiting and newsroom.now - waiting[0].at > _LATE:
        yield finding("desk-queue", root=newsroom.root, at=dates.rfc3339(waiting[0].at))
    if not has_owner:
        yield finding("desk-owner", root=newsroom.root)
    settings, host = newsroom.settings, urls.host(newsroom.settings.serve.public_url)
    if host and not (settings.desk.host or urls.is_loopback(host)):
        yield finding("desk-host", host=f"desk.{host}")


CHECKS: tuple[Check, ...] = (
    *checks.FOLDER_CHECKS,
    Check(name="sources", find=_find_source_faults),
    DEPLOY_CHECK,
    POST_CHECK,
    MODEL_CHECK,
    MAIL_CHECK,
    Check(name="letters", find=_find_letter_faults, is_alarm=True),
    Check(name="sign-ups", find=_find_sign_up_faults),
    Check(name="desk", find=_find_desk_faults),
)
