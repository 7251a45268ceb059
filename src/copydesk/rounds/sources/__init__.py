"""Fetch the watched sources (feeds, sitemaps, pages): their links and their health come out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from copydesk.kit import faces

if TYPE_CHECKING:
    from copydesk.rounds.sources._ask import AskPlan as AskPlan
    from copydesk.rounds.sources._ask import SourceAnswer as SourceAnswer
    from copydesk.rounds.sources._ask import SourceAnswers as SourceAnswers
    from copydesk.rounds.sources._ask import SourcesToAsk as SourcesToAsk
    from copydesk.rounds.sources._ask import collect_leads as collect_leads
    from copydesk.rounds.sources._ask import is_at_home as is_at_home
    from copydesk.rounds.sources._ask import most_of_host as most_of_host
    from copydesk.rounds.sources._ask import with_source_options as with_source_options
    from copydesk.rounds.sources._discover import Discovery as Discovery
    from copydesk.rounds.sources._discover import FoundList as FoundList
    from copydesk.rounds.sources._discover import ListPreview as ListPreview
    from copydesk.rounds.sources._discover import fetch_apart as fetch_apart
    from copydesk.rounds.sources._discover import find_sources as find_sources
    from copydesk.rounds.sources._discover import look_for_lists as look_for_lists
    from copydesk.rounds.sources._discover import preview_list as preview_list
    from copydesk.rounds.sources._discover import source_address as source_address
    from copydesk.rounds.sources._discover import take_offer as take_offer
    from copydesk.rounds.sources._health import BoardRow as BoardRow
    from copydesk.rounds.sources._health import HealthRow as HealthRow
    from copydesk.rounds.sources._health import SourceBoard as SourceBoard
    from copydesk.rounds.sources._health import SourceRow as SourceRow
    from copydesk.rounds.sources._health import ask_sources as ask_sources
    from copydesk.rounds.sources._health import check_sources as check_sources
    from copydesk.rounds.sources._health import read_source_board as read_source_board
    from copydesk.rounds.sources._health import source_rows as source_rows
else:
    __getattr__ = faces.import_on_demand(__name__, __file__)
