"""Render the list of sent newsletter issues, and the page of one: progress, deliveries, test."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import quote, urlencode

from copydesk import newsletters
from copydesk.desk._newsroom_thread import Counts
from copydesk.desk._pages import Pages
from copydesk.desk._story_view import View
from copydesk.errors import CopydeskError, MailStoreError
from copydesk.kit import text
from copydesk.newsletters import delivery_log, smtp
from copydesk.newsletters.readers import addresses, by_hand, limits
from copydesk.newsletters.sending.begin import list_unsent_issues
from copydesk.newsroom import Newsroom
from copydesk.placement.addresses import local_time

_SHOWN = 20  # sendings of a page
_UNSENT = timedelta(days=30)  # older issues are not offered for sending


def render_mailing(pages: Pages, before: str) -> bytes:
    """Return the page of newsletter issues that were sent, are being sent, or may be sent.

    If the subscribers' database fails, the page says so.
    """
    problem: MailStoreError | None = None
    sendings, unsent, lost, flood = list[View](), list[View](), list[View](), ""
    try:
        sendings = list_newest(pages, before)
        if pages.editor.may_edit and not before:
            unsent = list(_list_unsent(pages))
            lost = _list_lost_letters(pages)
            flood = _describe_flood(pages)
    except MailStoreError as error:
        problem = error
    return pages.page(
        "mailing.html",
        title=pages.strings.say("mailing_title"),
        assets=name_assets(pages),
        sendings=sendings[:_SHOWN],
        is_alone=False,
        unsent=unsent,
        lost=lost,
        flood=flood,
        older=_link_older(pages, sendings),
        is_going=any(sending["is_going"] for sending in sendings),
        is_set_up=bool(pages.opened.newsroom.settings.mail.deliver),
        problem=describe_problem(problem),
    )


def list_newest(pages: Pages, before: str = "") -> list[View]:
    """Return the newsletter issues that were sent last, or before the issue `before`.

    There is one more than a page shows, if there are more.
    """
    if not newsletters.has_mail(pages.opened.newsroom.private):
        return []
    titles = name_letters(pages.opened.newsroom)
    with addresses.open_readers(pages.opened.newsroom) as store:
        rows = delivery_log.list_sendings(store, _SHOWN + 1, before)
    return [show_sending(pages, row, titles) for row in rows]


def show_fresh(pages: Pages) -> bytes:
    """Return the HTML of the newest sent issues only, to update an open page."""
    return _render_sendings(pages, list_newest(pages)[:_SHOWN], is_alone=False)


def _render_sendings(pages: Pages, sendings: Sequence[View], *, is_alone: bool) -> bytes:
    may = {"may_edit": pages.editor.may_edit, "is_owner": pages.editor.is_owner}
    page = {"sendings": sendings, "is_alone": is_alone, **may}
    return pages.fragment("mailing_sendings.html", page=page)


def name_assets(pages: Pages) -> Mapping[str, str]:
    """Return the URLs of the style sheet and script of the newsletter pages."""
    return {"style": pages.asset("mailing.css"), "script": pages.asset("mailing.js")}


def describe_problem(problem: CopydeskError | None) -> View | None:
    """Return an error as values for the templates, None if there is no error."""
    return None if problem is None else {"what": str(problem), "hint": problem.hint}


def describe_rehearsal(
    pages: Pages, rehearsal: delivery_log.SendingRehearsal, titles: Mapping[str, str]
) -> View:
    """Return the size and number of recipients of an unsent issue, for the templates."""
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


def _list_unsent(pages: Pages) -> Iterator[View]:
    newsroom = pages.opened.newsroom
    if not newsroom.settings.mail.deliver:
        return
    titles = name_letters(newsroom)
    with addresses.open_readers(newsroom) as store:
        for issue in list_unsent_issues(newsroom, store, _UNSENT):
            try:
                rehearsal = delivery_log.rehearse_sending(newsroom, store, issue)
            except MailStoreError:
                raise
            except CopydeskError as error:
                yield _show_faulty(pages, issue, error)
            else:
                yield describe_rehearsal(pages, rehearsal, titles)


def _list_lost_letters(pages: Pages) -> list[View]:
    """Return newsletters that no longer exist but still have subscribers."""
    found = addresses.read_if_any(pages.opened.newsroom, by_hand.find_lost_letters, ())
    return [
        {
            "says": pages.strings.say(
                "mailing_lost_letter", count=lost.readers, letter=text.fold(lost.letter)
            ),
            "command": lost.command,
        }
        for lost in found
    ]


def _describe_flood(pages: Pages) -> str:
    """Return a warning of unusually many newsletter sign-ups, "" on a usual day."""
    flood = addresses.read_if_any(pages.opened.newsroom, limits.find_sign_up_flood, None)
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


_WHO_ROWS = 100
_ROOM_OF_WORDS = 300  # characters of a server's words
_BAD_ANSWERS = frozenset({"refused", "unsent", "uncertain"})


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueAsked:
    """The request for an issue's page: which deliveries to show, and the last action's outcome.

    `found` are the deliveries to an address that was searched, None without a search; `tried` is
    the server's answer to a test mail.
    """

    issue: str
    state: str = ""
    after: int = 0
    found: Sequence[tuple[int, delivery_log.WhoLine]] | None = None
    tried: smtp.Answer | None = None
    problem: CopydeskError | None = None


def render_issue(pages: Pages, asked: IssueAsked) -> bytes:
    """Return the page of a newsletter issue; raises UsageError if there is no such issue."""
    sending, rehearsal, who = _read_issue(pages.opened.newsroom, pages, asked)
    lines = who.lines if asked.found is None else asked.found
    return pages.page(
        "mailing_issue.html",
        title=asked.issue,
        assets=name_assets(pages),
        sending=sending,
        rehearsal=rehearsal,
        href=link_issue(pages.views.root, asked.issue),
        sendings=[sending] if sending else [],
        is_alone=True,
        is_going=bool(sending and sending["is_going"]),
        states=_list_states(pages, asked),
        lines=[
            _show_line(pages, number, line, is_owner=pages.editor.is_owner)
            for number, line in lines
        ],
        is_search=asked.found is not None,
        next=_link_next(pages, asked, who.after) if asked.found is None else "",
        is_set_up=bool(pages.opened.newsroom.settings.mail.deliver),
        own_addresses=_list_own_addresses(pages.opened.newsroom, pages.counts),
        most_tests=pages.opened.newsroom.settings.mail.test_letters_a_day,
        tried=_show_answer(pages, asked.tried),
        problem=describe_problem(asked.problem),
    )


def _list_own_addresses(newsroom: Newsroom, counts: Counts) -> list[str]:
    """Return the mail addresses to which a test mail of an issue may go."""
    names = (account.name for account in counts.store.accounts.list() if "@" in account.name)
    return [*newsroom.settings.mail.test_addresses, *names]


def _read_issue(
    newsroom: Newsroom, pages: Pages, asked: IssueAsked
) -> tuple[View | None, View | None, delivery_log.WhoPage]:
    """Return an issue's progress and deliveries, or what sending the issue would do."""
    titles = name_letters(newsroom)
    with addresses.open_readers(newsroom) as store:
        if store.ledger.find(asked.issue) is None:
            rehearsed = delivery_log.rehearse_sending(newsroom, store, asked.issue)
            return (
                None,
                describe_rehearsal(pages, rehearsed, titles),
                delivery_log.WhoPage(lines=()),
            )
        row = delivery_log.find_sending(store, asked.issue)
        who = delivery_log.page_who(store, asked.issue, asked.state, asked.after, _WHO_ROWS)
    return show_sending(pages, row, titles), None, who


def show_fresh_issue(pages: Pages, issue: str) -> bytes:
    """Return the HTML of one newsletter issue's progress only, to update an open page."""
    with addresses.open_readers(pages.opened.newsroom) as store:
        row = delivery_log.find_sending(store, issue)
    sending = show_sending(pages, row, name_letters(pages.opened.newsroom))
    return _render_sendings(pages, [sending], is_alone=True)


def _list_states(pages: Pages, asked: IssueAsked) -> list[View]:
    say = pages.strings.say
    listed = [("", say("any")), *((state, say(f"delivery_{state}")) for state in STATES)]
    return [
        {"value": value, "name": name, "is_chosen": value == asked.state} for value, name in listed
    ]


def _show_line(pages: Pages, number: int, line: delivery_log.WhoLine, *, is_owner: bool) -> View:
    """Return a delivery of an issue to a subscriber; only owners see mail addresses."""
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


def _show_answer(pages: Pages, answer: smtp.Answer | None) -> View | None:
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


STATES = (
    *("accepted", "waiting", "refused", "given-up", "uncertain", "skipped"),
    *("queued", "intended", "handed-over"),
)
_OPEN = frozenset({"queued", "intended", "waiting"})
_GOING = frozenset({"ready", "sending"})
_ENDABLE = frozenset({"ready", "sending", "awaits-word", "paused"})


def link_issue(root: str, issue: str) -> str:
    """Return the URL of the page of a newsletter issue."""
    return f"{root}mailing/{quote(issue, safe='')}/"


def show_sending(pages: Pages, row: delivery_log.SendingRow, titles: Mapping[str, str]) -> View:
    """Return the progress of sending an issue as values for the templates.

    `titles` are newsletters' titles by id.
    """
    say, href = pages.strings.say, link_issue(pages.views.root, row.issue)
    total = sum(row.counts.values())
    settled = sum(count for state, count in row.counts.items() if state not in _OPEN)
    return {
        "issue": row.issue,
        "href": href,
        "letter": text.fold(titles.get(row.letter, row.letter)),
        "state": row.state,
        "state_word": say(f"sending_{row.state}"),
        "is_going": row.state in _GOING,
        "awaits": say(f"sending_awaits_{row.remark}") if row.remark else "",
        "checks": f"{pages.views.root}mailing/checks/" if row.remark == "checks" else "",
        "via": "" if row.via == "smtp" else row.via,
        "by": text.fold(row.by),
        "made": pages.views.time(row.made),
        "settled": settled,
        "total": total,
        "progress": say("sending_progress", done=f"{settled:,}", total=f"{total:,}", count=total),
        "counts": [
            _show_count(pages, href, state, row.counts[state])
            for state in STATES
            if row.counts.get(state)
        ],
        "returns": [
            {"word": say(f"return_{kind}"), "count": f"{count:,}"}
            for kind, count in sorted(row.returns.items())
        ],
        "views": f"{row.views:,}" if row.views else "",
        "next": pages.views.time(row.next_due) if row.counts.get("waiting") else "",
        "may_send": row.state in {"awaits-word", "paused"},
        "send_word": say("sending_resume")
        if row.state == "paused"
        else say("sending_send_to", count=total - settled),
        **_show_again(pages, row),
        "may_pause": row.state in _GOING,
        "may_end": row.state in _ENDABLE,
        "left": f"{total - settled:,}",
    }


def _show_again(pages: Pages, row: delivery_log.SendingRow) -> View:
    """Return whether an issue may be resent to uncertain subscribers, and who allowed it."""
    say = pages.strings.say
    is_open = row.state == "done" and row.again_at is None
    count = row.counts.get("uncertain", 0) if is_open else 0
    return {
        "again_count": count,
        "again_means": say("sending_again_means", count=count),
        "again_now": say("sending_again_now", count=count),
        "again_by": say("sending_again_by", name=text.fold(row.again_by)) if row.again_by else "",
        "again_at": pages.views.time(row.again_at),
    }


def name_letters(newsroom: Newsroom) -> dict[str, str]:
    """Return the titles of newsletters by id; without one it is the site's title."""
    return {
        letter.id: text.fold(letter.title) or text.fold(newsroom.beat.title)
        for letter in newsroom.settings.letters
    }


def _show_count(pages: Pages, href: str, state: str, count: int) -> View:
    return {
        "state": state,
        "word": pages.strings.say(f"delivery_{state}"),
        "count": f"{count:,}",
        "href": f"{href}?{urlencode({'state': state})}#who",
    }
