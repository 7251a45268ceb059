"""A stand-in; the gate itself comes from another branch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from copydesk.news.summary import CitedSentence


class GateRule(StrEnum):
    """A rule."""

    WORDS = "words"


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """An article as the prompt gave it."""

    name: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftSentence:
    """A sentence."""

    text: str
    cites: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """A sentence that was left out."""

    text: str
    rule: GateRule
    about: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class GateResult:
    """What passed."""

    sentences: tuple[CitedSentence, ...]
    left_out: tuple[LeftOut, ...]


def check_sentences(
    drafts: Sequence[DraftSentence], members: Sequence[Member], language: str, least: int = 2
) -> GateResult:
    """Check."""
    kept = tuple(
        CitedSentence(text=one.text, stories=tuple(members[n - 1].name for n in one.cites))
        for one in drafts
    )
    return GateResult(sentences=kept if len(kept) >= least else (), left_out=())


def check_headline(
    original: str, translated: str, source_language: str, language: str
) -> LeftOut | None:
    """Check."""
    return None


def split_draft(text: str) -> list[str]:
    """Split."""
    return [text]
