"""Hand over: an issue goes to a service that has the readers; the ledger says that, and no more."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from copydesk.engine.letters import make_outgoing, read_issue_to_send
from copydesk.engine.newsroom import Newsroom
from copydesk.errors import MailError
from copydesk.mail_store import SERVICE, DeliveryOutcome, DeliveryState, MailStore, Sending

if TYPE_CHECKING:
    from copydesk.post import HandedLetter, HandOverAnswer


def hand_over_issue(newsroom: Newsroom, store: MailStore, sending: Sending) -> None:
    """Hand an issue over, once: what a service took or may have taken is not handed over again.

    One that cannot take it now is asked again later, for as long as letters are tried. Raises
    MailError where that is over, or the service refuses: then a person lets it go on.
    """
    from copydesk import post

    is_asked_again = newsroom.settings.mail.when_uncertain == "again" or post.is_repeatable(
        sending.via
    )
    store.ledger.recover(sending.number, newsroom.now, again=is_asked_again)
    if store.ledger.find_next_due(sending.number) is None:
        store.ledger.set_state(sending.number, "done")
        return
    letter, options = _make_letter(newsroom, store, sending), newsroom.settings.mail
    store.ledger.intend_hand_over(sending.number, newsroom.now)
    try:
        answer = asyncio.run(post.hand_over(sending.via, options.hand_over, letter, newsroom.now))
    except MailError:  # the settings are at fault: nothing was asked
        store.ledger.give_back(sending.number, [(SERVICE, newsroom.now)])
        raise
    state = _STATES[answer.kind]
    if state == DeliveryState.UNCERTAIN and is_asked_again:
        state = DeliveryState.WAITING
    is_tried_again = state == DeliveryState.WAITING and answer.kind != "refused"
    at = newsroom.now + (_WAIT if is_tried_again else timedelta(0))
    outcome = DeliveryOutcome(subscriber=SERVICE, state=state, at=at, words=answer.words)
    store.ledger.note(sending.number, [outcome])
    if state in {DeliveryState.HANDED_OVER, DeliveryState.UNCERTAIN}:
        store.ledger.set_state(sending.number, "done")
    elif trouble := _find_trouble(newsroom, sending, answer, at):
        store.ledger.set_state(sending.number, "paused")
        raise trouble


def _find_trouble(
    newsroom: Newsroom, sending: Sending, answer: HandOverAnswer, again_at: datetime
) -> MailError | None:
    """Return why an issue that a service did not take is not tried again, None where it is."""
    if answer.kind == "refused":
        hint = "mend [mail.hand_over], then: copydesk mail send ISSUE"
        return MailError(f"{sending.via} refused the issue", subject=answer.words, hint=hint)
    hours = newsroom.settings.mail.give_up_hours
    if again_at <= sending.start + timedelta(hours=hours):
        return None
    what = f"{sending.via} did not take the issue for {hours} hours"
    hint = "if it is still news: copydesk mail send ISSUE"
    return MailError(what, subject=answer.words, hint=hint)


def _make_letter(newsroom: Newsroom, store: MailStore, sending: Sending) -> HandedLetter:
    """Return an issue as it is handed over, with its readers to a service that keeps none."""
    from copydesk import post

    issue, options = read_issue_to_send(newsroom, sending.issue), newsroom.settings.mail
    outgoing = make_outgoing(newsroom, issue)
    readers: tuple[str, ...] = ()
    if sending.via == "postmark":
        readers = store.ledger.list_addresses(issue.letter.id, issue.topics, newsroom.now)
    return post.HandedLetter(
        subject=outgoing.subject,
        html=outgoing.html,
        text=outgoing.text,
        from_name=options.from_name or issue.letter.title,
        from_address=options.from_address,
        reply_to=options.reply_to,
        issue_name=issue.name,
        page=issue.page,
        readers=readers,
    )


_WAIT = timedelta(minutes=15)
_STATES = {
    "taken": DeliveryState.HANDED_OVER,
    "draft": DeliveryState.HANDED_OVER,
    "refused": DeliveryState.WAITING,  # for somebody who mends the settings and sends it again
    "later": DeliveryState.WAITING,
    "uncertain": DeliveryState.UNCERTAIN,
}
