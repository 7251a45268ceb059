"""The background work of `copydesk serve`: fetching, WebSub, newsletters, webhooks, view counts.

`open_service` takes a `Newsroom` (the files and settings of one site). While the web server
(`copydesk.serve`) runs, news is fetched, WebSub subscriptions are renewed and page views counted.
"""

from typing import TYPE_CHECKING

from copydesk.kit import faces

if TYPE_CHECKING:
    from copydesk.background._doctor import examine as examine
    from copydesk.background._doctor import examine_folder as examine_folder
    from copydesk.background._edited_files import EditedFiles as EditedFiles
    from copydesk.background._edited_files import FileChanges as FileChanges
    from copydesk.background._edited_files import FileWatcher as FileWatcher
    from copydesk.background._edited_files import find_network_mount as find_network_mount
    from copydesk.background._hubs import Subscriber as Subscriber
    from copydesk.background._letters import LetterHours as LetterHours
    from copydesk.background._letters import MailHours as MailHours
    from copydesk.background._rounds import ModelHours as ModelHours
    from copydesk.background._rounds import NewsroomFolder as NewsroomFolder
    from copydesk.background._rounds import Rounds as Rounds
    from copydesk.background._rounds import what_is_due as what_is_due
    from copydesk.background._service import AudienceCounts as AudienceCounts
    from copydesk.background._service import Figures as Figures
    from copydesk.background._service import NewsroomService as NewsroomService
    from copydesk.background._service import PostHours as PostHours
    from copydesk.background._service import keep_going as keep_going
    from copydesk.background._service import keep_issue_views as keep_issue_views
    from copydesk.background._service import keep_reads as keep_reads
    from copydesk.background._service import open_service as open_service
    from copydesk.background._starters import ActionStarter as ActionStarter
    from copydesk.background._starters import CommandOnDemand as CommandOnDemand
    from copydesk.background._starters import DemandedCommand as DemandedCommand
    from copydesk.background._starters import RoundStarter as RoundStarter
else:
    __getattr__ = faces.import_on_demand(__name__, __file__)
