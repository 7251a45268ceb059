"""Waiting leads: what found no place in its round, remembered until the source is asked again."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable

from copydesk.kit import urls
from copydesk.memory import Memory
from copydesk.news import Lead

_DIGEST_BYTES = 8
_KEPT_A_SOURCE = 50_000  # 400 kB; no source lists more


class WaitingLeads:
    """The leads that wait for a place in a round, each known by its address's identity alone."""

    def __init__(self, memory: Memory) -> None:
        """Read what the rounds before left."""
        self._digests = {
            kept[start : start + _DIGEST_BYTES]
            for _, kept in memory.waiting.items()
            for start in range(0, len(kept), _DIGEST_BYTES)
        }

    def __contains__(self, url: str) -> bool:
        """Decide whether the page at an address waits."""
        return _digest(url) in self._digests


def keep_waiting_leads(memory: Memory, asked: Collection[str], leads: Iterable[Lead]) -> None:
    """Remember which leads of the sources that were asked wait, in the place of earlier ones."""
    by_source: defaultdict[str, list[bytes]] = defaultdict(list)
    for lead in leads:
        by_source[lead.source].append(_digest(lead.url))
    for source in {*asked} & {*memory.waiting.keys()} - by_source.keys():
        memory.waiting.forget(source)
    for source, digests in by_source.items():
        memory.waiting.put(source, b"".join(digests[:_KEPT_A_SOURCE]))


def _digest(url: str) -> bytes:
    identity = urls.identity(url).encode("utf-8", "replace")
    return hashlib.blake2b(identity, digest_size=_DIGEST_BYTES).digest()
