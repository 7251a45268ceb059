"""Read status words in subscriber files: a cell goes in; the reader's status comes out."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from copydesk.kit import dates
from copydesk.mail_store.returns import SuppressionReason

Standing = Literal["reads", "unconfirmed", "blocked"]
ColumnMeaning = Literal["word", "reads", "agreed", "left", "bounced", "complained", "blocked"]
LEFT: SuppressionReason = "left-elsewhere"  # a suppression that the reader's own confirmation lifts


@dataclass(frozen=True, slots=True, kw_only=True)
class ReaderState:
    """A reader's status in a subscriber file; `block` says why nothing may be sent to them."""

    standing: Standing = "reads"
    block: str = ""
    is_paused: bool = False


_READS = ReaderState()
_PAUSED = ReaderState(is_paused=True)
NEVER_AGREED = ReaderState(standing="unconfirmed")
_LEFT = ReaderState(standing="blocked", block=LEFT)
_BOUNCED = ReaderState(standing="blocked", block="bounced")
_COMPLAINED = ReaderState(standing="blocked", block="complained")
_BLOCKED = ReaderState(standing="blocked", block="blocked")

# As programs for newsletters write them in their exports, and as people do in spreadsheets.
_WORDS: dict[ReaderState, str] = {
    _READS: "subscribed, active, enabled, confirmed, verified, opted in, opt in, double opt in, "
    "aktiv, angemeldet, bestätigt, abonné, abonnée, actif, inscrit, inscrite, confirmé",
    _PAUSED: "paused, pausiert, en pause",
    NEVER_AGREED: "unconfirmed, not confirmed, unverified, unactivated, pending, waiting, "
    "validating, inactive, nonsubscribed, non subscribed, not subscribed, never subscribed, "
    "unbestätigt, inaktiv, ausstehend, inactif, en attente, non confirmé",
    _LEFT: "unsubscribed, unsubscribe, opted out, opt out, optout, left, left elsewhere, removed, "
    "deleted, cancelled, canceled, disabled, erased, "
    "abgemeldet, abbestellt, gelöscht, deaktiviert, désabonné, désabonnée, désinscrit, supprimé",
    _BOUNCED: "bounced, bounce, hard bounce, hard bounced, soft bounce, soft bounced, "
    "soft bounces, cleaned, undeliverable, invalid, unzustellbar, ungültig, invalide",
    _COMPLAINED: "complained, complaint, spam, spam complaint, marked as spam, junk, beschwerde",
    _BLOCKED: "blocked, blocklisted, blacklisted, suppressed, banned, by hand, imported, "
    "gesperrt, bloqué",
}
_STATES = {word: state for state, words in _WORDS.items() for word in words.split(", ")}
_LONGEST_WORD = 40  # characters, with white space around it
_YES = frozenset({"true", "yes", "y", "t", "1", "on", "ja", "j", "oui", "o", "vrai", "wahr", "x"})
_NO = frozenset({"false", "no", "n", "f", "0", "off", "nein", "non", "faux", "falsch"})
_NOTHING = frozenset({"", "null", "none", "nil", "nan", "n/a", "\\n", "0000 00 00"})
_DATE = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}\.?([ T].*)?")
# status words that are surely no name, town or note
_UNMISTAKABLE = frozenset(
    {"unsubscribed", "opted out", "bounced", "hard bounce", "complained", "blocklisted"}
    | {"blacklisted", "undeliverable", "abgemeldet", "désabonné", "désinscrit"}
)

_SAYS_YES: dict[ColumnMeaning, ReaderState] = {
    "reads": _READS,
    "agreed": _READS,
    "left": _LEFT,
    "bounced": _BOUNCED,
    "complained": _COMPLAINED,
    "blocked": _BLOCKED,
}
_NAMES: tuple[tuple[str, ColumnMeaning], ...] = (
    (r"status\b|\bstate\b|\bstatut\b|\bzustand\b", "word"),
    (r"bounc|\bcleaned|undeliver|unzustellbar", "bounced"),
    (r"complain|\bspam\b|beschwerde", "complained"),
    (r"blocked|blocklist|blacklist|suppress|\bbanned|gesperrt|bloqué", "blocked"),
    (r"unsub|disabled|\bopt(ed)? ?out|deleted|\bdelete\b|\bremoved|\bcancel|\bleft\b", "left"),
    (r"\bdo not\b|abgemeldet|abmeld|abbestell|deaktiv|gelöscht|désabonn|désinscr|supprimé", "left"),
    (r"\bun(confirm|verif)|\bpending\b|inactive\b|inaktiv|\bnot\b", "word"),
    (r"\bopt(ed)? ?in\b|confirm|\bverified|\bconsent|\baccepts\b|bestätigt", "agreed"),
    (
        r"subscribed?\b|subscription|\bactive\b|enabled\b|\baktiv\b|angemeldet|abonné|inscrit",
        "reads",
    ),
)


def find_meaning(column: str) -> ColumnMeaning | None:
    """Return which status a column of this name is about, None if it is about none."""
    parted = re.sub(r"(?<=[a-zà-ÿ])(?=[A-Z])", " ", column)
    words = " ".join(re.split(r"[\W_]+", parted.lower()))
    if re.search(r"\bip\b", words):  # the IP address of a confirmation
        return None
    return next((meaning for pattern, meaning in _NAMES if re.search(pattern, words)), None)


def tells_state(cell: str) -> bool:
    """Return whether a cell is surely a status word, whatever its column is called."""
    return len(cell) <= _LONGEST_WORD and _fold(cell) in _UNMISTAKABLE


def read_state(meaning: ColumnMeaning, cell: str) -> ReaderState | None:
    """Return the reader status that a cell of a status column means, None if it is unknown.

    A time means yes. An empty cell means no, except in a column of words, where it means nothing.
    """
    word = _fold(cell)
    known = _STATES.get(word)
    if meaning == "word":
        return known
    if word in _YES or _is_time(cell):
        return _SAYS_YES[meaning]
    if word in _NO or word in _NOTHING:
        return _read_no(meaning, is_empty=word in _NOTHING)
    if known and (known.standing == "blocked" or meaning in {"reads", "agreed"}):
        return known
    return None


def _read_no(meaning: ColumnMeaning, *, is_empty: bool) -> ReaderState:
    if meaning == "agreed" or (meaning == "reads" and is_empty):
        return NEVER_AGREED
    return _LEFT if meaning == "reads" else _READS


def _is_time(cell: str) -> bool:
    is_none = _fold(cell).startswith("0000")
    return not is_none and (bool(_DATE.fullmatch(cell.strip())) or dates.parse(cell) is not None)


def _fold(cell: str) -> str:
    word = " ".join(cell.casefold().replace("_", " ").replace("-", " ").split())
    return "0000 00 00" if word.startswith("0000 00 00") else word
