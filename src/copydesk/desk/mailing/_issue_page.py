"""The page of one issue: how it went, who got it, and a letter of it to try."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from copydesk import engine
from copydesk.desk._counts import Counts
from copydesk.desk._newsroom_thread import OpenNewsroom
from copydesk.desk._pages import Editor, Pages
from copydesk.desk._story_view import View
from copydesk.desk.mailing._mailing_page import describe_problem, describe_rehearsal, name_assets
from copydesk.desk.mailing._sending_view import STATES, link_issue, name_letters, show_sending
from copydesk.errors import CopydeskError
from copydesk.kit import text

_WHO_ROWS = 100
_ROOM_OF_WORDS = 300  # characters of a server's words
_BAD_ANSWERS = frozenset({"refused", "unsent", "uncertain"})


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueAsked:
    """Which page of who got an issue somebody wants, and what became of what they did.

    `found` are the lines of an address that was looked for, None where none was; `tried` is what
    the server said to a letter that was tried out.
    """

    issue: str
    state: str = ""
    after: int = 0
    found: Sequence[tuple[int, engine.WhoLine]] | None = None
    tried: engine.Answer | None = None
    problem: CopydeskError | None = None


def render_issue(
    opened: OpenNewsroom,
    pages: Pages,
    counts: Counts,
    viewer: tuple[Editor, bool],
    asked: IssueAsked,
) -> bytes:
    """Return the page of an issue; `viewer` is who looks, and whether they are an owner.

    Raises UsageError where there is no such issue, neither sent nor filed.
    """
    editor, is_owner = viewer
    sending, rehearsal, who = _read_issue(opened.newsroom, pages, asked)
    lines = who.lines if asked.found is None else asked.found
    return pages.page(
        "mailing_issue.html",
        editor,
        counts,
        title=asked.issue,
        assets=name_assets(pages),
        sending=sending,
        rehearsal=rehearsal,
        href=link_issue(pages.views.root, asked.issue),
        sendings=[sending] if sending else [],
        is_alone=True,
        is_going=bool(sending and sending["is_going"]),
        states=_list_states(pages, asked),
        lines=[_show_line(pages, number, line, is_owner=is_owner) for number, line in lines],
        is_search=asked.found is not None,
        next=_link_next(pages, asked, who.after) if asked.found is None else "",
        is_owner=is_owner,
        is_set_up=bool(opened.newsroom.settings.mail.deliver),
        own_addresses=_list_own_addresses(opened.newsroom, counts),
        most_tests=opened.newsroom.settings.mail.test_letters_a_day,
        tried=_show_answer(pages, asked.tried),
        problem=describe_problem(asked.problem),
    )


def _list_own_addresses(newsroom: engine.Newsroom, counts: Counts) -> list[str]:
    """Return where a test letter may go."""
    names = (account.name for account in counts.store.accounts.list() if "@" in account.name)
    return [*newsroom.settings.mail.test_addresses, *names]


def _read_issue(
    newsroom: engine.Newsroom, pages: Pages, asked: IssueAsked
) -> tuple[View | None, View | None, engine.WhoPage]:
    """Return how an issue stands or, if it was not sent, what sending it would be; who got it."""
    titles = name_letters(newsroom)
    with engine.open_readers(newsroom) as store:
        if store.ledger.find(asked.issue) is None:
            rehearsed = engine.rehearse_sending(newsroom, store, asked.issue)
            return None, describe_rehearsal(pages, rehearsed, titles), engine.WhoPage(lines=())
        row = engine.find_sending(store, asked.issue)
        who = engine.page_who(store, asked.issue, asked.state, asked.after, _WHO_ROWS)
    return show_sending(pages, row, titles), None, who


def show_fresh_issue(
    opened: OpenNewsroom, pages: Pages, viewer: tuple[Editor, bool], issue: str
) -> bytes:
    """Return how an issue stands alone, for a page that is open; `viewer` as `render_issue`."""
    editor, is_owner = viewer
    with engine.open_readers(opened.newsroom) as store:
        row = engine.find_sending(store, issue)
    sending = show_sending(pages, row, name_letters(opened.newsroom))
    page = {
        "sendings": [sending],
        "may_edit": editor.may_edit,
        "is_owner": is_owner,
        "is_alone": True,
    }
    return pages.fragment("mailing_sendings.html", page=page)


def _list_states(pages: Pages, asked: IssueAsked) -> list[View]:
    say = pages.strings.say
    listed = [("", say("any")), *((state, say(f"delivery_{state}")) for state in STATES)]
    return [
        {"value": value, "name": name, "is_chosen": value == asked.state} for value, name in listed
    ]


def _show_line(pages: Pages, number: int, line: engine.WhoLine, *, is_owner: bool) -> View:
    """Return a line of the ledger; only owners see addresses."""
    address = line.address if is_owner else text.mask_address(line.address)
    root = pages.views.root
    return {
        "address": text.fold(address),
        "href": f"{root}mailing/readers/{number}/" if is_owner and line.address else "",
        "is_service": line.state == "handed-over" or number == 0,
        "state": line.state,
        "state_word": pages.strings.say(f"delivery_{line.state}"),
        "time": pages.views.time(line.at),
        "attempts": line.attempts or "",
        "code": line.code or "",
        "words": text.shorten(text.fold(line.words), _ROOM_OF_WORDS),
    }


def _show_answer(pages: Pages, answer: engine.Answer | None) -> View | None:
    if answer is None:
        return None
    return {
        "word": pages.strings.say(f"tried_{answer.kind}"),
        "is_bad": answer.kind in _BAD_ANSWERS,
        "words": text.fold(f"{answer.code or ''} {answer.words}".strip()),
    }


def _link_next(pages: Pages, asked: IssueAsked, after: int) -> str:
    if not after:
        return ""
    query = {"state": asked.state, "after": str(after)}
    told = urlencode({name: value for name, value in query.items() if value})
    return f"{link_issue(pages.views.root, asked.issue)}?{told}#who"
