"""Proposals as a row shows them: what a program suggests, why, and what that rests on."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from copydesk import engine
from copydesk.desk._story_view import View
from copydesk.desk_store import Proposal
from copydesk.errors import DeskStoreError
from copydesk.kit import text
from copydesk.rendering import Strings

FindProposals = Callable[[Collection[str]], Mapping[str, Sequence[Proposal]]]
_WORDS = {"split": "split_off"}  # rules whose name is no word of the desk's
_SHOWN_VALUE = 600
_SHOWN_WHY = 300


@dataclass(frozen=True, slots=True)
class ProposalViews:
    """Show what waits for the stories of rows; a row without it is better than none."""

    strings: Strings
    find: FindProposals

    def find_for(self, row: engine.QueueRow) -> list[Proposal]:
        """Return what is proposed for any story of a row, the oldest first, each once."""
        names = [seen.name for seen in (row.leader, *row.copies, *row.coverage)]
        found: Mapping[str, Sequence[Proposal]] = {}
        with contextlib.suppress(DeskStoreError):
            found = self.find(names)
        listed = [proposal for name in names for proposal in found.get(name, ())]
        return list({proposal.id: proposal for proposal in listed}.values())

    def version(self, row: engine.QueueRow, proposals: Sequence[Proposal]) -> str:
        """Return the version of a row, which changes with what is proposed for it."""
        if not proposals:
            return row.version
        ids = " ".join(proposal.id for proposal in proposals).encode()
        return f"{row.version}-{hashlib.blake2b(ids, digest_size=4).hexdigest()}"

    def show(self, proposals: Sequence[Proposal]) -> list[View]:
        """Return proposals as a template shows them."""
        return [self._show(proposal) for proposal in proposals]

    def _show(self, proposal: Proposal) -> View:
        action, say = proposal.action, self.strings.say
        is_set = action.said == "set"
        word = action.values[0] if is_set else _WORDS.get(action.said, action.said)
        value = action.values[1] if is_set else ""
        return {
            "id": proposal.id,
            "word": say(word),
            "value": text.shorten(text.fold(value), _SHOWN_VALUE),
            "by": f"{text.fold(proposal.label)} ({text.fold(proposal.author)})",
            "why": text.shorten(text.fold(action.why), _SHOWN_WHY),
            "grounds": [ground.words for ground in proposal.grounds if ground.words],
        }
