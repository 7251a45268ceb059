"""SMTP: options and a letter in its envelope go in; what became of it comes out as an Answer.

A line is encrypted or on this machine. `unsent` and `uncertain` are told apart by whether the
letter's end was written.
"""

from __future__ import annotations

from copydesk.post.smtp._answer import Answer as Answer
from copydesk.post.smtp._answer import AnswerKind as AnswerKind
from copydesk.post.smtp._answer import SmtpStage as SmtpStage
from copydesk.post.smtp._line import SmtpLine as SmtpLine
from copydesk.post.smtp._open import open_line as open_line
