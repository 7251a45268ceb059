"""Checks, by the API: whether letters would arrive, as `copydesk mail doctor --json` says it."""

from __future__ import annotations

from typing import Literal

import msgspec

from copydesk import engine
from copydesk.desk._desk import Desk
from copydesk.desk._newsroom_thread import OpenNewsroom
from copydesk.desk.api._endpoint import Call, Nothing
from copydesk.desk.mailing import change_mail, examine_mail


class ApiFinding(msgspec.Struct, frozen=True, kw_only=True):
    """What one check found; `hint` is its mend, for a record that is missing the very line."""

    kind: str
    state: Literal["ok", "remark", "fault", "unknown"]
    what: str
    hint: str


class ApiOverruling(msgspec.Struct, frozen=True, kw_only=True):
    """A person's word that faults of a kind are to hold up no letter."""

    by: str
    why: str
    at: str


class ApiLostLetter(msgspec.Struct, frozen=True, kw_only=True):
    """A letter that the settings have no more, and how many still are subscribed to it.

    `command` moves its readers, where it was renamed.
    """

    letter: str
    readers: int
    command: str


class ApiSignUpFlood(msgspec.Struct, frozen=True, kw_only=True):
    """Unusually many sign-ups: how many of a day's mails to new subscribers were used by when."""

    at: str
    mails: int
    most: int


class ChecksAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What was found last with the settings of now; `at` is null where nobody has looked.

    `overruled` is by kinds of checks, or "all"; `obstacles` are the kinds that letters wait for.
    `sign_up_flood` is null on a usual day.
    """

    at: str | None
    findings: list[ApiFinding]
    overruled: dict[str, ApiOverruling]
    obstacles: list[str]
    lost_letters: list[ApiLostLetter]
    sign_up_flood: ApiSignUpFlood | None


async def read_checks(desk: Desk, _call: Call[Nothing, Nothing]) -> ChecksAnswer:
    """Return what was found last of whether letters would arrive; nobody is asked anything."""

    def answer(opened: OpenNewsroom) -> ChecksAnswer:
        newsroom = opened.newsroom
        if not engine.has_mail(newsroom.private):
            return _make_answer(engine.MailCheckReport())
        with engine.open_readers(newsroom) as store:
            return _read(newsroom, store)

    return await desk.thread.ask(answer)


async def make_checks(desk: Desk, _call: Call[Nothing, Nothing]) -> ChecksAnswer:
    """Look whether letters would arrive, as the page of checks does, and return what was found."""
    await examine_mail(desk)
    return await change_mail(desk, _read)


def _read(newsroom: engine.Newsroom, store: engine.MailStore) -> ChecksAnswer:
    report = engine.read_checks(newsroom, store)
    lost = engine.find_lost_letters(newsroom, store)
    return _make_answer(report, lost, engine.find_sign_up_flood(newsroom, store))


def _make_answer(
    report: engine.MailCheckReport,
    lost: tuple[engine.LostLetter, ...] = (),
    flood: engine.SignUpFlood | None = None,
) -> ChecksAnswer:
    told = {
        "at": report.at or None,
        "findings": report.findings,
        "overruled": report.overruled,
        "obstacles": report.obstacles,
        "lost_letters": lost,
        "sign_up_flood": flood,
    }
    return msgspec.convert(told, ChecksAnswer, from_attributes=True)
