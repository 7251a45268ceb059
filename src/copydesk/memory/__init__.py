"""What the newsroom remembers between rounds, in one SQLite file that may be deleted at any time.

In go fates of leads, states of sources and hosts, second looks, digests, records that a word
overtook, the build's manifest and counts of readers; out comes the same, or nothing where the
memory was lost.
"""

from __future__ import annotations

from copydesk.memory._fates import Fate, FateState
from copydesk.memory._keyed_bytes import KeyedBytes
from copydesk.memory._manifest import SiteManifest
from copydesk.memory._reads import Reads
from copydesk.memory._revisits import Revisit, Revisits
from copydesk.memory._schema import VERSION, copy, migrate
from copydesk.memory._store import Memory

__all__ = [
    "VERSION",
    "Fate",
    "FateState",
    "KeyedBytes",
    "Memory",
    "Reads",
    "Revisit",
    "Revisits",
    "SiteManifest",
    "copy",
    "migrate",
]
