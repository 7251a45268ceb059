"""Store editors' actions until they are committed to git, and programs' proposals for editors."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, TypeVar

from copydesk.errors import UsageError
from copydesk.kit import dates
from copydesk.kit.kept import KeptTables, read_row
from copydesk.news import EditorAction
from copydesk.news.ruling import ActionOutcome, ActionState

_PUT = """
INSERT INTO actions (id, editor, at, action) VALUES (?, ?, ?, ?) ON CONFLICT (id) DO NOTHING
RETURNING id
"""
_LAST_SNOOZES = "SELECT story, until, by, max(number) FROM snoozes GROUP BY story HAVING until"
# A stored outcome stays: a worker killed after storing it files nothing twice.
_NOTE = "UPDATE actions SET outcome = ? WHERE id = ? AND outcome IS NULL"
_ID_CHARACTERS = 100
_Kept = TypeVar("_Kept", EditorAction, ActionOutcome)


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuedAction:
    """An action of an editor with its outcome, which is None while the action waits."""

    action: EditorAction
    outcome: ActionOutcome | None = None

    @property
    def state(self) -> ActionState | Literal["waits"]:
        """Return the state of the action's outcome, or "waits" if it has none."""
        return self.outcome.state if self.outcome else "waits"


@dataclass(frozen=True, slots=True, kw_only=True)
class Snooze:
    """Until when an editor (`by`) has hidden a story from the stories that wait."""

    until: datetime
    by: str


class ActionQueue(KeptTables):
    """The queue of all editors' actions, in order of arrival. Each action has a unique id.

    Snoozes are done when they are stored, since they change no file. Methods raise DeskStoreError
    if the file fails.
    """

    def put(self, actions: Iterable[EditorAction]) -> None:
        """Store editors' actions, either all or none. They are on disk (fsync) when this returns.

        An action with a known id was sent twice and is skipped. Raises UsageError for one that
        cannot be stored.
        """
        with self._database.at_once():
            for action in actions:
                at = dates.rfc3339(action.at)
                if self._database.run(_PUT, action.id, action.by, at, _encode(action)):
                    self._snooze(action)

    def waiting(self, limit: int) -> tuple[EditorAction, ...]:
        """Return up to `limit` editors' actions that wait to be carried out, the oldest first.

        One that cannot be read (another version wrote it) is noted as refused: those behind it
        would wait for ever.
        """
        query = "SELECT id, action FROM actions WHERE outcome IS NULL ORDER BY number LIMIT ?"
        rows = self._database.run(query, limit)
        decoded = {row_id: _decode(body, EditorAction) for row_id, body in rows}
        self.note(_refuse(row_id) for row_id, action in decoded.items() if action is None)
        return tuple(action for action in decoded.values() if action is not None)

    def note(self, outcomes: Iterable[ActionOutcome]) -> None:
        """Store the outcomes of editors' actions. An outcome that is already stored is kept."""
        self._database.run_many(_NOTE, [(_encode(outcome), outcome.id) for outcome in outcomes])

    def state(self, ids: Sequence[str]) -> Mapping[str, QueuedAction]:
        """Return the editors' actions with the given ids, keyed by id. Unknown ids are left out."""
        query = "SELECT action, outcome FROM actions WHERE id = ?"
        found = (_read_rows(self._database.run(query, action_id)) for action_id in ids)
        return {queued.action.id: queued for rows in found for queued in rows}

    def of(self, editor: str, since: datetime) -> tuple[QueuedAction, ...]:
        """Return the actions of one editor since a time, the oldest first."""
        query = """
            SELECT action, outcome FROM actions WHERE editor = ? AND at >= ? ORDER BY number
        """
        return tuple(_read_rows(self._database.run(query, editor, dates.rfc3339(since))))

    def list_snoozes(self, now: datetime) -> Mapping[str, Snooze]:
        """Return the stories that are snoozed now, by record name."""
        rows = self._database.run(f"{_LAST_SNOOZES} > ?", dates.rfc3339(now))
        return {
            story: Snooze(until=datetime.fromisoformat(until), by=by)
            for story, until, by, _ in rows
        }

    def forget(self, before: datetime) -> None:
        """Delete old editors' actions that were carried out, and old snoozes.

        git still records the actions.
        """
        at = dates.rfc3339(before)
        self._database.run("DELETE FROM actions WHERE at < ? AND outcome IS NOT NULL", at)
        stories = f"SELECT story FROM ({_LAST_SNOOZES} < ?)"
        self._database.run(f"DELETE FROM snoozes WHERE story IN ({stories})", at)

    def _snooze(self, action: EditorAction) -> None:
        """Carry out an action that snoozes stories, or that undoes such an action."""
        if action.kind == "snooze":
            until = dates.rfc3339(action.until or action.at)
            rows = [(action.id, story, until, action.by) for story in action.stories]
            query = "INSERT INTO snoozes (action, story, until, by) VALUES (?, ?, ?, ?)"
            self._database.run_many(query, rows)
        elif not (action.kind == "undo" and action.values and self._wake(action.values[0])):
            return
        self.note([ActionOutcome(id=action.id, state="done")])

    def _wake(self, action_id: str) -> bool:
        """Undo an action that snoozed stories. Return whether it was one."""
        query = "DELETE FROM snoozes WHERE action = ? RETURNING story"
        return bool(self._database.run(query, action_id))


def _encode(value: EditorAction | ActionOutcome) -> bytes:
    import msgspec

    if not 0 < len(value.id) <= _ID_CHARACTERS:
        raise UsageError(
            "expected an action id of 1 to 100 characters", subject=value.id[:_ID_CHARACTERS]
        )
    try:
        return msgspec.json.encode(value)
    except UnicodeEncodeError as error:
        raise UsageError(
            "the text has an invalid character (half of a surrogate pair)",
            hint="remove that character",
        ) from error


def _decode(body: bytes, kind: type[_Kept]) -> _Kept | None:
    """Decode a stored JSON value, None if another version of copydesk wrote it."""
    import msgspec

    try:
        return msgspec.json.decode(body, type=kind)
    except msgspec.DecodeError:
        return None


def _read_rows(rows: list[tuple[Any, ...]]) -> Iterator[QueuedAction]:
    """Yield editors' actions with their outcomes. Those that cannot be read are left out."""
    for body, kept in rows:
        action = _decode(body, EditorAction)
        outcome = None if kept is None else _decode(kept, ActionOutcome)
        if action is not None and (kept is None or outcome is not None):
            yield QueuedAction(action=action, outcome=outcome)


def _refuse(action_id: str) -> ActionOutcome:
    return ActionOutcome(
        id=action_id,
        state="refused",
        what="could not read the action: another version of copydesk wrote it",
        hint="repeat the action",
    )


ProposalState = Literal["waits", "taken", "refused"]
_MOST_WAITING = 1_000  # of one author: an editor could not review more
_MOST_OF_A_STORY = 20
_COLUMNS = "id, author, label, at, became, decided_by, decided_at, action, grounds"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """A citation that supports a program's proposal: a story, and a quotation from it."""

    story: str
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """An action that a program called `label` proposes to editors for `author`, with citations."""

    id: str
    author: str
    label: str
    at: datetime
    action: EditorAction
    grounds: tuple[Ground, ...] = ()
    became: ProposalState = "waits"
    decided_by: str = ""
    decided_at: datetime | None = None


class Proposals(KeptTables):
    """The actions that programs propose to editors, in order of arrival. Methods raise
    DeskStoreError.
    """

    def put(self, proposal: Proposal) -> Proposal:
        """Store a proposed action and return it. If its id is known, return the stored one.

        Raises UsageError if its author has 1,000 waiting ones, or a story has twenty.
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
                *(_encode(proposal.action), _encode_grounds(proposal.grounds)),
            )
            number = rows[0][0]
            stories = [(number, story) for story in dict.fromkeys(proposal.action.stories)]
            self._database.run_many("INSERT INTO proposed_stories VALUES (?, ?)", stories)
        return proposal

    def find(self, proposal_id: str) -> Proposal | None:
        """Return the proposed action with an id, None if there is none."""
        rows = self._database.run(f"SELECT {_COLUMNS} FROM proposals WHERE id = ?", proposal_id)
        return _read(rows[0]) if rows else None

    def list_waiting(self, limit: int, after: str = "") -> tuple[Proposal, ...]:
        """Return up to `limit` undecided proposals, starting after the one with the id `after`."""
        query = f"""
            SELECT {_COLUMNS} FROM proposals WHERE became = 'waits' AND number >
                coalesce((SELECT number FROM proposals WHERE id = ?), 0)
            ORDER BY number LIMIT ?
        """
        rows = self._database.run(query, after, limit)
        return tuple(filter(None, map(_read, rows)))

    def of_stories(self, names: Collection[str]) -> Mapping[str, tuple[Proposal, ...]]:
        """Return the undecided proposals about these stories, keyed by record name."""
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
        """Store that an editor accepted or refused a proposal. Return False if it was decided
        before.
        """
        query = """
            UPDATE proposals SET became = ?, decided_by = ?, decided_at = ?
            WHERE id = ? AND became = 'waits' RETURNING id
        """
        return bool(self._database.run(query, became, by, dates.rfc3339(now), proposal_id))

    def forget(self, before: datetime) -> None:
        """Delete the proposals that are older than a time."""
        self._database.run("DELETE FROM proposals WHERE at < ?", dates.rfc3339(before))

    def _check_room(self, proposal: Proposal) -> None:
        query = "SELECT count(*) FROM proposals WHERE became = 'waits' AND author = ?"
        ((waiting,),) = self._database.run(query, proposal.author)
        if waiting >= _MOST_WAITING:
            hint = "wait until editors accept or refuse some proposals"
            raise UsageError(
                f"this token already has {_MOST_WAITING:,} waiting proposals", hint=hint
            )
        of_stories = self.of_stories(proposal.action.stories)
        for story, proposals in of_stories.items():
            if len(proposals) >= _MOST_OF_A_STORY:
                raise UsageError(
                    f"the story already has {_MOST_OF_A_STORY} proposals", subject=story
                )


def _encode_grounds(grounds: tuple[Ground, ...]) -> bytes:
    import msgspec

    return msgspec.json.encode(grounds)


def _read(row: tuple[Any, ...]) -> Proposal | None:
    """Return the proposal in a row, None if another version of copydesk wrote it."""
    import msgspec

    *others, action, grounds = row
    try:
        decoded = map(msgspec.json.decode, (action, grounds))
        return read_row(Proposal, _COLUMNS, [*others, *decoded])
    except msgspec.DecodeError:
        return None
