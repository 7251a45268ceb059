"""The git repository around a newsroom folder: commit files, push, read its history, bundle it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from copydesk.kit import faces

if TYPE_CHECKING:
    from copydesk.archive.git._bundle import RefsSnapshot as RefsSnapshot
    from copydesk.archive.git._bundle import is_visible_to_git as is_visible_to_git
    from copydesk.archive.git._bundle import list_ignored_files as list_ignored_files
    from copydesk.archive.git._bundle import list_refs as list_refs
    from copydesk.archive.git._bundle import list_tree as list_tree
    from copydesk.archive.git._bundle import list_user_changes as list_user_changes
    from copydesk.archive.git._bundle import restore_bundle as restore_bundle
    from copydesk.archive.git._bundle import snapshot_refs as snapshot_refs
    from copydesk.archive.git._bundle import tree_of as tree_of
    from copydesk.archive.git._bundle import write_bundle as write_bundle
    from copydesk.archive.git._log import LoggedCommit as LoggedCommit
    from copydesk.archive.git._log import list_changes_since as list_changes_since
    from copydesk.archive.git._log import list_commits as list_commits
    from copydesk.archive.git._log import read_commit as read_commit
    from copydesk.archive.git._log import read_path_log as read_path_log
    from copydesk.archive.git._push import Pushed as Pushed
    from copydesk.archive.git._repository import AUTHOR as AUTHOR
    from copydesk.archive.git._repository import Repository as Repository
    from copydesk.archive.git._repository import start_repository as start_repository
else:
    __getattr__ = faces.import_on_demand(__name__, __file__)
