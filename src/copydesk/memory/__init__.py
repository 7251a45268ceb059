"""The memory: a disposable SQLite database with what copydesk remembers between fetching rounds.

It has the outcomes of links, the states of sources and hosts, planned re-fetches of article pages,
digests of records and of built files, page views, and counts of what sources bring.
"""

from copydesk.memory._schema import VERSION as VERSION
from copydesk.memory._schema import copy as copy
from copydesk.memory._schema import migrate as migrate
from copydesk.memory._store import Memory as Memory
from copydesk.memory._tables import CountKind as CountKind
from copydesk.memory._tables import Fate as Fate
from copydesk.memory._tables import Revisit as Revisit
from copydesk.memory._tables import SourceDay as SourceDay
from copydesk.memory._tables import Tally as Tally
from copydesk.memory._tables import find_share as find_share
from copydesk.memory._tables import find_step as find_step
