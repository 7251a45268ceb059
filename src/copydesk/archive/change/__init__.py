"""The one way to change what is in git: takes files as they are to be, finishes it after any kill.

decide | begin: clean check, journal | files, lot by lot | one commit | journal off

`steps` are those that reach the disk and git: a kill may come between any two of them.
"""

from __future__ import annotations

from copydesk.archive.change import _steps as steps
from copydesk.archive.change._change import Begun, Change
from copydesk.archive.change._journal import FileChange, digest, digest_of
from copydesk.archive.change._recover import Recovered
from copydesk.archive.change._steps import Committed
from copydesk.archive.change._write_lock import WriteLock, is_cut_short

__all__ = [
    "Begun",
    "Change",
    "Committed",
    "FileChange",
    "Recovered",
    "WriteLock",
    "digest",
    "digest_of",
    "is_cut_short",
    "steps",
]
