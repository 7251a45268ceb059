"""Store stories as records (Markdown files) in git, and read the same stories back.

Sub-rooms: `change` writes and commits files, `git` is the repository, `record` and `document` are
the formats of files. `ledger`, `letters`, `reading_lists`, `shown` and `topic_file` are other
files of a newsroom that copydesk edits, `sealing` encrypts the private part of a record.
"""

from typing import TYPE_CHECKING

from copydesk.kit import faces

if TYPE_CHECKING:
    from copydesk.archive._archive import NEWS_FOLDERS as NEWS_FOLDERS
    from copydesk.archive._archive import Archive as Archive
    from copydesk.archive._archive import CheckReport as CheckReport
    from copydesk.archive._archive import Signature as Signature
    from copydesk.archive._archive import check as check
    from copydesk.archive._articles import ArticleStore as ArticleStore
    from copydesk.archive._articles import address_mark as address_mark
    from copydesk.archive._data_lists import add_images as add_images
    from copydesk.archive._files import LETTERS_FOLDER as LETTERS_FOLDER
    from copydesk.archive._files import archive_path as archive_path
    from copydesk.archive._files import path_of_month as path_of_month
    from copydesk.archive._files import record_places as record_places
    from copydesk.archive._files import slug as slug
    from copydesk.archive._files import story_path as story_path
    from copydesk.archive._journal import FileChange as FileChange
    from copydesk.archive._journal import digest as digest
    from copydesk.archive._journal import digest_of as digest_of
    from copydesk.archive._rulings import Rulings as Rulings
    from copydesk.archive._rulings import edit_rulings as edit_rulings
    from copydesk.archive._rulings import parse_rulings as parse_rulings
    from copydesk.archive._rulings import read_rulings as read_rulings
    from copydesk.archive._rulings import rulings_change as rulings_change
    from copydesk.archive._story_log import StoryCommit as StoryCommit
    from copydesk.archive._story_log import read_story_log as read_story_log
else:
    __getattr__ = faces.import_on_demand(__name__, __file__)
