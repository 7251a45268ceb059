"""What the newsroom remembers between rounds, in one SQLite file that may be deleted at any time.

In go fates of leads, states of sources and hosts, second looks, digests, records that a word
overtook, the build's manifest, counts of readers and of what sources bring; out comes the same, or
nothing where the memory was lost.
"""

from __future__ import annotations

from copydesk.memory._counts import CountKind as CountKind
from copydesk.memory._counts import SourceCounts as SourceCounts
from copydesk.memory._counts import SourceDay as SourceDay
from copydesk.memory._counts import Tally as Tally
from copydesk.memory._fates import Fate as Fate
from copydesk.memory._fates import FateState as FateState
from copydesk.memory._histogram import find_share as find_share
from copydesk.memory._histogram import find_step as find_step
from copydesk.memory._keyed_bytes import KeyedBytes as KeyedBytes
from copydesk.memory._manifest import SiteManifest as SiteManifest
from copydesk.memory._reads import Reads as Reads
from copydesk.memory._revisits import Revisit as Revisit
from copydesk.memory._revisits import Revisits as Revisits
from copydesk.memory._schema import VERSION as VERSION
from copydesk.memory._schema import copy as copy
from copydesk.memory._schema import migrate as migrate
from copydesk.memory._store import Memory as Memory
