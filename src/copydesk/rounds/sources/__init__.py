"""Ask sources: a beat's sources go in; their leads and each source's health come out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from copydesk.kit import faces

if TYPE_CHECKING:
    from copydesk.rounds.sources._ask import SourceAnswer as SourceAnswer
    from copydesk.rounds.sources._ask import SourceAnswers as SourceAnswers
    from copydesk.rounds.sources._ask import SourcesToAsk as SourcesToAsk
    from copydesk.rounds.sources._ask import collect_leads as collect_leads
    from copydesk.rounds.sources._ask import is_at_home as is_at_home
    from copydesk.rounds.sources._ask import with_source_options as with_source_options
    from copydesk.rounds.sources._discover import Discovery as Discovery
    from copydesk.rounds.sources._discover import FoundList as FoundList
    from copydesk.rounds.sources._discover import ListPreview as ListPreview
    from copydesk.rounds.sources._discover import add_source as add_source
    from copydesk.rounds.sources._discover import fetch_apart as fetch_apart
    from copydesk.rounds.sources._discover import find_sources as find_sources
    from copydesk.rounds.sources._discover import look_for_lists as look_for_lists
    from copydesk.rounds.sources._discover import preview_list as preview_list
    from copydesk.rounds.sources._discover import source_address as source_address
    from copydesk.rounds.sources._health import BoardRow as BoardRow
    from copydesk.rounds.sources._health import HealthRow as HealthRow
    from copydesk.rounds.sources._health import SourceBoard as SourceBoard
    from copydesk.rounds.sources._health import SourceRow as SourceRow
    from copydesk.rounds.sources._health import ask_sources as ask_sources
    from copydesk.rounds.sources._health import check_sources as check_sources
    from copydesk.rounds.sources._health import read_source_board as read_source_board
    from copydesk.rounds.sources._health import source_rows as source_rows
    from copydesk.rounds.sources._states import LEDGER_PATH as LEDGER_PATH
    from copydesk.rounds.sources._states import RULE_REASONS as RULE_REASONS
    from copydesk.rounds.sources._states import HubPush as HubPush
    from copydesk.rounds.sources._states import RuleDigests as RuleDigests
    from copydesk.rounds.sources._states import States as States
    from copydesk.rounds.sources._states import WaitingLeads as WaitingLeads
    from copydesk.rounds.sources._states import apply_ledger as apply_ledger
    from copydesk.rounds.sources._states import encode_tips as encode_tips
    from copydesk.rounds.sources._states import find_hub_pushed_sources as find_hub_pushed_sources
    from copydesk.rounds.sources._states import forget_subscription as forget_subscription
    from copydesk.rounds.sources._states import forget_tip as forget_tip
    from copydesk.rounds.sources._states import keep_hub_push as keep_hub_push
    from copydesk.rounds.sources._states import keep_states as keep_states
    from copydesk.rounds.sources._states import keep_subscription as keep_subscription
    from copydesk.rounds.sources._states import keep_waiting_leads as keep_waiting_leads
    from copydesk.rounds.sources._states import ledger_under_edit as ledger_under_edit
    from copydesk.rounds.sources._states import note_moves as note_moves
    from copydesk.rounds.sources._states import read_hub_pushed_page as read_hub_pushed_page
    from copydesk.rounds.sources._states import read_tips as read_tips
    from copydesk.rounds.sources._states import source_states as source_states
    from copydesk.rounds.sources._states import subscription_at as subscription_at
    from copydesk.rounds.sources._states import subscription_key as subscription_key
    from copydesk.rounds.sources._states import subscriptions as subscriptions
    from copydesk.rounds.sources._states import unread_hub_pushes as unread_hub_pushes
    from copydesk.rounds.sources._states import use_up_hub_push as use_up_hub_push
else:
    __getattr__ = faces.import_on_demand(__name__, __file__)
