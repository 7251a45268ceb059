"""The post room: letters and readers' places go in; what became of each letter comes out.

Messages, SMTP, services, and what comes back. It keeps nothing: whom it sends to, and what came of
it, is engine's to remember.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from copydesk.kit import faces

if TYPE_CHECKING:
    from copydesk.news import CHOICES as CHOICES
    from copydesk.news import UNSUBSCRIBE as UNSUBSCRIBE
    from copydesk.news import OutgoingIssue as OutgoingIssue
    from copydesk.post.checks import CheckKind as CheckKind
    from copydesk.post.checks import CheckRequest as CheckRequest
    from copydesk.post.checks import CheckState as CheckState
    from copydesk.post.checks import DnsNames as DnsNames
    from copydesk.post.checks import MailFinding as MailFinding
    from copydesk.post.checks import MailNames as MailNames
    from copydesk.post.checks import SpfJudgement as SpfJudgement
    from copydesk.post.checks import SpfResult as SpfResult
    from copydesk.post.checks import judge_sender as judge_sender
    from copydesk.post.checks import look as look
    from copydesk.post.message import Addressing as Addressing
    from copydesk.post.message import Envelope as Envelope
    from copydesk.post.message import MessageTemplate as MessageTemplate
    from copydesk.post.message import PersonalMail as PersonalMail
    from copydesk.post.message import ReaderPlaces as ReaderPlaces
    from copydesk.post.message import Signer as Signer
    from copydesk.post.message import load_signer as load_signer
    from copydesk.post.message import spell_address as spell_address
    from copydesk.post.message import write_mail as write_mail
    from copydesk.post.services import HandedLetter as HandedLetter
    from copydesk.post.services import HandOverAnswer as HandOverAnswer
    from copydesk.post.services import hand_over as hand_over
    from copydesk.post.services import is_repeatable as is_repeatable
    from copydesk.post.smtp import Answer as Answer
    from copydesk.post.smtp import AnswerKind as AnswerKind
    from copydesk.post.smtp import SmtpLine as SmtpLine
    from copydesk.post.smtp import SmtpStage as SmtpStage
    from copydesk.post.smtp import open_line as open_line
else:
    __getattr__ = faces.import_on_demand(__name__, __file__)
