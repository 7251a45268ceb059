"""Read what a site says to those who fetch by themselves: bytes in, rules and usage lines out."""

from __future__ import annotations

from copydesk.fetch.robots._rules import RobotsRules, fits, normalize_path
from copydesk.fetch.robots._tdmrep import TDMREP_PATH, read_tdmrep
from copydesk.fetch.robots._usage import UsageLine

__all__ = [
    "TDMREP_PATH",
    "RobotsRules",
    "UsageLine",
    "fits",
    "normalize_path",
    "read_tdmrep",
]
