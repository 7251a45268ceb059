"""Backups: write a newsroom folder to one file, keep it at a target, and restore it from there."""

from typing import TYPE_CHECKING

from copydesk.kit import faces

if TYPE_CHECKING:
    from copydesk.newsroom.backup._back_up import BackupOptions as BackupOptions
    from copydesk.newsroom.backup._back_up import BackupReport as BackupReport
    from copydesk.newsroom.backup._back_up import back_up as back_up
    from copydesk.newsroom.backup._back_up import keep_backup as keep_backup
    from copydesk.newsroom.backup._manifest import BackupManifest as BackupManifest
    from copydesk.newsroom.backup._manifest import BackupPart as BackupPart
    from copydesk.newsroom.backup._manifest import DatabaseCount as DatabaseCount
    from copydesk.newsroom.backup._manifest import LeftOut as LeftOut
    from copydesk.newsroom.backup._manifest import find_database_fault as find_database_fault
    from copydesk.newsroom.backup._restore import BackupDifference as BackupDifference
    from copydesk.newsroom.backup._restore import RestoreReport as RestoreReport
    from copydesk.newsroom.backup._restore import Verification as Verification
    from copydesk.newsroom.backup._restore import check_backup as check_backup
    from copydesk.newsroom.backup._restore import restore as restore
    from copydesk.newsroom.backup._restore import verify_backup as verify_backup
    from copydesk.newsroom.backup._targets import BackupStatus as BackupStatus
    from copydesk.newsroom.backup._targets import RestoreOptions as RestoreOptions
    from copydesk.newsroom.backup._targets import read_backup_status as read_backup_status
else:
    __getattr__ = faces.import_on_demand(__name__, __file__)
