"""Read what a site says to those who fetch by themselves: bytes in, rules and usage lines out."""

from __future__ import annotations

from copydesk.fetch.robots._rules import Rules, fits, spelled
from copydesk.fetch.robots._tdmrep import TDMREP_PATH, read_tdmrep
from copydesk.fetch.robots._usage import Saying

__all__ = [
    "TDMREP_PATH",
    "Rules",
    "Saying",
    "fits",
    "read_tdmrep",
    "spelled",
]
