"""Renames of letters: readers who got a letter under one id get it under another."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from copydesk.kit import dates
from copydesk.mail_store._database import MailDatabase
from copydesk.mail_store._facts import Facts

_RENAMED = "letter renamed "  # facts: what became of the letter of an id
# Whose last word on either id was about the old one: who agreed to the new one since then has
# chosen, and may have left it.
_MOVED = """
SELECT u.subscriber FROM subscriptions u WHERE u.letter = ?1 AND NOT EXISTS (
    SELECT 1 FROM consents n WHERE n.subscriber = u.subscriber AND n.letter = ?2 AND n.number >
    (SELECT coalesce(max(o.number), 0) FROM consents o
    WHERE o.subscriber = u.subscriber AND o.letter = ?1)
)
"""
# The last consent to the old id, with all that it proves, is one to the new id as well.
_COPY_CONSENTS = f"""
INSERT INTO consents (subscriber, letter, at, how, proof)
SELECT subscriber, ?2, at, how,
CASE WHEN json_valid(proof) AND json_type(proof) = 'object'
THEN json_set(proof, '$.renamed', json(?3))
ELSE json_object('said', proof, 'renamed', json(?3)) END
FROM consents WHERE number IN (
    SELECT max(number) FROM consents WHERE letter = ?1 AND subscriber IN ({_MOVED})
    GROUP BY subscriber
) ORDER BY number
"""  # noqa: S608 # names of ours
_COPY_SUBSCRIPTIONS = f"""
INSERT INTO subscriptions (subscriber, letter, topics, since)
SELECT subscriber, ?2, topics, since FROM subscriptions
WHERE letter = ?1 AND subscriber IN ({_MOVED})
ON CONFLICT (letter, subscriber) DO NOTHING RETURNING subscriber
"""  # noqa: S608 # names of ours
# Numbers, not times: a consent that was imported is older than the letter here.
_OVERLAPS = """
SELECT EXISTS (SELECT 1 FROM consents WHERE letter = ? AND number <
    (SELECT max(number) FROM consents WHERE letter = ?))
OR EXISTS (SELECT 1 FROM sendings WHERE letter = ? AND number <
    (SELECT max(number) FROM sendings WHERE letter = ?))
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterRename:
    """That a letter has another id, by whose word, and since when."""

    old: str
    new: str
    by: str
    at: datetime


class LetterRenames:
    """Keep which letters were renamed; methods raise MailStoreError."""

    def __init__(self, database: MailDatabase, facts: Facts) -> None:
        self._database = database
        self._facts = facts

    def find(self, letter: str) -> LetterRename | None:
        """Return what a letter is called now, None where nobody renamed it."""
        kept = self._facts.get(f"{_RENAMED}{letter}")
        if not kept:
            return None
        said = json.loads(kept)
        at = datetime.fromisoformat(said["at"])
        return LetterRename(old=letter, new=said["new"], by=said["by"], at=at)

    def find_id(self, letter: str, at: datetime) -> str:
        """Return the present id of what was the letter of an id at a moment."""
        rename = self.find(letter)
        while rename is not None and at <= rename.at:
            letter = rename.new
            rename = self.find(letter)
        return letter

    def may_be_one(self, old: str, new: str) -> bool:
        """Decide whether a letter may be another one under a new id.

        It is not where there was anything of the new one before the last of the old one: two
        letters stood side by side, and who chose one did not ask for the other. A rename is taken
        back at any time.
        """
        back = self.find(new)
        while back is not None:
            if back.new == old:
                return True
            back = self.find(back.new)
        ((overlaps,),) = self._database.run(_OVERLAPS, new, old, new, old)
        return not overlaps

    def move_readers(self, rename: LetterRename) -> int:
        """Let the readers of the old id get the new one, with their consents; return how many.

        Who has agreed to the new one meanwhile keeps what they chose of it, or that they left it.
        """
        note = {"old": rename.old, "by": rename.by, "at": dates.rfc3339(rename.at)}
        ids, said = (rename.old, rename.new), json.dumps(note, ensure_ascii=False)
        kept = {"new": rename.new, "by": rename.by, "at": dates.rfc3339(rename.at)}
        with self._database.at_once():
            moved = self._database.run(_COPY_SUBSCRIPTIONS, *ids)
            self._database.run(_COPY_CONSENTS, *ids, said)
            self._database.run("DELETE FROM subscriptions WHERE letter = ?", rename.old)
            self._facts.forget(f"{_RENAMED}{rename.new}")
            self._facts.put(f"{_RENAMED}{rename.old}", json.dumps(kept, ensure_ascii=False))
        return len(moved)
