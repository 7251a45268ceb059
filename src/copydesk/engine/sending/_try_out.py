"""Try out: an issue to one address, or as files, without the ledger."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from copydesk.engine.letters import read_issue_to_send
from copydesk.engine.mail_checks import TrialRequest, admit_trial
from copydesk.engine.newsroom import Newsroom
from copydesk.engine.sending._prepare import LetterMaker, prepare_letter
from copydesk.errors import MailError
from copydesk.kit import files
from copydesk.mail_store import Intent, MailStore, Sending

if TYPE_CHECKING:
    from copydesk.post import Answer, Envelope

_NOBODY = 0  # of the links in a letter that is tried out: they open nothing


def send_test(newsroom: Newsroom, store: MailStore, name: str, request: TrialRequest) -> Answer:
    """Send an issue to one address of the newsroom's; the ledger knows nothing of it.

    Raises UsageError for an issue that is none and as `admit_trial` does, MailError where no server
    is there.
    """
    from copydesk import post

    async def send(envelope: Envelope) -> Answer:
        line = await post.open_line(newsroom.settings.mail.smtp)
        try:
            return await line.send(envelope)
        finally:
            await line.close()

    maker = _make_test(newsroom, store, name)
    with admit_trial(newsroom, store, request, maker.sending.issue) as address:
        return asyncio.run(send(maker.make(_intent_for(address))))


def write_eml(
    newsroom: Newsroom, store: MailStore, name: str, addresses: Iterable[str], folder: Path
) -> list[Path]:
    """Write an issue as files that mail programs open (`.eml`), one for each address."""
    maker = _make_test(newsroom, store, name)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        paths = []
        for number, address in enumerate(addresses, 1):
            path = folder / f"{maker.sending.issue}-{number}.eml"
            files.write_atomic(path, maker.make(_intent_for(address)).message)
            paths.append(path)
    except OSError as error:
        what = f"letters cannot be written there ({error.strerror})"
        raise MailError(what, subject=str(folder), hint="name a folder of yours") from error
    return paths


def make_eml(newsroom: Newsroom, store: MailStore, name: str, address: str) -> bytes:
    """Return an issue as mail programs open it (`.eml`); raises as `send_test` does."""
    return _make_test(newsroom, store, name).make(_intent_for(address)).message


def _make_test(newsroom: Newsroom, store: MailStore, name: str) -> LetterMaker:
    mail = read_issue_to_send(newsroom, name)
    sending = Sending(
        number=_NOBODY,
        issue=mail.name,
        letter=mail.letter.id,
        state="ready",
        via="smtp",
        made=newsroom.now,
    )
    return prepare_letter(newsroom, store, sending, mail)


def _intent_for(address: str) -> Intent:
    domain = address.rpartition("@")[2].lower()
    return Intent(subscriber=_NOBODY, address=address, domain=domain, language="", attempts=0)
