"""The open newsroom: a folder goes in; its settings, stores and locks come out, for every command.

With it what commands share: how they report, show progress, turn an exception into a failure and
find the record that a person means.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from copydesk.kit import faces

if TYPE_CHECKING:
    from copydesk.engine.newsroom._check import check_records as check_records
    from copydesk.engine.newsroom._failures import Failure as Failure
    from copydesk.engine.newsroom._failures import failure_of as failure_of
    from copydesk.engine.newsroom._front_servers import FrontAdvice as FrontAdvice
    from copydesk.engine.newsroom._front_servers import FrontServer as FrontServer
    from copydesk.engine.newsroom._front_servers import advise_on_front as advise_on_front
    from copydesk.engine.newsroom._front_servers import keep_front_servers as keep_front_servers
    from copydesk.engine.newsroom._front_servers import read_front_servers as read_front_servers
    from copydesk.engine.newsroom._locate import find_record as find_record
    from copydesk.engine.newsroom._locate import record_at as record_at
    from copydesk.engine.newsroom._locate import record_path as record_path
    from copydesk.engine.newsroom._marks import TICK_NS as TICK_NS
    from copydesk.engine.newsroom._marks import Mark as Mark
    from copydesk.engine.newsroom._marks import Stamp as Stamp
    from copydesk.engine.newsroom._marks import files_below as files_below
    from copydesk.engine.newsroom._marks import mark_files as mark_files
    from copydesk.engine.newsroom._missing import PARTS_A_HOST as PARTS_A_HOST
    from copydesk.engine.newsroom._missing import PARTS_A_ROUND as PARTS_A_ROUND
    from copydesk.engine.newsroom._missing import MissingCount as MissingCount
    from copydesk.engine.newsroom._missing import MissingPart as MissingPart
    from copydesk.engine.newsroom._missing import MissingParts as MissingParts
    from copydesk.engine.newsroom._missing import count_missing_parts as count_missing_parts
    from copydesk.engine.newsroom._missing import find_missing_parts as find_missing_parts
    from copydesk.engine.newsroom._missing import forget_missing_parts as forget_missing_parts
    from copydesk.engine.newsroom._missing import read_missing_parts as read_missing_parts
    from copydesk.engine.newsroom._missing import write_missing_parts as write_missing_parts
    from copydesk.engine.newsroom._newsroom import PRIVATE as PRIVATE
    from copydesk.engine.newsroom._newsroom import Newsroom as Newsroom
    from copydesk.engine.newsroom._newsroom import Troubles as Troubles
    from copydesk.engine.newsroom._newsroom import alone as alone
    from copydesk.engine.newsroom._newsroom import hold_lock as hold_lock
    from copydesk.engine.newsroom._newsroom import in_turn as in_turn
    from copydesk.engine.newsroom._newsroom import open_newsroom as open_newsroom
    from copydesk.engine.newsroom._newsroom import with_stores as with_stores
    from copydesk.engine.newsroom._progress import Progress as Progress
    from copydesk.engine.newsroom._progress import Silence as Silence
    from copydesk.engine.newsroom._report import Became as Became
    from copydesk.engine.newsroom._report import BuildReport as BuildReport
    from copydesk.engine.newsroom._report import DeployReport as DeployReport
    from copydesk.engine.newsroom._report import Evidence as Evidence
    from copydesk.engine.newsroom._report import Explanation as Explanation
    from copydesk.engine.newsroom._report import Headline as Headline
    from copydesk.engine.newsroom._report import Place as Place
    from copydesk.engine.newsroom._report import QualityRow as QualityRow
    from copydesk.engine.newsroom._report import RoundReport as RoundReport
    from copydesk.engine.newsroom._report import Rule as Rule
    from copydesk.engine.newsroom._report import Term as Term
    from copydesk.engine.newsroom._resident import ResidentNewsroom as ResidentNewsroom
    from copydesk.engine.newsroom._round_status import RoundStatus as RoundStatus
    from copydesk.engine.newsroom._round_status import RoundTeller as RoundTeller
    from copydesk.engine.newsroom._round_status import read_round_status as read_round_status
    from copydesk.engine.newsroom._seals import open_seal as open_seal
    from copydesk.engine.newsroom._settings import SettingRow as SettingRow
    from copydesk.engine.newsroom._settings import setting_rows as setting_rows
    from copydesk.engine.newsroom._starts import Demo as Demo
    from copydesk.engine.newsroom._starts import adopt as adopt
    from copydesk.engine.newsroom._starts import demo as demo
    from copydesk.engine.newsroom._starts import demo_newsroom as demo_newsroom
    from copydesk.engine.newsroom._starts import new as new
    from copydesk.engine.newsroom._starts import new_beat as new_beat
    from copydesk.engine.newsroom._starts import require_free_folder as require_free_folder
else:
    __getattr__ = faces.import_on_demand(__name__, __file__)
