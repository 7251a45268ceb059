"""Serving: what a newsroom does behind its served site: rounds when due, hubs, counts of reads.

A newsroom goes in; its rounds run, its subscriptions live and its reads are counted until the
server, which is another floor's (`copydesk.serve`), is told to stop.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from copydesk.kit import faces

if TYPE_CHECKING:
    from copydesk.engine.serving._action_starter import ActionStarter as ActionStarter
    from copydesk.engine.serving._audience import AudienceCounts as AudienceCounts
    from copydesk.engine.serving._audience import keep_issue_views as keep_issue_views
    from copydesk.engine.serving._audience import keep_reads as keep_reads
    from copydesk.engine.serving._command_on_demand import CommandOnDemand as CommandOnDemand
    from copydesk.engine.serving._command_on_demand import DemandedCommand as DemandedCommand
    from copydesk.engine.serving._due import NewsroomFolder as NewsroomFolder
    from copydesk.engine.serving._due import what_is_due as what_is_due
    from copydesk.engine.serving._edited_files import EditedFiles as EditedFiles
    from copydesk.engine.serving._file_changes import FileChanges as FileChanges
    from copydesk.engine.serving._file_watcher import FileWatcher as FileWatcher
    from copydesk.engine.serving._letter_hours import LetterHours as LetterHours
    from copydesk.engine.serving._mail_hours import MailHours as MailHours
    from copydesk.engine.serving._mounts import find_network_mount as find_network_mount
    from copydesk.engine.serving._round_starter import RoundStarter as RoundStarter
    from copydesk.engine.serving._rounds import Rounds as Rounds
    from copydesk.engine.serving._rounds import wait_after_hub_push as wait_after_hub_push
    from copydesk.engine.serving._service import NewsroomService as NewsroomService
    from copydesk.engine.serving._service import keep_going as keep_going
    from copydesk.engine.serving._service import open_service as open_service
    from copydesk.engine.serving._service import with_time as with_time
    from copydesk.engine.serving._subscriber import HubAnswer as HubAnswer
    from copydesk.engine.serving._subscriber import Subscriber as Subscriber
else:
    __getattr__ = faces.import_on_demand(__name__, __file__)
