"""Which of the owner's and the editors' rules are in force, for where filed stories stand."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from copydesk import archive
from copydesk.archive import Rulings
from copydesk.errors import RecordError
from copydesk.news import Beat, Verdict
from copydesk.review import rules


@dataclass(frozen=True, slots=True, kw_only=True)
class RulesInForce:
    """The rules by which filed stories stand where they do: the beat's, and the editors' words."""

    beat: Beat
    rulings: Rulings

    def verdict_on(self, path: str) -> Verdict | None:
        """Return the word on a record that stands among the rulings."""
        return self.rulings.verdict_on(path)

    @property
    def judged_paths(self) -> Collection[str]:
        """Return the paths of the records that may have a word among the rulings."""
        return self.rulings.judged_paths

    def digest(self) -> str:
        """Return a text that changes with what may let any story stand elsewhere.

        Rules and words on single stories are told apart from that (`story_digests`).
        """
        blocks = tuple(rule for rule in self.beat.rulings if rule.said == "block")
        beat = self.beat
        return _digest((_VERSION, beat.scoring, beat.topic, beat.topics, blocks))

    def story_digests(self) -> Mapping[str, str]:
        """Return a text that changes with the rules and the word on a story, by its name."""
        found: dict[str, list[str]] = {}
        for rule in self.beat.rulings:
            for name in rule.stories:
                found.setdefault(name, []).append(repr(rule))
        for path, verdict in sorted(self.rulings.verdicts.items()):
            found.setdefault(rules.record_name(path), []).append(f"{path} {verdict.said}")
        return {name: _digest(said) for name, said in found.items()}


def _digest(parts: object) -> str:
    form = repr(parts).encode("utf-8", "replace")
    return hashlib.blake2b(form, digest_size=16).hexdigest()


_VERSION = 2  # of what standings are made by


def read_rules(root: Path, beat: Beat, now: datetime) -> RulesInForce:
    """Return the rules that are in force; where the rulings cannot be read, without them."""
    try:
        rulings = archive.read_rulings(root)
    except RecordError:
        rulings = Rulings()
    return RulesInForce(beat=_beat_in_force(rulings.verdicts, beat, now), rulings=rulings)


def digest_rules(beat: Beat, now: datetime) -> str:
    """Return the digest (`RulesInForce.digest`) of what is in force; no file is read for it."""
    return RulesInForce(beat=_beat_in_force({}, beat, now), rulings=Rulings()).digest()


def beat_in_force(root: Path, beat: Beat, now: datetime) -> Beat:
    """Return the beat without rulings that have ended, and leads of what an editor keeps back.

    A record tells of the editor's word by itself, but for one of `everyday`.
    """
    leads = any(rule.said == "lead" for rule in beat.rulings)
    verdicts = archive.read_rulings(root).verdicts if leads else {}
    return _beat_in_force(verdicts, beat, now)


def _beat_in_force(verdicts: Mapping[str, Verdict], beat: Beat, now: datetime) -> Beat:
    off = frozenset(
        rules.record_name(at) for at, verdict in verdicts.items() if verdict.said != "publish"
    )
    rulings = tuple(
        rule
        for rule in beat.rulings
        if (rule.until is None or rule.until > now)
        and (rule.said != "lead" or off.isdisjoint(rule.stories))
    )
    return replace(beat, rulings=rulings)
