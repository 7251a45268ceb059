"""Compose and render newsletter issues: new stories go in; an issue, its HTML and text come out.

Pure: reads no file but a theme's, no clock, no network. `post` sends mail, `mail_store` stores
readers.
"""

from __future__ import annotations

from copydesk.mail._composing import EarlierIssues as EarlierIssues
from copydesk.mail._composing import Headings as Headings
from copydesk.mail._composing import IssueDraft as IssueDraft
from copydesk.mail._composing import IssueMaterial as IssueMaterial
from copydesk.mail._composing import IssuePlace as IssuePlace
from copydesk.mail._composing import compose as compose
from copydesk.mail._composing import draft_issue as draft_issue
from copydesk.mail._composing import due_between as due_between
from copydesk.mail._composing import is_due as is_due
from copydesk.mail._composing import last_due as last_due
from copydesk.mail._composing import local_day as local_day
from copydesk.mail._composing import next_due as next_due
from copydesk.mail._composing import window_before as window_before
from copydesk.mail._issue_view import MOST_BYTES as MOST_BYTES
from copydesk.mail._outgoing import FiledMail as FiledMail
from copydesk.mail._outgoing import make_outgoing as make_outgoing
from copydesk.mail._rendering import RenderedIssue as RenderedIssue
from copydesk.mail._rendering import render as render
