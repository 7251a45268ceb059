"""How much of what is known of hosts stays in memory; the notes know the rest."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoryLimits:
    """How many hosts' slots and origins' files, with how many bytes of rules and of notes."""

    hosts: int = 20_000  # about 600 bytes each
    origins: int = 20_000  # with their rules taken apart
    rule_bytes: int = 64 * 1024 * 1024  # of all these rules, as good as they can be weighed
    note_bytes: int = 32 * 1024 * 1024  # of one round


DEFAULT_LIMITS = MemoryLimits()
