"""Read what a site says to those who fetch by themselves: bytes in, rules and usage lines out."""

from __future__ import annotations

from copydesk.fetch.robots._rules import RobotsRules as RobotsRules
from copydesk.fetch.robots._rules import fits as fits
from copydesk.fetch.robots._rules import normalize_path as normalize_path
from copydesk.fetch.robots._tdmrep import TDMREP_PATH as TDMREP_PATH
from copydesk.fetch.robots._tdmrep import read_tdmrep as read_tdmrep
from copydesk.fetch.robots._usage import UsageLine as UsageLine
