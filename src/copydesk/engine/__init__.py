"""The only place that knows every stage: it wires them, runs the line and keeps the clock.

In go an open newsroom and what a command asks for; out comes a report. A part is imported when it
is first asked for: a build needs no web client and no parser of pages.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from copydesk.kit import faces

if TYPE_CHECKING:
    from copydesk.archive import CheckReport as CheckReport
    from copydesk.config import NewBeat as NewBeat
    from copydesk.desk_store import LINK_LIFETIME as LINK_LIFETIME
    from copydesk.desk_store import ROLES as ROLES
    from copydesk.desk_store import Role as Role
    from copydesk.engine.accounts import AccountChanges as AccountChanges
    from copydesk.engine.accounts import AccountLink as AccountLink
    from copydesk.engine.accounts import AccountRow as AccountRow
    from copydesk.engine.accounts import EndedSessions as EndedSessions
    from copydesk.engine.accounts import IdentityCheck as IdentityCheck
    from copydesk.engine.accounts import IdentityProvider as IdentityProvider
    from copydesk.engine.accounts import add_account as add_account
    from copydesk.engine.accounts import begin_identity_check as begin_identity_check
    from copydesk.engine.accounts import desk_address as desk_address
    from copydesk.engine.accounts import end_sessions as end_sessions
    from copydesk.engine.accounts import finish_identity_check as finish_identity_check
    from copydesk.engine.accounts import identity_provider as identity_provider
    from copydesk.engine.accounts import list_accounts as list_accounts
    from copydesk.engine.accounts import make_guest_link as make_guest_link
    from copydesk.engine.accounts import make_setup_link as make_setup_link
    from copydesk.engine.accounts import read_uptime as read_uptime
    from copydesk.engine.accounts import remove_account as remove_account
    from copydesk.engine.accounts import reset_account as reset_account
    from copydesk.engine.actions import WorkedOff as WorkedOff
    from copydesk.engine.actions import file_actions as file_actions
    from copydesk.engine.actions import let_stories_wait as let_stories_wait
    from copydesk.engine.actions import work_off as work_off
    from copydesk.engine.cataloguing import CatalogueReport as CatalogueReport
    from copydesk.engine.cataloguing import GatePassage as GatePassage
    from copydesk.engine.cataloguing import refresh_catalogue as refresh_catalogue
    from copydesk.engine.editing import DecidedStories as DecidedStories
    from copydesk.engine.editing import DroppedLead as DroppedLead
    from copydesk.engine.editing import ListedStory as ListedStory
    from copydesk.engine.editing import NewRule as NewRule
    from copydesk.engine.editing import RuleReport as RuleReport
    from copydesk.engine.editing import StoryList as StoryList
    from copydesk.engine.editing import StoryQuestion as StoryQuestion
    from copydesk.engine.editing import UndoReport as UndoReport
    from copydesk.engine.editing import VerdictReport as VerdictReport
    from copydesk.engine.editing import apply_actions as apply_actions
    from copydesk.engine.editing import clear_verdict as clear_verdict
    from copydesk.engine.editing import explain as explain
    from copydesk.engine.editing import field_digests as field_digests
    from copydesk.engine.editing import file_rule as file_rule
    from copydesk.engine.editing import file_verdict as file_verdict
    from copydesk.engine.editing import is_action_id as is_action_id
    from copydesk.engine.editing import list_rules as list_rules
    from copydesk.engine.editing import list_stories as list_stories
    from copydesk.engine.editing import new_tip as new_tip
    from copydesk.engine.editing import read_decided_stories as read_decided_stories
    from copydesk.engine.editing import show_at_once as show_at_once
    from copydesk.engine.editing import speaker as speaker
    from copydesk.engine.editing import undo_action as undo_action
    from copydesk.engine.editing import undo_rule as undo_rule
    from copydesk.engine.newsroom import BuildReport as BuildReport
    from copydesk.engine.newsroom import Demo as Demo
    from copydesk.engine.newsroom import DeployReport as DeployReport
    from copydesk.engine.newsroom import Explanation as Explanation
    from copydesk.engine.newsroom import Failure as Failure
    from copydesk.engine.newsroom import Headline as Headline
    from copydesk.engine.newsroom import Mark as Mark
    from copydesk.engine.newsroom import Newsroom as Newsroom
    from copydesk.engine.newsroom import Place as Place
    from copydesk.engine.newsroom import Progress as Progress
    from copydesk.engine.newsroom import QualityRow as QualityRow
    from copydesk.engine.newsroom import ResidentNewsroom as ResidentNewsroom
    from copydesk.engine.newsroom import RoundReport as RoundReport
    from copydesk.engine.newsroom import RoundStatus as RoundStatus
    from copydesk.engine.newsroom import Rule as Rule
    from copydesk.engine.newsroom import SettingRow as SettingRow
    from copydesk.engine.newsroom import Silence as Silence
    from copydesk.engine.newsroom import adopt as adopt
    from copydesk.engine.newsroom import check_records as check_records
    from copydesk.engine.newsroom import demo as demo
    from copydesk.engine.newsroom import demo_newsroom as demo_newsroom
    from copydesk.engine.newsroom import new as new
    from copydesk.engine.newsroom import new_beat as new_beat
    from copydesk.engine.newsroom import open_newsroom as open_newsroom
    from copydesk.engine.newsroom import open_seal as open_seal
    from copydesk.engine.newsroom import read_round_status as read_round_status
    from copydesk.engine.newsroom import record_path as record_path
    from copydesk.engine.newsroom import setting_rows as setting_rows
    from copydesk.engine.publishing import BuildOptions as BuildOptions
    from copydesk.engine.publishing import DeployOptions as DeployOptions
    from copydesk.engine.publishing import build as build
    from copydesk.engine.publishing import deploy as deploy
    from copydesk.engine.publishing import find_own_scripts as find_own_scripts
    from copydesk.engine.publishing import own_script_digests as own_script_digests
    from copydesk.engine.queue import VIEWS as VIEWS
    from copydesk.engine.queue import QueueCursor as QueueCursor
    from copydesk.engine.queue import QueueOrder as QueueOrder
    from copydesk.engine.queue import QueuePage as QueuePage
    from copydesk.engine.queue import QueueQuestion as QueueQuestion
    from copydesk.engine.queue import QueueReader as QueueReader
    from copydesk.engine.queue import QueueRow as QueueRow
    from copydesk.engine.queue import QueueStory as QueueStory
    from copydesk.engine.queue import QueueView as QueueView
    from copydesk.engine.queue import StoryPage as StoryPage
    from copydesk.engine.queue import picture_file as picture_file
    from copydesk.engine.queue import read_story_page as read_story_page
    from copydesk.engine.rejudging import FieldChange as FieldChange
    from copydesk.engine.rejudging import RejudgeReport as RejudgeReport
    from copydesk.engine.rejudging import apply_rejudging as apply_rejudging
    from copydesk.engine.rejudging import rejudge as rejudge
    from copydesk.engine.round import RoundOptions as RoundOptions
    from copydesk.engine.round import article_fields as article_fields
    from copydesk.engine.round import extract_file as extract_file
    from copydesk.engine.round import extract_url as extract_url
    from copydesk.engine.round import fetch_url as fetch_url
    from copydesk.engine.round import judge_url as judge_url
    from copydesk.engine.round import run_round as run_round
    from copydesk.engine.round import watch_url as watch_url
    from copydesk.engine.serving import ActionStarter as ActionStarter
    from copydesk.engine.serving import AudienceCounts as AudienceCounts
    from copydesk.engine.serving import NewsroomService as NewsroomService
    from copydesk.engine.serving import Subscriber as Subscriber
    from copydesk.engine.serving import open_service as open_service
    from copydesk.engine.sources import Discovery as Discovery
    from copydesk.engine.sources import HealthRow as HealthRow
    from copydesk.engine.sources import Import as Import
    from copydesk.engine.sources import KeepReport as KeepReport
    from copydesk.engine.sources import SourceRow as SourceRow
    from copydesk.engine.sources import add_source as add_source
    from copydesk.engine.sources import ask_sources as ask_sources
    from copydesk.engine.sources import check_sources as check_sources
    from copydesk.engine.sources import export_opml as export_opml
    from copydesk.engine.sources import find_source as find_source
    from copydesk.engine.sources import find_sources as find_sources
    from copydesk.engine.sources import import_sources as import_sources
    from copydesk.engine.sources import keep_source as keep_source
    from copydesk.engine.sources import source_address as source_address
    from copydesk.engine.sources import source_rows as source_rows
    from copydesk.engine.topics import DismissReport as DismissReport
    from copydesk.engine.topics import KeywordReport as KeywordReport
    from copydesk.engine.topics import SuggestedWord as SuggestedWord
    from copydesk.engine.topics import SuggestQuestion as SuggestQuestion
    from copydesk.engine.topics import SuggestReport as SuggestReport
    from copydesk.engine.topics import TopicSuggestions as TopicSuggestions
    from copydesk.engine.topics import add_keywords as add_keywords
    from copydesk.engine.topics import dismiss_words as dismiss_words
    from copydesk.engine.topics import suggest_keywords as suggest_keywords
    from copydesk.watch import Offer as Offer
else:
    __getattr__ = faces.import_on_demand(__name__, __file__)
