"""Proofs of consent: what is kept beside a consent, as JSON."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Literal

from copydesk.kit import dates

ProofWay = Literal["double opt-in", "choices", "another address", "owner", "import"]


def write_double_opt_in(asked: datetime, confirmed: datetime, words: str) -> str:
    """Return the proof of who asked, by which words (their version), and confirmed by a link.

    Nobody's network address is part of it.
    """
    return _write(
        "double opt-in",
        asked=dates.rfc3339(asked),
        confirmed=dates.rfc3339(confirmed),
        words=words,
    )


def write_proof(way: ProofWay, **facts: str) -> str:
    """Return the proof of a consent that came in another way, with what is known of it."""
    return _write(way, **{name: fact for name, fact in facts.items() if fact})


def read_time_of_asking(proof: str) -> str:
    """Return when a consent was asked for (RFC 3339), "" where its proof says nothing of that."""
    return str(_read(proof).get("asked", ""))


def read_version(proof: str) -> str:
    """Return the version of the words that were agreed to, "" where a proof names none."""
    return str(_read(proof).get("words", ""))


def _write(way: ProofWay, **facts: str) -> str:
    return json.dumps({"way": way, **facts}, ensure_ascii=False)


def _read(proof: str) -> dict[str, object]:
    try:
        read = json.loads(proof)
    except ValueError:
        return {}
    return read if isinstance(read, dict) else {}
