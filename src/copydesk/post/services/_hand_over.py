"""Hand-over: the service that the settings name gets the letter."""

from __future__ import annotations

from datetime import datetime

from copydesk.errors import MailError
from copydesk.news import Delivery, HandOverOptions
from copydesk.post.services._handed_letter import HandedLetter, HandOverAnswer

_SILENCE_SECONDS = 30.0
_WITHOUT_DRAFTS: frozenset[Delivery] = frozenset({"mailgun", "postmark"})
_REPEATABLE: frozenset[Delivery] = frozenset({"listmonk", "buttondown", "ghost"})


def is_repeatable(delivery: Delivery) -> bool:
    """Decide whether a service that is asked again with the same issue sends it once.

    It looks for the letter first (listmonk, Ghost) or has a key of ours (Buttondown).
    """
    return delivery in _REPEATABLE


async def hand_over(
    delivery: Delivery,
    options: HandOverOptions,
    letter: HandedLetter,
    now: datetime,
    *,
    silence_seconds: float = _SILENCE_SECONDS,
) -> HandOverAnswer:
    """Hand a letter over and return what the service said.

    Raises MailError for settings by which nothing could be asked. `now` dates what is signed.
    """
    if not options.token:
        raise MailError("no token for the service", hint="set COPYDESK_HAND_OVER_TOKEN")
    if options.is_draft and delivery in _WITHOUT_DRAFTS:
        raise MailError(
            f"{delivery} keeps no drafts",
            hint="mail.hand_over.is_draft = false, and each letter is sent at once",
        )
    from copydesk.post.services._service_call import ServiceError

    try:
        return await _hand_to(delivery, options, letter, now, silence_seconds)
    except ServiceError as error:
        return error.answer


async def _hand_to(
    delivery: Delivery,
    options: HandOverOptions,
    letter: HandedLetter,
    now: datetime,
    silence_seconds: float,
) -> HandOverAnswer:
    if delivery == "listmonk":
        from copydesk.post.services._listmonk import hand_to_listmonk

        return await hand_to_listmonk(options, letter, silence_seconds)
    if delivery == "buttondown":
        from copydesk.post.services._buttondown import hand_to_buttondown

        return await hand_to_buttondown(options, letter, silence_seconds)
    if delivery == "ghost":
        from copydesk.post.services._ghost import hand_to_ghost

        return await hand_to_ghost(options, letter, now, silence_seconds)
    if delivery == "mailgun":
        from copydesk.post.services._mailgun import hand_to_mailgun

        return await hand_to_mailgun(options, letter, silence_seconds)
    if delivery == "postmark":
        from copydesk.post.services._postmark import hand_to_postmark

        return await hand_to_postmark(options, letter, silence_seconds)
    raise MailError("no service takes letters", subject=f'mail.deliver = "{delivery}"')
