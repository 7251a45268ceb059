"""Compose and render newsletter issues: new stories go in; an issue, its HTML and text come out.

Pure: reads no file but a theme's, no clock, no network. `newsletters.sending` sends mail,
`mail_store` stores readers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from copydesk.kit import faces

if TYPE_CHECKING:
    from copydesk.newsletters.composing._composing import EarlierIssues as EarlierIssues
    from copydesk.newsletters.composing._composing import Headings as Headings
    from copydesk.newsletters.composing._composing import IssueDraft as IssueDraft
    from copydesk.newsletters.composing._composing import IssueMaterial as IssueMaterial
    from copydesk.newsletters.composing._composing import IssuePlace as IssuePlace
    from copydesk.newsletters.composing._composing import compose as compose
    from copydesk.newsletters.composing._composing import draft_issue as draft_issue
    from copydesk.newsletters.composing._composing import due_between as due_between
    from copydesk.newsletters.composing._composing import is_due as is_due
    from copydesk.newsletters.composing._composing import last_due as last_due
    from copydesk.newsletters.composing._composing import local_day as local_day
    from copydesk.newsletters.composing._composing import next_due as next_due
    from copydesk.newsletters.composing._composing import window_before as window_before
    from copydesk.newsletters.composing._outgoing import FiledMail as FiledMail
    from copydesk.newsletters.composing._outgoing import make_outgoing as make_outgoing
    from copydesk.newsletters.composing._plain_text import MOST_BYTES as MOST_BYTES
    from copydesk.newsletters.composing._rendering import RenderedIssue as RenderedIssue
    from copydesk.newsletters.composing._rendering import render as render
else:
    __getattr__ = faces.import_on_demand(__name__, __file__)
