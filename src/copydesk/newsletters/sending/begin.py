"""Begin to send a newsletter issue: queue it, either ready or waiting for a person's approval."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

from copydesk import archive
from copydesk.archive.letters import letter_path
from copydesk.desk_store import AuditEntry, open_desk
from copydesk.errors import CopydeskError, UsageError
from copydesk.kit import text
from copydesk.mail_store import MailStore
from copydesk.mail_store.deliveries import (
    DeliveryState,
    NewSending,
    Sending,
    SendingRemark,
    SendingState,
)
from copydesk.news.letter import Issue
from copydesk.newsletters import issue_filing, issues
from copydesk.newsletters.checks import find_mail_obstacle
from copydesk.newsroom import Newsroom
from copydesk.placement.addresses import parse_issue_name

_HELD = "held "  # prefix of facts: issues that wait for approval, in every process
_STILL_NEWS = timedelta(days=1)  # within which a filed issue is sent without being asked for


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueAudience:
    """Who will get a newsletter issue. `readers` is None if a newsletter service has the list."""

    via: str
    readers: int | None


def begin_sending(newsroom: Newsroom, store: MailStore, name: str, by: str = "") -> Sending:
    """Queue a newsletter issue for its subscribers. If it is queued already, only approve it.

    `by` is the person who approves: without one, a newsletter that needs approval waits for it.
    Raises UsageError if newsletters are not sent, there is no such issue, or it was sent or ended
    before.
    """
    via = newsroom.settings.mail.deliver
    if not via:
        hint = 'set deliver = "smtp" in [mail] of beat.toml; see docs/guides/send-newsletters.md'
        raise UsageError("sending newsletters is not set up", hint=hint)
    mail = issues.read_issue_to_send(newsroom, name)
    remark = find_missing_word(newsroom, store, mail, by)
    sending = store.ledger.begin(
        NewSending(
            issue=mail.name,
            letter=mail.letter.id,
            via=via,
            topics=mail.topics,
            by=by,
            state="awaits-word" if remark else "ready",
            remark=remark,
        ),
        newsroom.now,
    )
    if not by:
        return sending
    store.facts.forget(f"{_HELD}{mail.name}")
    return _approve(store, sending, remark, by)


def ask_and_file(
    newsroom: Newsroom,
    store: MailStore,
    letter_id: str,
    by: str,
    ask: Callable[[IssueAudience], bool],
) -> issue_filing.LetterOutcome:
    """Create a newsletter's next issue. If it would be sent at once, call `ask` for confirmation
    first.

    If `ask` returns False, the issue is filed and waits for approval. Raises as `file_letter` does.
    """
    held: list[str] = []

    def look(issue: Issue) -> None:
        audience = find_audience(newsroom, store, issue)
        if audience is not None and not ask(audience):
            held.append(issue.name)
            hold_issue(store, issue.name)

    try:
        outcome = issue_filing.file_letter(newsroom, letter_id, by, look)
    except BaseException:
        if held and not archive.digest_of(newsroom.root, letter_path(held[0])):
            store.facts.forget(f"{_HELD}{held[0]}")  # the next issue of that name is another one
        raise
    if not held:
        return outcome
    if outcome.state != "filed":  # another process has filed the issue
        store.facts.forget(f"{_HELD}{held[0]}")
        return outcome
    begin_sending(newsroom, store, held[0])
    return replace(outcome, is_held=True)


def find_audience(newsroom: Newsroom, store: MailStore, issue: Issue) -> IssueAudience | None:
    """Return who will get a newsletter issue, None if it needs approval or has no subscribers."""
    options = newsroom.settings.mail
    if not options.deliver or options.start == "person":
        return None
    if options.deliver in {"smtp", "postmark"}:
        readers = store.ledger.count_readers(issue.letter, issue.topics, newsroom.now)
        return IssueAudience(via=options.deliver, readers=readers) if readers else None
    if options.hand_over.is_draft:
        return None
    return IssueAudience(via=options.deliver, readers=None)


def hold_issue(store: MailStore, name: str) -> None:
    """Make a newsletter issue that is about to be created wait for approval before it is sent."""
    store.facts.put(f"{_HELD}{name}", "1")


def send_again(newsroom: Newsroom, store: MailStore, name: str, by: str, readers: int) -> Sending:
    """Queue a sent newsletter issue again, for the subscribers who may not have received it.

    That is an owner's decision, once per issue: some subscribers get it twice. `readers` is the
    number that the owner was shown. Raises UsageError if the number differs, the issue is not
    finished or was sent again before, or the mail checks hold it back.
    """
    sending = _find_repeatable(store, name)
    count = count_uncertain(store, name)
    if count != readers or not count:
        what = (
            f"deliveries that are uncertain by now: {count}"
            if count
            else "no delivery is uncertain"
        )
        raise UsageError(
            what, subject=sending.issue, hint="check the number again, then repeat the command"
        )
    obstacle = find_mail_obstacle(newsroom, store)
    if obstacle is not None:
        hint = "run `copydesk mail doctor` to see the faults and how to overrule them"
        raise UsageError(obstacle, subject=sending.issue, hint=hint)
    if not store.ledger.send_again(sending.number, by, newsroom.now):
        raise UsageError(
            "somebody else has just decided to send this issue again", subject=sending.issue
        )
    about = f"{sending.issue}: {count}"
    with contextlib.closing(open_desk(newsroom.private)) as desk:
        desk.audit.add(AuditEntry(at=newsroom.now, who=by, what="sent-again", about=about))
    return store.ledger.find(sending.issue) or sending


def count_uncertain(store: MailStore, name: str) -> int:
    """Count the subscribers to whom `send_again` would send. Raises UsageError if it may not."""
    sending = _find_repeatable(store, name)
    return store.ledger.count(sending.number).get(DeliveryState.UNCERTAIN, 0)


def _find_repeatable(store: MailStore, name: str) -> Sending:
    issue = name.removesuffix(".html").rpartition("/")[2]
    sending = store.ledger.find(issue)
    shown = text.fold(issue)[:80]
    if sending is None:
        hint = "run `copydesk mail send` to list the issues that were sent"
        raise UsageError("no delivery of this issue", subject=shown, hint=hint)
    if sending.again_at is not None:
        what = f"{text.fold(sending.again_by)} already sent this issue a second time"
        raise UsageError(what, subject=shown, hint="copydesk sends no issue a third time")
    if sending.state != "done":
        hint = "" if sending.state == "ended" else "continue the delivery: copydesk mail send ISSUE"
        what = (
            f"only an issue with the status done can be sent again; its status is {sending.state}"
        )
        raise UsageError(what, subject=shown, hint=hint)
    return sending


def find_missing_word(
    newsroom: Newsroom, store: MailStore, mail: issues.IssueToSend, by: str
) -> SendingRemark:
    """Return why a newsletter issue may not be sent yet, "" if it may be sent.

    The mail checks hold back every issue until they find no fault or are overruled by a person.
    """
    if find_mail_obstacle(newsroom, store) is not None:
        return "checks"
    if by:
        return ""
    if store.ledger.may_have_been_sent(mail.at):
        return "restored"
    if store.facts.get(f"{_HELD}{mail.name}"):
        return "held"
    return "person" if newsroom.settings.mail.start == "person" else ""


def begin_due_sendings(newsroom: Newsroom, store: MailStore) -> tuple[Sending, ...]:
    """Queue the last issue of each newsletter if it is at most a day old. Return what may be sent.

    Issues that wait for approval are queued too, so that the desk shows them, but not returned.
    Issues held back by the mail checks alone are returned once those are clean or overruled.
    """
    if newsroom.settings.mail.deliver:
        for name in list_unsent_issues(newsroom, store):
            begin_sending(newsroom, store, name)
        if find_mail_obstacle(newsroom, store) is None:
            _release_sendings(newsroom, store)
    going = store.ledger.list_sendings(states=("ready", "sending"))
    return tuple(reversed(going))


def list_held_sendings(newsroom: Newsroom, store: MailStore) -> tuple[Sending, ...]:
    """Return today's newsletter issues that are not sent because a mail check failed."""
    waiting: tuple[SendingState, ...] = ("awaits-word",)
    return tuple(
        sending
        for sending in reversed(store.ledger.list_sendings(states=waiting))
        if sending.remark == "checks" and _is_news(newsroom, sending.issue)
    )


def _release_sendings(newsroom: Newsroom, store: MailStore) -> None:
    """Release the issues that only the mail checks held back. A former approval still counts."""
    for sending in list_held_sendings(newsroom, store):
        mail = issues.read_issue_to_send(newsroom, sending.issue)
        remark = find_missing_word(newsroom, store, mail, sending.by)
        state: SendingState = "awaits-word" if remark else "ready"
        store.ledger.set_state(sending.number, state, by=sending.by, remark=remark)


def _is_news(newsroom: Newsroom, name: str) -> bool:
    try:
        mail = issues.read_issue_to_send(newsroom, name)
    except CopydeskError:  # it was removed, or is being edited
        return False
    return timedelta(0) <= newsroom.now - mail.at <= _STILL_NEWS


def list_unsent_issues(
    newsroom: Newsroom, store: MailStore, within: timedelta = _STILL_NEWS
) -> list[str]:
    """Return the names of newsletters' last issues that are recent and were not sent."""
    letters = newsroom.settings.letters
    names = []
    for letter in letters:
        last = issues.find_last_issue(newsroom, issues.letter_stems(newsroom, letter, letters))
        if last is None or not timedelta(0) <= newsroom.now - last.at <= within:
            continue
        name = parse_issue_name(last.path.rpartition("/")[2].removesuffix(".html"))
        if name is not None and store.ledger.find(str(name)) is None:
            names.append(str(name))
    return names


def _approve(store: MailStore, sending: Sending, remark: SendingRemark, by: str) -> Sending:
    """Approve an issue's sending that waits for approval or is paused."""
    if sending.state in {"done", "ended"}:
        what = "was already sent" if sending.state == "done" else "was cancelled before"
        raise UsageError(f"the issue {what}", subject=sending.issue, hint=_GONE)
    state: SendingState = "awaits-word" if remark else "ready"
    if sending.state in {"awaits-word", "paused"} or remark:
        store.ledger.set_state(sending.number, state, by=by, remark=remark)
    return store.ledger.find(sending.issue) or sending


_GONE = "run `copydesk mail who ISSUE` to see who got the issue"
