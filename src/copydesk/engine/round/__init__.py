"""A round: sources that are due go in; filed records, a built site and a report come out.

`_gather` asks the sources and reads the pages that `_pick_leads` picks of what they list; the line
goes on in `_line`. And each step of it alone, to see what it sees.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from copydesk.kit import faces

if TYPE_CHECKING:
    from copydesk.engine.round._gather import RoundOptions as RoundOptions
    from copydesk.engine.round._git_remote import push_commits as push_commits
    from copydesk.engine.round._outcomes import Known as Known
    from copydesk.engine.round._outcomes import NewStory as NewStory
    from copydesk.engine.round._outcomes import Outcome as Outcome
    from copydesk.engine.round._outcomes import Waiting as Waiting
    from copydesk.engine.round._outcomes import count_drops as count_drops
    from copydesk.engine.round._outcomes import failures as failures
    from copydesk.engine.round._outcomes import fates as fates
    from copydesk.engine.round._outcomes import waiting as waiting
    from copydesk.engine.round._pick_leads import PAGES_A_SOURCE as PAGES_A_SOURCE
    from copydesk.engine.round._pick_leads import RoundLimits as RoundLimits
    from copydesk.engine.round._pick_leads import pick_leads as pick_leads
    from copydesk.engine.round._retention import forget_old as forget_old
    from copydesk.engine.round._round import run_round as run_round
    from copydesk.engine.round._steps import article_fields as article_fields
    from copydesk.engine.round._steps import extract_file as extract_file
    from copydesk.engine.round._steps import extract_url as extract_url
    from copydesk.engine.round._steps import fetch_url as fetch_url
    from copydesk.engine.round._steps import judge_url as judge_url
    from copydesk.engine.round._steps import request_for as request_for
    from copydesk.engine.round._steps import watch_url as watch_url
    from copydesk.engine.round._stopwatch import Stopwatch as Stopwatch
    from copydesk.engine.round._tally import tally_round as tally_round
else:
    __getattr__ = faces.import_on_demand(__name__, __file__)
