"""Proposals: actions that a program suggests, each until an editor takes or refuses it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from copydesk.desk_store._action_queue import decode_action, encode_action
from copydesk.desk_store._database import DeskDatabase
from copydesk.errors import UsageError
from copydesk.kit import dates
from copydesk.news import EditorAction

ProposalState = Literal["waits", "taken", "refused"]
_MOST_WAITING = 1_000  # of one author: an editor could not look at more
_MOST_OF_A_STORY = 20
_COLUMNS = "id, author, label, at, action, grounds, became, decided_by, decided_at"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What a proposal rests on: a story, and words of it."""

    story: str
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """An action that `author` suggests by a program called `label`, and what that rests on."""

    id: str
    author: str
    label: str
    at: datetime
    action: EditorAction
    grounds: tuple[Ground, ...] = ()
    became: ProposalState = "waits"
    decided_by: str = ""
    decided_at: datetime | None = None


class Proposals:
    """The proposals in the order in which they came. Methods raise DeskStoreError."""

    def __init__(self, database: DeskDatabase) -> None:
        self._database = database

    def put(self, proposal: Proposal) -> Proposal:
        """Keep a proposal and return it; of an id that is known the one that was kept first.

        Raises UsageError where its author has 1,000 that wait, or a story has twenty.
        """
        with self._database.at_once():
            known = self.find(proposal.id)
            if known is not None:
                return known
            self._check_room(proposal)
            rows = self._database.run(
                "INSERT INTO proposals (id, author, label, at, action, grounds)"
                " VALUES (?, ?, ?, ?, ?, ?) RETURNING number",
                *(proposal.id, proposal.author, proposal.label, dates.rfc3339(proposal.at)),
                *(encode_action(proposal.action), _encode_grounds(proposal.grounds)),
            )
            number = rows[0][0]
            stories = [(number, story) for story in dict.fromkeys(proposal.action.stories)]
            self._database.run_many("INSERT INTO proposed_stories VALUES (?, ?)", stories)
        return proposal

    def find(self, proposal_id: str) -> Proposal | None:
        """Return the proposal of an id, None where there is none."""
        rows = self._database.run(f"SELECT {_COLUMNS} FROM proposals WHERE id = ?", proposal_id)
        return _read(rows[0]) if rows else None

    def list_waiting(self, limit: int, after: str = "") -> tuple[Proposal, ...]:
        """Return so many proposals that wait, the oldest first; `after` is the id of one before."""
        query = f"""
            SELECT {_COLUMNS} FROM proposals WHERE became = 'waits' AND number >
                coalesce((SELECT number FROM proposals WHERE id = ?), 0)
            ORDER BY number LIMIT ?
        """
        rows = self._database.run(query, after, limit)
        return tuple(filter(None, map(_read, rows)))

    def of_stories(self, names: Collection[str]) -> Mapping[str, tuple[Proposal, ...]]:
        """Return what waits for some stories, by their names; a story without any is left out."""
        found: dict[str, list[Proposal]] = {}
        query = f"""
            SELECT story, {_COLUMNS} FROM proposed_stories JOIN proposals ON number = proposal
            WHERE became = 'waits' AND story IN ({", ".join("?" * len(names))}) ORDER BY number
        """
        for story, *row in self._database.run(query, *names) if names else ():
            proposal = _read(tuple(row))
            if proposal is not None:
                found.setdefault(story, []).append(proposal)
        return {story: tuple(proposals) for story, proposals in found.items()}

    def decide(self, proposal_id: str, became: ProposalState, by: str, now: datetime) -> bool:
        """Note that an editor took or refused a proposal; False where one did before."""
        query = """
            UPDATE proposals SET became = ?, decided_by = ?, decided_at = ?
            WHERE id = ? AND became = 'waits' RETURNING id
        """
        return bool(self._database.run(query, became, by, dates.rfc3339(now), proposal_id))

    def forget(self, before: datetime) -> None:
        """Forget the proposals that were made before a time."""
        self._database.run("DELETE FROM proposals WHERE at < ?", dates.rfc3339(before))

    def _check_room(self, proposal: Proposal) -> None:
        query = "SELECT count(*) FROM proposals WHERE became = 'waits' AND author = ?"
        ((waiting,),) = self._database.run(query, proposal.author)
        if waiting >= _MOST_WAITING:
            hint = "editors take or refuse some first"
            raise UsageError(f"{_MOST_WAITING:,} proposals wait already", hint=hint)
        of_stories = self.of_stories(proposal.action.stories)
        for story, proposals in of_stories.items():
            if len(proposals) >= _MOST_OF_A_STORY:
                raise UsageError("enough was proposed for this story", subject=story)


def _encode_grounds(grounds: tuple[Ground, ...]) -> bytes:
    import msgspec

    return msgspec.json.encode(grounds)


def _read(row: tuple[Any, ...]) -> Proposal | None:
    """Read a row; None for one whose shape is that of another version."""
    import msgspec

    proposal_id, author, label, at, body, grounds, became, decided_by, decided_at = row
    action = decode_action(body)
    if action is None:
        return None
    return Proposal(
        id=proposal_id,
        author=author,
        label=label,
        at=datetime.fromisoformat(at),
        action=action,
        grounds=msgspec.json.decode(grounds, type=tuple[Ground, ...]),
        became=became,
        decided_by=decided_by,
        decided_at=datetime.fromisoformat(decided_at) if decided_at else None,
    )
