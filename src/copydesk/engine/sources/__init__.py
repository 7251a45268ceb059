"""Sources: the beat's sources go in, leads and how each source stands come out.

Which of the leads a round fetches is picked in `engine.round` (`pick_leads`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from copydesk.kit import faces

if TYPE_CHECKING:
    from copydesk.engine.sources._ask import SourceAnswer as SourceAnswer
    from copydesk.engine.sources._ask import SourceAnswers as SourceAnswers
    from copydesk.engine.sources._ask import SourcesToAsk as SourcesToAsk
    from copydesk.engine.sources._ask import collect_leads as collect_leads
    from copydesk.engine.sources._ask import is_at_home as is_at_home
    from copydesk.engine.sources._ask import with_source_options as with_source_options
    from copydesk.engine.sources._discover import Discovery as Discovery
    from copydesk.engine.sources._discover import add_source as add_source
    from copydesk.engine.sources._discover import find_sources as find_sources
    from copydesk.engine.sources._discover import source_address as source_address
    from copydesk.engine.sources._edit_source import SourceEdit as SourceEdit
    from copydesk.engine.sources._edit_source import edit_source as edit_source
    from copydesk.engine.sources._edit_source import end_source as end_source
    from copydesk.engine.sources._edit_source import move_source as move_source
    from copydesk.engine.sources._file_sources import ImportRow as ImportRow
    from copydesk.engine.sources._file_sources import file_sources as file_sources
    from copydesk.engine.sources._file_sources import rehearse_import as rehearse_import
    from copydesk.engine.sources._health import HealthRow as HealthRow
    from copydesk.engine.sources._health import SourceRow as SourceRow
    from copydesk.engine.sources._health import ask_sources as ask_sources
    from copydesk.engine.sources._health import check_sources as check_sources
    from copydesk.engine.sources._health import source_rows as source_rows
    from copydesk.engine.sources._hub_pushes import HubPush as HubPush
    from copydesk.engine.sources._hub_pushes import (
        find_hub_pushed_sources as find_hub_pushed_sources,
    )
    from copydesk.engine.sources._hub_pushes import forget_subscription as forget_subscription
    from copydesk.engine.sources._hub_pushes import keep_hub_push as keep_hub_push
    from copydesk.engine.sources._hub_pushes import keep_subscription as keep_subscription
    from copydesk.engine.sources._hub_pushes import read_hub_pushed_page as read_hub_pushed_page
    from copydesk.engine.sources._hub_pushes import subscription_at as subscription_at
    from copydesk.engine.sources._hub_pushes import subscription_key as subscription_key
    from copydesk.engine.sources._hub_pushes import subscriptions as subscriptions
    from copydesk.engine.sources._hub_pushes import unread_hub_pushes as unread_hub_pushes
    from copydesk.engine.sources._hub_pushes import use_up_hub_push as use_up_hub_push
    from copydesk.engine.sources._keep import KeepReport as KeepReport
    from copydesk.engine.sources._keep import keep_source as keep_source
    from copydesk.engine.sources._ledger import LEDGER_PATH as LEDGER_PATH
    from copydesk.engine.sources._ledger import States as States
    from copydesk.engine.sources._ledger import apply_ledger as apply_ledger
    from copydesk.engine.sources._ledger import ledger_under_edit as ledger_under_edit
    from copydesk.engine.sources._ledger import note_moves as note_moves
    from copydesk.engine.sources._look_apart import FoundList as FoundList
    from copydesk.engine.sources._look_apart import ListPreview as ListPreview
    from copydesk.engine.sources._look_apart import fetch_apart as fetch_apart
    from copydesk.engine.sources._look_apart import look_for_lists as look_for_lists
    from copydesk.engine.sources._look_apart import preview_list as preview_list
    from copydesk.engine.sources._named_source import find_source as find_source
    from copydesk.engine.sources._opml import Import as Import
    from copydesk.engine.sources._opml import export_opml as export_opml
    from copydesk.engine.sources._opml import import_sources as import_sources
    from copydesk.engine.sources._rules import RULE_REASONS as RULE_REASONS
    from copydesk.engine.sources._rules import RuleDigests as RuleDigests
    from copydesk.engine.sources._source_board import BoardRow as BoardRow
    from copydesk.engine.sources._source_board import SourceBoard as SourceBoard
    from copydesk.engine.sources._source_board import read_source_board as read_source_board
    from copydesk.engine.sources._states import keep_states as keep_states
    from copydesk.engine.sources._states import source_states as source_states
    from copydesk.engine.sources._waiting_leads import WaitingLeads as WaitingLeads
    from copydesk.engine.sources._waiting_leads import keep_waiting_leads as keep_waiting_leads
    from copydesk.engine.sources._waiting_tips import forget_tip as forget_tip
    from copydesk.engine.sources._waiting_tips import keep_tip as keep_tip
    from copydesk.engine.sources._waiting_tips import read_tips as read_tips
else:
    __getattr__ = faces.import_on_demand(__name__, __file__)
