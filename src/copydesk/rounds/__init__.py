"""Run a round of work: fetch the due sources, score their articles, store them as story records
(Markdown files in git), build the site. A report is returned.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from copydesk.kit import faces

if TYPE_CHECKING:
    from copydesk.rounds._conclude import tally_round as tally_round
    from copydesk.rounds._gather import PAGES_A_SOURCE as PAGES_A_SOURCE
    from copydesk.rounds._gather import RoundLimits as RoundLimits
    from copydesk.rounds._gather import RoundOptions as RoundOptions
    from copydesk.rounds._gather import pick_leads as pick_leads
    from copydesk.rounds._judging import apply_rules as apply_rules
    from copydesk.rounds._judging import take_back_rule as take_back_rule
    from copydesk.rounds._page_memory import GONE as GONE
    from copydesk.rounds._page_memory import NO_TRACE as NO_TRACE
    from copydesk.rounds._page_memory import SiteHabits as SiteHabits
    from copydesk.rounds._page_memory import find_gone_paths as find_gone_paths
    from copydesk.rounds._page_memory import is_known_gone as is_known_gone
    from copydesk.rounds._pictures import ChosenPicture as ChosenPicture
    from copydesk.rounds._pictures import FormMaking as FormMaking
    from copydesk.rounds._pictures import PictureSearch as PictureSearch
    from copydesk.rounds._pool import ReaderContext as ReaderContext
    from copydesk.rounds._pool import ReaderPool as ReaderPool
    from copydesk.rounds._revisit_plans import due_looks as due_looks
    from copydesk.rounds._round import forget_old as forget_old
    from copydesk.rounds._round import push_commits as push_commits
    from copydesk.rounds._round import run_round as run_round
    from copydesk.rounds._shelf import FiledShelf as FiledShelf
    from copydesk.rounds._shelf import Vectors as Vectors
    from copydesk.rounds._shelf import open_vectors as open_vectors
else:
    __getattr__ = faces.import_on_demand(__name__, __file__)
