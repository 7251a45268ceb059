"""Gather the stories of a newsletter's next issue, render it, and commit it to git as a page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from copydesk.kit import faces

if TYPE_CHECKING:
    from copydesk.newsletters.issues._filing import FiledIssue as FiledIssue
    from copydesk.newsletters.issues._filing import LetterOutcome as LetterOutcome
    from copydesk.newsletters.issues._filing import explain_skip as explain_skip
    from copydesk.newsletters.issues._filing import file_draft as file_draft
    from copydesk.newsletters.issues._filing import file_due_letters as file_due_letters
    from copydesk.newsletters.issues._filing import file_issue as file_issue
    from copydesk.newsletters.issues._filing import file_letter as file_letter
    from copydesk.newsletters.issues._filing import list_due_letters as list_due_letters
    from copydesk.newsletters.issues._filing import prepare_digests as prepare_digests
    from copydesk.newsletters.issues._filing import read_edits as read_edits
    from copydesk.newsletters.issues._gather import LetterRow as LetterRow
    from copydesk.newsletters.issues._gather import compose_issue as compose_issue
    from copydesk.newsletters.issues._gather import draft_letter as draft_letter
    from copydesk.newsletters.issues._gather import find_letter as find_letter
    from copydesk.newsletters.issues._gather import list_letters as list_letters
    from copydesk.newsletters.issues._gather import render_issue as render_issue
    from copydesk.newsletters.issues._issues import IssueToSend as IssueToSend
    from copydesk.newsletters.issues._issues import find_last_issue as find_last_issue
    from copydesk.newsletters.issues._issues import letter_stems as letter_stems
    from copydesk.newsletters.issues._issues import make_outgoing as make_outgoing
    from copydesk.newsletters.issues._issues import name_next_issue as name_next_issue
    from copydesk.newsletters.issues._issues import read_issue_to_send as read_issue_to_send
else:
    __getattr__ = faces.import_on_demand(__name__, __file__)
