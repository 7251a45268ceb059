"""The page of what goes out: each issue with how far it is, and those that were not sent yet."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode

from copydesk import engine
from copydesk.desk._counts import Counts
from copydesk.desk._newsroom_thread import OpenNewsroom
from copydesk.desk._pages import Editor, Pages, asset_name
from copydesk.desk._story_view import View
from copydesk.desk.mailing._sending_view import link_issue, name_letters, show_sending
from copydesk.errors import CopydeskError, MailStoreError
from copydesk.kit import text
from copydesk.placement import local_time

_SHOWN = 20  # sendings of a page
_UNSENT = timedelta(days=30)  # so new an issue is offered to be sent


@dataclass(frozen=True, slots=True, kw_only=True)
class MailingState:
    """Who looks at the page of what goes out, and what became of what they did."""

    editor: Editor
    is_owner: bool
    before: str = ""
    problem: CopydeskError | None = None


def render_mailing(
    opened: OpenNewsroom, pages: Pages, counts: Counts, state: MailingState
) -> bytes:
    """Return the page of what goes out; a file of readers that fails is said on it."""
    problem = state.problem
    sendings, unsent, lost, flood = list[View](), list[View](), list[View](), ""
    try:
        sendings = list_newest(opened, pages, state.before)
        if state.editor.may_edit and not state.before:
            unsent = list(_list_unsent(opened, pages))
            lost = _list_lost_letters(opened, pages)
            flood = _describe_flood(opened, pages)
    except MailStoreError as error:
        problem = problem or error
    return pages.page(
        "mailing.html",
        state.editor,
        counts,
        title=pages.strings.say("mailing_title"),
        assets=name_assets(pages),
        sendings=sendings[:_SHOWN],
        is_alone=False,
        unsent=unsent,
        lost=lost,
        flood=flood,
        older=_link_older(pages, sendings),
        is_going=any(sending["is_going"] for sending in sendings),
        is_set_up=bool(opened.newsroom.settings.mail.deliver),
        is_owner=state.is_owner,
        problem=describe_problem(problem),
    )


def list_newest(opened: OpenNewsroom, pages: Pages, before: str = "") -> list[View]:
    """Return the newest sendings, or those before one, and one more where there are."""
    if not engine.has_mail(opened.newsroom.private):
        return []
    titles = name_letters(opened.newsroom)
    with engine.open_readers(opened.newsroom) as store:
        rows = engine.list_sendings(store, _SHOWN + 1, before)
    return [show_sending(pages, row, titles) for row in rows]


def show_fresh(opened: OpenNewsroom, pages: Pages, viewer: tuple[Editor, bool]) -> bytes:
    """Return the newest sendings alone, for a page that is open; `viewer` as `render_issue`."""
    editor, is_owner = viewer
    sendings = list_newest(opened, pages)[:_SHOWN]
    page = {
        "sendings": sendings,
        "may_edit": editor.may_edit,
        "is_owner": is_owner,
        "is_alone": False,
    }
    return pages.fragment("mailing_sendings.html", page=page)


def name_assets(pages: Pages) -> Mapping[str, str]:
    """Return where the style and the script of these pages are."""
    place = f"{pages.views.root}assets/"
    return {
        "style": f"{place}{asset_name('mailing.css')}",
        "script": f"{place}{asset_name('mailing.js')}",
    }


def describe_problem(problem: CopydeskError | None) -> View | None:
    """Return what is wrong as the templates say it, None where nothing is."""
    return None if problem is None else {"what": str(problem), "hint": problem.hint}


def describe_rehearsal(
    pages: Pages, rehearsal: engine.SendingRehearsal, titles: Mapping[str, str]
) -> View:
    """Return what sending an issue would be as the templates show it."""
    say = pages.strings.say
    return {
        "issue": rehearsal.issue,
        "href": link_issue(pages.views.root, rehearsal.issue),
        "letter": text.fold(titles.get(rehearsal.letter, rehearsal.letter)),
        "readers": say("mailing_readers", count=rehearsal.readers),
        "send_word": say("sending_send_to", count=rehearsal.readers),
        "size": say("mailing_size", size=f"{rehearsal.bytes / 1000:,.0f}"),
        "awaits": say(f"sending_awaits_{rehearsal.remark}") if rehearsal.remark else "",
        "is_checked": rehearsal.remark != "checks",
        "problem": None,
    }


def _list_unsent(opened: OpenNewsroom, pages: Pages) -> Iterator[View]:
    newsroom = opened.newsroom
    if not newsroom.settings.mail.deliver:
        return
    titles = name_letters(newsroom)
    with engine.open_readers(newsroom) as store:
        for issue in engine.list_unsent_issues(newsroom, store, _UNSENT):
            try:
                rehearsal = engine.rehearse_sending(newsroom, store, issue)
            except MailStoreError:
                raise
            except CopydeskError as error:
                yield _show_faulty(pages, issue, error)
            else:
                yield describe_rehearsal(pages, rehearsal, titles)


def _list_lost_letters(opened: OpenNewsroom, pages: Pages) -> list[View]:
    """Return the letters that people are subscribed to and that are no more."""
    if not engine.has_mail(opened.newsroom.private):
        return []
    with engine.open_readers(opened.newsroom) as store:
        found = engine.find_lost_letters(opened.newsroom, store)
    return [
        {
            "says": pages.strings.say(
                "mailing_lost_letter", count=lost.readers, letter=text.fold(lost.letter)
            ),
            "command": lost.command,
        }
        for lost in found
    ]


def _describe_flood(opened: OpenNewsroom, pages: Pages) -> str:
    """Return words for unusually many sign-ups, "" on a usual day."""
    if not engine.has_mail(opened.newsroom.private):
        return ""
    with engine.open_readers(opened.newsroom) as store:
        flood = engine.find_sign_up_flood(opened.newsroom, store)
    if flood is None:
        return ""
    at = local_time(datetime.fromisoformat(flood.at), pages.views.zone)
    values = {"mails": flood.mails, "most": flood.most, "time": f"{at:%H:%M}"}
    return pages.strings.say("mailing_flood_about", **values)


def _show_faulty(pages: Pages, issue: str, error: CopydeskError) -> View:
    empty = dict.fromkeys(("letter", "readers", "size", "awaits"), "")
    href = link_issue(pages.views.root, issue)
    problem = describe_problem(error)
    return {**empty, "issue": issue, "href": href, "is_checked": False, "problem": problem}


def _link_older(pages: Pages, sendings: Sequence[View]) -> str:
    if len(sendings) <= _SHOWN:
        return ""
    last = sendings[_SHOWN - 1]["issue"]
    return f"{pages.views.root}mailing/?{urlencode({'before': last})}"
