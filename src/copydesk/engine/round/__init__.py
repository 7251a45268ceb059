"""A round: sources that are due go in; filed records, a built site and a report come out.

And each step of it alone, to see what it sees.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from copydesk.kit import faces

if TYPE_CHECKING:
    from copydesk.engine.round._gather import RoundOptions as RoundOptions
    from copydesk.engine.round._round import run_round as run_round
    from copydesk.engine.round._steps import article_fields as article_fields
    from copydesk.engine.round._steps import extract_file as extract_file
    from copydesk.engine.round._steps import extract_url as extract_url
    from copydesk.engine.round._steps import fetch_url as fetch_url
    from copydesk.engine.round._steps import judge_url as judge_url
    from copydesk.engine.round._steps import watch_url as watch_url
else:
    __getattr__ = faces.import_on_demand(__name__, __file__)
