"""The truth: takes stories, keeps them as Markdown records in git, gives back the same stories."""

from __future__ import annotations

from typing import TYPE_CHECKING

from copydesk.kit import faces

if TYPE_CHECKING:
    from copydesk.archive._archive import Archive as Archive
    from copydesk.archive._archive import Signature as Signature
    from copydesk.archive._articles import ArticleStore as ArticleStore
    from copydesk.archive._articles import address_mark as address_mark
    from copydesk.archive._check import CheckReport as CheckReport
    from copydesk.archive._check import DataReport as DataReport
    from copydesk.archive._check import check as check
    from copydesk.archive._data_images import add_images as add_images
    from copydesk.archive._ledger import Ledger as Ledger
    from copydesk.archive._ledger import SourceEnded as SourceEnded
    from copydesk.archive._ledger import SourceKept as SourceKept
    from copydesk.archive._ledger import SourceMoved as SourceMoved
    from copydesk.archive._ledger import ledger_change as ledger_change
    from copydesk.archive._ledger import read_ledger as read_ledger
    from copydesk.archive._letters import LETTERS_FOLDER as LETTERS_FOLDER
    from copydesk.archive._letters import FiledLetter as FiledLetter
    from copydesk.archive._letters import edit_letter as edit_letter
    from copydesk.archive._letters import emit_letter as emit_letter
    from copydesk.archive._letters import is_letter_path as is_letter_path
    from copydesk.archive._letters import letter_path as letter_path
    from copydesk.archive._paths import slug as slug
    from copydesk.archive._paths import story_path as story_path
    from copydesk.archive._reading_lists import edit_reading_list as edit_reading_list
    from copydesk.archive._reading_lists import find_reading_lists as find_reading_lists
    from copydesk.archive._reading_lists import is_list_id as is_list_id
    from copydesk.archive._reading_lists import is_list_path as is_list_path
    from copydesk.archive._reading_lists import list_path as list_path
    from copydesk.archive._reading_lists import parse_reading_list as parse_reading_list
    from copydesk.archive._rulings_file import Rulings as Rulings
    from copydesk.archive._rulings_file import edit_rulings as edit_rulings
    from copydesk.archive._rulings_file import parse_rulings as parse_rulings
    from copydesk.archive._rulings_file import read_rulings as read_rulings
    from copydesk.archive._rulings_file import rulings_change as rulings_change
    from copydesk.archive._seal import seal as seal
    from copydesk.archive._seal import seal_reference_form as seal_reference_form
    from copydesk.archive._seal import unseal as unseal
    from copydesk.archive._seal import write_key as write_key
    from copydesk.archive._story_log import StoryCommit as StoryCommit
    from copydesk.archive._story_log import StoryLog as StoryLog
    from copydesk.archive._story_log import read_story_log as read_story_log
    from copydesk.archive._topic_file import dismissal_change as dismissal_change
    from copydesk.archive._topic_file import edit_keywords as edit_keywords
    from copydesk.archive._topic_file import edit_texts as edit_texts
    from copydesk.archive._topic_file import edit_topic as edit_topic
    from copydesk.archive._topic_file import keywords_change as keywords_change
    from copydesk.archive.change import Begun as Begun
    from copydesk.archive.change import Change as Change
    from copydesk.archive.change import Committed as Committed
    from copydesk.archive.change import FileChange as FileChange
    from copydesk.archive.change import Recovered as Recovered
    from copydesk.archive.change import WriteLock as WriteLock
    from copydesk.archive.change import digest as digest
    from copydesk.archive.change import digest_of as digest_of
    from copydesk.archive.change import is_cut_short as is_cut_short
    from copydesk.archive.document import parse_record as parse_record
    from copydesk.archive.git import CommitMessage as CommitMessage
    from copydesk.archive.git import LoggedCommit as LoggedCommit
    from copydesk.archive.git import ObjectFormat as ObjectFormat
    from copydesk.archive.git import Pushed as Pushed
    from copydesk.archive.git import RefsSnapshot as RefsSnapshot
    from copydesk.archive.git import Repository as Repository
    from copydesk.archive.git import Uncommitted as Uncommitted
    from copydesk.archive.git import is_visible_to_git as is_visible_to_git
    from copydesk.archive.git import list_changes_since as list_changes_since
    from copydesk.archive.git import list_commits as list_commits
    from copydesk.archive.git import list_ignored_files as list_ignored_files
    from copydesk.archive.git import list_refs as list_refs
    from copydesk.archive.git import list_tree as list_tree
    from copydesk.archive.git import list_user_changes as list_user_changes
    from copydesk.archive.git import read_commit as read_commit
    from copydesk.archive.git import restore_bundle as restore_bundle
    from copydesk.archive.git import snapshot_refs as snapshot_refs
    from copydesk.archive.git import start_repository as start_repository
    from copydesk.archive.git import tree_of as tree_of
    from copydesk.archive.git import write_bundle as write_bundle
    from copydesk.archive.record import emit_story as emit_story
    from copydesk.archive.record import parse_story as parse_story
else:
    __getattr__ = faces.import_on_demand(__name__, __file__)
