"""Open a newsroom folder (all files of one site): settings, stores and locks; commit changes."""

from typing import TYPE_CHECKING

from copydesk.kit import faces

if TYPE_CHECKING:
    from copydesk.newsroom._newsroom import PRIVATE as PRIVATE
    from copydesk.newsroom._newsroom import TICK_NS as TICK_NS
    from copydesk.newsroom._newsroom import Failure as Failure
    from copydesk.newsroom._newsroom import IncompleteSource as IncompleteSource
    from copydesk.newsroom._newsroom import Mark as Mark
    from copydesk.newsroom._newsroom import Newsroom as Newsroom
    from copydesk.newsroom._newsroom import Progress as Progress
    from copydesk.newsroom._newsroom import ResidentNewsroom as ResidentNewsroom
    from copydesk.newsroom._newsroom import Silence as Silence
    from copydesk.newsroom._newsroom import Stamp as Stamp
    from copydesk.newsroom._newsroom import Troubles as Troubles
    from copydesk.newsroom._newsroom import alone as alone
    from copydesk.newsroom._newsroom import failure_of as failure_of
    from copydesk.newsroom._newsroom import files_below as files_below
    from copydesk.newsroom._newsroom import hold_lock as hold_lock
    from copydesk.newsroom._newsroom import hold_or_refuse as hold_or_refuse
    from copydesk.newsroom._newsroom import in_turn as in_turn
    from copydesk.newsroom._newsroom import mark_files as mark_files
    from copydesk.newsroom._newsroom import open_newsroom as open_newsroom
    from copydesk.newsroom._newsroom import with_stores as with_stores
else:
    __getattr__ = faces.import_on_demand(__name__, __file__)
