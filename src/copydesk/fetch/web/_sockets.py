"""Sockets: how many may stand open, and which connections are kept for the next request."""

from __future__ import annotations

import contextlib
from collections import OrderedDict

from copydesk.news import FetchOptions

_MOST_FILES = 65_536
_FEWEST_KEPT, _MOST_KEPT = 16, 4_096
_SPARE = 256  # files for the rest of the newsroom: git, the database, name servers
_SHORTEST_IDLE, _LONGEST_IDLE = 15.0, 75.0  # seconds; most servers hang up after 5 to 75
_MARGIN = 5.0


def raise_file_limit() -> int:
    """Raise the soft limit of open files as far as we may, and give what it is now."""
    try:
        import resource
    except ImportError:  # not a Unix
        return 512
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    endless = {-1, resource.RLIM_INFINITY}
    wanted = _MOST_FILES if hard in endless else min(hard, _MOST_FILES)
    if soft not in endless and soft < wanted:
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        soft = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    return _MOST_FILES if soft in endless else min(soft, _MOST_FILES)


def idle_limit(files: int, concurrency: int) -> int:
    """Return how many connections may wait idle where so many files may be open."""
    return min(max((files - _SPARE) // 2 - 2 * concurrency, _FEWEST_KEPT), _MOST_KEPT)


def idle_seconds(options: FetchOptions) -> float:
    """Compute how long a connection is kept: past a pause between two requests that is short."""
    longest = max([options.delay_seconds, *(options.delay(host) for host in options.hosts)])
    return min(max(_SHORTEST_IDLE, longest + _MARGIN), _LONGEST_IDLE)


class IdleConnections:
    """The connections that wait for their host's next request, counted at our end.

    A connection that would be one too many is closed after its answer, and the server is told.
    """

    def __init__(self, most: int, seconds: float) -> None:
        self._most = most
        self._seconds = seconds
        self._since: OrderedDict[str, float] = OrderedDict()

    def has_room(self, key: str, now: float) -> bool:
        """Decide whether the connection to ask over may be kept afterwards."""
        if key in self._since or len(self._since) < self._most:
            return True
        while self._since and next(iter(self._since.values())) + self._seconds <= now:
            self._since.popitem(last=False)
        return len(self._since) < self._most

    def keep(self, key: str, now: float) -> None:
        """Note that a connection waits from now on."""
        self._since[key] = now
        self._since.move_to_end(key)
